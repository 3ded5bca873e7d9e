"""`zhike import` and `zhike export` of files of other kinds."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from kb.settings import Settings

FAQ = "question,answer\n怎么退货？,七天内可退。\n坏的,\n怎么换货？,十五天内可换。\n"


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIKE_DATA", str(settings.data))
    monkeypatch.delenv("ZHIKE_DATABASE_URL", raising=False)


@pytest.fixture
def faq(tmp_path: Path) -> Path:
    path = tmp_path / "faq.csv"
    path.write_text(FAQ, "utf-8")
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_a_dry_run_is_carried_out_later(faq: Path, tmp_path: Path) -> None:
    failed = tmp_path / "failed.csv"
    dry = run("import", str(faq), "--dry-run", "--failed", str(failed), "--json")
    assert dry.exit_code == 1, "a row was refused"
    told = json.loads(dry.stdout)
    assert (told["dry_run"], told["counts"]["new"], told["counts"]["failed"]) == (True, 2, 1)
    assert failed.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "内容为空" in failed.read_text("utf-8")
    assert "0 revisions" in run("export", str(tmp_path / "none.csv")).stdout
    done = run("import", "--resume", told["run"], "--lang", "en")
    assert (done.exit_code, done.stdout) == (1, "Imported: 2 new, 1 failed\n")
    assert "faq.csv:3: answer: is empty" in done.stderr
    assert "2 unchanged" in run("import", str(faq)).stdout


def test_publishing_names_who_approved(faq: Path, tmp_path: Path) -> None:
    own = run("import", str(faq), "--actor", "周审核", "--approved-by", "周审核")
    assert own.exit_code == 2
    assert "somebody else" in own.stderr
    run("import", str(faq), "--actor", "林编辑", "--approved-by", "周审核")
    table = tmp_path / "all.csv"
    assert "2 revisions" in run("export", str(table), "--lang", "en").stdout
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    told = {(row["status"], row["author"], row["approved_by"]) for row in rows}
    assert told == {("published", "林编辑", "周审核")}


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_export_comes_back_unchanged(faq: Path, tmp_path: Path, form: str) -> None:
    run("import", str(faq))
    target = tmp_path / "table"
    assert run("export", str(target), "--format", form).exit_code == 0
    named = target.rename(tmp_path / f"table.{form}")
    assert run("import", str(named)).stdout == "Imported: 2 unchanged\n"


def test_what_cannot_be_read_is_named(tmp_path: Path, faq: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 cut")
    broken = run("import", str(tmp_path / "a.xlsx"))
    assert broken.exit_code == 2
    assert "文件已损坏" in broken.stderr
    assert run("import").exit_code == 2
    assert run("import", str(faq), "--resume", "x").exit_code == 2
    assert run("import", "--resume", "0" * 16).exit_code == 2
    assert run("export", str(faq), "--format", "markdown").exit_code == 2


def test_failures_of_a_folder_are_listed_too(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "bad.md").write_text("---\nid: x\n---\n", "utf-8")
    failed = tmp_path / "failed.csv"
    assert run("import", str(folder), "--failed", str(failed), "--lang", "en").exit_code == 1
    lines = failed.read_text("utf-8-sig").splitlines()
    assert lines[0] == "file,line,field,reason"
    assert any(",kind," in line for line in lines[1:])
