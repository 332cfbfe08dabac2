"""`python -m benchmarks.against_loop`: compare() against the loop that anybody would write around the same modules:
frames four at a time in PyTorch's own layout, time chunk by chunk, everything again for every variant, no scores.

One process, the same clip and variants: the loop, then compare() whole, without the baseline, and with PSNR and steps
alone besides; with --compile the first two once more as compiled graphs, warm. Printed: seconds, what they are of the
loop's, peak memory, how far the frames agree, and the floor (benchmarks/floor.py).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import pad

from benchmarks import floor
from benchmarks.machine import describe, warn_if_busy
from benchmarks.memory import MIB, Peak, noise
from vae_demo import engine, heap
from vae_demo.clips import Clip
from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import DEFAULT_VARIANTS
from vae_demo.metrics import frame_psnr
from vae_demo.models.loading import load_model, placed
from vae_demo.models.model import dtype_name
from vae_demo.models.spec import DEVICES, DTYPES, MODELS, OPEN_SORA_1_2
from vae_demo.models.two_stage import TwoStage
from vae_demo.models.video_vae import VideoVAE
from vae_demo.pixels import tensor_to_uint8, to_signed
from vae_demo.results.scores import SCORES, SWEPT

SEED, LOOP_FRAMES, WARM_UP = 0, 4, 5
RUNS: dict[str, dict[str, Any]] = {
    "whole": {"scores": tuple(SCORES)}, "no_baseline": {"scores": tuple(SCORES), "baseline": False},
    "bare": {"scores": SWEPT, "baseline": False}}
# The first run as graphs, which compiles them, and then two that do not.
COMPILED = ("compiling", "whole_compiled", "no_baseline_compiled")


def random_model(name: str, device: str, dtype: str) -> TwoStage:
    """The model at its published size with seeded weights that keep the variance of what goes through."""
    spec = MODELS[name]
    where, kind = placed(spec, device, dtype)
    with torch.device(where), torch.no_grad():
        vae = import_module(spec.adapter).build(spec)
        generator = torch.Generator(where).manual_seed(SEED)
        for key, value in vae.named_parameters():
            if key.endswith("bias"):
                value.zero_()
            elif value.ndim > 1:
                value.normal_(0, value[0].numel() ** -0.5, generator=generator)
    vae = vae.to(where, kind).eval().requires_grad_(False)
    vae.lay_out(channels_last=where.type == "cpu")
    return TwoStage(vae)


@torch.inference_mode()
def plain_loop(vae: VideoVAE, frames: np.ndarray, plans: Sequence[Plan]) -> list[np.ndarray]:
    """uint8 T H W 3 through every plan: uint8 T' H W 3 of each, on the host."""
    video, results = torch.from_numpy(to_signed(frames)).to(vae.device, vae.dtype), []
    for plan in plans:
        spatial = torch.cat([
            vae.spatial_vae.encode(images)[0] for images in video[0].transpose(0, 1).split(LOOP_FRAMES)])
        spatial = spatial.transpose(0, 1)[None]
        latents = torch.cat([
            vae.encode_chunks(pad(spatial[:, :, c.start:c.start + c.used], (0, 0, 0, 0, c.pad, 0)))
            for c in plan.encode_chunks], dim=2)
        slots = torch.cat([
            vae.decode_chunks(latents[:, :, c.latent_start:c.latent_stop])[:, :, c.crop:]
            for c in plan.decode_chunks], dim=2)
        pixels = torch.cat([
            vae.spatial_vae.decode(part) for part in slots[0].transpose(0, 1).split(LOOP_FRAMES)])
        results.append(tensor_to_uint8(pixels.transpose(0, 1)[None]).cpu().numpy())
    return results


def timed(device: torch.device, work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Seconds and peak memory above what was there before, in MiB; and the result."""
    floor.wait(device)
    heap.give_back()  # or what the run before kept would hide how much this one takes
    on_card, there = device.type == "cuda", 0
    if on_card:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
        there = torch.cuda.memory_allocated(device)
    with Peak() as peak:
        began = time.perf_counter()
        result = work()
        floor.wait(device)
        seconds = time.perf_counter() - began
    mib = (torch.cuda.max_memory_allocated(device) - there) / MIB if on_card else peak.mib - peak.before
    return {"seconds": seconds, "peak_mib": mib}, result


def compared(model: TwoStage, clip: Clip, options: dict[str, Any]) -> list[np.ndarray]:
    """compare() over the default variants; the frames of each."""
    with tempfile.TemporaryDirectory() as work:
        done = engine.measure(clip, engine.jobs_of(model, DEFAULT_VARIANTS), Path(work), **options)
        return [store.frames(0, store.n_frames) for store in done.frames.values()]


def agreement(ours: np.ndarray, theirs: np.ndarray) -> dict[str, float]:
    """Of uint8 T H W 3: levels they differ by at most, and the mean PSNR between them in dB, at most 100."""
    most = max(int(np.abs(a.astype(np.int16) - b).max()) for a, b in zip(ours, theirs, strict=True))
    return {"levels": most, "psnr": float(frame_psnr(theirs, ours).mean())}


def measure(
    model: TwoStage, n_frames: int, size: int, rounds: int = 1, compiled: bool = False, of_loop: TwoStage | None = None,
) -> dict[str, Any]:
    """Everything that is printed: seconds are medians over `rounds`, ratios medians of those within a round.

    compiled: the first two runs once more as compiled graphs, against the last loop; the model stays compiled. Where
    that fails, `left_out` says why.
    of_loop: the same model in the dtype that the loop runs in, where that is another one.
    """
    of_loop = of_loop or model
    frames = np.stack(list(noise(n_frames, size)))
    with Clip.from_array(frames, 24, "made here") as clip, Clip.from_array(frames[:WARM_UP], 24, "short") as short:
        plans = [model.plan(n_frames, variant) for variant in DEFAULT_VARIANTS]
        few = [model.plan(short.n_frames, variant) for variant in DEFAULT_VARIANTS]
        with plain_layout(of_loop):
            plain_loop(of_loop.vae, frames[:WARM_UP], few)
        compared(model, short, RUNS["whole"])
        taken: dict[str, list[dict[str, float]]] = {name: [] for name in ("loop", *RUNS)}
        for _ in range(rounds):
            with plain_layout(of_loop):
                found, theirs = timed(model.device, lambda: plain_loop(of_loop.vae, frames, plans))
            taken["loop"].append(found)
            for name, options in RUNS.items():
                found, ours = timed(model.device, lambda options=options: compared(model, clip, options))
                taken[name].append({**found, "ratio": found["seconds"] / taken["loop"][-1]["seconds"]})
            agree = {variant.label: agreement(*pair)
                     for variant, *pair in zip(DEFAULT_VARIANTS, ours, theirs, strict=True)}
        left_out = None
        if compiled:
            try:
                for name, found in as_graphs(model, clip, taken["loop"][-1]["seconds"]):
                    taken[name] = [found]
            except Exception as error:  # what is measured by now is told all the same
                left_out = said(error)
    element = torch.empty((), dtype=model.dtype).element_size()
    flops, width = floor.ceilings(model.device, model.dtype)
    least = {}
    for name, baseline in (("whole", True), ("no_baseline", False)):
        found = floor.counts(model.spec, plans, size, size, baseline, element)
        least[name] = {"seconds": floor.seconds(found, flops, width), "tflop": sum(f for f, _ in found) / 1e12,
                       "gb": sum(b for _, b in found) / 1e9}
    return {
        "machine": describe(), "model": model.spec.name, "device": model.device.type,
        "dtype": dtype_name(model), "loop_dtype": dtype_name(of_loop), "frames": n_frames, "size": size,
        "variants": [variant.label for variant in DEFAULT_VARIANTS],
        **{name: {key: float(np.median([each[key] for each in many])) for key in many[0]}
           for name, many in taken.items()},
        **({"left_out": left_out} if left_out else {}),
        "agreement": agree, "floor": {**least, "tflop_per_s": flops / 1e12, "gb_per_s": width / 1e9}}


def as_graphs(model: TwoStage, clip: Clip, loop: float) -> Iterator[tuple[str, dict[str, float]]]:
    """Each of COMPILED as it ends; the model stays compiled. loop: seconds of the loop on the same clip."""
    model.compile()
    runs = ("whole", "whole", "no_baseline")
    for name, run in zip(COMPILED, runs, strict=True):
        found, _ = timed(model.device, lambda run=run: compared(model, clip, RUNS[run]))
        yield name, found if name == "compiling" else {**found, "ratio": found["seconds"] / loop}


def said(error: Exception) -> str:
    """An error in one line."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


@contextmanager
def plain_layout(model: TwoStage) -> Iterator[None]:
    """PyTorch's own layout for as long as the block runs; then the one that load_model chooses."""
    model.vae.lay_out(channels_last=False)
    try:
        yield
    finally:
        model.vae.lay_out(channels_last=model.device.type == "cpu")


def lines(found: dict[str, Any]) -> list[str]:
    """The same in words."""
    least = found["floor"]
    loop = "" if found["loop_dtype"] == found["dtype"] else f" (the loop in {found['loop_dtype']})"
    told = [f"{found['model']} in {found['dtype']}{loop} on {found['device']}, {found['frames']} frames of "
            f"{found['size']} px, variants {', '.join(found['variants'])}"]
    for name in [name for name in ("loop", *RUNS, *COMPILED) if name in found]:
        ratio = f", {found[name]['ratio']:.2f} of the loop" if "ratio" in found[name] else ""
        told.append(f"{name:20} {found[name]['seconds']:8.2f} s{ratio}, peak {found[name]['peak_mib']:.0f} MiB")
    if "left_out" in found:
        told.append(f"{'compiled':20} left out: {found['left_out']}")
    for label, each in found["agreement"].items():
        told.append(f"frames of {label}: {each['levels']} levels apart at most, {each['psnr']:.1f} dB")
    for name in ("whole", "no_baseline"):
        told.append(f"floor, {name}: {least[name]['seconds']:.2f} s ({least[name]['tflop']:.2f} TFLOP at "
                    f"{least['tflop_per_s']:.2f} a second, {least[name]['gb']:.1f} GB at {least['gb_per_s']:.1f})")
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    two_stage = [name for name, spec in MODELS.items() if spec.costs.baseline]
    parser.add_argument("--model", choices=two_stage, default=OPEN_SORA_1_2)
    parser.add_argument("--weights", metavar="FILE|random", help="random: seeded, at the model's size")
    parser.add_argument("--frames", type=int, default=51)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--dtype", choices=DTYPES, default="auto")
    parser.add_argument("--loop-dtype", choices=DTYPES, help="the loop's, where it is not that of compare()")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    warn_if_busy()

    def loaded(dtype: str) -> TwoStage:
        if args.weights == "random":
            return random_model(args.model, args.device, dtype)
        return load_model(args.model, args.device, dtype, args.weights)

    of_loop = loaded(args.loop_dtype) if args.loop_dtype not in (None, args.dtype) else None
    found = measure(loaded(args.dtype), args.frames, args.size, args.rounds, args.compile, of_loop)
    print(json.dumps(found) if args.json else "\n".join([found["machine"], *lines(found)]))


if __name__ == "__main__":
    main()
