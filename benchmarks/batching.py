"""`python -m benchmarks.batching`: time for the chunks of a clip in batches of 1, 2, 4, relative to 1."""

from __future__ import annotations

import argparse
import time

import torch

from benchmarks.machine import describe
from vae_demo.models.loading import load_vae

N_CHUNKS, LENGTH = 4, 20


@torch.inference_mode()
def measure(vae, batch: int, h: int, w: int) -> float:
    """Best of three: seconds to encode and decode N_CHUNKS chunks of 17 frames (20 padded)."""
    channels = vae.temporal_vae.config.in_channels
    chunks = torch.randn(N_CHUNKS, channels, LENGTH, h, w, device=vae.device, dtype=vae.dtype)
    times = []
    for _ in range(4):
        if vae.device.type == "cuda":
            torch.cuda.synchronize()
        began = time.perf_counter()
        for part in chunks.split(batch):
            vae.decode_chunks(vae.encode_chunks(part))
        if vae.device.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return min(times[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="tiny-17")
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    print(describe())
    vae = load_vae(args.model, device=args.device)
    for side in (128, 256):
        alone = measure(vae, 1, side // 8, side // 8)
        for batch in (1, 2, 4):
            seconds = measure(vae, batch, side // 8, side // 8)
            print(f"{side} px, {N_CHUNKS} chunks in batches of {batch}: {seconds:.2f} s, {seconds / alone:.2f} x")


if __name__ == "__main__":
    main()
