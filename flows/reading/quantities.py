"""Quantities and prices of goods as people type them: 500 kg, 2 ton/bulan, 500개, USD 2,5/kg FOB Surabaya."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from flows.reading import Unreadable
from flows.reading.amounts import find_amount
from flows.reading.money import MARK, read_money
from flows.reading.tidy import plain, shorten, tidy, words
from locales.formats import Money
from locales.language import Language
from locales.words import Text, _


@dataclass(frozen=True)
class Unit:
    """A unit something is sold in: what one and several are called, and how people write it."""

    id: str
    one: Text
    many: Text
    words: tuple[str, ...]
    kind: Literal["goods", "service"] = "goods"


def _unit(id_: str, one: Text, many: Text, words: str, kind: Literal["goods", "service"] = "goods") -> Unit:
    return Unit(id_, one, many, tuple(words.split()), kind)


_UNITS: Final = (
    _unit("kg", _("kg"), _("kg"), "kg kgs kilo kilogram kilograms kilogramme 킬로그램 킬로 키로"),
    _unit("g", _("gram"), _("grams"), "g gr gram grams 그램"),
    _unit("tonne", _("tonne"), _("tonnes"), "ton tons tonne tonnes mt 톤"),
    _unit("litre", _("litre"), _("litres"), "l liter litre liters litres ltr 리터"),
    _unit("ml", _("ml"), _("ml"), "ml cc 밀리리터"),
    _unit(
        "piece",
        _("piece"),
        _("pieces"),
        "pcs pc pce pieces piece units unit buah biji bh potong butir ea each 개 벌",
    ),
    _unit("pair", _("pair"), _("pairs"), "pairs pair pasang psg 켤레 쌍"),
    _unit("set", _("set"), _("sets"), "sets set setel stel 세트"),
    _unit("dozen", _("dozen"), _("dozens"), "dozens dozen dz lusin losin 다스"),
    _unit("kodi", _("kodi (20 pieces)"), _("kodi (20 pieces)"), "kodi"),
    _unit(
        "pack",
        _("pack"),
        _("packs"),
        "packs pack packets packet packages package pouches pouch pak bungkus bks kemasan 봉지 봉 팩 파우치",
    ),
    _unit("box", _("box"), _("boxes"), "boxes box kotak boks 상자 박스"),
    _unit(
        "carton",
        _("carton"),
        _("cartons"),
        "cartons carton cases case crates crate ctn dus kardus karton 카톤",
    ),
    _unit("bottle", _("bottle"), _("bottles"), "bottles bottle botol btl 병"),
    _unit("jar", _("jar"), _("jars"), "jars jar toples stoples 단지"),
    _unit("can", _("can"), _("cans"), "cans can tin kaleng klg 캔"),
    _unit("sachet", _("sachet"), _("sachets"), "sachets sachet saset stick 스틱 포"),
    _unit("tube", _("tube"), _("tubes"), "tubes tube tub 튜브"),
    _unit("sack", _("sack"), _("sacks"), "sacks sack bags bag karung zak sak 포대 자루"),
    _unit("roll", _("roll"), _("rolls"), "rolls roll rol gulung 롤"),
    _unit("sheet", _("sheet"), _("sheets"), "sheets sheet lembar lbr helai 장"),
    _unit("m", _("metre"), _("metres"), "m meter metre meters metres mtr 미터"),
    _unit("m2", _("square metre"), _("square metres"), "m2 sqm 제곱미터"),
    _unit("m3", _("cubic metre"), _("cubic metres"), "m3 cbm kubik 세제곱미터"),
    _unit("container", _("container"), _("containers"), "containers container kontainer fcl 컨테이너"),
    _unit("head", _("live animal"), _("live animals"), "ekor heads head tails tail 마리"),
    _unit("hour", _("hour"), _("hours"), "hours hour jam 시간", "service"),
    _unit("day", _("day"), _("days"), "days day hari 일", "service"),
    _unit("month", _("month"), _("months"), "months month bulan bln 개월 월", "service"),
    _unit("project", _("project"), _("projects"), "projects project proyek 프로젝트 건", "service"),
    _unit(
        "licence",
        _("licence"),
        _("licences"),
        "licences licence license users user lisensi 라이선스 명",
        "service",
    ),
)
UNITS: Final = {unit.id: unit for unit in _UNITS}
"""Every unit by its stored id."""
_BY_WORD: Final = {word: unit for unit in _UNITS for word in unit.words}


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_LATIN: Final = _any_of(word for word in _BY_WORD if word.isascii())
_HANGUL: Final = _any_of(word for word in _BY_WORD if not word.isascii())
_WRITTEN: Final = re.compile(
    rf"(?<![^\W\d_])(?P<latin>{_LATIN})(?![^\W_])\.?"
    rf"|(?<=[\d십백천만억 ])(?P<hangul>{_HANGUL})(?:당|씩|이상|정도|이요|요|입니다|이에요|예요)?(?![가-힣])",
    re.IGNORECASE,
)
_UNKNOWN: Final = re.compile(
    r"\d\s*(?:(?:rb|ribu|jt|juta|k|만|천|백)(?![^\W\d_])\s*)?(?P<unit>[^\W\d_]+[23]?|%)|/\s*(?P<per>[^\W\d_]+)"
)
_NO_UNITS: Final = words("m rb ribu jt juta k thousand million hundred kak ya pak bu 만 천 백 억 이상 정도")
_PER_MONTH: Final = re.compile(
    r"(?:/|\bper\b|\bse|\btiap\b|\ba\b|\beach\b|\bevery\b)\s*(?:bulan(?:nya)?|bln|months?|mo)\b"
    r"|\bmonthly\b|(?:매|한\s*)?(?:월|달)(?:에|마다)?(?![가-힣])|/\s*월",
    re.IGNORECASE,
)
_PER_OTHER: Final = re.compile(
    r"(?:/|\bper\b|\bse|\btiap\b|\ba\b|\bevery\b)\s*(?:hari|minggu|tahun|day|week|year)\b|daily|weekly|(?:하루|매일|일주일|매주|연간|1년)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Quantity:
    """An amount with its unit; `unit` is empty where none was typed, `unknown` is a unit that is none of ours."""

    amount: Decimal
    unit: str = ""
    unknown: str = ""


def find_unit(text: str) -> Unit | None:
    """Find the unit an answer names: "kilo", "per pcs", "개"."""
    words = re.split(r"[\s./]+", plain(text).casefold().strip())
    return next((_BY_WORD[word] for word in words if word in _BY_WORD), None)


def read_quantity(text: str, language: Language, *, monthly: bool = False) -> Quantity:
    """Read an amount of goods with the unit after it, or without one; `monthly` drops "per month".

    Raises `Unreadable` where there is no number above zero, or where it is for another time than a month.
    """
    said = plain(text)
    if monthly and _PER_OTHER.search(said):
        raise Unreadable(_("Please tell me how much you can make in one month, for example 2 tonnes."))
    if monthly:
        said = _PER_MONTH.sub(" ", said).strip()
    written = _unit_after_number(said)
    unit, unknown = _BY_WORD[_word(written)].id if written else "", ""
    if written:
        said = f"{said[: written.start()]} {said[written.end() :]}"
    elif found := _UNKNOWN.search(said):
        unknown = found["unit"] or found["per"] or ""
        unknown = "" if unknown.casefold() in _NO_UNITS else shorten(unknown)
    if unknown:
        said = said.replace(unknown, " ", 1)
    amount = find_amount(said, language, {"M": 10**9 if language == "id" else 10**6, "m": 0}, thousands=True)
    if amount is None:
        raise Unreadable(_("I could not find a number there. Please send it like this: 500 kg"))
    if amount <= 0:
        raise Unreadable(_("That has to be more than zero. Please send it like this: 500 kg"))
    return Quantity(amount, unit, unknown)


def _unit_after_number(said: str) -> re.Match[str] | None:
    """Find the unit that stands after a digit, or else the first one there is; a large M is a number, no metre."""
    found = [each for each in _WRITTEN.finditer(said) if each[0] != "M"]
    after = (each for each in found if re.search(r"\d\s*$", said[: each.start()]))
    return next(after, found[0] if found else None)


def _word(written: re.Match[str]) -> str:
    return (written["latin"] or written["hangul"]).casefold()


# --- prices ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PriceParts:
    """What a text tells of a price; what it does not tell is empty. `currency` is empty where none was typed."""

    amount: Decimal
    currency: str = ""
    unit: str = ""
    unknown: str = ""
    port: str = ""


_FOB: Final = re.compile(
    r"\(?(?<![^\W\d_])f\.?o\.?b\.?(?![a-z])[\s:,–-]*"
    r"(?P<port>(?:(?!\b(?:usd|idr|krw|eur|sgd|jpy|us|rp)\b)[^\d$€£¥₩()/;,])*)\)?",
    re.IGNORECASE,
)
_PER: Final = re.compile(
    r"(?:/|\bper\b|\btiap\b|@|\bse(?=kilo|buah|pasang|lusin|botol|pak\b))\s*(?P<unit>[^\W\d_]+[23]?)"
    r"|(?P<korean>[가-힣a-z]+?[23]?)\s*당(?![가-힣])",
    re.IGNORECASE,
)


def read_price(text: str, language: Language, ports: Iterable[str] = ()) -> PriceParts:
    """Read a price as typed at once or in part: "USD 2,5/kg FOB Tanjung Priok", "2.5", "$3 per box".

    `ports` are names to look for where no FOB stands before. Raises `Unreadable` where there is no amount above zero.
    """
    said = tidy(text)
    said, port = _take_port(said, ports)
    said = plain(said)
    unit, unknown = "", ""
    if per := _PER.search(said):
        word = (per["unit"] or per["korean"]).casefold()
        known = _BY_WORD.get(word)
        unit, unknown = (known.id, "") if known else ("", shorten(word))
        said = f"{said[: per.start()]} {said[per.end() :]}"
    elif written := _unit_after_price(said):
        unit = _BY_WORD[_word(written)].id
        said = f"{said[: written.start()]} {said[written.end() :]}"
    typed = MARK.search(said) is not None
    money: Money = read_money(said, language, currency=None if typed else "USD")
    if money.amount <= 0:
        raise Unreadable(_("A price has to be more than zero. Please send it like this: USD 2.50 per kg"))
    return PriceParts(money.amount, money.currency if typed else "", unit, unknown, port)


def _take_port(said: str, ports: Iterable[str]) -> tuple[str, str]:
    folded = said.casefold()
    for port in ports:
        if (start := folded.find(port.casefold())) >= 0:
            rest = f"{said[:start]} {said[start + len(port) :]}"
            return _FOB.sub(" ", rest), port
    found = _FOB.search(said)
    if found is None:
        return said, ""
    return f"{said[: found.start()]} {said[found.end() :]}", found["port"].strip(" .")


def _unit_after_price(said: str) -> re.Match[str] | None:
    """Find a unit said without "per": "USD 2 a kg", "$3 each"; a single letter is none."""
    found = [each for each in _WRITTEN.finditer(said) if len(_word(each)) > 1 or each["hangul"]]
    return found[-1] if found else None
