"""Files people send are kept clean of what they tell about her, or rejected with a reason; nothing raises."""

import os
import struct
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter
from pypdf.errors import DependencyError

from flows.message import Refused
from storage import uploads
from storage.media import Kept, MediaFolder
from storage.uploads import Rejected, Upload, Why, examine, tidy

RED, BLUE = (200, 30, 30), (30, 30, 200)


def encode(image: Image.Image, format_: str, **options: Any) -> bytes:
    into = BytesIO()
    image.save(into, format_, **options)
    return into.getvalue()


def two_halves(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    ImageDraw.Draw(image).rectangle((size[0] // 2, 0, *size), fill=BLUE)
    return image.convert(mode)


def pdf(pages: int = 1, password: str | None = None, owner: str | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password is not None:
        writer.encrypt(password, owner, algorithm="RC4-128")
    into = BytesIO()
    writer.write(into)
    return into.getvalue()


def photo(data: bytes, name: str = "photo.jpg") -> tuple[Upload, Image.Image]:
    upload = examine(data, name)
    assert isinstance(upload, Upload), upload
    image = Image.open(BytesIO(upload.data))
    image.load()
    assert image.size == (upload.width, upload.height)
    return upload, image


def looks_like(image: Image.Image, place: tuple[int, int], colour: tuple[int, ...]) -> bool:
    found = image.convert("RGB").getpixel(place)
    assert isinstance(found, tuple)
    return all(abs(a - b) < 25 for a, b in zip(found, colour, strict=True))


# --- photos -----------------------------------------------------------------------------------------------


MODES = {"JPEG": ("RGB", "L", "CMYK"), "PNG": ("RGB", "P", "RGBA", "1"), "WEBP": ("RGB",), "GIF": ("P",)}


@pytest.mark.parametrize(
    ("format_", "mode"),
    [(format_, mode) for format_, modes in MODES.items() for mode in modes],
)
def test_photos_without_transparency_become_jpeg(format_: str, mode: str) -> None:
    upload, image = photo(encode(two_halves(mode=mode), format_), "foto.bin")
    assert (upload.mime, upload.kind, upload.name) == ("image/jpeg", "photo", "foto.bin.jpg")
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (60, 40))
    if mode not in {"L", "1"}:
        assert looks_like(image, (5, 20), RED)
        assert looks_like(image, (55, 20), BLUE)


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "GIF"])
def test_transparency_is_kept_as_png(format_: str) -> None:
    logo = two_halves(mode="RGBA")
    logo.paste((0, 0, 0, 0), (0, 0, 10, 40))
    upload, image = photo(encode(logo, format_), "logo.webp")
    assert (upload.mime, upload.name, image.format, image.mode) == ("image/png", "logo.png", "PNG", "RGBA")
    assert image.getchannel("A").getextrema() == (0, 255)


def test_sixteen_bits_of_grey_keep_their_shade() -> None:
    _, image = photo(encode(Image.new("I;16", (9, 9), 40_000), "PNG"))
    assert looks_like(image, (4, 4), (156, 156, 156))


def test_only_the_first_frame_of_an_animation_is_kept() -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in (RED, BLUE)]
    for format_ in ("GIF", "WEBP", "PNG"):
        data = encode(frames[0], format_, save_all=True, append_images=frames[1:], duration=90)
        upload, image = photo(data)
        assert looks_like(image, (4, 4), RED), format_
        assert upload.mime == "image/jpeg"


def test_a_large_photo_is_made_smaller_and_a_small_one_is_not_enlarged() -> None:
    upload, _ = photo(encode(two_halves((5200, 1300)), "JPEG"))
    assert (upload.width, upload.height) == (2560, 640)
    upload, _ = photo(encode(two_halves((640, 2600)), "PNG"))
    assert (upload.width, upload.height) == (630, 2560)
    upload, _ = photo(encode(two_halves((3, 2)), "PNG"))
    assert (upload.width, upload.height) == (3, 2)


def notes() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Rumahku"  # the camera's maker
    exif[0x0112] = 6  # to be turned by a quarter
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "S", (6.0, 12.0, 31.0)
    place[3], place[4] = "E", (106.0, 50.0, 42.0)
    return exif


XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Rumahku</x:xmpmeta>"
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_picture_is_left(format_: str) -> None:
    image = two_halves(mode="RGBA" if format_ == "PNG" else "RGB")
    if format_ == "PNG":
        image.putalpha(128)
    words = PngInfo()
    words.add_text("Author", "Rumahku")
    extra: dict[str, Any] = {"pnginfo": words} if format_ == "PNG" else {"xmp": XMP}
    if format_ == "JPEG":
        extra["comment"] = b"Rumahku"
    data = encode(image, format_, exif=notes(), icc_profile=ICC, **extra)
    assert b"Rumahku" in data
    assert Image.open(BytesIO(data)).getexif().get_ifd(0x8825)

    upload, image = photo(data)
    assert b"Rumahku" not in upload.data
    assert dict(image.getexif()) == {}
    assert not {"exif", "icc_profile", "xmp", "comment", "Author", "dpi"} & set(image.info)


def test_a_photo_is_turned_upright_before_its_notes_are_lost() -> None:
    upload, image = photo(encode(two_halves(), "JPEG", exif=notes()))
    assert (upload.width, upload.height) == (40, 60)
    assert looks_like(image, (20, 5), RED)
    assert looks_like(image, (20, 55), BLUE)


def test_broken_notes_do_not_cost_the_picture() -> None:
    upload, _ = photo(encode(two_halves(), "JPEG", exif=b"Exif\0\0 not what it says"))
    assert upload.width == 60


def test_a_photo_sent_twice_is_the_same_file() -> None:
    data = encode(two_halves(), "JPEG", exif=notes())
    assert examine(data, "a.jpg") == examine(data, "a.jpg")


# --- documents --------------------------------------------------------------------------------------------


def test_a_pdf_is_kept_as_it_is() -> None:
    data = pdf(pages=3)
    assert examine(data, "Katalog.PDF") == Upload(data, "application/pdf", "document", "Katalog.pdf")


def test_a_pdf_anyone_may_open_is_not_locked() -> None:
    assert isinstance(examine(pdf(password="", owner="office"), "a.pdf"), Upload)


AES = b"""%%PDF-1.7
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>> endobj
4 0 obj <</Filter /Standard /V 5 /R 6 /Length 256 /P -4 /O <%(o)s> /U <%(o)s> /OE <%(e)s> /UE <%(e)s>
/Perms <00000000000000000000000000000000> /CF <</StdCF <</CFM /AESV3 /Length 32>>>>
/StmF /StdCF /StrF /StdCF>> endobj
trailer <</Root 1 0 R /Encrypt 4 0 R /Size 5 /ID [<00> <00>]>>
startxref
0
%%%%EOF
""" % {b"o": b"00" * 48, b"e": b"00" * 32}


@pytest.mark.parametrize("data", [pdf(password="rahasia"), AES], ids=["RC4", "AES-256"])
def test_a_pdf_with_a_password_is_locked(data: bytes) -> None:
    assert examine(data, "a.pdf") == Rejected("locked")


def test_a_cipher_that_cannot_be_tried_counts_as_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    def miss(*_: object) -> None:
        raise DependencyError

    monkeypatch.setattr("pypdf._encryption.aes_cbc_encrypt", miss)
    assert examine(AES, "a.pdf") == Rejected("locked")


# --- rejected ---------------------------------------------------------------------------------------------


def png_of(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be as large as you like."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def jpeg_of(width: int, height: int) -> bytes:
    data = encode(two_halves(), "JPEG")
    return data.replace(struct.pack(">HH", 40, 60), struct.pack(">HH", height, width), 1)


def gif_of(width: int, height: int) -> bytes:
    data = encode(two_halves(mode="P"), "GIF")
    return data.replace(struct.pack("<HH", 60, 40), struct.pack("<HH", width, height))


REAL_BOMB = encode(Image.new("1", (8000, 6251)), "PNG")


@pytest.mark.parametrize(
    "data",
    [png_of(60_000, 60_000), png_of(7072, 7072), jpeg_of(65_000, 65_000), gif_of(65_000, 65_000), REAL_BOMB],
    ids=["png", "png just over", "jpeg", "gif", "a real one"],
)
def test_bombs_are_not_opened(data: bytes) -> None:
    assert len(data) < 10_000
    assert examine(data, "a.png") == Rejected("too_large")


def test_too_many_bytes() -> None:
    for start, cap in ((b"\xff\xd8\xff", uploads.MAX_PHOTO_BYTES), (b"%PDF-", uploads.MAX_DOCUMENT_BYTES)):
        assert examine(start.ljust(cap + 1), "a") == Rejected("too_large")
        assert examine(start.ljust(cap), "a") == Rejected("corrupt")


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (HEIC, "IMG_0001.jpg", "wrong_type"),
        (b"MZ" + bytes(90), "photo.jpg", "wrong_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.png", "wrong_type"),
        (b"RIFF\0\0\0\0WAVEfmt ", "photo.webp", "wrong_type"),
        (b"PK\x03\x04" + bytes(90), "katalog.pdf", "wrong_type"),
        (b"<html>%PDF-1.7", "katalog.pdf", "wrong_type"),
        (b"", "photo.jpg", "corrupt"),
        (encode(two_halves((300, 300)), "JPEG")[:-400], "photo.jpg", "corrupt"),
        (encode(two_halves(), "PNG")[:-60], "photo.png", "corrupt"),
        (encode(two_halves(), "WEBP")[:-40], "photo.webp", "corrupt"),
        (b"\xff\xd8\xff", "photo.jpg", "corrupt"),
        (pdf()[:-300], "a.pdf", "corrupt"),
        (pdf()[:-8], "a.pdf", "corrupt"),
        (pdf() + b"9 0 obj <</Changed true>> endobj\n" * 99, "a.pdf", "corrupt"),
        (pdf(pages=0), "a.pdf", "corrupt"),
        (b"%PDF-1.7 nothing in it %%EOF", "a.pdf", "corrupt"),
    ],
)
def test_other_files_are_rejected(data: bytes, name: str, why: Why) -> None:
    assert examine(data, name) == Rejected(why)


def test_the_name_does_not_make_the_type() -> None:
    upload, _ = photo(encode(two_halves(), "PNG"), "surat.pdf")
    assert (upload.mime, upload.name) == ("image/jpeg", "surat.jpg")


def test_the_reasons_are_those_a_flow_can_tell() -> None:
    assert get_args(Why) == get_args(get_type_hints(Refused)["why"])


WHOLE = [
    encode(two_halves(), "JPEG", exif=notes()),
    encode(two_halves(mode="RGBA"), "PNG"),
    encode(two_halves(), "WEBP"),
    encode(two_halves(mode="P"), "GIF"),
    pdf(),
    pdf(password="rahasia"),
]


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A file that was whole once: bytes changed, cut out and put in."""
    data = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(5, len(data)))
        data[place : place + draw(st.integers(0, 40))] = draw(st.binary(max_size=20))
    return bytes(data)


starts = st.sampled_from([whole[:12] for whole in WHOLE] + [b""])


@settings(deadline=None)
@given(mangled() | st.builds(bytes.__add__, starts, st.binary(max_size=300)), st.text(max_size=300))
def test_no_file_raises(data: bytes, name: str) -> None:
    upload = examine(data, name)
    if isinstance(upload, Upload) and upload.kind == "photo":
        assert photo(upload.data)


# --- names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "tidied"),
    [
        ("Katalog 2026.pdf", "Katalog 2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Siti\\Surat.PDF", "Surat.pdf"),
        ("laporan v1.2", "laporan v1.2.pdf"),
        ("faktur.exe", "faktur.exe.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "a Set-Cookie b.pdf".replace(" b", ": b")),
        ("fdp.\u202eelosnof.pdf", "fdp.elosnof.pdf"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af.pdf", "한글.pdf"),
        ("  . .pdf", "file.pdf"),
        ("", "file.pdf"),
        ("é" * 300 + ".pdf", "é" * 116 + ".pdf"),
    ],
)
def test_names_are_tidied(name: str, tidied: str) -> None:
    assert tidy(name, "application/pdf") == tidied


@given(st.text(max_size=300), st.sampled_from(sorted(uploads.EXTENSIONS)))
def test_a_tidy_name_is_fit_to_be_shown(name: str, mime: str) -> None:
    tidied = tidy(name, mime)
    assert 0 < len(tidied) <= uploads.MAX_NAME
    assert tidied.endswith("." + uploads.EXTENSIONS[mime])
    assert not set("/\\\r\n\0\u202e") & set(tidied)
    assert tidied.isprintable()
    assert tidy(tidied, mime) == tidied


# --- the folder -------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path / "media")


def files(folder: MediaFolder) -> list[Path]:
    return sorted(path for path in folder._root.rglob("*") if path.is_file())


def keep(folder: MediaFolder, data: bytes) -> Kept:
    kept = folder.keep(data, "Katalog.pdf")
    assert isinstance(kept, Kept)
    return kept


def test_a_file_is_kept_under_its_content(folder: MediaFolder) -> None:
    data = pdf()
    kept = keep(folder, data)
    assert kept == Kept(kept.sha, "application/pdf", len(data), None, None, "document", "Katalog.pdf")
    assert folder.open(kept.sha) == data
    assert files(folder) == [folder.path(kept.sha)]
    assert folder.path(kept.sha).relative_to(folder._root).parts == (kept.sha[:2], kept.sha[2:4], kept.sha)
    assert folder.path(kept.sha).stat().st_mode & 0o077 == 0

    assert keep(folder, data) == kept
    assert files(folder) == [folder.path(kept.sha)]


def test_a_rejected_file_leaves_nothing(folder: MediaFolder) -> None:
    assert folder.keep(b"nothing", "a.pdf") == Rejected("wrong_type")
    assert files(folder) == []


def test_a_deleted_file_is_gone(folder: MediaFolder) -> None:
    kept = keep(folder, pdf())
    folder.delete(kept.sha)
    folder.delete(kept.sha)
    with pytest.raises(FileNotFoundError):
        folder.open(kept.sha)


@pytest.mark.parametrize("sha", ["", "../../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_content_addresses_lead_to_files(folder: MediaFolder, sha: str) -> None:
    with pytest.raises(ValueError, match="sha"):
        folder.open(sha)


def test_a_disk_that_fails_leaves_no_half_file(folder: MediaFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        folder.keep(pdf(), "a.pdf")
    assert files(folder) == []


def test_sweeping_takes_what_nobody_wants_any_more(folder: MediaFolder) -> None:
    wanted, unwanted, lately = (keep(folder, pdf(pages)) for pages in (1, 2, 3))
    now = datetime.now(UTC)
    half = folder.path(wanted.sha).with_name("tmphalf")
    half.write_bytes(b"half a fi")
    for path in (folder.path(wanted.sha), folder.path(unwanted.sha), folder.path(lately.sha), half):
        os.utime(path, (0, 0))
    keep(folder, pdf(3))  # sent again: the turn that will want it may be on its way
    assert folder.sweep({wanted.sha}, now - timedelta(hours=1)) == 2
    assert files(folder) == sorted([folder.path(wanted.sha), folder.path(lately.sha)])
