"""The parts that a PNG, JPEG, GIF or WebP file is made of, one after another, none decoded.

Work and memory are bounded by the file's own size, whatever it says of itself. A file that breaks
off, whose parts do not fit together, or that is made of more parts than pictures are, is Damaged.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Generic, NamedTuple, TypeVar

Kind = TypeVar("Kind", int, bytes)

MAX_PARTS = 100_000
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
GIF_SIGNATURES = (b"GIF87a", b"GIF89a")
GIF_IMAGE, GIF_EXTENSION, GIF_TRAILER = 0x2C, 0x21, 0x3B
JPEG_SIGNATURE = b"\xff\xd8\xff"
JPEG_END, JPEG_SCAN = 0xD9, 0xDA
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # a marker that ends compressed data
_WEBP_START = 12


class Damaged(ValueError):
    """The file breaks off, or its parts do not fit together."""


class Part(NamedTuple, Generic[Kind]):
    """One part: all of it is ``data[start:end]``, what it holds is ``data[body:stop]``."""

    kind: Kind
    start: int
    body: int
    stop: int
    end: int


_Parts = Callable[[bytes], Iterator[Part[Kind]]]


def is_webp(data: bytes) -> bool:
    """Whether the first bytes are those of a WebP file."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _unbroken(parts: _Parts[Kind]) -> _Parts[Kind]:
    """The same parts; reading on where the file has ended, or without end, is Damaged."""

    @wraps(parts)
    def checked(data: bytes) -> Iterator[Part[Kind]]:
        try:
            for number, part in enumerate(parts(data)):
                if number == MAX_PARTS:
                    raise Damaged("no picture is made of so many parts")
                yield part
        except (struct.error, IndexError):
            raise Damaged("the file breaks off") from None

    return checked


@_unbroken
def png_parts(data: bytes) -> Iterator[Part[bytes]]:
    """The chunks of a PNG file, each held against its checksum, up to and with IEND."""
    place, kind = len(PNG_SIGNATURE), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, place)
        stop = place + 8 + length
        (check,) = struct.unpack_from(">I", data, stop)
        if zlib.crc32(memoryview(data)[place + 4 : stop]) != check:
            raise Damaged("a part does not match its checksum")
        yield Part(kind, place, place + 8, stop, stop + 4)
        place = stop + 4


@_unbroken
def gif_parts(data: bytes) -> Iterator[Part[int]]:
    """The images and extensions of a GIF file, up to and with its trailer.

    What an extension holds begins with its label.
    """
    place, kind = 13 + _colours(data[10]), 0
    while kind != GIF_TRAILER:
        start, kind = place, data[place]
        body = place = start + 1
        if kind == GIF_IMAGE:
            place += 10 + _colours(data[start + 9])
        elif kind == GIF_EXTENSION:
            place += 1
        elif kind != GIF_TRAILER:
            raise Damaged("a part of an unknown kind")
        if kind != GIF_TRAILER:
            while data[place]:
                place += 1 + data[place]
            place += 1
        yield Part(kind, start, body, place, place)


def _colours(flags: int) -> int:
    """The bytes of a table of colours."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


@_unbroken
def jpeg_parts(data: bytes) -> Iterator[Part[int]]:
    """The segments of a JPEG file by their markers, after its first, up to and with its last.

    The compressed data of a scan is part of its segment, but not of what the segment holds.
    """
    start = place = 2
    while True:
        if data[place] != 0xFF:
            raise Damaged("a part begins where none should")
        marker = data[place + 1]
        if marker == 0xFF:  # any number of these may stand before a marker
            place += 1
            continue
        body = stop = end = place + 2
        if marker != JPEG_END and marker not in _STANDALONE:
            (length,) = struct.unpack_from(">H", data, body)
            stop = end = body + max(length, 2)
            body += 2
        if marker == JPEG_SCAN:
            found = _SCAN_END.search(data, stop)
            if not found:
                raise Damaged("the file breaks off")
            end = found.start()
        yield Part(marker, start, body, stop, end)
        if marker == JPEG_END:
            return
        start = place = end


@_unbroken
def webp_parts(data: bytes) -> Iterator[Part[bytes]]:
    """The chunks of a WebP file, as far as it says that it reaches."""
    end = webp_end(data)
    if end > len(data):
        raise Damaged("the file breaks off")
    yield from riff_parts(data, _WEBP_START, end)


def webp_end(data: bytes) -> int:
    """How far a WebP file says that it reaches."""
    return 8 + int.from_bytes(data[4:8], "little")


def riff_parts(data: bytes, place: int, end: int) -> Iterator[Part[bytes]]:
    """The chunks between two places of a RIFF file."""
    while place + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, place)
        body = place + 8
        if body + length > end:
            raise Damaged("a part reaches beyond the end")
        yield Part(kind, place, body, body + length, body + length + length % 2)
        place = body + length + length % 2
