"""Is a clip said to play late where it does not, and is it found where it does? `python -m benchmarks.late`, minutes.

Every sample clip through the bundled models at many sizes, as decoded, which is in time; and with everything from its
second border on played one frame late.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
import torch

from benchmarks.machine import describe
from vae_demo import assets
from vae_demo.clips import Clip, read_clip
from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Variant
from vae_demo.metrics import Lags
from vae_demo.models import load_vae
from vae_demo.models.spec import MODELS
from vae_demo.pixels import to_signed, to_uint8
from vae_demo.verdicts.late import lag_of, shifted

SIZES = (5, 8, 9, 13, 16, 17, 18, 33, None)


def decoded(vae, frames: np.ndarray, size: int | None) -> np.ndarray:
    video = torch.from_numpy(to_signed(frames))
    with torch.inference_mode():
        latents = vae.encode(video, micro_frame_size=size)
        return to_uint8(vae.decode(latents, num_frames=len(frames), micro_frame_size=size).numpy())


def measured(clip: Clip, plan: Plan, shown: np.ndarray) -> Lags:
    lags = Lags(clip, plan)
    lags.add(shown)
    return lags


def of_a_model(name: str, clips: list[Clip]) -> None:
    vae, spec = load_vae(name), MODELS[name]
    pieces, said, found, late = Counter(), 0, Counter(), Counter()
    for clip in clips:
        frames = clip.frames(0, clip.n_frames)
        for size in SIZES:
            plan, shown = spec.plan(len(frames), Variant(size, size)), decoded(vae, frames, size)
            told = measured(clip, plan, shown).measured()
            pieces.update("in time" if lag_of(each) == 0 else "not told" if lag_of(each) is None else "shifted"
                          for each in told)
            said += shifted(told) is not None
            if len(plan.boundaries) < 2:
                continue
            start = plan.boundaries[1]
            moved = np.concatenate([shown[:start], shown[start - 1:-1]])
            finding = shifted(measured(clip, plan, moved).measured())
            late[clip.name] += 1
            found[clip.name] += finding is not None and finding.case == "late_on" and finding.params["n"] == 1 \
                and finding.params["frame"] == start
    n_runs = len(clips) * len(SIZES)
    print(f"{name}: said of {said} of {n_runs} that play in time; their pieces {dict(pieces)}")
    print("  played late, found from its frame on: " + ", ".join(
        f"{clip} {found[clip]} of {late[clip]}" for clip in late), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=96)
    parser.add_argument("--frames", type=int, default=51)
    args = parser.parse_args()
    print(describe())
    clips = [read_clip(path, 0, args.frames, args.side, "square") for path in sorted(assets.CLIPS.glob("*.mp4"))]
    for name in [name for name, spec in MODELS.items() if spec.bundled]:
        of_a_model(name, clips)


if __name__ == "__main__":
    main()
