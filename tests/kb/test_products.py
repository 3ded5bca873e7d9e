"""Names of products: read from a folder of content, learned, and asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import InvalidInput
from kb.knowledge import KnowledgeBase
from kb.products import FILE, read_products


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / FILE


@pytest.mark.parametrize(
    "text",
    [
        "products:\n  - {id: mira-5, name: 岚舍 Mira 5, price: 1}\n  - {id: m6}\n  - {name: x}\n",
        "- {id: mira-5, name: ' 岚舍  Mira 5 '}\n- {id: m6, name: null}\n",
        "mira-5: {name: 岚舍 Mira 5}\nm6: {}\n",
        "products:\n  mira-5: 岚舍 Mira 5\n  m6:\n",
    ],
    ids=["list", "bare list", "mapping", "short mapping"],
)
def test_every_form_of_the_file_is_read(text: str, file: Path) -> None:
    file.write_text(text, "utf-8")
    assert read_products(file) == {"mira-5": "岚舍 Mira 5", "m6": ""}


@pytest.mark.parametrize(
    "text", ["", "just words", "42", "products: 3", "- &a {id: [*a], name: *a}"]
)
def test_a_file_without_products_names_none(text: str, file: Path) -> None:
    file.write_text(text, "utf-8")
    assert read_products(file) == {}


@pytest.mark.parametrize(
    "data",
    [
        b"products: [",
        b"\xff\xfe",
        b"!!python/object:os.system {}",
        b"[" * 50_000,
        b"&a {products: *a}",
        b"a" * (1024 * 1024 + 1),
        b"- {id: x, name: %s}" % (b"long" * 60),
        b'- {id: "a\\nb", name: x}',
        b'- {id: a, name: "\\u0007x"}',
        b"".join(b"- {id: p%d}\n" % number for number in range(5_001)),
        b"- {id: 2026-13-45, name: x}",
        b"- {id: 0x%s, name: x}" % (b"f" * 5_000),
        b"- {id: %s.5, name: x}" % b":".join([b"59"] * 200),
        b"- {id: !!bool perhaps, name: x}",
        b"- {id: !!timestamp soon, name: x}",
    ],
    ids=[
        "cut off",
        "no text",
        "object",
        "deep",
        "itself",
        "large",
        "long",
        "lines",
        "bell",
        "many",
        "no such day",
        "huge number",
        "endless time",
        "no truth value",
        "no moment",
    ],
)
def test_what_cannot_be_read_is_refused_by_name(data: bytes, file: Path) -> None:
    file.write_bytes(data)
    with pytest.raises(InvalidInput) as refused:
        read_products(file)
    assert refused.value.problems[0].source == FILE


def test_what_is_no_file_is_refused_by_name(file: Path) -> None:
    file.mkdir()
    with pytest.raises(InvalidInput, match=f"^{FILE}: cannot be read"):
        read_products(file)


def test_names_are_learned_once_and_stay(kb: KnowledgeBase) -> None:
    assert kb.product_names() == {}
    assert kb.name_products({"mira-5": "岚舍 Mira 5", "m6": ""}, "导入") == 1
    assert kb.name_products({"mira-5": "岚舍 Mira 5"}, "导入") == 0
    assert kb.name_products({"m6": "Mira 6", "mira-5": ""}, "导入") == 1
    assert kb.product_names() == {"mira-5": "岚舍 Mira 5", "m6": "Mira 6"}
    rows = [row for row in kb.audit() if row.action == "name_products"]
    assert [(row.actor, row.detail["products"]) for row in rows] == [
        ("导入", ["mira-5"]),
        ("导入", ["m6"]),
    ]
    assert kb.verify_audit().ok
