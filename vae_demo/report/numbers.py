"""The table of numbers of the report: one column per variant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from vae_demo import words
from vae_demo.layout.text import ranges
from vae_demo.palette import Line
from vae_demo.report.charts import swatch
from vae_demo.report.text import both
from vae_demo.results.scores import SCORES
from vae_demo.verdicts import p_text

Cell = Callable[[Mapping], str]


def numbers_table(data: Mapping, drawn: Mapping[str, Line]) -> str:
    """Rows of numbers; every cell is text of ours or a number, escaped all the same."""
    variants = data["variants"]
    head = "".join(
        f"<th>{swatch(drawn[v['label']])}"
        f"{escape(v['label'])}</th>" for v in variants)
    rows = "".join(
        f"<tr><th>{title}</th>{''.join(f'<td>{cell(v)}</td>' for v in variants)}</tr>" for title, cell in _rows(data))
    return f"<table><thead><tr><th>{both('report_variant')}</th>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _rows(data: Mapping) -> list[tuple[str, Cell]]:
    reference = next(v for v in data["variants"] if v["label"] == data["reference"])
    base = data["baseline_2d"]["means"]["psnr"] if data["baseline_2d"] else None
    rows: list[tuple[str, Cell]] = [
        (both("report_frames"), lambda v: f"{v['frames_in']} → {v['frames_out']}"),
        (both("report_latents"), lambda v: str(v["latents"])),
        (both("report_pads_lost"), lambda v: f"{v['pads_shown']}, {len(v['lost_frames'])}"),
        (both("report_lost_which"), _lost),
        (both("report_psnr"), lambda v: f"{number(v['means']['psnr'], 2)} / {number(v['means']['psnr_worst'], 1)}"),
        (both("report_aligned"), lambda v: f"{number(v['aligned']['means']['psnr'], 2)} / "
                                           f"{number(v['aligned']['means']['psnr_worst'], 1)}"),
        (both("report_versus", reference=data["reference"]),
         lambda v: "–" if v is reference else number(_minus(v["means"]["psnr"], reference["means"]["psnr"]), 2, "+")),
    ]
    if base is not None:
        rows.append((f"{both('report_versus_spatial')} ({base:.2f})",
                     lambda v: number(_minus(v["means"]["psnr"], base), 2, "+")))
    return rows + [
        *((both(f"report_{name}"), lambda v, name=name: number(v["means"][name], SCORES[name].mean_digits))
          for name in SCORES if name != "psnr"),
        (both("report_seam"), _seam),
        (both("report_controls"), _controls),
        (both("report_ghosts"), lambda v: " ".join(str(n) for n in v["ghosts"])),
        (both("report_seconds"), lambda v: f"{sum(v['seconds'].values()):.1f}"),
    ]


def number(value: float | None, digits: int, sign: str = "-") -> str:
    """A number, or an en dash where nothing is known. What rounds to nothing has no sign."""
    if value is None:
        return "–"
    text = f"{value:{sign}.{digits}f}"
    return (text.lstrip("+-") if float(text) == 0 else text).replace("-", "−")


def _minus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _lost(variant: Mapping) -> str:
    frames = variant["lost_frames"]
    return escape("f" + ", ".join(ranges(frames, "–"))) if frames else both("report_none")


def _seam(variant: Mapping) -> str:
    seam = variant["seam"]
    if seam is not None:
        return f"{seam['score']:.2f}× p {p_text(seam['p'])}"
    reason = variant["seam_reason"]
    key = f"seam_reason_{reason['case']}" if reason else ""
    return both(key, **reason["params"]) if words.known(key) else "–"


def _controls(variant: Mapping) -> str:
    seam = variant["seam"]
    return f"{number(seam['control_minus'], 2)} / {number(seam['control_plus'], 2)}" if seam else "–"
