"""Several files chosen together, such as a folder of Markdown, as one archive to import."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import IO

from kb.errors import InvalidInput, Problem
from kb.formats import limits
from kb.formats.sniffing import EXTENSIONS, FileKind
from kb.images import TYPES

TOGETHER = (FileKind.MARKDOWN, FileKind.HTML)
_SAFE = re.compile(r"[^\w.()（）【】 -]+")
_STEM = 60


def bundled(files: Sequence[tuple[str, IO[bytes]]], sink: IO[bytes]) -> str:
    """Write the files into `sink` as a ZIP archive; gives the name it is to go by.

    `files` are names, with folders as far as the sender told them, and contents. Only Markdown and
    HTML files, and the pictures they show, are imported together. Raises InvalidInput for others.
    """
    wrong = [name for name, _file in files if not _fits(name)]
    if wrong:
        message = "only Markdown and HTML files are imported together; choose others one by one"
        raise InvalidInput([Problem(_last(name), 0, "file", message) for name in wrong[:20]])
    if len(files) > limits.MAX_MEMBERS:
        message = f"has {len(files)} parts inside; at most {limits.MAX_MEMBERS} are read"
        raise InvalidInput([Problem("", 0, "file", message)])
    taken: set[str] = set()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, file in files:
            member = _free(_member(name), taken)
            taken.add(member)
            with archive.open(member, "w", force_zip64=True) as part:
                shutil.copyfileobj(file, part)
    return f"{_common(files)}.zip"


def _fits(name: str) -> bool:
    suffix = PurePosixPath(_last(name)).suffix.lower()
    return EXTENSIONS.get(suffix) in TOGETHER or suffix.removeprefix(".") in (*TYPES, "jpeg")


def _last(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1][-150:]


def _member(name: str) -> str:
    """The name inside the archive: no way out of it, nothing that cannot be shown."""
    parts = (_SAFE.sub("_", part).strip() for part in name.replace("\\", "/").split("/"))
    kept = [part[-100:] for part in parts if part.strip(".")]
    return "/".join(kept[-8:]) or "file"


def _free(name: str, taken: set[str]) -> str:
    """The name, numbered when it is taken, so that no file is lost."""
    path, number = PurePosixPath(name), 2
    while name in taken:
        name = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
        number += 1
    return name


def _common(files: Sequence[tuple[str, IO[bytes]]]) -> str:
    """The folder that all files lie in, or the first file's name with how many follow."""
    tops = {_member(name).split("/")[0] if "/" in _member(name) else "" for name, _ in files}
    if len(tops) == 1 and (top := tops.pop()):
        return top[:_STEM]
    first = PurePosixPath(_member(files[0][0])).stem[:_STEM]
    return f"{first} +{len(files) - 1}" if len(files) > 1 else first
