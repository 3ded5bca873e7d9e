"""A picture without what its file tells besides: where and when it was taken, by whom, with what.

What is seen stays as it is, byte for byte: the pixels, the colours (ICC profiles and their like),
the animation and which way up it is. What is not known to be needed for that is left out. Nothing
is decoded, so work and memory are bounded by the file's own size.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from kb.image_parts import (
    GIF_EXTENSION,
    PNG_SIGNATURE,
    Part,
    gif_parts,
    is_webp,
    jpeg_parts,
    png_parts,
    riff_parts,
    webp_parts,
)

EXIF = b"Exif\0\0"
UPRIGHT, TURNED = 1, range(5, 9)  # what EXIF calls upright; ways up with width and height swapped
_ORIENTATION, _SHORT = 0x0112, 3
_PNG_SHOWN = frozenset(
    b"tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV mDCv cLLI cLLi bKGD pHYs acTL fcTL fdAT".split()
)
_PNG_OPTIONAL = 0x20  # the bit of a chunk's first letter that lets programs pass it over
_JPEG_SHOWN = frozenset({0x01, *range(0xC0, 0xE0)})  # tables, frames, scans, and where each ends
_JPEG_JFIF, _JPEG_EXIF, _JPEG_ICC, _JPEG_ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
_GIF_TIMING, _GIF_APPLICATION = 0xF9, 0xFF
_GIF_LOOPS = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")
_WEBP_SHOWN = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_STILL = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
_WEBP_HAS_EXIF_OR_XMP = 0x08 | 0x04


def without_metadata(data: bytes) -> bytes:
    """The picture alone, ending where it ends; give only what `extent_of` finds no fault with.

    The same picture comes out whatever its metadata was, and is not altered by doing it again.
    """
    pieces: Iterator[bytes | bytearray]
    if data.startswith(PNG_SIGNATURE):
        pieces = _png(data)
    elif is_webp(data):
        pieces = _webp(data)
    else:
        pieces = _gif(data) if data.startswith(b"GIF") else _jpeg(data)
    kept = bytearray()  # pieces may be millions: no list of them
    for piece in pieces:
        kept += piece
    return bytes(kept)


def orientation_of(tiff: bytes) -> int:
    """Which way up EXIF data, in its TIFF form, says that the picture is: 1 to 8.

    1, upright, where it says nothing that browsers would follow.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if not order:
        return UPRIGHT
    try:
        (place,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, place)
        for number in range(count):
            tag, form, many, value = struct.unpack_from(
                f"{order}HHIH", tiff, place + 2 + 12 * number
            )
            if tag == _ORIENTATION:
                sound = (form, many) == (_SHORT, 1) and value in range(1, 9)
                return value if sound else UPRIGHT
    except struct.error:
        return UPRIGHT  # it breaks off
    return UPRIGHT


def _tiff(orientation: int) -> bytes:
    """EXIF data that says which way up the picture is, and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, _SHORT, 1, orientation, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"


def _png(data: bytes) -> Iterator[bytes | bytearray]:
    header, others = b"", bytearray()
    orientation, has_exif, begun = UPRIGHT, False, False
    for part in png_parts(data):
        begun = begun or part.kind == b"IDAT"
        if part.kind == b"eXIf" and not has_exif and not begun:  # the one that is followed
            orientation, has_exif = orientation_of(data[part.body : part.stop]), True
        elif not header:
            header = data[: part.end]
        elif not part.kind[0] & _PNG_OPTIONAL or part.kind in _PNG_SHOWN:
            others += memoryview(data)[part.start : part.end]
    yield header
    if orientation != UPRIGHT:
        chunk = b"eXIf" + _tiff(orientation)
        yield struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    yield others


def _gif(data: bytes) -> Iterator[bytes]:
    end = 0
    for part in gif_parts(data):
        if not end:
            yield data[: part.start]
        end = part.end
        if part.kind != GIF_EXTENSION or _is_gif_shown(data, part):
            yield data[part.start : part.end]


def _is_gif_shown(data: bytes, part: Part[int]) -> bool:
    label = data[part.body]
    application = data[part.body + 1 : part.body + 13]
    return label == _GIF_TIMING or (label == _GIF_APPLICATION and application in _GIF_LOOPS)


def _jpeg(data: bytes) -> Iterator[bytes | bytearray]:
    jfif, orientation, has_exif, shown = b"", UPRIGHT, False, bytearray()
    for part in jpeg_parts(data):
        held = data[part.body : part.stop]
        if part.kind in _JPEG_SHOWN or (part.kind == _JPEG_ICC and held[:12] == b"ICC_PROFILE\0"):
            shown += memoryview(data)[part.start : part.end]
        elif part.kind == _JPEG_JFIF and held[:5] == b"JFIF\0" and not jfif:
            # A small copy of the picture, of what it was before it was cropped even, may follow.
            plain = held[:12] + b"\0\0" if len(held) >= 14 else held
            jfif = _segment(_JPEG_JFIF, plain)
        elif part.kind == _JPEG_ADOBE and held[:5] == b"Adobe":  # how its colours are to be read
            shown += _segment(_JPEG_ADOBE, held[:12])
        elif part.kind == _JPEG_EXIF and held.startswith(EXIF) and not has_exif:
            orientation, has_exif = orientation_of(held[len(EXIF) :]), True
    yield data[:2]
    yield jfif
    if orientation != UPRIGHT:
        yield _segment(_JPEG_EXIF, EXIF + _tiff(orientation))
    yield shown


def _segment(marker: int, held: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(held) + 2) + held


def _webp(data: bytes) -> Iterator[bytes]:
    shown = b"".join(_chunks(data, webp_parts(data), _WEBP_SHOWN))
    yield b"RIFF" + struct.pack("<I", len(shown) + 4) + b"WEBP"
    yield shown


def _chunks(data: bytes, parts: Iterator[Part[bytes]], kinds: frozenset[bytes]) -> Iterator[bytes]:
    for part in parts:
        if part.kind not in kinds:
            continue
        held = data[part.body : part.stop]
        if part.kind == b"VP8X":
            held = bytes(flags & ~_WEBP_HAS_EXIF_OR_XMP for flags in held[:1]) + held[1:]
        elif part.kind == b"ANMF":
            inner = riff_parts(data, part.body + 16, part.stop)
            held = held[:16] + b"".join(_chunks(data, inner, _WEBP_STILL))
        yield part.kind + struct.pack("<I", len(held)) + held + b"\0" * (len(held) % 2)
