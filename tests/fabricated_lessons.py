"""Saved results for the Learn tab with outcomes a test chooses: plans are real, scores and pictures are made up."""

from dataclasses import replace

import fabricated_sweep
import numpy as np
from fabricated import Frames, made_by, moving_clip, reconstruct

from vae_demo.examples import EXAMPLES, LEARN_17, LEARN_FRAMES, LEARN_MIXED, LEARN_TAPED, sweep_name
from vae_demo.report.stills import save_stills
from vae_demo.report.sweep import save_sweep
from vae_demo.results.comparison import Baseline, Comparison
from vae_demo.results.findings import Seam
from vae_demo.verdicts import verdict

# PSNR of a chunk's first frame by variant, and (score, p) of its seam.
FIRST = {"17": 34.9, "21": 34.8, "13": 34.0, "16": 17.3, "18": 22.5}
SEAMS = {"17": (0.73, 0.99), "16": (5.35, 0.0005)}


def psnr_list(plan, base=32.0, first=None, last=None, tail=None):
    """Playback PSNR: `base`, but `first` and `last` at the ends of each chunk, and `tail` in a last short chunk."""
    values = [base if slot is not None and i < plan.frames_in else None for i, slot in enumerate(plan.slots)]
    size = plan.decode_chunks[0].stop
    for chunk in plan.decode_chunks:
        if chunk.stop - chunk.start != size and tail is not None:
            values[chunk.start:chunk.stop] = [tail] * (chunk.stop - chunk.start)
            continue
        for at, value in ((chunk.start, first), (chunk.stop - 1, last)):
            if value is not None and values[at] is not None:
                values[at] = value
    return values


def learn_comparison(model="tiny-17", first=FIRST, seams=SEAMS, base=None, last=None, tail=None):
    """base, first, last, tail: PSNR by variant label."""
    example = EXAMPLES[LEARN_17 if model == "tiny-17" else LEARN_MIXED]
    made, about = [], {"provenance": made_by(model), "baseline_2d": Baseline(reconstruct("17").playback, 0.1)}
    for variant in example.variants:
        label = variant.label
        plan = reconstruct(variant.spelling).plan
        values = psnr_list(plan, *((table or {}).get(label, default) for table, default in (
            (base, 32.0), (first, None), (last, None), (tail, None))))
        each = reconstruct(variant.spelling, psnr=values, **about)
        if label in seams:
            each = replace(each, seam=Seam(*seams[label], len(plan.boundaries), 0.9, 1.1))
        made.append(each)
    judged = tuple(replace(each, verdict=verdict(each, made[0])) for each in made)
    clip = {"name": "harbour.mp4", "width": 64, "height": 64, "fps": 24.0, "n_frames": 85, "start": 0,
            "source": {}, "notes": []}
    return Comparison(clip, "float32", "cpu", "17", judged, {})


def pictures(comparison):
    """A frame source per panel, 64 x 64: the clip, and every variant in a shade of its own."""
    source = moving_clip(85)
    grey, sources = np.full_like(source[0], 110), {"source": Frames(source)}
    for index, each in enumerate(comparison.variants):
        shown = [grey if slot is None else source[slot] // 2 + 20 * index for slot in each.plan.slots]
        sources[each.label] = Frames(np.stack(shown).astype(np.uint8))
    return sources


def learn_mapping(model="tiny-17", **outcome):
    """The JSON mapping of such a result, without its pictures."""
    sheets = {"stills": {"file": "stills.webp", "frames": list(LEARN_FRAMES)}, "chunk": {"file": "chunk.webp"},
              "latents": {"file": "latents.webp", "tile": [8, 8], "count": 5, "channels": 16},
              "tapes": {"file": "tapes.webp"}}
    return replace(learn_comparison(model, **outcome), media=sheets).to_json()


def learn_result(directory, model="tiny-17", **outcome):
    """One result saved as the examples are; returns its JSON mapping."""
    comparison = learn_comparison(model, **outcome)
    name = LEARN_17 if model == "tiny-17" else LEARN_MIXED
    latents = np.random.default_rng(0).normal(size=(16, 5, 8, 8)).astype(np.float32)
    return save_stills(comparison, pictures(comparison), directory / name, frames=LEARN_FRAMES,
                       taped=LEARN_TAPED, latents=latents).to_json()


def learn_sweep(directory):
    """The sweep that goes with the first of them, saved as the examples are."""
    save_sweep(fabricated_sweep.sweep(), directory / sweep_name("harbour", "tiny-17"))


MIXED = {"first": {**FIRST, "16": 26.8, "18": 28.0}, "seams": {"17": (0.8, 0.9), "16": (1.48, 0.0035)}}
