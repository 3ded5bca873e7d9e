"""Masks personal data in free text before it is logged, counted or queued.

Precise first: an identity card must carry its right check digit and a bank card pass Luhn, so
product codes and amounts stay readable. What is masked is replaced by a short Chinese label, which
keeps the sentence searchable. Masking a masked text changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[A-Za-z]{2,24}(?![\w-])")
# Digits that belong together may be written in groups, with spaces or hyphens, as on the card.
_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){10,22}(?:[ -]?[Xx])?(?![\dA-Za-z])")
_ORDER_LABELLED = re.compile(
    r"((?:订单|单号|运单|快递单|物流单|工单|流水|order)(?:编号|号码|号|\s*(?:no|number|id|#))?"
    r"\s*(?:是|为|[:\uff1a#.])?\s*)([A-Za-z]{0,4}-?\d[\dA-Za-z-]{7,31})",
    re.IGNORECASE,
)
_ORDER_BARE = re.compile(
    r"(?<![\dA-Za-z-])(?:LS|SO|DD|JD|TB)-?\d{8,24}(?![\dA-Za-z])", re.IGNORECASE
)
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"

EMAIL, MOBILE, IDENTITY, CARD, ORDER = "[邮箱]", "[手机号]", "[身份证号]", "[银行卡号]", "[订单号]"

LABELS = {EMAIL: "email", MOBILE: "mobile", IDENTITY: "identity", CARD: "card", ORDER: "order"}


def mask(text: str) -> str:
    """`text` with e-mail addresses, mobile, identity, bank card and order numbers replaced."""
    text = _EMAIL.sub(EMAIL, text)
    text = _ORDER_LABELLED.sub(_unless_mobile(lambda m: m.group(1) + ORDER), text)
    text = _ORDER_BARE.sub(ORDER, text)
    # Cards and identity numbers first: a mobile number could be found inside one.
    return _MOBILE.sub(MOBILE, _LONG_NUMBER.sub(_label_number, text))


def is_identity_number(text: str) -> bool:
    """Whether 18 characters are a Chinese identity number with its right check digit."""
    if not re.fullmatch(
        r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]", text
    ):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11] == text[17].upper()


def is_card_number(text: str) -> bool:
    """Whether 13 to 19 digits pass the Luhn check and start like a payment card."""
    if not re.fullmatch(r"[3-6]\d{12,18}", text):
        return False
    total = 0
    for place, digit in enumerate(reversed(text)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _label_number(match: re.Match[str]) -> str:
    written = match.group()
    digits = re.sub(r"[ -]", "", written)
    if is_identity_number(digits):
        return IDENTITY
    if is_card_number(digits):
        return CARD
    if digits.isdigit() and 15 <= len(digits) <= 24 and written == digits:
        return ORDER  # shop order numbers are long and unbroken; amounts and dates never are
    return written


def _unless_mobile(label: Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
    """Leave a labelled number alone when it is a mobile number: that has its own label."""

    def choose(match: re.Match[str]) -> str:
        return match.group() if _MOBILE.fullmatch(match.group(2)) else label(match)

    return choose
