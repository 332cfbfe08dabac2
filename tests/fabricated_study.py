"""Studies with a known answer, without a model: plans are real, the scores are what a test says."""

import hashlib

from vae_demo.layout.plan import plan_of
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Variant
from vae_demo.results.scores import mean
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.rows import Failure, Study, frame_columns, variant_columns

KIND = "cpu Made-up CPU, float32, 1 thread"
# dB that chunks of a variant lose in the frames that open them, and everywhere.
LOSSES = {"17": (0.0, 0.0), "16": (7.0, 1.0), "18": (5.0, 0.6), "whole": (0.0, 0.05), "17:16": (3.0, 2.0)}


def psnr_of(clip, variant, frames=34, opening=None, everywhere=None, level=None):
    """Per playback frame, None where there is no source frame: a level of the clip, less what the variant loses."""
    each = plan_of(frames, Variant.read(variant), FrameRule())
    lost, flat = LOSSES.get(variant, (0.0, 0.0))
    lost, flat = (lost if opening is None else opening), (flat if everywhere is None else everywhere)
    level = 30 + int(hashlib.sha256(clip.encode()).hexdigest()[:4], 16) % 600 / 100 if level is None else level
    openers = {border + i for border in (0, *each.boundaries) for i in range(4)}
    return [level - flat - 0.1 * (i % 4) - (lost * level / 33 if i in openers else 0.0) if i < frames else None
            for i in range(max(each.frames_out, frames))]


def rows_of(clip, model, variant, psnr, frames=34, file=None, kind=KIND, **about):
    """The row of a variant and those of its frames. psnr: per playback frame; about: other columns as they shall be."""
    each = plan_of(frames, Variant.read(variant), FrameRule())
    played = list(psnr)[:each.frames_out]
    playback_of = each.playback_of()
    aligned = [None if at is None or played[at] is None else played[at] for at in playback_of]
    key = {"clip": clip, "model": model, "variant": variant, "kind": kind}

    def scores(value, step, end=""):
        return {f"psnr{end}": value, f"ssim{end}": None if value is None else value / 100,
                f"l1{end}": None if value is None else (100 - value) / 5,
                f"temporal_step{end}": None if value is None or not step else (100 - value) / 8}

    n_rows = max(frames, each.frames_out)
    played, slots = played + [None] * (n_rows - len(played)), [*each.slots] + [None] * (n_rows - each.frames_out)
    aligned += [None] * (n_rows - frames)
    shown = [{**key, "frame": i, "slot": slots[i], "border": i in each.boundaries or not i,
              **scores(played[i], i), **scores(aligned[i], i, "_aligned")} for i in range(n_rows)]
    known = [value for value in played if value is not None]
    row = dict.fromkeys(column.name for column in variant_columns())
    row |= {
        **key, "start": 0, "fps": 24.0, "width": 64, "height": 64, "frames_read": frames, "frames": frames,
        "frames_out": each.frames_out, "latents": each.latents, "pads_shown": each.pads_shown,
        "frames_lost": len(each.lost_frames), "clash": each.is_clash,
        **{name: mean([frame[name] for frame in shown]) for name in scores(0.0, 1)},
        **{name: mean([frame[name] for frame in shown]) for name in scores(0.0, 1, "_aligned")},
        "psnr_worst": min(known, default=None),
        "psnr_worst_frame": played.index(min(known)) if known else None, "seam_reason": "few_borders",
        "inspect_sure": variant == "16", "inspect_period": 16 if variant == "16" else None,
        "device": "Made-up CPU", "dtype": "float32", "threads": 1,
        "weights_sha256": "ab" * 32, "file_sha256": file or hashlib.sha256(clip.encode()).hexdigest(),
        "clip_sha256": "cd" * 32, "task": "ef" * 16, **about}
    assert list(shown[0]) == [column.name for column in frame_columns()]
    return row, shown


def study(clips=7, variants=("17", "16", "18", "17:16", "whole"), models=("tiny-17",), frames=34, failures=(),
          missing=0, left_out=(), psnr=psnr_of, kinds=(KIND,), **about):
    """clips: names, or how many. left_out: (clip, model, variant) without rows. psnr: of clip, variant and frames."""
    names = clips if not isinstance(clips, int) else [f"clip {i + 1}.mp4" for i in range(clips)]
    rows, shown = [], []
    for clip in names:
        for model in models:
            for variant in variants:
                for kind in kinds:
                    if (clip, model, variant) not in left_out:
                        scores = psnr(clip, variant, frames)
                        row, its = rows_of(clip, model, variant, scores, frames, kind=kind, **about)
                        rows.append(row)
                        shown += its
    made_by = {kind: {"device": "cpu", "device_name": "Made-up CPU", "dtype": "float32", "threads": 1,
                      "versions": {"project": "0", "torch": "2.0"}} for kind in kinds}
    return Study(Protocol(clips=tuple(names), models=tuple(models), variants=tuple(variants), frames=frames, size=64),
                 tuple(rows), shown, tuple(failures), missing, made_by)


def failure(clip, model=None, variant=None):
    return Failure(clip, model, variant, "no_variant", {})
