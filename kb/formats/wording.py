"""Reasons in Chinese. The checks word what is wrong in English; editors read it here."""

from __future__ import annotations

import re

_QUOTED = r"('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"

# Pattern of the English message → Chinese, groups in order. The first that fits counts.
_CHINESE: tuple[tuple[str, str], ...] = (
    # a row or page
    (r"is empty", "内容为空"),
    (r"is missing", "缺少这一项"),
    (r"is missing; one of (.+)", "缺少这一项，可用：{0}"),
    (r"is missing for status (\w+)", "状态为 {0} 时必须填写"),
    (r"does not go with status (\w+)", "与状态 {0} 不符"),
    (rf"{_QUOTED} is listed twice", "{0} 重复出现"),
    (r"holds an empty item", "有一项是空的"),
    (r"has more than (\d+) items", "超过 {0} 项"),
    (rf"{_QUOTED} holds a line break or control character", "{0} 含换行或控制字符"),
    (rf"{_QUOTED} begins or ends with a space", "{0} 首尾有空格"),
    (r"is longer than (\d+) characters", "超过 {0} 个字符"),
    (r"is larger than (\d+) KiB", "超过 {0} KiB"),
    (r"is larger than (\d+) MiB", "超过 {0} MiB"),
    (r"is too large", "太大"),
    (r"holds a control character", "含控制字符"),
    (rf"{_QUOTED} is none of (.+)", "{0} 不可用，可用：{1}"),
    (rf"{_QUOTED} is not a whole number", "{0} 不是整数"),
    (rf"{_QUOTED} is not a date such as (.+) or (.+)", "{0} 不是日期，应如 {1} 或 {2}"),
    (rf"{_QUOTED} has (\d+) characters; an id has 3 to 80",
     "编号 {0} 有 {1} 个字符，应为 3 到 80 个"),
    (rf"{_QUOTED} is no id: .+", "{0} 不是编号：只能用 a-z、0-9 和单个连字符"),
    (r"(\d+) is none of 1 \(low\), 2 \(normal\), 3 \(high\)",
     "{0} 不可用，应为 1（低）、2（中）、3（高）"),
    (r"must be later than effective_from .+", "失效时间必须晚于生效时间"),
    (r"a level-1 heading is the title's; begin with ##", "一级标题留给条目标题，正文请从 ## 开始"),
    (r"only a faq has counter-examples", "只有问答类条目可以有反例问法"),
    (r"only a reply has this field", "只有快捷回复可以有这一项"),
    (rf"a case has no part {_QUOTED}", "案例没有 {0} 这一部分"),
    (rf"the part {_QUOTED} stands twice", "{0} 部分出现两次"),
    (rf"the part {_QUOTED} is (?:empty|missing)", "{0} 部分缺失或为空"),
    (r"nobody approves their own revision", "不能审核自己写的版本"),
    (r"([\w-]+) is a (\w+); that never changes", "{0} 的类型是 {1}，不能改变"),
    (
        r"revision (\d+) is in the knowledge base with other content; .+ number (\d+) or none",
        "库里的第 {0} 版内容不同，请把版本写成 {1} 或留空",
    ),
    (
        r"([\w-]+) was changed since: the row is revision (\d+), the newest is (\d+); .+",
        "{0} 在导出之后又改过：本行是第 {1} 版，最新是第 {2} 版，请重新导出再改",
    ),
    (rf"{_QUOTED} already belongs to ([\w-]+)", "快捷码 {0} 已属于 {1}"),
    (r"row (\d+) has the same question or id but other text",
     "与第 {0} 行的问题或编号相同，内容不同"),
    (r"holds a formula; paste its value instead", "是公式，请粘贴为数值或文本"),
    (r"holds the error value (.+)", "是错误值 {0}"),
    (r"stands in a column without a header", "所在的列没有表头"),
    (r"holds (\d+) characters; a cell may hold (.+)", "有 {0} 个字符，一格最多 {1}"),
    (
        r"is no CSV from here on \(.+\); a quotation mark is out of place",
        "从这一行起不是合法的 CSV：有引号没有配对",
    ),
    (r"has no text", "没有文字"),
    (r"is not UTF-8: byte (\w+)(?: at offset \d+)?", "不是 UTF-8 编码：字节 {0}"),
    # a file
    (r"is damaged or cut off: .+", "文件已损坏或不完整，打不开"),
    (r"is damaged: .+|is damaged, or of a kind that cannot be read", "文件已损坏，内部结构对不上"),
    (r"has (\d+) parts inside; at most (\d+) are read", "内含 {0} 个部分，最多 {1} 个"),
    (r"would unpack to (\d+) MiB; at most (\d+)", "解压后有 {0} MiB，最多 {1} MiB"),
    (r"would unpack to more than (\d+) times its size", "解压后超过原大小的 {0} 倍"),
    (r"is encrypted; save it without a password", "文件有密码，请去掉密码另存"),
    (
        r"is encrypted or of an old format; .+",
        "文件有密码或是旧格式，请去掉密码并另存为 .xlsx 或 .docx",
    ),
    (r"holds a part (?:with a forbidden name|whose name leads out of the archive): (.+)",
     "压缩包里有不允许的路径：{0}"),
    (r"holds a link: (.+)", "压缩包里有链接：{0}"),
    (r"holds '.+' twice", "压缩包里有重名的部分"),
    (r"uses a compression that is not read here: (.+)", "用了不支持的压缩方式：{0}"),
    (r"declares a document type in its XML, .+",
     "XML 中声明了文档类型，办公软件不会这样写，已拒绝"),
    (r"holds macros; save it without them|may hold macros \(.+\); save it without them",
     "含有或可能含有宏，请另存为不带宏的文件"),
    (r"is of a format not read here \((.+)\); save it as (.+)", "不支持 {0} 格式，请另存为 {1}"),
    (r"cannot be imported; use one of (.+)", "不支持这种文件，可用：{0}"),
    (r"is an office file, but neither of Excel nor of Word", "是办公文件，但不是 Excel 或 Word"),
    (r"is (.+), which its name (.+) does not say", "内容与文件名 {1} 不符"),
    (r"has more than (\d+) rows; import it in parts", "超过 {0} 行，请分批导入"),
    (r"holds more than (\d+) million characters; import it in parts",
     "文字超过 {0} 百万字符，请分批导入"),
    (r"holds too much text; import it in parts", "文字太多，请分批导入"),
    (r"holds more than (\d+) pictures; import it in parts", "图片超过 {0} 张，请分批导入"),
    (r"has rows beyond number (\d+)", "行号超过 {0}"),
    (r"has too many cells in sheet (.+); delete empty columns",
     "工作表 {0} 单元格太多，请删除空列"),
    (r"has a table of more than (\d+) cells", "有超过 {0} 格的表格"),
    (r"is nested too deeply", "嵌套太深"),
    (r"(?:takes too long|needs more memory).+", "读取时间太长或占用内存太多，请分批导入"),
    (r"says it is ([\w-]+) but is not: byte offset (\d+)", "不是它自称的 {0} 编码（字节 {1}）"),
    (r"holds NUL bytes: .+", "含有 NUL 字节：文件已损坏，或者不是文本"),
    (r"is neither UTF-8 nor GB18030: line (\d+), .+",
     "既不是 UTF-8 也不是 GB18030（第 {0} 行），请另存为 UTF-8"),
    (r"has no header row of a known form; it begins (.+), known are: (.+)",
     "没有认得的表头；开头是 {0}；认得的表头：{1}"),
    (r"has no sheet with a header row of a known form; known: (.+)",
     "没有一个工作表有认得的表头；认得的表头：{0}"),
    (r"holds no \.md or \.html file", "里面没有 .md 或 .html 文件"),
    # notes
    (r"read as (.+)", "按 {0} 编码读取"),
    (r"hidden sheets were left out", "隐藏的工作表没有导入"),
    (r"sheets without a header row of a known form were left out: (.+)",
     "没有认得的表头，未导入的工作表：{0}"),
    (r"(\d+) files of other kinds inside were left out", "压缩包内另有 {0} 个其他类型的文件未导入"),
    (r"(.+): read as (.+)", "{0}：按 {1} 编码读取"),
    (r"(.+): a picture was not fetched but linked: (.+)", "{0}：外部图片没有下载，改为链接 {1}"),
    (r"(.+): a picture was left out: the picture is larger than (\d+) MiB",
     "{0}：有图片超过 {1} MiB，未导入"),
    (r"(.+): a picture was left out: the picture is none of (.+)",
     "{0}：有图片不是 PNG、JPEG、GIF 或 WebP，未导入"),
    (r"(.+): a picture was left out: .+", "{0}：有图片未导入"),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern, re.DOTALL), text) for pattern, text in _CHINESE)


def said(message: str, lang: str) -> str:
    """The message in the language; one without a Chinese wording stays as it is."""
    if lang == "en":
        return message
    for pattern, text in _COMPILED:
        if found := pattern.fullmatch(message):
            return text.format(*(group or "" for group in found.groups()))
    return message
