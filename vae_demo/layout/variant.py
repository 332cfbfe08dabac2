"""What people type to say how a clip is cut, and its one grammar.

    variant = [model "@"] side [":" side] [":" join] [":fit"]
    side    = "own" | "whole" | N | N "/" STEP | "tile" N "/" STEP | "batch" N | "segment" N
    join    = "blend" | "drop" | "cache" | "average"

`own` is as the model ships, N a chunk that we make, N/STEP windows that we make and that overlap; `tileN/STEP`,
`batchN` and `segmentN` are a model's own knobs, in frames. Typed and linked with a colon; shown with an arrow between
two sides and with a blank before the rest. What a model takes of all this is its own matter (cuts.py). The browser's
twin is variants.js; both are tested on one table of examples.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from vae_demo.layout.text import MOST_TYPED, listed
from vae_demo.refusal import Refusal, shown

Kind = Literal["own", "whole", "chunk", "window", "tile", "batch", "segment"]
Join = Literal["blend", "drop", "cache", "average"]
JOINS: tuple[Join, ...] = ("blend", "drop", "cache", "average")
_SIDE = re.compile(r"(own|whole)|(tile|batch|segment)?(\d{1,6})(?:/(\d{1,6}))?", re.ASCII)
_MODEL = re.compile(r"[a-z0-9][a-z0-9._-]*", re.ASCII)
# Characters of one variant, looked at before anything else is: the patterns below cost time as the square of it.
LONGEST = 100
# A blank before a join or fit, as labels have it, is a colon.
_AFTER = re.compile(rf"\s+(?=(?:{'|'.join(JOINS)}|fit)\b)")


@dataclass(frozen=True)
class Cut:
    """How one side of a round trip is cut. size, step: frames; step only where windows or tiles overlap."""

    kind: Kind
    size: int | None = None
    step: int | None = None

    @classmethod
    def of(cls, size: int | None) -> Cut:
        """Chunks of `size` frames; None is `whole`, one chunk."""
        return cls("whole") if size is None else cls("chunk", size)

    @classmethod
    def read(cls, text: str) -> Cut:
        """What str() wrote. Raises Refusal."""
        return _read_side(text, text)

    @property
    def period(self) -> int | None:
        """Frames from one piece to the next, None where that is not said."""
        return self.step if self.kind in ("tile", "window") else self.size

    def __str__(self) -> str:
        if self.size is None:
            return self.kind
        word = "" if self.kind in ("chunk", "window") else self.kind
        return f"{word}{self.size}" + (f"/{self.step}" if self.step is not None else "")


@dataclass(frozen=True)
class Variant:
    """One way to cut a clip on encode and on decode; a plain number of frames, or None for `whole`, is a cut too.

    With `fit` only as many latents are decoded as a pipeline set to the decode size would ask for.
    """

    encode: Cut
    decode: Cut
    fit: bool = False
    join: Join | None = None
    model: str | None = None

    def __post_init__(self) -> None:
        for side in ("encode", "decode"):
            given = getattr(self, side)
            if not isinstance(given, Cut):
                object.__setattr__(self, side, Cut.of(given))

    @property
    def label(self) -> str:
        """What people read: 17, whole, 17→16, 17→16 fit, 17/13 drop."""
        sides = str(self.encode) if self.encode == self.decode else f"{self.encode}→{self.decode}"
        name = f"{self.model}@" if self.model else ""
        return name + sides + (f" {self.join}" if self.join else "") + (" fit" if self.fit else "")

    @property
    def spelling(self) -> str:
        """What people type, safe in a shell and in a URL: 17, whole, 17:16, 17:16:fit, 17/13:drop."""
        return self.label.replace("→", ":").replace(" ", ":")

    @classmethod
    def read(cls, text: str) -> Variant:
        """Any variant of the grammar, whether a model takes it or not. Raises Refusal."""
        if len(text) > LONGEST:
            _refuse("unreadable_variant", text)
        typed = _AFTER.sub(":", text.strip().lower().replace("->", ":").replace("→", ":"))
        model, at, rest = typed.rpartition("@")
        parts = [part.strip() for part in rest.split(":")]
        fit = parts[-1] == "fit" and bool(parts.pop())
        join = parts.pop() if parts and parts[-1] in JOINS else None
        if not 1 <= len(parts) <= 2 or (at and not _MODEL.fullmatch(model.strip())):
            _refuse("unreadable_variant", text)
        cuts = [_read_side(part, text) for part in parts]
        found = cls(cuts[0], cuts[-1], fit, join, model.strip() or None)
        _check(found, text)
        return found


DEFAULT_VARIANTS = (Variant(17, 17), Variant(16, 16), Variant(18, 18), Variant(17, 16))
DEFAULT_FRAMES = 85


def parse_variants(text: str, most: int | None = None) -> tuple[Variant, ...]:
    """Read a comma-separated list; a repeated variant counts once. Raises Refusal."""
    parts = listed(text)
    if most is not None and len(parts) > MOST_TYPED:
        raise Refusal("too_many_variants", count=len(parts), most=most)
    variants = tuple(dict.fromkeys(map(Variant.read, parts)))
    if not variants:
        raise Refusal("no_variant")
    if most is not None and len(variants) > most:
        raise Refusal("too_many_variants", count=len(variants), most=most)
    return variants


def _read_side(part: str, text: str) -> Cut:
    found = _SIDE.fullmatch(part)
    if not found:
        _refuse("unreadable_variant", text)
    word, knob, size, step = found.groups()
    if word:
        return Cut(word)
    # A tile needs its step, batches and segments have none.
    if knob and (knob == "tile") is (step is None):
        _refuse("unreadable_variant", text)
    if int(size) < 1 or (step is not None and int(step) < 1):
        _refuse("size_zero", text)
    if step is not None and int(step) > int(size) - (knob is None):
        _refuse("step_too_long", text)
    return Cut(knob or ("window" if step else "chunk"), int(size), int(step) if step else None)


def _check(variant: Variant, text: str) -> None:
    """What no model could mean. Raises Refusal."""
    kinds = {variant.encode.kind, variant.decode.kind}
    if variant.encode != variant.decode and "window" in kinds:
        _refuse("cuts_do_not_mix", text)
    if variant.join and not kinds <= {"chunk", "window"}:
        _refuse("nothing_to_join", text)
    if variant.fit and variant.encode == variant.decode:
        raise Refusal("fit_same")


def _refuse(case: str, text: str) -> NoReturn:
    raise Refusal(case, text=shown(text))
