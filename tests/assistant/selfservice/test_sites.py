"""Sites: what may be said of one, the built-in one, its secrets, and the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assistant.cli import main
from assistant.selfservice.model import HELP_SITE, Position, Site
from assistant.selfservice.selfservice import SelfService
from assistant.selfservice.sites import MAX_ORIGINS, SiteChanges, Sites
from kb.errors import InvalidInput, NotFound
from kb.settings import Settings
from tests.assistant.conftest import NOW, TZ, FakeClock

SHOP = "https://shop.example.com"


def test_a_site_comes_back_as_it_was_added(selfservice: SelfService) -> None:
    given = SiteChanges(
        name=" 官网商城 ",
        origins=("HTTPS://Shop.Example.com:443/", "http://localhost:9000", SHOP),
        title="在线客服",
        color="#1A56DB",
        position=Position.LEFT,
        hours="Mon-Fri 09:00-21:00",
        webhook_url="https://crm.example.com/zhike?x=1",
    )
    added = selfservice.sites.add(given)
    assert added == selfservice.sites.get(added.id)
    assert len(added.id) == 12
    assert added.name == "官网商城"
    assert added.origins == (SHOP, "http://localhost:9000")
    assert (added.color, added.position, added.created_at) == ("#1a56db", Position.LEFT, NOW)
    assert selfservice.sites.origins() == set(added.origins)


def test_a_site_without_origins_admits_nobody(selfservice: SelfService) -> None:
    added = selfservice.sites.add(SiteChanges(name="新站点"))
    assert added.origins == ()
    assert selfservice.sites.origins() == frozenset()


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": "  "}),
        ("name", {"name": "a\nb"}),
        ("name", {"name": "a\x00b"}),
        ("name", {"name": "长" * 81}),
        ("title", {"title": "a\u2028b"}),
        ("title", {"title": "\ud800"}),
        ("color", {"color": "red"}),
        ("color", {"color": "#12345"}),
        ("color", {"color": "#1a56db;background:url(//x)"}),
        ("hours", {"hours": "9-5"}),
        ("webhook", {"webhook_url": "ftp://crm.example.com"}),
        ("webhook", {"webhook_url": "https://user:pass@crm.example.com"}),
        ("webhook", {"webhook_url": "https://crm.example.com:99999/"}),
        ("webhook", {"webhook_url": "https://crm.example.com/\r\nHost: x"}),
        ("webhook", {"webhook_url": "https://"}),
        ("webhook", {"webhook_url": "https://crm..example.com/"}),
        ("webhook", {"webhook_url": f"https://{'x' * 64}.example.com/"}),
        *(
            ("origins", {"origins": (origin,)})
            for origin in (
                "*",
                "https://*.example.com",
                "null",
                "shop.example.com",
                "https://shop.example.com/path",
                "https://shop.example.com; script-src *",
                "https://shop.example.com 'self'",
                "https://shop.example.com:99999",
                "https://u@shop.example.com",
                "file:///",
                "javascript:alert(1)",
                "",
            )
        ),
        (
            "origins",
            {"origins": tuple(f"https://s{n}.example.com" for n in range(MAX_ORIGINS + 1))},
        ),
    ],
)
def test_what_is_not_in_its_form_is_refused(
    selfservice: SelfService, shop: Site, field: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        selfservice.sites.change(shop.id, SiteChanges(**changes))
    assert [problem.field for problem in refused.value.problems] == [field]
    assert selfservice.sites.get(shop.id) == shop, "nothing of it was kept"


def test_a_change_leaves_the_rest_as_it_is(selfservice: SelfService, shop: Site) -> None:
    changed = selfservice.sites.change(shop.id, SiteChanges(title="在线客服"))
    assert changed.title == "在线客服"
    assert changed.origins == shop.origins
    emptied = selfservice.sites.change(shop.id, SiteChanges(title="", origins=()))
    assert (emptied.title, emptied.origins, emptied.name) == ("", (), shop.name)


def test_a_removed_site_is_out_of_use_at_once(selfservice: SelfService, shop: Site) -> None:
    _visit, token, _until = selfservice.sessions.begin(shop)
    selfservice.sites.remove(shop.id)
    assert selfservice.sessions.principal(token) is None
    assert selfservice.sites.origins() == frozenset()
    with pytest.raises(NotFound):
        selfservice.sites.get(shop.id)
    with pytest.raises(NotFound):
        selfservice.sites.change(shop.id, SiteChanges(name="again"))
    with pytest.raises(NotFound):
        selfservice.sites.remove(shop.id)
    with pytest.raises(NotFound):
        selfservice.sites.renew_secret(shop.id)
    assert [site.disabled_at for site in selfservice.sites.all()] == [None, NOW]


def test_the_help_centres_own_site_is_always_there(selfservice: SelfService) -> None:
    own = selfservice.sites.get(HELP_SITE)
    assert own.origins == ()
    assert selfservice.sites.all() == (own,)
    changed = selfservice.sites.change(HELP_SITE, SiteChanges(hours="never"))
    assert selfservice.sites.all() == (changed,)
    assert selfservice.sites.get(HELP_SITE).hours == "never"
    with pytest.raises(InvalidInput):
        selfservice.sites.change(HELP_SITE, SiteChanges(origins=(SHOP,)))
    with pytest.raises(InvalidInput):
        selfservice.sites.remove(HELP_SITE)


def test_secrets_differ_by_purpose_site_version_and_key(
    selfservice: SelfService, shop: Site, settings: Settings, clock: FakeClock, engine: Any
) -> None:
    other = selfservice.sites.add(SiteChanges(name="App"))
    renewed = selfservice.sites.renew_secret(shop.id)
    elsewhere = Sites(engine, clock, TZ, b"another key")
    secrets = [
        sites.secret(site)
        for sites in (selfservice.sites, elsewhere)
        for site in (shop, renewed, other)
    ]
    secrets += [selfservice.sites.webhook_secret(site) for site in (shop, renewed, other)]
    assert len(set(secrets)) == len(secrets)
    assert all(len(secret) == 64 for secret in secrets)
    assert selfservice.sites.secret(selfservice.sites.get(shop.id)) == secrets[1]


def run(folder: Path, *args: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["site", *args], env={"ZHIKE_DATA": str(folder)})
    return result.exit_code, result.output


def test_the_commands(tmp_path: Path) -> None:
    code, said = run(tmp_path, "add", "--name", "官网商城", "--origin", SHOP, "--json")
    assert code == 0
    made = json.loads(said)
    assert made["origins"] == [SHOP]
    assert "identity_version" not in made
    code, said = run(tmp_path, "list")
    assert code == 0
    assert "帮助中心" in said
    assert f"{made['id']}  官网商城  {SHOP}" in said
    before = json.loads(run(tmp_path, "secret", made["id"], "--json")[1])
    assert before["identity"] != before["webhook"]
    after = json.loads(run(tmp_path, "secret", made["id"], "--renew", "--json")[1])
    assert {before["identity"], before["webhook"]}.isdisjoint(after.values())
    assert json.loads(run(tmp_path, "secret", made["id"], "--json")[1]) == after
    for position in Position:
        assert run(tmp_path, "change", made["id"], "--position", position.value)[0] == 0
        assert json.loads(run(tmp_path, "list", "--json")[1])[1]["position"] == position
    assert run(tmp_path, "change", made["id"], "--hours", "Mon-Fri 09:00-18:00")[0] == 0
    kept = json.loads(run(tmp_path, "list", "--json")[1])[1]
    assert (kept["hours"], kept["origins"]) == ("Mon-Fri 09:00-18:00", [SHOP])
    assert run(tmp_path, "change", made["id"], "--origin", SHOP, "--no-origins")[0] == 2
    assert run(tmp_path, "change", made["id"], "--no-origins")[0] == 0
    assert json.loads(run(tmp_path, "list", "--json")[1])[1]["origins"] == []
    assert run(tmp_path, "remove", made["id"])[0] == 0
    assert run(tmp_path, "remove", made["id"])[0] == 2
    assert run(tmp_path, "add", "--name", "x", "--origin", "*")[0] == 2


@pytest.mark.parametrize("command", [["token", "create"], ["user", "add", "guest", "--name", "客"]])
def test_commands_offer_roles_of_staff_alone(tmp_path: Path, command: list[str]) -> None:
    result = CliRunner().invoke(
        main, [*command, "--role", "customer"], env={"ZHIKE_DATA": str(tmp_path)}
    )
    assert result.exit_code == 2
    assert "customer" in result.output
