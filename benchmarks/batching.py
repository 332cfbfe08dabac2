"""`python -m benchmarks.batching`: time for the chunks of a clip in batches of 1, 2, 4, relative to 1."""

from __future__ import annotations

import argparse
import time

import torch

from benchmarks.machine import describe, warn_if_busy
from vae_demo.models.loading import load_vae
from vae_demo.models.spec import DEFAULT_MODEL
from vae_demo.models.video_vae import VideoVAE

N_CHUNKS = 4
BATCHES = (1, 2, 4)


@torch.inference_mode()
def _seconds(vae: VideoVAE, batch: int, side: int) -> float:
    """Best of three: seconds to encode and decode N_CHUNKS chunks of the model's own size at `side` px."""
    size = vae.spec.own.encode.size
    channels, edge = vae.temporal_vae.config.in_channels, side // vae.spec.spatial_factor
    chunks = torch.randn(
        N_CHUNKS, channels, size + vae.spec.rule.pads(size), edge, edge, device=vae.device, dtype=vae.dtype)
    times = []
    for _ in range(4):
        _wait(vae)
        began = time.perf_counter()
        for part in chunks.split(batch):
            vae.decode_chunks(vae.encode_chunks(part))
        _wait(vae)
        times.append(time.perf_counter() - began)
    return min(times[1:])


def _wait(vae: VideoVAE) -> None:
    if vae.device.type == "cuda":
        torch.cuda.synchronize()


def ratios(vae: VideoVAE, side: int) -> dict[int, float]:
    """Time in batches of each size over the time one chunk at a time takes."""
    seconds = {batch: _seconds(vae, batch, side) for batch in BATCHES}
    return {batch: value / seconds[1] for batch, value in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    warn_if_busy()
    print(describe())
    vae = load_vae(args.model, device=args.device)
    for side in (128, 256):
        for batch, ratio in ratios(vae, side).items():
            print(f"{side} px, {N_CHUNKS} chunks in batches of {batch}: {ratio:.2f} x the time of one by one")


if __name__ == "__main__":
    main()
