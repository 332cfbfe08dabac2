"""The lessons of the Learn tab as data: sentences, predictions and answers, all taken from saved results.

A sentence is [key, params] into words/learn.json. Every number in it is read from the results or counted by
layout/, and which sentence is said, and which option of a prediction is right, is decided by those numbers:
weights trained again may change the page, but cannot make it say what was not measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vae_demo.examples import LEARN_17, LEARN_MIXED
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.text import groups_text
from vae_demo.layout.variant import DEFAULT_VARIANTS
from vae_demo.models.spec import DEFAULT_MODEL, MODELS, TINY_17, TINY_MIXED
from vae_demo.views.learn import measured
from vae_demo.views.learn.measured import db, find, ranges

RULE: FrameRule = MODELS[TINY_17].rule
SIZE: int = MODELS[TINY_17].own.encode.size
# Where the issue and its answer were read.
LINKS = {"issue_536": "https://github.com/hpcaitech/Open-Sora/issues/536"}
# What others do at a border: learn_family_* and learn_borders_*, and where that was read.
BORDERS = (
    ("none", "hpcaitech/Open-Sora v1.2.0, opensora/models/vae/vae.py"),
    ("long", "hpcaitech/Open-Sora issue #490"),
    ("overlap", "hpcaitech/Open-Sora v1.3, opensora/models/vae_v1_3/vae.py"),
    ("blend", "diffusers 0.42.1, autoencoder_kl_hunyuan_video.py"),
    ("cache", "diffusers 0.42.1, autoencoder_kl_wan.py"),
)
GLOSSARY = ("latent", "chunk", "border", "group", "slot", "pad", "tail", "seam", "ghost", "clash")

Sentence = list
Runs = Mapping[str, Mapping[str, Any]]


def tell(key: str, **params: Any) -> Sentence:
    return [f"learn_{key}", params]


@dataclass(frozen=True)
class Question:
    """A prediction: `options` are (id, sentence), `right` the id the results point to, `answer` what to say then.

    kind: "measured" by a run, or "counted" by arithmetic.
    """

    ask: Sentence
    options: tuple[tuple[str, Sentence], ...]
    right: str
    answer: tuple[Sentence, ...]
    kind: str = "measured"


@dataclass(frozen=True)
class Lesson:
    """One step: what it says, the settings it talks about, one question, and what its figure needs.

    after: said once the answer is open. closing: said in any case. variants: what it talks about; `opens` is what
    Explore is asked for.
    """

    key: str
    title: Sentence
    text: tuple[Sentence, ...]
    variants: tuple[str, ...]
    question: Question | None = None
    after: tuple[Sentence, ...] = ()
    closing: tuple[Sentence, ...] = ()
    caveat: Sentence | None = None
    model: str = DEFAULT_MODEL
    frame: int = 0
    selected: str | None = None
    figure: dict[str, Any] = field(default_factory=dict)

    @property
    def opens(self) -> tuple[str, ...]:
        """The usual variants where these are among them: that result is saved, and shown at once."""
        saved = tuple(variant.label for variant in DEFAULT_VARIANTS)
        return saved if self.model == DEFAULT_MODEL and set(self.variants) <= set(saved) else self.variants


def runs_of(results: Mapping[str, Mapping[str, Any]]) -> Runs:
    """The results by model, from results by name of the saved example."""
    names = {TINY_17: LEARN_17, TINY_MIXED: LEARN_MIXED}
    return {model: results[name] for model, name in names.items() if name in results}


def lessons(runs: Runs) -> tuple[Lesson, ...]:
    """The six steps. Where a run is missing, its steps keep their text and have neither question nor figure."""
    return tuple(make(runs) for make in (_compress, _group, _breaks, _clash, _borders, _mixed))


def _compress(runs: Runs) -> Lesson:
    text = (tell("compress_1"), tell("compress_2"))
    run = runs.get(TINY_17)
    if run is None:
        return Lesson("compress", tell("compress_title"), text, ("17",))
    width, height = run["clip"]["width"], run["clip"]["height"]
    latents, first = run["media"]["latents"], find(run, "17")["encode_chunks"][0]
    frames, colours = first["stop"] - first["start"], 3
    across, down = latents["tile"]
    numbers, left = frames * width * height * colours, latents["count"] * across * down * latents["channels"]
    factor, share = round(width / across), round(numbers / left)
    shares = sorted({RULE.stride, share, factor * factor * RULE.stride})
    shape = {"width": across, "height": down, "channels": latents["channels"], "count": latents["count"]}
    question = Question(
        tell("compress_q", frames=frames, numbers=f"{numbers:,}"),
        tuple((str(each), tell("compress_option", share=each)) for each in shares), str(share),
        (tell("compress_a", share=share, left=f"{left:,}", factor=factor, frames=frames, colours=colours, **shape),))
    return Lesson("compress", tell("compress_title"), text, ("17",), question, figure={
        "frames": tell("compress_frames", frames=frames, width=width, height=height, colours=colours),
        "numbers": tell("compress_numbers", numbers=f"{numbers:,}"),
        "latents": tell("compress_latents", **shape), "left": tell("compress_fewer", left=f"{left:,}"),
        "groups": list(RULE.groups(frames))})


def _group(runs: Runs) -> Lesson:
    text = (tell("group_1", groups=groups_text(SIZE, RULE)), tell("group_2"), tell("group_3"))
    asked, other = 18, 16
    held = RULE.groups(asked)[0]
    question = Question(
        tell("group_q", size=asked),
        tuple((str(n), tell("group_option", n=n)) for n in sorted({1, 2, RULE.stride, held})), str(held),
        (tell("group_a", n=held, size=asked, pads=RULE.pads(asked), groups=groups_text(asked, RULE)),
         tell("group_a2", groups=groups_text(other, RULE))), kind="counted")
    return Lesson("group", tell("group_title"), text, ("17",), question, figure={
        "start": SIZE, "most": 40, "sizes": [other, SIZE, asked, 21], "shown": SIZE})


def _breaks(runs: Runs) -> Lesson:
    run = runs.get(TINY_17)
    if run is None:
        return Lesson("breaks", tell("breaks_title"), (), ("17", "16", "18"))
    n_frames = run["clip"]["n_frames"]
    place = measured.worst_place(find(run, "16"), find(run, "17"), RULE.stride)
    first = {label: db(measured.first_frame(find(run, label))) for label in ("16", "17", "18", "21")}
    question = Question(
        tell("breaks_q"),
        tuple((each, tell(f"breaks_option_{each}")) for each in ("none", "first", "last", "all")),
        place.case.removesuffix("_too"),
        (tell(f"breaks_a_{place.case}", **place.params),
         tell("breaks_numbers", a=first["16"], b=first["18"], c=first["17"])))
    border = find(run, "17")["boundaries"][0]
    shown = measured.window(run, border - 3, 6)
    return Lesson(
        "breaks", tell("breaks_title"), (tell("breaks_1", n=n_frames),), ("17", "16", "18"), question,
        (tell(f"breaks_21_{measured.other_good_size(run, place.case)}", a=first["21"], b=first["17"]),),
        caveat=tell("breaks_caveat"), selected="16", frame=find(run, "16")["boundaries"][0], figure={
            "title": tell("frames_title", first=shown[0], last=shown[-1], n=n_frames), "frames": shown,
            "rows": ["source", "17", "16", "18"], "given": ["source", "17"],
            "table": [{"key": label, "chunks": len(measured.full_chunks(find(run, label))),
                       "values": [db(value) for value in measured.by_position(find(run, label))[:RULE.stride]],
                       "low": measured.low_positions(find(run, label), RULE.stride)}
                      for label in ("17", "16", "18", "21")]})


def _clash(runs: Runs) -> Lesson:
    text = (tell("clash_1", written=RULE.latents(SIZE), read=RULE.latents(16)),)
    known = (tell("clash_known"), tell("clash_unknown"))
    variants = ("17", "17→16", "17→16 fit")
    run = runs.get(TINY_17)
    if run is None:
        return Lesson("clash", tell("clash_title"), text, variants, closing=known)
    n, clash, fit = run["clip"]["n_frames"], find(run, "17→16"), find(run, "17→16 fit")
    out = clash["frames_out"]
    written = sum(chunk["pad"] for chunk in clash["encode_chunks"])
    lost = clash["lost_frames"]
    answer = tell("clash_a", n=clash["pads_shown"], out=out, cut=written - clash["pads_shown"], lost=ranges(lost)) \
        if lost else tell("clash_a_plain", n=clash["pads_shown"], out=out)
    fit_case = "same" if fit["frames_out"] == n else "other"
    question = Question(
        tell("clash_q", n=n), tuple((str(each), tell("clash_option", n=each)) for each in sorted({n - n % 16, n, out})),
        str(out), (answer, tell(f"clash_fit_{fit_case}", latents=fit["latents"], out=fit["frames_out"],
                               pads=fit["pads_shown"], lost=ranges(fit["lost_frames"]))))
    pads = measured.pad_run(clash["slots"], after=RULE.stride)
    shown = measured.window(run, pads[0] - 2, 6)
    arrives = clash["slots"][pads[-1] + 1]
    return Lesson("clash", tell("clash_title"), text, variants, question, closing=known, frame=pads[0],
                  selected="17→16", figure={
        "ruler": tell("clash_ruler", n=n), "rulers": list(variants), "given": ["17"],
        "title": tell("clash_playback", first=shown[0], last=shown[-1], n=len(pads), frame=arrives), "frames": shown,
        "rows": ["source", "17→16"]})


def _borders(runs: Runs) -> Lesson:
    run = runs.get(TINY_17)
    figure: dict[str, Any] = {"others": [
        [tell(f"family_{key}"), tell(f"borders_{key}"), source] for key, source in BORDERS]}
    if run is None or find(run, "17")["seam"] is None or find(run, "16")["seam"] is None:
        return Lesson("borders", tell("borders_title"), (tell("borders_1"),), ("17", "16"),
                      closing=(tell("borders_2"),), figure=figure)
    case = measured.seam_case(find(run, "17")["seam"])
    at_16 = measured.seam_params(find(run, "16")["seam"])
    question = Question(
        tell("borders_q"),
        tuple((each, tell(f"borders_option_{each}")) for each in ("five", "twice", "hint", "none")), case,
        (tell(f"borders_a_{case}", **measured.seam_params(find(run, "17")["seam"])), tell("borders_16", **at_16)))
    figure |= {"tapes": ["source", "17", "16"], "given": ["source"],
               "title": tell("borders_tapes", n=run["clip"]["n_frames"])}
    return Lesson("borders", tell("borders_title"), (tell("borders_1"),), ("17", "16"), question,
                  closing=(tell("borders_2"),), selected="17", frame=find(run, "17")["boundaries"][0], figure=figure)


def _mixed(runs: Runs) -> Lesson:
    low, high = MODELS[TINY_MIXED].trained_lengths
    text = (tell("mixed_1", low=low, high=high),)
    if len(runs) < 2:
        return Lesson("mixed", tell("mixed_title"), text, ("16", "17→16"), model=TINY_MIXED)
    healed = measured.healing(runs[TINY_17], runs[TINY_MIXED], RULE.stride)
    answer = [tell(f"mixed_a_{healed.case}", **{k: v for k, v in healed.params.items() if k != "how"},
                  **({"how": [f"learn_mixed_how_{healed.params['how']}", {}]} if "how" in healed.params else {}))]
    seam, clash = find(runs[TINY_MIXED], "16")["seam"], find(runs[TINY_MIXED], "17→16")
    if healed.case in ("round", "both") and seam is not None:
        left = measured.seam_case(seam)
        answer.append(tell(f"mixed_seam_{left if left in ('none', 'hint') else 'seam'}", **measured.seam_params(seam)))
    stays = bool(clash["pads_shown"] or clash["lost_frames"])
    if stays:
        answer.append(tell("mixed_stays", pads=clash["pads_shown"], lost=len(clash["lost_frames"])))
    right = "neither" if healed.case == "nothing" else healed.case
    question = Question(
        tell("mixed_q"), tuple((each, tell(f"mixed_option_{each}")) for each in ("round", "clash", "both", "neither")),
        right, tuple(answer))
    run, border = runs[TINY_17], find(runs[TINY_17], "16")["boundaries"][0]
    pads = measured.pad_run(find(run, "17→16")["slots"], after=RULE.stride)
    return Lesson("mixed", tell("mixed_title"), text, ("16", "17→16"), question, model=TINY_MIXED, frame=border,
                  selected="16", figure={
        "round": measured.window(run, border - 1, 3), "clash": measured.window(run, pads[-1] - 1, 3),
        "table": [measured.summary(model, runs[model]) for model in (TINY_17, TINY_MIXED)]})
