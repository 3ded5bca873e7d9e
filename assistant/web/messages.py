"""Wording of what the server itself says: errors and refused fields, in both languages.

Texts of pages stand in ``i18n/*.json``; these are here because the API needs them without pages.
"""

from __future__ import annotations

from http import HTTPStatus

_TITLES: dict[int, tuple[str, str]] = {
    400: ("请求无法解析", "The request could not be read"),
    401: ("请先登录", "Sign in first"),
    403: ("没有权限", "Not allowed"),
    404: ("找不到", "Not found"),
    405: ("不支持这种请求方法", "Method not supported here"),
    406: ("没有可用的格式", "No such format"),
    409: ("已有人先改了", "Somebody changed it first"),
    410: ("链接已失效", "This link is not valid any more"),
    413: ("内容太大", "Too large"),
    415: ("不支持这种内容类型", "Content type not supported"),
    422: ("内容不符合要求", "Something in it is not right"),
    428: ("缺少 If-Match", "If-Match is missing"),
    429: ("尝试太频繁", "Too many attempts"),
    500: ("服务器出错了", "The server failed"),
    503: ("暂时不可用", "Not available just now"),
    507: ("磁盘空间不足", "The disk is full"),
}

_DETAILS: dict[str, tuple[str, str]] = {
    "sign_in": (
        "请登录，或带上有效的访问令牌。",
        "Sign in, or send a valid access token.",
    ),
    "forbidden": (
        "您的角色不能做这一步。需要时请找管理员。",
        "Your role does not include this step. Ask an administrator if you need it.",
    ),
    "cross_site": (
        "这个请求来自另一个网站，已拒绝。请从本站页面操作。",
        "This request came from another site and was refused. Use our own pages.",
    ),
    "absent": (
        "没有这个页面或条目，也可能您无权查看。",
        "There is no such page or entry, or it is not open to you.",
    ),
    "no_flow": (
        "这个条目没有可以逐步走的步骤。",
        "This entry has no steps to walk through.",
    ),
    "method": ("这个地址支持:{allowed}。", "This address supports: {allowed}."),
    "too_large": (
        "请求体最大 2 MiB。请分批提交。",
        "A request body may hold 2 MiB. Send it in parts.",
    ),
    "media_type": (
        "请用 Content-Type: {wanted} 提交。",
        "Send it with Content-Type: {wanted}.",
    ),
    "not_json": ("请求体不是合法的 JSON。", "The body is not valid JSON."),
    "fields": ("有 {count} 处需要修改。", "{count} thing(s) to correct."),
    "if_match": (
        "修改条目时请带 If-Match 头，值为读取时得到的 ETag。",
        "Send If-Match with the ETag you got when reading the entry.",
    ),
    "conflict": (
        "您读取之后，条目又有新的改动。请对比差异、合并后再提交。",
        "The entry changed after you read it. Merge with the difference shown and send again.",
    ),
    "link_check_off": (
        "外部链接检查没有开启。需要时请管理员设置 ZHIKE_CHECK_LINKS=public。",
        "Checking external links is off. Ask an administrator to set ZHIKE_CHECK_LINKS=public.",
    ),
    "id_taken": ("编号 {id} 已被占用，请换一个。", "The id {id} is taken, choose another."),
    "storage_full": (
        "没有写入任何内容。请清理磁盘后重试。",
        "Nothing was written. Free some space and try again.",
    ),
    "storage_busy": (
        "另一项写入正在进行，没有写入任何内容。请稍后重试。",
        "Another write is under way; nothing was written. Try again in a moment.",
    ),
    "upload_too_large": (
        "文件最大 {mib} MiB。请分成几个文件导入。",
        "A file may hold {mib} MiB. Import it in parts.",
    ),
    "imports_busy": (
        "已有几个导入正在进行，请稍后再试。",
        "Several imports are under way. Try again in a moment.",
    ),
    "import_not_ready": (
        "这次导入不能执行：文件还没读完，或者已被拒收。",
        "This import cannot be carried out: its file is still being read, or was refused.",
    ),
    "working_newer": (
        "这篇草稿在另一个窗口里又保存过，您这里的内容没有覆盖它。请选择保留哪一份。",
        "This draft was saved again in another window; yours did not overwrite it. "
        "Choose which one to keep.",
    ),
    "stale_approval": (
        "您看到的内容不是这个版本现在的内容，没有通过。请重新打开后再审核。",
        "What you read is not the content of this version; it was not approved. Open it again.",
    ),
    "stale_verify": (
        "现在生效的是版本 {number}，不是您看到的那一版，没有记为核实。请看过再核实。",
        "Version {number} is in force now, not the one you saw; nothing was confirmed. "
        "Read it first.",
    ),
    "bulk_absent": (
        "没有这个条目，或者您无权查看。",
        "There is no such entry, or it is not yours.",
    ),
    "bulk_withdrawn": (
        "条目已下线，没有可以修改的版本。",
        "The entry is withdrawn; there is no version to change.",
    ),
    "bulk_open_work": (
        "{detail}的改动还没有上线，请先处理完。",
        "A change by {detail} is not live yet; finish that first.",
    ),
    "bulk_invalid": ("不符合要求：{detail}", "Not acceptable: {detail}"),
    "bulk_own_draft": (
        "改在您未完成的草稿里，仍是草稿，没有提交审核。",
        "Put into your unfinished draft, which stays a draft.",
    ),
    "own_import": (
        "直接发布需要上传者以外的人确认。请换一位审核人执行，或者先按草稿导入。",
        "Publishing needs somebody other than who uploaded the file. Ask another reviewer, "
        "or import drafts.",
    ),
    "must_hit_broken": (
        "有 {count} 个必中问题将不再命中。请修改内容，或写明理由后继续。",
        "{count} question(s) that must be answered would not be. Change the text, or give a "
        "reason to go on.",
    ),
    "preview_running": (
        "您已有一项预览或测试正在进行，请等它完成。",
        "A preview or test of yours is under way. Wait until it is done.",
    ),
    "previews_busy": (
        "其他同事的预览正在进行，请稍后再试。",
        "Previews of others are under way. Try again in a moment.",
    ),
    "links_running": (
        "您的上一批链接还在检查，请等它完成。",
        "A check of links of yours is under way. Wait until it is done.",
    ),
    "links_busy": (
        "其他同事正在检查链接，请稍后再试。",
        "Links are being checked for others. Try again in a moment.",
    ),
    "encoder_silent": (
        "向量服务没有响应，暂时无法计算影响。请稍后再试。",
        "The encoder does not answer, so the impact is not known. Try again in a moment.",
    ),
    "question_known": (
        "这个问题已经保存过，请直接修改它。",
        "This question is saved already. Change that one instead.",
    ),
    "filtered_not_yet_effective": ("{day} 起才生效", "takes effect only on {day}"),
    "filtered_expired": ("已于 {day} 失效", "ended on {day}"),
    "filtered_withdrawn": ("已于 {day} 下线", "withdrawn on {day}"),
    "filtered_newer": (
        "已被第 {number} 版取代，{day} 起",
        "replaced by version {number} since {day}",
    ),
    "filtered_superseded": (
        "已被“{title}”取代，{day} 起",
        "replaced by “{title}” since {day}",
    ),
    "filtered_audience": ("读者是{audience}，提问的人看不到", "written for: {audience}"),
    "filtered_kind": ("类型是{kind}，不在所选类型内", "is of kind {kind}, which was not asked for"),
    "filtered_channel": ("只用于{channels}", "only for {channels}"),
    "server": (
        "已记录，编号 {reference}。请稍后再试。",
        "It was logged as {reference}. Try again in a moment.",
    ),
    "too_many_streams": (
        "打开的控制台太多，请稍后再连。",
        "Too many consoles are connected. Try again in a moment.",
    ),
    "handed_over": ("转交“{group}”：{reason}", "Handed over to {group}: {reason}"),
    "handed_over_with_note": (
        "转交“{group}”：{reason}\n备注：{note}",
        "Handed over to {group}: {reason}\nNote: {note}",
    ),
    "bad_credentials": ("登录名或密码不对。", "Login or password is wrong."),
    "throttled": (
        "失败次数太多，请 {seconds} 秒后再试。",
        "Too many failed attempts. Try again in {seconds} seconds.",
    ),
    "visit_over": (
        "会话已结束，请重新打开客服窗口。",
        "This conversation has ended. Open the window again.",
    ),
    "origin_not_allowed": (
        "这个网页不在站点的允许名单里。请在站点设置里加上它的来源地址。",
        "This page is not on the site's list. Add its origin to the site.",
    ),
    "widget_busy": (
        "现在咨询的人较多，请稍等一下再试。",
        "Many people are asking just now. Try again in a moment.",
    ),
    "help_limit": (
        "操作有点快，请 {seconds} 秒后再试。",
        "That was a little fast. Try again in {seconds} second(s).",
    ),
    "widget_limit": (
        "消息发得有点快，请 {seconds} 秒后再试。",
        "That was a little fast. Try again in {seconds} second(s).",
    ),
    "identity_refused": (
        "没有确认您的身份，您仍可以继续咨询。",
        "Your identity was not confirmed. You can go on without it.",
    ),
    "reason_hidden": (
        "依据在您无权查看的条目里，请联系条目负责人。",
        "The reason lies in an entry that is not open to you. Ask the owner of this entry.",
    ),
    "newer_revision": (
        "这是版本 {shown}；现在生效的是版本 {current}。",
        "This is version {shown}; version {current} is in force now.",
    ),
    "news_published": ("新发布", "New"),
    "news_from": ("{starts} 起", "From {starts}"),
    "news_started": ("开始生效", "Took effect"),
    "news_expired": ("已失效", "Expired"),
    "news_replaced": ("已由“{title}”替代", "Replaced by “{title}”"),
    "news_withdrawn": ("已撤回", "Withdrawn"),
    "news_restored": ("已撤回，恢复第 {number} 版", "Withdrawn, version {number} holds again"),
    "news_more": ("{listed} 等，另有 {count} 处", "{listed} and {count} more"),
    "news_reworded": ("改为“{sentence}”", "Now: {sentence}"),
    "news_added": ("新增“{sentence}”", "Added: {sentence}"),
    "news_removed": ("删去“{sentence}”", "Removed: {sentence}"),
    "news_until": ("有效期改到 {until}", "Now valid until {until}"),
    "news_form": ("只有格式或标签变化", "Only form or labels changed"),
    "ground_gone": (
        "所依据的“{title}”已不再生效:{why}",
        "It rests on “{title}”, which holds no more: {why}",
    ),
    "ground_hidden": (
        "所依据的一个条目已不再生效，您无权查看它。请联系这条快捷回复的负责人。",
        "An entry it rests on holds no more and is not open to you. Ask whoever keeps this reply.",
    ),
    "ground_unknown": ("没有生效的版本", "no version is in force"),
    "ground_changed": (
        "所依据的“{title}”已于 {day} 变化，晚于这条回复的最后修改。请核对后再用。",
        "“{title}”, its basis, changed on {day}, after this reply was written. Check first.",
    ),
    "ground_then": (
        "这条回复按“{title}”第 {number} 版写成；所选日期适用第 {then} 版。",
        "Written for version {number} of “{title}”; on the chosen date version {then} applies.",
    ),
    "reply_over": ("这条回复已于 {day} 到期。", "This reply ended on {day}."),
    "reply_not_in_force": ("这条回复现在不生效。", "This reply is not in force."),
    "later_revision": (
        "这是版本 {shown}，自 {since} 起生效。",
        "This is version {shown}, valid from {since}.",
    ),
}

# Codes of fields and of pydantic error types, as short sentences.
_FIELDS: dict[str, tuple[str, str]] = {
    "missing": ("必填", "is required"),
    "invalid": ("格式不对", "is not in the right form"),
    "unknown_link": (
        "只能检查现行条目里的外部链接",
        "must be external links of entries in force",
    ),
    "invalid_login": (
        "请用小写字母、数字和 . _ @ -,2 到 64 个字符",
        "use lower-case letters, digits and . _ @ -, 2 to 64 characters",
    ),
    "taken": ("已被占用，请换一个", "is taken, choose another"),
    "short": ("至少 10 个字符", "needs at least 10 characters"),
    "long": ("最多 256 个字符", "may have 256 characters at most"),
    "same_as_login": ("不能与登录名或姓名相同", "must differ from login and name"),
    "repetitive": ("重复字符太多", "repeats too few characters"),
    "extra_forbidden": ("没有这个字段", "is not a known field"),
    "string_too_long": ("最多 {max_length} 个字符", "may have {max_length} characters at most"),
    "string_too_short": ("不能为空", "must not be empty"),
    "too_long": ("最多 {max_length} 项", "may have {max_length} items at most"),
    "too_short": ("至少 {min_length} 项", "needs at least {min_length} item(s)"),
    "enum": ("应为 {expected} 之一", "must be one of {expected}"),
    "literal_error": ("应为 {expected} 之一", "must be one of {expected}"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "int_type": ("应为整数", "must be a whole number"),
    "string_type": ("应为文本", "must be text"),
    "list_type": ("应为列表", "must be a list"),
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "greater_than_equal": ("不能小于 {ge}", "must be at least {ge}"),
    "less_than_equal": ("不能大于 {le}", "must be at most {le}"),
    "other_kind": ("条目的类型不能改变", "an entry never changes its kind"),
    "nobody": ("没有这个在职人员", "is nobody who works here"),
    "date": (
        "应为日期或时间，如 2026-11-22 或 2026-11-22T14:05",
        "must be a date or a time such as 2026-11-22 or 2026-11-22T14:05",
    ),
}


_WORDS: dict[str, tuple[str, str]] = {
    "customer": ("客户", "customers"),
    "agent": ("客服", "agents"),
    "internal": ("内部", "the back office"),
    "policy": ("政策", "policy"),
    "guide": ("指南", "guide"),
    "faq": ("常见问题", "FAQ"),
    "case": ("案例", "case"),
    "reply": ("话术", "reply"),
    "chat": ("在线聊天", "chat"),
    "email": ("邮件", "e-mail"),
    "phone": ("电话", "phone"),
    "app": ("App", "the app"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
}


def word(code: str, lang: str) -> str:
    """The name of an audience, a kind or a channel."""
    return _pick(_WORDS[code], lang)


def listed(codes: list[str], lang: str) -> str:
    """Several of these names in one phrase."""
    return (", " if lang == "en" else "、").join(word(code, lang) for code in codes)


def title(status: int, lang: str) -> str:
    """The short title of an HTTP status."""
    if status in _TITLES:
        return _pick(_TITLES[status], lang)
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)


def detail(key: str, lang: str, **params: object) -> str:
    """A sentence saying what happened and what to do."""
    return _pick(_DETAILS[key], lang).format(**params)


def field_message(code: str, lang: str, fallback: str = "", **params: object) -> str:
    """What is wrong with a field; `fallback` when the code has no wording of ours."""
    found = _FIELDS.get(code)
    if found is None:
        return fallback or code
    try:
        return _pick(found, lang).format(**params)
    except KeyError:
        return fallback or code


def _pick(pair: tuple[str, str], lang: str) -> str:
    return pair[1] if lang == "en" else pair[0]
