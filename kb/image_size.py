"""The width and height that a picture states, read from its first bytes without decoding it."""

from __future__ import annotations

import struct
from typing import IO

from kb.image_metadata import EXIF, TURNED, UPRIGHT, orientation_of

_JPEG_WITHOUT_SIZE = frozenset({0xC4, 0xC8, 0xCC})
_MOST_SEGMENTS = 500
_START = 80


def size_of(file: IO[bytes]) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, JPEG, GIF or WebP file as it is shown, from its start.

    A photograph that is to be turned is turned. None for anything else, for a file that is cut
    off, and for a picture without any area. What is read does not depend on what the file says of
    itself: some kilobytes, and 64 of them at most for the way up of a photograph.
    """
    start, orientation = file.read(_START), UPRIGHT
    try:
        if start.startswith(b"\x89PNG\r\n\x1a\n") and start[12:16] == b"IHDR":
            width, height = struct.unpack(">II", start[16:24])
            if start[37:41] == b"eXIf":  # where the store puts it
                orientation = orientation_of(start[41:])
        elif start.startswith((b"GIF87a", b"GIF89a")):
            width, height = struct.unpack("<HH", start[6:10])
        elif start[:4] == b"RIFF" and start[8:12] == b"WEBP":
            width, height = _webp(start)
        elif start.startswith(b"\xff\xd8"):
            width, height, orientation = _jpeg(file)
        else:
            return None
    except struct.error:
        return None
    if orientation in TURNED:
        width, height = height, width
    return (width, height) if width and height else None


def _webp(start: bytes) -> tuple[int, int]:
    """The size in a WebP header of any of the three kinds."""
    kind = start[12:16]
    if kind == b"VP8X":
        wide, high = struct.unpack("<3s3s", start[24:30])
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if kind == b"VP8L" and start[20:21] == b"\x2f":
        (bits,) = struct.unpack("<I", start[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and start[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", start[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def _jpeg(file: IO[bytes]) -> tuple[int, int, int]:
    """The size in the frame header of a JPEG file, its segments passed over; and its way up."""
    file.seek(2)
    orientation = 0
    for _ in range(_MOST_SEGMENTS):
        marker = file.read(2)
        while marker[1:] == b"\xff":  # any number of these may stand before a marker
            marker = marker[1:] + file.read(1)
        if len(marker) < 2 or marker[0] != 0xFF or marker[1] in (0xD9, 0xDA):
            break
        if marker[1] == 0x01 or 0xD0 <= marker[1] <= 0xD8:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if 0xC0 <= marker[1] <= 0xCF and marker[1] not in _JPEG_WITHOUT_SIZE:
            _precision, height, width = struct.unpack(">BHH", file.read(5))
            return width, height, orientation or UPRIGHT
        held = max(length, 2) - 2
        if marker[1] == 0xE1 and not orientation:
            exif = file.read(held)
            held = 0
            if exif.startswith(EXIF):
                orientation = orientation_of(exif[len(EXIF) :])
        file.seek(held, 1)
    return 0, 0, UPRIGHT
