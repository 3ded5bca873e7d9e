"""The widget as one classic script, put together from its ES modules, style sheets and texts.

Pages that embed the widget load one file without a build step on our side: the modules under
``static/widget`` are joined in the order in which they import each other, in one function, so that
no name of theirs reaches the page. What the joining relies on is checked; a module that breaks it
is refused when the service starts and in the tests, never in a customer's browser.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.web import i18n

ENTRY = "main.js"
PREFIX = "widget."
_IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+\.js)";\n', re.MULTILINE)
_DECLARED = re.compile(r"^(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)
_MODULE_WORD = re.compile(r"^\s*(import|export)\b", re.MULTILINE)
_BLOCK_COMMENT = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
_LINE_COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+|\n(?=\n)", re.MULTILINE)


class ModuleError(Exception):
    """The modules cannot be joined: what is wrong, and in which file."""


@dataclass(frozen=True, slots=True)
class WidgetScript:
    """The script as it is sent: plain, compressed, and what names this version of it."""

    plain: bytes
    packed: bytes
    version: str


def build(folder: Path) -> WidgetScript:
    """The script from the ``*.js`` and ``*.css`` files in `folder` and the product's texts.

    Raises:
        ModuleError: two modules declare the same name, import in a circle, import what is not
            exported, or use a form of import or export that joining does not know.
    """
    sources = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.js"))}
    styles = "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("*.css")))
    texts = {lang: _own_texts(i18n.texts_for(lang).texts) for lang in i18n.LANGUAGES}
    plain = "\n".join(
        (
            "(() => {",
            '"use strict";',
            f"const TEXTS = {_literal(texts)};",
            f"const STYLES = {_literal(_shortened_styles(styles))};",
            *(_bare(sources[name]) for name in joined_order(sources)),
            "})();\n",
        )
    ).encode()
    return WidgetScript(plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest())


def joined_order(sources: Mapping[str, str]) -> list[str]:
    """Names of the modules that `ENTRY` needs, each after everything that it imports.

    Raises:
        ModuleError: as `build` says.
    """
    order: list[str] = []
    _visit(ENTRY, sources, (), order)
    homes: dict[str, str] = {"TEXTS": "the texts", "STYLES": "the style sheets"}
    for name in order:
        for declared in _DECLARED.findall(_unexported(sources[name])):
            if declared in homes:
                raise ModuleError(f"{name} and {homes[declared]} both declare {declared}")
            homes[declared] = name
    return order


def _visit(name: str, sources: Mapping[str, str], above: tuple[str, ...], order: list[str]) -> None:
    if name in above:
        raise ModuleError(f"{' -> '.join((*above, name))}: imports in a circle")
    if name in order:
        return
    if name not in sources:
        raise ModuleError(f"{above[-1] if above else ENTRY}: there is no {name}")
    for wanted, other in _IMPORT.findall(sources[name]):
        _visit(other, sources, (*above, name), order)
        missing = set(wanted.split(", ")) - set(_EXPORTED.findall(sources[other]))
        if missing:
            raise ModuleError(f"{name}: {other} does not export {', '.join(sorted(missing))}")
    _refuse_other_forms(name, sources[name])
    order.append(name)


def _refuse_other_forms(name: str, source: str) -> None:
    rest = _MODULE_WORD.search(_unexported(_IMPORT.sub("", source)))
    if rest:
        raise ModuleError(f"{name}: a form of {rest[1]} that joining does not know")
    if any(line.count("`") % 2 for line in source.splitlines()):
        raise ModuleError(f"{name}: a text in backticks goes over several lines")


def _unexported(source: str) -> str:
    return re.sub(r"^export (?=(?:async )?(?:function|class|const|let) )", "", source, flags=re.M)


def _bare(source: str) -> str:
    """A module without what a browser does not need: imports, exports, comments, indentation."""
    bare = _unexported(_IMPORT.sub("", source))
    for pattern in (_BLOCK_COMMENT, _LINE_COMMENT, _INDENT):
        bare = pattern.sub("", bare)
    return bare.strip()


def _shortened_styles(styles: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", styles, flags=re.DOTALL)).strip()


def _own_texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in texts.items() if key.startswith(PREFIX)}


def _literal(value: object) -> str:
    """`value` as JavaScript that may stand in any script."""
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return plain.replace("</", "<\\/").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
