"""Words that set things apart: what a rule is about, and what a rule says besides figures.

Two sentences about different subjects (small and large parcels, sealed and opened boxes, two
models) never contradict each other, however alike they read. Two sentences about one subject that
give different *terms* (who pays, from which day a period counts) do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

# group | value=pattern … ; the values of a group exclude each other. The first pattern that
# matches a place takes it, so the longer wording stands first.
_SUBJECTS = """
size|large=大件|large (?:goods|parcel)s?
size|small=小件|small (?:goods|parcel)s?
device|phone=手机|phones?\\b
device|fridge=冰箱|fridges?\\b|refrigerators?\\b
device|conditioner=空调|air[- ]conditioners?\\b
device|vacuum=扫地机(?:器人)?|robot vacuums?\\b
device|lock=门锁|smart locks?\\b
device|router=路由器|routers?\\b
part|whole=整机|whole machine
part|compressor=压缩机|compressors?\\b
part|battery=电池|batter(?:y|ies)\\b
part|charger=充电器|chargers?\\b
staff|agent=坐席|客服可以|agents?\\b
staff|lead=组长|team leads?\\b
staff|head=主管|supervisors?\\b
seal|sealed=未拆封?|没(?:有)?拆|unopened|sealed
seal|opened=(?:已|拆过)?拆封|已拆|拆了|\\bopened
activation|before=未激活|没激活|激活(?:之|以)?前|before activation
activation|after=激活|activated|after activation
binding|before=未绑定?|没(?:有)?绑定?
binding|after=已经?绑定?|绑定[过后]|绑过
installation|before=未安装|没(?:有)?安装|安装前
installation|after=已经?安装|安装后|装好
cover|within=保修期内|在保|质保期内|under warranty|within (?:the )?warranty
cover|past=过保|过了保修期|保修期外|超出保修|out of warranty
lift|without=没有电梯|无电梯|没电梯|without (?:a )?(?:lift|elevator)
lift|with=有电梯|with (?:a )?(?:lift|elevator)
cause|fault=质量问题|性能故障|faulty|defective
cause|mind=无理由|不喜欢|不想要|changed (?:your|their) mind|change of mind
period|sale=大促|活动期间|双\\s?(?:1[12]|十[一二])|春节|promotions?\\b
period|plain=平日|平时|非大促
campaign|11=双\\s?(?:11|十一)
campaign|12=双\\s?(?:12|十二)
campaign|618=618
campaign|spring=春节
campaign|october=国庆
day|weekend=周末|周六|周日|weekends?\\b
day|weekday=周一到周五|周一至周五|weekdays?\\b
season|summer=夏天|夏季|summer
season|winter=冬天|冬季|winter
pay|alipay=支付宝|alipay
pay|wechat=微信|wechat
pay|card=银行卡|信用卡|借记卡|\\bcards?\\b
pay|balance=退到(?:账户)?余额
pay|instalment=退到分期
colour|red=红色|red complaints?
colour|yellow=黄色|yellow complaints?
colour|green=绿色|green complaints?
channel|phone=热线|电话客服|hotline
channel|online=在线客服|online chat
channel|mail=邮件|e-?mails?\\b
sale|flash=秒杀|flash sale
sale|presale=预售|pre-?sale
sale|plain=普通订单|普通商品
invoice|special=专票|专用发票
invoice|electronic=电子发票
buyer|company=企业|公司抬头|corporate
buyer|person=个人抬头|个人客户
turn|again=第二次|再次|二次上门|second time
turn|first=首次|第一次|first time
act|exchange=换货|换新|换颜色|exchanged?\\b
act|repair=维修|检修|返修|寄修|送修|修好|repair(?:ed|s)?\\b
act|move=移机
act|return=退货|returns?\\b|returned\\b
act|protect=价保|价格保护
chamber|cool=冷藏
chamber|freeze=冷冻
mode|cooling=制冷
mode|heating=制热
unit|indoor=内机
unit|outdoor=外机
use|games=游戏|gaming
use|video=视频|video
use|daily=日常|daily use
bound|below=以下(?!单)|不足|不满|未满|以内不
bound|above=以上|及以上
order|before=[点0-9]\\s?前|之前
order|after=[点0-9]\\s?后(?!台)|之后
moment|eve=前一天|day before
moment|same=当天|same day
moment|next=次日|第二天|next day
"""
_PLACES = (
    "北京|上海|广州|深圳|天津|重庆|新疆|西藏|青海|内蒙古|海南|香港|澳门|台湾|新加坡|马来西亚|日本|"
    "Hong Kong|Macao|Macau|Singapore|Malaysia|Taiwan|Japan|Thailand|Indonesia"
)
_SAME_PLACE = {"Hong Kong": "香港", "Macao": "澳门", "Macau": "澳门", "Singapore": "新加坡",
               "Malaysia": "马来西亚", "Taiwan": "台湾", "Japan": "日本"}  # fmt: skip
# A model, a class or an error code: X2 Max, D1 Pro, KFR-35GW, Mira 5, A 级.
_MODEL = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z][A-Za-z]*[- ]?\d+[A-Za-z]*|[A-Z]{2,}\d*)"
    r"(?:\s?(?:Max|Pro|Plus|Ultra|Mini|Lite|SE))?(?![A-Za-z0-9])|(?<![A-Za-z0-9])[A-D]\s?级"
)
_NO_MODEL = frozenset(
    ("APP", "RST", "WPS", "GHZ", "MHZ", "USB", "LED", "SOP", "FAQ", "HTTP", "PDF", "NFC", "ID",
     "USB-C", "WI-FI", "OK", "IOS", "UTC", "SMS")
)  # fmt: skip
_MEMBER = re.compile(r"(?:(非)|([\u4e00-\u9fff]叶|白银|黄金|铂金|钻石|普通))会员|银叶|金叶|翠叶")
_SERIES = re.compile(
    r"[\u4e00-\u9fff]{2}\s?(\d{3})(?![\d,.:%]|\s?(?:元|天|个|小时|分|升|米|平|W|V))"
)
_STEP = re.compile(r"第\s?[\d一二三四五六七八九十]+\s?步|\bstep \d+", re.IGNORECASE)

# What a rule says besides figures: the same subject with another of these is a contradiction.
_TERMS = """
payer|us=(?:岚舍|商家|平台|我们|本公司|厂家)来?(?:承担|支付|出|负担)
payer|us=\\bwe pay\\b|paid by us|at our (?:cost|expense)
payer|them=(?:客户|您|买家|自己|消费者|顾客|用户)(?:来|自行)?(?:承担|支付|出|负担|付)
payer|them=(?:buyer|customer)s? pays?\\b|you pay\\b|paid by (?:the buyer|you)
start|next=次日(?:起|开始|零点|算)
start|same=(?:当[天日]|之日)(?:起|开始|算)
start|install=安装[日时]?(?:之日)?(?:起|开始|算)
start|receipt=签收[日时]?(?:起|开始|算)
start|payment=付款(?:时间|之日|日)?(?:起|开始|算)
start|promised=送达时间(?:起|开始|算)
standard|order=下单(?:付款)?时(?:的)?(?:\\S{0,4})为准
standard|receipt=签收时(?:的)?(?:\\S{0,4})为准
route|original=原(?:路|支付方式|付款方式)(?!.{0,4}不)|original (?:payment|card)
route|balance=退(?:款|回|到|款统一退)?(?:到|至)?(?:统一)?账户余额|store credit|account balance
"""
_DENIED_ROUTE = re.compile(r"不(?:能|再|可以?)?退(?:回|到)?原(?:路|支付方式)")


@dataclass(frozen=True, slots=True)
class _Group:
    """The values of one group and the pattern that finds them in lower case, one part for each."""

    values: tuple[str, ...]
    pattern: re.Pattern[str]

    def named_in(self, text: str) -> frozenset[str]:
        return frozenset(
            self.values[found.lastindex - 1]
            for found in self.pattern.finditer(text)
            if found.lastindex
        )


def _table(text: str) -> dict[str, _Group]:
    found: dict[str, list[tuple[str, str]]] = {}
    for line in text.strip().splitlines():
        group, _, rest = line.partition("|")
        value, _, pattern = rest.partition("=")
        found.setdefault(group, []).append((value, pattern))
    return {group: _group(values) for group, values in found.items()}


def _group(values: list[tuple[str, str]]) -> _Group:
    return _Group(
        tuple(value for value, _ in values),
        re.compile("|".join(f"({pattern})" for _, pattern in values)),
    )


_SUBJECT_TABLE, _TERM_TABLE = _table(_SUBJECTS), _table(_TERMS)
_PLACE = re.compile(_PLACES)
_NAMES = re.compile(
    "|".join([*(p.pattern for p in (_MODEL, _SERIES, _MEMBER, _PLACE)), "大件|小件|红色|黄色|绿色"])
)
_DENYING = re.compile(
    "|".join(
        ["非会员"]
        + [
            _SUBJECT_TABLE[group].pattern.pattern
            for group in ("seal", "activation", "binding", "installation", "lift", "cause", "bound")
        ]
    )
)

Named = Mapping[str, frozenset[str]]


@lru_cache(maxsize=65536)
def subjects(text: str) -> Named:
    """What `text` is about, by group: the values named in it. Groups not named are left out."""
    return subjects_of(text, _GROUPS)


def subjects_of(text: str, groups: Collection[str]) -> Named:
    """The same, looking for `groups` alone: a clause names no group that its sentence does not."""
    found = {}
    low = text.lower()
    for group in groups:
        values = (
            _SUBJECT_TABLE[group].named_in(low)
            if group in _SUBJECT_TABLE
            else _READERS[group](text)
        )
        if values:
            found[group] = values
    return found


@lru_cache(maxsize=65536)
def terms_of_rule(text: str) -> Named:
    """What a rule in `text` says besides figures: who pays, from when a period counts."""
    told = text.lower()
    if not _ANY_TERM.search(told):
        return {}
    told = _DENIED_ROUTE.sub("", told)
    found = {name: group.named_in(told) for name, group in _TERM_TABLE.items()}
    return {name: values for name, values in found.items() if values}


def without_subjects(text: str) -> str:
    """`text` without words that carry a negation only as part of a subject (未拆封)."""
    return _DENYING.sub("", text.lower())


def without_names(text: str) -> str:
    """`text` without models, members, places and colours: they say what it is about, not what."""
    return _NAMES.sub(" ", text)


def _places(text: str) -> frozenset[str]:
    return frozenset(_SAME_PLACE.get(found, found) for found in _PLACE.findall(text))


def _members(text: str) -> frozenset[str]:
    return frozenset(
        "非会员" if found[1] else found[0].removesuffix("会员") for found in _MEMBER.finditer(text)
    )


def _models(text: str) -> frozenset[str]:
    found = {re.sub(r"[\s-]+", "", m[0]).upper() for m in _MODEL.finditer(text)}
    named = {name for name in found if name not in _NO_MODEL}
    return frozenset(named | {m[1] for m in _SERIES.finditer(text)})


def _steps(text: str) -> frozenset[str]:
    return frozenset(found.replace(" ", "") for found in _STEP.findall(text))


_READERS: dict[str, Callable[[str], frozenset[str]]] = {
    "place": _places,
    "member": _members,
    "model": _models,
    "step": _steps,
}
_GROUPS = (*_SUBJECT_TABLE, *_READERS)
_ANY_TERM = re.compile("|".join(group.pattern.pattern for group in _TERM_TABLE.values()))
