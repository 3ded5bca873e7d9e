"""What a file is, by its content; its name has to agree."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path, PurePosixPath

from kb.formats import limits
from kb.formats.archive import check_xml, member_bytes, open_archive
from kb.formats.records import Refused


class FileKind(StrEnum):
    """The kinds of file that can be imported."""

    XLSX = "xlsx"
    CSV = "csv"
    DOCX = "docx"
    HTML = "html"
    MARKDOWN = "markdown"
    ZIP = "zip"


EXTENSIONS = {
    ".xlsx": FileKind.XLSX,
    ".csv": FileKind.CSV,
    ".tsv": FileKind.CSV,
    ".docx": FileKind.DOCX,
    ".html": FileKind.HTML,
    ".htm": FileKind.HTML,
    ".md": FileKind.MARKDOWN,
    ".markdown": FileKind.MARKDOWN,
    ".zip": FileKind.ZIP,
}
_NAMES = {
    FileKind.XLSX: "an Excel file (.xlsx)",
    FileKind.DOCX: "a Word file (.docx)",
    FileKind.ZIP: "a ZIP archive",
}
_MACROS = (".xlsm", ".xltm", ".xlam", ".docm", ".dotm")
_OLD = {".xls": ".xlsx", ".xlsb": ".xlsx", ".ods": ".xlsx", ".et": ".xlsx",
        ".doc": ".docx", ".rtf": ".docx", ".odt": ".docx", ".wps": ".docx"}  # fmt: skip
_OFFICE = (FileKind.XLSX, FileKind.DOCX)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = {b"%PDF": "a PDF file", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture",
            b"GIF8": "a picture", b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7-Zip archive",
            b"\x1f\x8b": "a gzip file", b"MZ": "a program", b"\x7fELF": "a program"}  # fmt: skip


def kind_of(path: Path, name: str) -> FileKind:
    """The kind of the file at `path` that was called `name`.

    Raises Refused when it cannot be imported, or is something else than its name says.
    """
    expected = _by_name(name)
    if path.stat().st_size == 0:
        raise Refused("is empty")
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(_OLE):
        raise Refused("is encrypted or of an old format; save it as .xlsx or .docx, no password")
    if start.startswith(_ZIP) or expected in (*_OFFICE, FileKind.ZIP):
        found = _archive_kind(path)
        if found is not expected:
            raise Refused(f"is {_NAMES[found]}, which its name {name[-80:]!r} does not say")
        return found
    for magic, what in _FOREIGN.items():
        if start.startswith(magic):
            raise Refused(f"is {what}, which its name {name[-80:]!r} does not say")
    return expected


def _by_name(name: str) -> FileKind:
    extension = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if extension in EXTENSIONS:
        return EXTENSIONS[extension]
    if extension in _MACROS:
        raise Refused(f"may hold macros ({extension}); save it without them")
    if extension in _OLD:
        raise Refused(f"is of a format not read here ({extension}); save it as {_OLD[extension]}")
    raise Refused(f"cannot be imported; use one of {', '.join(EXTENSIONS)}")


def _archive_kind(path: Path) -> FileKind:
    """What is inside an archive; checked wholly when it is an office file."""
    with open_archive(path) as archive:
        names = set(archive.namelist())
        if "[Content_Types].xml" not in names:
            return FileKind.ZIP
        if "xl/workbook.xml" in names:
            kind = FileKind.XLSX
        elif "word/document.xml" in names:
            kind = FileKind.DOCX
        else:
            raise Refused("is an office file, but neither of Excel nor of Word")
        types = member_bytes(archive, "[Content_Types].xml", limits.MIB).lower()
        if b"macroenabled" in types or any("vbaproject" in name.lower() for name in names):
            raise Refused("holds macros; save it without them")
        check_xml(archive)
    return kind
