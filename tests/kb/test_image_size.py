"""The size that a picture states, whatever its file holds else."""

from __future__ import annotations

import io
import struct

import pytest

from kb.image_size import size_of
from tests.office_files import png

EXIF = b"\xff\xe1" + struct.pack(">H", 60_000) + b"x" * 59_998
TABLES = b"\xff\xc4\x00\x04ab" + b"\xff\xdb\x00\x03c"
FRAME = b"\xff\xc2" + struct.pack(">HBHH", 11, 8, 480, 640) + b"\x03"
LOSSY = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 640 | 0x4000, 480)
LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", 639 | 479 << 14) + b"\0" * 9
EXTENDED = (
    b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0"
    + (639).to_bytes(3, "little")
    + (479).to_bytes(3, "little")
)


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a" + struct.pack("<HH", 640, 480),
        b"\xff\xd8" + EXIF + TABLES + FRAME,
        b"\xff\xd8\xff" + FRAME,
        LOSSY,
        LOSSLESS,
        EXTENDED,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480),
    ],
)
def test_every_kind_of_picture_tells_its_size(data: bytes) -> None:
    assert size_of(io.BytesIO(data)) == (640, 480)
    for cut in range(len(data) - 6, 4, -4_001 if len(data) > 10_000 else -1):
        found = size_of(io.BytesIO(data[:cut]))
        assert found in (None, (640, 480)), "what is cut off tells nothing wrong"


def test_a_real_picture_tells_its_size() -> None:
    assert size_of(io.BytesIO(png(7))) == (7, 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg width='1' height='1'/>",
        b"GIF89a\0\0\0\0",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + b"\xff\xe0\x00\x02" * 2_000 + FRAME,
        b"\xff\xd8\xff\xe1\x00\x00" * 100,
        b"\xff\xd8" + b"\xff" * 100_000,
    ],
)
def test_what_is_no_picture_has_no_size(data: bytes) -> None:
    assert size_of(io.BytesIO(data)) is None
