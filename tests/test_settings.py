"""Settings: the example is complete, secrets come from files, bad values are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings, example

ROOT = Path(__file__).parent.parent


def test_the_example_is_up_to_date() -> None:
    assert (ROOT / ".env.example").read_text() == example(), "run: python -m bot.settings"


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_a_secret_may_be_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "token"
    secret.write_text("123456:abc\n")
    monkeypatch.setenv("KABARI_TELEGRAM_TOKEN_FILE", str(secret))
    assert Settings().telegram_token.get_secret_value() == "123456:abc"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "token"
    secret.write_text("from-the-file")
    monkeypatch.setenv("KABARI_TELEGRAM_TOKEN_FILE", str(secret))
    monkeypatch.setenv("KABARI_TELEGRAM_TOKEN", "from-the-environment")
    assert Settings().telegram_token.get_secret_value() == "from-the-environment"


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KABARI_WHATSAPP_TOKEN", "EAAsecret")
    assert "EAAsecret" not in repr(Settings())


def test_a_bad_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KABARI_PORT", "eighty")
    with pytest.raises(ValidationError, match="port"):
        Settings()


def test_addresses_lose_their_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KABARI_PUBLIC_URL", "https://chat.example.org/")
    assert Settings().public_url == "https://chat.example.org"
