"""What can be guessed of someone new: her language, her country, her clock."""

from __future__ import annotations

import re
from typing import Final

from bot.channels.base import Inbound, Remote
from flows.commands import read_command, read_link
from flows.message import Content, Said, Started
from locales.language import Language

_HANGUL: Final = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_INDONESIAN: Final = frozenset(
    {
        "saya",
        "mau",
        "daftar",
        "apa",
        "bagaimana",
        "gimana",
        "berapa",
        "halo",
        "hai",
        "min",
        "kak",
        "pak",
        "bu",
    }
    | {"usaha", "dong", "tidak", "bisa", "yang", "untuk", "dan", "selamat", "pagi", "siang", "sore", "malam"}
    | {"assalamualaikum", "tolong", "terima", "kasih", "mulai"}
)
_COUNTRY_OF_CODE: Final = {"+62": "ID", "+82": "KR"}
_LANGUAGE_OF: Final[dict[str, Language]] = {"ID": "id", "KR": "ko"}
_ZONE_OF: Final = {"ID": "Asia/Jakarta", "KR": "Asia/Seoul"}


def link_of(content: Content | Remote) -> str:
    """Find the payload of the link or poster somebody came through, typed by WhatsApp or told by Telegram."""
    if isinstance(content, Started):
        return content.payload[:64]
    return read_link(content.text) or "" if isinstance(content, Said) else ""


def says_stop(content: Content | Remote) -> bool:
    """Tell whether somebody wants no more announcements, which is honoured at once and before everything else."""
    return isinstance(content, Said) and read_command(content.text) == "stop"


def guess_country(phone: str, language: Language) -> str:
    """Guess the country from the phone's code, else from the language; empty for anybody else."""
    if phone:
        return _COUNTRY_OF_CODE.get(phone[:3], "")
    return {"id": "ID", "ko": "KR"}.get(language, "")


def guess_language(inbound: Inbound, default: Language) -> Language:
    """Guess the language: from what she wrote, else her app's, else her phone's country, else the office's."""
    if isinstance(inbound.content, Said):
        if _HANGUL.search(inbound.content.text):
            return "ko"
        if _INDONESIAN & set(inbound.content.text.casefold().split()):
            return "id"
    if inbound.language:
        return inbound.language
    return _LANGUAGE_OF.get(_COUNTRY_OF_CODE.get(inbound.phone[:3], ""), default)


def zone_of(country: str, default: str) -> str:
    """Guess the clock she lives by."""
    return _ZONE_OF.get(country, default)
