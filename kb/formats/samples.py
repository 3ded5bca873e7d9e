"""Sample files to fill in: what our own columns and the short table of questions look like."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from kb.document import Document
from kb.formats.exporting import document_rows
from kb.frontmatter import parse

_ZH = (
    """---
id: sample-faq-return-fee
kind: faq
title: 七天无理由退货，运费谁出？
audience: customer
owner: 售后组
review_every: 180
tags: [退货, 运费]
questions:
  - 退货要自己付邮费吗
  - 不想要了退回去谁出快递费
counter:
  - 收到坏的，退货运费怎么算
---

不是质量问题的退货，寄回的运费由买家承担；有运费险的，到账后自动抵扣。
""",
    """---
id: sample-guide-filter
kind: guide
title: 净水器换滤芯的步骤
audience: customer
effective_from: 2026-01-01
owner: 安装维修组
reviewer: 何审核
review_every: 90
products: [sample-model]
channels: [chat, phone]
tags: [净水器, 滤芯]
---

## 换之前

关掉进水阀，按住出水键放掉余压。

## 怎么换

1. 逆时针拧下旧滤芯。
2. 新滤芯对准卡口，顺时针拧紧。
3. 打开进水阀，冲洗 5 分钟。

| 滤芯 | 多久换一次 |
| --- | --- |
| PP 棉 | 6 个月 |
| RO 膜 | 24 个月 |
""",
    """---
id: sample-reply-wait
kind: reply
title: 查询订单时请客户稍等
audience: agent
owner: 客服一组
short_code: shaodeng
slots:
  - {name: customer.name, label: 客户称呼}
  - {name: order.no, label: 订单号}
---

## chat

{{customer.name}}您好，我正在为您查询订单 {{order.no}}，请稍等一分钟。
""",
)
_EN = (
    """---
id: sample-faq-return-fee
kind: faq
title: Who pays for sending a return back?
lang: en
audience: customer
owner: Returns
review_every: 180
tags: [returns, shipping]
questions:
  - Do I have to pay return postage
  - I changed my mind, who pays the courier
counter:
  - It arrived broken, who pays for the return
---

For a return without a fault the buyer pays the postage; return insurance is deducted at once.
""",
    """---
id: sample-guide-filter
kind: guide
title: Changing the filter of a water purifier
lang: en
audience: customer
effective_from: 2026-01-01
owner: Repairs
reviewer: Ho
review_every: 90
products: [sample-model]
channels: [chat, phone]
tags: [water purifier, filter]
---

## Before

Close the inlet valve and hold the tap open until no water comes.

## Changing it

1. Turn the old filter anticlockwise and take it out.
2. Set the new filter in and turn it clockwise.
3. Open the valve and rinse for 5 minutes.

| Filter | Change every |
| --- | --- |
| PP cotton | 6 months |
| RO membrane | 24 months |
""",
    """---
id: sample-reply-wait
kind: reply
title: Asking the customer to wait
lang: en
audience: agent
owner: Team one
short_code: hold
slots:
  - {name: customer.name, label: Customer}
  - {name: order.no, label: Order}
---

## chat

Hello {{customer.name}}, I am looking up order {{order.no}}. One minute, please.
""",
)
_QUESTIONS = {
    "zh-CN": (
        ("问题", "答案", "相似问题", "分类"),
        ("怎么开发票？", "在“我的订单”里点“申请开票”，当天开出。",
         "发票在哪里开\n能补开发票吗", "发票"),
        ("多久能发货？", "现货 48 小时内发出。", "什么时候发货", "物流"),
    ),
    "en": (
        ("question", "answer", "similar questions", "category"),
        ("How do I get an invoice?", "In “My orders”, choose “Invoice”; it comes the same day.",
         "Where are invoices\nCan I get one later", "invoices"),
        ("When do you ship?", "What is in stock leaves within 48 hours.",
         "Shipping time", "shipping"),
    ),
}  # fmt: skip


def sample_texts(lang: str) -> list[tuple[str, str]]:
    """Markdown files with front matter: name and text of each."""
    texts = _EN if lang == "en" else _ZH
    documents = [(parse(text, "", ZoneInfo("UTC")), text) for text in texts]
    return [(f"{document.kind}/{document.entry_id}.md", text) for document, text in documents]


def sample_rows(lang: str, tz: ZoneInfo) -> Iterator[list[str]]:
    """The same entries under our own columns, as an export writes them."""
    return document_rows(_documents(lang, tz), tz, lang)


def question_rows(lang: str) -> list[list[str]]:
    """A short table: question, answer, further ways to ask, category."""
    return [list(row) for row in _QUESTIONS["en" if lang == "en" else "zh-CN"]]


def _documents(lang: str, tz: ZoneInfo) -> list[Document]:
    return [parse(text, name, tz) for name, text in sample_texts(lang)]
