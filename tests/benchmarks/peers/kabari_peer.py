"""Kabari itself: the whole app in one process, on SQLite, with the form as the flow that /start begins."""

import os

from bot import loop
from bot.app import opened
from bot.settings import Settings
from bot.web import serve
from tests.benchmarks.peers.kabari_flow import BOOK
from tests.benchmarks.peers.placement import SECRET, TOKEN, Placement


def settings(placement: Placement) -> dict[str, str]:
    """The environment variables that Kabari reads."""
    return {
        "KABARI_TELEGRAM_TOKEN": TOKEN,
        "KABARI_TELEGRAM_API": placement.api,
        "KABARI_TELEGRAM_SECRET": SECRET,
        "KABARI_PUBLIC_URL": "https://kabari.example",
        "KABARI_DATABASE_URL": "sqlite:///kabari.sqlite",
        "KABARI_DATA_DIR": str(placement.data),
        "KABARI_LOG_LEVEL": "WARNING",
    }


async def run(placement: Placement) -> None:
    """Run the app with the form of `kabari_flow` until told to stop."""
    async with opened(Settings(_env_file=None), book=BOOK) as kabari:  # type: ignore[call-arg]  # pydantic-settings' own
        await serve(kabari, host="127.0.0.1", port=placement.port)


def main() -> None:
    """Serve until told to stop."""
    placement = Placement.from_command_line()
    os.environ.update(settings(placement))
    loop.run(run(placement))


if __name__ == "__main__":
    main()
