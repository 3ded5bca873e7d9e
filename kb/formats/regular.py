"""Tables of HTML and Word made regular, so that Markdown can hold them without losing a cell.

Merged cells are repeated in every place they cover: a row read on its own stays true. Blocks and
line breaks in a cell become one line.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from kb.formats.records import Refused

_MAX_CELLS = 50_000
_MAX_SPAN = 1_000
_BLOCKS = ("p", "div", "li", "br", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote")
_ENDS = ("。", "；", "！", "？", "：", "，", "、", ".", ";", "!", "?", ":", ",")
_SPACE = re.compile(r"\s+")


def regular_tables(soup: BeautifulSoup) -> None:
    """Replace every table of `soup` by one with a header row and equal rows, in place.

    Inner tables become text of the cell they stand in; a table of one cell becomes paragraphs.
    """
    for table in soup.find_all("table"):
        if table.find_parent("table") is None:
            _replace(soup, table)


def _replace(soup: BeautifulSoup, table: Tag) -> None:
    for inner in table.find_all("table"):
        inner.name = "div"
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    grid = _grid(rows)
    caption = table.find("caption")
    if caption is not None:
        caption.name = "p"
        table.insert_before(caption.extract())
    if not grid or not grid[0]:
        table.unwrap()
        return
    if len(grid) == 1 and len(grid[0]) == 1 and grid[0][0] is not None:
        only = grid[0][0]
        only.name = "div"
        table.replace_with(only.extract())
        return
    texts: dict[int, Tag] = {}
    fresh = soup.new_tag("table")
    for number, row in enumerate(grid):
        line = soup.new_tag("tr")
        for cell in row:
            made = soup.new_tag("th" if number == 0 else "td")
            if cell is not None:
                if id(cell) not in texts:
                    _flatten(cell)
                    texts[id(cell)] = cell
                for child in list(cell.children):
                    made.append(child.__copy__())
            line.append(made)
        fresh.append(line)
    table.replace_with(fresh)


def _grid(rows: list[Tag]) -> list[list[Tag | None]]:
    """The cells by row and column, a merged one in each place it covers."""
    grid: list[dict[int, Tag | None]] = [{} for _ in rows]
    cells = 0
    for number, row in enumerate(rows):
        column = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while column in grid[number]:
                column += 1
            height = min(_span(cell, "rowspan"), len(rows) - number)
            width = _span(cell, "colspan")
            cells += height * width
            if cells > _MAX_CELLS:
                raise Refused(f"has a table of more than {_MAX_CELLS} cells")
            for down in range(height):
                for right in range(width):
                    grid[number + down].setdefault(column + right, cell)
            column += width
    width = max((max(row, default=-1) + 1 for row in grid), default=0)
    if width * len(grid) > _MAX_CELLS:
        raise Refused(f"has a table of more than {_MAX_CELLS} cells")
    return [[row.get(column) for column in range(width)] for row in grid]


def _span(cell: Tag, name: str) -> int:
    text = str(cell.get(name) or "1").strip()
    return min(max(int(text), 1), _MAX_SPAN) if text.isdecimal() and len(text) < 6 else 1


def _flatten(cell: Tag) -> None:
    """Blocks of the cell as one line of inline text, in place."""
    for block in cell.find_all(_BLOCKS):
        if block.name == "br":
            block.replace_with(NavigableString("\n"))
        else:
            block.insert_after(NavigableString("\n"))
            block.unwrap()
    for wrapper in cell.find_all(["ul", "ol", "div", "tbody", "thead", "td", "th"]):
        wrapper.unwrap()
    cell.smooth()
    for text in list(cell.find_all(string=True)):
        text.replace_with(NavigableString(_joined(str(text)).replace("|", "\\|")))


def _joined(text: str) -> str:
    """Lines as one, each ended by a sign where it has none."""
    lines = [_SPACE.sub(" ", line) for line in text.split("\n")]
    kept = [line for line in lines if line.strip()]
    if len(kept) < 2:
        return "".join(kept) if kept else " "
    out = ""
    for line in kept[:-1]:
        wide = any("\u3000" <= char <= "\uffef" for char in line)
        end = "" if line.rstrip().endswith(_ENDS) else ("；" if wide else ";")
        out += line.rstrip() + end + (" " if not wide else "")
    return out + kept[-1]
