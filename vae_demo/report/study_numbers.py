"""Tables of a study: one column per variant, the worst clips, and what could not be measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from vae_demo.layout.variant import Variant
from vae_demo.palette import Line
from vae_demo.report.charts import swatch
from vae_demo.report.numbers import number
from vae_demo.report.study_figures import DIGITS
from vae_demo.report.text import both, shown
from vae_demo.words import say

Cell = Callable[[Mapping], str]


def level_of(data: Mapping) -> str:
    """95, of 0.95."""
    return f"{data['statistics']['level'] * 100:g}"


def overview_table(data: Mapping, drawn: Mapping[str, Line]) -> str:
    """One row per model and variant: PSNR over clips, and how it stands to the reference."""
    titles = ("variant", "mean_short", "worst_short", "mean_gap", "worst_gap", "worse_on")
    head = "".join(f"<th>{both(f'studied_col_{title}')}</th>" for title in titles)
    blocks = []
    for group in data["groups"]:
        name = f'{shown(group["model"])} · {both("studied_clips", n=len(group["clips"]))}'
        rows = "".join(_overview(cell, drawn[cell["label"]]) for cell in group["cells"])
        blocks.append(f'<tbody><tr class="block"><th colspan="{len(titles)}">{name}</th></tr>{rows}</tbody>')
    return f'<table class="overview"><thead><tr>{head}</tr></thead>{"".join(blocks)}</table>'


def _overview(cell: Mapping, line: Line) -> str:
    cells = [_with_interval(cell[part].get(name), sign) for part, sign in (("scores", "-"), ("difference", "+"))
             for name in ("psnr", "psnr_worst")]
    judged = [stand for stand in cell["stands"].values() if stand]
    worse = sum(stand in ("worse", "mixed") for stand in judged)
    cells.append(both("studied_of", n=worse, m=len(judged)) if judged else "–")
    return (f'<tr><th>{swatch(line)}<b class="mono">{escape(cell["label"])}</b></th>'
            f'{"".join(f"<td>{text}</td>" for text in cells)}</tr>')


def _with_interval(summary: Mapping | None, sign: str) -> str:
    if summary is None or summary["mean"] is None:
        return "–"
    span = "" if summary["low"] is None else (
        f'<small>{number(summary["low"], 2, sign)} … {number(summary["high"], 2, sign)}</small>')
    return f"{number(summary['mean'], 2, sign)}{span}"


def numbers_table(data: Mapping, group: Mapping, names: Sequence[str], drawn: Mapping[str, Line]) -> str:
    """A block of rows per score: mean, median, interval, range, and the paired difference with its own interval."""
    cells = group["cells"]
    head = "".join(f"<th>{swatch(drawn[cell['label']])}{escape(cell['label'])}</th>" for cell in cells)
    blocks = [_block("", _facts(cells), cells)]
    blocks += [_block(both(f"studied_score_{name}"), _score_rows(data, group, name), cells) for name in names]
    return (f"<table><thead><tr><th>{both('studied_col_variant')}</th>{head}</tr></thead>{''.join(blocks)}</table>")


def _block(title: str, rows: Sequence[tuple[str, Cell]], cells: Sequence[Mapping]) -> str:
    head = f'<tr class="block"><th colspan="{len(cells) + 1}">{title}</th></tr>' if title else ""
    body = "".join(f"<tr><th>{name}</th>{''.join(f'<td>{cell(each)}</td>' for each in cells)}</tr>"
                   for name, cell in rows)
    return f"<tbody>{head}{body}</tbody>"


def _facts(cells: Sequence[Mapping]) -> list[tuple[str, Cell]]:
    rows: list[tuple[str, Cell]] = [
        (both("studied_row_clips"), lambda cell: str(cell["scores"]["psnr"]["n"] + cell["scores"]["psnr"]["missing"]
                                                     - len(cell["absent"])))]
    if any(max(*cell["pads_shown"], *cell["frames_lost"]) for cell in cells):
        rows.append((both("studied_row_pads_lost"),
                     lambda cell: f"{_range(cell['pads_shown'])}, {_range(cell['frames_lost'])}"))
    if any(cell["inspected"] for cell in cells):
        rows.append((both("studied_row_found"), _found))
    return rows


def _found(cell: Mapping) -> str:
    of = both("studied_of", n=cell["found"], m=cell["inspected"])
    return f"{of}<small>{both('studied_every', n=cell['found_period'])}</small>" if cell["found"] else of


def _score_rows(data: Mapping, group: Mapping, name: str) -> list[tuple[str, Cell]]:
    digits, level = DIGITS[name], level_of(data)

    def of(part: str, key: str, sign: str = "-") -> Cell:
        return lambda cell: number(cell[part].get(name, {}).get(key), digits, sign)

    def span(part: str, low: str, high: str, sign: str = "-") -> Cell:
        def text(cell: Mapping) -> str:
            summary = cell[part].get(name)
            if summary is None or summary[low] is None:
                return "–"
            return f"{number(summary[low], digits, sign)} … {number(summary[high], digits, sign)}"
        return text

    rows = [(both("studied_row_mean"), of("scores", "mean")),
            (both("studied_row_interval", level=level), span("scores", "low", "high")),
            (both("studied_row_median"), of("scores", "median")),
            (both("studied_row_range"), span("scores", "least", "most"))]
    if len({cell["scores"][name]["n"] for cell in group["cells"]} | {len(group["clips"])}) > 1:
        rows.append((both("studied_row_scored"), lambda cell: str(cell["scores"][name]["n"])))
    if any(cell["difference"] for cell in group["cells"]):
        reference = Variant.read(group["reference"]).label
        rows += [(both("studied_row_difference", reference=reference), of("difference", "mean", "+")),
                 (both("studied_row_difference_interval", level=level), span("difference", "low", "high", "+"))]
    return rows


def worst_table(group: Mapping, drawn: Mapping[str, Line]) -> str:
    """The clips to look at first, by variant."""
    compared = any(cell["difference"] for cell in group["cells"])
    titles = [both("studied_col_variant"), both("studied_col_clip"), both("studied_col_worst_frame"),
              both("studied_col_mean")]
    if compared:
        titles.append(both("studied_col_difference", reference=Variant.read(group["reference"]).label))
    blocks = []
    for cell in group["cells"]:
        rows = []
        for place, each in enumerate(cell["worst"]):
            name = f"{swatch(drawn[cell['label']])}<b>{escape(cell['label'])}</b>" if not place else ""
            frame = "" if each["frame"] is None else f" f{each['frame']}"
            gap = f"<td>{number(each['difference'], 2, '+')}</td>" if compared else ""
            worst, mean = number(each["psnr_worst"], 1), number(each["psnr"], 2)
            rows.append(f'<tr><th>{name}</th><td class="text">{shown(each["clip"])}</td>'
                        f"<td>{worst} dB{frame}</td><td>{mean}</td>{gap}</tr>")
        blocks.append(f"<tbody>{''.join(rows)}</tbody>" if rows else "")
    head = "".join(f"<th>{title}</th>" for title in titles)
    return f'<table class="texts"><thead><tr>{head}</tr></thead>{"".join(blocks)}</table>'


def failures_table(data: Mapping) -> str:
    """Every clip, model and variant without rows, with the sentence that says why."""
    titles = ("studied_col_clip", "studied_col_model", "studied_col_variant", "studied_col_why")
    head = "".join(f"<th>{both(title)}</th>" for title in titles)
    return (f'<table class="texts"><thead><tr>{head}</tr></thead><tbody>{"".join(map(_failure, data["failures"]))}'
            "</tbody></table>")


def _failure(each: Mapping) -> str:
    about = [*(shown(each[name]) if each[name] else both("studied_all") for name in ("clip", "model")),
             escape(Variant.read(each["variant"]).label) if each["variant"] else both("studied_all")]
    cells = "".join(f'<td class="text">{text}</td>' for text in about)
    return f'<tr>{cells}<td class="text why">{both(lambda lang: why(lang, each))}</td></tr>'


def why(lang: str, failure: Mapping) -> str:
    """The sentence of a failure; one of a later version, that has no words here, as it was written down."""
    try:
        return say(lang, f"error_{failure['case']}", **failure["params"])
    except KeyError:
        return failure["sentence"]


def _range(span: Sequence[int]) -> str:
    least, most = span
    return str(least) if least == most else f"{least}–{most}"
