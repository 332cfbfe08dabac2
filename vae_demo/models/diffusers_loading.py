"""The network of a family of diffusers from files of its published layout, nothing taken on trust.

No from_pretrained: that fills what a file lacks with whatever lay in memory, takes a pickle where it finds one, and
asks the hub for what it misses.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from vae_demo.models.diffusers_calls import built_quickly, class_of, decoding, encoding, set_to
from vae_demo.models.diffusers_config import arguments, names_class
from vae_demo.models.diffusers_families import RECIPES, Recipe
from vae_demo.models.diffusers_published import PUBLISHED
from vae_demo.models.published import CONFIG, INDEX, files_in, refuse_pickles
from vae_demo.models.spec import ModelSpec
from vae_demo.models.strict import UNBUILDABLE, Shards, bad_config, check, copy, opened
from vae_demo.models.weights import SHOWN, unreadable
from vae_demo.refusal import Refusal, shown


def filled(spec: ModelSpec, path: Path) -> tuple[nn.Module, list[Path]]:
    """The network on the CPU in float32, everything in it from the safetensors files, and the files.

    path: a folder with a config.json, or a file beside one; where the family's class fits as it stands (recipe.bare),
    also a file alone. Raises Refusal.
    """
    recipe = RECIPES[spec.family]
    config, files, where = _layout(spec, recipe, path)
    given = arguments(config, recipe, spec.name) if config else {}
    with opened(files) as shards:
        if where is not None:
            _agree(where, shards)
        # First without any memory, so that nothing is made room for that the files do not hold.
        empty = _built(spec, recipe, given, config or path, "meta")
        check(empty, shards, spec.name)
        _counts(spec, recipe, empty, config or path)
        network = _built(spec, recipe, given, config or path, "cpu")
        copy(network, shards)
    return network, files


def outline(spec: ModelSpec, path: Path | None) -> nn.Module:
    """The network without any values, on the meta device: as the config.json at `path` says, see filled(), or None for
    the published one, of a model whose files are not here. No tensor is read, nothing is fetched. Raises Refusal."""
    recipe = RECIPES[spec.family]
    config = path and _layout(spec, recipe, path)[0]
    given = arguments(config, recipe, spec.name) if config else {} if path else PUBLISHED.get(spec.family, {})
    empty = _built(spec, recipe, given, config or path or Path(spec.name), "meta")
    if config:
        _counts(spec, recipe, empty, config)
    return empty.eval()


def _layout(spec: ModelSpec, recipe: Recipe, path: Path) -> tuple[Path | None, list[Path], dict[str, str] | None]:
    """config.json, the files with weights, and what the index says of them; None where there is none."""
    if path.is_dir():
        files, where = files_in(path, spec.name)
        if not (path / CONFIG).is_file():
            raise Refusal("no_config", file=path.name, model=spec.name)
        return path / CONFIG, files, where
    refuse_pickles([path], spec.name)
    if not path.is_file():
        raise unreadable(path)
    beside = path.parent / CONFIG
    # Beside a file that needs none there may be one of something else: repositories with many models have one on top.
    if beside.is_file() and (not recipe.bare or names_class(beside, recipe)):
        return beside, [path], None
    if not recipe.bare:
        raise Refusal("no_config", file=path.name, model=spec.name)
    return None, [path], None


def _agree(where: dict[str, str], shards: Shards) -> None:
    """Raise Refusal unless the index says of every tensor where it is: whoever goes by it would see another model."""
    held = {key: each.path.name for key, each in shards.held.items()}
    for key in sorted(where.keys() | held.keys()):
        if where.get(key) != held.get(key):
            raise Refusal("shard_disagrees", file=INDEX, name=shown(key, SHOWN), said=where.get(key, "-"),
                          found=held.get(key, "-"))


def _built(spec: ModelSpec, recipe: Recipe, given: dict[str, Any], path: Path, device: str) -> nn.Module:
    try:
        with built_quickly(), torch.device(device):
            return class_of(recipe)(**given)
    except UNBUILDABLE as error:
        raise _bad(spec, path, error) from error


def _counts(spec: ModelSpec, recipe: Recipe, empty: nn.Module, path: Path) -> None:
    """Raise Refusal where the network counts frames or pixels otherwise than the table of models, which every plan
    rests on; what a configuration says of itself is not asked.

    Latent channels are no part of it: nothing is planned from them, and a narrow network of the class may have fewer.
    """
    # An odd number of latents, which no family decodes as a special case.
    frames, factor = 1 + 2 * spec.rule.stride, spec.spatial_factor
    side = max(recipe.least_side, 2 * factor)
    try:
        with torch.inference_mode(), set_to(empty, recipe.always, recipe.reset):
            latents = encoding(empty, torch.zeros(1, 3, frames, side, side, device="meta"), None)()
            video = decoding(empty, recipe, latents)()
    except UNBUILDABLE as error:
        raise _bad(spec, path, error) from error
    if latents.shape[2:] != (3, side // factor, side // factor) or video.shape != (1, 3, frames, side, side):
        raise bad_config(spec, path, f"{frames} frames of {side} x {side} become latents of {_sides(latents)} and "
                                     f"frames of {_sides(video)}")


def _sides(value: torch.Tensor) -> str:
    return " x ".join(map(str, value.shape[2:]))


def _bad(spec: ModelSpec, path: Path, error: Exception) -> Refusal:
    return bad_config(spec, path, " ".join(str(error).split()) or type(error).__name__)
