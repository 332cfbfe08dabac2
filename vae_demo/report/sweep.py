"""A finished sweep on disk: sweep.json, sweep.csv and sweep.html (one file, no script, no request)."""

from __future__ import annotations

import csv
from html import escape
from pathlib import Path

from vae_demo import palette
from vae_demo.models.spec import stride_of
from vae_demo.report.charts import css_name, limits
from vae_demo.report.document import document
from vae_demo.report.text import both, say_both, shown
from vae_demo.results.findings import Seam
from vae_demo.results.rerun import sweep_command_line
from vae_demo.results.sweep import SWEEP_JSON, Part, Sweep, SweepRow
from vae_demo.verdicts import p_text

COLUMNS = ("size", "first_alone", "n_chunks", "latents", "frames_out", "full_frames", "full_psnr", "full_psnr_worst",
           "full_temporal_step", "tail_frames", "tail_first_alone", "tail_psnr", "tail_psnr_worst",
           "tail_temporal_step", "seam_score", "seam_p", "seam_boundaries", "seconds", "lost", "pads")
WIDTH, HEIGHT, LEFT, RIGHT, TOP = 1100, 260, 60, 12, 12


def save_sweep(sweep: Sweep, directory: Path) -> None:
    """Write the three files into `directory`, which is created; sweep.json comes last."""
    directory.mkdir(parents=True, exist_ok=True)
    _write_csv(sweep, directory / "sweep.csv")
    (directory / "sweep.html").write_text(sweep_page(sweep), encoding="utf-8")
    sweep.save(directory / SWEEP_JSON)


def _write_csv(sweep: Sweep, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_cells(row) for row in sweep.rows)


def _cells(row: SweepRow) -> list[object]:
    full, tail, seam = row.full, row.tail, row.seam
    cells: list[object] = [row.size, int(row.first_alone), row.n_chunks, row.latents, row.frames_out]
    cells += [full.frames, full.psnr, full.psnr_worst, full.temporal_step] if full else [None] * 4
    cells += ([tail.frames, int(bool(row.tail_first_alone)), tail.psnr, tail.psnr_worst, tail.temporal_step]
              if tail else [None] * 5)
    cells += [seam.score, seam.p, seam.boundaries] if seam else [None] * 3
    cells += [sum(row.seconds.values()), row.lost, row.pads]
    return ["" if cell is None else f"{cell:.6f}" if isinstance(cell, float) else cell for cell in cells]


def sweep_page(sweep: Sweep, language: str = "en") -> str:
    """sweep.html: what was run, one drawing, one table; both languages."""
    clip = sweep.clip
    lede = say_both("sweep_lede", n=clip["n_frames"], start=clip["start"], model=sweep.provenance.model_name,
                    psnr="–" if sweep.baseline_psnr is None else f"{sweep.baseline_psnr:.1f}")
    findings = [both(f"sweep_{finding.case}", **finding.params) for finding in sweep.findings]
    headline = "".join(f"<h2>{text}</h2>" for text in findings[:1]) + "".join(f"<p>{text}</p>" for text in findings[1:])
    trained = _trained(*sweep.trained_lengths) if sweep.trained_lengths else ""
    body = (f'<header><p class="clip">{shown(clip["name"])}</p>{headline}{lede}{trained}</header>'
            f"<section><h2>{both('sweep_chart')}</h2>{say_both('sweep_how', stride=stride_of(sweep.model))}"
            f'<div class="scroll">{_drawing(sweep)}</div></section>'
            f'<section><div class="scroll">{_table(sweep)}</div></section>'
            f"<section><h2>{both('report_rerun')}</h2>{say_both('report_rerun_help')}"
            f"<pre>{shown(sweep_command_line(sweep.to_json()))}</pre></section>")
    return document(language, body, "sweep_title", name=clip["name"])


def _trained(low: int, high: int) -> str:
    return say_both("sweep_trained", lengths=f"{low}" if low == high else f"{low}–{high}")


def _drawing(sweep: Sweep) -> str:
    """Mean of full chunks as a dot, a line to the worst frame, the tail as a diamond; size on the x axis."""
    known = [value for row in sweep.rows for part in (row.full, row.tail) if part
             for value in (part.psnr, part.psnr_worst) if value is not None]
    low, high, step = limits(known)
    slot = (WIDTH - LEFT - RIGHT) / max(len(sweep.rows), 1)

    def y(value: float) -> float:
        return TOP + (HEIGHT - 2 * TOP - 16) * (1 - (value - low) / (high - low))

    marks = []
    value = low
    while value <= high + 1e-9:
        marks.append(f'<path d="M{LEFT} {y(value):.1f}H{WIDTH}" class="grid"/>'
                     f'<text x="{LEFT - 8}" y="{y(value) + 3:.1f}" text-anchor="end">{value:g}</text>')
        value += step
    for index, row in enumerate(sweep.rows):
        x = LEFT + (index + 0.5) * slot
        name = "name" if row.first_alone else "tick"
        marks.append(
            f'<text x="{x:.1f}" y="{HEIGHT - 2}" class="{name}" text-anchor="middle">{escape(row.size)}</text>')
        marks += _marks(row, x, y)
    return (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
            f'aria-label="PSNR">{"".join(marks)}</svg>')


def _marks(row: SweepRow, x: float, y) -> list[str]:
    marks = []
    if row.full and row.full.psnr is not None and row.full.psnr_worst is not None:
        css = f"v{css_name(row.size)}" if row.size in palette.HUED else "vink"
        dot = f"fill {css}" if row.first_alone else "ring"
        marks += [f'<path d="M{x:.1f} {y(row.full.psnr):.1f}V{y(row.full.psnr_worst):.1f}" class="line {css}"/>',
                  f'<circle cx="{x:.1f}" cy="{y(row.full.psnr):.1f}" r="4.5" class="{dot}"/>']
    if row.tail and row.tail.psnr is not None:
        css = "fill source" if row.tail_first_alone else "ring source"
        at = y(row.tail.psnr)
        marks.append(f'<path d="M{x + 7:.1f} {at - 4:.1f}l4 4l-4 4l-4 -4z" class="{css}"/>')
    return marks


def _table(sweep: Sweep) -> str:
    keys = ("size", "latents", "full", "worst", "step", "tail", "seam", "seconds")
    head = "".join(f"<th>{both(f'sweep_{key}')}</th>" for key in keys)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(_row(row) for row in sweep.rows)}</tbody></table>"


def _row(row: SweepRow) -> str:
    cells = [str(row.latents), _number(row.full, "psnr", 2), _number(row.full, "psnr_worst", 2),
             _number(row.full, "temporal_step", 2), _tail(row), _seam(row), f"{sum(row.seconds.values()):.1f}"]
    size = f"<b>{escape(row.size)}</b>" if row.first_alone else escape(row.size)
    return f"<tr><th>{size}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _number(part: Part | None, name: str, digits: int) -> str:
    value = getattr(part, name) if part else None
    return "–" if value is None else f"{value:.{digits}f}"


def _tail(row: SweepRow) -> str:
    return both("sweep_no_tail") if row.tail is None else f"{row.tail.frames}: {_number(row.tail, 'psnr', 2)}"


def _seam(row: SweepRow) -> str:
    seam: Seam | None = row.seam
    if seam is not None:
        return f"{seam.score:.2f}× p {p_text(seam.p)}"
    reason = row.seam_reason
    return "–" if reason is None else both(f"seam_reason_{reason.case}", **reason.params)
