"""`python -m vae_demo.examples`: the saved results the page opens with, made from our own sample clips.

Same engine, same files, same path as a live run: nothing here is drawn by hand. A result is made again
when its clip, its weights or its entry in EXAMPLES changed, and left alone otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from vae_demo import assets
from vae_demo.layout.sizes import DEFAULT_SIZES, parse_sizes
from vae_demo.layout.variant import DEFAULT_FRAMES, DEFAULT_VARIANTS, Variant
from vae_demo.live.parts import N_FRAMES, SIZE
from vae_demo.models.spec import DEFAULT_MODEL, MODELS, TINY_17, TINY_MIXED
from vae_demo.synthetic.flickering import FLICKERS, flicker_file, inspection_name
from vae_demo.synthetic.samples import SAMPLES

if TYPE_CHECKING:
    from vae_demo.clips import Clip
    from vae_demo.models.model import VideoModel

# What a folder was made from; written last.
MADE_FROM = "made-from.json"
RECORDS = {"comparison.json", "sweep.json", "inspection.json"}
# Raise it when results saved by older code must be made again.
RECIPE = 1


@dataclass(frozen=True)
class Example:
    """One saved result: the first 85 frames of a sample clip through one model, or an inspection.

    kind   "result" for the Explore tab, "stills" for the still pictures of the Learn tab, "sheets" for its live step
           (the frames that the page computes: live/parts.py), "sweep" for the Sweep tab, "inspection" for the Inspect
           tab: `clip` is the sample of synthetic/flickering.py, `model` what decodes it
    """

    name: str
    clip: str
    model: str | None
    variants: tuple[Variant, ...] = DEFAULT_VARIANTS
    kind: Literal["result", "stills", "sheets", "sweep", "inspection"] = "result"


def _variants(text: str) -> tuple[Variant, ...]:
    return tuple(Variant.read(part) for part in text.split())


def sweep_name(clip: str, model: str) -> str:
    """Folder of the saved sweep of a sample clip through a model."""
    return f"sweep-{clip}-{model}"


LEARN_CLIP = "harbour"
LEARN_17, LEARN_MIXED = f"learn-{TINY_17}", f"learn-{TINY_MIXED}"
# Around the first border of every variant the lessons show; see views/learn/lessons.py.
LEARN_FRAMES = range(12, 26)
LEARN_TAPED = ("source", "17", "16")
# Before a browser computes, and where it cannot: sizes 1 + 4k, a few others, and the clash.
LIVE = f"live-{TINY_17}"
LIVE_SAVED = "17 16 18 12 20 5 9 13 21 25 29 33 37 17:16"
_SIZES = tuple(Variant(size, size) for size in parse_sizes(DEFAULT_SIZES))
EXAMPLES: dict[str, Example] = {example.name: example for example in (
    *(Example(name, name, DEFAULT_MODEL) for name in SAMPLES),
    Example(LEARN_17, LEARN_CLIP, TINY_17, _variants("17 16 18 21 13 17:16 17:16:fit"), "stills"),
    Example(LEARN_MIXED, LEARN_CLIP, TINY_MIXED, _variants("17 16 18 17:16"), "stills"),
    Example(LIVE, LEARN_CLIP, TINY_17, _variants(LIVE_SAVED), "sheets"),
    *(Example(sweep_name(LEARN_CLIP, model), LEARN_CLIP, model, _SIZES, "sweep") for model in (TINY_17, TINY_MIXED)),
    # What another is made of comes before it.
    *(Example(inspection_name(name), name, flicker.model, _variants("16") if flicker.model else (), "inspection")
      for name, flicker in FLICKERS.items()),
)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m vae_demo.examples", description=__doc__)
    parser.add_argument("names", nargs="*", help="results to make (default: all)", metavar="NAME")
    parser.add_argument("--force", action="store_true", help="make again what is up to date")
    parser.add_argument("--out", type=Path, default=assets.EXAMPLES)
    args = parser.parse_args()
    if unknown := set(args.names) - set(EXAMPLES):
        parser.error(f"no such result: {', '.join(sorted(unknown))}; choose from {', '.join(EXAMPLES)}")
    total = 0
    for name in args.names or EXAMPLES:
        try:
            added = make(EXAMPLES[name], args.out / name, force=args.force)
        except FileNotFoundError as error:
            parser.error(f"{name} needs {error.filename}; `make clips` draws clips, `make weights` trains models.")
        state = "up to date" if added is None else f"made, {added / 1e6:.2f} MB are new"
        print(f"{name}: {state}, {_megabytes(args.out / name):.1f} MB", flush=True)
        total += added or 0
    print(f"{_megabytes(args.out):.1f} MB in all; this run adds {total / 1e6:.2f} MB to the history of the repository")


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def make(example: Example, out: Path, *, force: bool = False) -> int | None:
    """Make one result into `out` unless it is up to date; returns the bytes it adds to what is stored, None for none.

    Files whose content is the same as before stay as they are, also where only the time it took differs.
    """
    from vae_demo.models.loading import load_model

    made_from = origin(example)
    if not force and is_current(out, made_from):
        return None
    out.mkdir(parents=True, exist_ok=True)
    same_recipe = _made_from(out) == _plain(made_from)
    (out / MADE_FROM).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=out.parent) as name:
        run(example, example.model and load_model(example.model), Path(name))
        added = _install(Path(name), out, same_recipe)
    (out / MADE_FROM).write_text(json.dumps(made_from, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return added


def _install(made: Path, out: Path, same_recipe: bool) -> int:
    """Replace what differs, remove what is no longer made; the bytes of what is new, compressed as version control
    keeps them."""
    added, names = 0, {path.name for path in made.iterdir()}
    for path in out.iterdir():
        if path.name not in names:
            path.unlink()
    same = {path.name for path in made.iterdir()
            if (out / path.name).is_file() and _content(out / path.name) == _content(path)}
    if same_recipe and RECORDS & same:
        # Of one recipe tables and pages are drawn from the record alone.
        same |= {path.name for path in out.iterdir() if path.suffix in (".csv", ".html")}
    for path in made.iterdir():
        old = out / path.name
        if path.name not in same:
            added += len(zlib.compress(path.read_bytes()))
            os.replace(path, old)
    return added


def _content(path: Path) -> object:
    """What makes a file the same as another: its bytes, or of a record all but how long things took and the last bits
    of its numbers, which another processor rounds differently."""
    return _timeless(json.loads(path.read_bytes())) if path.suffix == ".json" else path.read_bytes()


def _timeless(value: object) -> object:
    if isinstance(value, dict):
        return {key: _timeless(part) for key, part in value.items() if key != "seconds"}
    if isinstance(value, float):
        return float(f"{value:.12g}")
    return [_timeless(part) for part in value] if isinstance(value, list) else value


def origin(example: Example) -> dict:
    """Everything a result depends on, JSON types: its entry, and digests of its clip and weights."""
    files = {"weights": assets.WEIGHTS / MODELS[example.model].weights} if example.model else {}
    if example.kind == "inspection":
        flicker = FLICKERS[example.clip]
        files |= {part: flicker_file(part) for part in flicker.files_of or ()}
        return {"recipe": RECIPE, "kind": example.kind, **asdict(flicker),
                **{f"{name}_sha256": _digest(path) for name, path in files.items()}}
    files |= {"clip": assets.clip(example.clip)}
    entry = asdict(example) | {"variants": [variant.spelling for variant in example.variants]}
    if example.kind == "sheets":
        entry |= {"n_frames": N_FRAMES, "size": SIZE}
    return {"recipe": RECIPE, **entry, **{f"{name}_sha256": _digest(path) for name, path in files.items()}}


def is_current(out: Path, made_from: dict) -> bool:
    """True where `out` holds a complete result made from exactly this."""
    from vae_demo.report import load_result
    from vae_demo.report.sheets import load_sheets
    from vae_demo.results.sweep import load_sweep

    loads = {"sweep": load_sweep, "inspection": _load_inspection, "sheets": load_sheets}
    load = loads.get(made_from["kind"], load_result)
    try:
        return _made_from(out) == _plain(made_from) and bool(load(out))
    except (OSError, LookupError, ValueError):
        return False


def _made_from(out: Path) -> dict | None:
    """What the result in `out` says it was made from; None where there is none."""
    try:
        return json.loads((out / MADE_FROM).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _plain(value: dict) -> dict:
    """As it comes back from JSON."""
    return json.loads(json.dumps(value))


def _load_inspection(out: Path) -> bool:
    """Whether the files of an inspection are there. Raises OSError, LookupError or ValueError where its record is not
    whole."""
    from vae_demo.report.small_pictures import load_inspected

    return bool(load_inspected(out))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(example: Example, model: VideoModel | None, out: Path) -> None:
    """Measure and save, whatever is in `out` already."""
    if example.kind == "inspection":
        from vae_demo.flickers import make_inspection

        return make_inspection(FLICKERS[example.clip], model, out)
    from vae_demo.clips import read_clip

    if example.kind == "sheets":
        with read_clip(assets.clip(example.clip), n_frames=N_FRAMES, size=SIZE) as clip:
            return make_sheets(model, clip, example.variants, out)
    from vae_demo import engine, report, scratch
    from vae_demo.report.stills import save_stills
    from vae_demo.report.sweep import save_sweep
    from vae_demo.results.scores import SCORES, SWEPT
    from vae_demo.verdicts import swept

    sweep = example.kind == "sweep"
    with scratch.work_folder() as work, read_clip(assets.clip(example.clip), n_frames=DEFAULT_FRAMES) as clip:
        finished = engine.measure(clip, engine.jobs_of(model, example.variants), work,
                                  scores=SWEPT if sweep else tuple(SCORES), keep_frames=not sweep)
        sources = {"source": clip, **finished.frames}
        if sweep:
            save_sweep(swept(finished.comparison, model.spec.own.label, model.spec.trained_lengths), out)
        elif example.kind == "stills":
            save_stills(finished.comparison, sources, out, frames=LEARN_FRAMES, taped=LEARN_TAPED,
                        latents=_first_latents(clip, model))
        else:
            # The rest of what can be had of a run, its video and its report, a visitor's own run makes.
            report.save_result(finished.comparison, sources, out, downloads=())


def make_sheets(model: VideoModel, clip: Clip, variants: Sequence[Variant], out: Path, **options: Any) -> None:
    """What the live step of Learn shows of a clip before a browser computes it, and compares that with.

    options: of engine.measure.
    """
    from vae_demo import engine, scratch
    from vae_demo.report.sheets import save_sheets

    with scratch.work_folder() as work:
        finished = engine.measure(clip, engine.jobs_of(model, variants), work, **options)
        save_sheets(finished.comparison, {"source": clip, **finished.frames}, out)


def _first_latents(clip, model: VideoModel):
    """The latents of the clip's first chunk at the model's own size, float C K h w."""
    from vae_demo.clips import Clip
    from vae_demo.steps import drain

    n_frames = model.spec.own.encode.size
    with Clip.from_array(clip.frames(0, n_frames), clip.fps, clip.name) as first:
        latents = drain(model.encode(drain(model.prepare(first, None)), model.plan(n_frames, model.spec.own)))
    return latents[0].float().cpu().numpy()


if __name__ == "__main__":
    from vae_demo.scratch import clean_on_terminate

    clean_on_terminate()
    main()
