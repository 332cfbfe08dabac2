"""What a study gives: two kinds of rows, and a list of what failed. The columns stand here, once.

A row is a mapping with every name of its columns; None where nothing can be said, never NaN. `kind` says what computed
it: rows of one kind are equal to the digit whoever runs them again, and rows of two kinds are never paired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from vae_demo.refusal import Refusal
from vae_demo.results.scores import SCORES
from vae_demo.studies.protocol import Protocol
from vae_demo.words import say

Dtype = Literal["string", "int64", "float64", "bool"]
Row = Mapping[str, Any]
UNITS = {"psnr": "dB", "ssim": "", "l1": "8-bit units", "temporal_step": "8-bit units"}


@dataclass(frozen=True)
class Column:
    """unit: as it is written after a number, "" where there is none."""

    name: str
    dtype: Dtype
    unit: str = ""

    def meaning(self, lang: str = "en") -> str:
        """What it is, in one sentence."""
        return say(lang, f"study_column_{self.name}")


# What a row is of. A clip's name is unique within a study; kind is what computed it, as text.
KEY = (Column("clip", "string"), Column("model", "string"), Column("variant", "string"), Column("kind", "string"))
_ABOUT = (
    Column("start", "int64", "frames"), Column("fps", "float64", "1/s"), Column("width", "int64", "px"),
    Column("height", "int64", "px"), Column("frames_read", "int64", "frames"), Column("frames", "int64", "frames"),
    Column("frames_out", "int64", "frames"), Column("latents", "int64"), Column("pads_shown", "int64", "frames"),
    Column("frames_lost", "int64", "frames"), Column("clash", "bool"))
_SEAM = (
    Column("seam", "float64"), Column("seam_p", "float64"), Column("seam_borders", "int64"),
    Column("seam_reason", "string"))
_INSPECT = (
    Column("inspect_period", "int64", "frames"), Column("inspect_first", "int64", "frames"),
    Column("inspect_kind", "string"), Column("inspect_signal", "string"), Column("inspect_p", "float64"),
    Column("inspect_sure", "bool"), Column("source_period", "int64", "frames"))
_MADE_BY = (
    Column("device", "string"), Column("dtype", "string"), Column("threads", "int64"), Column("halved", "string"),
    Column("weights", "string"), Column("weights_sha256", "string"), Column("file_sha256", "string"),
    Column("clip_sha256", "string"), Column("task", "string"))


def variant_columns(scores: Sequence[str] = tuple(SCORES), inspect: bool = True) -> tuple[Column, ...]:
    """Of the rows of one clip, model, variant and kind.

    Scores are means: `psnr` of output frame i against source frame i, as a viewer sees it, `psnr_aligned` of the source
    frames that come back, each against where it is shown first.
    """
    return (*KEY, *_ABOUT, *_scored(scores), Column("psnr_worst", "float64", "dB"),
            Column("psnr_worst_frame", "int64", "frames"), *_SEAM, *(_INSPECT if inspect else ()), *_MADE_BY)


def frame_columns(scores: Sequence[str] = tuple(SCORES)) -> tuple[Column, ...]:
    """Of the rows of one clip, model, variant, kind and frame: as many as go in or come out, whichever is more.

    `psnr` is of output frame `frame` against source frame `frame`, `psnr_aligned` of source frame `frame`.
    """
    return (*KEY, Column("frame", "int64", "frames"), Column("slot", "int64", "frames"), Column("border", "bool"),
            *_scored(scores))


def _scored(scores: Sequence[str]) -> tuple[Column, ...]:
    return (*(Column(name, "float64", UNITS[name]) for name in scores),
            *(Column(f"{name}_aligned", "float64", UNITS[name]) for name in scores))


@dataclass(frozen=True)
class Failure:
    """What has no rows, and why. clip, model, variant: None where it holds for all of them.

    case, params: of a Refusal; its sentence says what is wrong.
    """

    clip: str | None
    model: str | None
    variant: str | None
    case: str
    params: Mapping[str, Any]

    @classmethod
    def of(
        cls, error: Refusal, clip: str | None = None, model: str | None = None, variant: str | None = None
    ) -> Failure:
        return cls(clip, model, variant, error.case, error.params)

    def sentence(self, lang: str = "en") -> str:
        return say(lang, f"error_{self.case}", **self.params)

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "params": dict(self.params), "sentence": self.sentence()}


@dataclass(frozen=True)
class Study:
    """A study as far as it is.

    variants, frames   sorted by clip, then model and variant in the order of the protocol, then kind, then frame;
                       frames are read from disk while somebody asks for them, and can be asked for again
    failures           sorted likewise
    missing            tasks (clip, model, variant) that have neither rows nor a failure yet, where it was stopped
    made_by            by kind, what computed its rows: device, threads, number format, versions
    """

    protocol: Protocol
    variants: tuple[Row, ...]
    frames: Iterable[Row]
    failures: tuple[Failure, ...] = ()
    missing: int = 0
    made_by: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def clips(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row["clip"] for row in self.variants))

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted({row["kind"] for row in self.variants}))
