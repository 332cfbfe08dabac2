"""families.json as records: a family has one or more settings, and a setting is one measured row."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from typing import Any

from vae_demo.families.tables import Table, chunk_table
from vae_demo.layout.rule import FrameRule


@dataclass(frozen=True)
class Setting:
    """One way to run a family.

    table      its frame counts, see tables.py
    measured   the lengths that were run, as text: 1-34, 51, 68
    takes, wrong, cut, mode   what it takes, what happens to other lengths, how it is cut in time, what tells
               settings of a family apart: keys of words/families.json (mode None: there is only one)
    exact      whether pieces equal the whole: yes, no, encode (there only), prefix (always runs in pieces; a longer
               clip starts with the same latents), none (not cut) or unknown (not measured)
    rule, chunk   where it works in groups: which frame sits in which slot, and the chunk size, None for whole
    per_latent    gives one frame per latent, by design
    """

    family: str
    key: str
    table: Table
    measured: str
    takes: str
    wrong: str
    cut: str
    exact: str
    mode: str | None
    stride: int
    spatial: int
    channels: int
    rule: FrameRule | None = None
    chunk: int | None = None
    per_latent: bool = False

    @property
    def name(self) -> str:
        """The name on the command line and in an address."""
        return f"{self.family}/{self.key}"

    @cached_property
    def lengths(self) -> frozenset[int]:
        """The lengths that were run."""
        return frozenset(length for part in self.measured.split(", ") if part for length in _span(part))


@dataclass(frozen=True)
class Family:
    """A VAE with its source: repository, file or folder, version (a tag or a commit).

    any_chunk   its chunk size is free; the settings are only the sizes that were measured
    pipeline    key of the note on what a pipeline does to a count before the VAE sees it; pipeline_counts: the
                counts its diffusion model is set up for, where they are few
    """

    key: str
    name: str
    stride: int
    spatial: int
    channels: int
    licence: str | None
    licence_note: str | None
    repo: str
    file: str
    version: str
    settings: tuple[Setting, ...]
    any_chunk: bool = False
    pipeline: str | None = None
    pipeline_counts: tuple[int, ...] = ()

    @property
    def source_url(self) -> str:
        kind = "blob" if self.file.endswith(".py") else "tree"
        return f"https://github.com/{self.repo}/{kind}/{self.version}/{self.file}"


def _span(part: str) -> range:
    first, _, last = part.partition("-")
    return range(int(first), int(last or first) + 1)


def _setting(entry: dict[str, Any]) -> Setting:
    return Setting(**{**entry, "rule": FrameRule(**entry["rule"]) if "rule" in entry else None})


def _family(entry: dict[str, Any]) -> Family:
    own = {name: value for name, value in entry.items() if name != "modes"}
    factors = {name: own[name] for name in ("stride", "spatial", "channels")}
    settings = tuple(_setting({"family": own["key"], **factors, **mode}) for mode in entry["modes"])
    own["pipeline_counts"] = tuple(own.get("pipeline_counts", ()))
    return Family(**own, settings=settings)


def raw() -> dict[str, Any]:
    """families.json as it is written; for the page, which reads it in the browser."""
    return json.loads(files(__package__).joinpath("families.json").read_text(encoding="utf-8"))


FAMILIES: dict[str, Family] = {entry["key"]: _family(entry) for entry in raw()["families"]}
SETTINGS: dict[str, Setting] = {setting.name: setting for family in FAMILIES.values() for setting in family.settings}


def find(name: str) -> Setting | None:
    """A setting by name: mochi, cosmos/time-4, or open-sora-1.2/21 where the chunk size is free; None if unknown."""
    key, _, wanted = name.partition("/")
    family = FAMILIES.get(key)
    if family is None or name in SETTINGS:
        return SETTINGS.get(name)
    first = family.settings[0]
    if not wanted:
        return first
    if not (family.any_chunk and re.fullmatch(r"[1-9]\d{0,4}", wanted)):
        return None
    size = int(wanted)
    return replace(first, key=wanted, measured="", chunk=size, table=chunk_table(first.rule, size))
