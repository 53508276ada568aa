"""The first door: what the bot is, which language, what it can do, and what becomes of a form left open."""

from __future__ import annotations

from typing import Literal, cast

from flows.consent import ANNOUNCEMENTS as TO_ANNOUNCE
from flows.consent import decided, words_of
from flows.engine import Chat, Flow
from flows.outcomes import Ending, Go, LanguageChosen, Steer
from flows.questions import Choice, choice, yes_no
from locales.language import LANGUAGES, OWN_NAMES, Language
from locales.words import Words, _, by_language

_ALIASES = {
    "id": ("id", "indonesia", "indo", "bahasa", "인도네시아어"),
    "ko": ("ko", "kr", "korea", "korean", "hangul", "한글", "bahasa korea"),
    "en": ("en", "inggris", "bahasa inggris", "eng", "영어"),
}


async def menu(chat: Chat) -> Ending:
    """Welcome her and ask what she wants."""
    mine = bool(chat.facts.businesses)
    offered = [
        Choice(
            "register",
            _("Register another") if mine else _("Register a business"),
            aliases=("daftar", "등록"),
        ),
        *([Choice("registrations", _("My registrations"))] if mine else []),
        Choice("announcements", _("Announcements"), aliases=("pengumuman", "info", "알림")),
        Choice("privacy", _("My data"), aliases=("privasi", "privacy", "개인정보")),
        Choice(
            "language",
            _("Language"),
            aliases=("bahasa", "언어", *OWN_NAMES.values(), "inggris", "영어", "korean"),
        ),
        Choice("person", _("Talk to a person"), aliases=("petugas", "담당자")),
    ]
    wanted = await choice(
        "menu",
        _(
            "I am the bot of {office}, here to help small firms of Indonesia and Korea sell abroad.\n"
            "What would you like to do?",
            office=by_language(chat.facts.office.names),
        ),
        offered,
        label=_("Menu"),
        missed=_("I did not understand that. Please choose below, or talk to a person."),
    )
    return Go(wanted)


async def language(chat: Chat) -> Ending:
    """Ask which language to speak, each in its own script."""
    if chat.about.get("first"):
        chat.say(
            _(
                "Hello! I am Kabari, the bot of {office}. I help small firms sell abroad: register here, and hear "
                "of trade missions and buyers.",
                office=by_language(chat.facts.office.names),
            )
        )
    spoken = [Choice(code, OWN_NAMES[code], aliases=_ALIASES[code]) for code in LANGUAGES]
    chosen = await choice("language", _("Which language shall we use?"), spoken, label=_("Language"))
    chat.say(_("Good, we will speak English."))
    return LanguageChosen(cast("Language", chosen))


async def waiting(chat: Chat) -> Ending:
    """Ask what becomes of the form that was left open."""
    draft = chat.waiting
    if draft is None:
        return Steer("continue")
    towards = await choice(
        "towards",
        _(
            "You have not finished: {title} ({position}/{total}). Go on with it?",
            title=draft.title,
            position=draft.position,
            total=draft.total,
        ),
        (
            Choice("continue", _("Go on"), aliases=("ya", "yes", "lanjut", "네", "계속", "continue")),
            Choice("restart", _("Start over"), aliases=("ulang", "restart", "처음부터")),
            Choice("drop", _("Throw it away"), aliases=("buang", "tidak", "no", "drop", "아니요", "버리기")),
        ),
        label=_("Open form"),
    )
    return Steer(cast("Literal['continue', 'restart', 'drop']", towards))


async def announcements(chat: Chat) -> Ending:
    """Ask whether she wants announcements; nobody gets them unasked."""
    asked: Words = words_of(TO_ANNOUNCE, chat)
    if chat.facts.wants_announcements:
        asked = _("You get our announcements.\n\n{text}", text=asked)
    wants = await yes_no("wants", asked, label=_("Announcements"), yes=_("Yes, send them"), no=_("No, none"))
    chat.say(
        _("Good: you will hear from us. STOP ends it at any time.")
        if wants
        else _("All right: no announcements, on any channel. START brings them.")
    )
    return decided(TO_ANNOUNCE, chat, given=wants)


MENU = Flow("menu", menu, _("Menu"), reopens=True)
LANGUAGE = Flow("language", language, _("Language"), reopens=True)
WAITING = Flow("waiting", waiting, _("Open form"))
ANNOUNCEMENTS = Flow(
    "announcements", announcements, _("Announcements"), reopens=True, then=("registrations",)
)
