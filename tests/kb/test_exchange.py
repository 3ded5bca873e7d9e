"""Import and export on every database: dry run, trust, idempotence, bad files, round trip."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.errors import InvalidInput
from kb.exchange import Action, ImportPlan, apply_import, export, exported, plan_import
from kb.knowledge import KnowledgeBase
from kb.model import Content, Kind, Slot, Status, Stewardship

RULE = """---
id: {id}
kind: policy
revision: {revision}
status: {status}
title: 退货规则
lang: zh-CN
audience: customer
effective_from: 2026-06-01
{record}author: 林编辑
approved_by: {approver}
owner: {owner}
review_every: 90
reviewed_at: {reviewed}
---

{body}
"""


def rule(
    entry_id: str = "rule",
    revision: int = 1,
    status: str = "published",
    body: str = "小件退货运费 10 元。",
    owner: str = "退换货组",
    reviewed: str = "2026-10-12",
    withdrawn: str = "",
    approver: str = "周审核",
) -> bytes:
    record = "published_at: 2026-05-28T10:00\n" if status in ("published", "withdrawn") else ""
    record += f"withdrawn_at: {withdrawn}\n" if withdrawn else ""
    text = RULE.format(
        id=entry_id, revision=revision, status=status, body=body, owner=owner,
        reviewed=reviewed, record=record, approver=approver,
    )  # fmt: skip
    return text.replace("approved_by: \n", "").encode()


def take(kb: KnowledgeBase, files: dict[str, bytes], *, trusted: bool = True) -> ImportPlan:
    return apply_import(plan_import(files, kb, trusted=trusted), kb, "ops")


def actions(plan: ImportPlan) -> list[str]:
    return [row.action.value for row in plan.rows]


def test_plan_changes_nothing_and_apply_does_what_it_said(kb: KnowledgeBase) -> None:
    files = {"a.md": rule(), "b.md": rule("other")}
    plan = plan_import(files, kb)
    assert actions(plan) == ["new", "new"]
    assert kb.last_change() == 0
    assert apply_import(plan, kb, "ops").rows == plan.rows
    entry = kb.entry("rule")
    revision = entry.revisions[0]
    assert (revision.status, revision.author, revision.approved_by) == (
        Status.PUBLISHED, "林编辑", "周审核",
    )  # fmt: skip
    assert revision.published_at == datetime(2026, 5, 28, 2, tzinfo=UTC)
    assert revision.created_at == entry.created_at == revision.published_at
    assert entry.stewardship.owner == "退换货组"
    assert kb.audit("rule")[-1].action == "import"


def test_importing_again_changes_nothing(kb: KnowledgeBase) -> None:
    files = {"a.md": rule(), "b.md": rule(revision=2, body="小件退货运费 12 元。")}
    take(kb, files)
    changes = kb.last_change()
    assert actions(take(kb, files)) == ["unchanged", "unchanged"]
    assert kb.last_change() == changes


def test_same_revision_with_other_content_fails_and_the_rest_goes_in(kb: KnowledgeBase) -> None:
    take(kb, {"a.md": rule()})
    done = take(kb, {"a.md": rule(body="小件退货运费 99 元。"), "b.md": rule("other")})
    assert actions(done) == ["failed", "new"]
    assert "revision: revision 1" in str(done.problems[0])
    assert "the number 2 or none" in str(done.problems[0])
    assert kb.revision("rule", 1).content.body == "小件退货运费 10 元。"


def test_without_a_number_only_new_content_makes_a_revision(kb: KnowledgeBase) -> None:
    take(kb, {"a.md": rule()})
    same = rule().replace(b"revision: 1\n", b"")
    assert actions(take(kb, {"a.md": same})) == ["unchanged"]
    other = rule(body="小件退货运费 15 元。").replace(b"revision: 1\n", b"")
    done = take(kb, {"a.md": other})
    assert (actions(done), done.rows[0].revision) == (["changed"], 2)


def test_trusted_record_moves_forward_only(kb: KnowledgeBase) -> None:
    take(kb, {"a.md": rule(status="in_review", approver="")})
    assert actions(take(kb, {"a.md": rule()})) == ["changed"]
    assert actions(take(kb, {"a.md": rule(status="draft", approver="")})) == ["unchanged"]
    assert kb.revision("rule", 1).status is Status.PUBLISHED
    gone = rule(status="withdrawn", withdrawn="2026-11-01")
    assert actions(take(kb, {"a.md": gone})) == ["changed"]
    assert kb.revision("rule", 1).withdrawn_at is not None


def test_newest_file_names_the_steward_and_reviews_never_go_back(kb: KnowledgeBase) -> None:
    take(kb, {
        "r1.md": rule(owner="旧组", reviewed="2026-11-01"),
        "r2.md": rule(revision=2, body="小件退货运费 12 元。", reviewed="2026-10-01"),
    })  # fmt: skip
    keeper = kb.entry("rule").stewardship
    assert (keeper.owner, keeper.reviewed_at) == (
        "退换货组", datetime(2026, 10, 31, 16, tzinfo=UTC),
    )  # fmt: skip
    assert actions(take(kb, {"r1.md": rule(owner="别组")})) == ["unchanged"]
    verified = kb.verify("rule", "周审核").stewardship
    newest = rule(revision=2, body="小件退货运费 12 元。", owner="新组")
    assert actions(take(kb, {"r2.md": newest})) == ["changed"]
    assert kb.entry("rule").stewardship.owner == "新组"
    assert kb.entry("rule").stewardship.reviewed_at == verified.reviewed_at


def test_untrusted_files_become_drafts_of_whoever_sends_them(kb: KnowledgeBase) -> None:
    done = take(kb, {"a.md": rule()}, trusted=False)
    assert actions(done) == ["new"]
    entry = kb.entry("rule")
    revision = entry.revisions[0]
    assert (revision.status, revision.author, revision.approved_by) == (Status.DRAFT, "ops", "")
    assert revision.published_at is None
    assert entry.stewardship == Stewardship("退换货组", "", 90)
    proposal = rule(revision=7, body="小件退货运费 15 元。", owner="别组", reviewed="2026-11-21")
    done = take(kb, {"a.md": proposal}, trusted=False)
    assert [(row.action, row.revision) for row in done.rows] == [(Action.CHANGED, 2)]
    keeper = replace(entry.stewardship, owner="别组")
    assert kb.entry("rule").stewardship == keeper, "they may say who keeps it, not that it was read"
    unsaid = rule(revision=8, body="小件退货运费 16 元。", owner="")
    take(kb, {"a.md": unsaid}, trusted=False)
    assert kb.entry("rule").stewardship.owner == "别组", "what a file leaves out stays"
    assert actions(take(kb, {"a.md": rule()}, trusted=False)) == ["unchanged"]


def test_two_files_for_one_revision_both_fail_and_name_each_other(kb: KnowledgeBase) -> None:
    done = take(kb, {"a.md": rule(), "b.md": rule(body="x"), "c.md": rule("other")})
    assert actions(done) == ["failed", "failed", "new"]
    messages = [str(problem) for problem in done.problems]
    assert messages == [
        "a.md:4: revision: revision 1 of rule also stands in b.md",
        "b.md:4: revision: revision 1 of rule also stands in a.md",
    ]


def test_kind_never_changes(kb: KnowledgeBase) -> None:
    take(kb, {"a.md": rule()})
    done = take(kb, {"a.md": rule(revision=2).replace(b"kind: policy", b"kind: guide")})
    assert str(done.problems[0]).startswith("a.md:3: kind: ")
    assert "never changes" in str(done.problems[0])


def test_short_codes_do_not_collide(kb: KnowledgeBase) -> None:
    def reply(entry_id: str) -> bytes:
        text = rule(entry_id, body="## chat\n好的。").replace(b"kind: policy", b"kind: reply")
        return text.replace(b"---\n\n## chat", b"short_code: thwy\n---\n\n## chat")

    files = {"a.md": reply("reply-a"), "b.md": reply("reply-b")}
    assert actions(plan_import(files, kb)) == actions(take(kb, files)) == ["new", "failed"]
    assert actions(take(kb, files)) == ["unchanged", "failed"]


def test_bad_files_of_a_folder_are_named_and_the_rest_is_imported(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "good.md").write_bytes(rule())
    (tmp_path / "latin.md").write_bytes(b"---\nid: x\ntitle: caf\xe9\n---\n")
    (tmp_path / "empty.md").write_bytes(b"")
    (tmp_path / "huge.md").write_bytes(b"---\n" + b"x" * (512 * 1024))
    (tmp_path / "dir.md").mkdir()
    (tmp_path / "README.md").write_text("# no entry")
    (tmp_path / ".hidden.md").write_text("no entry")
    (tmp_path / "planted-faults.yaml").write_text("a: 1")
    seen: list[tuple[int, int]] = []
    done = apply_import(plan_import(tmp_path, kb), kb, "ops", lambda *at: seen.append(at))
    failed = {Path(row.source).name: str(row.problems[0]) for row in done.rows if row.problems}
    assert set(failed) == {"latin.md", "empty.md", "huge.md", "dir.md"}
    assert "latin.md:3: is not UTF-8: byte 0xe9" in failed["latin.md"]
    assert failed["empty.md"].endswith("empty.md:1: is empty")
    assert "larger than 512 KiB" in failed["huge.md"]
    assert "cannot be read" in failed["dir.md"]
    assert [entry.id for entry in kb.snapshot()] == ["rule"]
    assert seen == [(1, 1)]


def test_a_pipe_is_refused_and_any_file_name_can_be_imported(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.md")  # opening it would wait for a writer for ever
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md")).write_bytes(rule())
    (tmp_path / "two\nlines.md").write_bytes(rule("other"))
    done = apply_import(plan_import(tmp_path, kb), kb, "ops")
    failed = {Path(row.source).name: str(row.problems[0]) for row in done.rows if row.problems}
    assert set(failed) == {"pipe.md", "gone.md"}
    assert "a pipe or a device" in failed["pipe.md"]
    assert [entry.id for entry in kb.snapshot()] == ["other", "rule"]
    assert {Path(row.source).name for row in done.rows} >= {"\\xff.md", "two\\nlines.md"}
    assert kb.verify_audit().problems == ()


def test_single_file_and_missing_folder(kb: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "one.md").write_bytes(rule())
    assert actions(plan_import(tmp_path / "one.md", kb)) == ["new"]
    with pytest.raises(InvalidInput, match="no such"):
        plan_import(tmp_path / "nothing", kb)


def test_what_changed_since_planning_counts(kb: KnowledgeBase) -> None:
    plan = plan_import({"a.md": rule(body="小件退货运费 99 元。")}, kb)
    take(kb, {"a.md": rule()})
    assert actions(apply_import(plan, kb, "ops")) == ["failed"]


def test_everything_made_in_the_product_survives_the_round_trip(
    kb: KnowledgeBase, open_kb: Callable[[str], KnowledgeBase], tmp_path: Path
) -> None:
    reply = Content(
        Kind.REPLY, "yes", "## chat\n{{order.no}}", "en", short_code="thwy",
        tags=("1e3", "on", "a, b", "#c"), slots=(Slot("order.no", "订单: 号"), Slot("x")),
        effective_from=datetime(2026, 12, 1, 4, 30, 1, 5, tzinfo=UTC),
    )  # fmt: skip
    kb.create("reply-a", reply, "Lin", Stewardship("no", "Zhou: a", 30))
    kb.submit("reply-a", 1, "Lin")
    kb.approve("reply-a", 1, "Zhou")
    kb.publish("reply-a", 1, "Zhou")
    kb.verify("reply-a", "Zhou")
    kb.edit("reply-a", Content(Kind.REPLY, "no", "## email\nx"), "Lin", kb.entry("reply-a").version)
    kb.edit("reply-a", Content(Kind.REPLY, "~", "## email\ny"), "Lin", kb.entry("reply-a").version)
    first = export(kb, tmp_path / "out")
    assert (first.written, first.unchanged) == (3, 0)
    assert export(kb, tmp_path / "out").unchanged == 3
    other = open_kb("other")
    take(other, {str(p): p.read_bytes() for p in (tmp_path / "out").rglob("*.md")})
    mine, theirs = kb.entry("reply-a"), other.entry("reply-a")
    assert mine.revisions == theirs.revisions
    assert mine.stewardship == theirs.stewardship
    assert exported(mine, kb.site_tz) == exported(theirs, other.site_tz)
    assert sorted(p.name for p in (tmp_path / "out" / "reply").iterdir()) == [
        "reply-a.r1.md", "reply-a.r2.md", "reply-a.r3.md",
    ]  # fmt: skip
