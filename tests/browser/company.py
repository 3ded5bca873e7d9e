"""A part of the demonstration company: large enough for every page, small enough to start quickly.

What page tests expect of texts and of ranks stays as it is while the company's knowledge grows; that
all of it holds together is what the tests of search, replies and content look at.
"""

import shutil
from pathlib import Path

CONTENT = Path(__file__).parents[2] / "content"
ENTRIES = frozenset(Path(__file__).with_name("company.txt").read_text("utf-8").split())


def small_company(folder: Path) -> Path:
    """Puts the entries named in `company.txt`, in all their revisions, into a new folder."""
    for source in CONTENT.rglob("*"):
        entry_id = source.name.partition(".r")[0]
        if source.is_file() and (source.suffix != ".md" or entry_id in ENTRIES):
            target = folder / source.relative_to(CONTENT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return folder
