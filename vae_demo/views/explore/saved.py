"""Saved results of the sample clips, found by the settings they were made with."""

from __future__ import annotations

from pathlib import Path

from vae_demo import assets, report
from vae_demo.views.explore.player import player_value
from vae_demo.views.shared import kept_model
from vae_demo.views.shared.samples import sample_names
from vae_demo.views.shared.saved_examples import usable
from vae_demo.views.shared.settings import Settings, size_choice


def saved_value(settings: Settings) -> dict | None:
    """The player's value for a saved result made with exactly these settings, None where there is none."""
    def value(folder: Path) -> dict | None:
        data = report.load_result(folder)
        if settings_of(data, settings.clip) != {**asked_of(settings), "dtype": _dtype(settings.model, settings.dtype)}:
            return None
        value = player_value(data, folder, saved=True, frame=settings.frame, selected=settings.selected,
                             settings=asked_of(settings))
        return {**value, "look": settings.look}

    return usable(assets.EXAMPLES / settings.clip, value) if settings.clip in sample_names() else None


def asked_of(settings: Settings) -> dict:
    """Settings as the page names them, JSON types."""
    return {"clip": settings.clip, "model": settings.model, "variants": settings.labels, "start": settings.start,
            "frames": settings.n_frames, "size": settings.size, "dtype": settings.dtype, "upload": False}


def settings_of(data: dict, clip: str) -> dict:
    """The settings that a saved result was made with."""
    info = data["clip"]
    crop = "square" if info["width"] == info["height"] else "none"
    return {"clip": clip, "model": data["model"], "variants": [v["label"] for v in data["variants"]],
            "start": info["start"], "frames": info["n_frames"],
            "size": size_choice(min(info["width"], info["height"]), crop),
            "dtype": _dtype(data["model"], data["dtype"]), "upload": False}


def _dtype(model: str, dtype: str) -> str:
    return kept_model.in_words(model, kept_model.device(), dtype)
