"""study.html: the answer in words, one table, a figure per score, numbers, protocol; from the mapping of study.json."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from vae_demo import palette
from vae_demo.layout.variant import Variant
from vae_demo.palette import Line
from vae_demo.report.charts import css_name
from vae_demo.report.document import document
from vae_demo.report.study_figures import MOST_DOTS, around_figure, difference_figure, score_figure, tally
from vae_demo.report.study_numbers import failures_table, level_of, numbers_table, overview_table, worst_table
from vae_demo.report.study_protocol import definitions_list, protocol_list
from vae_demo.report.text import both, say_both, shown
from vae_demo.studies.protocol import PROTOCOL_TOML
from vae_demo.verdicts.study import KINDS
from vae_demo.words import LANGUAGES, say
from vae_demo.words.sentences import join_labels, study_headline, study_sentence, study_sizes

FIRST = ("psnr", "psnr_worst", "psnr_aligned")


def study_page(data: Mapping, language: str = "en") -> str:
    """The page, both languages; `language` is what shows first."""
    labels = [cell["label"] for group in data["groups"] for cell in group["cells"]]
    drawn = palette.lines(labels)
    body = [_heading(data), _table(data, drawn), _models(data)]
    body += [_group(data, group, drawn) for group in data["groups"]]
    if data["failures"]:
        body.append(_section("studied_failed", say_both("studied_failed_help"), _scroll(failures_table(data))))
    body += [
        _section("studied_protocol", say_both("studied_protocol_help"), protocol_list(data)),
        _section("studied_definitions", definitions_list(data)),
        _section("report_rerun", say_both("studied_rerun_help"), _command(data)),
        _section("report_how", *(say_both(f"report_how_{part}") for part in ("psnr", "seam", "vae")))]
    return document(language, "".join(body), "studied_title", n=len(data["clips"]))


def _section(key: str, *parts: str) -> str:
    return f"<section><h2>{both(key)}</h2>{''.join(parts)}</section>"


def _scroll(inner: str) -> str:
    return f'<div class="scroll">{inner}</div>'


def _heading(data: Mapping) -> str:
    groups = data["groups"]
    models = {group["model"] for group in groups}
    said = [both(lambda lang, g=group: study_headline(lang, next(iter(g["headline"]), None), _name(g), len(g["clips"])))
            for group in groups]
    lines = "".join(f'<p class="headline">{line}</p>' for line in said)
    notes = [say_both("studied_lede") if groups else say_both("studied_nothing")]
    if data["missing"]:
        notes.append(say_both("studied_stopped", n=data["missing"]))
    if data["failures"]:
        notes.append(say_both("studied_failed_short", n=len(data["failures"])))
    if groups:
        notes.append(_few(data, max(group["files"] for group in groups)))
    head = both("studied_head", n=len(data["clips"]), m=len(models)) if groups else ""
    return f'<header><p class="clip">{head}</p>{lines}{"".join(notes)}</header>'


def _table(data: Mapping, drawn: Mapping[str, Line]) -> str:
    """All models and variants in one place."""
    if not data["groups"]:
        return ""
    said = data["statistics"]
    how = both("studied_table_help", db=f"{said['equal_mean_db']:g}", worst=f"{said['equal_worst_db']:g}")
    if any(group["files"] >= said["few"] for group in data["groups"]):
        how += " " + both("studied_table_interval", level=level_of(data))
    return _section("studied_table", f"<p>{how}</p>", _scroll(overview_table(data, drawn)))


def _models(data: Mapping) -> str:
    """Each model beside the first one, where there are several."""
    if not data["models"]:
        return ""
    kinds = len({each["kind"] for each in data["models"]}) > 1
    cards = "".join(
        _card({**each, "label": each["finding"]["params"]["label"], "absent": [], "exact": 0, "clash": False},
              Line("ink"), each["kind"] if kinds else "") for each in data["models"])
    how = say_both("studied_models_help", other=data["models"][0]["finding"]["params"]["reference"])
    return f'<section class="models"><h2>{both("studied_models")}</h2>{how}<div class="columns">{cards}</div></section>'


def _few(data: Mapping, files: int) -> str:
    """Why no interval is drawn, where there are too few files for one."""
    least = data["statistics"]["few"]
    if files >= least:
        return ""
    share = f" {both('studied_few_share', n=files, share=f'{100 * 2.0 ** (1 - files):g}')}" if files > 1 else ""
    return f"<p>{both('studied_few', n=files, least=least)}{share}</p>"


def _name(group: Mapping) -> str:
    weights = group["made_by"]["weights"]
    return f"{group['model']} ({weights})" if weights else group["model"]


def _group(data: Mapping, group: Mapping, drawn: Mapping[str, Line]) -> str:
    """All of one model on one kind of device."""
    names = [name for name in sorted(data["scores"], key=_place) if _told(group, name)]
    made = group["made_by"]
    threads = f", {both('studied_threads', n=made['threads'])}" if made["threads"] else ""
    by = both("studied_made_by", dtype=made["dtype"], device=made["device"])
    parts = [
        f'<section class="group"><h2><span class="mono">{shown(_name(group))}</span></h2><p>{by}{threads}</p>',
        _cards(data, group, drawn), _figures(data, group, names, drawn), _around(group, drawn),
        f"<h3>{both('studied_worst')}</h3>{say_both('studied_worst_help')}{_scroll(worst_table(group, drawn))}",
        f"<h3>{both('studied_numbers')}</h3>{_scroll(numbers_table(data, group, names, drawn))}</section>"]
    return "".join(parts)


def _place(name: str) -> int:
    """PSNR first, mean and worst frame: what the words rest on."""
    return FIRST.index(name) if name in FIRST else len(FIRST)


def _told(group: Mapping, name: str) -> bool:
    """Whether a score says something: realigned it is the same as played, unless frames slip."""
    if name == "psnr_aligned":
        return any(cell["clash"] for cell in group["cells"])
    return any(cell["scores"][name]["n"] for cell in group["cells"])


def _cards(data: Mapping, group: Mapping, drawn: Mapping[str, Line]) -> str:
    said = data["statistics"]
    cards = "".join(_card(cell, drawn[cell["label"]]) for cell in group["cells"])
    compared = any(cell["difference"] for cell in group["cells"])
    help_text = say_both("studied_verdicts_help", db=f"{said['equal_mean_db']:g}",
                         worst=f"{said['equal_worst_db']:g}") if compared else ""
    return f"<h3>{both('studied_verdicts')}</h3>{help_text}<div class=\"columns\">{cards}</div>"


def _card(cell: Mapping, line: Line, about: str = "") -> str:
    finding, stands = cell["finding"], cell["stands"]
    marks = tally(stands, lambda stand: " / ".join(dict.fromkeys(
        say(lang, f"studied_stand_{stand}") for lang in LANGUAGES)))
    sizes = both(lambda lang: study_sizes(lang, finding))
    notes = [_counted(stands), *(
        both(f"studied_{key}", n=n) for key, n in (("absent", len(cell["absent"])), ("exact", cell["exact"])) if n)]
    kind = f'<span class="kind">{both("studied_clash")}</span>' if cell["clash"] else ""
    return (f'<div class="column" style="border-color:var(--{css_name(line.colour)})"><header>'
            f'<b>{shown(cell["label"])}</b>{kind}</header>{marks}'
            f'<p class="verdict">{both(lambda lang: study_sentence(lang, finding))}</p>'
            + "".join(f"<p>{text}</p>" for text in (sizes, *notes, shown(about)) if text) + "</div>")


def _counted(stands: Mapping[str, str | None]) -> str:
    """Worse on 5 of 7 clips, equal on 2."""
    counts = {kind: sum(each == kind for each in stands.values()) for kind in KINDS}
    judged = sum(counts.values())
    return ", ".join(both(f"studied_count_{kind}", n=n, m=judged) for kind, n in counts.items()
                     if n or kind == "worse") if judged else ""


def _figures(data: Mapping, group: Mapping, names: list[str], drawn: Mapping[str, Line]) -> str:
    values = {name: _values(data, group, name) for name in names}
    compared = any(cell["difference"] for cell in group["cells"])
    few = group["files"] < data["statistics"]["few"]
    how = say_both("studied_figures_few") if few else say_both("studied_figures_help", level=level_of(data))
    if len(group["clips"]) > MOST_DOTS:
        how += say_both("studied_figures_many", n=MOST_DOTS)
    reference = Variant.read(group["reference"]).label if group["reference"] else ""
    figures = []
    for name in names:
        two = f"<div><h4>{both('studied_absolute')}</h4>{score_figure(group, name, drawn, values[name])}</div>"
        if compared:
            two += (f"<div><h4>{both('studied_minus', reference=reference)}</h4>"
                    f"{difference_figure(group, name, drawn, values[name])}</div>")
        figures.append(f'<h3>{both(f"studied_score_{name}")}</h3><div class="pair">{two}</div>')
    return f"<h3>{both('studied_figures')}</h3>{how}{''.join(figures)}"


def _values(data: Mapping, group: Mapping, name: str) -> dict[str, dict[str, float | None]]:
    """By variant, clip -> score."""
    found: dict[str, dict[str, float | None]] = {cell["variant"]: {} for cell in group["cells"]}
    for row in data["rows"]:
        if (row["model"], row["kind"]) == (group["model"], group["kind"]):
            found[row["variant"]][row["clip"]] = row[name]
    return found


def _around(group: Mapping, drawn: Mapping[str, Line]) -> str:
    with_borders = [cell for cell in group["cells"] if cell["around"]]
    without = [cell["label"] for cell in group["cells"] if not cell["around"]]
    said = say_both_labels("studied_around_none", without) if without else ""
    if not with_borders:
        return f"<h3>{both('studied_around')}</h3>{said}"
    legend = "".join(
        f'<span><span class="swatch mark-{drawn[cell["label"]].mark}" style="background:var(--'
        f'{css_name(drawn[cell["label"]].colour)})"></span>{shown(cell["label"])}: '
        f'{both("studied_around_borders", n=cell["around"]["borders"])}</span>' for cell in with_borders)
    return (f"<h3>{both('studied_around')}</h3>{say_both('studied_around_help')}"
            f'<div class="legend">{legend}</div><div class="pair"><div>{around_figure(group, drawn)}'
            f'<h4>{both("studied_around_axis")}</h4></div></div>{said}')


def say_both_labels(key: str, labels: list[str]) -> str:
    """A paragraph about some variants."""
    return f"<p>{both(lambda lang: say(lang, key, labels=join_labels(lang, labels)))}</p>"


def _command(data: Mapping) -> str:
    words = ["python", "-m", "vae_demo", "study", "--protocol", PROTOCOL_TOML, "--out", "results"]
    return f"<pre>{' '.join(f'<span>{shown(shlex.quote(word))}</span>' for word in words)}</pre>"
