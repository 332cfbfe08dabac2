"""report.html: the whole result in one file that opens without a network and runs no script.

Both languages are in it; which one shows is a matter of two radio buttons and the style sheet. Every text
that came from outside goes through `shown`, and the page's own policy forbids any request and any script.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from vae_demo import palette
from vae_demo.report import charts
from vae_demo.report.charts import Axis, css_name, mark, swatch
from vae_demo.report.document import document
from vae_demo.report.moving import Moving, moving_section
from vae_demo.report.numbers import numbers_table
from vae_demo.report.pictures import Pictures
from vae_demo.report.text import both, say_both, shown
from vae_demo.results.provenance import Provenance
from vae_demo.results.rerun import command_words
from vae_demo.results.scores import SCORES
from vae_demo.words.sentences import headline_sentence, note_sentence, verdict_sentence


def report_page(data: Mapping, pictures: Pictures, language: str = "en", moving: Moving | None = None) -> str:
    """The page for a comparison's JSON mapping, well-formed also as XML. `language` is what shows first; moving: where
    moving pictures were asked for."""
    clip, model = data["clip"], Provenance.from_json(data["provenance"]).model_name
    drawn = palette.lines([variant["label"] for variant in data["variants"]])
    axis = Axis(max([clip["n_frames"], *(variant["frames_out"] for variant in data["variants"])]))
    body = [
        charts.patterns(), _heading(data, model), _columns(data, drawn), moving_section(moving),
        _section("report_axis", say_both("report_axis_help"), _scroll(charts.ruler(data, drawn, axis)), _legend()),
        _charts(data, drawn, axis),
        _section("report_tapes", say_both("report_tapes_help", y=pictures.tape_row),
                 _scroll(charts.tapes(data, drawn, pictures.tapes, axis))),
        _worst(data, pictures, drawn),
        _section("report_numbers", _scroll(numbers_table(data, drawn))),
        _section("report_rerun", say_both("report_rerun_help"), _command(data)),
        _section("report_how", *(say_both(f"report_how_{part}") for part in ("psnr", "seam", "vae"))),
    ]
    return document(language, "".join(body), "report_title", name=clip["name"], model=model)


def _section(key: str, *parts: str) -> str:
    return f"<section><h2>{both(key)}</h2>{''.join(parts)}</section>"


def _scroll(inner: str) -> str:
    return f'<div class="scroll">{inner}</div>'


def _heading(data: Mapping, model: str) -> str:
    clip = data["clip"]
    lines = "".join(
        f'<p class="headline">{both(lambda lang, f=finding: headline_sentence(lang, f))}</p>'
        for finding in data["findings"])
    drawn = both("report_run_mean") if data["seed"] is None else both("report_run_seed", seed=data["seed"])
    run = both("report_run", model=model, dtype=data["dtype"], device=data["device"], width=clip["width"],
               height=clip["height"], n=clip["n_frames"], start=clip["start"])
    notes = "".join(f"<li>{both(lambda lang, n=note: note_sentence(lang, n))}</li>" for note in clip.get("notes", ()))
    notes = f"<p>{both('report_notes')}</p><ul>{notes}</ul>" if notes else ""
    return (f'<header><p class="clip">{shown(clip["name"])}</p>{lines}'
            f"{say_both('report_lede', n=clip['n_frames'], m=len(data['variants']), model=model)}"
            f"<p>{run} · {drawn}</p>{notes}</header>")


def _columns(data: Mapping, drawn: Mapping[str, palette.Line]) -> str:
    columns = []
    for variant in data["variants"]:
        verdict = variant["verdict"]
        said = both(lambda lang, v=verdict: verdict_sentence(lang, v)) if verdict else ""
        kind = "report_round_trip" if variant["encode"] == variant["decode"] else (
            "report_clash" if variant["pads_shown"] or variant["lost_frames"] else "report_two_sizes")
        colour = css_name(drawn[variant["label"]].colour)
        columns.append(
            f'<div class="column" style="border-color:var(--{colour})"><header><b>{escape(variant["label"])}</b>'
            f'<span class="kind">{both(kind)}</span></header><p class="verdict">{said}</p></div>')
    return f'<div class="columns">{"".join(columns)}</div>'


def _charts(data: Mapping, drawn: Mapping[str, palette.Line], axis: Axis) -> str:
    keys = [(f"v{css_name(line.colour)}", line.dash, mark(line, (8, 0.5)) if line.dash else "", escape(label))
            for label, line in drawn.items()]
    if data["baseline_2d"]:
        keys.append(("source", "3 3", "", both("report_legend_spatial")))
    legend = "".join(
        f'<span><svg width="23" height="8" style="display:inline"><path d="M1 4H22" class="line {css}" '
        f'stroke-dasharray="{dash}"/>{drawn_mark}</svg>{label}</span>' for css, dash, drawn_mark, label in keys)
    drawings = "".join(
        f"<h3>{both(f'report_chart_{score}')}</h3>{_scroll(charts.chart(data, score, drawn, axis))}"
        for score in SCORES)
    return f'<section><div class="legend">{legend}</div>{drawings}{say_both("report_chart_help")}</section>'


def _legend() -> str:
    keys = (("border", 2, "report_legend_border"), ("hatch", 12, "report_legend_pad"))
    parts = "".join(
        f'<span><svg width="{width}" height="10" style="display:inline"><rect width="{width}" height="10" '
        f'class="{css}"/></svg>{both(key)}</span>' for css, width, key in keys)
    folded = ('<svg width="10" height="6" style="display:inline"><rect width="10" height="2.5" class="hatch"/>'
              '<rect y="3" width="10" height="2.5" class="hatch"/></svg>')
    return (f'<div class="legend">{parts}<span>{folded}{both("report_legend_folded")}</span>'
            f'<span><svg width="10" height="10" style="display:inline"><path d="M.5 .5h9v9h-9zl9 9m0 -9l-9 9" '
            f'class="lost"/></svg>{both("report_legend_lost")}</span></div>')


def _command(data: Mapping) -> str:
    # Words stay whole: a line broken inside an option cannot be read.
    return f"<pre>{' '.join(f'<span>{shown(word)}</span>' for word in command_words(data))}</pre>"


def _worst(data: Mapping, pictures: Pictures, drawn: Mapping[str, palette.Line]) -> str:
    parts = []
    for variant in data["variants"]:
        worst = variant["worst_frame"]
        psnr = "" if worst is None else f" {variant['psnr'][worst]:.1f} dB"
        name = (f'<h3>{swatch(drawn[variant["label"]])}'
                f'<b class="mono">{escape(variant["label"])}</b>{psnr}</h3>')
        if worst is None:
            parts.append(f"<div>{name}{say_both('report_no_worst')}</div>")
            continue
        slot = variant["slots"][worst]
        shown = both("report_pad") if slot is None else f"f{slot}"
        opens = worst == 0 or worst in variant["boundaries"]
        tag = f' <span class="tag">{both("report_chunk_start")}</span>' if opens else ""
        captions = (f"{both('report_source')} f{worst}", f"{shown}{tag}", "|R − X| × 4")
        figures = "".join(
            f'<figure><img alt="" src="{uri}"/><figcaption>{caption}</figcaption></figure>'
            for uri, caption in zip(pictures.worst[variant["label"]], captions, strict=True))
        parts.append(f'<div>{name}<div class="worst">{figures}</div></div>')
    return _section("report_worst", say_both("report_worst_help", model=data["model"]),
                    f'<div class="worsts">{"".join(parts)}</div>')
