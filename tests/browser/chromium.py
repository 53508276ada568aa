"""A real browser for tests: Debian's Chromium, or whichever is on the path."""

import os
import shutil
from typing import Any, Final

import pytest

CHROMIUM: Final = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true", reason="needs chromium, and there is none here"
)

QUIET: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
"""Switches that keep Chromium from asking the network for anything."""

PHONE: Final[Any] = {"width": 360, "height": 740}
