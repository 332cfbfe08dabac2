"""Where training starts: every convolution's output at unit variance on real input.

PyTorch's default shrinks activations at every convolution that no norm follows, down to where SiLU is nearly a
straight line. Layer-sequential unit variance (Mishkin and Matas 2015), orthogonality left out.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn


@torch.no_grad()
def unit_variance(module: nn.Module, forward: Callable[[], object]) -> None:
    """Rescale convolutions in the order they run in `forward()`, which calls `module` on some input; biases become 0.

    Convolutions that start at zero stay there: they open residual branches.
    """
    order: list[nn.Conv2d] = []
    spread: dict[nn.Conv2d, float] = {}

    def note(conv: nn.Conv2d, _, output: torch.Tensor) -> None:
        if conv not in spread and conv.weight.any():
            order.append(conv)
        spread[conv] = float(output.std())

    convs = [each for each in module.modules() if isinstance(each, nn.Conv2d)]
    for conv in convs:
        nn.init.zeros_(conv.bias)
    hooks = [conv.register_forward_hook(note) for conv in convs]
    try:
        forward()
        for conv in list(order):
            forward()
            conv.weight /= spread[conv]
    finally:
        for hook in hooks:
            hook.remove()
