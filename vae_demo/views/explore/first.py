"""What a visitor sees before any script has run: the page's head and the result it opens with, as plain HTML.

It stands in the page that is served, in both languages, over the real page until that has drawn the same (first.js):
what it is about, the headline, each column's verdict and one small still. An address that asks for something else
gets that saved result, or no result at all, never another one's picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from vae_demo import assets, palette
from vae_demo.views.explore import saved
from vae_demo.views.explore.intro import intro_of
from vae_demo.views.explore.still import resting, still
from vae_demo.views.serving.kept import keep
from vae_demo.views.shared import samples
from vae_demo.views.shared.colours import variable
from vae_demo.views.shared.saved_examples import usable
from vae_demo.views.shared.settings import Settings, read_settings
from vae_demo.words import LANGUAGES, known, say
from vae_demo.words.sentences import headline_sentence, told_sentence, verdict_sentence

ID = "vd-first"
# How many numbers a column has; they come with the page.
_FACTS = 5
_MANY = 4


@dataclass(frozen=True)
class First:
    """body: HTML that opens the page's body. still: the address of its picture, None where there is none."""

    body: str
    still: str | None = None


@dataclass(frozen=True)
class _Shown:
    comparison: Mapping[str, Any]
    clip: str
    selected: str
    frame: int
    still: str | None


def first_page(query: str, tabs: tuple[str, ...], brand: str) -> First | None:
    """For an address whose query is `query`; None where it asks for another tab. tabs: keys of all, this one first.
    brand: the HTML of the bar on top."""
    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    if asked.get("tab", tabs[0]) in tabs[1:]:
        return None
    settings = read_settings(asked, samples.sample_names(), samples.first_sample() or "")
    # Views and scores of a link are the page's to set.
    return made(replace(settings, look=None), tabs, brand)


@lru_cache(maxsize=64)
def made(settings: Settings, tabs: tuple[str, ...], brand: str) -> First:
    """The same, remembered by what is asked for."""
    shown = usable(assets.EXAMPLES / settings.clip, lambda folder: _shown(settings, folder))
    pages = "".join(f'<div lang="{lang}">{_page(lang, shown, tabs)}</div>' for lang in LANGUAGES)
    of = f' data-clip="{escape(shown.clip)}" data-frame="{shown.frame}"' if shown else ""
    return First(f'<div id="{ID}"{of}>{brand}{pages}</div>', shown.still if shown else None)


def _shown(settings: Settings, folder: Path) -> _Shown | None:
    value = saved.saved_value(settings)
    if value is None:
        return None
    comparison = value["comparison"]
    selected, frame = resting(comparison)
    # Another frame than the resting one is the page's to show.
    here = settings.frame in (None, frame) and settings.selected in (None, selected)
    picture = keep(f"{settings.clip}-{frame}.webp", still(comparison, folder, frame)) if here else None
    return _Shown(comparison, settings.clip, settings.selected or selected, frame, picture)


def _page(lang: str, shown: _Shown | None, tabs: tuple[str, ...]) -> str:
    names = "".join(f"<span>{escape(say(lang, f'tab_{key}'))}</span>" for key in tabs)
    intro = intro_of(shown.comparison if shown else None)
    gap = "" if lang == "zh" else " "
    lead = gap.join(told_sentence(lang, each) for each in intro["lead"])
    why, *because = [told_sentence(lang, each) for each in intro["why"]] or [""]
    wide = "".join(f'<span class="vd-wide">{escape(each)}{gap}</span>' for each in because[1:])
    return (
        f'<div class="vd-first-tabs">{names}</div><div class="vd-first-page"><div class="vd-root vd-intro">'
        f'<h1>{escape(say(lang, "intro_title"))}</h1>'
        f'<p class="vd-lead">{escape(lead)} <a>{escape(say(lang, "story_title"))} ▸</a></p>'
        f'<p class="vd-because"><b>{escape(why)}</b> {escape("".join(because[:1]))}{gap}{wide}'
        f'<a>{escape(say(lang, "intro_learn"))}</a></p></div>'
        f'<div class="vd-first-controls"></div>{_result(lang, shown) if shown else ""}</div>')


def _result(lang: str, shown: _Shown) -> str:
    data, clip = shown.comparison, shown.comparison["clip"]
    heads = "".join(f"<h2>{escape(headline_sentence(lang, each))}</h2>" for each in data["findings"])
    name = say(lang, f"sample_{shown.clip}") if known(f"sample_{shown.clip}") else clip["name"]
    width, height = clip["width"], clip["height"]
    size = f"{width}²" if width == height else f"{width} × {height}"
    facts = " · ".join((name, say(lang, "n_frames", n=clip["n_frames"]), size, say(lang, "saved_result")))
    variants = data["variants"]
    columns = "".join(_column(lang, shown, index) for index in range(len(variants) + 1))
    many = " vd-many" if len(variants) > _MANY else ""
    return (
        '<div class="vd-root"><div class="vd-stage" data-layer="off" data-compare="side"><header class="vd-head">'
        f'<div>{heads}</div><p class="vd-provenance">{escape(say(lang, "measured_with", model=data["model"]))}<br>'
        f'{escape(facts)}</p></header><div class="vd-pick">{escape(shown.selected)}</div>'
        f'<div class="vd-columns{many}" style="--n: {len(variants) + 1}">{columns}</div></div></div>')


def _column(lang: str, shown: _Shown, index: int) -> str:
    """The source, then each variant; what the page adds later has its room."""
    variants = shown.comparison["variants"]
    variant = variants[index - 1] if index else None
    label = variant["label"] if variant else say(lang, "source")
    verdict = verdict_sentence(lang, variant["verdict"]) if variant and variant["verdict"] else \
        "" if variant else say(lang, "source_says")
    kinds = [] if not variant else ["vd-selected", "vd-phone"] if label == shown.selected else []
    classes = " ".join(["vd-column", *kinds] if variant else ["vd-column", "vd-source", "vd-phone"])
    line = palette.lines([each["label"] for each in variants])[label].colour if variant else ""
    style = f' style="--line: var({variable(line)})"' if variant else ""
    mono = ' class="vd-mono"' if variant else ""
    return (
        f'<section class="{classes}"{style}><header><h3{mono}>{escape(label)}</h3>'
        f'{_kind(lang, variant) if variant else ""}</header>'
        f'<p class="vd-verdict{"" if variant else " vd-plain"}">{escape(verdict)}</p>'
        f'<dl class="vd-facts">{"<div class=vd-fact><dt>&nbsp;</dt></div>" * _FACTS}</dl>'
        f'{_picture(shown, index, label)}<p class="vd-caption">&nbsp;</p></section>')


def _kind(lang: str, variant: Mapping[str, Any]) -> str:
    """kind in modelOf of shared/model.js is its twin."""
    slips = variant["pads_shown"] or variant["lost_frames"]
    kind = "kind_round_trip" if variant["encode"] == variant["decode"] else "kind_clash" if slips else "kind_mixed"
    return f'<span><span class="vd-help">{escape(say(lang, kind))}</span></span>'


def _picture(shown: _Shown, index: int, label: str) -> str:
    width, height = shown.comparison["media"]["tile"]
    place = 100 * index / len(shown.comparison["variants"])
    image = (f'<img src="{escape(shown.still)}" alt="{escape(label)}" style="object-position: {place:g}% 0">'
             if shown.still else "")
    return f'<div class="vd-picture" data-picture="{index}" style="aspect-ratio: {width} / {height}">{image}</div>'
