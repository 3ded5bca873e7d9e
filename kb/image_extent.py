"""How far a picture reaches in its file, and how large it becomes when it is shown.

Follows the parts that a PNG, JPEG, GIF or WebP file is made of, without decoding any: a file that
is cut off or damaged is told from a whole one, what somebody hung onto the end is seen to be no
part of it, and a picture that claims an enormous area anywhere, in one frame of many for instance,
is known before a browser makes room for it. Work and memory are bounded by the file's own size.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # a marker that ends compressed data
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})


class Damaged(ValueError):
    """The file breaks off, or its parts do not fit together."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The first `end` bytes are the picture; `pixels` is the area of its largest frame."""

    end: int
    pixels: int


def extent_of(data: bytes) -> Extent:
    """The extent of a picture in a format that its first bytes tell; Damaged."""
    try:
        if data.startswith(_PNG):
            return _png(data)
        if data.startswith((b"GIF87a", b"GIF89a")):
            return _gif(data)
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError):
        raise Damaged("the file breaks off") from None
    raise Damaged("no format that is known here")


def _area(*sizes: tuple[int, int]) -> int:
    if not sizes or any(not width or not height for width, height in sizes):
        raise Damaged("a frame without any area")
    return max(width * height for width, height in sizes)


def _png(data: bytes) -> Extent:
    place, sizes, has_data = len(_PNG), list[tuple[int, int]](), False
    while True:
        length, kind = struct.unpack_from(">I4s", data, place)
        body, place = place + 8, place + 12 + length
        (check,) = struct.unpack_from(">I", data, place - 4)
        if zlib.crc32(memoryview(data)[body - 4 : place - 4]) != check:
            raise Damaged("a part does not match its checksum")
        if not sizes:
            if kind != b"IHDR":
                raise Damaged("the header is missing")
            sizes.append(struct.unpack_from(">II", data, body))
        elif kind == b"fcTL":
            sizes.append(struct.unpack_from(">II", data, body + 4))
        has_data = has_data or (kind == b"IDAT" and length > 0)
        if kind == b"IEND":
            if not has_data:
                raise Damaged("there is no picture in it")
            return Extent(place, _area(*sizes))


def _gif(data: bytes) -> Extent:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    place, sizes = 13 + _colours(flags), [(width, height)]
    while True:
        kind = data[place]
        if kind == 0x3B:
            if len(sizes) == 1:
                raise Damaged("there is no picture in it")
            return Extent(place + 1, _area(*sizes))
        if kind == 0x2C:
            frame_width, frame_height, flags = struct.unpack_from("<HHB", data, place + 5)
            sizes.append((frame_width, frame_height))
            place += 11 + _colours(flags)
        elif kind == 0x21:
            place += 2
        else:
            raise Damaged("a part of an unknown kind")
        while data[place]:
            place += 1 + data[place]
        place += 1


def _colours(flags: int) -> int:
    """The bytes of a table of colours."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _jpeg(data: bytes) -> Extent:
    place, sizes, has_data = 2, list[tuple[int, int]](), False
    while True:
        if data[place] != 0xFF:
            raise Damaged("a part begins where none should")
        marker = data[place + 1]
        if marker == 0xFF:  # any number of these may stand before a marker
            place += 1
            continue
        place += 2
        if marker == 0xD9:
            if not has_data:
                raise Damaged("there is no picture in it")
            return Extent(place, _area(*sizes))
        if marker in _STANDALONE:
            continue
        (length,) = struct.unpack_from(">H", data, place)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, place + 3)
            sizes.append((width, height))
        place += max(length, 2)
        if marker == 0xDA:
            found = _SCAN_END.search(data, place)
            if not found:
                raise Damaged("the file breaks off")
            place, has_data = found.start(), True


def _webp(data: bytes) -> Extent:
    (size,) = struct.unpack_from("<I", data, 4)
    end = 8 + size
    if end > len(data):
        raise Damaged("the file breaks off")
    sizes, has_data = list[tuple[int, int]](), False
    for kind, body, length in _chunks(data, 12, end):
        if kind == b"VP8X":
            sizes.append(_large(data, body + 4))
        elif kind == b"ANMF":
            sizes.append(_large(data, body + 6))
            for inner, place, _ in _chunks(data, body + 16, body + length):
                if inner in (b"VP8 ", b"VP8L"):
                    sizes.append(_still(data, inner, place))
                    has_data = True
        elif kind in (b"VP8 ", b"VP8L"):
            sizes.append(_still(data, kind, body))
            has_data = True
    if not has_data:
        raise Damaged("there is no picture in it")
    return Extent(end, _area(*sizes))


def _chunks(data: bytes, place: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, place and length of each part of a RIFF file between two places."""
    while place + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, place)
        if place + 8 + length > end:
            raise Damaged("a part reaches beyond the end")
        yield kind, place + 8, length
        place += 8 + length + length % 2


def _large(data: bytes, place: int) -> tuple[int, int]:
    """A size in three bytes each, less one."""
    wide, high = data[place : place + 3], data[place + 3 : place + 6]
    return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1


def _still(data: bytes, kind: bytes, place: int) -> tuple[int, int]:
    """The size of one still picture of WebP."""
    if kind == b"VP8L":
        sign, bits = struct.unpack_from("<BI", data, place)
        if sign != 0x2F:
            raise Damaged("a picture without its signature")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[place + 3 : place + 6] != b"\x9d\x01\x2a":
        raise Damaged("a picture without its signature")
    width, height = struct.unpack_from("<HH", data, place + 6)
    return width & 0x3FFF, height & 0x3FFF
