"""What stands above everything: what a video VAE does, what this one learned, what is cut how below, and why 17.

Sentences as [key, params], said by intro.js and by the page that is served first; they follow the result on screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vae_demo.layout.plan import plan
from vae_demo.layout.text import groups_text
from vae_demo.models.spec import DEFAULT_MODEL, MODELS, ModelSpec
from vae_demo.views.shared.component import Component, component_script

ISSUE = "https://github.com/hpcaitech/Open-Sora/issues/536"
# What the user in that issue had, what they set, and a clip length of that pipeline.
_OWN, _SET, _FRAMES = 17, 16, 51

Said = list[Any]


class Intro(Component):
    """value: see `intro_of`; what the player shows later takes its place (the bus tells)."""

    def __init__(self, value: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(value, component_script(
            "explore/intro.js", "startIntro", ("intro", "glossary", "verdicts"), issue=ISSUE),
            html='<div class="vd-root vd-intro"></div>', **kwargs)


def intro_of(comparison: Mapping[str, Any] | None) -> dict[str, Any]:
    """For a comparison's JSON mapping, or for the default model before there is one.

    lead: sentences in a row. why: the question and its answer, [] where the model has no such size. story: its
    paragraphs; the first ends with the link.
    """
    variants = comparison["variants"] if comparison else []
    names = list(dict.fromkeys(each.get("model", comparison["model"]) for each in variants)) or [DEFAULT_MODEL]
    spec = MODELS.get(names[0]) if len(names) == 1 else None
    return {
        "lead": [_learned(names, spec), *([["intro_below", {"cuts": _cuts(variants)}]] if variants else [])],
        "why": _why(spec, variants) if spec else [],
        "story": _story(variants),
    }


def _learned(names: Sequence[str], spec: ModelSpec | None) -> Said:
    if len(names) > 1:
        return ["intro_several", {"models": list(names)}]
    size = spec.own.encode.size if spec else None
    if not spec or not spec.trained_lengths or size is None:
        return ["intro_unknown", {"model": names[0]}]
    (least, most), groups = spec.trained_lengths, groups_text(size, spec.rule)
    if least == most:
        return ["intro_one", {"groups": groups}]
    return ["intro_range", {"groups": groups, "least": least, "most": most}] if spec.bundled else \
        ["intro_reported", {"groups": groups, "most": most}]


def _cuts(variants: Sequence[Mapping[str, Any]]) -> list[Said]:
    """How the columns are cut: equal sizes together, then whole, then what is read at another size, then the rest."""
    same = [each["encode"] for each in variants if each["encode"] == each["decode"]]
    sizes = [size for size in same if size.isdigit()]
    crossed = dict.fromkeys((each["encode"], each["decode"]) for each in variants if each["encode"] != each["decode"])
    other = [each["label"] for each in variants
             if each["encode"] == each["decode"] and not (each["encode"].isdigit() or each["encode"] == "whole")]
    return [*([["intro_cut", {"sizes": list(dict.fromkeys(sizes))}]] if sizes else []),
            *([["intro_whole", {}]] if "whole" in same else []),
            *(["intro_crossed", {"encode": encode, "decode": decode}] for encode, decode in crossed),
            *([["intro_other", {"labels": other}]] if other else [])]


def _why(spec: ModelSpec, variants: Sequence[Mapping[str, Any]]) -> list[Said]:
    own = spec.own.encode.size
    if own is None or not spec.rule.first_alone(own):
        return []
    said = [["intro_why", {"size": own}], ["intro_because", {"stride": spec.rule.stride}]]
    sizes = dict.fromkeys(int(each["encode"]) for each in variants
                          if each["encode"] == each["decode"] and each["encode"].isdigit())
    odd = [size for size in sizes if not spec.rule.first_alone(size)]
    if odd:
        shortest = spec.trained_lengths and spec.trained_lengths[0]
        key = "intro_others" if shortest is None else \
            "intro_others_later" if shortest < own else "intro_others_never"
        said.append([key, {"n": len(odd), "sizes": list(map(str, odd)),
                           "counts": [str(spec.rule.groups(size)[0]) for size in odd]}])
    return said


def _story(variants: Sequence[Mapping[str, Any]]) -> list[Said]:
    rule = MODELS[DEFAULT_MODEL].rule
    like = next((v["label"] for v in variants if (v["encode"], v["decode"]) == (str(_OWN), str(_SET))), None)
    return [
        ["story_was", {"own": _OWN, "set": _SET}],
        ["story_why", {"frames": _FRAMES, "own": _OWN, "latents": plan(_FRAMES, _SET, _SET).latents,
                       "read": rule.latents(_SET), "written": rule.latents(_OWN)}],
        ["story_here", {"label": like}] if like else ["story_preset", {}]]
