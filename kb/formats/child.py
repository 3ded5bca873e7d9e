"""The process that reads files from elsewhere: limits first, then one record a line.

Run by `kb.formats.sandbox` as ``python -m kb.formats.child FILE NAME FOLDER SPLIT``; FOLDER takes
the pictures. Ends with status 3 after a line ``{"refused": reason}``.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

from kb import images
from kb.formats import limits
from kb.formats.records import Bad, Note, Page, Record, Refused, Text, Total, packed
from kb.formats.sniffing import EXTENSIONS, FileKind, kind_of
from kb.validation import MAX_BYTES

if TYPE_CHECKING:
    from kb.formats.manuals import PictureFolder

REFUSED = 3
_SPLIT = {FileKind.DOCX: 2, FileKind.HTML: 0}
_TOLD, _SHOWN = 50, 80  # pictures of an archive that are told of, and characters of each name


def limit_resources() -> None:
    """Bound this process: memory, processor time, size of a file written, no core dump."""
    for what, most in (
        (resource.RLIMIT_AS, limits.MEMORY),
        (resource.RLIMIT_CPU, limits.CPU_SECONDS),
        (resource.RLIMIT_FSIZE, images.MAX_IMAGE + limits.MIB),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, hard))


def read(path: Path, name: str, folder: Path, split: int | None) -> Iterator[Record]:
    """The records of one file; Refused when it cannot be taken as a whole."""
    if path.stat().st_size > limits.MAX_FILE:
        raise Refused(f"is larger than {limits.MAX_FILE // limits.MIB} MiB")
    kind = kind_of(path, name)
    if kind is FileKind.XLSX:
        from kb.formats.spreadsheet import read_xlsx

        yield from read_xlsx(path)
    elif kind is FileKind.CSV:
        from kb.formats.delimited import read_csv

        yield from read_csv(path.read_bytes())
    elif kind is FileKind.ZIP:
        yield from _assumptions_told(_read_zip(path, folder, split))
    else:
        yield from _read_document(kind, path, name, folder, split)


def _read_document(
    kind: FileKind, path: Path, name: str, folder: Path, split: int | None
) -> Iterator[Record]:
    from kb.formats.manuals import PictureFolder, read_docx, read_html

    if kind is FileKind.MARKDOWN:
        yield Total(1)
        yield from _assumptions_told(_markdown(name, path.read_bytes(), split))
        return
    depth = _SPLIT[kind] if split is None else split
    if kind is FileKind.DOCX:
        yield from read_docx(path, name, PictureFolder(folder), depth)
    else:
        yield from read_html(path.read_bytes(), name, PictureFolder(folder), depth)


def _markdown(name: str, data: bytes, split: int | None) -> Iterator[Record]:
    """A file of our own form as it is, another one as pages."""
    from kb.formats.plain import is_plain, read_plain

    if len(data) > MAX_BYTES:
        yield Bad(name, 1, f"is larger than {MAX_BYTES // 1024} KiB")
        return
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield Bad(name, line, f"is not UTF-8: byte {data[error.start]:#04x}")
        return
    if is_plain(text):
        yield from read_plain(name, text, split or 0)
    else:
        yield Text(name, text)


def _assumptions_told(records: Iterator[Record]) -> Iterator[Record]:
    """The records, and at the end how many Markdown files left their fields to be assumed."""
    plain: set[str] = set()
    for record in records:
        if isinstance(record, Page) and _kind(record.origin) is FileKind.MARKDOWN:
            plain.add(record.origin)
        yield record
    if plain:
        yield Note(
            f"{len(plain)} Markdown files do not begin with their fields (---): the title is taken "
            "from the heading or the file name, kind and audience from the choices of this import"
        )


def _read_zip(path: Path, folder: Path, split: int | None) -> Iterator[Record]:
    """The Markdown and HTML files of an archive, by name, and the pictures of our own export."""
    from kb.formats.archive import member_bytes, open_archive
    from kb.formats.manuals import PictureFolder, read_html
    from kb.formats.rows_in import Budget

    budget, pictures = Budget(), PictureFolder(folder)
    with open_archive(path) as archive:
        members = sorted(archive.infolist(), key=lambda member: member.filename)
        wanted = [(member, kind) for member in members if (kind := _wanted(member))]
        if not wanted:
            raise Refused("holds no .md or .html file")
        kept, altered = _keep_pictures(archive, members, pictures)
        others = sum(not member.is_dir() for member in members) - len(wanted) - kept - len(altered)
        if others:
            yield Note(f"{others} files of other kinds inside were left out")
        for name in altered[:_TOLD]:
            why = "it is not what its name says; add it to its entry again"
            yield Note(f"{name[-_SHOWN:]}: a picture was left out: {why}")
        yield Total(len(wanted))
        for member, kind in wanted:
            budget.spend(())
            if member.file_size > limits.MAX_CELL * 4:
                yield Bad(member.filename, 1, "is too large")
                continue
            try:
                data = member_bytes(archive, member.filename, limits.MAX_CELL * 4)
            except Refused as error:
                yield Bad(member.filename, 0, str(error))
                continue
            budget.spend_text("x" * len(data))
            if kind is FileKind.MARKDOWN:
                yield from _markdown(member.filename, data, split)
                continue
            try:
                yield from (
                    record
                    for record in read_html(data, member.filename, pictures, split or 0)
                    if not isinstance(record, Total)
                )
            except Refused as error:
                yield Bad(member.filename, 0, str(error))


def _keep_pictures(
    archive: ZipFile, members: list[ZipInfo], pictures: PictureFolder
) -> tuple[int, list[str]]:
    """Keep the pictures that our own export put beside the texts.

    They are told by their names, which are the hash of what is kept of them. Gives how many there
    are, and those that are called so but are damaged or hold something else: metadata, perhaps.
    """
    from kb.formats.archive import member_bytes

    kept = 0
    altered: list[str] = []
    for member in members:
        name = PurePosixPath(member.filename).name
        if not images.NAME.fullmatch(name) or member.file_size > images.MAX_IMAGE:
            continue
        data = b""
        with suppress(Refused):  # damaged: its entry shows the description in its place
            data = member_bytes(archive, member.filename, images.MAX_IMAGE)
        if not images.problem_of(data) and images.name_of(data) == name:
            pictures.keep(data)
            kept += 1
        else:
            altered.append(member.filename)
    return kept, altered


def _wanted(member: ZipInfo) -> FileKind | None:
    name = PurePosixPath(member.filename)
    if member.is_dir() or name.name.startswith(".") or "__MACOSX" in name.parts:
        return None
    if name.name.lower() == "readme.md":
        return None
    kind = _kind(member.filename)
    return kind if kind in (FileKind.MARKDOWN, FileKind.HTML) else None


def _kind(name: str) -> FileKind | None:
    return EXTENSIONS.get(PurePosixPath(name).suffix.lower())


def main(arguments: list[str]) -> int:
    """Read the file named on the command line; gives the exit status."""
    path, name, folder, split = arguments
    limit_resources()
    warnings.simplefilter("ignore")  # what libraries find odd in a file is no matter of ours
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it for nothing
    out = sys.stdout
    try:
        for record in read(Path(path), name, Path(folder), int(split) if split else None):
            out.write(packed(record) + "\n")
    except Refused as error:
        reason = str(error)
    except MemoryError:
        reason = "needs more memory than a file may; import it in parts"
    except OSError as error:
        reason = f"could not be read: {error.strerror or error}"
    else:
        return 0
    out.write(json.dumps({"refused": reason}) + "\n")
    return REFUSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
