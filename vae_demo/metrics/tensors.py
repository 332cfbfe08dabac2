"""The scores of frame_scores.py and temporal.py for tensors on any device, so that frames are scored where they lie.

Integer sums make PSNR, L1 and steps those of numpy to the last bit; SSIM takes its formula from there, in float32 and
in the same order. It is written without convolutions, which would round to TF32 on many GPUs.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from vae_demo.metrics.frame_scores import PEAK, PSNR_CAP, margins, ssim_index
from vae_demo.metrics.streaming import Kernels, made_small
from vae_demo.models.host import to_device


def _error(reference: Tensor, frames: Tensor) -> Tensor:
    """uint8 T H W 3 of one shape -> int32, frames less reference. Raises ValueError."""
    for each in (reference, frames):
        if each.dtype != torch.uint8 or each.ndim != 4 or each.shape[-1] != 3:
            raise ValueError(f"expected uint8 frames T H W 3, got {each.dtype} {tuple(each.shape)}")
    if reference.shape != frames.shape:
        raise ValueError(
            f"reference and frames differ in shape: {tuple(reference.shape)} and {tuple(frames.shape)}")
    return frames.int() - reference.int()


def _mean(whole: Tensor) -> Tensor:
    """Integers T H W 3 -> float64 T, exact: their sum is one."""
    return whole.sum((1, 2, 3), dtype=torch.int64).double() / max(whole[:1].numel(), 1)


def psnr(reference: Tensor, frames: Tensor) -> Tensor:
    """As frame_psnr: uint8 T H W 3 -> dB, float64 T, at most 100."""
    return (10 * torch.log10(PEAK**2 / _mean(_error(reference, frames).square()))).clamp(max=PSNR_CAP)


def l1(reference: Tensor, frames: Tensor) -> Tensor:
    """As frame_l1: uint8 T H W 3 -> 8-bit units, float64 T."""
    return _mean(_error(reference, frames).abs())


def temporal_step(reference: Tensor, frames: Tensor) -> Tensor:
    """As temporal.temporal_step: uint8 T H W 3 -> 8-bit units, float64 T-1."""
    return _mean(_error(reference, frames).diff(dim=0).abs())


def ssim(reference: Tensor, frames: Tensor) -> Tensor:
    """As frame_ssim: uint8 T H W 3 -> -1..1, float64 T."""
    _error(reference[:1], frames[:1])  # the same refusals
    return ssim_index(_planes(reference), _planes(frames)).mean((1, 2, 3), dtype=torch.float64)


def _planes(frames: Tensor) -> Tensor:
    """uint8 T H W 3 -> float32 T 3 H W, mirrored outwards where a side is too small for the window."""
    planes = frames.permute(0, 3, 1, 2).contiguous().float()
    for axis, margin in zip((2, 3), margins(*planes.shape[2:]), strict=True):
        if margin:
            mirrored = np.pad(np.arange(planes.shape[axis]), margin, mode="symmetric")
            planes = planes.index_select(axis, torch.from_numpy(mirrored).to(planes.device))
    return planes


def _small(frames: Tensor) -> Tensor:
    return made_small(frames, torch.int32, torch.float32)


def kernels(device: torch.device) -> Kernels:
    """Scores of tensors on `device`; numpy frames are brought there."""
    return Kernels({"psnr": psnr, "ssim": ssim, "l1": l1}, {"temporal_step": temporal_step}, torch.cat,
                   lambda frames: to_device(frames, device), _small)
