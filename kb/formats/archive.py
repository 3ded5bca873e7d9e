"""Opening archives (ZIP, and so XLSX and DOCX) without trusting a byte of them."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from kb.formats import limits
from kb.formats.records import Refused

_DRIVE = re.compile(r"[A-Za-z]:")
_XML = (".xml", ".rels", ".vml")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What `zipfile` raises for a part that is damaged, or encrypted though the directory denies it.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    OSError,
    RuntimeError,
)


def open_archive(path: Path) -> zipfile.ZipFile:
    """The archive at `path`, checked by its directory before anything is inflated.

    Raises Refused for one that is damaged, encrypted, inflates beyond the limits or has members
    whose names lead out of it. Reading a member stops at its declared size, so that the sums
    checked here hold.
    """
    try:
        archive = zipfile.ZipFile(path)
    except UNREADABLE:
        raise Refused("is damaged or cut off: it cannot be opened as an archive") from None
    members = archive.infolist()
    if len(members) > limits.MAX_MEMBERS:
        raise Refused(f"has {len(members)} parts inside; at most {limits.MAX_MEMBERS} are read")
    _check_sizes(members)
    seen: set[str] = set()
    for member in members:
        _check_member(member)
        if member.filename in seen:
            raise Refused(f"holds {member.filename[:80]!r} twice")
        seen.add(member.filename)
    return archive


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    inflated = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if inflated > limits.MAX_INFLATED:
        mib = inflated // limits.MIB
        raise Refused(f"would unpack to {mib} MiB; at most {limits.MAX_INFLATED // limits.MIB}")
    if inflated > limits.SMALL_ARCHIVE and inflated > limits.MAX_RATIO * max(packed, 1):
        raise Refused(f"would unpack to more than {limits.MAX_RATIO} times its size")


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    shown = repr(name[:80])
    if member.flag_bits & 0x1:
        raise Refused("is encrypted; save it without a password")
    # `zipfile` cuts a name at a NUL byte and turns the system's separators; the original tells.
    written = member.orig_filename
    if name.startswith("/") or "\\" in written or "\0" in written or _DRIVE.match(name):
        raise Refused(f"holds a part with a forbidden name: {shown}")
    if ".." in name.split("/"):
        raise Refused(f"holds a part whose name leads out of the archive: {shown}")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Refused(f"holds a link: {shown}")
    if member.compress_type not in _METHODS:
        raise Refused(f"uses a compression that is not read here: {shown}")


def member_bytes(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A member's content; Refused when it is larger than `most` bytes or damaged."""
    try:
        if archive.getinfo(name).file_size > most:
            raise Refused(f"{name[:80]!r} inside is larger than {most // 1024} KiB")
        return archive.read(name)
    except UNREADABLE:
        raise Refused(f"is damaged: {name[:80]!r} inside cannot be read") from None


def check_xml(archive: zipfile.ZipFile) -> None:
    """Refuse an office file whose XML is broken or declares a document type.

    Entities, and with them files from elsewhere and texts that grow without end, need such a
    declaration; office programs never write one. The libraries that read the file come after.
    """
    for name in archive.namelist():
        if not name.lower().endswith(_XML):
            continue
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            with archive.open(name) as part:
                parser.ParseFile(part)
        except (expat.ExpatError, *UNREADABLE):
            raise Refused(f"is damaged: {name[:80]!r} inside cannot be read") from None


def _refuse_doctype(*_declaration: object) -> None:
    raise Refused("declares a document type in its XML, which no office program does")
