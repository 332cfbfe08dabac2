"""The saved sweeps the Sweep tab opens with, made by `python -m vae_demo.examples` like every other saved result."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from vae_demo import assets
from vae_demo.examples import LEARN_CLIP, MADE_FROM, Example, origin
from vae_demo.layout.sizes import DEFAULT_SIZES, parse_sizes
from vae_demo.layout.variant import DEFAULT_FRAMES
from vae_demo.models.spec import TINY_17, TINY_MIXED
from vae_demo.sweep_records import load_sweep

# Raise it when sweeps saved by older code must be made again.
RECIPE = 1


@dataclass(frozen=True)
class SweepExample:
    """One saved sweep: the first 85 frames of a sample clip through one model at every size.

    size: short side in pixels.
    """

    clip: str
    model: str
    sizes: str = DEFAULT_SIZES
    n_frames: int = DEFAULT_FRAMES
    size: int = 256

    @property
    def name(self) -> str:
        return f"sweep-{self.clip}-{self.model}"


SWEEPS: dict[str, SweepExample] = {example.name: example for example in (
    SweepExample(LEARN_CLIP, TINY_17), SweepExample(LEARN_CLIP, TINY_MIXED))}


def make_sweep(example: SweepExample, out: Path, *, force: bool = False) -> bool:
    """Make one sweep into `out` unless it is up to date; returns whether it was made."""
    made_from = sweep_origin(example)
    if not force and is_current(out, made_from):
        return False
    (out / MADE_FROM).unlink(missing_ok=True)
    run(example, out)
    (out / MADE_FROM).write_text(json.dumps(made_from, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return True


def sweep_origin(example: SweepExample) -> dict:
    """Everything a sweep depends on, JSON types: its entry, and digests of its clip and weights."""
    files = origin(Example(example.name, example.clip, example.model, ()))
    return {"recipe": RECIPE, "sizes": example.sizes, "n_frames": example.n_frames, "size": example.size,
            **{name: files[name] for name in ("name", "clip", "model", "clip_sha256", "weights_sha256")}}


def is_current(out: Path, made_from: dict) -> bool:
    """True where `out` holds a complete sweep made from exactly this."""
    try:
        return json.loads((out / MADE_FROM).read_text(encoding="utf-8")) == made_from and bool(load_sweep(out))
    except (OSError, ValueError):
        return False


def run(example: SweepExample, out: Path) -> None:
    """Sweep and save, whatever is in `out` already."""
    from vae_demo import scratch, sweep
    from vae_demo.clips import read_clip
    from vae_demo.models.loading import load_vae
    from vae_demo.report.sweep import save_sweep

    path = assets.clip(example.clip)
    with (scratch.work_folder() as work,
          read_clip(path, n_frames=example.n_frames, size=example.size) as clip):
        for event in sweep.sweep(clip, load_vae(example.model), parse_sizes(example.sizes), work):
            if isinstance(event, sweep.SweepFinished):
                save_sweep(event.sweep, out)
