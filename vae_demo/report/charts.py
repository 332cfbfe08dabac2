"""Drawings of the report as inline SVG: frames and latents, one chart per score, x-t tapes.

All share one axis: x(i) is the left edge of playback frame i. Only numbers and labels of variants get in,
and they are escaped; colours are classes, so that one style sheet serves light and dark.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from vae_demo.layout.text import ranges
from vae_demo.palette import Line, shape
from vae_demo.results.scores import SCORES
from vae_demo.words import LANGUAGES, say

WIDTH, LEFT, RIGHT = 1100, 84, 84
ROW, CELL, LATENT, PAD = 40, 9, 12, 3
CHART = 170
# About as many marks to a line of a chart, and how large they are.
MARKS, MARK = 16, 7
TAPE, TAPE_GAP = 52, 14
SOURCE = "source"
# The style sheet shows one language; this works inside a drawing too.
SOURCE_NAMES = "".join(f'<tspan lang="{lang}">{escape(say(lang, "report_source"))}</tspan>' for lang in LANGUAGES)


@dataclass(frozen=True)
class Axis:
    """The shared axis of `n_frames` playback frames."""

    n_frames: int

    def x(self, index: float) -> float:
        return round(LEFT + index * (WIDTH - LEFT - RIGHT) / self.n_frames, 2)

    def ticks(self) -> range:
        """Frame numbers to print: about ten, at round steps."""
        return range(0, self.n_frames, max(round(nice_step(self.n_frames / 10)), 1))


def nice_step(raw: float) -> float:
    """The next step of 1, 2 or 5 times a power of ten that is at least `raw`."""
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    return next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)


def _svg(height: float, body: Sequence[str], label: str) -> str:
    return (f'<svg viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}" role="img" '
            f'aria-label="{escape(label)}">{"".join(body)}</svg>')


def _rect(x: float, y: float, width: float, height: float, css: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{max(width, 0):g}" height="{height:g}" class="{css}"/>'


def _text(x: float, y: float, text: str, css: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{css}" text-anchor="{anchor}">{escape(text)}</text>'


def _name(label: str | None, css: str, baseline: float) -> list[str]:
    """A swatch and the name of a row; None is the source."""
    text = SOURCE_NAMES if label is None else escape(label)
    return [_rect(0, baseline - 9, 10, 10, f"{css} swatch"),
            f'<text x="16" y="{baseline:g}" class="name">{text}</text>']


def _border(axis: Axis, index: int, top: float, height: float) -> str:
    return _rect(axis.x(index) - 1, top, 1.5, height, "border")


def _numbers(axis: Axis, y: float) -> list[str]:
    return [_text(axis.x(i + 0.5), y, str(i), "tick", "middle") for i in axis.ticks()]


def patterns() -> str:
    """The hatch of pads, defined once for every drawing of the page."""
    return ('<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs>'
            '<pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><rect width="4" height="4" class="hatch-ground"/>'
            '<rect width="1.3" height="4" class="hatch-line"/></pattern></defs></svg>')


def ruler(data: Mapping, drawn: Mapping[str, Line], axis: Axis) -> str:
    """Per variant: the frames that play, the latents they come from, borders, pads and lost frames."""
    body = _numbers(axis, 10)
    body += _name(None, "fill source", 18 + CELL)
    body.append(_rect(axis.x(0), 18, axis.x(data["clip"]["n_frames"]) - axis.x(0), CELL, "fill source dim"))
    body += _gaps(axis, data["clip"]["n_frames"], 18, CELL)
    top = 40
    for variant in data["variants"]:
        css = f"fill v{css_name(drawn[variant['label']].colour)}"
        body += _name(variant["label"], f"{css} mark-{drawn[variant['label']].mark}", top + CELL)
        body.append(_rect(axis.x(0), top, axis.x(variant["frames_out"]) - axis.x(0), CELL, f"{css} dim"))
        body += _gaps(axis, variant["frames_out"], top, CELL)
        for index, slot in enumerate(variant["slots"]):
            if slot is None:
                body.append(_rect(axis.x(index), top, axis.x(index + 1) - axis.x(index) - 0.5, CELL, "hatch"))
        body += _latents(variant, axis, top + CELL + 1, css)
        for chunk in variant["decode_chunks"]:
            body += _folded(chunk, axis, top)
        body += [_border(axis, index, top - 4, CELL + LATENT + 6) for index in variant["boundaries"]]
        body += _lost(variant["lost_frames"], axis.x(variant["frames_out"]) + 6, top)
        top += ROW
    return _svg(top, body, "frames and latents")


def _gaps(axis: Axis, n_frames: int, top: float, height: float) -> list[str]:
    """White lines between cells, one path for a whole row."""
    path = "".join(f"M{axis.x(i):g} {top:g}v{height:g}" for i in range(1, n_frames))
    return [f'<path d="{path}" class="gap"/>'] if path else []


def _latents(variant: Mapping, axis: Axis, top: float, css: str) -> list[str]:
    body, stride = [], variant["rule"]["stride"]
    for chunk in variant["decode_chunks"]:
        for latent in range(chunk["latent_start"], chunk["latent_stop"]):
            # The first group of a chunk is shorter on the axis by the slots that are cropped away.
            offset = (latent - chunk["latent_start"]) * stride - chunk["crop"]
            left, right = axis.x(chunk["start"] + max(offset, 0)), axis.x(chunk["start"] + max(offset + stride, 0))
            if right > left:
                body.append(_rect(left, top, right - left - 1, LATENT, f"{css} faint"))
                if right - left > 16:
                    body.append(_text((left + right) / 2, top + LATENT - 3, str(latent), "tick", "middle"))
    return body


def _folded(chunk: Mapping, axis: Axis, top: float) -> list[str]:
    width = axis.x(1) - axis.x(0) - 1
    return [_rect(axis.x(chunk["start"]), top - PAD * (i + 1), width, PAD - 0.5, "hatch") for i in range(chunk["crop"])]


def _lost(frames: Sequence[int], x: float, top: float) -> list[str]:
    """A crossed box and the first frames that nobody sees."""
    if not frames:
        return []
    first, *more = ranges(frames, "–")
    box = f'<path d="M{x:g} {top}h{CELL}v{CELL}h-{CELL}zl{CELL} {CELL}m0 -{CELL}l-{CELL} {CELL}" class="lost"/>'
    return [box, _text(x + CELL + 4, top + CELL, f"f{first}" + (" …" if more else ""), "note")]


def css_name(colour: str) -> str:
    """A colour's name as CSS takes it: no arrows."""
    return colour.replace("→", "to")


def swatch(line: Line) -> str:
    """The mark beside a variant's name, in text."""
    return f'<span class="swatch mark-{line.mark}" style="background:var(--{css_name(line.colour)})"></span>'


def chart(data: Mapping, score: str, drawn: Mapping[str, Line], axis: Axis) -> str:
    """One score per playback frame: a line per variant with gaps where nothing is known, and the baseline."""
    series = {variant["label"]: variant[score] for variant in data["variants"]}
    baseline = data["baseline_2d"][score] if data["baseline_2d"] else []
    low, high, step = limits([value for values in (*series.values(), baseline) for value in values])
    top, bottom = 6, CHART - 18

    def y(value: float) -> float:
        return round(bottom - (value - low) * (bottom - top) / (high - low), 2)

    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    lines = [low + i * step for i in range(round((high - low) / step) + 1)]
    body = [f'<path d="M{LEFT} {y(v):g}H{WIDTH - RIGHT}" class="grid"/>'
            + _text(LEFT - 6, y(v) + 3.5, f"{v:.{digits}f}", "tick", "end") for v in lines]
    body += _numbers(axis, CHART - 3)
    body.append(_path(baseline, axis, y, "line source", "3 3"))
    for label, values in series.items():
        body.append(_path(values, axis, y, f"line v{css_name(drawn[label].colour)}", drawn[label].dash))
        body += _marks(values, axis, y, drawn[label])
    body += [_hover(axis, index, series, baseline, SCORES[score].digits, bottom) for index in range(axis.n_frames)]
    return _svg(CHART, body, score)


def limits(values: Sequence[float | None]) -> tuple[float, float, float]:
    """Low and high end of an axis around the known values, and its step: whole steps, never of zero height."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if high - low < 1e-6:
        low, high = low - 0.5, high + 0.5
    step = nice_step((high - low) / 5)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step


def _path(values: Sequence[float | None], axis: Axis, y, css: str, dash: str) -> str:
    parts, pen = [], "M"
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        parts.append(f"{pen}{axis.x(index + 0.5):g} {y(value):g}")
        # A point between two gaps has no line: a dot of zero length shows with round caps.
        pen = "L"
        if not (index + 1 < len(values) and values[index + 1] is not None):
            parts.append("h0")
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{"".join(parts)}" class="{css}"{dashes}/>' if parts else ""


def _marks(values: Sequence[float | None], axis: Axis, y, line: Line) -> list[str]:
    """Marks on a line that colour alone may not tell from another."""
    every = max(round(axis.n_frames / MARKS), 1)
    return [mark(line, (axis.x(index + 0.5) - MARK / 2, y(value) - MARK / 2)) for index, value in enumerate(values)
            if line.dash and value is not None and index % every == 0]


def mark(line: Line, at: tuple[float, float]) -> str:
    """The mark of a line, its upper left corner at `at`."""
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape(line.mark, MARK, at))
    return f'<polygon points="{points}" class="fill v{css_name(line.colour)}"/>'


def _hover(axis: Axis, index: int, series: Mapping, baseline: Sequence, digits: int, bottom: float) -> str:
    read = [f"{label}: {values[index]:.{digits}f}" for label, values in [*series.items(), ("2D", baseline)]
            if index < len(values) and values[index] is not None]
    return (f'<rect x="{axis.x(index):g}" y="0" width="{axis.x(index + 1) - axis.x(index):.2f}" height="{bottom}" '
            f'class="hover"><title>{escape("  ".join([f"frame {index}", *read]))}</title></rect>')


def tapes(data: Mapping, drawn: Mapping[str, Line], pictures: Mapping[str, str], axis: Axis) -> str:
    """x-t tapes: `pictures` maps "source" and every label to a data URI, one column per frame."""
    rows: list[tuple[str | None, int, Sequence[int], Sequence[int]]] = [(None, data["clip"]["n_frames"], [], [])]
    rows += [(v["label"], v["frames_out"], v["boundaries"], [i for i, s in enumerate(v["slots"]) if s is None])
             for v in data["variants"]]
    body, top = [], 6.0
    for key, n_frames, borders, pads in rows:
        css = "fill source" if key is None else f"fill v{css_name(drawn[key].colour)} mark-{drawn[key].mark}"
        body += _name(key, css, top + 14)
        body.append(
            f'<image x="{axis.x(0):g}" y="{top:g}" width="{axis.x(n_frames) - axis.x(0):g}" height="{TAPE}" '
            f'preserveAspectRatio="none" href="{pictures[key or SOURCE]}"/>')
        body += [_border(axis, index, top - 5, 4) + _border(axis, index, top + TAPE + 1, 4) for index in borders]
        body += [_rect(axis.x(i), top + TAPE + 1, axis.x(i + 1) - axis.x(i), 4, "hatch") for i in pads]
        top += TAPE + TAPE_GAP
    body += _numbers(axis, top + 4)
    return _svg(top + 8, body, "x-t tapes")
