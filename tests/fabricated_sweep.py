"""Sweeps with a known answer, without a model: plans and verdicts are real, the scores are what a test says."""

from dataclasses import replace

from fabricated import made_by

from vae_demo.layout.plan import plan
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.sizes import parse_sizes
from vae_demo.layout.text import size_label
from vae_demo.metrics import judged as judge_seam
from vae_demo.results.scores import mean
from vae_demo.results.sweep import Part, Sweep, SweepRow
from vae_demo.verdicts.sizes import headline, row_findings


def first_alone(length, rule):
    return rule.pads(length) == rule.stride - 1


def part(psnr, step, start, stop):
    some = psnr[start:stop]
    return Part(len(some), mean(some), min(some), mean(step[start:stop])) if some else None


def score(chunk, i, alone, breaks):
    """dB of frame i of a chunk: 32, a little less inside groups; a strange opening group drops."""
    opening = 0 if alone else (len(chunk) - 1) % 4 + 1
    return 32.0 - 0.4 * (i % 4) - (breaks - 2.0 * i if i < opening else 0.0)


def row(size, frames=85, breaks=12.0, rule=FrameRule()):
    """One size on `frames` frames; chunks that do not open with one frame alone start `breaks` dB lower."""
    each = plan(frames, size, size, rule)
    psnr = []
    for chunk in each.encode_chunks:
        length = chunk.stop - chunk.start
        psnr += [score(range(length), i, first_alone(length, rule), breaks) for i in range(length)]
    step = [None, *(1.0 + abs(a - b) / 3 for a, b in zip(psnr, psnr[1:], strict=False))]
    n_full = sum(c.stop - c.start == (size or frames) for c in each.encode_chunks)
    split = n_full * (size or frames)
    tail = frames - split
    seam, reason = judge_seam(each, step)
    return SweepRow(
        size=size_label(size), first_alone=first_alone(size or frames, rule),
        tail_first_alone=first_alone(tail, rule) if tail else None, n_chunks=len(each.encode_chunks),
        latents=each.latents, frames_out=each.frames_out, psnr=mean(psnr), full=part(psnr, step, 0, split),
        tail=part(psnr, step, split, frames), seam=seam, seam_reason=reason,
        seconds={"temporal_decode": 0.8}, psnr_by_frame=tuple(psnr))


def sweep(sizes="4-40,whole", frames=85, model="tiny-17", breaks=12.0, trained=(17, 17), name="harbour.mp4", rows=None):
    """A finished sweep. rows: instead of made-up ones."""
    rows = rows or [row(size, frames, breaks) for size in parse_sizes(sizes)]
    declared = next((each for each in rows if each.size == "17"), None)
    judged = tuple(replace(each, findings=row_findings(each, declared, FrameRule())) for each in rows)
    clip = {"name": name, "width": 256, "height": 256, "fps": 24.0, "n_frames": frames, "start": 0,
            "source": {}, "notes": []}
    return Sweep(clip, model, "float32", "cpu", "17", trained, 33.0, judged, made_by(model),
                 headline(judged, model, "17", trained, FrameRule()))
