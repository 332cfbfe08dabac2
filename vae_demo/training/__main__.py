"""`python -m vae_demo.training all`: data, three stages, export; each stage resumes where it stopped.

`evaluate` judges the exported weights on real footage and writes the model card.
The same command runs on a CPU or a GPU.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import numpy as np
import torch

from vae_demo.models.loading import load_vae
from vae_demo.training import data, evaluate, footage, stages
from vae_demo.training.card import write_card
from vae_demo.training.export import WEIGHTS, export
from vae_demo.training.loop import Schedule

SPATIAL = Schedule(steps=16000, lr=1.5e-3, seed=11)
TEMPORAL = Schedule(steps=12000, lr=1.5e-3, seed=12)
PIXELS = Schedule(steps=3000, lr=3e-4, seed=13)
LENGTHS = {"tiny-17": (17, 17), "tiny-mixed": (1, 34)}
DATA = data.DataConfig(n_stills=2000, n_clips=2000)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m vae_demo.training", description=__doc__)
    parser.add_argument("what", choices=("data", "spatial", "temporal", "pixels", "export", "all", "evaluate"),
                        help="a stage runs those before it too; evaluate judges exported weights on real footage")
    parser.add_argument("--name", choices=LENGTHS, default="tiny-17", help="which edition stage 3 trains")
    parser.add_argument("--dir", type=Path, default=Path("runs/tiny"), help="data, checkpoints, log (runs/tiny)")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--spatial-steps", type=int, default=SPATIAL.steps)
    parser.add_argument("--temporal-steps", type=int, default=TEMPORAL.steps)
    parser.add_argument("--pixel-steps", type=int, default=PIXELS.steps, help="0 leaves stage 3 out")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="folder of the exported weights")
    parser.add_argument("--clip", action="append", default=[], metavar="NAME",
                        help=f"evaluate: one of {', '.join(each.name for each in footage.FOOTAGE)}; "
                             "default all, and only then the card is written")
    args = parser.parse_args()
    args.dir.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s",
                        handlers=[logging.StreamHandler(), logging.FileHandler(args.dir / "training.log")])
    judge(args) if args.what == "evaluate" else run(args)


def judge(args: argparse.Namespace) -> None:
    """Measure the weights in --out on unseen real footage; all of it rewrites the evaluation and the card."""
    vae = load_vae(args.name, args.device, weights=args.out / f"{args.name}.safetensors")
    result = evaluate.evaluate(vae, footage.choose(args.clip))
    if args.clip:
        return
    evaluate.save(result, args.out)
    write_card(args.out)


def run(args: argparse.Namespace) -> None:
    """The stages in order, up to the one asked for."""
    stills_path, clips_path = data.generate(DATA, args.dir / "data")
    if args.what == "data":
        return
    # Crops are read at random all the time: stills belong in memory, clips stay mapped.
    stills, clips = np.load(stills_path), np.load(clips_path, mmap_mode="r")
    spatial, spatial_facts = stages.train_spatial(stills, args.dir, _with(SPATIAL, args.spatial_steps), args.device)
    if args.what == "spatial":
        return
    cache = args.dir / "data" / f"latents-{spatial_facts['steps']}.npy"
    latents = stages.cache_latents(spatial, clips, cache, args.device)
    temporal, temporal_facts = stages.train_temporal(
        spatial, latents, args.dir, _with(TEMPORAL, args.temporal_steps), args.device)
    if args.what == "temporal":
        return
    facts = {"spatial": spatial_facts, "temporal": temporal_facts}
    if args.pixel_steps:
        facts["pixels"] = stages.train_pixels(
            f"pixels-{args.name}", spatial, temporal, latents, clips, stills, args.dir, _with(PIXELS, args.pixel_steps),
            args.device, LENGTHS[args.name])
    if args.what in ("export", "all"):
        export(args.name, spatial, temporal, facts, args.out)


def _with(schedule: Schedule, steps: int) -> Schedule:
    return Schedule(steps, schedule.lr, schedule.seed, schedule.every)


if __name__ == "__main__":
    main()
