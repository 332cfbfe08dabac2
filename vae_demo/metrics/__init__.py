"""Scores per frame and over time: uint8 THWC arrays in, plain numbers out. numpy only, but for tensors.py.

Everything is scored on raw decoded frames, never on re-encoded video.
"""

from vae_demo.metrics.frame_scores import PSNR_CAP, frame_l1, frame_psnr, frame_ssim
from vae_demo.metrics.lags import Lags
from vae_demo.metrics.seam import MIN_BOUNDARIES, ghost_runs, judged, seam_score
from vae_demo.metrics.streaming import NUMPY, Kernels, PlayedScores, frames_scored
from vae_demo.metrics.temporal import temporal_step

__all__ = [
    "MIN_BOUNDARIES", "NUMPY", "PSNR_CAP", "Kernels", "Lags", "PlayedScores", "frame_l1", "frame_psnr", "frame_ssim",
    "frames_scored", "ghost_runs", "judged", "seam_score", "temporal_step",
]
