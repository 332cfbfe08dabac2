"""How much a reconstruction changes from frame to frame beyond what its source does."""

from __future__ import annotations

import numpy as np

from vae_demo.pixels import check_frames


def temporal_step(reference: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """d_t = mean |(R_t - R_t-1) - (X_t - X_t-1)| in 8-bit units for t = 1 .. T-1; float64 T-1.

    reference X and frames R: uint8 T H W 3. Equal to mean |E_t - E_t-1| for the error E = R - X, which
    is how it is computed: one subtraction per frame.
    """
    check_frames(reference)
    check_frames(frames)
    if reference.shape != frames.shape:
        raise ValueError(f"reference and frames differ in shape: {reference.shape} and {frames.shape}")
    error = frames.astype(np.int16) - reference.astype(np.int16)
    return np.abs(np.diff(error, axis=0)).mean(axis=(1, 2, 3), dtype=np.float64)
