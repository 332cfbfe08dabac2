"""The protocol of a study in words, and what every score is: what somebody needs to get the same table again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from vae_demo.layout.variant import Variant
from vae_demo.report.study_numbers import level_of
from vae_demo.report.text import both, shown
from vae_demo.studies.rows import variant_columns


def protocol_list(data: Mapping) -> str:
    """Frames, crop, filter, which frames were left out, mean or sample, models with their weights, statistics."""
    items = "".join(f"<dt>{both(f'studied_about_{name}')}</dt><dd>{text}</dd>" for name, text in _items(data))
    return f'<dl class="facts">{items}</dl>'


def _items(data: Mapping) -> Iterator[tuple[str, str]]:
    protocol, rows, groups = data["protocol"], data["rows"], data["groups"]
    clips = {row["clip"]: row for row in rows}
    yield "clips", both("studied_says_clips", n=len(clips), m=len({row["file_sha256"] for row in clips.values()}))
    yield "frames", " ".join(_frames(protocol, clips))
    sizes = ", ".join(dict.fromkeys(f"{row['width']} × {row['height']}" for row in clips.values()))
    seen = f" {both('studied_says_sizes', sizes=sizes)}" if sizes else ""
    yield "picture", both(f"studied_says_crop_{protocol['crop']}", n=protocol["size"]) + seen
    yield "latents", both("studied_says_mean") if protocol["seed"] is None else both(
        "studied_says_seed", seed=protocol["seed"])
    yield "models", "<br/>".join(dict.fromkeys(_model(group) for group in groups))
    variants = ", ".join(Variant.read(each).label for each in protocol["variants"])
    references = ", ".join(dict.fromkeys(
        Variant.read(group["reference"]).label for group in groups if group["reference"])) or "–"
    yield "variants", both("studied_says_reference", variants=variants, references=references)
    kinds = list(dict.fromkeys(group["kind"] for group in groups))
    yield "machine", "<br/>".join([both("studied_says_kinds", n=len(kinds)), *(
        _kind(kind, data["made_by"].get(kind)) for kind in kinds)])
    said = data["statistics"]
    yield "statistics", (
        both("studied_says_statistics", resamples=said["resamples"], seed=said["seed"], level=level_of(data))
        + " " + both("studied_says_equal", db=f"{said['equal_mean_db']:g}", worst=f"{said['equal_worst_db']:g}"))
    yield "versions", both("studied_says_versions", versions=_versions(data["versions"]))


def _kind(kind: str, made_by: Mapping | None) -> str:
    return shown(kind) + (f": {shown(_versions(made_by['versions']))}" if made_by else "")


def _versions(versions: Mapping) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items() if version)


def _frames(protocol: Mapping, clips: Mapping[str, Mapping]) -> Iterator[str]:
    yield both("studied_says_frames_all") if protocol["frames"] is None else both(
        "studied_says_frames_some", n=protocol["frames"])
    if not clips:
        return
    given = [row["frames"] for row in clips.values()]
    same = min(given) == max(given)
    yield both("studied_says_same_one" if same else "studied_says_same_range", n=max(given), least=min(given))
    dropped = [row["frames_read"] - row["frames"] for row in clips.values() if row["frames_read"] > row["frames"]]
    yield both("studied_says_dropped", n=len(dropped), m=sum(dropped)) if dropped else both("studied_says_kept")


def _model(group: Mapping) -> str:
    made = group["made_by"]
    digests = [each[:16] for each in (made["weights_sha256"] or "").split()]
    name = f"{group['model']} ({made['weights']})" if made["weights"] else group["model"]
    return f'<b class="mono">{shown(name)}</b>' + (f" · SHA-256 {shown(', '.join(digests))}…" if digests else "")


def definitions_list(data: Mapping) -> str:
    """Every score of the table, and the clip, model and variant a row is of; then what is left out."""
    told = [column for column in variant_columns(data["protocol"]["scores"], data["protocol"]["inspect"])
            if column.name in data["scores"] or column.name in TOLD]
    items = "".join(
        f'<dt class="mono">{column.name}</dt><dd>{_code(both(column.meaning))}'
        f"{f' ({shown(column.unit)})' if column.unit else ''}</dd>" for column in told)
    return f'<dl class="facts">{items}</dl><p>{both("studied_left_out")}</p>'


def _code(text: str) -> str:
    """What stands between backticks as code."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", text)


# Beside the scores, what their names leave open.
TOLD = ("frames", "pads_shown", "frames_lost", "clash", "seam_p", "inspect_period", "inspect_sure")
