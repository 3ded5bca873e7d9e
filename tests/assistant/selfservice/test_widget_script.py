"""The widget's one script: how it is joined, what it may hold, and how it and its frame are sent."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import assistant.web
from assistant.selfservice.sites import SiteChanges
from assistant.web import i18n, widget_script
from assistant.web.widget_script import ModuleError, joined_order
from assistant.wiring import Services

WEB = Path(assistant.web.__file__).parent
MODULES = WEB / "static" / "widget"
MOST = 40 * 1024
# Ways in which text becomes markup or code; the widget builds elements instead. Under a page's
# Trusted Types most of them would throw.
NEVER = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|setHTML|createContextualFragment|srcdoc"


@pytest.fixture(scope="module")
def script() -> str:
    return widget_script.build(MODULES).plain.decode()


def test_it_is_small() -> None:
    built = widget_script.build(MODULES)
    assert gzip.decompress(built.packed) == built.plain
    assert len(built.packed) <= MOST


def test_it_never_makes_markup_or_code_of_text(script: str) -> None:
    assert re.findall(NEVER, script) == []
    assert re.findall(NEVER, script + "x.innerHTML = y") == ["innerHTML"]  # it would be found


def test_it_holds_its_own_texts_and_no_others(script: str) -> None:
    found = re.search(r"^const TEXTS = (.*);$", script, re.MULTILINE)
    assert found
    texts = json.loads(found[1].replace("<\\/", "</"))
    assert set(texts) == set(i18n.LANGUAGES)
    for lang in i18n.LANGUAGES:
        assert texts[lang]
        assert all(key.startswith("widget.") for key in texts[lang])


def test_every_text_of_the_widget_is_used() -> None:
    sources = [*MODULES.glob("*.js"), WEB / "templates" / "widget_frame.html"]
    written = "\n".join(path.read_text("utf-8") for path in sources)
    own = [key for key in i18n.texts_for("en").texts if key.startswith("widget.")]
    assert [key for key in own if f'"{key}"' not in written] == []


def test_no_module_is_left_out() -> None:
    sources = {path.name: path.read_text("utf-8") for path in MODULES.glob("*.js")}
    assert sorted(joined_order(sources)) == sorted(sources)


def test_modules_come_after_what_they_import() -> None:
    sources = {
        "main.js": 'import { b } from "./b.js";\nimport { a } from "./a.js";\nb(a);\n',
        "a.js": 'import { b } from "./b.js";\nexport const a = b;\n',
        "b.js": "export function b() {}\n",
    }
    assert joined_order(sources) == ["b.js", "a.js", "main.js"]


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        ({"main.js": 'import { a } from "./a.js";\nconst x = 1;\n', "a.js": "export const a = 1;\nconst x = 2;\n"}, "both declare x"),
        ({"main.js": "const TEXTS = 1;\n"}, "both declare TEXTS"),
        ({"main.js": 'import { a } from "./a.js";\n', "a.js": 'import { b } from "./main.js";\nexport const a = 1;\n'}, "in a circle"),
        ({"main.js": 'import { a } from "./a.js";\n'}, "there is no a.js"),
        ({"main.js": 'import { a } from "./a.js";\n', "a.js": "const a = 1;\n"}, "does not export a"),
        ({"main.js": 'import * as a from "./a.js";\n', "a.js": "export const a = 1;\n"}, "form of import"),
        ({"main.js": "export default 1;\n"}, "form of export"),
        ({"main.js": "const a = `one\ntwo`;\n"}, "several lines"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_joined_is_refused(sources: dict[str, str], told: str) -> None:
    with pytest.raises(ModuleError, match=told):
        joined_order(sources)


def test_comments_and_module_words_stay_behind(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text(
        "/** What it does.\n * More. */\nexport async function a() {\n  // Why.\n  return `${1}//2`;\n}\n"
    )
    (tmp_path / "main.js").write_text('import { a } from "./a.js";\na();\n')
    (tmp_path / "a.css").write_text("/* why */ .a {\n  color: red;\n}\n")
    script = widget_script.build(tmp_path).plain.decode()
    assert "async function a() {\nreturn `${1}//2`;\n}\na();\n})();" in script
    assert 'const STYLES = ".a { color: red; }";' in script


def test_any_page_may_load_it_and_browsers_keep_it(anonymous: FlaskClient) -> None:
    plain = anonymous.get("/widget.js")
    assert plain.status_code == 200
    assert plain.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert plain.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert plain.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in plain.headers

    packed = anonymous.get("/widget.js", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]

    again = anonymous.get("/widget.js", headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def ancestors(client: FlaskClient, site: str) -> str:
    answer = client.get(f"/widget/frame?site={site}")
    assert answer.status_code == 200
    assert "X-Frame-Options" not in answer.headers
    found = re.search(r"frame-ancestors ([^;]+)", answer.headers["Content-Security-Policy"])
    assert found
    return found[1]


def test_the_frame_stands_on_pages_of_its_site_alone(
    services: Services, anonymous: FlaskClient
) -> None:
    sites = services.selfservice.sites
    origins = ("https://shop.example", "http://127.0.0.1:9")
    shop = sites.add(SiteChanges(name="shop", origins=origins))
    bare = sites.add(SiteChanges(name="bare"))
    assert ancestors(anonymous, shop.id) == "https://shop.example http://127.0.0.1:9"
    assert ancestors(anonymous, bare.id) == "'none'"
    assert ancestors(anonymous, "help") == "'self'"
    sites.remove(shop.id)
    for site in (shop.id, "0" * 12, "", "%27%3E"):
        assert anonymous.get(f"/widget/frame?site={site}").status_code == 404


def test_the_frame_hands_on_what_it_is_asked_for(anonymous: FlaskClient) -> None:
    asked = "/widget/frame?site=help&lang=en&theme=dark&question=%22%3E%3Cscript%3Ex()"
    page = anonymous.get(asked).get_data(as_text=True)
    assert 'lang="en" data-theme="dark"' in page
    assert 'data-question="&#34;&gt;&lt;script&gt;x()"' in page
    assert 'data-theme="' not in anonymous.get("/widget/frame?site=help&theme=x").text
