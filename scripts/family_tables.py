"""The tables of frame counts in families.json, made from closed rules: make families

A rule gives a row for any number of frames: (latents, frames that come back, how many of those are black), None where
the encoder, the decoder or both stop with an error. What runs in groups is counted by its FrameRule, the others by a
formula below. A setting with neither keeps the table that was measured.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from vae_demo.layout.chunks import chunk_lengths
from vae_demo.layout.rule import FrameRule
from vae_demo.refusal import Refusal

PATH = Path(__file__).parents[1] / "vae_demo" / "families" / "families.json"
FRAMES, LONGEST_PERIOD = 1500, 64

Row = tuple[int | None, ...]
STOPS: Row = (None, None)


def groups(frames: int, rule: FrameRule, chunk: int | None) -> Row:
    """The same chunk size on both sides: what reaches a latent comes back."""
    lengths = chunk_lengths(frames, chunk)
    try:
        return sum(map(rule.latents, lengths)), sum(map(rule.used, lengths))
    except Refusal:
        return STOPS


def overlap(frames: int, stride: int, step: int) -> Row:
    """Windows that share one frame: a full window gives window/stride latents more, rounded up."""
    full, rest = divmod(frames - 1, step)
    latents = full * (1 + step // stride) + (1 + rest // stride if rest or not full else 0)
    return latents, 1 + (frames - 1) // stride * stride


def ladder(frames: int, first: int, every: int, shift: int, latents: Row, back: Row) -> Row:
    """Lengths first + every·k, others moved onto a rung: shift 0 goes down, every − 1 up."""
    k = (frames - first + shift) // every
    return latents[0] + latents[1] * k, back[0] + back[1] * k


def pairs(frames: int, stride: int) -> Row:
    """Latents decoded in twos: only an odd number of them holds the lone first frame."""
    latents = 1 + (frames - 1) // stride
    return latents, stride * latents - (stride - 1) * (latents % 2)


def tiles(frames: int, stride: int, tile: int, step: int) -> Row:
    """Groups without a lone first frame, in tiles; a last tile of one latent decodes to one frame."""
    if frames % stride:
        return STOPS
    latents = frames // stride
    lone = latents == 1 or (latents > tile and latents % step == 1)
    return latents, frames - (stride - 1) * lone


def wavelet_tiles(frames: int, stride: int) -> Row:
    """Eights after the first frame: a remainder of 2 to 4 is too short for the encoder, 2 latents for the decoder."""
    if 2 <= frames % (2 * stride) <= stride:
        return STOPS
    latents = 1 + (frames - 1) // stride
    return latents, None if latents == 2 else 1 + (latents - 1) * stride


def windows(frames: int, stride: int, window: int, step: int) -> Row:
    """Tiles every `step` frames; what no tile covers is never written."""
    latents = frames // stride
    back, room = latents * stride, frames - window
    covered = window + room // step * step if room >= 0 else 0
    return latents, back, max(back - covered, 0)


def segments(frames: int, stride: int, segment: int, short: int) -> Row:
    """A first segment that drops its tail, later ones that refuse it; a last segment of one latent falls short."""
    latents, rest = divmod(frames - 1, stride)
    if frames <= segment + 1:
        return 1 + latents, frames - rest
    return STOPS if rest else (1 + latents, frames - short * (frames % segment == 1 + stride))


def front_padded(frames: int, stride: int) -> Row:
    """Repeated at the end up to 1 + stride·k; a multiple of the stride gets one group more than it needs."""
    latents = 1 - (1 - frames) // stride + (frames % stride == 0)
    return latents, 1 + (latents - 1) * stride


@dataclass(frozen=True)
class Formula:
    """A formula with its numbers. Outside `least` to `most` frames the encoder stops, below `decodes_from` only the
    decoder; `odd` are lengths measured to differ."""

    of: Callable[..., Row]
    numbers: Mapping[str, Any]
    least: int = 1
    most: int | None = None
    decodes_from: int = 1
    odd: Mapping[int, Row] = field(default_factory=dict)

    def __call__(self, frames: int) -> Row:
        """Three wide."""
        row = self.odd.get(frames) or self._ruled(frames)
        return (*row, 0)[:3]

    def _ruled(self, frames: int) -> Row:
        if frames < self.least or frames > (self.most or frames):
            return STOPS
        row = self.of(frames, **self.numbers)
        return (row[0], None) if frames < self.decodes_from else row


def _rungs(first: int, every: int, shift: int, latents: Row, back: Row) -> dict[str, Any]:
    return {"first": first, "every": every, "shift": shift, "latents": latents, "back": back}


_SEVENTEENS = _rungs(5, 17, 4, (2, 5), (5, 17))
FORMULAS = {
    "open-sora-1.3/overlap": Formula(overlap, {"stride": 4, "step": 16}),
    "open-sora-2.0-dc-ae/tile-32": Formula(tiles, {"stride": 4, "tile": 8, "step": 6}, odd={1: (1, 1), 2: (1, 1)}),
    "wf-vae/tiled": Formula(wavelet_tiles, {"stride": 4}),
    "cogvideox/default": Formula(pairs, {"stride": 4}),
    "cosmos/time-8": Formula(ladder, _rungs(1, 8, 3, (1, 1), (1, 8))),
    "cosmos/time-4": Formula(ladder, _rungs(1, 4, 3, (1, 1), (1, 4))),
    "allegro/default": Formula(windows, {"stride": 4, "window": 24, "step": 16}, least=8),
    "kvae/default": Formula(segments, {"stride": 4, "segment": 16, "short": 3}, odd=dict.fromkeys((2, 3, 4), STOPS)),
    "vidtok/causal": Formula(front_padded, {"stride": 4}),
    "vidtok/non-causal": Formula(ladder, _rungs(16, 16, 0, (4, 4), (16, 16)), least=16),
    "minimax-h3/default": Formula(ladder, _SEVENTEENS, decodes_from=18, odd={1: (1, None)}),
    "taehv/4x": Formula(ladder, _rungs(1, 4, 0, (1, 1), (1, 4))),
    "taehv/cvx": Formula(pairs, {"stride": 4}),
    "taehv/ltx": Formula(ladder, _rungs(1, 8, 0, (1, 1), (1, 8))),
    "taehv/h3": Formula(ladder, _SEVENTEENS),
    "taehv/4x-still-time": Formula(ladder, _rungs(1, 4, 0, (1, 1), (1, 1))),
}
MOST = {"qwen-image-2.1/default": 4}


def formula_of(name: str, setting: Mapping[str, Any]) -> Formula | None:
    """The rule of a setting as it stands in families.json; None where only measured lengths are known."""
    if "rule" not in setting:
        return FORMULAS.get(name)
    return Formula(groups, {"rule": FrameRule(**setting["rule"]), "chunk": setting.get("chunk")}, most=MOST.get(name))


def _advanced(row: Row, step: Row) -> Row:
    return tuple(None if value is None else value + more for value, more in zip(row, step, strict=True))


def _repeating(rows: list[Row], period: int) -> tuple[list[Row], list[Row], Row]:
    """Prefix, body and step with a body of `period` rows: the prefix is as long as it has to be."""
    ends = list(zip(rows[-2 * period:-period], rows[-period:], strict=True))
    step = tuple(next((b[i] - a[i] for a, b in ends if None not in (a[i], b[i])), 0) for i in range(len(rows[0])))
    last = len(rows) - period - 1
    start = 1 + next((n for n in range(last, -1, -1) if rows[n + period] != _advanced(rows[n], step)), -1)
    return rows[:start], rows[start:start + period], step


def table(formula: Callable[[int], Row]) -> dict[str, Any]:
    """The shortest {prefix, body, step} that gives the rows of 1 to FRAMES frames; see families/tables.py."""
    rows = [formula(frames) for frames in range(1, FRAMES + 1)]
    if not any(black for *_, black in rows):
        rows = [row[:2] for row in rows]
    found = (_repeating(rows, period) for period in range(1, LONGEST_PERIOD + 1))
    return dict(zip(("prefix", "body", "step"), min(found, key=lambda each: len(each[0]) + len(each[1])), strict=True))


def text(data: Mapping[str, Any]) -> str:
    """families.json with its tables made anew: a line per family, two per setting."""
    dump, families = partial(json.dumps, ensure_ascii=False), []
    for family in data["families"]:
        lines = []
        for mode in family["modes"]:
            formula = formula_of(f"{family['key']}/{mode['key']}", mode)
            made = dump(mode["table"] if formula is None else table(formula))
            facts = dump({name: value for name, value in mode.items() if name != "table"})
            lines.append(f' {facts[:-1]},\n  "table": {made}}}')
        own = dump({name: value for name, value in family.items() if name != "modes"})
        families.append(f'{own[:-1]}, "modes": [\n' + ",\n".join(lines) + "]}")
    return f'{{\n"about": {dump(data["about"])},\n"families": [\n' + ",\n".join(families) + "]\n}\n"


if __name__ == "__main__":
    PATH.write_text(text(json.loads(PATH.read_text(encoding="utf-8"))), encoding="utf-8")
