"""Plots as SVG that stands within a page: drawn by its style sheet, told by their titles, with no script.

Every plot has its numbers in a table beside it, so that its description says no more than what it shows.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import accumulate

from reviewer.domain.text import safe_line
from reviewer.exports.pages import Bars, Boxes, Plot, Reliability, Scatter
from reviewer.exports.ticks import ticks

_WIDTH = 460
_NAMES = 120
_ROW = 26
_SIDE = 290
_MARGIN = 70
_RIGHT = 24
_NAME_LIMIT, _CAPTION_LIMIT = 18, 400
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def svg(plot: Plot, caption: str, place: int) -> str:
    """Return a plot as an SVG element; ``place`` tells its title and description from those of others on the page."""
    if isinstance(plot, Bars):
        drawn, width, height, title = _bars(plot), _WIDTH, _ROW * len(plot.bars) + 34, "Bars of counts"
    elif isinstance(plot, Boxes):
        drawn, width, height, title = _boxes(plot), _WIDTH, _ROW * len(plot.boxes) + 34, "Medians and quartiles"
    elif isinstance(plot, Reliability):
        drawn, width, height, title = _reliability(plot), _SIDE + _MARGIN + _RIGHT, _SIDE + 56, "Reliability curve"
    else:
        drawn, width, height, title = _scatter(plot), _SIDE + _MARGIN + _RIGHT, _SIDE + 56, "Lab against production"
    ids = f"title-{place}", f"desc-{place}"
    body = "".join(drawn)
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-labelledby="{ids[0]} {ids[1]}"><title id="{ids[0]}">{title}</title>'
        f'<desc id="{ids[1]}">{escape(safe_line(caption, _CAPTION_LIMIT))}</desc>{body}</svg>'
    )


def _bars(plot: Bars) -> Iterator[str]:
    most = max((sum(bar.counts) for bar in plot.bars), default=0) or 1
    room = _WIDTH - _NAMES - 50
    for row, bar in enumerate(plot.bars):
        y = row * _ROW + 4
        yield _text(_NAMES - 8, y + 13, bar.name, "end")
        starts = accumulate((0, *bar.counts))
        for place, (start, n) in enumerate(zip(starts, bar.counts, strict=False)):
            if n:
                x, width = _NAMES + start / most * room, n / most * room
                yield f'<rect class="c{place}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="18"/>'
                if width > 9 * len(f"{n:,}"):
                    yield _text(x + width / 2, y + 13, f"{n:,}", "middle", f"on c{place}")
        yield _text(_NAMES + sum(bar.counts) / most * room + 6, y + 13, f"{sum(bar.counts):,}", "start", "quiet")
    x = _NAMES
    for place, word in enumerate(plot.words):
        y = len(plot.bars) * _ROW + 14
        yield f'<rect class="c{place}" x="{x}" y="{y - 1}" width="11" height="11"/>'
        yield _text(x + 15, y + 9, word, "start", "quiet")
        x += 30 + 7 * len(word)


def _boxes(plot: Boxes) -> Iterator[str]:
    most = max((box.high for box in plot.boxes), default=0.0) * 1.05 or 1.0
    room = _WIDTH - _NAMES - 36
    bottom = len(plot.boxes) * _ROW + 6
    for value, label in ticks(0.0, most):
        x = _NAMES + value / most * room
        yield f'<line class="grid" x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="{bottom}"/>'
        yield _text(x, bottom + 15, label if value else f"0 {plot.unit}", "middle", "quiet")
    for row, box in enumerate(plot.boxes):
        y = row * _ROW + 4
        low, middle, high = (_NAMES + x / most * room for x in (box.low, box.middle, box.high))
        yield _text(_NAMES - 8, y + 13, box.name, "end")
        yield f'<rect class="box" x="{low:.1f}" y="{y}" width="{max(1.0, high - low):.1f}" height="18"/>'
        yield f'<line class="middle" x1="{middle:.1f}" y1="{y}" x2="{middle:.1f}" y2="{y + 18}"/>'


def _reliability(plot: Reliability) -> Iterator[str]:
    yield from _square([(share, f"{100 * share:.0f} %") for share in _SHARES], (0.0, 1.0), "forecast", "survived")
    band = [*((p.forecast, p.low) for p in plot.points), *((p.forecast, p.high) for p in reversed(plot.points))]
    yield f'<polygon class="band" points="{_points(band, (0.0, 1.0))}"/>'
    yield _diagonal()
    curve = [(p.forecast, p.share) for p in plot.points]
    yield f'<polyline class="curve" points="{_points(curve, (0.0, 1.0))}"/>'
    for x, y in curve:
        yield f'<circle class="dot" cx="{_x(x, (0.0, 1.0)):.1f}" cy="{_y(y, (0.0, 1.0)):.1f}" r="3"/>'


def _scatter(plot: Scatter) -> Iterator[str]:
    scale = plot.scale
    yield from _square(ticks(*scale), scale, "gain in the lab", "gain in production")
    yield _diagonal()
    for p in plot.points:
        x, y = _x(p.lab, scale), _y(p.production, scale)
        if p.lab_limits:
            low, high = (_x(end, scale) for end in p.lab_limits)
            yield f'<line class="error" x1="{low:.1f}" y1="{y:.1f}" x2="{high:.1f}" y2="{y:.1f}"/>'
        if p.production_limits:
            low, high = (_y(end, scale) for end in p.production_limits)
            yield f'<line class="error" x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}"/>'
        yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'


def _square(
    ticked: Sequence[tuple[float, str]], scale: tuple[float, float], across: str, upright: str
) -> Iterator[str]:
    for value, label in ticked:
        x, y = _x(value, scale), _y(value, scale)
        yield f'<line class="grid" x1="{x:.1f}" y1="8" x2="{x:.1f}" y2="{8 + _SIDE}"/>'
        yield f'<line class="grid" x1="{_MARGIN}" y1="{y:.1f}" x2="{_MARGIN + _SIDE}" y2="{y:.1f}"/>'
        yield _text(x, _SIDE + 24, label, "middle", "quiet")
        yield _text(_MARGIN - 6, y + 4, label, "end", "quiet")
    yield f'<rect class="frame" x="{_MARGIN}" y="8" width="{_SIDE}" height="{_SIDE}"/>'
    yield _text(_MARGIN + _SIDE / 2, _SIDE + 44, across, "middle")
    middle = 8 + _SIDE / 2
    yield f'<text x="12" y="{middle:.1f}" text-anchor="middle" transform="rotate(-90 12 {middle:.1f})">{upright}</text>'


def _diagonal() -> str:
    return f'<line class="same" x1="{_MARGIN}" y1="{8 + _SIDE}" x2="{_MARGIN + _SIDE}" y2="8"/>'


def _points(points: Sequence[tuple[float, float]], scale: tuple[float, float]) -> str:
    return " ".join(f"{_x(x, scale):.1f},{_y(y, scale):.1f}" for x, y in points)


def _x(value: float, scale: tuple[float, float]) -> float:
    return _MARGIN + (value - scale[0]) / (scale[1] - scale[0]) * _SIDE


def _y(value: float, scale: tuple[float, float]) -> float:
    return 8 + (1 - (value - scale[0]) / (scale[1] - scale[0])) * _SIDE


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(safe_line(text, _NAME_LIMIT))}</text>'
