"""`sweep`: every chunk size in one run; sweep.json, sweep.csv and sweep.html out."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from vae_demo.cli.arguments import sizes
from vae_demo.cli.compare import add_clip_arguments, check_out
from vae_demo.layout.plan import Plan
from vae_demo.layout.sizes import DEFAULT_SIZES
from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal
from vae_demo.results.scores import SWEPT
from vae_demo.results.sweep import Sweep

NAME = "sweep"
HELP = "measure a round trip at every micro-batch size"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_clip_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print sweep.json on stdout instead of a table")
    parser.add_argument("--sizes", type=sizes, default=DEFAULT_SIZES, metavar="LIST",
                        help=f"for example 4-40,whole or 13,17,21 (default {DEFAULT_SIZES})")


def run(args: argparse.Namespace) -> None:
    check_out(args.out)
    from vae_demo.clips import start_early
    start_early()  # the process that reads the clip, while the rest is imported
    from vae_demo import engine, scratch
    from vae_demo.cli.lock import only_run
    from vae_demo.cli.progress import Bar, halved, open_inputs, print_notes
    from vae_demo.report.sweep import save_sweep
    from vae_demo.sweeping import taken
    from vae_demo.verdicts import swept

    def plans_of(frames: int) -> list[Plan]:
        spec = MODELS[args.model]
        return [spec.plan(frames, each) for each in taken(spec, frames, args.sizes).variants]

    with only_run(args.out), scratch.work_folder() as work, open_inputs(args, plans_of) as (clip, model):
        print_notes(clip, model, args)
        takes = taken(model.spec, clip.n_frames, args.sizes)
        jobs = engine.jobs_of(model, takes.variants)
        with Bar() as bar:
            finished = engine.measure(clip, jobs, work, bar.on, scores=SWEPT, keep_frames=False,
                                      baseline=not args.no_baseline)
        result = swept(finished.comparison, model.spec.own.label, model.spec.trained_lengths, takes.left_out)
        try:
            save_sweep(result, args.out)
        except OSError as error:
            raise Refusal("write_failed", name=str(args.out), reason=error.strerror or "unknown reason") from error
    print(json.dumps(result.to_json(), ensure_ascii=False) if args.json else "\n".join(
        [*halved(result.provenance), *summary(result, args.out)]))


def summary(result: Sweep, out: Path) -> list[str]:
    """One line per size: latents, full chunks and the tail apart; then what they add up to."""
    from vae_demo.models.spec import stride_of
    from vae_demo.words import say

    lines, alone = [], f"1+{stride_of(result.model)}k"
    for row in result.rows:
        full = "" if row.full is None else f"full chunks {row.full.psnr:.2f} dB, worst {row.full.psnr_worst:.2f}"
        tail = "" if row.tail is None else f"tail of {row.tail.frames} {row.tail.psnr:.2f} dB"
        mark = alone if row.first_alone else ""
        lines.append(f"{row.size:>6} {mark:>5}  {row.latents:>3} latents  {full}  {tail}".rstrip())
    said = (say("en", f"sweep_{finding.case}", **finding.params) for finding in result.findings)
    return [*lines, *said, f"written to {out}"]
