"""The settings: environment variables with the prefix `KABARI_`, a `.env` file, or `KABARI_…_FILE` for secrets."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from flows.facts import Office
from locales.language import Language
from storage.engines import locate

PREFIX: Final = "KABARI_"
_TIME: Final = r"^([01]\d|2[0-3]):[0-5]\d$"
_DAYS: Final = r"^[0-6](,[0-6])*$"


class _SecretFiles(PydanticBaseSettingsSource):
    """Reads `KABARI_X` out of the file that `KABARI_X_FILE` names, as container platforms hand over secrets."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """Read one setting's file, if it has one."""
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        return (Path(path).read_text(encoding="utf-8").strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Read every setting that has a file."""
        values = {name: self.get_field_value(None, name)[0] for name in self.settings_cls.model_fields}
        return {name: value for name, value in values.items() if value is not None}


class Settings(BaseSettings):
    """Everything that can be set. The description of each is what `.env.example` says of it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore")

    database_url: str = Field(
        default="sqlite:///kabari.sqlite",
        description="Where the data is kept: sqlite:///file (below DATA_DIR) or postgresql://user:password@host/name.",
    )
    data_dir: Path = Field(
        default=Path("kabari-data"), description="The folder for the SQLite file and for media."
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on; 0.0.0.0 for all.")
    port: int = Field(default=8080, ge=0, le=65535, description="The port to listen on; 0 picks a free one.")
    public_url: str = Field(
        default="",
        description="Where the internet reaches this server (https://…). With it, Telegram uses a webhook, "
        "without it polling.",
    )

    office_name: str = Field(default="Export Desk", description="The office's name, in English.")
    office_name_id: str = Field(default="", description="The office's name in Indonesian, if it has one.")
    office_name_ko: str = Field(default="", description="The office's name in Korean, if it has one.")
    office_zone: str = Field(default="Asia/Jakarta", description="The office's time zone (IANA name).")
    office_opens: str = Field(default="09:00", pattern=_TIME, description="When the office opens.")
    office_closes: str = Field(default="17:00", pattern=_TIME, description="When the office closes.")
    office_days: str = Field(
        default="0,1,2,3,4", pattern=_DAYS, description="Its working days: 0 is Monday, 6 is Sunday."
    )
    language: Language = Field(
        default="id", description="The language for people of whom nothing is known: id, ko or en."
    )

    telegram_token: SecretStr = Field(default=SecretStr(""), description="The bot's token from @BotFather.")
    telegram_secret: SecretStr = Field(
        default=SecretStr(""),
        description="The webhook's secret: 1-256 of A-Z, a-z, 0-9, _ and -. Made up when empty.",
    )
    telegram_api: str = Field(default="https://api.telegram.org", description="The Bot API server.")

    whatsapp_token: SecretStr = Field(default=SecretStr(""), description="The system user's access token.")
    whatsapp_phone_number_id: str = Field(
        default="", description="The id of the number, from the app's dashboard."
    )
    whatsapp_business_account_id: str = Field(
        default="", description="The id of the WhatsApp Business account."
    )
    whatsapp_app_secret: SecretStr = Field(
        default=SecretStr(""), description="The app's secret, which signs webhooks."
    )
    whatsapp_verify_token: SecretStr = Field(
        default=SecretStr(""), description="A word of your own, entered when the webhook is subscribed."
    )
    whatsapp_api: str = Field(default="https://graph.facebook.com", description="The Graph API server.")
    whatsapp_api_version: str = Field(default="v23.0", description="The Graph API version.")

    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR."
    )
    log_format: str = Field(default="auto", pattern="^(auto|json|text)$", description="auto, json or text.")
    metrics_token: SecretStr = Field(
        default=SecretStr(""), description="If set, /metrics wants it as a bearer token."
    )
    messages_per_minute: int = Field(
        default=60,
        ge=1,
        description="Messages of one person that are answered in a minute; the rest is kept unanswered.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        *sources: PydanticBaseSettingsSource,
        **named: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read, in this order: what the caller gives, the environment, secret files, the `.env` file."""
        given = named["init_settings"]
        return (given, named["env_settings"], _SecretFiles(settings_cls), named["dotenv_settings"], *sources)

    @field_validator("database_url")
    @classmethod
    def _is_ours(cls, url: str) -> str:
        locate(url, Path())
        return url

    @field_validator("office_zone")
    @classmethod
    def _exists(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f"There is no time zone {zone!r}; Asia/Jakarta and Asia/Seoul are two."
            ) from None
        return zone

    @field_validator("telegram_secret")
    @classmethod
    def _fits_a_header(cls, secret: SecretStr) -> SecretStr:
        if re.fullmatch("[A-Za-z0-9_-]{0,256}", secret.get_secret_value()) is None:
            raise ValueError("Telegram takes up to 256 of A-Z, a-z, 0-9, _ and -.")
        return secret

    @field_validator("public_url", "telegram_api", "whatsapp_api")
    @classmethod
    def _without_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @cached_property
    def office(self) -> Office:
        """The office, as flows know it."""
        names = {
            "id": self.office_name_id or self.office_name,
            "ko": self.office_name_ko or self.office_name,
            "en": self.office_name,
        }
        days = tuple(int(day) for day in self.office_days.split(","))
        return Office(names, self.office_zone, self.office_opens, self.office_closes, days)  # type: ignore[arg-type]  # the keys are the languages


def example() -> str:
    """Write `.env.example`: every setting with what it is for and what it is when not set."""
    lines = [
        "# Kabari's settings. Copy to .env and set what you need; what is commented out has the value shown.",
        "# A secret may be in a file instead: KABARI_TELEGRAM_TOKEN_FILE=/run/secrets/telegram",
    ]
    for name, field in Settings.model_fields.items():
        value = field.default
        shown = value.get_secret_value() if isinstance(value, SecretStr) else value
        lines += ["", f"# {field.description}", f"# {PREFIX}{name.upper()}={shown}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(".env.example").write_text(example(), encoding="utf-8")
