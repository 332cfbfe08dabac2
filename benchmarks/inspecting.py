"""Does `inspect` name the right period? `python -m benchmarks.inspecting [--films 60] [--frames 85] [--cuts LIST]
[--seed N]`, minutes.

Films that were not used while the scan was built (seeds of their own), decoded by tiny-17 at several sizes, compressed
with H.264 at CRF 23, and looked at as files: how often the first finding has the right period, and starts within a
frame of the border. And how often the films themselves give one.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import torch

from vae_demo.inspection import inspect_steps
from vae_demo.layout.variant import Variant, parse_variants
from vae_demo.models import load_vae
from vae_demo.models.spec import TINY_17
from vae_demo.pixels import to_signed, to_uint8, to_unit
from vae_demo.results.inspection import Inspection, Periodic
from vae_demo.steps import drain
from vae_demo.training.data import DataConfig, make_still
from vae_demo.training.motion import clip

CUTS = "16,8,18,17:16,17"
SIDE, STILLS = 128, 24
# Neither those of the training set nor of anything this was tried on while it was made: written down before the first
# of them was.
SEED = 20_261_130


def films(count: int, n_frames: int, seed: int = SEED) -> Iterator[np.ndarray]:
    """uint8 T H W 3 each."""
    config = DataConfig(seed=seed, n_textures=24, still_size=2 * SIDE)
    stills = [to_unit(make_still(config, index)) for index in range(STILLS)]
    for index in range(count):
        rng = np.random.default_rng([seed, index])
        yield clip(rng, [stills[at] for at in rng.integers(0, STILLS, 4)], n_frames, SIDE)


def decoded(vae, frames: np.ndarray, cut: Variant) -> np.ndarray:
    video = torch.from_numpy(to_signed(frames))
    with torch.inference_mode():
        latents = vae.encode(video, micro_frame_size=cut.encode.size)
        back = vae.decode(latents, num_frames=len(frames), micro_frame_size=cut.decode.size)
    return to_uint8(back.numpy())


def looked_at(frames: np.ndarray, folder: Path) -> Inspection:
    """What inspect says of them as a file, as x264 writes it when it is left alone."""
    path = folder / "film.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24, options={"crf": "23"})
        stream.height, stream.width, stream.pix_fmt = *frames.shape[1:3], "yuv420p"
        for frame in frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        out.mux(stream.encode())
    return drain(inspect_steps(path))


def right(record: Inspection, period: int) -> bool:
    """Whether the first finding has the period, and a phase within a frame of the border at 0."""
    return any(each.period == period and min(each.phase, period - each.phase) <= 1 for each in record.findings[:1])


def explains(found: Periodic) -> bool:
    """Whether something else in the file, such as its codec's groups of frames, falls on what was found."""
    return any(cause.params["coincides"] == "all" for cause in found.causes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=60)
    parser.add_argument("--frames", type=int, default=85)
    parser.add_argument("--cuts", type=parse_variants, default=CUTS, metavar="LIST")
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args()
    vae = load_vae(TINY_17)
    named, untouched, explained = dict.fromkeys(args.cuts, 0), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for at, film in enumerate(films(args.films, args.frames, args.seed), 1):
            found = looked_at(film, Path(folder)).findings
            untouched += bool(found)
            explained += bool(found) and all(explains(each) for each in found)
            for cut in args.cuts:
                named[cut] += right(looked_at(decoded(vae, film, cut), Path(folder)), cut.decode.size)
            print(f"{at} of {args.films}", end="\r", flush=True)
    print(f"{args.films} films of {args.frames} frames, {SIDE} px, {TINY_17}, H.264 at CRF 23")
    for cut, count in named.items():
        print(f"  decoded at {cut.label}: the right period and phase in {count} of {args.films}")
    print(f"  untouched: something found in {untouched} of {args.films}, of which the file itself explains {explained}")


if __name__ == "__main__":
    main()
