"""The text of a file whose encoding nobody states: UTF-8, UTF-16 or the Chinese encodings."""

from __future__ import annotations

import codecs

from kb.formats.records import Refused

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
          (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
# GB2312 and GBK are parts of GB18030; what says it is one of them often holds more.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "hz-gb-2312": "gb18030", "big5": "big5hkscs"}
_GUESSES = ["gb18030", "big5hkscs", "shift_jis", "euc_kr", "cp1252"]
_SAMPLE = 256 * 1024


def decoded(data: bytes, stated: str = "") -> tuple[str, str]:
    """The text and the encoding it was read with; `stated` is what the file says of itself.

    Raises Refused, naming line and byte, when it is text in none of the encodings.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding), encoding.removesuffix("-sig")
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError as error:
        first = error
    if b"\0" in data[:_SAMPLE]:
        raise Refused("holds NUL bytes: it is damaged, or no text at all")
    for encoding in (_known(stated), _guessed(data)):
        if encoding:
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError:
                continue
    line = data.count(b"\n", 0, first.start) + 1
    raise Refused(
        f"is neither UTF-8 nor GB18030: line {line}, byte {data[first.start]:#04x}; "
        "save it as UTF-8"
    )


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused(f"says it is {encoding} but is not: byte offset {error.start}") from None


def _known(stated: str) -> str:
    try:
        name = codecs.lookup(stated).name if stated else ""
    except LookupError:
        return ""
    return _WIDER.get(name, name)


def _guessed(data: bytes) -> str:
    """The likeliest of the encodings that the whole of the data is valid in."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE], cp_isolation=_GUESSES).best()
    return best.encoding if best else "gb18030"
