"""One training loop for every stage: Muon and AdamW, warm-up and decay, log lines, checkpoints, resume."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from vae_demo.training import checkpoint
from vae_demo.training.machine import machine
from vae_demo.training.optimizers import Optimizers

log = logging.getLogger("vae_demo.training")
WARMUP = 200
# What the model card says of every stage; change it with the code.
METHOD = ("Muon for the hidden convolutions, AdamW (0.9, 0.99) for the rest, 200 warm-up steps, linear decay, "
          "gradients clipped at 1, networks in {precision}")


@dataclass(frozen=True)
class Schedule:
    """How one stage is trained: `lr` for AdamW, `muon_lr` for the hidden convolutions.

    `seed` makes batch i the same whether or not the run was interrupted.
    """

    steps: int
    lr: float
    muon_lr: float = 0.008
    seed: int = 1
    every: int = 200


def rate(schedule: Schedule, step: int) -> float:
    """Share of the learning rates at a step: linear warm-up, then linear down to 2 percent."""
    return min(1.0, (step + 1) / WARMUP) * (1 - 0.98 * step / schedule.steps)


def multiplies_bfloat16(device: str) -> bool:
    """Whether the hardware does; a CPU that has to emulate it trains faster in float32."""
    if device != "cpu":
        return torch.cuda.is_bf16_supported()
    has = torch.cpu.get_capabilities()
    return bool(has.get("avx512_bf16") or has.get("amx_bf16") or has.get("bf16"))


def train(
    name: str,
    module: nn.Module,
    loss_of: Callable[[np.random.Generator, int], dict[str, Tensor]],
    schedule: Schedule,
    directory: Path,
    device: str = "cpu",
    made_from: str = "",
) -> dict:
    """Minimise the sum of the losses `loss_of(rng, step)` returns; resumes from `directory` if it can.

    Parameters of `module` that require gradients are trained. The networks run in bfloat16 where the hardware
    multiplies it and autocast says so; weights, optimizers and losses are float32.

    made_from: fingerprint of what earlier stages handed over. A checkpoint of another schedule or of other earlier
    stages is never gone on with: ValueError.

    Returns the facts of the run: steps, seconds of computing, seed, method, machine, final losses.
    """
    path = directory / f"{name}.safetensors"
    optimizers = Optimizers(module, schedule.lr, schedule.muon_lr)
    half = multiplies_bfloat16(device)
    plan = {"seed": schedule.seed, "planned": schedule.steps, "from": made_from}
    facts: dict = {"steps": 0, "seconds": 0.0, **plan, "machine": machine(device),
                   "method": METHOD.format(precision="bfloat16" if half else "float32")}
    if path.exists():
        facts = checkpoint.load(path, module, optimizers)
        if plan != {key: facts.get(key) for key in plan}:
            raise ValueError(f"{path} belongs to another training (steps, seed or earlier stages differ); "
                             "delete it or choose another --dir.")
        log.info("%s: resumed at step %d", name, facts["steps"])
    before, began, sums = facts["seconds"], time.monotonic(), {}
    for step in range(facts["steps"], schedule.steps):
        torch.manual_seed(schedule.seed * 1_000_003 + step)
        with torch.autocast(device, torch.bfloat16, enabled=half):
            losses = loss_of(np.random.default_rng([schedule.seed, step]), step)
        sum(losses.values()).backward()
        optimizers.step(rate(schedule, step))
        for key, value in losses.items():
            sums[key] = sums.get(key, 0.0) + float(value.detach())
        if (step + 1) % schedule.every == 0 or step + 1 == schedule.steps:
            n = (step % schedule.every) + 1
            means = {key: round(value / n, 5) for key, value in sums.items()}
            seconds = round(before + time.monotonic() - began, 1)
            facts = {**facts, "steps": step + 1, "seconds": seconds, "losses": means}
            log.info("%s %d/%d %s %.0f s", name, step + 1, schedule.steps, means, facts["seconds"])
            checkpoint.save(path, module, optimizers, facts)
            sums = {}
    return facts
