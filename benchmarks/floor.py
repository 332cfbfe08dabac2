"""The least time that a run can take on a device: its convolutions counted, over what the device is measured to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib import import_module

import torch
from torch import nn

from vae_demo.layout.plan import Plan
from vae_demo.models.host import wait
from vae_demo.models.spec import ModelSpec

COUNTED = (nn.Conv2d, nn.Conv3d, nn.Linear)
Counts = list[tuple[float, float]]


@torch.inference_mode()
def ceilings(device: torch.device, dtype: torch.dtype) -> tuple[float, float]:
    """FLOP/s of a large matrix product and bytes/s of a large copy (read and written), each the best of five."""
    side, megabytes = (8192, 2048) if device.type == "cuda" else (2048, 128)
    a, b = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))
    source = torch.ones(megabytes * 2**20, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    product, copy = (_best(device, work) for work in (lambda: a @ b, lambda: target.copy_(source)))
    return 2 * side**3 / product, 2 * source.numel() / copy


def _best(device: torch.device, work: Callable[[], object]) -> float:
    times = []
    for _ in range(6):
        wait(device)
        began = time.perf_counter()
        work()
        wait(device)
        times.append(time.perf_counter() - began)
    return min(times[1:])


def _counted(module: nn.Module, run: Callable[[], object], element: int) -> Counts:
    """FLOPs and bytes of every convolution and linear layer that `run` goes through: inputs, weights, outputs once."""
    found: Counts = []

    def note(layer: nn.Module, given: tuple[torch.Tensor, ...], out: torch.Tensor) -> None:
        flops = 2 * out.numel() * layer.weight[0].numel()
        found.append((flops, element * (given[0].numel() + layer.weight.numel() + out.numel())))

    hooks = [layer.register_forward_hook(note) for layer in module.modules() if isinstance(layer, COUNTED)]
    try:
        run()
    finally:
        for hook in hooks:
            hook.remove()
    return found


@torch.inference_mode()
def counts(
    spec: ModelSpec, plans: Sequence[Plan], height: int, width: int, baseline: bool, element: int
) -> Counts:
    """FLOPs and bytes, layer by layer, of what cannot be left out: frames encoded once, every cut once, every variant
    decoded. Counted on shapes alone. height, width: in pixels. element: bytes of a number."""
    with torch.device("meta"):
        vae = import_module(spec.adapter).build(spec).eval()
        h, w, temporal = height // spec.spatial_factor, width // spec.spatial_factor, vae.temporal_vae
        c, z = temporal.config.in_channels, temporal.config.latent_channels
        n_decoded = sum(plan.frames_out for plan in plans) + (plans[0].frames_in if baseline else 0)
        encoded = {plan.encode: [chunk.pad + chunk.used for chunk in plan.encode_chunks] for plan in plans}
        encoded = [length for lengths in encoded.values() for length in lengths]
        decoded = [chunk.latent_stop - chunk.latent_start for plan in plans for chunk in plan.decode_chunks]
        image, latent = torch.zeros(1, 3, height, width), torch.zeros(1, c, h, w)
        parts = [(plans[0].frames_in, _counted(vae, lambda: vae.spatial_vae.encode(image), element)),
                 (n_decoded, _counted(vae, lambda: vae.spatial_vae.decode(latent), element))]
        for n in set(encoded):
            one = _counted(vae, lambda n=n: temporal.encode(torch.zeros(1, c, n, h, w)), element)
            parts.append((encoded.count(n), one))
        for n in set(decoded):
            one = _counted(vae, lambda n=n: temporal.decode(torch.zeros(1, z, n, h, w)), element)
            parts.append((decoded.count(n), one))
    return [(times * flops, times * size) for times, part in parts for flops, size in part]


def seconds(found: Counts, flops_per_s: float, bytes_per_s: float) -> float:
    """Every layer at the ceiling that binds it, and nothing else."""
    return sum(max(flops / flops_per_s, size / bytes_per_s) for flops, size in found)
