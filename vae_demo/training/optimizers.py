"""Muon for the weights of hidden convolutions, AdamW for everything else.

Muon (Jordan and others 2024) turns a step of momentum into the nearest orthogonal matrix, so that every direction
of a layer learns at the same pace. torch.optim.Muon is not used: it takes matrices only, and it multiplies in
bfloat16, which a CPU that has to emulate it spends half of every step on.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

MIN_CHANNELS = 16
# Of Muon: weight of the past, and how much a weight shrinks each step at rate 1. Every step has the same length,
# whatever the gradient: without decay weights grow until training diverges.
MOMENTUM, DECAY = 0.95, 0.1
# Jordan's quintic: drives every singular value from 0..1 to about 1 (0.7 to 1.2) in five steps.
QUINTIC, QUINTIC_STEPS = (3.4445, -4.7750, 2.0315), 5


def is_hidden(weight: Tensor) -> bool:
    """Whether a parameter is a spatial convolution between features, not between pixels and features."""
    return weight.ndim >= 4 and min(weight.shape[:2]) >= MIN_CHANNELS and weight[0, 0].numel() > 1


def orthogonal(matrix: Tensor) -> Tensor:
    """Roughly U V^T of a float matrix U S V^T, by Newton and Schulz's iteration; same shape."""
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / x.norm().clamp(min=1e-7)
    a, b, c = QUINTIC
    for _ in range(QUINTIC_STEPS):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class ConvMuon(torch.optim.Optimizer):
    """Muon for convolutions, each taken as a matrix: output channels by everything they read."""

    def __init__(self, weights: list[nn.Parameter], lr: float) -> None:
        super().__init__(weights, {"lr": lr})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                gradient = weight.grad.flatten(1)
                past = self.state[weight].setdefault("momentum", torch.zeros_like(gradient))
                past.lerp_(gradient, 1 - MOMENTUM)
                change = orthogonal(gradient.lerp(past, MOMENTUM))
                length = group["lr"] * math.sqrt(max(1, change.shape[0] / change.shape[1]))
                weight.mul_(1 - group["lr"] * DECAY).sub_(length * change.view_as(weight))


class Optimizers:
    """Both as one: their rates are scaled together, their states saved under one name each."""

    def __init__(self, module: nn.Module, lr: float, muon_lr: float) -> None:
        self.parameters = [p for p in module.parameters() if p.requires_grad]
        hidden = [p for p in self.parameters if is_hidden(p)]
        rest = [p for p in self.parameters if not is_hidden(p)]
        self.named: dict[str, torch.optim.Optimizer] = {}
        if rest:
            self.named["adam"] = torch.optim.AdamW(rest, lr=lr, betas=(0.9, 0.99), weight_decay=1e-4)
        if hidden:
            self.named["muon"] = ConvMuon(hidden, muon_lr)
        self._rates = {name: each.param_groups[0]["lr"] for name, each in self.named.items()}

    def step(self, scale: float) -> None:
        """One step at `scale` times the learning rates given at the start, gradients clipped at 1; then forget them."""
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for name, each in self.named.items():
            for group in each.param_groups:
                group["lr"] = self._rates[name] * scale
            each.step()
        for parameter in self.parameters:
            parameter.grad = None
