"""The model card, assets/weights/README.md, written from the weights' own metadata and the saved evaluation."""

from __future__ import annotations

import json
import math
from pathlib import Path

from safetensors import safe_open

from vae_demo.models.spec import MODELS

_INTRO = """# The bundled models

Written by `python -m vae_demo.training evaluate`; every number comes from the weights' metadata or from that run.

Small causal video VAEs trained from scratch, so that the app runs without a GPU, a network or a licence to read.
They share the pipeline and the temporal class of Open-Sora 1.2, at a smaller size; they are not Open-Sora and
their pictures are softer. No picture or video made by anyone else was trained on.
"""

_STAGES = {"spatial": 1, "temporal": 2, "pixels": 3}

_LIMITS = """## Limits, in plain words

- Fine texture is softened: hair, wood grain and small print lose detail already in the spatial half (2D only).
- Four frames share one latent. Fast motion smears inside a group, and sharpness pulses every four frames: in a pan of
  8 pixels a frame things keep their shape, in one of 12 fine structure goes.
- Trained on two CPU cores for under two hours an edition. The losses were still falling slowly when it ended; a wider
  and longer trained half of either kind would be better.
- "PSNR" of a layout clash compares playback index with index, which is what a viewer sees; aligned, the frames that
  do come back are much better than that number. The rest is timing, lost frames and pad slots shown as pictures.
- The training clips are not photographs. Skin, foliage and text in the wild lie outside what the models saw.
- Judged on few clips, most of them one photograph under a moving camera; differences of 0.2 dB mean nothing.
"""


def write_card(directory: Path) -> Path:
    """Write directory/README.md for every bundled model whose weights lie there."""
    parts = [_INTRO]
    found = [spec.name for spec in MODELS.values() if spec.bundled and (directory / spec.weights).exists()]
    parts += [_architecture(directory, found[0]), _shortcut(directory)] if found else []
    parts += [_data(directory, found[0])] if found else []
    parts += [_training(directory, name) for name in found]
    judged = [name for name in found if (directory / f"{name}.evaluation.json").exists()]
    parts += [_results(_evaluation(directory, name)) for name in judged]
    parts += [_again(directory), _LIMITS]
    path = directory / "README.md"
    path.write_text("\n".join(part for part in parts if part), encoding="utf-8")
    return path


def note_second_run(names: list[str], again: Path, directory: Path) -> Path:
    """Write directory/again.json: what the weights there score, and those of a second run, judged in `again`."""
    runs = [{name: _reached(folder, name) for name in names} for folder in (directory, again)]
    path = directory / "again.json"
    path.write_text(json.dumps(runs, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _reached(directory: Path, name: str) -> dict:
    facts, result = _facts(directory, name), _evaluation(directory, name)
    return {"machine": facts["machine"], "method": facts["spatial"]["method"],
            "steps": [facts[stage]["steps"] for stage in _STAGES],
            "means": {label: row["psnr"] for label, row in result["means"].items()},
            "clips": {clip["name"]: clip["variants"]["17"]["psnr"] for clip in result["clips"]}}


def _evaluation(directory: Path, name: str) -> dict:
    return json.loads((directory / f"{name}.evaluation.json").read_text(encoding="utf-8"))


def _opened(directory: Path, name: str) -> tuple[dict[str, str], dict[str, int]]:
    with safe_open(directory / MODELS[name].weights, "pt") as file:
        sizes = {key: math.prod(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
        return file.metadata(), sizes


def _architecture(directory: Path, name: str) -> str:
    metadata, sizes = _opened(directory, name)
    spatial, temporal = json.loads(metadata["spatial"]), json.loads(metadata["temporal"])

    def count(prefix: str) -> int:
        return sum(n for key, n in sizes.items() if key.startswith(prefix))

    return f"""## Architecture

{sum(sizes.values()):,} parameters in fp16, computed in fp32 on a CPU. Pixels are RGB, -1..1.

- **Spatial half**, {count("spatial_vae"):,} parameters, 8x8, {spatial["latent_channels"]} latent channels: pixel
  unshuffle 2, widths {tuple(spatial["encoder_widths"])} with {tuple(spatial["encoder_blocks"])} residual blocks;
  decoder widths {tuple(spatial["decoder_widths"])} with {tuple(spatial["decoder_blocks"])} blocks, nearest
  upsampling, pixel shuffle 2. GroupNorm({spatial["norm_groups"]}) before every SiLU of a block, no attention.
  Latents have zero mean and unit variance per channel over the training stills, so a zero pad slot means an average
  latent.
- **Temporal half**, {count("temporal_vae"):,} parameters: the Open-Sora 1.2 layout (causal 3D convolutions,
  x4 in time) with {temporal["filters"]} filters, multipliers {tuple(temporal["multipliers"])},
  {temporal["n_res_blocks"]} residual block a level, {temporal["n_groups"]} groups,
  {temporal["latent_channels"]} latent channels.
- **One addition that Open-Sora 1.2 does not have**: a linear map between the four frames of a group and their
  latent, both ways ({count("temporal_vae.shortcut"):,} parameters), added to the network's output. It is off for the
  released Open-Sora weights.
"""


def _shortcut(directory: Path) -> str:
    """What `ablation` found: the last losses of two runs that differ in the shortcut alone."""
    path = directory / "shortcut.json"
    if not path.exists():
        return ""
    runs = json.loads(path.read_text(encoding="utf-8"))
    rows = [f"| {key} | {run['steps']:,} | {run['seconds'] / 60:.0f} min | {run['losses']['latents']:.4f} |"
            for key, run in runs.items()]
    return f"""### With and without the shortcut

Stage 2 alone, same data, seed and steps (`python -m vae_demo.training ablation`):

| shortcut | steps | time | latent loss over the last steps |
|---|---|---|---|
{chr(10).join(rows)}
"""


def _facts(directory: Path, name: str) -> dict:
    return json.loads(_opened(directory, name)[0]["training"])


def _data(directory: Path, name: str) -> str:
    return f"""## Data

Generated in the repository from one seed (`vae_demo/training/textures.py`, `scenes.py`, `motion.py`).
{_facts(directory, name)["data"]}
"""


def _training(directory: Path, name: str) -> str:
    facts = _facts(directory, name)
    rows = []
    for stage, number in _STAGES.items():
        if stage in facts:
            run = facts[stage]
            final = ", ".join(f"{key} {value:.4f}" for key, value in run["losses"].items() if value >= 1e-4)
            rows.append(f"| {number} {run['words']} | {run['steps']:,} | {run['seconds'] / 60:.0f} min | "
                        f"{run['seed']} | {final} |")
    machine = facts.get("machine", "a CPU")
    return f"""## How {name} was trained

{facts["spatial"]["method"]}, on {machine}.
The minutes are wall time, other work beside it included.{_lengths(facts)}

| stage | steps | time | seed | loss over the last steps |
|---|---|---|---|---|
{chr(10).join(rows)}
"""


def _lengths(facts: dict) -> str:
    if "pixels" not in facts:
        return ""
    shortest, longest = facts["pixels"]["lengths"]
    chunks = f"{shortest}" if shortest == longest else f"random lengths from {shortest} to {longest}"
    return f" Chunks in stage 3: {chunks} frames, and every fifth step single images."


def _results(result: dict) -> str:
    lines = [f"## {result['model']} on real footage it never saw", "",
             "51 frames at 256 x 256, posterior mean, mean over the clips. PSNR in dB by playback index;",
             "aligned: frames paired through the slot map; border: temporal step error at chunk borders over that",
             "elsewhere.", "",
             "| run | frames out | PSNR | SSIM | worst frame | aligned PSNR | border |", "|---" * 7 + "|"]
    for label, row in result["means"].items():
        lines.append(f"| {label} | {row['frames_out']:.0f} | {_n(row['psnr'])} | {_n(row['ssim'], 3)} | "
                     f"{_n(row['worst'])} | {_n(row['aligned_psnr'])} | {_n(row['border_ratio'], 2)} |")
    lines += ["", f"Encoding and decoding 51 frames at 17: {result['seconds']:.1f} s a clip on {result['machine']}."]
    lines += ["", "PSNR clip by clip:", "", *_by_clip(result["clips"]), "", _cost(result["clips"])]
    lines += ["", *(f"- {clip['name']}: {clip['source']}" for clip in result["clips"])]
    if result.get("soft"):
        lines += ["", "Not in the means: the same videos shrunk with a bilinear filter. The app's own (Lanczos) keeps",
                  "more detail, which is what a codec loses: compare figures from elsewhere with that in mind.", "",
                  *_by_clip(result["soft"])]
    if result["slots"]:
        lines += ["", "PSNR by place in the chunk (full chunks only), first to last frame:", ""]
        lines += [f"- {size}: {', '.join(_n(v) for v in values)}" for size, values in result["slots"].items()]
    return "\n".join([*lines, ""])


def _cost(clips: list[dict]) -> str:
    """What the temporal half costs at 17: the clips that lose least and most against 2D only."""
    costs = {clip["name"]: clip["variants"]["2D only"]["psnr"] - clip["variants"]["17"]["psnr"] for clip in clips}
    least, most = min(costs, key=costs.get), max(costs, key=costs.get)
    return (f"What is lost between 2D only and 17 is the temporal half's: from {costs[least]:.1f} dB ({least}) to "
            f"{costs[most]:.1f} dB ({most}).")


def _again(directory: Path) -> str:
    """How far two trainings from nothing ended from each other; "" if no second one was noted."""
    path = directory / "again.json"
    if not path.exists():
        return ""
    runs = json.loads(path.read_text(encoding="utf-8"))
    names = list(runs[0])
    gaps = {(name, clip): runs[1][name]["clips"][clip] - psnr
            for name in names for clip, psnr in runs[0][name]["clips"].items()}
    worst = max(gaps, key=lambda key: abs(gaps[key]))
    where = [f"{run[names[0]]['machine']} ({run[names[0]]['method'].rsplit(', ', 1)[-1]})" for run in runs]
    steps = " + ".join(f"{n:,}" for n in runs[0][names[0]]["steps"])
    rows = [[label, *(_n(run[name]["means"][label], 2) for name in names for run in runs)]
            for label in runs[0][names[0]]["means"]]
    return "\n".join([
        "## Trained twice from nothing", "",
        f"{steps} steps, the same seeds, on {' and on '.join(where)}.",
        "Mean PSNR in dB over the clips above; the largest difference at 17 on one clip is "
        f"{gaps[worst]:+.2f} dB ({worst[0]}, {worst[1]}).", "",
        f"| run | {' | '.join(f'{name} | again' for name in names)} |", "|---" * (2 * len(names) + 1) + "|",
        *(f"| {' | '.join(row)} |" for row in rows), ""])


def _by_clip(clips: list[dict]) -> list[str]:
    """A table of PSNR, a row a clip and a column a run."""
    labels = list(clips[0]["variants"])
    rows = [f"| {clip['name']} | {' | '.join(_n(clip['variants'][label]['psnr']) for label in labels)} |"
            for clip in clips]
    return [f"| clip | {' | '.join(labels)} |", "|---" * (len(labels) + 1) + "|", *rows]


def _n(value: float | None, digits: int = 1) -> str:
    return "" if value is None else f"{value:.{digits}f}"
