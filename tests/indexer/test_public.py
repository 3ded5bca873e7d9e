"""The public index is a folder of its own in whose bytes nothing internal can be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.build import Indexer
from indexer.search import Searcher, SearchRequest
from kb.model import Audience, Kind, Slot, Status
from tests.indexer.fakes import EVERYONE, NOW, BigramEncoder, FakeKb, day, entry, revision


def planted(marker: str, audience: Audience, **more: object) -> dict[str, object]:
    """Fields of a revision, each with the marker."""
    return {
        "kind": Kind.REPLY,
        "title": f"{marker}title",
        "body": f"## {marker}heading\n\n{marker}body {marker}正文。\n",
        "audience": audience,
        "questions": (f"{marker}question",),
        "counter": (f"{marker}counter",),
        "tags": (f"{marker}tag",),
        "products": (f"{marker}product",),
        "short_code": f"{marker}code",
        "depends_on": (f"{marker}basis",),
        "supersedes": (f"{marker}before",),
        "slots": (Slot(f"{marker}slot", f"{marker}label"),),
        **more,
    }


def bytes_of(folder: Path) -> bytes:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return b"\n".join(path.name.encode() + b"\n" + path.read_bytes() for path in files)


@pytest.fixture
def planted_kb(kb: FakeKb) -> FakeKb:
    kb.put(entry(revision("zqxagent-id", **planted("zqxagent", Audience.AGENT))))
    kb.put(entry(revision("zqxinternal-id", **planted("zqxinternal", Audience.INTERNAL))))
    hidden = planted("zqxdraft", Audience.CUSTOMER)
    kb.put(entry(revision("zqxdraft-id", status=Status.DRAFT, **hidden)))
    kb.put(
        entry(
            revision("mixed", 1, title="公开的说法", until="2026-03-01"),
            revision("mixed", 2, since="2026-03-01", **planted("zqxlater", Audience.INTERNAL)),
        )
    )
    kb.put(entry(revision("shown", title="公开条目", depends_on=("zqxinternal-id",))))
    return kb


def test_no_byte_of_anything_internal(
    planted_kb: FakeKb, encoder: BigramEncoder, root: Path
) -> None:
    Indexer(planted_kb, encoder, root).build()
    staff, public = bytes_of(root / "staff"), bytes_of(root / "public")
    for marker in ("zqxagent", "zqxinternal", "zqxlater"):
        assert marker.encode() in staff
    assert "公开条目".encode() in public
    for encoding in ("utf-8", "utf-16-le"):
        assert "zqx".encode(encoding) not in public
    assert b"\\u" not in public  # no escaped text that the scan would miss


def test_no_keyword_of_anything_internal(
    planted_kb: FakeKb, encoder: BigramEncoder, root: Path
) -> None:
    Indexer(planted_kb, encoder, root).build()
    searcher = Searcher(root / "public", encoder, clock=lambda: NOW)
    opened = searcher.opened()
    assert opened is not None
    unknown = opened.keywords.positions(["zqxinternaltitle", "zqxagentbody", "zqxlaterquestion"])
    assert list(unknown) == [-1, -1, -1]
    for query in ("zqxinternal-id", "zqxagenttitle", "zqxagentcode", "补偿审批权限"):
        hits = searcher.search(SearchRequest(query, audiences=EVERYONE, limit=100)).hits
        assert {hit.audience for hit in hits} <= {Audience.CUSTOMER}
        assert not any("zqx" in hit.entry_id for hit in hits)


def test_an_internal_revision_ends_the_public_one(
    planted_kb: FakeKb, encoder: BigramEncoder, root: Path
) -> None:
    Indexer(planted_kb, encoder, root).build()
    searcher = Searcher(root / "public", encoder)
    found = [
        any(
            hit.entry_id == "mixed"
            for hit in searcher.search(SearchRequest("公开的说法", as_of=day(when))).hits
        )
        for when in ("2026-02-28", "2026-03-01")
    ]
    assert found == [True, False]


def test_internal_edits_leave_the_public_generation_alone(
    planted_kb: FakeKb, encoder: BigramEncoder, root: Path
) -> None:
    indexer = Indexer(planted_kb, encoder, root)
    before = indexer.build()
    planted_kb.put(entry(revision("another", title="内部", audience=Audience.INTERNAL)))
    after = indexer.build()
    assert after.generation != before.generation
    assert after.public_generation == before.public_generation
