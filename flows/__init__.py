"""The core: conversations as pure functions. Imports neither storage nor bot."""
