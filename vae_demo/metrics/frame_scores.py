"""PSNR, SSIM and L1 of frames against a reference of the same shape, one number per frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from vae_demo.pixels import WHITE, check_frames

PEAK = float(WHITE)
# Identical frames have infinite PSNR; a finite cap keeps means and JSON sound.
PSNR_CAP = 100.0

# Wang, Bovik, Sheikh and Simoncelli 2004: 11 taps, sigma 1.5, K1 = 0.01, K2 = 0.03.
_SIGMA, _RADIUS = 1.5, 5
_C1, _C2 = (0.01 * PEAK) ** 2, (0.03 * PEAK) ** 2
_TAPS = np.exp(-0.5 * (np.arange(-_RADIUS, _RADIUS + 1) / _SIGMA) ** 2)
# As floats of Python that float32 holds exactly: numpy and torch multiply alike by them.
_TAPS = (_TAPS / _TAPS.sum()).astype(np.float32).tolist()


def _check_pair(reference: np.ndarray, frames: np.ndarray) -> None:
    check_frames(reference)
    check_frames(frames)
    if reference.shape != frames.shape:
        raise ValueError(f"reference and frames differ in shape: {reference.shape} and {frames.shape}")


def _difference(reference: np.ndarray, frames: np.ndarray) -> np.ndarray:
    return frames.astype(np.int16) - reference.astype(np.int16)


def frame_psnr(reference: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """PSNR in dB over all RGB samples of each frame: 10 log10(255^2 / MSE), capped at 100; float64 T.

    Both arrays uint8 T H W 3.
    """
    _check_pair(reference, frames)
    squares = _difference(reference, frames).astype(np.int32) ** 2
    mse = squares.mean(axis=(1, 2, 3), dtype=np.float64)
    with np.errstate(divide="ignore"):
        return np.minimum(10 * np.log10(PEAK**2 / mse), PSNR_CAP)


def frame_l1(reference: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Mean absolute difference of each frame in 8-bit units; both uint8 T H W 3, result float64 T."""
    _check_pair(reference, frames)
    return np.abs(_difference(reference, frames)).mean(axis=(1, 2, 3), dtype=np.float64)


def _blur(planes: Any) -> Any:
    """Gaussian window over the last two axes of float32 ... H W, only where it fits: H-10, W-10 come out.

    The window is symmetric, so taps are added in pairs; in numpy that is four times faster than a general filter.
    """
    return _blur_last(_blur_last(planes).swapaxes(-1, -2)).swapaxes(-1, -2)


def _blur_last(planes: Any) -> Any:
    n = planes.shape[-1] - 2 * _RADIUS
    total = planes[..., _RADIUS:_RADIUS + n] * _TAPS[_RADIUS]
    for tap in range(_RADIUS):
        total += (planes[..., tap:tap + n] + planes[..., 2 * _RADIUS - tap:2 * _RADIUS - tap + n]) * _TAPS[tap]
    return total


def frame_ssim(reference: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """SSIM of each frame, -1..1, float64 T: Gaussian window, population covariance, mean over RGB.

    The mean leaves out a border of 5 px where the window does not fit, as scikit-image does
    (`gaussian_weights=True, use_sample_covariance=False, sigma=1.5, data_range=255`). Sides of 10 px or less
    are mirrored outwards first.
    Both arrays uint8 T H W 3.
    """
    _check_pair(reference, frames)
    return np.array([_ssim(a, b) for a, b in zip(reference, frames, strict=True)], np.float64)


def _ssim(a: np.ndarray, b: np.ndarray) -> float:
    return float(ssim_index(_planes(a), _planes(b)).mean(dtype=np.float64))


def ssim_index(x: Any, y: Any) -> Any:
    """The index at every sample where the window fits: float32 ... H W, 0..255, overwritten -> float32 ... H-10 W-10.

    Arrays of numpy or tensors of torch, planes in front as they come. Four blurs (two means, a sum of squares, a
    product) are all it needs.
    """
    # Variances are small differences of large squares: centring at 128 keeps float32 exact enough.
    x -= 128
    y -= 128
    mx, my = _blur(x), _blur(y)
    # Only the sum of both variances enters the formula, so the squares are blurred together.
    variances = _blur(x * x + y * y) - mx * mx - my * my
    covariance = _blur(x * y) - mx * my
    mx += 128
    my += 128
    return ((2 * mx * my + _C1) * (2 * covariance + _C2)) / ((mx * mx + my * my + _C1) * (variances + _C2))


def margins(height: int, width: int) -> tuple[int, int]:
    """By how many pixels each side is mirrored outwards, so that the window fits."""
    return tuple(_RADIUS if side <= 2 * _RADIUS else 0 for side in (height, width))


def _planes(frame: np.ndarray) -> np.ndarray:
    """uint8 H W 3 -> float32 3 H W, mirrored outwards where a side is too small for the window."""
    planes = frame.transpose(2, 0, 1).astype(np.float32)
    more = margins(*planes.shape[1:])
    return np.pad(planes, [(0, 0), *((m, m) for m in more)], mode="symmetric") if any(more) else planes
