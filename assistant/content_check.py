"""Looks for what is wrong with content: in files before an import, or in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from kb.document import Document, document_of
from kb.errors import InvalidInput, Problem
from kb.exchange import read_documents
from kb.knowledge import KnowledgeBase
from kb.products import FILE, read_products
from kb.sections import links, sections


@dataclass(frozen=True, slots=True)
class _Placed:
    """A document, and what to call its place in messages."""

    document: Document
    source: str


def check_folder(folder: Path, tz: ZoneInfo) -> tuple[int, list[Problem]]:
    """How many files an import would read, and every problem found in and between them."""
    documents, failed = read_documents(folder, tz)
    placed = [_Placed(each.document, each.source) for each in documents]
    problems = [problem for row in failed for problem in row.problems]
    problems += _misnamed(placed, folder)
    problems += _repeated(placed)
    problems += _between(placed, _products(folder / FILE, problems))
    return len(documents) + len(failed), problems


def check_database(kb: KnowledgeBase) -> tuple[int, list[Problem]]:
    """How many revisions were looked at, and every problem found in and between them."""
    placed = [
        _Placed(document_of(entry, revision), f"{entry.id}.r{revision.number}")
        for entry in kb.snapshot()
        for revision in entry.revisions
        if revision in entry.published or revision is entry.revisions[-1]
    ]
    problems = list(_between(placed, None))
    problems += [Problem("database", 0, "", text) for text in kb.verify_contents()]
    problems += [Problem("audit log", 0, "", text) for text in kb.verify_audit().problems]
    return len(placed), problems


def _misnamed(placed: Iterable[_Placed], folder: Path) -> Iterator[Problem]:
    """Files lie at ``<kind>/<id>.r<revision>.md``, so that people find them."""
    for each in placed:
        document = each.document
        wanted = f"{document.kind}/{document.entry_id}.r{document.number or 1}.md"
        if Path(each.source) != folder / wanted:
            yield Problem(each.source, 0, "", f"should be named {wanted}")


def _repeated(placed: Iterable[_Placed]) -> Iterator[Problem]:
    seen: dict[tuple[str, int | None], str] = {}
    for each in placed:
        key = (each.document.entry_id, each.document.number)
        if key in seen:
            message = f"{key[0]} revision {key[1]} stands in {seen[key]} too"
            yield Problem(each.source, 0, "revision", message)
        seen.setdefault(key, each.source)


def _between(placed: list[_Placed], products: frozenset[str] | None) -> Iterator[Problem]:
    """References to entries, sections and products that do not exist; shared short codes."""
    anchors = _anchors(placed)
    for each in placed:
        content = each.document.content
        for field in ("depends_on", "supersedes"):
            for target in getattr(content, field):
                if target not in anchors:
                    yield Problem(each.source, 0, field, f"there is no entry {target!r}")
        for link in links(content.body):
            message = _link_fault(link.entry_id, link.anchor, anchors)
            if message:
                yield Problem(each.source, 0, f"body line {link.line}", message)
        for product in content.products if products is not None else ():
            if product not in (products or ()):
                yield Problem(each.source, 0, "products", f"{FILE} has no {product!r}")
    yield from _shared_codes(placed)


def _anchors(placed: Iterable[_Placed]) -> dict[str, set[str]]:
    """Every entry with the anchors of all its revisions."""
    found: dict[str, set[str]] = {}
    for each in placed:
        known = found.setdefault(each.document.entry_id, set())
        known.update(section.anchor for section in sections(each.document.content.body))
    return found


def _link_fault(entry_id: str, anchor: str, anchors: Mapping[str, set[str]]) -> str:
    if not entry_id:
        return ""
    if entry_id not in anchors:
        return f"links to {entry_id!r}, which does not exist"
    if anchor and anchor not in anchors[entry_id]:
        return f"links to the section {anchor!r} of {entry_id!r}, which does not exist"
    return ""


def _shared_codes(placed: Iterable[_Placed]) -> Iterator[Problem]:
    holders: dict[str, str] = {}
    for each in placed:
        code, entry_id = each.document.content.short_code, each.document.entry_id
        if not code:
            continue
        if holders.setdefault(code, entry_id) != entry_id:
            yield Problem(each.source, 0, "short_code", f"{code!r} belongs to {holders[code]} too")


def _products(path: Path, problems: list[Problem]) -> frozenset[str] | None:
    """Ids of the products file; None when there is no such file, or none that can be read."""
    if not path.exists():
        return None
    try:
        return frozenset(read_products(path))
    except InvalidInput as error:
        problems.extend(error.problems)
        return None
