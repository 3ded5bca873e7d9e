import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import numerals
from kb.quantities import quantities
from kb.refigure import han, rewritten


@pytest.mark.parametrize(
    ("sentence", "old", "new", "expected"),
    [
        ("签收七天内退。", "7 天", "15 天", "签收十五天内退。"),
        ("签收7日内", "7 天", "15 天", "签收15日内"),
        ("168 小时内", "7 天", "15 天", "360 小时内"),
        ("一周内", "7 天", "15 天", "十五天内"),
        ("within seven days", "7 days", "15 days", "within fifteen days"),
        ("within 1 day of", "1 day", "2 days", "within 2 days of"),
        ("within 2 days of", "2 days", "1 day", "within 1 day of"),
        ("满 3,000 元送，满 3,000 元减", "3,000 元", "4,000 元", "满 4,000 元送，满 4,000 元减"),
        ("花费¥60", "60 元", "80 元", "花费¥80"),
        ("六十块钱", "60 元", "80 元", "八十块钱"),
        ("3 天到账", "3 天", "3 个工作日", "3 个工作日到账"),
        ("打9折", "9 折", "8.5 折", "打8.5折"),
        ("没有数字", "3 天", "5 天", None),
    ],
)
def test_the_new_figure_takes_the_style_of_the_old(
    sentence: str, old: str, new: str, expected: str | None
) -> None:
    replaced = {quantities(old)[0].key: quantities(new)[0]}
    assert rewritten(sentence, replaced) == expected


@given(st.integers(0, 99_999_999))
def test_chinese_numerals_read_back(value: int) -> None:
    assert numerals.parse(han(value)) == value
