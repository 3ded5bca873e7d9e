"""The units that rules are written in, each with its kind and its exact conversions."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A canonical unit: `factor` of the `base` unit make one, exactly."""

    name: str
    kind: str
    base: str
    factor: int = 1


# name | kind | base unit | factor | spellings (Latin ones match whole words)
_TABLE = """
秒|duration|秒|1|秒钟 秒 seconds second secs sec s
分钟|duration|秒|60|分钟 minutes minute mins min
小时|duration|秒|3600|个小时 小时 个钟头 钟头 hours hour hrs hr h
天|duration|秒|86400|个自然日 自然日 天 日 calendar_days calendar_day days day
周|duration|秒|604800|个星期 星期 个礼拜 礼拜 周 weeks week
工作日|duration|工作日|1|个工作日 工作日 business_days business_day working_days working_day
月|duration|月|1|个月 months month
季度|duration|月|3|个季度 季度 quarters quarter
年|duration|月|12|周年 年 years year
元|money|元|1|元钱 元 块钱 人民币 RMB CNY yuan
美元|money|美元|1|美元 USD
港元|money|港元|1|港元 港币 HKD
新元|money|新元|1|新加坡元 新元 SGD
令吉|money|令吉|1|令吉 MYR
欧元|money|欧元|1|欧元 EUR
%|percent|%|1|个百分点 % percent
折|discount|折|1|折
℃|temperature|℃|1|摄氏度 ℃ °C
°F|temperature|°F|1|华氏度 ℉ °F
毫米|length|毫米|1|毫米 mm
厘米|length|毫米|10|厘米 公分 cm
米|length|毫米|1000|米 metres metre meters meter m
公里|length|毫米|1000000|公里 千米 km
英寸|length|英寸|1|英寸 寸 inches inch
平方米|area|平方米|1|平方米 平米 ㎡ m²
克|mass|克|1|克 g grams gram
公斤|mass|克|1000|公斤 千克 kg
斤|mass|克|500|斤
毫升|volume|毫升|1|毫升 mL ml
升|volume|毫升|1000|升 L litres litre liters liter
毫安时|charge|毫安时|1|毫安时 mAh
伏|voltage|伏|1|伏特 伏 V
瓦|power|瓦|1|瓦 W
千瓦|power|瓦|1000|千瓦 kW
千瓦时|energy|千瓦时|1|千瓦时 度电 kWh
帕|pressure|帕|1|帕 Pa
千帕|pressure|帕|1000|千帕 kPa
匹|capacity|匹|1|匹
兆字节|data|兆字节|1|MB
吉字节|data|吉字节|1|GB
太字节|data|太字节|1|TB
兆比特每秒|rate|兆比特每秒|1|Mbps 兆
兆赫|frequency|兆赫|1|MHz
吉赫|frequency|兆赫|1000|GHz
分贝|loudness|分贝|1|分贝 dB
次|count|次|1|次 回 times
层|count|层|1|层 楼 floors floor storeys
点|count|点|1|点
分|count|分|1|积分 分 points point
期|count|期|1|期 instalments installments
倍|count|倍|1|倍
个|count|个|1|个
"""
_MORE_COUNTS = (
    "件 台 张 人 份 单 位 名 步 条 级 部 套 只 种 节 根 组 字 项 笔 户 城 瓶 箱 盒 袋 款 家 "
    "辆 片 处 枚 颗 号 门 块 格 档 度 页 句 轮 城市 区 路 城区 遍"
)
# With 一 these say "a", not "one": 一台, 一个. What remains is a figure: 一次, 一年, 一元.
COUNTED_ONE = frozenset(("次", "期", "倍", "层"))


def _build() -> tuple[dict[str, Unit], dict[str, Unit]]:
    exact: dict[str, Unit] = {}
    words: dict[str, Unit] = {}
    for line in _TABLE.strip().splitlines():
        name, kind, base, factor, spellings = line.split("|")
        unit = Unit(name, kind, base, int(factor))
        for spelling in spellings.split():
            plain = spelling.replace("_", " ")
            if spelling.isascii() and len(plain) > 2 and plain.islower():
                words[plain] = unit
            else:
                exact[plain] = unit
    for name in _MORE_COUNTS.split():
        exact[name] = Unit(name, "count", name)
    return exact, words


_EXACT, _WORDS = _build()


def _pattern() -> re.Pattern[str]:
    by_length = sorted(_EXACT, key=len, reverse=True)
    native = [s for s in by_length if not s[-1].isascii() or s == "%"]
    latin = [s for s in by_length if s not in native]
    words = [s.replace(" ", r"\s") for s in sorted(_WORDS, key=len, reverse=True)]
    return re.compile(
        rf"\s?(?:(?P<native>{'|'.join(map(re.escape, native))})"
        rf"|(?P<latin>{'|'.join(map(re.escape, latin))})(?![A-Za-z0-9])"
        rf"|-?(?P<word>(?i:{'|'.join(words)}))(?![A-Za-z0-9]))"
    )


_UNIT = _pattern()


def match(text: str, start: int) -> tuple[Unit, int] | None:
    """The unit that stands at `start` (one space or hyphen may precede), and where it ends."""
    found = _UNIT.match(text, start)
    if found is None:
        return None
    spelling = found["native"] or found["latin"]
    unit = _EXACT[spelling] if spelling else _WORDS[re.sub(r"\s", " ", found["word"].lower())]
    return unit, found.end()
