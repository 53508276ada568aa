"""Strict stand-ins for the providers, over real HTTP."""
