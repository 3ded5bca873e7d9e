"""A small, strict corner of YAML: string scalars and flat lists, with line numbers, both ways.

Every scalar is read as the string it is written as: ``no`` stays "no" and a date stays text.
Writing is canonical: one spelling for each value, readable by any YAML parser as strings.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import yaml

from kb.errors import InvalidInput, Problem

_LOADER: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MAX_DEPTH = 8
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string and the 1-based line it begins on."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of strings, or of flat string mappings, and the line it begins on."""

    items: tuple[Scalar | dict[str, Scalar], ...]
    line: int


Value = Scalar | Listed


def read_mapping(
    text: str, source: str, first_line: int
) -> tuple[dict[str, tuple[Value, int]], list[Problem]]:
    """The top-level keys of `text` with their values and lines, and what is wrong with it.

    `first_line` is the line of the source that `text` begins on. Raises InvalidInput when the
    text is no YAML mapping at all.
    """

    def refuse(line: int, message: str) -> InvalidInput:
        return InvalidInput([Problem(source, line, "", message)])

    if _too_deep(text):
        raise refuse(first_line, "the front matter is nested too deeply")
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise refuse(line, f"the front matter is no YAML: {error.problem or error}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise refuse(first_line, f"the front matter is no YAML: {error}") from None
    if not isinstance(root, yaml.MappingNode):
        raise refuse(first_line, "the front matter must be lines such as 'id: return-7-days'")
    found: dict[str, tuple[Value, int]] = {}
    problems: list[Problem] = []
    for key, node in root.value:
        line = first_line + key.start_mark.line
        if not isinstance(key, yaml.ScalarNode):
            problems.append(Problem(source, line, "", "a key must be a word"))
        elif key.value in found:
            problems.append(Problem(source, line, key.value, "stands twice"))
        else:
            value = _value(node, first_line)
            if value is None:
                problems.append(Problem(source, line, key.value, "is nested too deeply"))
            else:
                found[key.value] = (value, line)
    return found, problems


def _too_deep(text: str) -> bool:
    """Whether brackets or block lists nest beyond any sane front matter (parsers recurse)."""
    depth = 0
    for char in text:
        if char in "[{":
            depth += 1
            if depth > 1000:
                return True
        elif char in "]}":
            depth = max(0, depth - 1)
    return any(
        len(re.findall(r"(?:[-?] )", line)) > 50 and line.lstrip().startswith(("- - - -", "? ? "))
        for line in text.split("\n")
    )


def _value(node: yaml.Node, first_line: int) -> Value | None:
    line = first_line + node.start_mark.line
    if isinstance(node, yaml.ScalarNode):
        return Scalar(node.value, line)
    if not isinstance(node, yaml.SequenceNode):
        return None
    items = [_item(item, first_line) for item in node.value]
    kept = tuple(item for item in items if item is not None)
    return Listed(kept, line) if len(kept) == len(items) else None


def _item(node: yaml.Node, first_line: int) -> Scalar | dict[str, Scalar] | None:
    if isinstance(node, yaml.ScalarNode):
        return Scalar(node.value, first_line + node.start_mark.line)
    if not isinstance(node, yaml.MappingNode):
        return None
    fields = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            return None
        fields[key.value] = Scalar(value.value, first_line + key.start_mark.line)
    return fields


_MISREAD = re.compile(  # what YAML 1.1 readers take for something other than a string
    r"~|null|true|false|yes|no|on|off|y|n|<<|=|\.inf|[-+]\.inf|\.nan"
    r"|[-+]?[\d.][\d_,.eE+-]*|[-+]?0[xXoObB][\da-fA-F_]+"
    r"|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?"
    r"|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?",
    re.IGNORECASE,
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def plain_or_quoted(text: str, *, flow: bool = False) -> str:
    """`text` as a YAML scalar: plain where every reader takes it for this string, else quoted."""
    if _is_plain(text, flow):
        return text
    return '"' + "".join(_ESCAPES.get(char) or _escaped(char) for char in text) + '"'


def _is_plain(text: str, flow: bool) -> bool:
    if not text or text != text.strip() or text[0] in "-?:,[]{}#&*!|>'\"%@`=<~":
        return False
    if _MISREAD.fullmatch(text) or text.startswith("..."):
        return False
    if ": " in text or " #" in text or text.endswith(":"):
        return False
    if flow and any(char in ",[]{}?:" for char in text):
        return False
    return all(char.isprintable() for char in text)


def _escaped(char: str) -> str:
    if char == " " or char.isprintable():
        return char
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\U{code:08x}"


def write_list(key: str, items: tuple[str, ...], *, block: bool = False) -> str:
    """A key with its list: on one line while it fits in WIDTH columns, else one item a line.

    `block` asks for one item a line in any case, as suits phrases.
    """
    line = f"{key}: [{', '.join(plain_or_quoted(item, flow=True) for item in items)}]"
    if not block and columns(line) <= WIDTH:
        return line + "\n"
    return f"{key}:\n" + "".join(f"  - {plain_or_quoted(item)}\n" for item in items)


def columns(text: str) -> int:
    """The width of `text` on a terminal, wide characters counting two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
