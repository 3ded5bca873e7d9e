from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from assistant.replies import Composer, Message, Part, SuggestRequest
from assistant.replies.language import length
from indexer.results import MAX_CONTEXT, MAX_QUERY
from kb.errors import InvalidInput
from kb.model import Audience, Channel, Kind
from tests.assistant.replies.conftest import Ask
from tests.assistant.replies.fakes import NOW, Library, ScriptedSearcher


def test_the_sentence_that_answers_is_chosen_with_its_evidence(ask: Ask) -> None:
    best = ask("退款到银行卡要几天").suggestions[0]
    assert "3–7 个工作日" in best.text
    fact = next(s for s in best.sentences if "银行卡" in s.text)
    assert fact.evidence[0].entry_id == "refund-timing"
    assert fact.evidence[0].quote == "使用银行卡付款的订单，退款在 3–7 个工作日到账，但节假日顺延。"


def test_text_is_the_sentences_in_order(ask: Ask) -> None:
    for channel in Channel:
        for suggestion in ask("怎么还没到，急死了", channel=channel).suggestions:
            place = 0
            for sentence in suggestion.sentences:
                place = suggestion.text.index(sentence.text, place) + len(sentence.text)


def test_parts_come_in_order(ask: Ask) -> None:
    best = ask("说好昨天到怎么还没到，急死了，赔不赔").suggestions[0]
    order = list(Part)
    places = [order.index(s.part) for s in best.sentences]
    assert places == sorted(places)
    assert {Part.EMPATHY, Part.COMPENSATION, Part.ACTION} <= {s.part for s in best.sentences}


def test_staff_text_is_never_suggested_even_when_it_fits_best(ask: Ask) -> None:
    audiences = frozenset(Audience)
    assert [s.entry_id for s in ask("晚了赔多少", audiences=audiences).suggestions] == [
        "shipping-delay"
    ]
    response = ask("投诉时限是多久", audiences=audiences)
    assert response.suggestions == ()
    assert response.search.hits[0].entry_id == "agent-grades"


def test_cases_are_shown_to_the_agent_but_not_sent(ask: Ask) -> None:
    response = ask("怎么还没到")
    assert "case-late" in {hit.entry_id for hit in response.search.hits}
    assert "case-late" not in {s.entry_id for s in response.suggestions}


def test_a_case_on_top_does_not_decide_whether_a_policy_answers(
    searcher: ScriptedSearcher, ask: Ask
) -> None:
    searcher.script = {"堵车": [("case-late", 0.99), ("shipping-delay", 0.55)]}
    assert ask("堵车晚到赔多少").suggestions[0].entry_id == "shipping-delay"
    searcher.script = {"堵车": [("case-late", 0.99), ("shipping-delay", 0.45)]}
    assert ask("堵车晚到赔多少").suggestions == ()


def test_a_scenario_table_is_complete_when_no_scenario_is_named(ask: Ask) -> None:
    text = ask("手机能用多久").suggestions[0].text
    assert "2 天" in text
    assert "4 小时" in text
    assert "8 小时" in text


def test_a_named_scenario_gives_its_row(ask: Ask) -> None:
    best = ask("手机打游戏能用多久").suggestions[0]
    assert best.text == "玩大型游戏——Mira 5（4 小时）；Mira 5 Pro（5 小时）。"


def test_a_how_to_gives_the_first_steps_in_order(ask: Ask) -> None:
    best = ask("没到的补偿怎么领取").suggestions[0]
    steps = [s.text for s in best.sentences if s.part is Part.ACTION]
    assert steps == ["打开 App 的“我的-订单”。", "点“延迟补偿”。"]


def test_an_exception_stays_with_its_rule(ask: Ask) -> None:
    best = ask("how many days do I have to return an order").suggestions[0]
    assert "within 14 days after delivery. However, activated phones cannot" in best.text


def test_the_telling_word_of_a_question_is_spoken_to(
    library: Library, searcher: ScriptedSearcher, ask: Ask
) -> None:
    library.add(
        "faq-back",
        "签收次日起 7 天内可以退。\n\n| 原因 | 运费 | 激活的手机 |\n| --- | --- | --- |\n"
        "| 不喜欢 | 自付 | 不收 |\n| 有故障 | 岚舍付 | 收 |\n",
        kind=Kind.FAQ,
        title="能退吗？",
    )
    searcher.script["激活"] = [("faq-back", 0.9)]
    assert "激活的手机：不收" in ask("激活了还能退吗").suggestions[0].text


def test_english_questions_get_english_entries_where_there_is_a_choice(ask: Ask) -> None:
    response = ask("I want to return my router", channel=Channel.EMAIL)
    assert [s.lang for s in response.suggestions] == ["en"]
    assert response.suggestions[0].text.startswith("Dear customer,")


def test_a_chinese_entry_serves_an_english_question_where_there_is_no_choice(
    library: Library, searcher: ScriptedSearcher, ask: Ask
) -> None:
    searcher.script["return"] = [("refund-timing", 0.75)]
    assert ask("how long until the return is paid").suggestions[0].lang == "zh"


def test_chat_is_short(library: Library, searcher: ScriptedSearcher, ask: Ask) -> None:
    rule = "第 {} 类商品退款需要客户在线提交资料并等待审核完成。\n"
    rules = "".join(rule.format(n) for n in range(1, 30))
    library.add("long", f"## 退货规则\n{rules}", title="资料审核")
    searcher.script["资料"] = [("long", 0.9)]
    text = ask("资料审核后怎么退款到账").suggestions[0].text
    assert length(text) <= 130


def test_email_has_greeting_and_closing(ask: Ask) -> None:
    slots = {"customer.name": "李女士"}
    text = ask("退款多久到账", channel=Channel.EMAIL, slots=slots).suggestions[0].text
    assert text.startswith("尊敬的李女士：\n\n")
    assert text.endswith("祝好！")
    unnamed = ask("退款多久到账", channel=Channel.EMAIL).suggestions[0]
    assert unnamed.text.startswith("尊敬的客户：")
    assert unnamed.slots_missing == ()


def test_phone_is_short_points(ask: Ask) -> None:
    lines = ask("退款多久到账", channel=Channel.PHONE).suggestions[0].text.splitlines()
    assert all(line.startswith("· ") for line in lines[1:])
    assert len(lines) <= 4


def test_several_questions_are_answered_in_one_reply(ask: Ask) -> None:
    best = ask("退款多久到账？手机打游戏能用多久？").suggestions[0]
    assert {e.entry_id for s in best.sentences for e in s.evidence} == {
        "refund-timing",
        "phone-battery",
    }
    assert best.confidence == 0.8


def test_a_weak_answer_does_not_lead(searcher: ScriptedSearcher, ask: Ask) -> None:
    searcher.script = {"手机": [("refund-timing", 0.51)], "没到": [("shipping-delay", 0.9)]}
    response = ask("手机能用多久？快递晚了没到怎么赔？")
    assert [s.entry_id for s in response.suggestions] == ["shipping-delay", "refund-timing"]
    confidences = [s.confidence for s in response.suggestions]
    assert confidences == sorted(confidences, reverse=True)


def test_the_surest_part_of_a_reply_leads(ask: Ask) -> None:
    best = ask("手机能用多久？退款什么时候到账？").suggestions[0]
    assert best.entry_id == best.sentences[0].evidence[0].entry_id == "refund-timing"


def test_the_whole_is_answered_where_it_finds_a_markedly_better_entry(
    searcher: ScriptedSearcher, ask: Ask
) -> None:
    searcher.script = {
        "能用多久": [("refund-timing", 0.52)],
        "能用多久？打游戏怎么样": [("phone-battery", 0.9)],
    }
    response = ask("能用多久？打游戏怎么样？")
    assert [s.entry_id for s in response.suggestions] == ["phone-battery"]
    assert response.unanswered == ()


def test_the_unanswered_question_is_named(ask: Ask) -> None:
    response = ask("退款多久到账？你们能帮忙遛狗吗？")
    assert response.suggestions[0].entry_id == "refund-timing"
    assert response.unanswered == ("你们能帮忙遛狗吗？",)


def test_a_follow_up_is_searched_with_what_was_said_before(
    ask: Ask, searcher: ScriptedSearcher
) -> None:
    response = ask("手机能用多久", ("agent", "看用法"), "那打游戏呢")
    assert response.suggestions[0].entry_id == "phone-battery"
    assert "玩大型游戏" in response.suggestions[0].text
    assert searcher.asked[0].context == ("手机能用多久",)
    assert response.search.context_used == ("手机能用多久",)


def test_somebody_elses_product_stays_so_in_a_follow_up(ask: Ask) -> None:
    assert ask("京东的退款多久到账", ("agent", "您好"), "那银联呢").suggestions == ()


def test_long_and_many_turns_are_cut_to_what_a_search_takes(
    ask: Ask, searcher: ScriptedSearcher
) -> None:
    contact = [part for _ in range(120) for part in ("退款" * 1500, ("agent", "好的"))]
    assert ask(*contact, "那多久到账").suggestions
    context = searcher.asked[0].context
    assert len(context) == MAX_CONTEXT
    assert {len(turn) for turn in context} == {MAX_QUERY}


def test_anger_does_not_hide_the_question(ask: Ask, searcher: ScriptedSearcher) -> None:
    searcher.script = {"没到": [("shipping-delay", 0.85)], "气死": [("shipping-delay", 0.2)]}
    response = ask("真是气死我了，怎么还没到啊")
    assert response.suggestions[0].entry_id == "shipping-delay"
    assert response.suggestions[0].sentences[0].part is Part.EMPATHY


def test_ask_back_when_several_are_near_but_none_sure(ask: Ask) -> None:
    response = ask("套餐怎么选")
    assert response.suggestions == ()
    assert response.clarify is not None
    assert [o.entry_id for o in response.clarify.options] == ["refund-timing", "phone-battery"]
    assert response.unanswered == ()
    assert not response.handover.needed


def test_abstain_when_only_one_is_near(ask: Ask) -> None:
    response = ask("流量怎么买")
    assert (response.suggestions, response.clarify) == ((), None)
    assert response.unanswered == ("流量怎么买",)


@pytest.mark.parametrize("text", ["你好", "谢谢！", "哈哈哈", "好的", "ok", "转人工"])
def test_small_talk_gets_no_entry(ask: Ask, searcher: ScriptedSearcher, text: str) -> None:
    searcher.script[text.strip("！")] = [("refund-timing", 0.99)]
    response = ask(text)
    assert (response.suggestions, response.clarify, response.unanswered) == ((), None, ())


def test_a_question_about_somebody_elses_product_is_not_answered(ask: Ask) -> None:
    response = ask("京东的退款多久到账")
    assert response.suggestions == ()
    assert response.clarify is None


def test_the_revision_must_hold_at_as_of(library: Library, ask: Ask) -> None:
    content = library.source("refund-timing", 1).content
    library.change("refund-timing", content=replace(content, effective_until=NOW))
    assert ask("退款多久到账").suggestions == ()


def test_suggestions_are_at_most_three_from_different_entries(
    library: Library, searcher: ScriptedSearcher, ask: Ask
) -> None:
    for number in range(5):
        library.add(
            f"faq-{number}", f"退款 {number + 1} 天到账。", kind=Kind.FAQ, title=f"退款 {number}?"
        )
    searcher.script["退款"] = [(f"faq-{n}", 0.9 - n / 100) for n in range(5)]
    found = ask("退款多久到账").suggestions
    assert [s.entry_id for s in found] == ["faq-0", "faq-1", "faq-2"]
    assert [s.confidence for s in found] == sorted((s.confidence for s in found), reverse=True)


def test_the_same_contact_gives_the_same_response(ask: Ask) -> None:
    assert ask("退款多久到账，急死了") == ask("退款多久到账，急死了")


def test_a_contact_without_a_customer_message_is_refused(composer: Composer) -> None:
    with pytest.raises(InvalidInput):
        composer.suggest(SuggestRequest((Message("agent", "您好"), Message("customer", " "))))


def test_a_moment_without_a_time_zone_is_refused(ask: Ask) -> None:
    with pytest.raises(InvalidInput):
        ask("退款多久到账", as_of=datetime(2026, 1, 1))
