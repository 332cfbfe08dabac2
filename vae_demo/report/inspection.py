"""A finished inspection on disk: inspection.json, inspection.csv and inspection.html (one file, no script, no
request)."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from vae_demo.report.charts import LEFT, RIGHT, WIDTH, Axis
from vae_demo.report.document import document
from vae_demo.report.text import both, say_both, shown
from vae_demo.results.findings import Finding
from vae_demo.results.inspection import INSPECTION_JSON, Inspection, Periodic
from vae_demo.results.rerun import inspect_command_line
from vae_demo.results.scores import Series
from vae_demo.words.sentences import inspection_sentence

CURVE, BARS, TOP = 90, 200, 16


def save_inspection(record: Inspection, directory: Path) -> None:
    """Write the three files into `directory`, which is created; inspection.json comes last."""
    directory.mkdir(parents=True, exist_ok=True)
    write_csv(record, directory / "inspection.csv")
    (directory / "inspection.html").write_text(inspection_page(record), encoding="utf-8")
    record.save(directory / INSPECTION_JSON)


def write_csv(record: Inspection, path: Path) -> None:
    """One line a frame: its number in the file, its signals, which findings it is an event of, what else it is."""
    found = [(f"every_{each.period}_from_{each.phase}", each) for each in record.findings]
    names = list(record.series)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["frame", *names, *(name for name, _ in found), "key_frame", "shown_twice", "cut"])
        for t in range(record.n_frames):
            signals = [record.series[name][t] for name in names]
            marks = [int(t >= each.phase and (t - each.phase) % each.period == 0) for _, each in found]
            also = [int(t in those) for those in (record.keys, record.repeated, record.cuts)]
            writer.writerow([record.video["start"] + t, *("" if value is None else f"{value:.4f}" for value in signals),
                             *marks, *also])


def inspection_page(record: Inspection, language: str = "en") -> str:
    """inspection.html: what was found, how each signal runs, the score of every period; both languages."""
    video = record.video
    looked = say_both("inspect_looked_at", n=record.n_frames, start=video["start"], width=video["width"],
                      height=video["height"], fps=f"{video['fps']:g}")
    first, *others = record.headline
    body = (f'<header><p class="clip">{shown(video["name"])}</p><h2>{_said(first)}</h2>'
            f"<p>{' '.join(map(_said, others))}</p>{_shift(record)}{looked}{say_both('inspect_truth')}</header>"
            f"<section><h2>{both('inspect_signals')}</h2>{''.join(_curve(record, name) for name in record.series)}"
            f"</section><section><h2>{both('inspect_periods')}</h2>{_periods(record)}</section>"
            f"{''.join(map(_causes, record.findings))}{_next(record)}"
            f"<section><h2>{both('report_rerun')}</h2>{say_both('report_rerun_help')}"
            f"<pre>{shown(inspect_command_line(record.to_json()))}</pre></section>")
    return document(language, body, "inspect_title", name=video["name"])


def _said(finding: Finding) -> str:
    return both(lambda lang: inspection_sentence(lang, finding))


def _shift(record: Inspection) -> str:
    if not record.shift:
        return ""
    return say_both(f"inspect_shift_{'late' if record.shift > 0 else 'early'}", n=abs(record.shift))


def _curve(record: Inspection, name: str) -> str:
    """One signal over time; a grey band at each event of the first finding."""
    axis, series = Axis(record.n_frames), record.series[name]
    known = [value for value in series if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    span = (high - low) or 1.0

    def y(value: float) -> float:
        return round(TOP + (CURVE - 2 * TOP) * (1 - (value - low) / span), 1)

    width = (WIDTH - LEFT - RIGHT) / record.n_frames
    bands = [f'<rect x="{axis.x(t):g}" y="{TOP - 6}" width="{width:.2f}" height="{CURVE - 2 * TOP + 12}" class="band"/>'
             for each in record.findings[:1] for t in range(each.phase, record.n_frames, each.period)]
    lines = "".join(f'<path d="{_path(part, axis, y)}" class="line source"/>' for part in _parts(series))
    numbers = "".join(f'<text x="{axis.x(i + 0.5):g}" y="{CURVE - 2}" text-anchor="middle">{i}</text>'
                      for i in axis.ticks())
    ends = "".join(f'<text x="{LEFT - 8}" y="{y(value) + 3:g}" text-anchor="end">{value:.3g}</text>'
                   for value in (low, high))
    return (f'<p class="name">{both(f"inspect_signal_{name}")}</p><div class="scroll">'
            f'<svg viewBox="0 0 {WIDTH} {CURVE}" width="{WIDTH}" height="{CURVE}" role="img" '
            f'aria-label="{escape(name)}">{"".join(bands)}{ends}{lines}'
            f"{numbers}</svg></div>")


def _parts(series: Series) -> list[list[tuple[int, float]]]:
    """Runs of what is known."""
    runs: list[list[tuple[int, float]]] = [[]]
    for t, value in enumerate(series):
        if value is not None:
            runs[-1].append((t, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _path(part: Sequence[tuple[int, float]], axis: Axis, y) -> str:
    return "M" + "L".join(f"{axis.x(t + 0.5):g} {y(value):g}" for t, value in part)


def _periods(record: Inspection) -> str:
    """A bar per period: the score of all signals; the dashed line is what one in twenty shuffles passes."""
    first, scores, count = record.scores.first, record.scores.of, len(record.scores.of)
    if not scores:
        return ""
    top, found = max(*scores, record.scores.line, 1.0), {each.period for each in record.findings}
    slot = (WIDTH - LEFT - RIGHT) / count

    def y(value: float) -> float:
        return round(TOP + (BARS - 2 * TOP) * (1 - max(value, 0) / top), 1)

    marks = []
    for at, value in enumerate(scores):
        x, period = LEFT + at * slot, first + at
        # Parts and multiples of what was found rise with it.
        kin = any(period % each == 0 or each % period == 0 for each in found)
        css = "fill vink" if period in found else "ring" if kin else "rest"
        marks.append(f'<rect x="{x + 1:.1f}" y="{y(value):g}" width="{max(slot - 2, 1):.1f}" '
                     f'height="{y(0) - y(value):.1f}" class="{css}"/>')
        if period in found or period % 5 == 0 or at == 0:
            bold = ' class="name"' if period in found else ""
            marks.append(f'<text x="{x + slot / 2:.1f}" y="{BARS - 2}"{bold} text-anchor="middle">{period}</text>')
    line = y(record.scores.line)
    marks.append(f'<path d="M{LEFT} {line:g}H{WIDTH - RIGHT}" class="shuffles"/>')
    return (f'<div class="scroll"><svg viewBox="0 0 {WIDTH} {BARS}" width="{WIDTH}" height="{BARS}" role="img" '
            f'aria-label="periods">{"".join(marks)}</svg></div>{say_both("inspect_line")}')


def _causes(found: Periodic) -> str:
    """What else falls on the events of a finding, and who cuts time that way."""
    causes = "".join(f"<li>{_cause(cause)}</li>" for cause in found.causes)
    works = "".join(f"<li>{_works(each)}</li>" for each in found.works) or f"<li>{both('inspect_works_none')}</li>"
    return (f"<section><h2>{both('inspect_causes')}</h2><ul>{causes}</ul></section>"
            f"<section><h2>{both('inspect_works', period=found.period)}</h2><ul>{works}</ul></section>")


def _works(window: Mapping[str, Any]) -> str:
    fits = {True: "fits", False: "not", None: "open"}[window["fits"]]
    row = both("inspect_works_row", name=window["name"], size=window["size"], step=window["step"])
    return f'{row} ({both(f"inspect_works_{fits}")}; {shown(window["source"])})'


def _next(record: Inspection) -> str:
    if record.findings:
        steps = ["move", "lossless"] + ([] if record.reference else ["source"])
    else:
        steps = ([] if record.reference else ["source"]) + ["longer"]
    rows = "".join(f"<li>{both(f'inspect_next_{step}')}</li>" for step in steps)
    return f"<section><h2>{both('inspect_next')}</h2><ul>{rows}</ul></section>"


def _cause(cause: Finding) -> str:
    if cause.case == "loop" and not cause.params["loop"]:
        return both("inspect_cause_no_loop")
    return both(f"inspect_cause_{cause.case}", **cause.params)
