"""`kabari serve` and `kabari demo`."""

from __future__ import annotations

from pathlib import Path

import click
import structlog
from pydantic import SecretStr

from bot.app import opened
from bot.sample import plant
from bot.settings import Settings
from bot.telemetry import start_logging
from bot.web import serve
from storage.engines import sqlite_driver, sqlite_trouble

log = structlog.get_logger()


async def run_server(host: str | None, port: int | None) -> None:
    """Run the bot with the settings of the environment."""
    settings = Settings()
    start_logging(settings.log_level, settings.log_format)
    if trouble := sqlite_trouble(sqlite_driver().sqlite_version_info):
        log.warning(trouble)
    async with opened(settings) as kabari:
        await serve(
            kabari,
            host=host or settings.host,
            port=settings.port if port is None else port,
            started=lambda bound: log.info("Listening.", host=host or settings.host, port=bound),
        )


async def run_demo(data: Path, host: str, port: int) -> None:
    """Run the bot with sample firms, on SQLite in a folder, with no channel but the web chat."""
    settings = Settings(
        _env_file=None,
        data_dir=data,
        database_url="sqlite:///kabari.sqlite",
        host=host,
        port=port,
        public_url="",
        telegram_token=SecretStr(""),
        whatsapp_token=SecretStr(""),
        office_name="Seruni Export Desk (demo)",
        office_name_id="Meja Ekspor Seruni (demo)",
        office_name_ko="세루니 수출지원센터 (데모)",
        log_level="WARNING",
    )  # type: ignore[call-arg]  # pydantic-settings' own argument for the environment file
    start_logging(settings.log_level, settings.log_format)
    async with opened(settings) as kabari:
        await kabari.store.write(plant, kabari.house.office_id)

        def greet(bound: int) -> None:
            shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1") else host  # noqa: S104 - compared, not bound
            click.echo(
                f"Kabari is running; its data is in {data.resolve()}.\n\n"
                f"  Chat as a firm would       http://{shown}:{bound}/chat\n"
                f"  Health and metrics         http://{shown}:{bound}/readyz  http://{shown}:{bound}/metrics\n\n"
                f"In another shell, the office's side:\n"
                f"  KABARI_DATA_DIR={data} kabari inbox\n"
                f"  KABARI_DATA_DIR={data} kabari export businesses\n\n"
                "Stop with Ctrl+C; start again and every chat goes on where it was."
            )

        await serve(kabari, host=host, port=port, started=greet)
