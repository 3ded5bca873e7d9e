from __future__ import annotations

from indexer.chunking import MAX_SIZE, chunks
from kb.model import Channel, Kind
from kb.sections import plain_text
from tests.indexer.fakes import revision


def test_each_way_of_asking_is_a_piece() -> None:
    made = revision("a-b", title="标准问", questions=("问一", "问二"), counter=("不答",),
                    tags=("退货",), products=("mira-5",), short_code="bzw")  # fmt: skip
    found = [(piece.field, piece.quote) for piece in chunks(made)]
    assert found[:7] == [
        ("title", "标准问"),
        ("question", "问一"),
        ("question", "问二"),
        ("counter", "不答"),
        ("tags", "退货 mira-5"),
        ("code", "a-b"),
        ("code", "bzw"),
    ]


def test_sections_carry_heading_and_context_but_quote_verbatim() -> None:
    made = revision("a-b", title="退货规则", body="## 例外\n\n**定制**商品不退。\n")
    piece = chunks(made)[-1]
    assert (piece.field, piece.heading, piece.quote) == ("section", "例外", "定制商品不退。")
    assert piece.text == "退货规则 › 例外\n定制商品不退。"
    assert piece.anchor


def test_cases_and_replies_have_their_own_fields() -> None:
    case = revision("c", kind=Kind.CASE, body="## 场景\n\n一\n\n## 政策依据\n\n二\n")
    assert [p.field for p in chunks(case)[2:]] == ["scene", "policy_basis"]
    reply = revision("r", kind=Kind.REPLY, body="## chat\n\n一\n\n## phone\n\n二\n")
    assert [(p.field, p.channels) for p in chunks(reply)[2:]] == [
        ("reply", (Channel.CHAT, Channel.APP)),
        ("reply", (Channel.PHONE,)),
    ]


def test_long_tables_repeat_their_header_in_the_text_only() -> None:
    rows = [f"| 故障 {n} | {'说明很长' * 12} |" for n in range(12)]
    body = (
        "## 表\n\n前言。\n\n" + "\n".join(["| 代码 | 含义 |", "|---|---|", *rows]) + "\n\n后记。\n"
    )
    pieces = chunks(revision("t", title="代码表", body=body))[2:]
    assert len(pieces) > 2
    plain = plain_text(body.removeprefix("## 表\n\n"))
    for piece in pieces:
        assert piece.quote in plain
    assert pieces[0].text.count("代码 | 含义") == 1
    assert all("\n代码 | 含义\n" in piece.text for piece in pieces[1:] if "故障" in piece.quote)
    assert "代码 | 含义" not in pieces[1].quote
    assert not pieces[-1].quote.startswith("代码")


def test_long_sections_are_cut_at_sentence_ends() -> None:
    sentences = [f"第{n}条规则说明商品在什么情况下可以退货以及由谁承担运费。" for n in range(40)]
    body = "".join(sentences)
    pieces = [p for p in chunks(revision("l", body=body)) if p.field == "section"]
    assert "".join(p.quote for p in pieces) == body
    assert all(p.quote.endswith("。") and len(p.quote) <= MAX_SIZE * 1.2 for p in pieces)


def test_one_endless_word_is_cut_all_the_same() -> None:
    pieces = [p for p in chunks(revision("w", body="长" * 5000)) if p.field == "section"]
    assert max(len(p.quote) for p in pieces) <= MAX_SIZE * 1.5
    assert sum(len(p.quote) for p in pieces) == 5000


def test_equal_texts_have_equal_hashes() -> None:
    one, two = (
        chunks(revision("a", questions=("同问",))),
        chunks(revision("b", questions=("同问",))),
    )
    assert one[1].content_hash == two[1].content_hash
    assert one[0].content_hash != one[1].content_hash
