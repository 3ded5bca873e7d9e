"""Two versions side by side as JSON, as far as the caller may read both."""

from __future__ import annotations

from assistant.accounts.policy import Action
from assistant.catalogue import Catalogue
from assistant.shift.comparisons import Comparison
from assistant.web import context, diffs, labels
from assistant.web.comparison_responses import ComparisonOut, SideOut
from kb.model import Entry, Revision


def comparison(catalogue: Catalogue, entry: Entry, compared: Comparison) -> ComparisonOut | None:
    """One comparison, or None where nothing of it is open to the caller."""
    left, right = _open(compared.left), _open(compared.right)
    if left is None and right is None:
        return None
    reason = labels.reason(catalogue, entry.id, compared.reason) if compared.reason else None
    whole = left is not None and right is not None
    return {
        "state": compared.state.value,
        "message": reason["message"] if reason else "",
        "at": reason["at"] if reason else None,
        "left": _side(catalogue, left),
        "right": _side(catalogue, right),
        "pairs": [
            {
                "before": pair.before,
                "after": pair.after,
                "words": diffs.word_changes(pair.before, pair.after),
            }
            for pair in (compared.pairs if whole else ())
        ],
        "own": list(compared.own) if whole else [],
    }


def _open(revision: Revision | None) -> Revision | None:
    allowed = revision is not None and context.allowed(Action.ENTRIES_READ, revision)
    return revision if allowed else None


def _side(catalogue: Catalogue, revision: Revision | None) -> SideOut | None:
    if revision is None:
        return None
    spans = catalogue.spans(revision.entry_id, revision.number)
    entry = catalogue.entries.get(revision.entry_id)
    return {
        "entry_id": revision.entry_id,
        "title": revision.content.title,
        "kind": entry.kind.value if entry else "",
        "revision": revision.number,
        "effective": labels.effective(
            spans[0].start if spans else revision.valid_from,
            spans[-1].end if spans else revision.valid_until,
        ),
        "url": labels.entry_url(revision.entry_id, revision.number),
    }
