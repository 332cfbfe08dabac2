"""The model card, assets/weights/README.md, written from the weights' own metadata and the saved evaluation."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path

from safetensors import safe_open

from vae_demo.frames import plan
from vae_demo.models.spec import MODELS
from vae_demo.records import Variant
from vae_demo.training.footage import FRAMES

_INTRO = """# The bundled models

Written by `python -m vae_demo.training evaluate`. Every number comes from the weights' own metadata, from that run, or
from the command named beside it.

Small causal video VAEs trained from scratch, so that the app runs without a GPU, a network or a licence to read.
They share the pipeline and the temporal class of Open-Sora 1.2, at a smaller size; they are not Open-Sora and
their pictures are softer. No picture or video made by anyone else was trained on.
"""

_STAGES = {"spatial": 1, "temporal": 2, "pixels": 3}

_LIMITS = """## Limits, in plain words

- Fine texture is softened: hair, wood grain and small print lose detail already in the spatial half (2D only).
- Four frames share one latent. Fast motion smears inside a group, and sharpness pulses every four frames.
- "PSNR" of a layout clash compares playback index with index, which is what a viewer sees; aligned, the frames that
  do come back are much better than that number. The rest is timing, lost frames and pad slots shown as pictures.
- The training clips are not photographs. Skin, foliage and text in the wild lie outside what the models saw.
- Judged on few clips: three pieces of two videos and five photographs under a moving camera. A difference that two
  trainings from the same seeds show as well (see above) means nothing.
"""

def write_card(directory: Path) -> Path:
    """Write directory/README.md for every bundled model whose weights lie there."""
    parts = [_INTRO]
    found = [spec.name for spec in MODELS.values() if spec.bundled and (directory / spec.weights).exists()]
    parts += [_architecture(directory, found[0]), _shortcut(directory)] if found else []
    parts += [_data(directory, found[0])] if found else []
    parts += [_training(directory, name) for name in found]
    judged = [name for name in found if (directory / f"{name}.evaluation.json").exists()]
    results = [_evaluation(directory, name) for name in judged]
    parts += [_how_judged(results[0])] if results else []
    parts += [_results(result) for result in results]
    parts += [_again(directory), _LIMITS]
    path = directory / "README.md"
    path.write_text("\n".join(part for part in parts if part), encoding="utf-8")
    return path


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
    facts, result = _facts(directory, name), _evaluation(directory, name)
    stages = [facts[stage] for stage in _STAGES if stage in facts]
    return {"weights": hashlib.sha256((directory / MODELS[name].weights).read_bytes()).hexdigest()[:16],
            "machine": facts["machine"], "method": facts["spatial"]["method"],
            "steps": [stage["steps"] for stage in stages], "seeds": [stage["seed"] for stage in stages],
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

{sum(sizes.values()):,} parameters in fp16, computed in fp32 on a CPU; {_others(sizes):,} of them scale latents
between the two halves. Pixels are RGB, -1..1.

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


def _others(sizes: dict[str, int]) -> int:
    return sum(n for key, n in sizes.items() if not key.startswith(("spatial_vae", "temporal_vae")))


def _shortcut(directory: Path) -> str:
    """What `ablation` found: the last losses of two runs that differ in the shortcut alone."""
    path = directory / "shortcut.json"
    if not path.exists():
        return ""
    runs = json.loads(path.read_text(encoding="utf-8"))
    rows = [f"| {key} | {run['steps']:,} | {run['losses']['latents']:.4f} |"
            for key, run in runs.items()]
    first = next(iter(runs.values()))
    return f"""### With and without the shortcut

The beginning of stage 2 alone, same data, seed and steps, on {first.get("machine", "a CPU")}
({_precision(first)}; `python -m vae_demo.training ablation`):

| shortcut | steps | latent loss over the last steps |
|---|---|---|
{chr(10).join(rows)}
"""


def _precision(run: dict) -> str:
    return run["method"].rsplit(", ", 1)[-1]


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
The minutes are wall time, other work beside it included.{_lengths(facts)} Losses stand as they are summed: in stage 3
stills count half and latents a tenth.

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


def _how_judged(result: dict) -> str:
    """What the tables mean and the clips behind them, once for all models."""
    return "\n".join(["""## How they are judged

51 frames at 256 x 256 of real footage they never saw, posterior mean, through the app's own comparison.

- **2D only**: the spatial half alone, without compression in time; the temporal half can hardly do better.
- **16**: encoded and decoded in chunks of 16. **17→16**: encoded in 17s, the latents read as 16s, a layout clash;
  **fit**: only as many latents as 51 frames in 16s have. **whole**: all frames as one chunk.
- **chunks**: the frames each decoded chunk gives. A last chunk that is not 1 + 4k long opens as 16 does, which is what
  13 and 18 suffer from here; `whole` opens with three frames, since 51 = 3 + 4·12.
- **PSNR**, **SSIM**: by playback index, mean over the clips; **aligned**: by the source frame a frame shows.
- **border**: mean temporal step error at chunk borders over the mean elsewhere (the app's seam score takes medians).

The clips:
""", *(f"- `{clip['name']}`: {clip['source']}" for clip in result["clips"]), ""])


def _results(result: dict) -> str:
    lines = [f"## {result['model']} on real footage it never saw", "",
             "| run | chunks | frames out | PSNR | SSIM | worst frame | aligned PSNR | border |", "|---" * 8 + "|"]
    for label, row in result["means"].items():
        lines.append(f"| {label} | {_chunks(label)} | {row['frames_out']:.0f} | {_n(row['psnr'])} | "
                     f"{_n(row['ssim'], 3)} | {_n(row['worst'])} | {_n(row['aligned_psnr'])} | "
                     f"{_n(row['border_ratio'], 2)} |")
    lines += ["", f"Encoding and decoding 51 frames at 17: {result['seconds']:.1f} s a clip on {result['machine']}."]
    lines += ["", "PSNR clip by clip:", "", *_by_clip(result["clips"]), "", _cost(result["clips"])]
    if result.get("soft"):
        lines += ["", "Not in the means: the same videos shrunk with a bilinear filter. The app's own (Lanczos) keeps",
                  "more detail, which is what a codec loses: compare figures from elsewhere with that in mind.", "",
                  *_by_clip(result["soft"])]
    if result["slots"]:
        lines += ["", "PSNR by place in the chunk (full chunks only), first to last frame:", ""]
        lines += [f"- {size}: {', '.join(_n(v) for v in values)}" for size, values in result["slots"].items()]
    return "\n".join([*lines, ""])


def _chunks(label: str) -> str:
    """Frames of every decoded chunk, as in 17+17+17; "" for a run without chunks."""
    if label == "2D only":
        return ""
    variant = Variant.parse(label)
    each = plan(FRAMES, variant.encode, variant.decode, fit=variant.fit)
    return "+".join(str(chunk.stop - chunk.start) for chunk in each.decode_chunks)


def _cost(clips: list[dict]) -> str:
    """What the temporal half costs at 17: the clips that lose least and most against 2D only."""
    costs = {clip["name"]: clip["variants"]["2D only"]["psnr"] - clip["variants"]["17"]["psnr"] for clip in clips}
    least, most = min(costs, key=costs.get), max(costs, key=costs.get)
    return (f"What is lost between 2D only and 17 is the temporal half's: from {costs[least]:.1f} dB (`{least}`) to "
            f"{costs[most]:.1f} dB (`{most}`).")


def _again(directory: Path) -> str:
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
    where = [f"{run[names[0]]['machine']} ({_precision(run[names[0]])})" for run in runs]
    steps = " + ".join(f"{n:,}" for n in runs[0][names[0]]["steps"])
    rows = [[label, *(_n(run[name]["means"][label], 2) for name in names for run in runs)]
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


def _by_clip(clips: list[dict]) -> list[str]:
    """A table of PSNR, a row a clip and a column a run."""
    labels = list(clips[0]["variants"])
    rows = [f"| {clip['name']} | {' | '.join(_n(clip['variants'][label]['psnr']) for label in labels)} |"
            for clip in clips]
    return [f"| clip | {' | '.join(labels)} |", "|---" * (len(labels) + 1) + "|", *rows]


def _n(value: float | None, digits: int = 1) -> str:
    return "" if value is None else f"{value:.{digits}f}"
