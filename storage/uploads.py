"""What becomes of a file a person sent: checked, cleaned of what it tells about her, and made small enough.

A file is what its first bytes say, whatever its name is. Photos are drawn anew, so that nothing is left of
them but the picture: no place, no device, no thumbnail of what was cropped away.
"""

from __future__ import annotations

import unicodedata
import warnings
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PHOTO_BYTES: Final = 10_000_000
MAX_DOCUMENT_BYTES: Final = 20_000_000
MAX_PIXELS: Final = 50_000_000
"""Of a photo as it was sent, which bounds the memory that opening it takes: 400 MB at worst."""

LONGEST_SIDE: Final = 2560
"""Of a photo as it is kept, in pixels."""

JPEG_QUALITY: Final = 85
MAX_NAME: Final = 120

EXTENSIONS: Final = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
"""The types that are kept, and how their names end."""

Why: TypeAlias = Literal["too_large", "wrong_type", "corrupt", "unavailable", "locked"]
"""The reasons of `flows.message.Refused`."""


@dataclass(frozen=True)
class Rejected:
    """A file that cannot be taken."""

    why: Why


@dataclass(frozen=True)
class Upload:
    """A file as it may be kept; width and height are a photo's, in pixels."""

    data: bytes
    mime: str
    kind: Literal["photo", "document"]
    name: str
    width: int | None = None
    height: int | None = None


def examine(data: bytes, name: str) -> Upload | Rejected:
    """Check a file and make it fit to be kept; never raises, whatever the bytes are."""
    match _recognise(data):
        case None:
            return Rejected("wrong_type" if data else "corrupt")
        case "PDF":
            return _examine_document(data, name)
        case format_:
            return _examine_photo(data, name, format_)


def tidy(name: str, mime: str) -> str:
    """Make a file's name fit to be shown: no folders, nothing invisible, not long, its type at the end."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(" " if letter.isspace() else letter for letter in base if _is_visible(letter))
    stem, dot, suffix = visible.rpartition(".")
    if not dot or suffix.lower() not in _SUFFIXES:
        stem = visible
    extension = EXTENSIONS[mime]
    stem = " ".join(stem.split())[: MAX_NAME - len(extension) - 1].strip(" .")
    return f"{stem or 'file'}.{extension}"


_SUFFIXES: Final = frozenset({"jpg", "jpeg", "jfif", "png", "webp", "gif", "pdf"})

_MAGIC: Final = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"%PDF-", "PDF"),
)

_drawing = Lock()
"""One photo at a time is opened: a big one takes the memory of a small machine."""


def _recognise(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((format_ for magic, format_ in _MAGIC if data.startswith(magic)), None)


def _is_visible(letter: str) -> bool:
    return letter.isspace() or not unicodedata.category(letter).startswith("C")


def _examine_photo(data: bytes, name: str, format_: str) -> Upload | Rejected:
    from PIL import Image

    if len(data) > MAX_PHOTO_BYTES:
        return Rejected("too_large")
    Image.MAX_IMAGE_PIXELS = None  # Pillow's own bound only warns, and later than ours
    try:
        with _drawing, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about notes on the picture that make no sense
            image = Image.open(BytesIO(data), formats=[format_])
            if image.width * image.height > MAX_PIXELS:
                return Rejected("too_large")
            picture = _redraw(image)
    except Exception:  # of any kind: Pillow does not say which ones a broken file can raise
        return Rejected("corrupt")
    mime, drawn = _encode(picture)
    return Upload(drawn, mime, "photo", tidy(name, mime), *picture.size)


def _redraw(image: Image) -> Image:
    """Draw the first frame anew, not too large and upright: RGBA if anything shines through, else RGB."""
    from PIL.Image import Resampling

    image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    if image.mode.startswith("I"):  # 16 bits of grey, of which `convert` would keep the lower ones
        image = image.point(lambda level: level / 256).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    picture = image if image.mode == mode else image.convert(mode)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Resampling.LANCZOS)
    picture = _turn_upright(picture)
    picture.info.clear()
    if mode == "RGBA" and picture.getchannel("A").getextrema()[0] == 255:
        return picture.convert("RGB")
    return picture


def _turn_upright(image: Image) -> Image:
    from PIL.ImageOps import exif_transpose

    try:
        return exif_transpose(image)
    except Exception:  # a good picture with broken notes on it is worth keeping
        return image.copy()


def _encode(picture: Image) -> tuple[str, bytes]:
    into = BytesIO()
    if picture.mode == "RGBA":
        picture.save(into, "PNG", optimize=True)
        return "image/png", into.getvalue()
    picture.save(into, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return "image/jpeg", into.getvalue()


def _examine_document(data: bytes, name: str) -> Upload | Rejected:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    if len(data) > MAX_DOCUMENT_BYTES:
        return Rejected("too_large")
    if b"%%EOF" not in data[-2048:]:
        return Rejected("corrupt")  # the end is missing
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return Rejected("locked")
        if not len(reader.pages):
            return Rejected("corrupt")
    except DependencyError:
        return Rejected("locked")  # by AES, which pypdf cannot try without another library
    except Exception:  # of any kind: as with Pillow
        return Rejected("corrupt")
    return Upload(data, "application/pdf", "document", tidy(name, "application/pdf"))
