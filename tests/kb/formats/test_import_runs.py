"""Runs of imports: the dry run tells what the real run does, which can be killed and continued."""

from __future__ import annotations

import csv
import io
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import NotAllowed, NotFound
from kb.formats import runs
from kb.formats.imports import Imports
from kb.formats.planning import Outcome
from kb.formats.runs import ApplyOptions, RunState
from kb.knowledge import KnowledgeBase
from kb.model import Audience, Content, Kind, Status
from tests.kb.formats.conftest import Desk
from tests.office_files import xlsx

HEADER = ("question", "answer")
WEKNORA = ("分类(必填)", "问题(必填)", "相似问题(选填-多个用##分隔)", "机器人回答(必填-多个用##分隔)",
           "是否停用(选填-默认FALSE)")  # fmt: skip


def faq(*pairs: tuple[str, str]) -> bytes:
    sink = io.StringIO(newline="")
    csv.writer(sink).writerows([HEADER, *pairs])
    return sink.getvalue().encode()


def many(count: int) -> tuple[bytes, list[int]]:
    """A workbook in which one row of a hundred is bad, each in another way, and their numbers."""
    rows: list[tuple[object, ...]] = [WEKNORA]
    bad: list[int] = []
    for number in range(count):
        row: list[object] = ["售后", f"第 {number} 个问题怎么办？", f"{number} 号怎么处理##问题{number}",
                             f"第 {number} 个问题请在订单详情页申请，{number % 30 + 1} 天内办完。", ""]  # fmt: skip
        if number % 100 == 37:
            bad.append(len(rows) + 1)
            place, value = [(3, None), (1, ""), (3, "=1+1"), (1, "长" * 301)][number // 100 % 4]
            row[place] = value
        rows.append(tuple(row))
    return xlsx(rows), bad


def test_a_dry_run_changes_nothing_and_the_real_run_does_what_it_said(desk: Desk) -> None:
    data = faq(("怎么退货？", "七天内可退。"), ("坏的", ""), ("怎么换货？", "十五天内可换。"))
    run = desk.dry("a.csv", data, owner="售后组")
    assert (run.state, run.done, run.total) == (RunState.READY, 3, 3)
    assert desk.outcomes(run) == ["new", "failed", "new"]
    assert desk.kb.snapshot() == []
    assert desk.kb.last_change() == 0
    done = desk.imports.apply(run.id, "周审核")
    assert (done.state, done.applied_by, done.done, done.total) == (RunState.DONE, "周审核", 2, 2)
    assert desk.outcomes(done) == ["new", "failed", "new"]
    entries = desk.kb.snapshot()
    assert {e.revisions[0].author for e in entries} == {"林编辑"}, "who brought it wrote it"
    assert {e.stewardship.owner for e in entries} == {"售后组"}
    row = desk.kb.audit(entries[0].id)[0]
    assert (row.actor, row.action, row.detail["import"]) == ("周审核", "import", run.id)
    assert desk.kb.audit(desk.rows(done)[2].entry_id)[0].detail["sources"] == ["a.csv:4"]
    assert desk.kb.verify_audit().ok
    before = desk.kb.last_change()
    assert desk.imports.apply(run.id, "周审核").state is RunState.DONE
    assert desk.kb.last_change() == before, "done is done"
    assert desk.outcomes(desk.dry("again.csv", data)) == ["unchanged", "failed", "unchanged"]


def test_exactly_the_bad_rows_of_a_thousand_are_refused(desk: Desk) -> None:
    data, bad = many(1000)
    run = desk.dry("faq.xlsx", data)
    assert run.counts[Outcome.NEW] == 1000 - len(bad)
    failed = desk.imports.rows(run.id, (Outcome.FAILED,), limit=100)
    assert [row.line for row in failed] == bad
    assert {row.problems[0].field for row in failed} == {WEKNORA[1], WEKNORA[3]}
    text = b"".join(desk.imports.failed(run.id)).decode("utf-8-sig")
    listed = list(csv.reader(io.StringIO(text)))
    assert listed[0] == [*WEKNORA, "工作表", "行号", "原因"]
    assert [int(line[-2]) for line in listed[1:]] == bad
    assert all(line[-1] for line in listed[1:])
    done = desk.imports.apply(run.id, "林编辑")
    assert done.counts[Outcome.NEW] == len(desk.kb.snapshot()) == 1000 - len(bad)


@pytest.mark.slow
def test_ten_thousand_rows_with_progress(lite: Desk) -> None:
    data, bad = many(10_000)
    received = lite.imports.receive("faq.xlsx", io.BytesIO(data), "林编辑")
    seen: list[tuple[int, int]] = []
    shown: list[int] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        shown.append(lite.imports.run(received.id).done)

    run = lite.imports.plan(received.id, progress)
    assert run.counts[Outcome.FAILED] == len(bad)
    rows = lite.imports.rows(run.id, (Outcome.FAILED,), limit=1000)
    assert [row.line for row in rows] == bad
    assert len(seen) >= 40
    assert shown == [done for done, _ in seen], "others see the same progress"


def test_mended_rows_are_taken_from_the_file_of_failures(lite: Desk) -> None:
    run = lite.dry("a.csv", faq(("好", "好的答案"), ("坏", ""), ("=1+1", "")))
    text = b"".join(lite.imports.failed(run.id, "en")).decode("utf-8-sig")
    assert "answer: is empty" in text
    assert "'=1+1" in text
    mended = text.replace("坏,", "坏,现在好了").replace("'=1+1,", "'=1+1,等于二").encode()
    again = lite.take("failed.csv", mended)
    assert lite.outcomes(again) == ["new", "new"]
    titles = {entry.revisions[0].content.title for entry in lite.kb.snapshot()}
    assert titles == {"坏", "=1+1"}


def test_duplicates_within_the_file_and_beside_entries_are_shown(
    lite: Desk, content: Callable[..., Content]
) -> None:
    lite.kb.create(
        "old-entry",
        content("小件退货运费由买家承担 10 元。", kind=Kind.FAQ, title="运费谁付", questions=("邮费谁出？",)),
        "林",
    )  # fmt: skip
    data = faq(
        ("邮费 谁出", "另一种说法的回答。"),  # the question of an entry
        ("新问题", "小件退货,运费由买家承担10元"),  # its content
        ("第三个问题", "这一条的答案和下一条一样长。"),
        ("第四个问题", "这一条的答案和下一条一样长！"),  # the content of row 4
        ("新问题？", "小件退货,运费由买家承担10元"),  # the same question as row 3, other words
    )
    run = lite.dry("a.csv", data)
    rows = lite.rows(run)
    found = [[(d.what, d.row, d.entry_id == "old-entry") for d in row.duplicates] for row in rows]
    assert found[:4] == [
        [("question", 0, True)],
        [("content", 0, True)],
        [],
        [("content", 3, False)],
    ]
    assert rows[4].outcome is Outcome.FAILED
    assert "row 3" in rows[4].problems[0].message
    assert run.duplicates == 4
    only = lite.imports.rows(run.id, duplicates_only=True)
    assert [row.line for row in only] == [2, 3, 5, 6]
    done = lite.imports.apply(run.id, "林编辑", ApplyOptions(skip_duplicates=True))
    assert lite.outcomes(done) == ["skipped", "skipped", "new", "skipped", "failed"]
    assert len(lite.kb.snapshot()) == 2


def test_a_row_given_twice_goes_in_once(lite: Desk) -> None:
    run = lite.take("a.csv", faq(("问", "答案"), ("问", "答案"), ("问", "别的答案")))
    assert lite.outcomes(run) == ["new", "unchanged", "failed"]
    (entry,) = lite.kb.snapshot()
    assert entry.revisions[0].content.body == "答案"


def test_publishing_needs_somebody_else(desk: Desk) -> None:
    header = ("问题", "机器人回答", "是否停用")
    sink = io.StringIO()
    csv.writer(sink).writerows([header, ("甲", "答案甲", ""), ("乙", "答案乙", "TRUE")])
    run = desk.dry("a.csv", sink.getvalue().encode())
    with pytest.raises(NotAllowed, match="somebody else"):
        desk.imports.apply(run.id, "林编辑", ApplyOptions("林编辑 "))
    done = desk.imports.apply(run.id, "周审核", ApplyOptions("周审核"))
    assert desk.outcomes(done) == ["new", "new"]
    live, off = (desk.kb.entry(row.entry_id).revisions[0] for row in desk.rows(done))
    assert (live.status, live.author, live.approved_by) == (Status.PUBLISHED, "林编辑", "周审核")
    assert live.published_at is not None
    assert off.status is Status.DRAFT, "what is switched off at its source is not published"


def test_what_changed_since_the_dry_run_counts(lite: Desk) -> None:
    run = lite.dry("a.csv", faq(("怎么退货？", "七天内可退。")))
    (row,) = lite.rows(run)
    lite.take("b.csv", faq(("怎么退货？", "八天内可退。")))
    done = lite.imports.apply(run.id, "林编辑")
    assert [(r.outcome, r.revision) for r in lite.rows(done)] == [(Outcome.CHANGED, 2)]
    assert len(lite.kb.entry(row.entry_id).revisions) == 2


_APPLIER = """
import sys
from pathlib import Path
from kb import store
from kb.formats import imports
from kb.knowledge import KnowledgeBase
from kb.settings import Settings
imports._TURNS = 4
kb = KnowledgeBase(store.open_engine(Settings.from_env({"ZHIKE_DATA": sys.argv[1]})))
imports.Imports(kb, Path(sys.argv[1])).apply(
    sys.argv[2], "ops", progress=lambda done, total: print(done, flush=True)
)
"""


def test_a_killed_import_goes_on_where_it_stopped_and_does_nothing_twice(
    open_kb: Callable[[str], KnowledgeBase], tmp_path: Path
) -> None:
    kb = open_kb("killed")
    desk = Desk(kb, tmp_path / "killed")
    run = desk.dry(
        "a.csv", faq(*((f"问题 {n}", f"第 {n} 个答案。") for n in range(60)), ("坏", ""))
    )
    process = subprocess.Popen(
        [sys.executable, "-c", _APPLIER, str(tmp_path / "killed"), run.id],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait()
    stopped = desk.imports.run(run.id)
    there = len(kb.snapshot())
    assert stopped.state is RunState.APPLYING
    assert 8 <= there < 60
    assert there % 4 == 0, "a batch is there wholly or not at all"
    assert stopped.done == there

    done = desk.imports.apply(run.id, "ops")
    assert (done.state, done.counts[Outcome.NEW], done.counts[Outcome.FAILED]) == (
        RunState.DONE, 60, 1,
    )  # fmt: skip
    assert [len(entry.revisions) for entry in kb.snapshot()] == [1] * 60
    assert kb.last_change() == 60
    assert kb.verify_audit().ok


def test_a_killed_dry_run_is_read_again(lite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    received = lite.imports.receive("a.csv", io.BytesIO(faq(("问", "答案"))), "林")

    def dies(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(runs, "add_rows", dies)
        with pytest.raises(KeyboardInterrupt):
            lite.imports.plan(received.id)
    with pytest.raises(NotAllowed, match="not ready"):
        lite.imports.apply(received.id, "林")
    assert lite.outcomes(lite.imports.plan(received.id)) == ["new"]


def test_two_who_carry_out_the_same_run_share_the_work(lite: Desk) -> None:
    from concurrent.futures import ThreadPoolExecutor

    pairs = ((f"问题 {n}", f"第 {n} 个答案。") for n in range(300))
    run = lite.dry("a.csv", faq(*pairs))
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda who: lite.imports.apply(run.id, who), "甲乙丙"))
    assert {one.state for one in found} == {RunState.DONE}
    assert lite.kb.last_change() == 300
    assert lite.imports.run(run.id).done == 300


def test_an_edited_export_row_is_a_proposal_and_a_stale_one_is_not_taken(
    lite: Desk, content: Callable[..., Content]
) -> None:
    from kb.formats.exporting import TableFormat, revisions_of, table_bytes, table_rows

    lite.kb.create("rule", content(audience=Audience.AGENT), "林编辑")
    rows = list(table_rows(revisions_of(lite.kb.snapshot()), lite.kb.site_tz, "zh-CN"))
    rows[1][-1] = "小件退货运费 12 元。"
    edited = b"".join(table_bytes(rows, TableFormat.XLSX, "zh-CN"))
    first = lite.take("k.xlsx", edited)
    assert [(r.outcome, r.revision) for r in lite.rows(first)] == [(Outcome.CHANGED, 2)]
    assert lite.outcomes(lite.dry("k.xlsx", edited)) == ["unchanged"]
    rows[1][-1] = "小件退货运费 15 元。"
    stale = lite.dry("k.xlsx", b"".join(table_bytes(rows, TableFormat.XLSX, "zh-CN")))
    assert lite.outcomes(stale) == ["failed"]
    (problem,) = lite.rows(stale)[0].problems
    assert "changed since" in problem.message
    assert problem.line == 2


def test_old_runs_are_forgotten_with_their_files(lite: Desk, tmp_path: Path) -> None:
    from datetime import timedelta

    run = lite.dry("a.csv", faq(("问", "答案")))
    folder = tmp_path / "lite" / "imports"
    assert [path.name for path in folder.iterdir()] == [run.id]
    lite.kb.clock.now += timedelta(days=31)  # type: ignore[attr-defined]
    later = lite.dry("b.csv", faq(("问", "答案")))
    assert [path.name for path in folder.iterdir()] == [later.id]
    with pytest.raises(NotFound):
        lite.imports.run(run.id)
    for unknown in ("../x", "", "0" * 16):
        with pytest.raises(NotFound):
            lite.imports.run(unknown)


def test_reading_rows_page_by_page(lite: Desk) -> None:
    run = lite.dry("a.csv", faq(*((f"问题 {n}", "答案" * n) for n in range(5))))
    first = lite.imports.rows(run.id, limit=3)
    rest = lite.imports.rows(run.id, limit=3, after=first[-1].number)
    assert [row.number for row in (*first, *rest)] == [1, 2, 3, 4, 5]
    assert isinstance(lite.imports, Imports)
