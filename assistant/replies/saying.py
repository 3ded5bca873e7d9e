"""From how an article is written to how one says it to a customer.

An article speaks of 客户 and sends its reader to other articles; in a reply the customer is 您, and
a title that nobody can open is left out. No figure is ever touched, and the quote stays verbatim.
"""

from __future__ import annotations

import re

from kb.quantities import quantities

# "Other customers", "customers who bought …", "business customers": not the one spoken to.
_CUSTOMER = re.compile(r"(?<![其他的业老新一级名员])客户(?!服务|端|经理|们|的权利)")
_POINTERS = (
    re.compile(
        r"[\uff0c,]\s?(?:(?:步骤|详情|说明|办法|规则|流程|标准|具体)(?:请|可)?)?"
        r"(?:参见|详见|参考|见(?![到过面证识效]))[^\uff0c,\uff1b;。\uff1a:]{2,20}(?=[。\uff1b;]|$)"
    ),
    re.compile(r"[;,] see (?:also )?[A-Z][^.;,]{2,60}(?=[.;]|$)"),
)


def said(text: str) -> str:
    """An article's sentence as one says it to the customer, in Chinese or English."""
    for pointer in _POINTERS:
        text = pointer.sub(_dropped, text)
    return _CUSTOMER.sub("您", text)


def _dropped(pointer: re.Match[str]) -> str:
    """Nothing, unless the pointer states a figure."""
    return pointer[0] if quantities(pointer[0]) else ""
