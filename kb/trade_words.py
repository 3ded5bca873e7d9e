"""The words of a rule: what is left of a sentence without fillers, names and negations.

Chinese has no spaces and this room no dictionary: words of the trade are cut out first, the rest
gives pairs of characters. English gives stems. Different words for one thing become one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern

from kb.contrasts import without_names

NEGATION = re.compile(
    r"不能|不可以|不可|不会|不予|不得|不再|不必|不用|不需要?|没有|没法|还没|(?<!有)没(?!收)"
    r"|(?<=\S)不了|无法|无需|无须|不(?!锈|同|少|论|管|过|仅|但)|未|勿|禁止|别(?=[^的])"
    r"|\b(?:not|never|cannot|can't|don't|doesn't|no)\b|n't\b"
)  # to be asked of lower case
SLOT = re.compile(r"\{\{[^{}]{0,80}\}\}")
_FILLER = re.compile(
    r"我们|咱们|您的?|你的?|客户|顾客|用户|买家|消费者|岚舍|本公司|目前|现在|一般|通常|大约|大概|左右"
    r"|最多|最少|最高|最低|至少|至多|就行|就会|就能|即可|之内|以内|之后|以后|以上|当月|时候|的话|一下"
    r"|(?<!同)一[张次件台部]|一起|一并|所有|任何|需要|可以|能够|只能|只有|自动|系统|统一|另外|如果|以及"
    r"|或者|并且|而且|因为|所以|进行|完成|情况"
    r"|[的了则即为是内均都也会将需须应请可能就要给把被让由在到从对向和与或及并再还又只这那其等着过得地"
    r"所之于以去来个]"
    r"|\b(?:the|a|an|will|is|are|be|been|was|we|you|your|our|us|it|its|this|that|they|their|in|on"
    r"|at|to|of|for|and|or|by|with|from|as|within|about|up|can|may|must|should|do|does|did|has"
    r"|have|had|when|if|after|each|every|any|all|per|no|not|reason|needed|please|get|gets|only"
    r"|than|more|over)\b"
)
# Other words for the same thing, the plain one first.
_SAMES = {
    "运费": "快递费|邮费|邮资",
    "签收": "收到(?:货|商品)|收货(?!地)|到货",
    "申请": "(?:提出|提交|发起|办理|受理)申请|提出|发起",
    "保修": "质保|三包",
    "过保": "保修期外|超出保修期?|过了保修期?",
    "师傅": "工程师",
    "退款": "退钱|返款",
    "更改": "修改|能改",
    "补偿": "赔付|赔偿",
    "价保": "价格保护",
    "专票": "增值税专用发票|专用发票",
    "开出": "开具",
    "寄出": "发出|发货",
    "打孔": "多打一个孔|多打孔|加孔",
    "按住": "长按",
    "收费": "免费|收钱|要钱",
}
_PLAIN = tuple(_SAMES)
_SAME = re.compile("|".join(f"({pattern})" for pattern in _SAMES.values()))
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z0-9'-]*")
_LESS = 0.65  # how much less a word says that stands in every other text
_COMMON = frozenset(
    "订单 商品 申请 签收 提交 使用 服务 页面 客服 联系 处理 时间 支持 收取 承担 提出 查看 打开 "
    "选择 显示 上传 照片 规则 产品 信息 通过 发送 order item good day app page".split()
)
# Words of the trade, cut out first so that their neighbours make no chance pairs with them.
_TRADE = (
    "过保 收费 退货 换货 退款 运费 上门 补偿 优惠券 保修 维修 检修 安装 激活 拆封 发票 "
    "专票 红冲 抬头 分期 手续费 免息 会员 积分 价保 差价 秒杀 预售 赠品 余额 提现 账户 "
    "账号 注销 冷静期 验证码 短信 密码 指纹 人脸 门锁 手机 冰箱 空调 路由器 扫地机器人 "
    "整机 电池 压缩机 充电器 配件 备件 旧件 新件 旧机 以旧换新 抵扣 仓库 验货 检测 报告 "
    "寄出 寄回 送达 破损 申报 取件费 搬楼费 上门费 取消 付款 支付宝 银行卡 原支付方式 到账 "
    "改期 预约 迟到 师傅 服务站 热线 在线客服 电梯 铜管 打孔 锁体 更换 更改 无理由 "
    "质量问题 退货期限 有效期 叠加 参加 收货地址 地址 摄像头 网络 恢复出厂 滤网 清洗 "
    "冷藏室 冷冻室 默认 通电 静置 充电 续航 主路由 子节点 投诉 方案 主管 组长 坐席 批准 "
    "升级 消费 生日券 上传 外箱 原路 快递 包裹 物流 大促 活动 "
).split()
_KNOWN = re.compile(
    "|".join(sorted({*_TRADE, *(w for w in _COMMON if not w.isascii())}, key=len, reverse=True))
)
_ENDINGS = ("ing", "ies", "ed", "es", "s")
_SHORTEST = 3


def weight(words: frozenset[str]) -> float:
    """How much a set of words says: common ones of the trade count for less."""
    return len(words) - _LESS * len(words & _COMMON)


@lru_cache(maxsize=65536)
def words_of(text: str) -> frozenset[str]:
    """The words of a text, for comparing; see the module."""
    text = without_names(SLOT.sub(" ", text) if "{{" in text else text).lower()
    text = _SAME.sub(lambda found: _PLAIN[(found.lastindex or 1) - 1], text)
    text = NEGATION.sub(" ", text)
    found = set(_KNOWN.findall(text))
    text = _FILLER.sub(" ", _KNOWN.sub(" ", text))  # known words first: 过保 is no filler
    for run in _HAN.findall(text):
        found |= {run[i : i + 2] for i in range(len(run) - 1)} if len(run) > 1 else {run}
    found |= {_stem(word) for word in _WORD.findall(text)}
    return frozenset(map(intern, found))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word
