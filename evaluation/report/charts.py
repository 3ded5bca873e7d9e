"""Plots as inline SVG: drawn with the page's colours, so that they follow light and dark.

Numbers are drawn as text too: no plot says anything by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from evaluation.metrics import Bin, Operating

_SIDE = 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 20, 10, 44
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a name, a value from 0 to 1, its text, and whether it is the one that matters."""

    label: str
    value: float
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of an axis, and the style it is painted in; the page says what the style means."""

    start: float
    end: float
    style: str


def bars(rows: Sequence[Bar]) -> Markup:
    """A list of names, each with a bar on a scale from 0 to 1 and its value.

    The bars stretch with the page, names and values keep their size.
    """
    parts = []
    for row in rows:
        style = ' class="strong"' if row.strong else ""
        length = min(max(row.value, 0.0), 1.0) * 100
        parts.append(
            f"<li{style}><span>{escape(row.label)}</span>"
            '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            '<rect class="rail" width="100" height="10"/>'
            f'<rect class="bar" width="{length:.2f}" height="10"/></svg>'
            f"<b>{escape(row.text)}</b></li>"
        )
    return Markup(f'<ul class="bars">{"".join(parts)}</ul>')


def reliability(bins: Sequence[Bin], title: str, axes: tuple[str, str], ideal: str) -> Markup:
    """How often it was right (up) against how sure it was (across), a dot for each bin.

    A dot's size grows with the number of queries in its bin; on the diagonal confidence is honest.
    """
    parts = _frame(axes)
    parts.append(f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>')
    parts.append(f'<text class="note" x="{_x(0.03)}" y="{_y(0.95)}">{escape(ideal)}</text>')
    most = max((part.count for part in bins), default=1) or 1
    for part in bins:
        if not part.count:
            continue
        size = 3 + 7 * (part.count / most) ** 0.5
        x, y = _x(part.confidence), _y(part.accuracy)
        tip = f"{part.confidence:.0%} → {part.accuracy:.0%} (n = {part.count})"
        parts.append(
            f'<line class="gap" x1="{x}" y1="{y}" x2="{x}" y2="{_y(part.confidence)}"/>'
            f'<circle class="dot" cx="{x}" cy="{y}" r="{size:.1f}"><title>{tip}</title></circle>'
        )
    return _svg(title, parts)


def trade(
    points: Sequence[Operating], zones: Sequence[Zone], title: str, axes: tuple[str, str],
    names: tuple[str, str],
) -> Markup:  # fmt: skip
    """Share answered (up) by threshold (across), of what has an answer and of what has none.

    Args:
        points: What each threshold does.
        zones: What the product does at a confidence; painted behind the curves.
        title: What the picture is, for those who do not see it.
        axes: Names of both axes, across and up.
        names: What the two curves are.
    """
    parts = _frame(axes)
    for zone in zones:
        start, end = _x(zone.start), _x(zone.end)
        parts.insert(
            0,
            f'<rect class="zone {escape(zone.style)}" x="{start}" y="{_y(1)}" '
            f'width="{end - start:.1f}" height="{_y(0) - _y(1)}"/>',
        )
        if zone.start > 0:
            parts.append(f'<line class="cut" x1="{start}" y1="{_y(0)}" x2="{start}" y2="{_y(1)}"/>')
    curves: tuple[tuple[str, str, Callable[[Operating], float]], ...] = (
        ("given", names[0], lambda point: point.coverage),
        ("wasted", names[1], lambda point: point.false_answers),
    )
    for style, name, value in curves:
        path = _steps(points, value)
        parts.append(f'<path class="curve {style}" d="{path}"><title>{escape(name)}</title></path>')
    return _svg(title, parts)


def risk(
    points: Sequence[Operating], chosen: Operating, title: str, axes: tuple[str, str], label: str
) -> Markup:
    """Share of wrong answers (up) against the share of answerable questions answered (across)."""
    parts = _frame(axes)
    places = [f"{_x(point.coverage)},{_y(point.risk)}" for point in points]
    if places:
        parts.append(f'<polyline class="curve wasted" points="{" ".join(places)}"/>')
    x, y = _x(chosen.coverage), _y(chosen.risk)
    parts.append(
        f'<circle class="chosen" cx="{x}" cy="{y}" r="6"/>'
        f'<text class="note strong" x="{x - 10}" y="{y - 14}" text-anchor="end">'
        f"{escape(label)}</text>"
    )
    return _svg(title, parts)


def _steps(points: Sequence[Operating], value: Callable[[Operating], float]) -> str:
    """Path of a share that falls as the threshold grows: constant between confidences."""
    height, path = 0.0, f"M{_x(1)},{_y(0)}"
    for point in points:  # from the highest threshold down
        path += f"H{_x(point.threshold)}"
        height = value(point)
        path += f"V{_y(height)}"
    return f"{path}H{_x(0)}"


def _frame(axes: tuple[str, str]) -> list[str]:
    """Grid, ticks and names of both axes, 0 to 1 each."""
    across, up = axes
    parts = []
    for tick in _TICKS:
        x, y = _x(tick), _y(tick)
        parts += [
            f'<line class="grid" x1="{x}" y1="{_y(0)}" x2="{x}" y2="{_y(1)}"/>',
            f'<line class="grid" x1="{_x(0)}" y1="{y}" x2="{_x(1)}" y2="{y}"/>',
            f'<text class="tick" x="{x}" y="{_y(0) + 16}" text-anchor="middle">{tick:.0%}</text>',
            f'<text class="tick" x="{_x(0) - 7}" y="{y + 4}" text-anchor="end">{tick:.0%}</text>',
        ]
    middle = (_x(0) + _x(1)) / 2
    parts += [
        f'<text class="axis" x="{middle}" y="{_SIDE - 6}" text-anchor="middle">'
        f"{escape(across)}</text>",
        f'<text class="axis" transform="translate(11 {(_y(0) + _y(1)) / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(up)}</text>',
    ]
    return parts


def _x(share: float) -> float:
    return round(_LEFT + min(max(share, 0), 1) * (_SIDE - _LEFT - _RIGHT), 1)


def _y(share: float) -> float:
    return round(_TOP + (1 - min(max(share, 0), 1)) * (_SIDE - _TOP - _BOTTOM), 1)


def _svg(title: str, parts: Sequence[str]) -> Markup:
    """A picture that readers of screens hear by its title."""
    body = "".join(parts)
    return Markup(
        f'<svg viewBox="0 0 {_SIDE} {_SIDE}" role="img" aria-label="{escape(title)}">{body}</svg>'
    )
