"""Fixtures and options every test may use."""

import pytest

pytest_plugins = ["tests.databases"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --update, which rewrites what dialogues expect."""
    parser.addoption("--update", action="store_true", help="write what the bot says now into the dialogues")
