"""Looks for what is wrong with content: in files before an import, or in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from assistant.content_contradictions import Listed, contradictions, labels_of, listed_in
from kb.clock import utc_now
from kb.document import Document, document_of
from kb.errors import InvalidInput, Problem
from kb.exchange import read_documents
from kb.freshness import Freshness, State, assess
from kb.knowledge import KnowledgeBase
from kb.products import FILE, read_products
from kb.sections import links, sections


@dataclass(frozen=True, slots=True)
class Checked:
    """How many revisions were looked at, what is wrong, and how many faults are listed as meant."""

    revisions: int
    problems: list[Problem]
    meant: int = 0


@dataclass(frozen=True, slots=True)
class _Fault:
    """A problem between entries; `state` and `ref` say which listed fault it would be."""

    entry_id: str
    problem: Problem
    state: State | None = None
    ref: str = ""

    def listed(self, listed: Listed) -> bool:
        return self.state is not None and listed.has(self.entry_id, self.state, self.ref)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A document, and what to call its place in messages."""

    document: Document
    source: str


def check_folder(folder: Path, tz: ZoneInfo) -> Checked:
    """Every problem in and between the files that an import would read.

    What the folder lists as meant (see `content_contradictions`) is counted and not told.
    """
    documents, failed = read_documents(folder, tz)
    placed = [_Placed(each.document, each.source) for each in documents]
    problems = [problem for row in failed for problem in row.problems]
    problems += _misnamed(placed, folder)
    problems += _repeated(placed)
    listed = listed_in(folder, tz, problems)
    labels = labels_of((each.document for each in placed), listed.now or utc_now(), tz)
    faults = [
        *_between(placed, _products(folder / FILE, problems)),
        *_disagreeing(placed, labels),
    ]
    problems += [fault.problem for fault in faults if not fault.listed(listed)]
    meant = sum(fault.listed(listed) for fault in faults)
    return Checked(len(documents) + len(failed), problems, meant)


def check_database(kb: KnowledgeBase) -> Checked:
    """Every problem in and between the revisions in the database; dismissed ones are not told."""
    placed = [
        _Placed(document_of(entry, revision), f"{entry.id}.r{revision.number}")
        for entry in kb.snapshot()
        for revision in entry.revisions
        if revision in entry.published or revision is entry.revisions[-1]
    ]
    labels = assess(kb.snapshot(), now=utc_now(), tz=kb.site_tz, ignored=kb.dismissed_conflicts())
    faults = [*_between(placed, None), *_disagreeing(placed, labels)]
    problems = [fault.problem for fault in faults]
    problems += [Problem("database", 0, "", text) for text in kb.verify_contents()]
    problems += [Problem("audit log", 0, "", text) for text in kb.verify_audit().problems]
    return Checked(len(placed), problems)


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


def _between(placed: list[_Placed], products: frozenset[str] | None) -> Iterator[_Fault]:
    """References to entries, sections and products that do not exist; shared short codes."""
    anchors = _anchors(placed)
    for each in placed:
        content, entry_id = each.document.content, each.document.entry_id
        for field in ("depends_on", "supersedes"):
            for target in getattr(content, field):
                if target not in anchors:
                    message = f"there is no entry {target!r}"
                    yield _Fault(entry_id, Problem(each.source, 0, field, message))
        for link in links(content.body):
            message = _link_fault(link.entry_id, link.anchor, anchors)
            if message:
                problem = Problem(each.source, 0, f"body line {link.line}", message)
                yield _Fault(entry_id, problem, State.BROKEN_LINK, link.entry_id)
        for product in content.products if products is not None else ():
            if product not in (products or ()):
                problem = Problem(each.source, 0, "products", f"{FILE} has no {product!r}")
                yield _Fault(entry_id, problem)
    yield from _shared_codes(placed)


def _disagreeing(placed: list[_Placed], labels: Mapping[str, Freshness]) -> Iterator[_Fault]:
    """Pairs of entries that say different things of the same."""
    sources = {each.document.entry_id: each.source for each in placed}
    for entry_id, ref, message in contradictions(labels):
        yield _Fault(entry_id, Problem(sources[entry_id], 0, "body", message), State.CONFLICT, ref)


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


def _shared_codes(placed: Iterable[_Placed]) -> Iterator[_Fault]:
    holders: dict[str, str] = {}
    for each in placed:
        code, entry_id = each.document.content.short_code, each.document.entry_id
        if not code:
            continue
        if holders.setdefault(code, entry_id) != entry_id:
            message = f"{code!r} belongs to {holders[code]} too"
            yield _Fault(entry_id, Problem(each.source, 0, "short_code", message))


def _products(path: Path, problems: list[Problem]) -> frozenset[str] | None:
    """Ids of the products file; None when there is no such file, or none that can be read."""
    if not path.exists():
        return None
    try:
        return frozenset(read_products(path))
    except InvalidInput as error:
        problems.extend(error.problems)
        return None
