"""The form of comparison.json and sweep.json as far as the page reads them, for results that may have been cut off or
edited."""

from __future__ import annotations

from collections.abc import Mapping

from vae_demo.results.scores import SCORES
from vae_demo.shapes import Maybe, misfit

_SERIES = {name: [Maybe(float)] for name in SCORES}
_MEANS = {name: Maybe(float) for name in SCORES}
_FINDING = {"case": str, "params": dict}
_MEASURED = {**_SERIES, "means": {**_MEANS, "psnr_worst": Maybe(float)}, "worst_frame": Maybe(int)}
_BASELINE = Maybe({**_SERIES, "means": _MEANS, "seconds": float})
_SEAM = Maybe({"score": float, "p": float, "boundaries": int})
_PROVENANCE = {
    "model": str, "weights_sha256": [str], "weights": Maybe(str), "device": str, "dtype": str, "seed": Maybe(int),
    "clip_sha256": str, "versions": dict, "command": str}
_VARIANT = {
    **_MEASURED, "aligned": _MEASURED, "label": str, "spelling": str, "encode": str, "decode": str, "fit": bool,
    "frames_in": int, "frames_out": int, "latents": int, "encoded_latents": int, "pads_shown": int,
    "lost_frames": [int], "slots": [Maybe(int)], "boundaries": [int], "borders": [{"frame": int, "kind": str}],
    "rule": {"stride": int}, "latent_slots": [[Maybe(int)]], "ghosts": [int], "seconds": dict,
    "encode_chunks": [{"start": int, "stop": int, "pad": int, "used": int}],
    "decode_chunks": [{"start": int, "stop": int, "crop": int, "latent_start": int, "latent_stop": int}],
    "seam": _SEAM, "seam_reason": Maybe(_FINDING), "verdict": Maybe(_FINDING), "model": str, "baseline_2d": _BASELINE,
    "provenance": {name: form for name, form in _PROVENANCE.items() if name != "command"}}
_CLIP = {"name": str, "width": int, "height": int, "n_frames": int, "start": int, "notes": list, "source": dict}
_RECORD = {
    "clip": {**_CLIP, "fps": Maybe(float)}, "model": str, "dtype": str, "device": str, "reference": str,
    "seed": Maybe(int), "variants": [_VARIANT], "baseline_2d": _BASELINE, "seconds": dict, "findings": [_FINDING],
    "provenance": _PROVENANCE}
_MEDIA = {
    "fps": Maybe(float), "n_frames": int, "tile": [int], "downloads": dict,
    "panels": [{"key": str, "layer": str, "file": str, "x": int, "y": int, "n_frames": int}],
    "tapes": {"file": str, "rows": [int], "keys": [str], "width": int, "height": int}}
_PART = {"frames": int, "psnr": Maybe(float), "psnr_worst": Maybe(float), "temporal_step": Maybe(float)}
_SWEEP = {
    "clip": _CLIP, "model": str, "dtype": str, "device": str, "reference": str, "trained_lengths": Maybe([int]),
    "baseline_psnr": Maybe(float), "findings": [_FINDING], "provenance": _PROVENANCE,
    "rows": [{
        "size": str, "first_alone": bool, "tail_first_alone": Maybe(bool), "n_chunks": int, "latents": int,
        "frames_out": int, "psnr": Maybe(float), "full": Maybe(_PART), "tail": Maybe(_PART), "seconds": dict,
        "seam": _SEAM, "seam_reason": Maybe(_FINDING), "psnr_by_frame": [Maybe(float)], "findings": [_FINDING]}]}
# What a row has only where there is any: most models neither lose a frame nor play a pad, and count as planned.
SELDOM = {"lost": int, "pads": int, "came": dict}


def comparison_misfit(data: Mapping) -> str | None:
    """Where a saved comparison is not what a finished run writes, None where it is."""
    if found := record_misfit(data) or media_misfit(data):
        return found
    if any(misfit(name, str) for name in data["media"]["downloads"].values()):
        return "media.downloads"
    sheets = [name for name in ("stills", "chunk", "latents") if name in data["media"]]
    return next((f"media.{name}" for name in sheets if misfit(data["media"][name], {"file": str, "tile": [int]})), None)


def media_misfit(data: Mapping) -> str | None:
    """The same for what it says of the files that show it."""
    return misfit(data, {"media": _MEDIA})


def record_misfit(data: Mapping) -> str | None:
    """The same for the record alone, without its media."""
    if found := misfit(data, _RECORD):
        return found
    if not data["variants"]:
        return "variants"
    for at, variant in enumerate(data["variants"]):
        if not variant["frames_out"] == len(variant["slots"]) == len(variant["psnr"]):
            return f"variants.{at}.slots"
    return None


def sweep_misfit(data: Mapping) -> str | None:
    """Where a saved sweep is not what a finished one writes, None where it is."""
    if found := misfit(data, _SWEEP):
        return found
    if not data["rows"]:
        return "rows"
    for at, row in enumerate(data["rows"]):
        if found := misfit(row, {name: form for name, form in SELDOM.items() if name in row}, f"rows.{at}"):
            return found
    return None if data["trained_lengths"] is None or len(data["trained_lengths"]) == 2 else "trained_lengths"
