"""What is logged holds no personal data and no secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telemetry import redact, redact_event


@pytest.mark.parametrize(
    "text",
    [
        "to +6281234567890",
        "0812-3456-7890 wrote",
        "010-1234-5678",
        "siti@kelapa.id",
        "https://api.telegram.org/bot123456789:AAHk3mZzZzZzZzZzZzZzZzZzZzZzZzZz/sendMessage",
        "Bearer EAAGm0PX4ZCpsBAKZCpsBAKZCpsBAK",
    ],
)
def test_private_things_are_taken_out(text: str) -> None:
    redacted = redact(text)
    assert "[" in redacted
    for piece in ("81234567890", "3456", "1234-5678", "siti@", "AAHk", "EAAG"):
        assert piece not in redacted


@given(st.integers(10**9, 10**13))
def test_no_phone_number_survives(number: int) -> None:
    assert str(number) not in redact(f"sent to +{number}, twice to {number}.")


def test_private_keys_are_hidden_whole() -> None:
    event = redact_event(None, "info", {"event": "A turn failed.", "name": "Siti", "phone": "x", "row": 3})
    assert event == {"event": "A turn failed.", "name": "[private]", "phone": "[private]", "row": 3}
