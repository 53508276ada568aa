"""Kabari itself: the whole app in one process, on SQLite, with the form as the flow that /start begins."""

import os
from typing import NoReturn

from tests.benchmarks.peers.placement import SECRET, TOKEN, Placement


def settings(placement: Placement) -> dict[str, str]:
    """The environment variables that Kabari reads."""
    return {
        "KABARI_TELEGRAM_TOKEN": TOKEN,
        "KABARI_TELEGRAM_API": placement.api,
        "KABARI_TELEGRAM_SECRET": SECRET,
        "KABARI_PUBLIC_URL": "https://kabari.example",
        "KABARI_DATABASE_URL": f"sqlite:///{placement.data / 'kabari.sqlite3'}",
    }


def serve(port: int) -> NoReturn:
    """Run the app with the flow of `kabari_flow` until told to stop; listens once it can answer."""
    raise SystemExit(
        f"bot.app is not written yet, so nothing can listen on port {port}: "
        f"fill in serve() in {__file__}, or leave Kabari out with --without-kabari."
    )


def main() -> None:
    """Serve until told to stop."""
    placement = Placement.from_command_line()
    os.environ.update(settings(placement))
    serve(placement.port)


if __name__ == "__main__":
    main()
