"""The command line that repeats a saved run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping


def command_line(data: Mapping) -> str:
    """One line for a POSIX shell, from a comparison's JSON mapping. The clip stands there by name only:
    where it lies is the user's to know."""
    return " ".join(command_words(data))


def command_words(data: Mapping) -> list[str]:
    """The words of the line, each quoted where a shell needs that."""
    clip = data["clip"]
    name = "".join(char for char in clip["name"] if char.isprintable()) or "clip"
    if name.startswith("-"):
        name = f"./{name}"
    width, height = clip["width"], clip["height"]
    words = [
        "python", "-m", "vae_demo", "compare", name,
        "--model", data["model"],
        "--variants", ",".join(variant["spelling"] for variant in data["variants"]),
        "--start", str(clip["start"]), "--frames", str(clip["n_frames"]),
        "--size", str(min(width, height)), "--crop", "square" if width == height else "none",
        "--device", data["device"],
    ]
    if data["seed"] is not None:
        words += ["--seed", str(data["seed"])]
    return [shlex.quote(word) for word in (*words, "--out", "results")]
