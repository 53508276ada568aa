"""A product on one page of A4, as a PDF to hand to a buyer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import structlog
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont
from PIL import Image, ImageOps

from bot.drawing.lettering import BOLD, REGULAR, drawable
from locales.language import Language
from locales.words import Text, _, render

log = structlog.get_logger()

_WIDE: Final = 210
_HIGH: Final = 297
_EDGE: Final = 18
_PHOTO: Final = 84
_GAP: Final = 8
_LINE: Final = 1.36
"""The height of a line in font sizes."""
_POINT: Final = 0.3528
"""Millimetres in a point."""
_PIXELS: Final = 1400

_INK: Final = (24, 32, 44)
_MUTED: Final = (86, 96, 112)
_ACCENT: Final = (14, 107, 107)
_PALE: Final = (238, 244, 244)

_SCALES: Final = (1.0, 0.92, 0.85, 0.78, 0.72)


@dataclass(frozen=True)
class SheetFacts:
    """What the sheet says, in the reader's language already; what is empty is left out.

    `photo` is a JPEG or PNG. `contact` are lines: the office's name, how to reach it. `made` is the day in words.
    """

    name: str
    business: str = ""
    other_names: tuple[str, ...] = ()
    description: str = ""
    photo: bytes | None = None
    hs: str = ""
    moq: str = ""
    capacity: str = ""
    price: str = ""
    packaging: str = ""
    shelf_life: str = ""
    materials: str = ""
    certificates: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    made: str = ""


def draw_sheet(product: SheetFacts, language: Language) -> bytes:
    """Draw the one-page sheet of a product; what does not fit is set smaller, then cut with an ellipsis."""
    photo = _open(product.photo)
    for scale in _SCALES:
        page = _Page(language, scale)
        with closing(page):
            page.draw(product, photo)
            if not page.cut or scale == _SCALES[-1]:
                return page.finish(product)
    raise AssertionError("the last scale returns")


def _open(photo: bytes | None) -> Image.Image | None:
    """Make a photo upright, opaque and no larger than print needs; None when it is no picture."""
    if not photo:
        return None
    try:
        with Image.open(BytesIO(photo)) as opened:
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((_PIXELS, _PIXELS))
            with_alpha = upright.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        log.warning("A photo could not be put on a sheet.", problem=type(problem).__name__)
        return None
    paper = Image.new("RGBA", with_alpha.size, "white")
    return Image.alpha_composite(paper, with_alpha).convert("RGB")


def _facts(product: SheetFacts) -> Iterator[tuple[Text, str]]:
    yield _("HS code"), product.hs
    yield _("Minimum order"), product.moq
    yield _("Capacity a month"), product.capacity
    yield _("Price (FOB)"), product.price
    yield _("Packaging"), product.packaging
    yield _("Shelf life and storage"), product.shelf_life


class _Page:
    """The page while it is drawn at one scale; `cut` tells whether something did not fit."""

    def __init__(self, language: Language, scale: float) -> None:
        self.language = language
        self.scale = scale
        self.cut = False
        self.pdf = FPDF(format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(_EDGE)
        self.pdf.c_margin = 0
        self.pdf.add_font("Kabari", "", REGULAR)
        self.pdf.add_font("Kabari", "B", BOLD)
        self.pdf.set_lang(language)
        self.pdf.add_page()

    def draw(self, product: SheetFacts, photo: Image.Image | None) -> None:
        """Draw everything from the top down to the contact at the foot."""
        pdf = self.pdf
        floor = self._draw_contact(product)
        pdf.set_fill_color(*_ACCENT)
        pdf.rect(0, 0, _WIDE, 6, "F")
        pdf.set_xy(_EDGE, 16)
        self._write(product.business, 11, floor, colour=_ACCENT, bold=True)
        self._write(product.name, 24, min(floor, 60), bold=True)
        self._write(" · ".join(filter(None, product.other_names)), 11.5, min(floor, 74), colour=_MUTED)
        pdf.set_y(pdf.get_y() + 5)
        top = pdf.get_y()
        left: float = _EDGE
        photo_end = top
        if photo:
            left, photo_end = self._draw_photo(photo, top)
        pdf.set_y(top)
        for label, value in _facts(product):
            self._draw_fact(label, value, floor, left)
        pdf.set_y(max(pdf.get_y(), photo_end + 4))
        certificates = [f"• {each}" for each in product.certificates if each]
        self._draw_section(_("Description"), [product.description], self._share(0.5, floor))
        self._draw_section(_("Certificates"), certificates, self._share(0.65, floor))
        self._draw_section(_("Ingredients or materials"), [product.materials], floor)

    def finish(self, product: SheetFacts) -> bytes:
        """Name the document and give it."""
        self.pdf.set_title(drawable(product.name))
        if product.business:
            self.pdf.set_author(drawable(product.business))
        return bytes(self.pdf.output())

    def close(self) -> None:
        """Close the files of the fonts."""
        for font in self.pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    def _share(self, part: float, floor: float) -> float:
        """Find the floor of a section that may take a part of the room left."""
        top = self.pdf.get_y()
        return top + part * (floor - top)

    def _draw_photo(self, photo: Image.Image, top: float) -> tuple[float, float]:
        """Draw the photo; gives where there is room right of it and below it."""
        shrunk = min(_PHOTO / photo.width, _PHOTO / photo.height)
        width, height = photo.width * shrunk, photo.height * shrunk
        file = BytesIO()
        photo.save(file, "JPEG", quality=86)
        file.seek(0)
        alt = render(_("Photo of the product"), self.language)
        self.pdf.image(file, _EDGE, top, width, height, alt_text=alt)
        return _EDGE + width + _GAP, top + height

    def _draw_fact(self, label: Text, value: str, floor: float, left: float) -> None:
        if not value:
            return
        self.pdf.set_x(left)
        self._write(render(label, self.language), 9, floor, colour=_MUTED)
        self.pdf.set_x(left)
        self._write(value, 12, floor, bold=True)
        self.pdf.set_y(self.pdf.get_y() + 2.6 * self.scale)

    def _draw_section(self, heading: Text, paragraphs: Sequence[str], floor: float) -> None:
        if not any(paragraphs):
            return
        pdf = self.pdf
        if pdf.get_y() + 14 * self.scale > floor:
            self.cut = True
            return
        pdf.set_y(pdf.get_y() + 2 * self.scale)
        self._write(render(heading, self.language), 10, floor, colour=_ACCENT, bold=True)
        for number, paragraph in enumerate(paragraphs):
            left = len(paragraphs) - number
            if left > 1 and pdf.get_y() + 11 * self.scale > floor:
                self.cut = True
                self._write(f"… (+{left})", 11, _HIGH)
                break
            self._write(paragraph, 11, floor)
        pdf.set_y(pdf.get_y() + 3 * self.scale)

    def _draw_contact(self, product: SheetFacts) -> float:
        """Draw the foot; gives where it begins."""
        pdf = self.pdf
        notice = render(
            _(
                "Details as given by the business. The office introduces; offers and contracts are between you."
            ),
            self.language,
        )
        closing = f"{notice} {product.made}".strip()
        lines = [each for each in product.contact if each][:5]
        height = 14 + 5.2 * len(lines) + (6 if lines else 0)
        top = _HIGH - height
        pdf.set_fill_color(*_PALE)
        pdf.rect(0, top, _WIDE, height, "F")
        pdf.set_y(top + 4)
        if lines:
            self._write(render(_("Contact"), self.language), 9, _HIGH, colour=_ACCENT, bold=True, fixed=True)
            for number, line in enumerate(lines):
                self._write(line, 10, pdf.get_y() + 6, bold=number == 0, fixed=True)
        self._write(closing, 7.5, _HIGH - 2, colour=_MUTED, fixed=True)
        return top - 3

    def _write(
        self,
        text: str,
        points: float,
        floor: float,
        *,
        colour: tuple[int, int, int] = _INK,
        bold: bool = False,
        fixed: bool = False,
    ) -> None:
        """Write a paragraph from where the pen is to the right edge, as far as there is room above the floor."""
        pdf = self.pdf
        size = points if fixed else points * self.scale
        pdf.set_font("Kabari", "B" if bold else "", size)
        pdf.set_text_color(*colour)
        left, height = pdf.get_x(), size * _POINT * _LINE
        width = _WIDE - _EDGE - left
        lines = pdf.multi_cell(width, height, drawable(text), align="L", dry_run=True, output="LINES")
        assert isinstance(lines, list)
        room = max(int((floor - pdf.get_y() + 0.01) / height), 0)
        if len(lines) > room:
            self.cut = self.cut or not fixed
            lines = lines[:room]
            if lines:
                lines[-1] = self._shortened(lines[-1], width)
        for line in lines:
            pdf.set_x(left)
            pdf.cell(width, height, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _shortened(self, line: str, width: float) -> str:
        while line and self.pdf.get_string_width(line + "…") > width:
            line = line[:-1]
        return line.rstrip() + "…"
