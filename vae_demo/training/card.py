"""The model card, assets/weights/README.md, written from the weights' own metadata and the saved evaluation."""

from __future__ import annotations

import json
from pathlib import Path

from vae_demo.models.spec import MODELS
from vae_demo.training.card_results import how_judged, results_of
from vae_demo.training.judged import STAGES, evaluation_of, facts_of, opened, precision_of
from vae_demo.training.second_run import again_section

_INTRO = """# The bundled models

Written by `python -m vae_demo.training evaluate`. Every number comes from the weights' own metadata, from that run, or
from the command named beside it.

Small causal video VAEs trained from scratch, so that the app runs without a GPU, a network or a licence to read.
They share the pipeline and the temporal class of Open-Sora 1.2, at a smaller size; they are not Open-Sora and
their pictures are softer. No picture or video made by anyone else was trained on.
"""

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
    results = [evaluation_of(directory, name) for name in judged]
    parts += [how_judged(results[0])] if results else []
    parts += [results_of(result) for result in results]
    parts += [again_section(directory), _LIMITS]
    path = directory / "README.md"
    path.write_text("\n".join(part for part in parts if part), encoding="utf-8")
    return path


def _architecture(directory: Path, name: str) -> str:
    metadata, sizes = opened(directory, name)
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
({precision_of(first)}; `python -m vae_demo.training ablation`):

| shortcut | steps | latent loss over the last steps |
|---|---|---|
{chr(10).join(rows)}
"""


def _data(directory: Path, name: str) -> str:
    return f"""## Data

Generated in the repository from one seed (`vae_demo/training/textures.py`, `scenes.py`, `motion.py`).
{facts_of(directory, name)["data"]}
"""


def _training(directory: Path, name: str) -> str:
    facts = facts_of(directory, name)
    rows = []
    for stage, number in STAGES.items():
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


