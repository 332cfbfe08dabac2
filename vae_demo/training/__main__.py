"""`python -m vae_demo.training all`: data, three stages, export; each stage resumes where it stopped.

`evaluate` judges the exported weights on real footage and writes the model card; `ablation` asks whether the
linear group shortcut earns its place; `again` puts a second run beside the first in the card; `sheet` draws frames
around a chunk border, for the eye. The same command runs on a CPU or a GPU.
"""

from __future__ import annotations

import argparse
import copy
import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from vae_demo import assets
from vae_demo.models.loading import load_model
from vae_demo.models.spec import MODELS, TINY_17, TINY_MIXED
from vae_demo.models.tiny import TEMPORAL as TEMPORAL_CONFIG
from vae_demo.training import data, evaluate, footage, sheet, stages
from vae_demo.training.card import write_card
from vae_demo.training.checkpoint import fingerprint
from vae_demo.training.export import export
from vae_demo.training.loop import Schedule
from vae_demo.training.second_run import note_second_run

SPATIAL = Schedule(steps=5000, lr=5e-4, muon_lr=0.01, seed=11)
TEMPORAL = Schedule(steps=3000, lr=5e-4, seed=12)
PIXELS = Schedule(steps=800, lr=3e-4, muon_lr=0.004, seed=13)
LENGTHS = {name: MODELS[name].trained_lengths for name in (TINY_17, TINY_MIXED)}
ABLATION_STEPS = 500
STAGES = ("data", "spatial", "temporal", "pixels", "export", "all")
DATA = data.DataConfig()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m vae_demo.training", description=__doc__)
    parser.add_argument("what", choices=(*STAGES, "evaluate", "ablation", "again", "sheet"),
                        help="a stage runs those before it too; evaluate judges exported weights on real footage; "
                             "again puts a second run, exported and judged in --again, beside the first")
    parser.add_argument("--name", choices=LENGTHS, action="append",
                        help="which edition stage 3 trains, or evaluate judges (default: both, one after the other)")
    parser.add_argument("--dir", type=Path, default=Path("runs/tiny"), help="data, checkpoints, log (runs/tiny)")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--spatial-steps", type=_steps, default=SPATIAL.steps)
    parser.add_argument("--temporal-steps", type=_steps, default=TEMPORAL.steps)
    parser.add_argument("--pixel-steps", type=int, default=PIXELS.steps,
                        help=f"0 leaves stage 3 out; then there is no {TINY_MIXED}")
    parser.add_argument("--ablation-steps", type=_steps, default=ABLATION_STEPS)
    parser.add_argument("--out", type=Path, default=assets.WEIGHTS, help="folder of the exported weights")
    parser.add_argument("--again", type=Path, default=Path("runs/again"), help="again: folder of the second weights")
    parser.add_argument("--clip", action="append", default=[], metavar="NAME",
                        help=f"evaluate: one of {', '.join(each.name for each in footage.FOOTAGE)}; "
                             "default all, and only then the card is written; "
                             "sheet: a video file (default: the sample clips)")
    parser.add_argument("--sheets", type=Path, default=Path("runs/sheets"), help="sheet: folder of the pictures")
    args = parser.parse_args()
    args.name = args.name or list(LENGTHS)
    if args.what in ("export", "all") and not args.pixel_steps and TINY_MIXED in args.name:
        parser.error(f"{TINY_MIXED} differs from {TINY_17} in stage 3 alone; without it, ask for --name {TINY_17}.")
    if args.what == "evaluate" and (unknown := set(args.clip) - {each.name for each in footage.FOOTAGE}):
        parser.error(f"no footage called {', '.join(sorted(unknown))}")
    _start(args)


def _steps(text: str) -> int:
    if (n := int(text)) < 1:
        raise argparse.ArgumentTypeError("a stage takes at least one step")
    return n


def _start(args: argparse.Namespace) -> None:
    if args.what in ("sheet", "again"):
        {"sheet": draw_sheets, "again": note_again}[args.what](args)
        return
    args.dir.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s",
                        handlers=[logging.StreamHandler(), logging.FileHandler(args.dir / "training.log", delay=True)])
    {"evaluate": judge, "ablation": ablate}.get(args.what, run)(args)


def judge(args: argparse.Namespace) -> None:
    """Measure the weights in --out on unseen real footage. All footage, no --clip: the evaluations of the editions
    asked for are saved, and the card is written from them and from those that lie there."""
    chosen = footage.choose(args.clip)
    for name in args.name:
        model = load_model(name, args.device, weights=args.out / f"{name}.safetensors")
        result = evaluate.evaluate(model, chosen, soft=() if args.clip else footage.SOFT_FOOTAGE)
        if not args.clip:
            evaluate.save(result, args.out)
    if not args.clip:
        write_card(args.out)


def note_again(args: argparse.Namespace) -> None:
    """Put what a second run reached into the model card."""
    note_second_run(args.name, args.again, args.out)
    write_card(args.out)


def draw_sheets(args: argparse.Namespace) -> None:
    """Contact sheets of the editions asked for, or of those that are there."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    names = [name for name in args.name if (args.out / f"{name}.safetensors").is_file()]
    if not names:
        raise FileNotFoundError(f"There are no weights in {args.out}; `export` writes them.")
    models = [load_model(name, args.device, weights=args.out / f"{name}.safetensors") for name in names]
    sheet.write_sheets([Path(clip) for clip in args.clip], models, args.sheets)


def ablate(args: argparse.Namespace) -> None:
    """Stage 2 twice from the same data, seed and steps, with and without the linear group shortcut."""
    spatial, latents, *_ = _prepared(args)
    facts = {}
    for config in (TEMPORAL_CONFIG, replace(TEMPORAL_CONFIG, linear_shortcut=False)):
        key = "with" if config.linear_shortcut else "without"
        folder = args.dir / "ablation" / key
        folder.mkdir(parents=True, exist_ok=True)
        _, facts[key] = stages.train_temporal(
            spatial, latents, folder, _with(TEMPORAL, args.ablation_steps), args.device, config)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "shortcut.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    write_card(args.out)


def run(args: argparse.Namespace) -> None:
    """The stages in order, up to the one asked for."""
    if args.what == "data":
        data.generate(DATA, args.dir / "data")
        return
    spatial, latents, clips, stills, spatial_facts = _prepared(args)
    if args.what == "spatial":
        return
    for name in args.name:
        # Each edition starts from the same stages 1 and 2, which resume as finished.
        own = copy.deepcopy(spatial)
        temporal, temporal_facts = stages.train_temporal(
            own, latents, args.dir, _with(TEMPORAL, args.temporal_steps), args.device)
        if args.what == "temporal":
            return
        facts = {"data": data.WORDS, "spatial": spatial_facts, "temporal": temporal_facts}
        if args.pixel_steps:
            facts["pixels"] = stages.train_pixels(
                f"pixels-{name}", own, temporal, latents, clips, stills, args.dir,
                _with(PIXELS, args.pixel_steps), args.device, LENGTHS[name])
        if args.what in ("export", "all"):
            export(name, own, temporal, facts, args.out)


def _prepared(args: argparse.Namespace) -> tuple:
    """Stage 1 and what later stages read: spatial half, cached latents, clips, stills, facts of stage 1."""
    stills_path, clips_path = data.generate(DATA, args.dir / "data")
    # Crops are read at random all the time: stills belong in memory, clips stay mapped.
    stills, clips = np.load(stills_path), np.load(clips_path, mmap_mode="r")
    spatial, facts = stages.train_spatial(stills, args.dir, _with(SPATIAL, args.spatial_steps), args.device)
    if args.what == "spatial":
        return spatial, None, clips, stills, facts
    cache = args.dir / "data" / f"latents-{fingerprint(spatial)}.npy"
    return spatial, stages.cache_latents(spatial, clips, cache, args.device), clips, stills, facts


def _with(schedule: Schedule, steps: int) -> Schedule:
    return replace(schedule, steps=steps)


if __name__ == "__main__":
    main()
