"""The command line: exit codes for scripts, JSON where they want it, and light imports."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from assistant.cli.group import COMMANDS
from assistant.serve import THREAD_LIMITS, CannotServe, bind
from kb.settings import Settings

GOOD = """---
id: return-7-days
kind: policy
status: published
title: 退货规则
author: 林编辑
approved_by: 周审核
published_at: 2026-01-01
owner: 退换货组
{more}---

## 规则

签收次日起 7 天内可以退货。{text}
"""


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command works in the test's own data folder."""
    monkeypatch.setenv("ZHIKE_DATA", str(settings.data))
    monkeypatch.delenv("ZHIKE_DATABASE_URL", raising=False)
    for name in (*THREAD_LIMITS, "TOKENIZERS_PARALLELISM"):
        monkeypatch.setenv(name, "1")  # commands set these; the next test starts clean


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content" / "policy"
    folder.mkdir(parents=True)
    (folder / "return-7-days.r1.md").write_text(GOOD.format(more="", text=""), "utf-8")
    return folder.parent


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


def ok(*arguments: str, text: str | None = None) -> str:
    result = run(*arguments, text=text)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("arguments", [[], *([name] for name in COMMANDS)], ids=str)
def test_help_is_light(arguments: list[str]) -> None:
    """No command's help imports what only its work needs, in a fresh interpreter."""
    code = (
        "import sys\n"
        "from assistant.cli import main\n"
        f"sys.argv = ['zhike', *{arguments!r}, '--help']\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert end.code == 0\n"
        "heavy = {'flask', 'torch', 'faiss', 'sqlalchemy', 'numpy', 'pydantic', 'gunicorn'}\n"
        "found = heavy & set(sys.modules)\n"
        "assert not found, found\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Usage: zhike" in done.stdout


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("token", "user")])
def test_every_help_has_an_example(name: str) -> None:
    assert f"zhike {name}" in ok(name, "--help").split("Example")[1]


def test_a_token_stands_alone_on_the_last_line() -> None:
    lines = ok("token", "create", "--role", "agent", "--name", "console").splitlines()
    assert lines[-1].startswith("zhk_")
    assert all("zhk_" not in line for line in lines[:-1])


def test_tokens_are_listed_and_revoked() -> None:
    made = json.loads(ok("token", "create", "--role", "editor", "--days", "1", "--json"))
    assert made["role"] == "editor"
    ok("token", "revoke", made["id"])
    listed = json.loads(ok("token", "list", "--json"))
    assert listed[0]["id"] == made["id"]
    assert listed[0]["revoked_at"]
    assert "digest" not in listed[0]
    assert "editor" in ok("token", "list")
    assert run("token", "revoke", "nope").exit_code == 2
    assert run("token", "create", "--role", "king").exit_code == 2


def test_a_site_is_added_with_the_tag_for_its_pages() -> None:
    looks = ("--color", "#1a56db", "--position", "left", "--title", 'A&B "小店"')
    said = ok("site", "add", "--name", "商城", "--origin", "https://shop.example.com", *looks)
    (made,) = [each for each in json.loads(ok("site", "list", "--json")) if each["name"] == "商城"]
    assert f'data-site="{made["id"]}" data-color="#1a56db" data-position="left"' in said
    assert 'data-title="A&amp;B &quot;小店&quot;" defer></script>' in said
    first = json.loads(ok("site", "secret", made["id"], "--json"))
    again = json.loads(ok("site", "secret", made["id"], "--renew", "--json"))
    assert first != again
    refused = run("site", "change", made["id"], "--origin", "https://*.example.com")
    assert refused.exit_code != 0
    assert "https://*.example.com" in refused.output
    ok("site", "change", made["id"], "--no-origins")
    ok("site", "remove", made["id"])
    assert run("site", "remove", "000000000000").exit_code != 0


def test_people_are_added_and_locked_out() -> None:
    password = "correct horse battery\n"
    ok("user", "add", "lin", "--name", "林编辑", "--role", "editor", text=password)
    weak = run("user", "add", "wang", "--name", "王", "--role", "agent", text="short\n")
    assert weak.exit_code == 2
    assert "at least 10 characters" in weak.stderr
    taken = run("user", "add", "lin", "--name", "别人", "--role", "agent", text=password)
    assert (taken.exit_code, taken.stderr) == (2, "login: is taken, choose another\n")
    twin = run("user", "add", "lin2", "--name", "林编辑", "--role", "agent", text=password)
    assert (twin.exit_code, twin.stderr) == (2, "name: is taken, choose another\n")
    ok("user", "passwd", "lin", text="another horse battery\n")
    ok("user", "disable", "lin")
    listed = json.loads(ok("user", "list", "--json"))
    assert [(person["login"], bool(person["disabled_at"])) for person in listed] == [("lin", True)]
    assert "林编辑" in ok("user", "list")
    assert run("user", "disable", "nobody").exit_code == 2


def test_import_export_and_again(content: Path, tmp_path: Path) -> None:
    assert "1 new" in ok("import", str(content), "--dry-run")
    assert "1 new" in ok("import", str(content))
    report = json.loads(ok("import", str(content), "--json"))
    assert report["counts"]["unchanged"] == 1
    out = tmp_path / "out"
    assert "1 written" in ok("export", str(out))
    assert "1 unchanged" in ok("export", str(out))
    assert (out / "policy" / "return-7-days.r1.md").is_file()


def test_a_bad_file_is_named_and_fails_the_import(content: Path) -> None:
    (content / "bad.md").write_text("---\nid: x\n---\n", "utf-8")
    result = run("import", str(content))
    assert result.exit_code == 1
    assert "bad.md:" in result.stderr
    assert "1 new" in result.stdout
    assert run("import", str(content / "missing")).exit_code == 2


def test_freshness_fails_a_script_on_the_states_asked_for(content: Path) -> None:
    expired = GOOD.format(more="", text="").replace(
        "published_at", "effective_until: 2026-02-01\npublished_at"
    )
    ok("import", str(content))
    assert run("freshness", "--fail-on", "expired").exit_code == 0
    (content / "policy" / "old-promotion.r1.md").write_text(
        expired.replace("return-7-days", "old-promotion").replace(
            "effective_until: 2026-02-01\npublished_at: 2026-01-01",
            "effective_until: 2026-02-01\npublished_at: 2026-01-01",
        ),
        "utf-8",
    )
    ok("import", str(content))
    failed = run("freshness", "--fail-on", "expired,conflict", "--json")
    assert failed.exit_code == 1
    rows = json.loads(failed.stdout)
    assert [(row["entry_id"], row["state"]) for row in rows] == [("old-promotion", "expired")]
    assert "old-promotion" in ok("freshness")
    assert run("freshness", "--owner", "别的组", "--fail-on", "expired").exit_code == 0
    assert run("freshness", "--fail-on", "rotten").exit_code == 2


def test_freshness_tells_what_a_change_touches_and_composes_digests(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faq = GOOD.format(more="depends_on: [return-7-days]\n", text="")
    faq = faq.replace("id: return-7-days", "id: faq-return").replace("kind: policy", "kind: faq")
    (content / "policy" / "faq-return.r1.md").write_text(faq, "utf-8")
    ok("import", str(content))
    (touched,) = json.loads(ok("freshness", "--ripple", "return-7-days", "--json"))
    assert (touched["id"], touched["ties"], touched["marked"]) == ("faq-return", ["declared"], True)
    assert "faq-return  (declared)" in ok("freshness", "--ripple", "return-7-days")
    assert run("freshness", "--ripple", "nothing").exit_code == 2
    assert run("freshness", "--ripple", "return-7-days", "--revision", "9").exit_code == 2

    expired = GOOD.format(more="effective_until: 2026-02-01\n", text="")
    expired = expired.replace("id: return-7-days", "id: old-promotion")
    (content / "policy" / "old-promotion.r1.md").write_text(expired, "utf-8")
    ok("import", str(content))
    assert "退换货组有 1 条需要处理" in ok("freshness", "--digest", "--dry-run")
    (payload,) = json.loads(ok("freshness", "--digest", "--dry-run", "--json"))
    assert payload["tasks"][0]["entry_id"] == "old-promotion"
    assert run("freshness", "--digest").exit_code == 2, "nothing is set up to send by"
    monkeypatch.setenv("ZHIKE_WEBHOOK_URL", "http://127.0.0.1:1/x")
    monkeypatch.setenv("ZHIKE_WEBHOOK_SECRET", "s")
    failed = run("freshness", "--digest", "--json")
    assert failed.exit_code == 1
    assert "own network" in json.loads(failed.stdout)[0]["error"]


def test_check_finds_what_dangles(content: Path) -> None:
    assert run("check", str(content)).exit_code == 0
    (content / "products.yaml").write_text("products:\n  - id: mira-5\n", "utf-8")
    more = "products: [mira-9]\ndepends_on: [no-such-rule]\n"
    text = "\n\n见[甲](kb:nowhere)和[乙](kb:return-7-days#没有)。"
    (content / "policy" / "return-7-days.r1.md").write_text(
        GOOD.format(more=more, text=text).replace("owner: 退换货组\nproducts", "products"), "utf-8"
    )
    result = run("check", str(content), "--json")
    assert result.exit_code == 1
    problems = json.loads(result.stdout)["problems"]
    assert [p["field"] for p in problems if "front matter" not in p["message"]]
    text = " ".join(p["message"] for p in problems)
    for name in ("no-such-rule", "nowhere", "没有", "mira-9"):
        assert name in text


def test_import_learns_what_products_are_called(content: Path, settings: Settings) -> None:
    products = content / "products.yaml"
    products.write_text("products:\n  - {id: mira-5, name: 岚舍 Mira 5}\n", "utf-8")

    def known() -> dict[str, str]:
        with closing(sqlite3.connect(settings.data / "zhike.db")) as database:
            found = database.execute("SELECT value FROM kb_meta WHERE key = 'products'").fetchone()
        return dict(json.loads(found[0])) if found else {}

    ok("import", str(content), "--dry-run")
    assert known() == {}
    ok("import", str(content))
    assert known() == {"mira-5": "岚舍 Mira 5"}
    products.write_text("products: [", "utf-8")
    damaged = run("import", str(content), "--json")
    assert damaged.exit_code == 1
    assert "products.yaml: cannot be read" in damaged.stderr
    assert json.loads(damaged.stdout)["counts"]
    assert known() == {"mira-5": "岚舍 Mira 5"}


def test_check_finds_contradictions_but_not_those_listed_as_meant(content: Path) -> None:
    other = (
        GOOD.format(more="", text="").replace("return-7-days", "faq-return").replace("7 天", "9 天")
    )
    (content / "policy" / "faq-return.r1.md").write_text(other, "utf-8")
    (problem,) = json.loads(run("check", str(content), "--json").stdout)["problems"]
    assert problem["source"].endswith("faq-return.r1.md")
    assert "Disagrees with return-7-days" in problem["message"]
    ok("import", str(content))
    result = run("check")
    assert result.exit_code == 1
    assert "Disagrees" in result.stdout
    planted = content / "planted-faults.yaml"
    fault = "  - {entry: faq-return, state: conflict, refs: [return-7-days]}\n"
    planted.write_text(f"now: 2026-11-22\nfaults:\n{fault}", "utf-8")
    result = run("check", str(content))
    assert result.exit_code == 0
    assert "0 problems, 1 more listed as meant" in result.stderr
    planted.write_text(f"now: 2025-11-22\nfaults:\n{fault}", "utf-8")
    assert "meant" not in run("check", str(content)).stderr, "neither was in force then"
    planted.write_text("faults: 3\n", "utf-8")
    assert "cannot be read" in run("check", str(content)).stdout


def test_check_finds_nothing_in_the_demonstration_content_but_what_it_lists() -> None:
    result = run("check", str(Path(__file__).parents[2] / "content"), "--json")
    assert result.exit_code == 0, result.stdout
    assert json.loads(result.stdout)["meant"] == 4, "two contradictions, two broken links"


def test_check_and_import_read_the_same_files(content: Path) -> None:
    (content / "README.md").write_text("for authors, no entry", "utf-8")
    (content / "policy" / "latin.r1.md").write_bytes(b"---\nid: caf\xe9\n---\n")
    checked, imported = run("check", str(content)), run("import", str(content))
    assert (checked.exit_code, imported.exit_code) == (1, 1)
    (problem,) = (line for line in checked.stdout.splitlines() if line)
    assert problem.startswith(f"{content / 'policy' / 'latin.r1.md'}:2: ")
    assert problem in imported.stderr
    assert "2 revisions checked" in checked.stderr


def test_check_looks_at_the_database(content: Path, settings: Settings) -> None:
    ok("import", str(content))
    assert run("check").exit_code == 0
    with closing(sqlite3.connect(settings.data / "zhike.db")) as database, database:
        database.execute("DROP TRIGGER revision_fixed")  # as somebody with the file could
        database.execute("UPDATE revision SET content = replace(content, '7 天', '9 天')")
    result = run("check")
    assert result.exit_code == 1
    assert "return-7-days r1: the content does not match its hash" in result.stdout


def test_index_then_search_as_of_a_day(content: Path) -> None:
    ok("import", str(content))
    assert run("search", "退货规则").exit_code == 1, "no index, no answer"
    built = json.loads(ok("index", "--json"))
    assert (built["changed"], built["reused"]) == (True, 0)
    again = json.loads(ok("index", "--json"))
    assert (again["changed"], again["embedded"], again["generation"]) == (
        False, 0, built["generation"],
    )  # fmt: skip
    found = json.loads(ok("search", "退货规则", "--json"))
    assert [hit["entry_id"] for hit in found["hits"]] == ["return-7-days"]
    assert "退货规则  [return-7-days r1]" in ok("search", "退货规则")
    early = run("search", "退货规则", "--as-of", "2025-12-31", "--json")
    assert (early.exit_code, json.loads(early.stdout)["hits"]) == (1, [])
    assert run("search", "退货规则", "--as-of", "31.12.2025").exit_code == 2


def test_plugin_commands_are_listed_with_ours() -> None:
    overview = ok("--help")
    for name in (*COMMANDS, "evaluate", "bench"):
        assert f"\n  {name} " in overview


def test_backup_and_restore(content: Path, tmp_path: Path) -> None:
    ok("import", str(content))
    copy = tmp_path / "copy.db"
    ok("backup", str(copy))
    (content / "policy" / "other-rule.r1.md").write_text(
        GOOD.format(more="", text="").replace("return-7-days", "other-rule"), "utf-8"
    )
    ok("import", str(content))
    ok("restore", str(copy), "--yes")
    assert json.loads(ok("import", str(content), "--dry-run", "--json"))["counts"]["new"] == 1


def test_a_taken_port_is_said_plainly() -> None:
    taken = bind("127.0.0.1", 0)
    port = taken.getsockname()[1]
    taken.listen()
    with taken, pytest.raises(CannotServe, match=rf"127\.0\.0\.1:{port}.*--port"):
        bind("127.0.0.1", port)
    result_of_bad_host = "no-such-host.invalid"
    with pytest.raises(CannotServe, match="no-such-host"):
        bind(result_of_bad_host, 0)


def test_serve_ends_with_bad_input_when_the_port_is_taken() -> None:
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 2
    assert "cannot listen" in result.stderr


def test_bad_settings_are_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIKE_TZ", "Mars/Olympus")
    result = run("token", "list")
    assert result.exit_code == 2
    assert "Mars/Olympus" in result.stderr
