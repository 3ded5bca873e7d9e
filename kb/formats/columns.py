"""The column forms of tables: which product's template a header row is, and what a column means.

Headers are compared without brackets and what stands in them, since templates put hints there
("相似问题(选填-多个用##分隔)"), and without regard to width, case and space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.formats.limits import MAX_COLUMNS
from kb.frontmatter_fields import KEYS

OWN = "zhike"
REASON_COLUMNS = {"zh-CN": ("工作表", "行号", "原因"), "en": ("sheet", "row", "reason")}

# Our own form in words of the desk. `body` goes on in "正文 2" where a cell cannot hold it.
LABELS = {
    "id": "编号", "kind": "类型", "revision": "版本", "status": "状态", "title": "标题",
    "lang": "语言", "audience": "读者", "effective_from": "生效时间", "effective_until": "失效时间",
    "created_at": "创建时间", "submitted_at": "提交时间", "approved_at": "审核时间",
    "published_at": "发布时间", "withdrawn_at": "撤回时间", "author": "作者",
    "approved_by": "审核人", "owner": "负责人", "reviewer": "复核人",
    "review_every": "复核间隔天数", "reviewed_at": "上次复核时间",
    "reviewed_by": "上次复核人", "risk": "风险等级",
    "products": "产品", "channels": "渠道", "tags": "标签", "questions": "相似问法",
    "counter": "反例问法", "depends_on": "依据条目", "supersedes": "替代条目",
    "short_code": "快捷码", "slots": "变量", "body": "正文",
}  # fmt: skip
_FURTHER_BODY = re.compile(r"(?:body|正文)(\d{1,3})")
_HINT = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")


@dataclass(frozen=True, slots=True)
class Form:
    """A known template: what its headers mean, and which fields a table must have to be one.

    `goes_on` names a list that may go on in further columns without a header.
    """

    name: str
    headers: Mapping[str, str]
    required: frozenset[str]
    goes_on: str = ""


def _form(name: str, required: str, goes_on: str = "", **headers: str) -> Form:
    found = {key(header): field for field, names in headers.items() for header in names.split("|")}
    return Form(name, found, frozenset(required.split()), goes_on)


def key(header: str) -> str:
    """A header as it is compared: no hints in brackets, no space, one width, one case."""
    text = unicodedata.normalize("NFKC", header).casefold()
    return "".join(_HINT.sub("", text).replace("*", "").split())


_OWN_FORM = Form(
    OWN,
    {key(name): field for field in (*KEYS, "body") for name in (field, LABELS[field])},
    frozenset(("id", "kind", "title", "body")),
)
FORMS = (
    _OWN_FORM,
    _form(
        "weknora", "question answers",
        question="问题|标准问题|standard_question", answers="机器人回答|answers",
        similar="相似问题|similar_questions", counter="反例问题|negative_questions",
        category="分类|标签|tag_name", disabled="是否停用|is_disabled",
    ),
    _form(
        "maxkb", "content",
        title="分段标题|段落标题|paragraph title|segment title",
        content="分段内容|段落内容|paragraph content|segment content",
        questions="问题|关联问题|question|questions",
    ),
    _form("fastgpt", "q a", "indexes", q="q", a="a", indexes="indexes|index"),
    _form(
        "dify", "question answer",
        question="question|问题|标准问题|标准问", answer="answer|答案|回答|标准答案",
        similar="similar_questions|similar questions|相似问题|相似问|相似问法|扩展问",
        category="category|分类|类别",
    ),
)  # fmt: skip
BY_NAME = {form.name: form for form in FORMS}


def recognised(cells: Sequence[str]) -> Form | None:
    """The form whose header row these cells are; the first that fits."""
    keys = {key(cell) for cell in cells if cell.strip()}
    for form in FORMS:
        if form.required <= {form.headers[name] for name in keys if name in form.headers}:
            return form
    return None


def places(form: Form, columns: Sequence[str]) -> dict[str, list[int]]:
    """Field → numbers of the columns that hold it, in order, from 0.

    Our own body and the indexes of FastGPT may go over several columns; of every other field the
    first column counts.
    """
    found: dict[str, list[int]] = {}
    for place, header in enumerate(columns):
        name = key(header)
        field = form.headers.get(name, "")
        if form.name == OWN and _FURTHER_BODY.fullmatch(name):
            found.setdefault("body", []).append(place)
        elif not name and form.goes_on in found:
            found[form.goes_on].append(place)
        elif field and field not in found:
            found[field] = [place]
    if form.goes_on in found:
        found[form.goes_on] += range(len(columns), MAX_COLUMNS)
    return found


def meanings(form: Form, columns: Sequence[str]) -> list[str]:
    """The field that each of the columns is read as; empty for one that is not looked at."""
    found = [""] * len(columns)
    for field, where in places(form, columns).items():
        for place in where:
            if place < len(found):
                found[place] = field
    return found


def known_forms() -> str:
    """The forms by the headers they need, for a message."""
    return "; ".join(" + ".join(_needed(form)) for form in FORMS)


def _needed(form: Form) -> list[str]:
    """One header for each field that the form must have."""
    first: dict[str, str] = {}
    for header, field in form.headers.items():
        if field in form.required:
            first.setdefault(field, header)
    return list(first.values())
