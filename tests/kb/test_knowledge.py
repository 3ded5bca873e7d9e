"""The knowledge base's promises, on every database it runs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound
from kb.knowledge import KnowledgeBase
from kb.model import Audience, Channel, Content, Kind, Slot, Status, Stewardship

Build = Callable[..., Content]
Publish = Callable[..., int]


def test_created_entry_has_one_draft(kb: KnowledgeBase, content: Build) -> None:
    made = kb.create("return-7-days", content(), "林编辑", Stewardship("退换货组", "周审核", 90))
    assert made == kb.entry("return-7-days")
    assert made.version == 1
    assert [r.status for r in made.revisions] == [Status.DRAFT]
    assert made.stewardship == Stewardship("退换货组", "周审核", 90)


def test_every_field_survives_storage(kb: KnowledgeBase, clock: Callable[[], object]) -> None:
    full = Content(
        kind=Kind.REPLY,
        title="“退货”答复 🙂",
        body="## chat\n{{customer.name}},您好。\n\n## email\n𠮷野家\ttab",
        lang="en",
        audience=Audience.AGENT,
        effective_from=kb.clock(),
        effective_until=kb.clock(),
        risk=3,
        products=("mira-5",),
        channels=(Channel.CHAT, Channel.EMAIL),
        tags=("退货",),
        questions=("怎么退?",),
        depends_on=("return-7-days",),
        supersedes=("old-reply",),
        short_code="thwy",
        slots=(Slot("customer.name", "客户称呼"),),
    )
    kb.create("reply-return", full, "林编辑")
    stored = kb.revision("reply-return", 1)
    assert stored.content == full
    assert stored.content_hash == full.digest()


def test_the_way_from_draft_to_withdrawn(kb: KnowledgeBase, content: Build) -> None:
    kb.create("rule", content(), "林编辑")
    assert kb.submit("rule", 1, "林编辑").revisions[0].status is Status.IN_REVIEW
    approved = kb.approve("rule", 1, "周审核").revisions[0]
    assert (approved.status, approved.approved_by) == (Status.APPROVED, "周审核")
    published = kb.publish("rule", 1, "林编辑").revisions[0]
    assert published.published_at is not None
    gone = kb.withdraw("rule", 1, "周审核", "写错了")
    assert gone.revisions[0].status is Status.WITHDRAWN
    assert gone.version == 5
    actions = [row.action for row in kb.audit("rule")]
    assert actions == ["create", "submit", "approve", "publish", "withdraw"]
    assert kb.audit("rule")[-1].detail == {"note": "写错了"}


def test_nobody_approves_their_own(kb: KnowledgeBase, content: Build) -> None:
    kb.create("rule", content(), "Lin")
    kb.submit("rule", 1, "Lin")
    with pytest.raises(NotAllowed, match="somebody else"):
        kb.approve("rule", 1, "LIN")
    assert kb.revision("rule", 1).status is Status.IN_REVIEW


def test_approval_is_bound_to_the_text_that_was_read(kb: KnowledgeBase, content: Build) -> None:
    kb.create("rule", content(), "林编辑")
    kb.submit("rule", 1, "林编辑")
    with pytest.raises(NotAllowed, match="reviewed"):
        kb.approve("rule", 1, "周审核", content_hash=content("另一段话。").digest())


def test_rejected_revision_is_a_draft_again(kb: KnowledgeBase, content: Build) -> None:
    kb.create("rule", content(), "林编辑")
    kb.submit("rule", 1, "林编辑")
    kb.approve("rule", 1, "周审核")
    back = kb.reject("rule", 1, "周审核", "再改改").revisions[0]
    assert (back.status, back.approved_by, back.approved_at) == (Status.DRAFT, "", None)


@pytest.mark.parametrize("step", ["approve", "publish", "reject"])
def test_steps_out_of_order_are_refused(kb: KnowledgeBase, content: Build, step: str) -> None:
    kb.create("rule", content(), "林编辑")
    with pytest.raises(NotAllowed, match="draft"):
        getattr(kb, step)("rule", 1, "周审核")
    assert kb.entry("rule").version == 1
    assert kb.last_change() == 1


def test_edit_adds_a_revision_and_withdraws_the_own_draft(
    kb: KnowledgeBase, content: Build
) -> None:
    kb.create("rule", content(), "林编辑")
    edited = kb.edit("rule", content("小件退货运费 12 元。"), "林编辑", 1)
    assert [r.status for r in edited.revisions] == [Status.WITHDRAWN, Status.DRAFT]
    other = kb.edit("rule", content("小件退货运费 15 元。"), "许编辑", 2)
    assert [r.status for r in other.revisions][1:] == [Status.DRAFT, Status.DRAFT]


def test_edit_without_a_difference_changes_nothing(kb: KnowledgeBase, content: Build) -> None:
    kb.create("rule", content(), "林编辑")
    assert kb.edit("rule", content(), "许编辑", 1).version == 1
    assert kb.last_change() == 1


def test_losing_editor_gets_the_version_and_a_diff(kb: KnowledgeBase, content: Build) -> None:
    kb.create("rule", content(), "林编辑")
    kb.edit("rule", content("小件退货运费 12 元。"), "许编辑", 1)
    with pytest.raises(Conflict) as caught:
        kb.edit("rule", content("小件退货运费 15 元。"), "林编辑", 1)
    assert caught.value.current_version == 2
    assert "-小件退货运费 12 元。" in caught.value.diff
    assert "+小件退货运费 15 元。" in caught.value.diff
    assert len(kb.entry("rule").revisions) == 2


def test_every_step_can_insist_on_a_version(kb: KnowledgeBase, content: Build) -> None:
    kb.create("rule", content(), "林编辑")
    with pytest.raises(Conflict):
        kb.submit("rule", 1, "林编辑", expected_version=7)
    kb.submit("rule", 1, "林编辑", expected_version=1)
    kb.approve("rule", 1, "周审核", expected_version=2)
    with pytest.raises(Conflict):
        kb.publish("rule", 1, "周审核", expected_version=2)


def test_taken_id_other_kind_bad_content_and_nobody(kb: KnowledgeBase, content: Build) -> None:
    kb.create("rule", content(), "林编辑")
    with pytest.raises(Conflict, match="taken"):
        kb.create("rule", content(), "许编辑")
    with pytest.raises(InvalidInput, match="never changes"):
        kb.edit("rule", content(kind=Kind.FAQ), "林编辑", 1)
    with pytest.raises(InvalidInput) as caught:
        kb.create("Bad Id", content(body="", risk=7), "林编辑")
    assert {p.field for p in caught.value.problems} == {"id", "body", "risk"}
    with pytest.raises(NotAllowed, match="somebody"):
        kb.create("rule-2", content(), " ")


def test_what_is_not_there_is_not_found(kb: KnowledgeBase, content: Build) -> None:
    kb.create("rule", content(), "林编辑")
    for ask in (
        lambda: kb.entry("nothing"),
        lambda: kb.revision("rule", 2),
        lambda: kb.publish("rule", 2, "周审核"),
        lambda: kb.verify("nothing", "周审核"),
        lambda: kb.report_outdated("rule", 9, "", "", "坐席"),
        lambda: kb.resolve_report(3, "周审核"),
    ):
        with pytest.raises(NotFound):
            ask()


def test_verifying_sets_the_review_and_reading_does_not(
    kb: KnowledgeBase, content: Build, published: Publish
) -> None:
    kb.create("draft-only", content(), "林编辑")
    with pytest.raises(NotAllowed, match="published"):
        kb.verify("draft-only", "周审核")
    published("rule")
    before = kb.entry("rule").stewardship
    kb.snapshot()
    assert kb.entry("rule").stewardship == before
    keeper = kb.verify("rule", "周审核", "核对过").stewardship
    assert keeper.reviewed_by == "周审核"
    assert keeper.reviewed_at == kb.audit("rule")[-1].at


def test_stewardship_changes_keep_the_review(kb: KnowledgeBase, published: Publish) -> None:
    published("rule")
    reviewed = kb.verify("rule", "周审核").stewardship
    kept = kb.steward("rule", Stewardship("物流组", "何审核", 180), "管理员").stewardship
    assert kept == replace(reviewed, owner="物流组", reviewer="何审核", review_every=180)
    with pytest.raises(InvalidInput, match="review_every"):
        kb.steward("rule", Stewardship(review_every=-1), "管理员")


def test_short_code_belongs_to_one_published_reply(kb: KnowledgeBase, published: Publish) -> None:
    reply = Content(Kind.REPLY, "退货", "## chat\n好的。", short_code="thwy")
    published("reply-one", reply)
    published("reply-one", replace(reply, body="## chat\n好的,马上。"))
    kb.create("reply-two", reply, "林编辑")
    kb.submit("reply-two", 1, "林编辑")
    kb.approve("reply-two", 1, "周审核")
    with pytest.raises(NotAllowed, match="reply-one"):
        kb.publish("reply-two", 1, "周审核")


def test_reports_are_kept_until_resolved(kb: KnowledgeBase, published: Publish) -> None:
    published("rule")
    version = kb.entry("rule").version
    first = kb.report_outdated("rule", 1, "小件退货运费由买家承担 10 元。", "已免费", "坐席 A")
    kb.report_outdated("rule", 1, "", "", "坐席 B")
    assert [r.id for r in kb.reports("rule")] == [1, 2]
    done = kb.resolve_report(first.id, "周审核", "已改")
    assert (done.resolved_by, done.resolution) == ("周审核", "已改")
    assert [r.id for r in kb.reports()] == [2]
    assert [r.id for r in kb.reports(open_only=False)] == [1, 2]
    with pytest.raises(NotAllowed, match="周审核"):
        kb.resolve_report(first.id, "何审核")
    assert kb.entry("rule").version == version, "a report must not get in an editor's way"
    with pytest.raises(InvalidInput, match="longer"):
        kb.report_outdated("rule", 1, "x" * 3000, "", "坐席")


def test_dismissed_conflicts_are_remembered(kb: KnowledgeBase, published: Publish) -> None:
    published("rule")
    kb.dismiss_conflict("abc", "rule", "周审核", "不同产品")
    changes = kb.last_change()
    kb.dismiss_conflict("abc", "rule", "何审核")
    assert kb.dismissed_conflicts() == {"abc"}
    assert kb.last_change() == changes


def test_change_feed_counts_every_write_without_gaps(
    kb: KnowledgeBase, content: Build, published: Publish
) -> None:
    assert kb.last_change() == 0
    published("rule")
    kb.create("other", content(), "林编辑")
    kb.report_outdated("rule", 1, "", "", "坐席")
    feed = kb.changes()
    assert [change.seq for change in feed] == list(range(1, 7))
    assert [change.entry_id for change in feed] == ["rule"] * 4 + ["other", "rule"]
    assert kb.changes(after=4, limit=1) == feed[4:5]
    assert kb.last_change() == 6


def test_entries_are_filtered_by_one_revision(
    kb: KnowledgeBase, content: Build, published: Publish
) -> None:
    published("a-rule")
    kb.edit("a-rule", content("内部说明文字。", audience=Audience.INTERNAL), "林编辑", 4)
    kb.create("b-faq", content(kind=Kind.FAQ), "林编辑", Stewardship("物流组"))
    assert [e.id for e in kb.entries(kind=Kind.FAQ)] == ["b-faq"]
    assert [e.id for e in kb.entries(owner="物流组")] == ["b-faq"]
    assert [e.id for e in kb.entries(status=Status.DRAFT)] == ["a-rule", "b-faq"]
    internal = kb.entries(status=Status.PUBLISHED, audience=Audience.INTERNAL)
    assert internal == []


def test_snapshot_follows_every_change(
    kb: KnowledgeBase, content: Build, published: Publish
) -> None:
    other = KnowledgeBase(kb.engine, kb.clock)
    assert kb.snapshot() == other.snapshot() == []
    published("b-rule")
    kb.create("a-rule", content(), "林编辑")
    assert kb.snapshot() == other.snapshot() == [kb.entry("a-rule"), kb.entry("b-rule")]
    kb.verify("b-rule", "周审核")
    assert other.snapshot()[1].stewardship.reviewed_by == "周审核"
    other.snapshot().clear()
    assert len(other.snapshot()) == 2, "the caller's list is the caller's"


def test_audit_chain_and_contents_verify(kb: KnowledgeBase, published: Publish) -> None:
    assert kb.verify_audit().ok
    published("rule")
    check = kb.verify_audit()
    assert (check.ok, check.rows) == (True, 4)
    assert kb.verify_contents() == []
    assert [row.seq for row in kb.audit(limit=2)] == [3, 4]
