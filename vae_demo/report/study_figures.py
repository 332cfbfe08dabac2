"""Drawings of a study: per score every clip, the mean and its interval, beside the paired difference to the reference;
and how quality runs around chunk borders."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from vae_demo.palette import Line
from vae_demo.report.charts import css_name, limits, mark
from vae_demo.report.numbers import number
from vae_demo.report.text import shown
from vae_demo.results.scores import SCORES
from vae_demo.verdicts.equal import EQUAL_MEAN_DB, EQUAL_WORST_DB

# Narrow enough for a phone to show text of 12 px without scrolling; two stand side by side on a desk.
WIDTH, LEFT, RIGHT, TOP, ROW, FOOT = 480, 92, 70, 6, 34, 22
AROUND_HEIGHT = 220
# More dots than these run into each other.
MOST_DOTS = 60
# Half of what counts as equal, by score; others have no such line.
BANDS = {"psnr": EQUAL_MEAN_DB, "psnr_worst": EQUAL_WORST_DB, "psnr_aligned": EQUAL_MEAN_DB}
DIGITS = {**{name: score.mean_digits for name, score in SCORES.items()}, "psnr_worst": 2, "psnr_aligned": 2, "seam": 2}
Scale = Callable[[float], float]


def score_figure(group: Mapping, name: str, drawn: Mapping[str, Line], values: Mapping[str, Mapping]) -> str:
    """Absolute: a row per variant. values: by variant, clip -> score."""
    rows = [(cell, cell["scores"][name], values[cell["variant"]]) for cell in group["cells"]]
    return _strips(rows, name, drawn, f"{name}", "-", None)


def difference_figure(group: Mapping, name: str, drawn: Mapping[str, Line], values: Mapping[str, Mapping]) -> str:
    """The same minus the reference, where a clip has both; the reference itself has an empty row."""
    base, rows = values[group["reference"]], []
    for cell in group["cells"]:
        own = values[cell["variant"]]
        gaps = {clip: None if own.get(clip) is None or base.get(clip) is None else own[clip] - base[clip]
                for clip in own} if cell["difference"] else {}
        rows.append((cell, cell["difference"].get(name), gaps))
    return _strips(rows, name, drawn, f"{name} −", "+", BANDS.get(name, 0.0))


def _strips(
    rows: Sequence[tuple[Mapping, Mapping | None, Mapping]], name: str, drawn: Mapping[str, Line], label: str,
    sign: str, band: float | None,
) -> str:
    known = [value for _, summary, values in rows for value in (
        *values.values(), *((summary["low"], summary["high"]) if summary else ()))]
    low, high, step = limits([*known, *((-(band or 0), band or 0, 0.0) if band is not None else ())])
    height = TOP + ROW * len(rows) + FOOT

    def x(value: float) -> float:
        return round(LEFT + (value - low) * (WIDTH - LEFT - RIGHT) / (high - low), 1)

    body = _grid(low, high, step, x, height - FOOT)
    if band is not None:
        body.append(f'<rect x="{x(-band):g}" y="{TOP}" width="{x(band) - x(-band):g}" height="{height - FOOT - TOP}" '
                    f'class="band"/><path d="M{x(0):g} {TOP}V{height - FOOT}" class="zero"/>')
    for place, (cell, summary, values) in enumerate(rows):
        body += _strip(TOP + ROW * (place + 0.5), cell["label"], summary, values, drawn[cell["label"]], x,
                       (DIGITS[name], sign))
    return _svg(height, body, label)


def _strip(
    y: float, label: str, summary: Mapping | None, values: Mapping[str, float | None], line: Line, x: Scale,
    digits: tuple[int, str],
) -> list[str]:
    css = f"v{css_name(line.colour)}"
    body = [mark(line, (0, y - 3.5)), f'<text x="13" y="{y + 4:g}" class="row">{escape(_short(label))}</text>']
    if summary is None or summary["mean"] is None:
        return [*body, f'<text x="{WIDTH}" y="{y + 4:g}" class="row" text-anchor="end">–</text>']
    body += _clips(y + 8, values, x, css, digits)
    if summary["low"] is not None:
        body.append(f'<path d="M{x(summary["low"]):g} {y - 3:g}H{x(summary["high"]):g}" class="line bar {css}"/>')
    at = x(summary["mean"])
    body.append(f'<g class="mean">{mark(line, (at - 3.5, y - 6.5))}</g>')
    return [*body, f'<text x="{WIDTH}" y="{y + 4:g}" class="row" text-anchor="end">'
                   f'{number(summary["mean"], *digits)}</text>']


def _clips(
    y: float, values: Mapping[str, float | None], x: Scale, css: str, digits: tuple[int, str]
) -> list[str]:
    known = {clip: value for clip, value in values.items() if value is not None}
    if len(known) > MOST_DOTS:
        return [f'<path d="M{x(min(known.values())):g} {y:g}H{x(max(known.values())):g}" class="line {css} thin"/>']
    return [f'<circle cx="{x(value):g}" cy="{y:g}" r="2.6" class="fill {css} dot"><title>{shown(clip)}: '
            f'{number(value, *digits)}</title></circle>' for clip, value in known.items()]


def _grid(low: float, high: float, step: float, x: Scale, bottom: float) -> list[str]:
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    ticks = [low + i * step for i in range(round((high - low) / step) + 1)]
    return [f'<path d="M{x(tick):g} {TOP}V{bottom:g}" class="grid"/><text x="{x(tick):g}" y="{bottom + 15:g}" '
            f'text-anchor="middle">{number(tick + 0.0, digits)}</text>' for tick in ticks]


def around_figure(group: Mapping, drawn: Mapping[str, Line]) -> str:
    """A line per variant that has borders, over frames from the border; 0 opens the chunk."""
    lines = {cell["label"]: cell["around"] for cell in group["cells"] if cell["around"]}
    offsets = next(iter(lines.values()))["offsets"]
    low, high, step = limits([0.0, *(value for each in lines.values() for value in each["values"])])
    bottom, left, right = AROUND_HEIGHT - FOOT, 44, 8
    width = (WIDTH - left - right) / len(offsets)

    def x(place: float) -> float:
        return round(left + (place + 0.5) * width, 1)

    def y(value: float) -> float:
        return round(bottom - (value - low) * (bottom - TOP) / (high - low), 1)

    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    body = [f'<path d="M{left} {y(v):g}H{WIDTH - right}" class="{"grid" if abs(v) > step / 2 else "zero"}"/>'
            f'<text x="{left - 6}" y="{y(v) + 4:g}" text-anchor="end">{number(v + 0.0, digits)}</text>'
            for v in (low + i * step for i in range(round((high - low) / step) + 1))]
    body.append(f'<rect x="{x(offsets.index(0) - 0.5) - 0.75:g}" y="{TOP}" width="1.5" height="{bottom - TOP}" '
                'class="border"/>')
    body += [f'<text x="{x(place):g}" y="{AROUND_HEIGHT - 6}" text-anchor="middle">{number(offset, 0)}</text>'
             for place, offset in enumerate(offsets)]
    for label, each in lines.items():
        body += _course(each["values"], drawn[label], x, y)
    body += [_read(place, offset, lines, x, width, bottom) for place, offset in enumerate(offsets)]
    return _svg(AROUND_HEIGHT, body, "around borders")


def _course(values: Sequence[float | None], line: Line, x: Scale, y: Scale) -> list[str]:
    parts, pen = [], "M"
    for place, value in enumerate(values):
        if value is not None:
            parts.append(f"{pen}{x(place):g} {y(value):g}")
        pen = "M" if value is None else "L"
    dash = f' stroke-dasharray="{line.dash}"' if line.dash else ""
    marks = [mark(line, (x(place) - 3.5, y(value) - 3.5)) for place, value in enumerate(values) if value is not None]
    return [f'<path d="{"".join(parts)}" class="line v{css_name(line.colour)}"{dash}/>', *marks]


def _read(place: int, offset: int, lines: Mapping[str, Mapping], x: Scale, width: float, bottom: float) -> str:
    read = [f"{label}: {number(each['values'][place], 2, '+')}" for label, each in lines.items()
            if each["values"][place] is not None]
    return (f'<rect x="{x(place - 0.5):g}" y="0" width="{width:.1f}" height="{bottom}" class="hover">'
            f'<title>{escape("  ".join([number(offset, 0), *read]))}</title></rect>')


def _short(label: str) -> str:
    """As much of a label as stands before the drawing."""
    return label if len(label) <= 11 else f"{label[:10]}…"


def _svg(height: float, body: Sequence[str], label: str) -> str:
    return (f'<svg viewBox="0 0 {WIDTH} {height:g}" class="figure" role="img" aria-label="{escape(label)}">'
            f'{"".join(body)}</svg>')


def tally(stands: Mapping[str, str | None], say_stand: Callable[[str], str]) -> str:
    """One mark per clip, in the order of clips: down is worse, up is better, hollow is equal. Nothing beyond
    MOST_DOTS, where only counts can be read. say_stand: how a stand is said on hover."""
    if not stands or len(stands) > MOST_DOTS:
        return ""
    marks = "".join(
        f'<svg viewBox="0 0 12 12" class="stand"><path d="{_STANDS[stand or "none"]}" class="{stand or "none"}"/>'
        f"<title>{shown(clip)}: {escape(say_stand(stand or 'none'))}</title></svg>"
        for clip, stand in stands.items())
    return f'<div class="tally">{marks}</div>'


_STANDS: dict[str, Any] = {
    "worse": "M1 2H11L6 11Z", "better": "M6 1L11 10H1Z", "mixed": "M6 0.5L11.5 6L6 11.5L0.5 6Z",
    "equal": "M2 2H10V10H2Z", "none": "M3 6H9"}
