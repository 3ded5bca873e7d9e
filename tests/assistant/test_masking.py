"""Personal data never survives masking; what only looks like it does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.insights.masking import is_card_number, is_identity_number, mask


@pytest.mark.parametrize(
    ("raw", "masked"),
    [
        ("我电话13812345678,快点", "我电话[手机号],快点"),
        ("打 +86 138-1234-5678 找我", "打 [手机号] 找我"),
        ("手机 138 1234 5678", "手机 [手机号]"),
        ("身份证11010519491231002X", "身份证[身份证号]"),
        ("身份证 11010519491231002x。", "身份证 [身份证号]。"),
        ("卡号 6222 0212 3456 7894 退款", "卡号 [银行卡号] 退款"),
        ("卡 4111-1111-1111-1111", "卡 [银行卡号]"),
        ("发到 li.na+kf@mail.example.com 吧", "发到 [邮箱] 吧"),
        ("订单号:2025110612345678 还没到", "订单号:[订单号] 还没到"),
        ("订单LS20251106123456怎么退", "订单[订单号]怎么退"),
        ("LS-202511061234 没发货", "[订单号] 没发货"),
        ("order no. AB12345678 is late", "order no. [订单号] is late"),
        ("单号 202511061234567890123", "单号 [订单号]"),
        ("我的 202511061234567890 呢", "我的 [订单号] 呢"),
        ("13812345678 6222021234567894", "[手机号] [银行卡号]"),
        ("tel13812345678", "tel[手机号]"),
        ("快递单号是 SF1234567890", "快递单号是 [订单号]"),
    ],
)
def test_personal_data_is_replaced(raw: str, masked: str) -> None:
    assert mask(raw) == masked


@pytest.mark.parametrize(
    "text",
    [
        "KFR-35GW/LS1 空调 2,799 元",
        "满 3000 元赠空气炸锅,2025-11-06T12:00 起",
        "热线 400-000-5166",
        "2025年11月11日买的,15天了",
        "电池 5200 mAh,6000 Pa",
        "订单金额 1299 元",
        "Mira 5 Pro 16+512 GB",
        "版本 1234567890123",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == text


def test_an_identity_number_needs_its_check_digit() -> None:
    assert is_identity_number("11010519491231002X")
    assert not is_identity_number("110105194912310021")


def test_a_card_number_needs_luhn() -> None:
    assert is_card_number("4111111111111111")
    assert not is_card_number("4111111111111112")


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.sampled_from("电话是,: 我"))
def test_no_mobile_number_survives(number: str, before: str) -> None:
    assert number not in mask(f"{before}{number}。")
