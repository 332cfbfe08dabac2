"""What a thousand clips take on eight GPUs, on paper: from figures that were measured, by commands that are named.

A worker on each GPU reads the next clip while it computes; the driver keeps the rows of all of them. Whichever of the
three takes longest is what it takes. What a GPU takes for one clip and model is told, never guessed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vae_demo.layout.variant import DEFAULT_VARIANTS, Variant

THOUSAND, GPUS = 1000, 8
MEASURE = "python -m benchmarks.against_loop --device cuda --frames {frames} --size {size} --json > gpu.json"
# It takes these; a study of others has no figure of its own yet.
MEASURED_VARIANTS = ",".join(variant.spelling for variant in DEFAULT_VARIANTS)


@dataclass(frozen=True)
class Study:
    """What of a study its time depends on."""

    models: Sequence[str]
    variants: Sequence[str]
    frames: int
    size: int

    @property
    def units(self) -> int:
        """Of a clip and a model."""
        return THOUSAND * len(self.models)

    @property
    def tasks(self) -> int:
        return self.units * len(self.variants)


@dataclass(frozen=True)
class Gpu:
    """Seconds of one GPU for one clip, a model and all its variants; source: who says so."""

    seconds: float
    source: str


@dataclass(frozen=True)
class Measured:
    """Seconds that a worker reads for a clip, seconds and bytes that a task costs whoever keeps the rows."""

    reading: float
    driver: float
    row_bytes: float


def gpu_of(path: Path, study: Study) -> Gpu:
    """What benchmarks.against_loop --json wrote on a GPU. Raises ValueError where it is of something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        told = (found["device"], found["frames"], found["size"], tuple(found["variants"]))
        seconds = float(found["no_baseline"]["seconds"])
        source = f"{found['model']} in {found['dtype']} on {found['machine']}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is no output of benchmarks.against_loop --json ({error})") from error
    wanted = ("cuda", study.frames, study.size, tuple(Variant.read(each).label for each in study.variants))
    for name, has, wants in zip(("device", "frames", "size", "variants"), told, wanted, strict=True):
        if has != wants:
            raise ValueError(f"{path.name} is of {name} {has}, this study of {wants}")
    return Gpu(seconds, source)


def on_paper(study: Study, measured: Measured, gpu: Gpu | None) -> list[str]:
    """In words, the whole of it only where all of it is known."""
    hours = {"reading": study.units * measured.reading / GPUS / 3600,
             "the driver": study.tasks * measured.driver / 3600}
    told = [
        f"On paper, {THOUSAND} clips on {GPUS} GPUs, models {', '.join(study.models)}, {len(study.variants)} variants, "
        f"{study.tasks} tasks, {study.tasks * measured.row_bytes / 1e6:.0f} MB of rows:",
        f"- reading: {measured.reading:.2f} s a clip here, once for each model: {told_time(hours['reading'])} of each "
        "worker, while it computes",
        f"- the driver: {1000 * measured.driver:.1f} ms of a core a task here: {told_time(hours['the driver'])} of one"]
    if gpu is None:
        measure = MEASURE.format(frames=study.frames, size=study.size)
        return [*told,
                f"- the models: no GPU was measured; on one, `{measure}`, and "
                f"here the same again with --variants {MEASURED_VARIANTS} --gpu-figures gpu.json",
                f"- so what it takes is not known: no less than {told_time(max(hours.values()))}, and no less "
                f"than {told_time(study.units / GPUS / 3600)} for each second that a GPU takes for a clip and a model"]
    hours["the models"] = study.units * gpu.seconds / GPUS / 3600
    slowest = max(hours, key=lambda name: hours[name])
    return [*told,
            f"- the models: {gpu.seconds:.2f} s a clip, model and its variants, without what inspect looks for "
            f"({gpu.source}): {told_time(hours['the models'])} of each GPU, were all models like that one",
            f"- so {told_time(hours[slowest])}, for {slowest} takes longest"]


def told_time(hours: float) -> str:
    return f"{hours:.2f} hours" if hours >= 1 else f"{60 * hours:.1f} minutes"
