"""How far two trainings from nothing end from each other: again.json beside the weights, and its place in the card."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from vae_demo.models.spec import MODELS
from vae_demo.training.card_results import number
from vae_demo.training.judged import STAGES, evaluation_of, facts_of, precision_of


def note_second_run(names: list[str], again: Path, directory: Path) -> Path:
    """Write directory/again.json: what the weights there score, and those of a second run, judged in `again`."""
    runs = [{name: _reached(folder, name) for name in names} for folder in (directory, again)]
    for key in ("steps", "seeds"):
        if any(runs[0][name][key] != runs[1][name][key] for name in names):
            raise ValueError(f"The weights in {again} were trained with other {key}: that is no second run.")
    path = directory / "again.json"
    path.write_text(json.dumps(runs, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _reached(directory: Path, name: str) -> dict:
    facts, result = facts_of(directory, name), evaluation_of(directory, name)
    stages = [facts[stage] for stage in STAGES if stage in facts]
    return {"weights": hashlib.sha256((directory / MODELS[name].weights).read_bytes()).hexdigest()[:16],
            "machine": facts["machine"], "method": facts["spatial"]["method"],
            "steps": [stage["steps"] for stage in stages], "seeds": [stage["seed"] for stage in stages],
            "means": {label: row["psnr"] for label, row in result["means"].items()},
            "clips": {clip["name"]: clip["variants"]["17"]["psnr"] for clip in result["clips"]}}


def again_section(directory: Path) -> str:
    """How far two trainings from nothing ended from each other; "" without a second one of these weights."""
    path = directory / "again.json"
    runs = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    if not runs or any(run != _reached(directory, name) for name, run in runs[0].items()):
        return ""
    names = list(runs[0])
    means = {(name, label): runs[1][name]["means"][label] - psnr
             for name in names for label, psnr in runs[0][name]["means"].items()}
    clips = {(name, clip): runs[1][name]["clips"][clip] - psnr
             for name in names for clip, psnr in runs[0][name]["clips"].items()}
    where = [f"{run[names[0]]['machine']} ({precision_of(run[names[0]])})" for run in runs]
    steps = " + ".join(f"{n:,}" for n in runs[0][names[0]]["steps"])
    rows = [[label, *(number(run[name]["means"][label], 2) for name in names for run in runs)]
            for label in runs[0][names[0]]["means"]]
    return "\n".join([
        "## Trained twice from nothing", "",
        f"{steps} steps, the same seeds, on {where[0]}", f"and on {where[1]}.",
        "Mean PSNR in dB over the clips; the weights here are the first run's. Largest difference of a mean: "
        f"{_largest(means)}; at 17 on one clip: {_largest(clips)}.", "",
        f"| run | {' | '.join(f'{name} | again' for name in names)} |", "|---" * (2 * len(names) + 1) + "|",
        *(f"| {' | '.join(row)} |" for row in rows), ""])


def _largest(gaps: dict[tuple[str, str], float]) -> str:
    worst = max(gaps, key=lambda key: abs(gaps[key]))
    return f"{gaps[worst]:+.2f} dB ({worst[0]}, `{worst[1]}`)"
