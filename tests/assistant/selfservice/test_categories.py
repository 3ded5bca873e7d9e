"""Under which words articles are listed."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.selfservice.categories import FILE, OTHER, load_categories
from assistant.selfservice.public_knowledge import ARTICLES
from kb.errors import InvalidInput
from kb.exchange import read_documents
from kb.model import Audience, Content, Kind

CONTENT = Path(__file__).parents[3] / "content"
SMALL = """
groups:
  - zh: 商店
    en: Shop
    categories:
      - {slug: returns, zh: 退货, en: Returns, words: [退货, return]}
      - {slug: phones, zh: 手机, en: Phones, words: [手机, phone, 5]}
other: {zh: 其他, en: Other}
"""


def content(title: str, *tags: str) -> Content:
    return Content(kind=Kind.FAQ, title=title, body="答案", tags=tags)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / FILE).write_text(SMALL, encoding="utf-8")
    return tmp_path


def slugs(folder: Path, given: Content) -> list[str]:
    return [category.slug for category in load_categories(folder).of(given)]


def test_every_article_of_the_demonstration_has_a_category_with_a_name() -> None:
    documents, failed = read_documents(CONTENT, ZoneInfo("Asia/Shanghai"))
    assert not failed
    public = [
        read.document
        for read in documents
        if read.document.kind in ARTICLES and read.document.content.audience is Audience.CUSTOMER
    ]
    assert len(public) > 100
    categories = load_categories()
    lost = [d.entry_id for d in public if categories.of(d.content) == (categories.other,)]
    assert lost == []
    crowded = [d.entry_id for d in public if len(categories.of(d.content)) > 4]
    assert crowded == []


def test_the_packaged_table_has_two_languages_and_addresses() -> None:
    categories = list(load_categories().all())
    assert categories[-1].slug == OTHER
    assert len({category.slug for category in categories}) == len(categories)
    for category in categories:
        assert category.name("zh-CN") != category.name("en-GB")


def test_tags_decide(small: Path) -> None:
    assert slugs(small, content("手机坏了", "退货")) == ["returns"]
    assert slugs(small, content("…", "手机", "退货", "别的")) == ["returns", "phones"]
    assert slugs(small, content("…", " Return ")) == ["returns"]
    assert slugs(small, content("…", "5")) == ["phones"]


def test_titles_count_where_no_tag_is_known(small: Path) -> None:
    assert slugs(small, content("手机坏了能退货吗", "别的")) == ["returns", "phones"]
    assert slugs(small, content("How are returns handled?")) == ["returns"]


@pytest.mark.parametrize("title", ["telephone bills", "returning", "15 days", "退 货"])
def test_latin_words_count_whole_only(small: Path, title: str) -> None:
    assert slugs(small, content(title)) == [OTHER]


def test_an_own_table_takes_the_place_of_the_packaged_one(small: Path) -> None:
    categories = load_categories(small)
    assert [category.slug for category in categories.all()] == ["returns", "phones", OTHER]
    found = categories.find("phones")
    assert found is not None
    assert (found.name("zh-CN"), found.name("en")) == ("手机", "Phones")
    assert categories.groups[0].name("en") == "Shop"
    assert categories.find("fridges") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (SMALL, "groups: [", "not YAML"),
        (SMALL, "- 1", "must be a mapping"),
        ("groups:", "group:", "unknown key"),
        ("slug: returns", "slug: Returns!", "lower-case letters"),
        ("slug: phones", "slug: returns", "stands more than once"),
        ("slug: phones", f"slug: {OTHER}", "stands more than once"),
        ("en: Returns, ", "", "must be a name"),
        ("words: [退货, return]", "words: 退货", "must be a list of words"),
        ("other: {zh: 其他, en: Other}", "", "must be a name"),
        ("    categories:", "    lists:", "must be a list"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(
    small: Path, old: str, new: str, message: str
) -> None:
    (small / FILE).write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidInput, match=message) as refused:
        load_categories(small)
    assert str(small / FILE) in str(refused.value)
