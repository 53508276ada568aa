"""`kabari export`: tables a spreadsheet opens, and no cell of which it takes for a formula."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy import Connection

from bot.app import opened
from bot.settings import Settings
from flows.taxonomy import FIELD_LABELS
from locales.regions import region
from locales.words import render
from storage import businesses, directory, products

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), also as Korean keyboards
have them."""
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no spreadsheet takes."""


_LISTS: Final[Mapping[str, Callable[[Connection], Sequence[Mapping[str, Any]]]]] = {
    "businesses": businesses.listed,
    "contacts": directory.listed,
    "products": products.listed,
}


def defuse(cell: str) -> str:
    """Make a cell text: one that could be a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(_RISKY) else cell


async def run_export(what: str, form: str, output: Path | None) -> None:
    """Write one table."""
    if form == "xlsx" and output is None:
        raise click.UsageError("A spreadsheet needs a file: add --output FILE.xlsx.")
    async with opened(Settings()) as kabari:
        rows = await kabari.store.read(_LISTS[what])
    table = [_readable(row) for row in rows]
    head = list(table[0]) if table else ["empty"]
    if form == "xlsx" and output is not None:
        _write_xlsx(what, head, table, output)
    else:
        _write_csv(head, table, output)
    if output is not None:
        click.echo(f"{len(table)} {what} written to {output}.", err=True)


def _readable(row: Mapping[str, Any]) -> dict[str, str]:
    readable: dict[str, str] = {}
    for key, value in row.items():
        field = key.removeprefix("person_")
        title = (
            render(FIELD_LABELS[field], "en")
            if field in FIELD_LABELS
            else field.replace("_", " ").capitalize()
        )
        readable[title if title not in readable else f"{title} ({key})"] = _cell(row, key, value)
    return readable


def _cell(row: Mapping[str, Any], key: str, value: Any) -> str:
    if key in ("province", "district") and value:
        place = region("ID" if row["country"] == "ID" else "KR", value)
        return place.names["en"] if place else str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else _CONTROLS.sub("", str(value))


def _write_csv(head: Sequence[str], table: Sequence[Mapping[str, str]], output: Path | None) -> None:
    """Write UTF-8 with a byte order mark, without which Excel takes it for another encoding."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([defuse(row[column]) for column in head] for row in table)
    data = text.getvalue().encode("utf-8-sig")
    if output is None:
        sys.stdout.buffer.write(data)
    else:
        output.write_bytes(data)


def _write_xlsx(what: str, head: Sequence[str], table: Sequence[Mapping[str, str]], output: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = what
    sheet.append(list(head))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in table:
        sheet.append([row[column] for column in head])
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.data_type = "s"  # a text, whatever it begins with
    sheet.freeze_panes = "A2"
    book.save(output)
