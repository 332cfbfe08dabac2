"""Muon for the weights of hidden convolutions, AdamW for everything else.

Muon (Jordan and others 2024) turns a step of momentum into the nearest orthogonal matrix, so that every direction
of a layer learns at the same pace.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

MIN_CHANNELS = 16


def is_hidden(weight: Tensor) -> bool:
    """Whether a parameter is a spatial convolution between features, not between pixels and features."""
    return weight.ndim >= 4 and min(weight.shape[:2]) >= MIN_CHANNELS and weight[0, 0].numel() > 1


class ConvMuon:
    """torch.optim.Muon takes matrices; here a convolution is one: output channels by everything it reads."""

    def __init__(self, weights: list[nn.Parameter], lr: float) -> None:
        self.weights = weights
        self.matrices = [nn.Parameter(weight.detach().flatten(1).clone()) for weight in weights]
        # Every step has the same length, whatever the gradient: without decay weights grow until a network that has
        # no norm layers diverges.
        self.inner = torch.optim.Muon(self.matrices, lr=lr, weight_decay=0.1)
        self.state_dict, self.load_state_dict = self.inner.state_dict, self.inner.load_state_dict

    @property
    def param_groups(self) -> list[dict]:
        # Asked for anew each time: loading a state replaces them.
        return self.inner.param_groups

    @torch.no_grad()
    def step(self) -> None:
        for weight, matrix in zip(self.weights, self.matrices, strict=True):
            matrix.copy_(weight.flatten(1))
            matrix.grad = None if weight.grad is None else weight.grad.flatten(1)
        self.inner.step()
        for weight, matrix in zip(self.weights, self.matrices, strict=True):
            weight.copy_(matrix.view_as(weight))


class Optimizers:
    """Both as one: their rates are scaled together, their states saved under one name each."""

    def __init__(self, module: nn.Module, lr: float, muon_lr: float) -> None:
        self.parameters = [p for p in module.parameters() if p.requires_grad]
        hidden = [p for p in self.parameters if is_hidden(p)]
        rest = [p for p in self.parameters if not is_hidden(p)]
        self.named: dict[str, torch.optim.Optimizer | ConvMuon] = {}
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
