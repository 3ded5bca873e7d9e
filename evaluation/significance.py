"""How one run's scores stand to another's on the same queries."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from evaluation import metrics


def versus(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, Any]:
    """Ratio of the means, p-value of a paired test, 95% interval of the mean difference.

    Args:
        ours: Score of each query.
        theirs: Score of the same queries in the other run.
    """
    base = fmean(theirs)
    low, high = metrics.mean_difference_interval(ours, theirs)
    return {
        "ratio": round(fmean(ours) / base, 4) if base else 0.0,
        "p": round(metrics.paired_p_value(ours, theirs), 4),
        "interval": [round(low, 4), round(high, 4)],
    }
