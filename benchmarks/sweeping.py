"""`python -m benchmarks.sweeping`: where the time of a sweep goes, stage by stage, as shares of the whole.

What scores take of the cores in a thread of their own is told apart from what the decoder waits for them: only the
latter is time that the sweep takes longer.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.machine import describe, warn_if_busy
from benchmarks.memory import Peak, noise
from vae_demo import engine
from vae_demo.clips import Clip
from vae_demo.layout.sizes import DEFAULT_SIZES, parse_sizes
from vae_demo.layout.variant import DEFAULT_FRAMES, Variant
from vae_demo.metrics import PlayedScores
from vae_demo.models.loading import load_model
from vae_demo.models.model import VideoModel
from vae_demo.models.spec import DEFAULT_MODEL, DEVICES, DTYPES, MODELS
from vae_demo.results.scores import SWEPT

# In the order in which frames go through them; the rest is what lies between the steps.
STAGES = ("spatial_encode", "temporal_encode", "temporal_decode", "spatial_decode", "baseline", "score", "rest")


class _Scoring:
    """Processor seconds of the threads that score, while the block runs."""

    def __enter__(self) -> _Scoring:
        self.seconds = 0.0
        own = PlayedScores.add

        def add(scores: PlayedScores, frames: Any) -> None:
            began = time.thread_time()
            own(scores, frames)
            self.seconds += time.thread_time() - began

        self._patch = patch.object(PlayedScores, "add", add)
        self._patch.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._patch.stop()


def measure(model: VideoModel, clip: Clip, sizes: str) -> dict[str, Any]:
    """One sweep: seconds on the wall whole and by stage, processor seconds whole and of scoring, peak in MiB."""
    jobs = engine.jobs_of(model, [Variant(size, size) for size in parse_sizes(sizes)])
    with tempfile.TemporaryDirectory() as work, Peak() as peak, _Scoring() as scoring:
        began, cores = time.perf_counter(), time.process_time()
        done = engine.measure(clip, jobs, Path(work), scores=SWEPT, keep_frames=False)
        whole, cores = time.perf_counter() - began, time.process_time() - cores
    found = done.comparison
    stages = dict.fromkeys(STAGES, 0.0)
    for part in (found.seconds, *(row.seconds for row in found.variants)):
        for stage, seconds in part.items():
            stages[stage] += seconds
    stages["baseline"] = found.baseline_2d.seconds if found.baseline_2d else 0.0
    stages["rest"] = whole - sum(stages.values())
    return {"sizes": len(jobs), "seconds": whole, "cores": cores, "scoring_cores": scoring.seconds,
            "peak_mib": peak.mib - peak.before, "stages": stages}


def lines(found: dict[str, Any]) -> list[str]:
    told = [f"{found['sizes']} sizes: {found['seconds']:.1f} s, {found['cores']:.1f} s of all cores, "
            f"{found['peak_mib']:.0f} MiB more than before"]
    told += [f"{stage:16} {seconds:7.2f} s  {seconds / found['seconds']:6.1%}"
             for stage, seconds in found["stages"].items()]
    return [*told, f"scores took {found['scoring_cores']:.2f} s of a core: "
                   f"{found['scoring_cores'] / found['cores']:.1%} of all"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=MODELS, default=DEFAULT_MODEL)
    parser.add_argument("--frames", type=int, default=DEFAULT_FRAMES)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--sizes", default=DEFAULT_SIZES)
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--dtype", choices=DTYPES, default="auto")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    warn_if_busy()
    model = load_model(args.model, args.device, args.dtype)
    frames = np.stack(list(noise(args.frames, args.size)))
    with Clip.from_array(frames[:17], 24, "short") as short, Clip.from_array(frames, 24, "made here") as clip:
        measure(model, short, "17")  # the first run finds everything cold
        found = measure(model, clip, args.sizes)
    print(json.dumps(found) if args.json else "\n".join([describe(), *lines(found)]))


if __name__ == "__main__":
    main()
