"""One training loop for every stage: AdamW, warm-up and cosine, log lines, checkpoints, resume."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from vae_demo.training import checkpoint

log = logging.getLogger("vae_demo.training")
WARMUP = 400


@dataclass(frozen=True)
class Schedule:
    """How one stage is trained; `seed` makes batch i the same whether or not the run was interrupted."""

    steps: int
    lr: float
    seed: int = 1
    every: int = 200


def rate(schedule: Schedule, step: int) -> float:
    """Learning rate at a step: linear warm-up, then cosine to 2 percent."""
    warm = min(1.0, (step + 1) / WARMUP)
    return schedule.lr * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / schedule.steps)))


def train(
    name: str,
    module: nn.Module,
    parameters: Iterable[nn.Parameter],
    loss_of: Callable[[np.random.Generator, int], dict[str, Tensor]],
    schedule: Schedule,
    directory: Path,
    device: str = "cpu",
) -> dict:
    """Minimise the sum of the losses `loss_of(rng, step)` returns; resumes from `directory` if it can.

    The networks run in bfloat16 where autocast says so; weights, optimizer and losses are float32.

    Returns the facts of the run: steps, seconds of computing, seed, final losses.
    """
    path = directory / f"{name}.safetensors"
    optimizer = torch.optim.AdamW(list(parameters), lr=schedule.lr, betas=(0.9, 0.99), weight_decay=1e-4)
    facts: dict = {"steps": 0, "seconds": 0.0, "seed": schedule.seed, "planned": schedule.steps}
    if path.exists():
        facts = checkpoint.load(path, module, optimizer)
        log.info("%s: resumed at step %d", name, facts["steps"])
    before, began, sums = facts["seconds"], time.monotonic(), {}
    for step in range(facts["steps"], schedule.steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(schedule, step)
        torch.manual_seed(schedule.seed * 1_000_003 + step)
        with torch.autocast(device, torch.bfloat16):
            losses = loss_of(np.random.default_rng([schedule.seed, step]), step)
        optimizer.zero_grad(set_to_none=True)
        sum(losses.values()).backward()
        nn.utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], 1.0)
        optimizer.step()
        for key, value in losses.items():
            sums[key] = sums.get(key, 0.0) + float(value.detach())
        if (step + 1) % schedule.every == 0 or step + 1 == schedule.steps:
            n = (step % schedule.every) + 1
            means = {key: round(value / n, 5) for key, value in sums.items()}
            seconds = round(before + time.monotonic() - began, 1)
            facts = {**facts, "steps": step + 1, "seconds": seconds, "losses": means}
            log.info("%s %d/%d %s %.0f s", name, step + 1, schedule.steps, means, facts["seconds"])
            checkpoint.save(path, module, optimizer, facts)
            sums = {}
    return facts
