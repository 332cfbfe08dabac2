"""The one place where pixels change range or axis order.

Frames outside a model are uint8, THWC, RGB, 0..255. A model sees float32, NCTHW, RGB, -1..1, or NTCHW, 0..1. What
draws or trains counts in 0..1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

WHITE = 255  # the highest level of a sample
_HALF = 127.5
# Mean and deviation of red, green and blue in 0..1, as networks of torchvision take them.
_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def check_frames(frames: np.ndarray) -> None:
    """Raise ValueError unless `frames` is uint8 THWC with three channels; the message says what arrived."""
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 3:
        raise ValueError(f"expected uint8 frames T H W 3, got {frames.dtype} {tuple(frames.shape)}")


def to_signed(frames: np.ndarray) -> np.ndarray:
    """uint8 THWC 0..255 -> float32 NCTHW -1..1 with N = 1, C-contiguous."""
    check_frames(frames)
    planes = np.ascontiguousarray(frames.transpose(3, 0, 1, 2))[None]
    return planes.astype(np.float32) / np.float32(_HALF) - np.float32(1)


def to_uint8(video: np.ndarray) -> np.ndarray:
    """float NCTHW -1..1 with N = 1 -> uint8 THWC 0..255, values outside the range clipped, rounded to nearest."""
    _check_video(video)
    levels = np.rint((video[0].astype(np.float32) + np.float32(1)) * np.float32(_HALF))
    return np.ascontiguousarray(np.clip(levels, 0, WHITE).astype(np.uint8).transpose(1, 2, 3, 0))


def tensor_to_signed(frames: Tensor) -> Tensor:
    """to_signed for a tensor, on the device where it is: uint8 THWC 0..255 -> float32 NCTHW -1..1 with N = 1."""
    return frames.permute(3, 0, 1, 2)[None].contiguous().float().div_(_HALF).sub_(1)


def tensor_to_uint8(video: Tensor) -> Tensor:
    """The same for a tensor, on the device where it is: float NCTHW -1..1 with N = 1 -> uint8 THWC 0..255."""
    _check_video(video)
    levels = video[0].float().add(1).mul_(_HALF).round_().clamp_(0, WHITE)
    return levels.byte().permute(1, 2, 3, 0).contiguous()


def signed_to(video: Tensor, convention: str) -> Tensor:
    """float NCTHW -1..1 as a network wants it: "signed" is that, "imagenet" 0..1 less ImageNet's mean by its deviation
    (MiniMax H3), "over128" levels by 128, less one (Kandinsky 6)."""
    if convention == "imagenet":
        mean, deviation = _imagenet(video)
        return ((video + 1) / 2 - mean) / deviation
    return (video + 1) * (_HALF / 128) - 1 if convention == "over128" else video


def signed_from(video: Tensor, convention: str) -> Tensor:
    """The way back from signed_to."""
    if convention == "imagenet":
        mean, deviation = _imagenet(video)
        return (video * deviation + mean) * 2 - 1
    return (video + 1) * (128 / _HALF) - 1 if convention == "over128" else video


def _imagenet(video: Tensor) -> tuple[Tensor, Tensor]:
    mean, deviation = (video.new_tensor(each).reshape(1, 3, 1, 1, 1) for each in _IMAGENET)
    return mean, deviation


def tensor_to_unit(frames: Tensor) -> Tensor:
    """For a model that counts in 0..1, on the device where it is: uint8 THWC 0..255 -> float32 NTCHW 0..1 with N = 1.
    """
    return frames.permute(0, 3, 1, 2)[None].contiguous().float().div_(WHITE)


def tensor_from_unit(video: Tensor) -> Tensor:
    """And back, values outside the range clipped, rounded to nearest: float NTCHW 0..1 with N = 1 -> uint8 THWC."""
    _check_video(video, "1 T 3 H W")
    levels = video[0].float().mul(WHITE).round_().clamp_(0, WHITE)
    return levels.byte().permute(0, 2, 3, 1).contiguous()


def _check_video(video: Any, axes: str = "1 3 T H W") -> None:
    if video.ndim != 5 or video.shape[0] != 1 or video.shape[axes.split().index("3")] != 3:
        raise ValueError(f"expected a float video {axes}, got {video.dtype} {tuple(video.shape)}")


def to_unit(levels: np.ndarray) -> np.ndarray:
    """Levels 0..255, any axes -> float32 0..1."""
    return levels.astype(np.float32) / np.float32(WHITE)


def from_unit(values: np.ndarray) -> np.ndarray:
    """float 0..1, any axes -> uint8 0..255, values outside the range clipped, rounded to nearest."""
    return np.rint(np.clip(values, 0, 1) * WHITE).astype(np.uint8)
