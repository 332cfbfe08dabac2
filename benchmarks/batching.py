"""`python -m benchmarks.batching`: time for chunks of equal length in batches of 1, 2, 4, relative to 1; of the model's
own size, and of the short ones that the small sizes of a sweep have most of."""

from __future__ import annotations

import argparse
import time

import torch

from benchmarks.machine import describe, warn_if_busy
from vae_demo.models.host import wait
from vae_demo.models.loading import load_vae
from vae_demo.models.spec import DEFAULT_MODEL
from vae_demo.models.video_vae import VideoVAE

N_CHUNKS = 4
BATCHES = (1, 2, 4)
# Sizes in frames.
SHORT = (4, 8)


@torch.inference_mode()
def _seconds(vae: VideoVAE, batch: int, side: int, size: int) -> float:
    """Best of three: seconds to encode and decode N_CHUNKS chunks of `size` frames at `side` px."""
    channels, edge = vae.temporal_vae.config.in_channels, side // vae.spec.spatial_factor
    chunks = torch.randn(
        N_CHUNKS, channels, size + vae.spec.rule.pads(size), edge, edge, device=vae.device, dtype=vae.dtype)
    times = []
    for _ in range(4):
        wait(vae.device)
        began = time.perf_counter()
        for part in chunks.split(batch):
            vae.decode_chunks(vae.encode_chunks(part))
        wait(vae.device)
        times.append(time.perf_counter() - began)
    return min(times[1:])


def ratios(vae: VideoVAE, side: int, size: int | None = None) -> dict[int, float]:
    """Time in batches of each size over the time one chunk at a time takes. size: of the chunks, the model's own where
    none is given."""
    seconds = {batch: _seconds(vae, batch, side, size or vae.spec.own.encode.size) for batch in BATCHES}
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
        for size in (*SHORT, vae.spec.own.encode.size):
            for batch, ratio in ratios(vae, side, size).items():
                print(f"{side} px, {N_CHUNKS} chunks of {size} in batches of {batch}: {ratio:.2f} x the time of one "
                      "by one", flush=True)


if __name__ == "__main__":
    main()
