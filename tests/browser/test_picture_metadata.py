"""Real photographs without their metadata: the browser shows the very same picture, as it stood."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from kb.image_metadata import without_metadata
from kb.image_parts import webp_parts
from kb.image_size import size_of
from kb.images import problem_of
from tests.kb.test_image_metadata import SECRET, XMP, a_chunk, exif, tiff
from tests.kb.test_images import chunk, part, riff

pytestmark = pytest.mark.browser

MAKE = """(type) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 48, height: 20 });
  const pen = canvas.getContext("2d");
  const shades = pen.createLinearGradient(0, 0, 48, 20);
  ["#c22", "#2c8", "#22d"].forEach((shade, at) => shades.addColorStop(at / 2, shade));
  pen.fillStyle = shades;
  pen.fillRect(0, 0, 48, 20);
  return canvas.toDataURL(type, 0.9);
}"""
SEEN = """async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  return [canvas.width, canvas.height, Array.from(pen.getImageData(0, 0, canvas.width, canvas.height).data)];
}"""


def jpeg_of(made: bytes) -> bytes:
    return made[:2] + exif(6) + part(0xE1, XMP) + part(0xFE, SECRET) + made[2:]


def png_of(made: bytes) -> bytes:
    after_header = 33
    more = chunk(b"tEXt", b"Comment\0" + SECRET) + chunk(b"eXIf", tiff(6))
    return made[:after_header] + more + made[after_header:]


def webp_of(made: bytes) -> bytes:
    chunks = [(one.kind, made[one.body : one.stop]) for one in webp_parts(made)]
    side = (48 - 1).to_bytes(3, "little") + (20 - 1).to_bytes(3, "little")
    if chunks[0][0] != b"VP8X":
        chunks.insert(0, (b"VP8X", b"\0\0\0\0" + side))
    kind, held = chunks[0]
    chunks[0] = (kind, bytes([held[0] | 0x0C]) + held[1:])
    chunks += [(b"EXIF", tiff(6)), (b"XMP ", SECRET)]
    return riff(b"".join(a_chunk(*one) for one in chunks))


@pytest.fixture(scope="module")
def blank(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.parametrize(
    ("kind", "burden", "size"),
    [
        ("image/jpeg", jpeg_of, [20, 48]),
        ("image/png", png_of, [20, 48]),
        ("image/webp", webp_of, [48, 20]),  # browsers do not turn these
    ],
    ids=["jpeg", "png", "webp"],
)
def test_a_photograph_looks_the_same_without_its_metadata(
    blank: Page, kind: str, burden: Callable[[bytes], bytes], size: list[int]
) -> None:
    def seen(data: bytes) -> list[object]:
        url = f"data:{kind};base64,{base64.b64encode(data).decode()}"
        found: list[object] = blank.evaluate(SEEN, url)
        return found

    made = blank.evaluate(MAKE, kind)
    assert made.startswith(f"data:{kind};")
    burdened = burden(base64.b64decode(made.split(",")[1]))
    assert SECRET in burdened and problem_of(burdened) == ""
    kept = without_metadata(burdened)
    assert SECRET not in kept and problem_of(kept) == ""
    before, after = seen(burdened), seen(kept)
    assert after == before
    assert after[:2] == size == list(size_of(io.BytesIO(kept)) or ())
