"""`compare`: a clip in, comparison.json, frames.csv, comparison.mp4 and report.html out."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from vae_demo.cli.arguments import frames_or_all
from vae_demo.cli.weights import add_weights_arguments
from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import DEFAULT_FRAMES, DEFAULT_VARIANTS, parse_variants
from vae_demo.models.spec import DEFAULT_MODEL, DEVICES, DTYPES, MODELS
from vae_demo.refusal import Refusal
from vae_demo.results.comparison import Comparison

NAME = "compare"
HELP = "reconstruct a clip at several micro-batch sizes and measure every frame"


def add_clip_arguments(parser: argparse.ArgumentParser) -> None:
    """The options compare and sweep share."""
    parser.add_argument("clip", type=Path, help="video, GIF or picture")
    parser.add_argument("--model", choices=MODELS, default=DEFAULT_MODEL)
    add_weights_arguments(parser)
    parser.add_argument("--start", type=int, default=0, metavar="FRAME", help="first frame to use (default 0)")
    parser.add_argument("--frames", type=frames_or_all, default=DEFAULT_FRAMES, metavar="T",
                        help=f"how many frames, or all (default {DEFAULT_FRAMES}); a shorter clip is used whole")
    parser.add_argument("--size", type=int, default=256, metavar="PX", help="short side in pixels (default 256)")
    parser.add_argument("--crop", choices=("square", "none"), default="square")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="auto: CUDA if there is one")
    parser.add_argument("--dtype", choices=DTYPES, default="auto",
                        help="auto: float32 on a CPU, on CUDA as the model says")
    parser.add_argument("--compile", action="store_true", dest="compiled",
                        help="compile the model first: a minute or more, for long clips and large models on a GPU")
    parser.add_argument("--no-baseline", action="store_true",
                        help="leave out the spatial half alone, about a sixth of the work of four variants")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write into")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_clip_arguments(parser)
    default = ",".join(variant.spelling for variant in DEFAULT_VARIANTS)
    parser.add_argument("--variants", metavar="LIST",
                        help="for example 17,16,18,17:16,17:16:fit,whole; models that cut time by themselves also take "
                             f"own, tile16/12 or batch8, see `models` (default {default}, or what the model is for)")
    parser.add_argument("--seed", type=int, metavar="N", help="sample both posteriors instead of taking their mean")
    parser.add_argument("--report-video", action="store_true", help="put small moving pictures into report.html")
    parser.add_argument("--json", action="store_true", help="print comparison.json on stdout as well")


def check_out(directory: Path) -> None:
    """Create the output folder now, so that a wrong path costs no run."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal("out_unusable", folder=str(directory), reason=error.strerror or "unknown reason") from error


def run(args: argparse.Namespace) -> None:
    spec = MODELS[args.model]
    variants = spec.default if args.variants is None else parse_variants(args.variants)
    spec.cuts.offers(variants, spec.rule, spec.name)
    check_out(args.out)
    # Heavy imports wait until the arguments make sense. The process that reads the clip starts meanwhile.
    from vae_demo import clips
    clips.start_early()
    from vae_demo import engine, report, scratch
    from vae_demo.cli.lock import only_run
    from vae_demo.cli.progress import Bar, halved, open_inputs, print_notes
    from vae_demo.progress import Meter
    from vae_demo.report.costs import PER_PICTURE, pictures_per_run
    from vae_demo.steps import drain

    def plans_of(frames: int) -> list[Plan]:
        return [spec.plan(frames, each) for each in variants]

    with only_run(args.out), scratch.work_folder() as work, open_inputs(args, plans_of) as (clip, model):
        print_notes(clip, model, args)
        jobs, meter = engine.jobs_of(model, variants), Meter()
        plans = [model.plan(clip.n_frames, each) for each in variants]
        writing = PER_PICTURE * pictures_per_run(plans, growing=False)
        meter.expect(writing)
        with Bar() as bar:
            finished = engine.measure(clip, jobs, work, bar.on, seed=args.seed, meter=meter,
                                      baseline=not args.no_baseline)
            sources = {"source": clip, **finished.frames}
            steps = report.save_steps(finished.comparison, sources, args.out, report_video=args.report_video)
            comparison = drain(steps, lambda n: bar.on(meter.step("saving", None, *n, writing / n[1])))
    if args.json:
        print(json.dumps(comparison.to_json(), ensure_ascii=False))
    else:
        print("\n".join([*summary(comparison), *halved(comparison.provenance)]))
        print(f"written to {args.out}")


def summary(comparison: Comparison) -> list[str]:
    """One line per variant: counts, mean and worst PSNR, seam, and the verdict in words."""
    from vae_demo.words import say

    lines = []
    if comparison.provenance.weights:
        lines.append(f"model: {comparison.provenance.model_name}")
    for each in comparison.variants:
        worst = each.playback.worst_frame
        seam = f"seam {each.seam.score:.2f}x p {each.seam.p:.4f}" if each.seam else "seam -"
        psnr, lowest = each.playback.means["psnr"], each.playback.worst
        numbers = "no frame to compare" if psnr is None or worst is None else (
            f"PSNR {psnr:.2f} dB, worst {lowest:.1f} at frame {worst}")
        sentence = say("en", f"verdict_{each.verdict.case}", **each.verdict.params) if each.verdict else ""
        counts = f"{each.plan.frames_in} -> {each.plan.frames_out} frames"
        lines.append(f"{each.label:>10}  {counts}  {numbers}  {seam}  {sentence}")
    if comparison.baseline_2d and comparison.baseline_2d.errors.means["psnr"] is not None:
        lines.append(f"{'2D only':>10}  spatial half alone: PSNR {comparison.baseline_2d.errors.means['psnr']:.2f} dB")
    return lines
