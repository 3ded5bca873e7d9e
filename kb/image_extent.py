"""Whether a picture is whole, and how large it becomes when it is shown.

A file that is cut off or damaged is told from a whole one, and a picture that claims an enormous
area anywhere, in one frame of many for instance, is known before a browser makes room for it.
Nothing is decoded.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from kb.image_parts import (
    GIF_IMAGE,
    GIF_SIGNATURES,
    JPEG_FRAMES,
    JPEG_SCAN,
    JPEG_SIGNATURE,
    PNG_SIGNATURE,
    Damaged,
    Kind,
    Part,
    gif_parts,
    is_webp,
    jpeg_parts,
    png_parts,
    riff_parts,
    webp_end,
    webp_parts,
)

_HEAD = 16


@dataclass(frozen=True, slots=True)
class Extent:
    """The first `end` bytes are the picture; `pixels` is the area of its largest frame."""

    end: int
    pixels: int


def extent_of(data: bytes) -> Extent:
    """The extent of a picture in a format that its first bytes tell; Damaged."""
    try:
        if data.startswith(PNG_SIGNATURE):
            return _png(data)
        if data.startswith(GIF_SIGNATURES):
            return _gif(data)
        if data.startswith(JPEG_SIGNATURE):
            return _jpeg(data)
        if is_webp(data):
            return _webp(data)
    except (struct.error, IndexError):
        raise Damaged("the file breaks off") from None
    raise Damaged("no format that is known here")


def _extent(end: int, has_data: bool, sizes: list[tuple[int, int]]) -> Extent:
    if not has_data:
        raise Damaged("there is no picture in it")
    if not sizes or any(not width or not height for width, height in sizes):
        raise Damaged("a frame without any area")
    return Extent(end, max(width * height for width, height in sizes))


def _png(data: bytes) -> Extent:
    end, sizes, has_data = 0, list[tuple[int, int]](), False
    for part in png_parts(data):
        if not sizes:
            if part.kind != b"IHDR":
                raise Damaged("the header is missing")
            sizes.append(struct.unpack_from(">II", _head(data, part)))
        elif part.kind == b"fcTL":
            sizes.append(struct.unpack_from(">II", _head(data, part), 4))
        has_data = has_data or (part.kind == b"IDAT" and part.stop > part.body)
        end = part.end
    return _extent(end, has_data, sizes)


def _gif(data: bytes) -> Extent:
    end, sizes = 0, [struct.unpack_from("<HH", data, 6)]
    for part in gif_parts(data):
        if part.kind == GIF_IMAGE:
            sizes.append(struct.unpack_from("<HH", data, part.body + 4))
        end = part.end
    return _extent(end, len(sizes) > 1, sizes)


def _jpeg(data: bytes) -> Extent:
    end, sizes, has_data = 0, list[tuple[int, int]](), False
    for part in jpeg_parts(data):
        if part.kind in JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", _head(data, part), 1)
            sizes.append((width, height))
        has_data = has_data or part.kind == JPEG_SCAN
        end = part.end
    return _extent(end, has_data, sizes)


def _webp(data: bytes) -> Extent:
    sizes, has_data = list[tuple[int, int]](), False
    for part in webp_parts(data):
        if part.kind == b"VP8X":
            sizes.append(_large(_head(data, part)[4:10]))
        elif part.kind == b"ANMF":
            sizes.append(_large(_head(data, part)[6:12]))
            for inner in riff_parts(data, part.body + 16, part.stop):
                if inner.kind in _STILLS:
                    sizes.append(_STILLS[inner.kind](_head(data, inner)))
                    has_data = True
        elif part.kind in _STILLS:
            sizes.append(_STILLS[part.kind](_head(data, part)))
            has_data = True
    return _extent(webp_end(data), has_data, sizes)


def _head(data: bytes, part: Part[Kind]) -> bytes:
    """The beginning of what a part holds."""
    return data[part.body : min(part.stop, part.body + _HEAD)]


def _large(sides: bytes) -> tuple[int, int]:
    """A size in three bytes each, less one."""
    wide, high = struct.unpack("<3s3s", sides)
    return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1


def _lossless(head: bytes) -> tuple[int, int]:
    sign, bits = struct.unpack_from("<BI", head)
    if sign != 0x2F:
        raise Damaged("a picture without its signature")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _lossy(head: bytes) -> tuple[int, int]:
    if head[3:6] != b"\x9d\x01\x2a":
        raise Damaged("a picture without its signature")
    width, height = struct.unpack_from("<HH", head, 6)
    return width & 0x3FFF, height & 0x3FFF


_STILLS = {b"VP8L": _lossless, b"VP8 ": _lossy}  # the kinds of WebP's still pictures
