"""Pictures without metadata: what tells of place, time and person goes, what is seen stays."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest

from kb.image_metadata import orientation_of, without_metadata
from kb.image_size import size_of
from kb.images import ImageStore, problem_of
from tests.kb.test_images import a_gif, a_jpeg, a_png, a_webp, chunk, part, riff

SECRET = b"31.2304N 121.4737E"
NETSCAPE = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
XMP_TRAILER = b"\x01" + bytes(range(255, -1, -1)) + b"\0"


def tiff(orientation: int, order: str = "<", form: int = 3, many: int = 1) -> bytes:
    """EXIF data of a camera: its make, which way up, and where it was."""
    form_of_text, place_of_text = 2, 8 + 2 + 3 * 12 + 4
    entries = b"".join(
        struct.pack(f"{order}HHIHH", tag, kind, count, value, 0)
        for tag, kind, count, value in (
            (0x010F, form_of_text, len(SECRET), place_of_text),
            (0x0112, form, many, orientation),
            (0x8825, 4, 1, place_of_text),
        )
    )
    start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    return start + struct.pack(f"{order}H", 3) + entries + b"\0\0\0\0" + SECRET


def exif(orientation: int, order: str = "<") -> bytes:
    return part(0xE1, b"Exif\0\0" + tiff(orientation, order))


def a_chunk(kind: bytes, held: bytes) -> bytes:
    """A part of a WebP file."""
    return kind + struct.pack("<I", len(held)) + held + b"\0" * (len(held) % 2)


def large(flags: int) -> bytes:
    return a_chunk(b"VP8X", bytes([flags, 0, 0, 0, 1, 0, 0, 1, 0, 0]))


STILL = a_webp()[12:]
XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRET
FULL_JFIF = part(0xE0, b"JFIF\0\x01\x02\0\0\x48\0\x48\x02\x01" + b"\xaa" * 6)
PLAIN_JFIF = part(0xE0, b"JFIF\0\x01\x02\0\0\x48\0\x48\0\0")
ICC = part(0xE2, b"ICC_PROFILE\0\x01\x01a profile")
ADOBE = part(0xEE, b"Adobe\0\x64\0\0\0\0\x01")


def jpeg(*parts: bytes) -> bytes:
    """A JPEG file of these parts and a picture."""
    plain = a_jpeg()
    return b"\xff\xd8" + b"".join(parts) + plain[plain.index(b"\xff\xff\xc0") :]


BURDENED = {
    "jpeg": (
        jpeg(
            FULL_JFIF,
            exif(1),
            part(0xE0, b"JFXX\0\x10" + SECRET),
            part(0xE1, XMP),
            ICC,
            part(0xE2, b"MPF\0" + SECRET),
            part(0xED, b"Photoshop 3.0\0" + SECRET),
            part(0xEE, b"Adobe\0\x64\0\0\0\0\x01" + SECRET),
            part(0xEF, SECRET),
            part(0xFE, SECRET),
        )
        + SECRET,
        jpeg(PLAIN_JFIF, ICC, ADOBE),
    ),
    "jpeg between scans": (
        a_jpeg()[:-2] + part(0xFE, SECRET) + part(0xE1, XMP) + b"\xff\xd9",
        a_jpeg(),
    ),
    "jpeg turned": (
        jpeg(exif(6), PLAIN_JFIF, exif(3), part(0xFE, SECRET)),
        jpeg(
            PLAIN_JFIF,
            part(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\6\0\0\0\0\0\0"),
        ),
    ),
    "png": (
        a_png(
            2,
            2,
            chunk(b"gAMA", b"\0\0\xb1\x8f"),
            chunk(b"tEXt", b"Comment\0" + SECRET),
            chunk(b"zTXt", b"Comment\0\0" + SECRET),
            chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET),
            chunk(b"tIME", b"\x07\xea\x0b\x16\x0e\x05\0"),
            chunk(b"eXIf", tiff(1)),
            chunk(b"prVt", SECRET),
            chunk(b"pHYs", b"\0\0\x0b\x13\0\0\x0b\x13\x01"),
        )
        + SECRET,
        a_png(2, 2, chunk(b"gAMA", b"\0\0\xb1\x8f"), chunk(b"pHYs", b"\0\0\x0b\x13" * 2 + b"\1")),
    ),
    "png turned": (
        a_png(2, 2, chunk(b"pHYs", b"\0" * 9), chunk(b"eXIf", tiff(8)), chunk(b"eXIf", tiff(3))),
        a_png(
            2,
            2,
            chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0"),
            chunk(b"pHYs", b"\0" * 9),
        ),
    ),
    "gif": (
        a_gif()[:-1]
        + NETSCAPE
        + b"\x21\xfe\x12"
        + SECRET
        + b"\0"
        + b"\x21\xff\x0bXMP DataXMP"
        + b"\x12"
        + SECRET
        + XMP_TRAILER
        + b"\x21\x01\x0c"
        + b"\0" * 12
        + b"\x12"
        + SECRET
        + b"\0\x3b"
        + SECRET,
        a_gif()[:-1] + NETSCAPE + b"\x3b",
    ),
    "webp": (
        riff(
            large(0x20 | 0x08 | 0x04)
            + a_chunk(b"ICCP", b"odd")
            + STILL
            + a_chunk(b"EXIF", tiff(6))
            + a_chunk(b"XMP ", SECRET)
            + a_chunk(b"prvt", SECRET)
        )
        + SECRET,
        riff(large(0x20) + a_chunk(b"ICCP", b"odd") + STILL),
    ),
    "webp animated": (
        riff(
            large(0x02 | 0x08)
            + a_chunk(b"ANIM", b"\0" * 6)
            + a_chunk(b"ANMF", b"\0" * 16 + STILL + a_chunk(b"prvt", SECRET))
            + a_chunk(b"EXIF", tiff(1))
        ),
        riff(large(0x02) + a_chunk(b"ANIM", b"\0" * 6) + a_chunk(b"ANMF", b"\0" * 16 + STILL)),
    ),
}


@pytest.mark.parametrize("kind", BURDENED)
def test_only_what_is_seen_is_kept(kind: str, tmp_path: Path) -> None:
    burdened, plain = BURDENED[kind]
    assert problem_of(burdened) == problem_of(plain) == ""
    assert without_metadata(burdened) == plain
    assert without_metadata(plain) == plain
    store = ImageStore(tmp_path)
    assert store.put(burdened) == store.put(plain)
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == plain


def test_one_picture_with_two_sets_of_metadata_is_kept_once(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    one = jpeg(PLAIN_JFIF, exif(6, "<"), part(0xFE, b"from a phone"))
    other = jpeg(exif(6, ">"), PLAIN_JFIF, part(0xE1, XMP))
    assert store.put(one) == store.put(other) != store.put(jpeg(PLAIN_JFIF, exif(8)))


def test_a_private_chunk_after_the_pixels_goes_too() -> None:
    data = a_png()
    end = data.index(b"IEND") - 4
    late = data[:end] + chunk(b"eXIf", tiff(6)) + chunk(b"tEXt", SECRET) + data[end:]
    assert without_metadata(late) == data, "browsers do not follow EXIF after the pixels"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_which_way_up_is_read_in_both_byte_orders(orientation: int, order: str) -> None:
    assert orientation_of(tiff(orientation, order)) == orientation


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"II*\0",
        tiff(0),
        tiff(9),
        tiff(6, form=4),
        tiff(6, many=2),
        b"II*\0\xff\xff\xff\xff",
        b"MM*\0" + tiff(6)[4:],
        b"II*\0\x08\0\0\0\xff\xff" + b"\1" * 40,
    ],
    ids=range(9),
)
def test_exif_that_cannot_be_followed_says_upright(data: bytes) -> None:
    assert orientation_of(data) == 1
    assert without_metadata(jpeg(part(0xE1, b"Exif\0\0" + data))) == jpeg()


def test_exif_that_breaks_off_never_surprises() -> None:
    whole = tiff(6)
    assert {orientation_of(whole[:end]) for end in range(len(whole))} == {1, 6}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_that_of_the_picture_as_it_is_turned(orientation: int) -> None:
    turned = (3, 5) if orientation >= 5 else (5, 3)
    photo = a_jpeg(5, 3, exif(orientation))
    screen = a_png(5, 3, chunk(b"eXIf", tiff(orientation)))
    for data in (photo, without_metadata(photo), without_metadata(screen)):
        assert size_of(io.BytesIO(data)) == turned
    assert size_of(io.BytesIO(a_webp(5, 3))) == (5, 3)
