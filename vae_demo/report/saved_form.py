"""The form of comparison.json as far as the page reads it, for results that may have been cut off or edited."""

from __future__ import annotations

from collections.abc import Mapping

from vae_demo.shapes import Maybe, misfit

_SERIES = [Maybe(float)]
_SCORES = {"psnr": _SERIES, "ssim": _SERIES, "l1": _SERIES, "temporal_step": _SERIES}
_MEANS = {name: Maybe(float) for name in _SCORES}
_FINDING = {"case": str, "params": dict}
_MEASURED = {**_SCORES, "means": {**_MEANS, "psnr_worst": Maybe(float)}, "worst_frame": Maybe(int)}
_VARIANT = {
    **_MEASURED, "aligned": _MEASURED, "label": str, "spelling": str, "encode": str, "decode": str, "fit": bool,
    "frames_in": int, "frames_out": int, "latents": int, "encoded_latents": int, "pads_shown": int,
    "lost_frames": [int], "slots": [Maybe(int)], "boundaries": [int], "ghosts": [int], "seconds": dict,
    "encode_chunks": [{"start": int, "stop": int, "pad": int, "used": int}],
    "decode_chunks": [{"start": int, "stop": int, "crop": int, "latent_start": int, "latent_stop": int}],
    "seam": Maybe({"score": float, "p": float, "boundaries": int}), "seam_reason": Maybe(_FINDING),
    "verdict": Maybe(_FINDING)}
CLIP = {"name": str, "width": int, "height": int, "fps": Maybe(float), "n_frames": int, "start": int, "notes": list,
        "source": dict}
_COMPARISON = {
    "clip": CLIP, "model": str, "dtype": str, "device": str, "reference": str, "seed": Maybe(int),
    "variants": [_VARIANT], "baseline_2d": Maybe({**_SCORES, "means": _MEANS, "seconds": float}), "seconds": dict,
    "findings": [_FINDING],
    "media": {
        "fps": Maybe(float), "n_frames": int, "tile": [int], "downloads": dict,
        "panels": [{"key": str, "layer": str, "file": str, "x": int, "y": int, "n_frames": int}],
        "tapes": {"file": str, "rows": [int], "keys": [str], "width": int, "height": int}}}


def wrong_place(data: Mapping) -> str | None:
    """Where a saved comparison is not what a finished run writes, None where it is."""
    if found := misfit(data, _COMPARISON):
        return found
    if not data["variants"]:
        return "variants"
    for at, variant in enumerate(data["variants"]):
        if not variant["frames_out"] == len(variant["slots"]) == len(variant["psnr"]):
            return f"variants.{at}.slots"
    if any(misfit(name, str) for name in data["media"]["downloads"].values()):
        return "media.downloads"
    sheets = [name for name in ("stills", "chunk", "latents") if name in data["media"]]
    return next((f"media.{name}" for name in sheets if misfit(data["media"][name], {"file": str, "tile": [int]})), None)
