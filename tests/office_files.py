"""Office files made by hand: small, exact, and damaged where a test wants them so."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_A = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="png" ContentType="image/png"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def png(width: int = 1) -> bytes:
    """A real picture; another width gives another picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = b"\0" + b"\xff\0\0" * width
    head = struct.pack(">IIBBBBB", width, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    )


def xlsx(rows: Iterable[Sequence[object]], *, more: Mapping[str, bytes] | None = None) -> bytes:
    """A workbook of one sheet; a value that begins with = is a formula. `more` adds parts."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    sink = io.BytesIO()
    book.save(sink)
    return with_parts(sink.getvalue(), more or {})


def with_parts(archive: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The archive with parts added, or others in their place."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(sink, "w", 8) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return sink.getvalue()


def part(archive: bytes, name: str) -> bytes:
    """One part of an archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(name)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A plain archive."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return sink.getvalue()


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of a Word file, with a style by its id."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{named}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def picture(relation: str, label: str) -> str:
    """A paragraph with a picture that a relation names."""
    return (
        '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" '
        f'descr="{label}"/><a:graphic><a:graphicData><pic:pic><pic:blipFill>'
        f'<a:blip r:embed="{relation}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r></w:p>"
    )


def table(rows: Sequence[Sequence[str]]) -> str:
    """A table of a Word file; a cell ``=down`` continues the one above it, ``2>text`` spans two."""
    made = []
    for row in rows:
        cells = []
        for cell in row:
            span, marked, text = cell.partition(">")
            wide = f'<w:gridSpan w:val="{span}"/>' if marked and span.isdecimal() else ""
            text = text if wide else cell
            merge = "<w:vMerge/>" if text == "=down" else ""
            merge = '<w:vMerge w:val="restart"/>' if text.startswith("^") else merge
            shown = "" if text == "=down" else text.removeprefix("^")
            inner = "".join(paragraph(line) for line in shown.split("\n"))
            cells.append(f"<w:tc><w:tcPr>{wide}{merge}</w:tcPr>{inner}</w:tc>")
        made.append(f"<w:tr>{''.join(cells)}</w:tr>")
    return f"<w:tbl>{''.join(made)}</w:tbl>"


def docx(
    body: Iterable[str],
    *,
    pictures: Mapping[str, bytes | None] | None = None,
    styles: Mapping[str, str] | None = None,
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """A Word file; `pictures` are PNGs by relation id (None: it is missing), `styles` names by id."""
    named = {"1": "heading 1", "2": "heading 2", "3": "heading 3", **(styles or {})}
    relations = "".join(
        f'<Relationship Id="{key}" Type="{_REL}/image" Target="media/{key}.png"/>'
        for key in pictures or {}
    )
    return zipped(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                f'<Relationship Id="r1" Type="{_REL}/officeDocument" Target="word/document.xml"/>'
                "</Relationships>"
            ).encode(),
            "word/document.xml": (
                f"<w:document {_W} {_R} {_A}><w:body>{''.join(body)}</w:body></w:document>"
            ).encode(),
            "word/styles.xml": (
                f"<w:styles {_W}>"
                + "".join(
                    f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>'
                    "</w:style>"
                    for key, name in named.items()
                )
                + "</w:styles>"
            ).encode(),
            "word/_rels/document.xml.rels": (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                f'<Relationship Id="s" Type="{_REL}/styles" Target="styles.xml"/>{relations}'
                "</Relationships>"
            ).encode(),
            **{
                f"word/media/{key}.png": data
                for key, data in (pictures or {}).items()
                if data is not None
            },
            **(more or {}),
        }
    )
