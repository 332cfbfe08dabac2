"""Units of a study one after the other, in this process: what runs where one machine is enough."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from vae_demo import scratch
from vae_demo.models.loading import load_model
from vae_demo.models.model import VideoModel
from vae_demo.refusal import Refusal
from vae_demo.studies.clip_list import digest_of
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.rows import Failure
from vae_demo.studies.scoring import Read, Scored, as_refusal, maker_of, read, score
from vae_demo.studies.task import Maker, Settings, Unit


@dataclass(frozen=True)
class Ready:
    """Somebody holds a model and can begin."""

    maker: Maker


@dataclass(frozen=True)
class Through:
    """Nothing more will come of a unit."""

    unit: Unit


@dataclass(frozen=True)
class Told:
    """Something that whoever watches should know: a key of words/ and what stands in it."""

    case: str
    params: dict


Result = Ready | Scored | Failure | Through | Told


class Missing(typing.Protocol):
    """Which variants of a unit a maker still has to compute."""

    def __call__(self, unit: Unit, maker: Maker) -> Unit: ...

    def by_somebody(self, unit: Unit) -> bool:
        """Whether all of them are kept, whoever has computed them."""
        ...


def loaded(protocol: Protocol, name: str, device: str | None = None) -> VideoModel:
    """A model of the study. Raises Refusal."""
    return load_model(name, device or protocol.device, protocol.dtype, protocol.weights.get(name))


def in_turn(protocol: Protocol, settings: Settings, units: Sequence[Unit], missing: Missing) -> Iterator[Result]:
    """Results of all units, in order. Raises Refusal where a model cannot be loaded."""
    if protocol.threads is not None:
        torch.set_num_threads(protocol.threads)
    models = {name: loaded(protocol, name) for name in dict.fromkeys(unit.model for unit in units)}
    makers = {name: maker_of(model) for name, model in models.items()}
    yield from map(Ready, makers.values())
    reader = _Reader(settings, protocol.models)
    with scratch.work_folder("study") as work:
        for unit in units:
            left = missing(unit, makers[unit.model])
            if left.variants:
                yield from _results(reader.read(left), left, settings, models[unit.model], makers[unit.model], work)
            yield Through(unit)
        reader.close()


def _results(
    found: Read | Failure, unit: Unit, settings: Settings, model: VideoModel, maker: Maker, work: Path
) -> Iterator[Result]:
    if isinstance(found, Failure):
        yield found
    else:
        yield from score(found, unit, settings, model, maker, work)


class _Reader:
    """Keeps the clip that was read last: the next model wants it, too."""

    def __init__(self, settings: Settings, models: Sequence[str]) -> None:
        self._settings, self._models = settings, models
        self._content: tuple[str, int] | None = None
        self._found: Read | Failure | None = None

    def read(self, unit: Unit) -> Read | Failure:
        if self._content != unit.content or self._found is None:
            self.close()
            self._found, self._content = read_or_say(unit, self._settings, self._models), unit.content
        return self._found

    def close(self) -> None:
        if isinstance(self._found, Read):
            self._found.clip.close()


def read_or_say(unit: Unit, settings: Settings, models: Sequence[str], path: Path | None = None) -> Read | Failure:
    """The clip, or why it cannot be read, which holds for every model. path: of a copy of it, which stays as it is."""
    try:
        found = read(path or Path(unit.path), unit.content[1], settings, models)
        if path is None and digest_of(unit.path) != unit.content[0]:
            found.clip.close()
            raise Refusal("study_changed", name=unit.name)
        return found
    except Exception as error:
        return Failure.of(as_refusal(error), unit.name)
