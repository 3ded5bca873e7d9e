"""The writing page as the server draws it, and the ids it offers."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient

from assistant.wiring import Services
from kb.clock import parse_local
from tests.assistant.conftest import RETURNS, published


def writing(client: FlaskClient, path: str) -> dict[str, Any]:
    """What the page hands to its script."""
    page = client.get(path)
    assert page.status_code == 200, path
    found = re.search(r"data-writing='([^']*)'", page.get_data(as_text=True))
    assert found
    data: dict[str, Any] = json.loads(html.unescape(found[1]))
    return data


def test_a_new_entry_begins_empty_or_with_what_the_address_says(
    stocked: Services, editor: FlaskClient
) -> None:
    empty = writing(editor, "/desk/entries/new")
    assert (empty["id"], empty["version"], empty["content"]["kind"]) == ("", 0, "")
    assert "退货" in empty["known"]["tags"]
    asked = writing(editor, "/desk/entries/new?kind=faq&title=换货要多久&x=1")
    assert asked["content"] == {"kind": "faq", "title": "换货要多久", "body": ""}
    assert writing(editor, "/desk/entries/new?kind=nonsense")["content"]["kind"] == ""


def test_an_entry_is_written_on_from_its_newest_standing_version(
    stocked: Services, editor: FlaskClient
) -> None:
    kb, zone = stocked.kb, stocked.settings.site_tz
    starts = parse_local("2031-05-01T08:00", zone)
    later = replace(RETURNS, title="退货规则新稿", effective_from=starts)
    kb.edit("return-7-days", later, "林编辑", kb.entry("return-7-days").version)
    taken_back = replace(RETURNS, title="不要的稿")
    number = (
        kb.edit("return-7-days", taken_back, "王编辑", kb.entry("return-7-days").version)
        .revisions[-1]
        .number
    )
    kb.withdraw("return-7-days", number, "王编辑")
    found = writing(editor, "/desk/entries/return-7-days/edit")
    assert found["content"]["title"] == "退货规则新稿"
    assert found["content"]["effective_from"] == "2031-05-01T08:00"
    assert found["content"]["effective_until"] == ""
    assert found["version"] == kb.entry("return-7-days").version
    assert found["base"] == found["latest"]["number"] == number - 1
    first = writing(editor, "/desk/entries/return-7-days/edit?revision=1")
    assert (first["base"], first["content"]["title"]) == (1, RETURNS.title)
    for wrong in ("x", "99", "-1", "1e9", "٣"):
        assert editor.get(f"/desk/entries/return-7-days/edit?revision={wrong}").status_code == 404
    assert editor.get("/desk/entries/no-such-entry/edit").status_code == 404


def test_hostile_titles_stay_text(services: Services, editor: FlaskClient) -> None:
    title = "'><script>alert(1)</script>\"&#39;"
    services.kb.create("hostile", replace(RETURNS, title=title), "林编辑")
    page = editor.get("/desk/entries/hostile/edit").get_data(as_text=True)
    assert "<script>alert" not in page
    assert writing(editor, "/desk/entries/hostile/edit")["content"]["title"] == title


def test_agents_do_not_write(stocked: Services, agent: FlaskClient) -> None:
    for path in ("/desk/entries/new", "/desk/entries/return-7-days/edit"):
        assert agent.get(path).status_code == 403
    page = agent.get("/entries/return-7-days").get_data(as_text=True)
    assert "/desk/entries/return-7-days/edit" not in page


def test_the_page_of_an_entry_leads_to_writing(stocked: Services, editor: FlaskClient) -> None:
    page = editor.get("/entries/return-7-days").get_data(as_text=True)
    assert 'href="/desk/entries/return-7-days/edit"' in page


def test_ids_are_offered_and_checked(stocked: Services, editor: FlaskClient) -> None:
    def ask(**query: str) -> Any:
        return editor.get("/api/v1/entry-ids", query_string=query).json

    assert ask(title="退货规则", kind="policy") == {
        "id": "tuihuo-guize",
        "valid": True,
        "free": True,
    }
    assert ask(title="return 7 days", kind="policy")["id"] == "return-7-days-2"
    assert ask(id="return-7-days") == {"id": "return-7-days", "valid": True, "free": False}
    assert ask(id="退货") == {"id": "退货", "valid": False, "free": False}
    assert ask(title="！！") == {"id": "", "valid": False, "free": False}
    assert editor.get("/api/v1/entry-ids?kind=x").status_code == 422


def test_products_are_shown_by_name_as_far_as_it_is_known(
    services: Services, editor: FlaskClient
) -> None:
    content = replace(RETURNS, products=("mira-5", "unheard-of"))
    published(services.kb, "return-7-days", content)
    services.kb.name_products({"mira-5": "岚舍 Mira 5<br>", "frost-452": "霜序 452"}, "导入")
    known = writing(editor, "/desk/entries/return-7-days/edit")["known"]
    assert known["products"] == ["mira-5", "unheard-of", "frost-452"]
    assert known["product_names"]["mira-5"] == "岚舍 Mira 5<br>"
    version = editor.get("/desk/entries/return-7-days/revisions/1").get_data(as_text=True)
    assert "岚舍 Mira 5&lt;br&gt;" in version and "unheard-of" in version
    assert "mira-5" not in version
    board = editor.get("/desk/freshness").get_data(as_text=True)
    assert '<option value="mira-5">岚舍 Mira 5&lt;br&gt;</option>' in board
    assert '<option value="unheard-of">unheard-of</option>' in board
