"""The words that steer every conversation, in three languages, whatever the question.

A command is the whole message, never a part of one: "batal" cancels, "Toko Batal Jaya" is a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, Literal

Command = Literal[
    "back",
    "skip",
    "cancel",
    "restart",
    "help",
    "again",
    "language",
    "person",
    "bot",
    "menu",
    "stop",
    "resume",
    "data",
    "erase",
    "register",
    "registrations",
]

_WORDS: Final[Mapping[Command, str]] = {
    "back": "back, kembali, balik, sebelumnya, mundur, 뒤로, 이전, 뒤로가기, 이전으로",
    "skip": "skip, lewati, lewat, lewatkan, nanti saja, 건너뛰기, 넘어가기, 패스, 스킵",
    "cancel": "cancel, batal, batalkan, batalin, keluar, quit, exit, 취소, 그만하기, 나가기, 취소하기",
    "restart": "restart, ulang, ulangi, ulang dari awal, mulai ulang, dari awal, start over, 다시, 처음부터, 다시 시작",
    "help": "help, bantuan, tolong, bantu, cara, 도움말, 도움, 도와주세요, 도와줘요",
    "again": "go on, continue, lanjut, lanjutkan, teruskan, 계속, 계속하기",
    "language": "lang, language, bahasa, ganti bahasa, languages, 언어, 언어 변경",
    "person": (
        "person, human, agent, staff, officer, talk to a person, petugas, orang, admin, cs, operator, manusia, "
        "bicara dengan petugas, hubungi petugas, 상담원, 사람, 담당자, 직원, 상담원 연결, 담당자 연결"
    ),
    "bot": "bot, robot, kembali ke bot, back to bot, back to the bot, 봇, 챗봇, 로봇, 챗봇으로 돌아가기",
    "menu": (
        "menu, mulai menu, hi, hello, hey, hai, halo, hallo, helo, assalamualaikum, salam, selamat pagi, "
        "selamat siang, selamat sore, selamat malam, pagi, siang, sore, malam, p, good morning, good afternoon, "
        "good evening, 안녕하세요, 안녕, 하이, 헬로, 메뉴, 여보세요, 안녕하십니까, home, beranda, 홈, 처음"
    ),
    "stop": (
        "stop, unsubscribe, stop kirim, berhenti, berhenti langganan, stop pesan, stop info, stop all, stop promosi, "
        "stop iklan, stop broadcast, stop ya, berhenti kirim, jangan kirim lagi, jangan kirim pesan lagi, opt out, "
        "please stop, no more messages, 수신거부, 수신 거부, 수신거부합니다, 그만, 그만 보내세요, 보내지 마세요, 중지, "
        "구독취소, 구독 취소, 알림 끄기"
    ),
    "resume": "start, mulai, subscribe, langganan, lanjut kirim, 다시받기, 다시 받기, 구독, 수신동의, 알림 켜기",
    "data": "mydata, my data, data saya, dataku, 내 정보, 내정보, 내 데이터",
    "erase": (
        "delete, delete me, erase me, forget me, delete my data, hapus, hapus data saya, hapus saya, hapus akun, "
        "삭제, 내 정보 삭제, 정보 삭제, 탈퇴, 삭제해 주세요"
    ),
    "register": "register, daftar, pendaftaran, daftar usaha, registrasi, 등록, 가입, 기업 등록, 등록하기",
    "registrations": "my registration, my registrations, pendaftaran saya, usaha saya, 내 등록, 내 등록 정보",
}

_JUNK: Final = re.compile(r"[^\w\s]+", re.UNICODE)


def normalise(text: str) -> str:
    """Bring what was typed to the form the word lists have: folded case, no punctuation or emoji, single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_JUNK.sub(" ", folded).split())


_BY_WORD: Final[Mapping[str, Command]] = {
    normalise(word): command for command, words in _WORDS.items() for word in words.split(",")
}
_LONGEST: Final = max(map(len, _BY_WORD))


def read_command(text: str) -> Command | None:
    """Tell the command a message is, if it is one; a leading slash is as good as none."""
    if len(text) > _LONGEST + 10:
        return None
    return _BY_WORD.get(normalise(text))


_LINK: Final = re.compile(r"(?:/start\s+([\w-]{1,64})|start\s+(\w+-[\w-]{1,60}))", re.ASCII | re.IGNORECASE)


def read_link(text: str) -> str | None:
    """Find the payload of a link that comes as a text, as on WhatsApp: "start register-booth7"."""
    if not text.lstrip()[:6].casefold().startswith(("start", "/start")):
        return None
    link = _LINK.fullmatch(text.strip())
    return link[1] or link[2] if link else None
