"""`python -m vae_demo.examples`: the saved results the page opens with, made from our own sample clips.

Same engine, same files, same path as a live run: nothing here is drawn by hand. A result is made again
when its clip, its weights or its entry in EXAMPLES changed, and left alone otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vae_demo import assets
from vae_demo.layout.variant import DEFAULT_FRAMES, DEFAULT_VARIANTS, Variant
from vae_demo.models.spec import DEFAULT_MODEL, MODELS, TINY_17, TINY_MIXED
from vae_demo.synthetic.samples import SAMPLES

if TYPE_CHECKING:
    from vae_demo.models.pipeline import VideoVAE

# What a folder was made from; written last.
MADE_FROM = "made-from.json"
# Raise it when results saved by older code must be made again.
RECIPE = 1


@dataclass(frozen=True)
class Example:
    """One saved result: the first 85 frames of a sample clip through one model.

    stills: saved as the still pictures of the Learn tab instead of videos and reports.
    """

    name: str
    clip: str
    model: str = DEFAULT_MODEL
    variants: tuple[Variant, ...] = DEFAULT_VARIANTS
    stills: bool = False


def _variants(text: str) -> tuple[Variant, ...]:
    return tuple(Variant.parse(part) for part in text.split())


LEARN_CLIP = "harbour"
LEARN_17, LEARN_MIXED = f"learn-{TINY_17}", f"learn-{TINY_MIXED}"
# Around the first border of every variant the lessons show; see views/learn/lessons.py.
LEARN_FRAMES = range(12, 26)
LEARN_TAPED = ("source", "17", "16")
EXAMPLES: dict[str, Example] = {example.name: example for example in (
    *(Example(name, name) for name in SAMPLES),
    Example(LEARN_17, LEARN_CLIP, TINY_17, _variants("17 16 18 21 13 17:16 17:16:fit"), stills=True),
    Example(LEARN_MIXED, LEARN_CLIP, TINY_MIXED, _variants("17 16 18 17:16"), stills=True),
)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m vae_demo.examples", description=__doc__)
    parser.add_argument("names", nargs="*", help="results to make (default: all)", metavar="NAME")
    parser.add_argument("--force", action="store_true", help="make again what is up to date")
    parser.add_argument("--out", type=Path, default=assets.EXAMPLES)
    args = parser.parse_args()
    from vae_demo.sweep_examples import SWEEPS, make_sweep

    known = {**EXAMPLES, **SWEEPS}
    if unknown := set(args.names) - set(known):
        parser.error(f"no such result: {', '.join(sorted(unknown))}; choose from {', '.join(known)}")
    for name in args.names or known:
        made = make_sweep if name in SWEEPS else make
        try:
            state = "made" if made(known[name], args.out / name, force=args.force) else "up to date"
        except FileNotFoundError as error:
            parser.error(f"{name} needs {error.filename}; `make clips` draws clips, `make weights` trains models.")
        print(f"{name}: {state}, {_megabytes(args.out / name):.1f} MB", flush=True)
    print(f"{_megabytes(args.out):.1f} MB in all")


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def make(example: Example, out: Path, *, force: bool = False) -> bool:
    """Make one result into `out` unless it is up to date; returns whether it was made."""
    from vae_demo.models.loading import load_vae

    made_from = origin(example)
    if not force and is_current(out, made_from):
        return False
    (out / MADE_FROM).unlink(missing_ok=True)
    run(example, load_vae(example.model), out)
    (out / MADE_FROM).write_text(json.dumps(made_from, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return True


def origin(example: Example) -> dict:
    """Everything a result depends on, JSON types: its entry, and digests of its clip and weights."""
    files = {"clip": assets.clip(example.clip),
             "weights": assets.WEIGHTS / MODELS[example.model].weights}
    entry = asdict(example) | {"variants": [variant.spelling for variant in example.variants]}
    return {"recipe": RECIPE, **entry, **{f"{name}_sha256": _digest(path) for name, path in files.items()}}


def is_current(out: Path, made_from: dict) -> bool:
    """True where `out` holds a complete result made from exactly this."""
    from vae_demo.report import load_result

    try:
        return json.loads((out / MADE_FROM).read_text(encoding="utf-8")) == made_from and bool(load_result(out))
    except (OSError, ValueError):
        return False


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(example: Example, vae: VideoVAE, out: Path) -> None:
    """Compare and save, whatever is in `out` already."""
    from vae_demo import experiment, report, scratch
    from vae_demo.clips import read_clip
    from vae_demo.report.stills import save_stills

    path = assets.clip(example.clip)
    with scratch.work_folder() as work, read_clip(path, n_frames=DEFAULT_FRAMES) as clip:
        for event in experiment.compare(clip, vae, example.variants, work):
            if not isinstance(event, experiment.Finished):
                continue
            sources = {"source": clip, **event.frames}
            if example.stills:
                save_stills(event.comparison, sources, out, frames=LEARN_FRAMES, taped=LEARN_TAPED,
                            latents=_first_latents(clip, vae))
            else:
                report.save_result(event.comparison, sources, out)


def _first_latents(clip, vae: VideoVAE):
    """The latents of the clip's first chunk at the model's own size, float C K h w."""
    import torch

    from vae_demo.pixels import to_signed

    size = vae.spec.reference_size
    video = torch.from_numpy(to_signed(clip.frames(0, size))).to(vae.device, vae.dtype)
    return vae.encode(video, size)[0].float().cpu().numpy()


if __name__ == "__main__":
    from vae_demo.scratch import clean_on_terminate

    clean_on_terminate()
    main()
