"""All settings of a study, as a record and as a TOML file that says them again to the letter."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from vae_demo.layout.variant import DEFAULT_FRAMES, Variant, parse_variants
from vae_demo.models.spec import DEFAULT_MODEL, DEVICES, DTYPES, MODELS
from vae_demo.refusal import Refusal, shown
from vae_demo.results.scores import SCORES

PROTOCOL_TOML = "protocol.toml"
CROPS = ("square", "none")
# What a seam and a worst frame are told from; a study without them would be one of half its columns.
LEAST_SCORES = ("psnr", "temporal_step")
# Least and most of what is a number. Of threads a library makes as many as it is told to, and ends us where it cannot.
_BOUNDS = {"start": (0, 10**9 - 1), "frames": (1, None), "size": (1, None), "threads": (1, 1024)}
# How the file says what is None in the record.
_NOTHING = {"frames": "all", "seed": "mean", "threads": "auto", "reference": "own"}


@dataclass(frozen=True)
class Protocol:
    """clips      as typed: files, folders, patterns, or a CSV with start frames
    models     names of models/spec.py
    variants   spellings; `model@variant` is for that model alone
    reference  the variant that others are compared with; None takes the model's own cut, or the first one
    weights    by model, a file or folder instead of its own
    start, frames   of each clip, frames None takes all; a shorter clip is used whole
    size, crop      as in `compare`; sides end on multiples that all models take
    scores     names of results/scores.py
    seed       None takes posterior means, a number samples
    inspect    whether each variant is also looked at as `inspect` does, without its source
    threads    of one worker on a CPU; None takes what torch takes
    """

    clips: tuple[str, ...] = ()
    models: tuple[str, ...] = (DEFAULT_MODEL,)
    variants: tuple[str, ...] = ("17", "16", "18", "17:16", "whole")
    reference: str | None = None
    weights: Mapping[str, str] = field(default_factory=dict)
    start: int = 0
    frames: int | None = DEFAULT_FRAMES
    size: int = 256
    crop: str = "square"
    scores: tuple[str, ...] = tuple(SCORES)
    seed: int | None = None
    inspect: bool = True
    device: str = "auto"
    dtype: str = "auto"
    threads: int | None = None

    def __post_init__(self) -> None:
        """Raises Refusal for what no study could do."""
        _one_of("models", self.models, MODELS)
        _one_of("weights", self.weights, MODELS)
        _one_of("scores", self.scores, SCORES)
        for name, value, known in (("crop", self.crop, CROPS), ("device", self.device, DEVICES),
                                   ("dtype", self.dtype, DTYPES)):
            _one_of(name, (value,), known)
        for name, (least, most) in _BOUNDS.items():
            if (value := getattr(self, name)) is not None and value < least:
                raise Refusal("study_least", name=name, least=least, value=value)
            if value is not None and most is not None and value > most:
                raise Refusal("study_most", name=name, most=most, value=shown(value))
        if lacking := [name for name in LEAST_SCORES if name not in self.scores]:
            raise Refusal("study_scores", names=", ".join(lacking))
        spelled = tuple(each.spelling for each in parse_variants(",".join(self.variants)))
        object.__setattr__(self, "variants", spelled)
        object.__setattr__(self, "models", tuple(dict.fromkeys(self.models)))
        self._check_pairs()
        # In the order of the table, so that one choice has one spelling.
        object.__setattr__(self, "scores", tuple(name for name in SCORES if name in self.scores))
        if self.reference is not None:
            reference = Variant.read(self.reference).spelling
            if reference not in spelled:
                raise Refusal("study_reference", text=shown(self.reference), offered=", ".join(spelled))
            object.__setattr__(self, "reference", reference)

    def _check_pairs(self) -> None:
        """Raises Refusal where a model or a variant would be without the other, and nobody would be told."""
        if not self.models:
            raise Refusal("study_no_model", names=", ".join(MODELS))
        for each in map(Variant.read, self.variants):
            if each.model not in (None, *self.models):
                raise Refusal("study_whose", text=shown(each.spelling), names=", ".join(self.models))
        if lacking := [model for model in self.models if not self.variants_of(model)]:
            raise Refusal("study_no_variant", names=", ".join(lacking))

    def variants_of(self, model: str) -> tuple[Variant, ...]:
        """Those that are for `model`, without its name."""
        read = map(Variant.read, self.variants)
        return tuple(dict.fromkeys(replace(each, model=None) for each in read if each.model in (None, model)))

    def reference_of(self, model: str) -> str | None:
        """Spelling of the variant that this model's others are compared with; None where it has none at all."""
        offered = [each.spelling for each in self.variants_of(model)]
        wanted = (self.reference and self.reference.rpartition("@")[2], MODELS[model].own.spelling)
        return next((each for each in wanted if each in offered), offered[0] if offered else None)

    def to_toml(self) -> str:
        """The file: every setting, also those nobody asked for."""
        lines = ["# Settings of a study, all of them; give this file to --protocol to run it again."]
        lines += [f"{name} = {_toml(value)}" for name, value in self._flat().items()]
        if self.weights:
            lines += ["", "[weights]", *(f"{_toml(name)} = {_toml(path)}" for name, path in self.weights.items())]
        return "\n".join(lines) + "\n"

    def to_json(self) -> dict[str, Any]:
        return {**{name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()},
                "weights": dict(self.weights)}

    def _flat(self) -> dict[str, Any]:
        """As TOML has it, which has no null."""
        return {each.name: _NOTHING[each.name] if (value := getattr(self, each.name)) is None else value
                for each in fields(self) if each.name != "weights"}

    @classmethod
    def read(cls, path: Path) -> Protocol:
        """What to_toml wrote, or somebody by hand; what is not said is as by default. Raises Refusal."""
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise Refusal("study_no_file", name=path.name, reason=error.strerror or "unknown reason") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Refusal("study_toml", name=path.name, reason=shown(error, 120)) from error
        return cls(**{name: _setting(name, value) for name, value in found.items()})


_LISTS = ("clips", "models", "variants", "scores")
_NUMBERS = ("start", "frames", "size", "seed", "threads")


def _setting(name: str, value: Any) -> Any:
    """A value of the file as the record has it. Raises Refusal."""
    if name not in Protocol.__dataclass_fields__:
        raise Refusal("study_unknown", name=shown(name), names=", ".join(Protocol.__dataclass_fields__))
    if _NOTHING.get(name) == value:
        return None
    if name in _LISTS:
        good = isinstance(value, list) and all(isinstance(each, str) for each in value)
    elif name == "weights":
        good = isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    elif name in _NUMBERS:
        good = isinstance(value, int) and not isinstance(value, bool)
    else:
        good = isinstance(value, bool if name == "inspect" else str)
    if not good:
        raise Refusal("study_setting", name=name, value=shown(value))
    return tuple(value) if name in _LISTS else value


def _one_of(name: str, values: Any, known: Any) -> None:
    for value in values:
        if value not in known:
            raise Refusal("study_choice", name=name, value=shown(value), names=", ".join(known))


def _toml(value: Any) -> str:
    """A text of JSON is one of TOML but for the one control character that JSON leaves as it is."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
