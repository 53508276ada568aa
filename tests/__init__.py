"""Tests, dialogues and benchmarks."""
