"""config.json of a video VAE of diffusers, read by us: the class must be the family's, every value within bounds.

diffusers' own reader takes any class, drops names it does not know with a warning, and builds whatever it is told.
"""

from __future__ import annotations

import inspect
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from vae_demo.models.diffusers_calls import class_of
from vae_demo.models.diffusers_families import Recipe
from vae_demo.models.published import MOST_CONFIG, read_object
from vae_demo.refusal import Refusal, shown

# Whole numbers up to: of channels and picture sides, and by these names of layers, factors and the like.
MOST, MOST_FEW = 4096, 64
FEW = re.compile("layers|blocks|mult|factor|patch|ratio")
MOST_FLOAT = 1e6
# Items of a list: of what makes the network, and of statistics, one for each latent channel.
MOST_ITEMS, MOST_STATISTICS = 32, 1024
MOST_TEXT = 80


def arguments(path: Path, recipe: Recipe, model: str) -> dict[str, Any]:
    """Arguments of the class that a config.json gives. model: its name, for whoever is told. Raises Refusal."""
    said = read_object(path, MOST_CONFIG)
    if said.get("_class_name") != recipe.class_name:
        raise Refusal("config_class", file=path.name, found=shown(said.get("_class_name", "-")), model=model,
                      wanted=recipe.class_name)
    known = inspect.signature(class_of(recipe)).parameters
    # Names with a line in front are notes of whoever saved it.
    given = {name: value for name, value in said.items() if not name.startswith("_") and name not in recipe.unread}
    for name, value in given.items():
        if name not in known:
            raise Refusal("config_unknown", file=path.name, name=shown(name), wanted=recipe.class_name)
        if not _fits(name, value, known[name]):
            raise Refusal("config_value", file=path.name, name=name, value=shown(value))
    return given


def names_class(path: Path, recipe: Recipe) -> bool:
    """Whether a config.json is of the family's class."""
    with suppress(Refusal):
        return read_object(path, MOST_CONFIG).get("_class_name") == recipe.class_name
    return False


def _fits(name: str, value: Any, parameter: inspect.Parameter) -> bool:
    """Whether a value is of a kind that the class's own signature says, and not beyond reason."""
    said = str(parameter.annotation)
    kinds, lists = set(re.findall(r"\b(bool|int|float|str)\b", said)), re.search(r"\b(tuple|list)\b", said)
    if isinstance(parameter.default, bool):  # force_upcast: float = True
        kinds.add("bool")
    if value is None:
        return parameter.default is None or "None" in said
    if not isinstance(value, list):
        return not lists and _fits_one(name, value, kinds)
    most = MOST_STATISTICS if kinds == {"float"} else MOST_ITEMS
    return lists is not None and len(value) <= most and all(_fits_one(name, each, kinds) for each in value)


def _fits_one(name: str, value: Any, kinds: set[str]) -> bool:
    if isinstance(value, bool):
        return "bool" in kinds
    if isinstance(value, int) and kinds & {"int", "float"}:
        return 0 <= value <= (MOST_FEW if FEW.search(name) else MOST)
    if isinstance(value, float):
        return "float" in kinds and abs(value) <= MOST_FLOAT
    return isinstance(value, str) and "str" in kinds and len(value) <= MOST_TEXT
