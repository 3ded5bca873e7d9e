"""Pictures: which are taken, how far they reach, how large they claim to be."""

from __future__ import annotations

import io
import os
import random
import re
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb import image_parts
from kb.errors import InvalidInput
from kb.image_extent import extent_of
from kb.image_metadata import without_metadata
from kb.image_parts import MAX_PARTS, Damaged
from kb.image_size import size_of
from kb.images import MAX_IMAGE, ImageStore, problem_of
from tests.office_files import png

HUGE = 50_000


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_png(width: int = 2, height: int = 2, *more: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 14)
    parts = (chunk(b"IHDR", head), *more, chunk(b"IDAT", data), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def a_gif(width: int = 2, height: int = 2, frame: tuple[int, int] = (2, 2)) -> bytes:
    colours = b"\0\0\0\xff\xff\xff"
    timing = b"\x21\xf9\x04\0\0\0\0\0"
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, *frame, 0) + b"\x02\x02\x44\x01\0"
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0)
    return b"GIF89a" + screen + colours + timing + picture + b"\x3b"


def part(marker: int, data: bytes) -> bytes:
    """A segment of a JPEG file."""
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def a_jpeg(width: int = 2, height: int = 2, *more: bytes) -> bytes:
    frame = part(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0")
    scan = part(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x12\xff\0\x34\xff\xd0\x56"
    return (
        b"\xff\xd8" + part(0xE0, b"JFIF\0") + b"".join(more) + b"\xff" + frame + scan + b"\xff\xd9"
    )


def a_webp(width: int = 2, height: int = 2, canvas: tuple[int, int] | None = None) -> bytes:
    still = b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height) + b"\0\0"
    parts = b"VP8 " + struct.pack("<I", len(still)) + still
    if canvas:
        size = b"".join((side - 1).to_bytes(3, "little") for side in canvas)
        parts = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size + parts
    return riff(parts)


def riff(parts: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(parts) + 4) + b"WEBP" + parts


GOOD = {
    "png": a_png(),
    "gif": a_gif(),
    "jpg": a_jpeg(),
    "webp": a_webp(),
    "canvas": a_webp(2, 2, (2, 2)),
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_sound_picture_is_taken_and_found_again(kind: str, tmp_path: Path) -> None:
    data = GOOD[kind]
    assert problem_of(data) == ""
    store = ImageStore(tmp_path / "images")
    name = store.put(data)
    path = store.path(name)
    assert path is not None and path.read_bytes() == data
    assert store.size(name) == (2, 2) == size_of(io.BytesIO(data))
    assert [file.name for file in store.folder.iterdir()] == [name], "nothing else is left there"


@pytest.mark.parametrize("kind", GOOD)
def test_a_picture_that_breaks_off_is_refused_wherever_it_does(kind: str) -> None:
    data = GOOD[kind]
    for end in range(len(data)):
        assert problem_of(data[:end]), end


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize(
    "tail",
    [b"PK\x03\x04 and an archive", b"<script>alert(1)</script>", b"%PDF-1.7", a_png(), b"\0" * 99],
    ids=["zip", "html", "pdf", "picture", "zeros"],
)
def test_what_hangs_on_the_end_is_not_kept(kind: str, tail: bytes, tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    name = store.put(GOOD[kind] + tail)
    assert name == store.put(GOOD[kind])
    assert (tmp_path / name).read_bytes() == GOOD[kind]


@pytest.mark.parametrize(
    "data",
    [
        a_png(HUGE, HUGE),
        a_png(2, 2, chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, HUGE, HUGE, 0, 0, 0, 0, 0, 0))),
        a_gif(HUGE, HUGE),
        a_gif(2, 2, (HUGE, HUGE)),
        a_jpeg(HUGE, HUGE),
        a_jpeg(2, 2, struct.pack(">BBHBHHB", 0xFF, 0xC2, 11, 8, HUGE, HUGE, 1) + b"\x01\x11\0"),
        a_webp(16_000, 16_000),
        a_webp(2, 2, (HUGE, HUGE)),
        a_png(2**31 - 1, 2**31 - 1),
    ],
    ids=[
        "png",
        "png frame",
        "gif",
        "gif frame",
        "jpeg",
        "jpeg twice",
        "webp",
        "webp canvas",
        "most",
    ],
)
def test_a_picture_that_claims_too_much_room_is_refused(data: bytes, tmp_path: Path) -> None:
    assert "megapixels" in problem_of(data)
    with pytest.raises(InvalidInput):
        ImageStore(tmp_path).put(data)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\x00\x00\x01\x00\x01\x00",
        b"BM" + b"\0" * 60,
        b"<html>" + a_png(),
        b"%PDF-1.7\n" + a_jpeg(),
        b"RIFF\x04\0\0\0WAVE",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""),
        a_png(0, 5),
        a_gif(0, 0),
        a_gif(2, 2, (0, 2)),
        a_jpeg(0, 2),
        a_png()[:20] + b"\xff" + a_png()[21:],
        b"GIF89a" + b"\0" * 7 + b"\x3b",
        b"\xff\xd8\xff\xd9",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        a_png() + b"\0" * MAX_IMAGE,
    ],
    ids=range(18),
)
def test_everything_else_is_refused(data: bytes) -> None:
    assert problem_of(data)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "x.png", "a" * 64, "A" * 64 + ".png", "", "."]
)
def test_a_name_is_no_path(name: str, tmp_path: Path) -> None:
    store = ImageStore(tmp_path / "images")
    store.put(png())
    assert store.path(name) is None
    assert store.path("/" + store.put(png())) is None


@pytest.mark.parametrize("kind", GOOD)
def test_altered_pictures_never_surprise(kind: str) -> None:
    chance = random.Random(kind)
    for _ in range(1_500):
        data = bytearray(GOOD[kind])
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if not problem_of(bytes(data)):
            assert 0 < extent_of(bytes(data)).end <= len(data)
            kept = without_metadata(bytes(data))
            assert without_metadata(kept) == kept and problem_of(kept) == ""


def test_the_largest_files_are_followed_in_few_steps() -> None:
    room = MAX_IMAGE - 1_000
    blocks = a_gif()[:-1] + b"\x21\xfe" + b"\x01x" * (room // 2) + b"\0\x3b"
    scans = a_jpeg()[:-2] + b"\xff\x00" * (room // 2) + b"\xff\xd9"
    fill = b"\xff\xd8" + b"\xff" * room
    for data in (blocks, scans):
        assert problem_of(data) == ""
    with pytest.raises(Damaged):
        extent_of(fill)


@pytest.mark.parametrize(
    "data",
    [
        a_png(2, 2, chunk(b"tEXt", b"") * (MAX_PARTS + 1)),
        a_gif()[:-1] + b"\x21\xf9\0" * (MAX_PARTS + 1) + b"\x3b",
        a_jpeg(2, 2, b"\xff\xe1\0\2" * (MAX_PARTS + 1)),
        riff(a_webp()[12:] + b"ABCD\0\0\0\0" * (MAX_PARTS + 1)),
    ],
    ids=["png", "gif", "jpeg", "webp"],
)
def test_more_parts_than_pictures_have_are_refused(data: bytes) -> None:
    assert "damaged" in problem_of(data)


def test_the_end_of_a_scan_is_sought_without_going_back() -> None:
    """A run of fill bytes may be read once for each place it is tried at, not once more for each."""
    assert not re.search(rb"[+*{]", image_parts._SCAN_END.pattern)
    data = a_jpeg()
    filled = data[:-2] + b"\xff" * 50 + data[-2:]
    assert extent_of(filled).end == len(filled)
    assert problem_of(data[:-2] + b"\xff" * (MAX_IMAGE - len(data)))


def test_one_picture_may_be_put_by_many_threads_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, data, together = ImageStore(tmp_path), a_png(), threading.Barrier(4)
    really = os.fsync

    def meeting(file: int) -> None:
        together.wait(timeout=30)  # all have written, and none has moved its file into place
        really(file)

    monkeypatch.setattr("kb.images.os.fsync", meeting)
    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(store.put, [data] * 4))
    assert [file.name for file in tmp_path.iterdir()] == list(names)
    assert (tmp_path / names.pop()).read_bytes() == data
