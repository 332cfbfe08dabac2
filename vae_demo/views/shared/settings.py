"""What a comparison on the page is asked to do, read from anybody's link: only what is known gets through.

The names are those of the address: ?clip=harbour&model=tiny-17&variants=17,16,17:16&start=0&frames=85&size=256
&crop=none&dtype=bfloat16&frame=16&selected=16&view=wipe&against=17&score=ssim&row=error&gain=8&shades=heat
&zoom=2,0.5,0.3. Another tab asks with the same names (window.vdOpenInExplore, explore/opening.js).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from vae_demo.clips import Limits
from vae_demo.layout.variant import DEFAULT_FRAMES, DEFAULT_VARIANTS, Variant, parse_variants
from vae_demo.models.spec import DTYPES, MODELS
from vae_demo.refusal import Refusal
from vae_demo.results.scores import SCORES

# Variants that a page runs at once; more is a job for the command line.
MOST_VARIANTS = 6
SIZES = (128, 192, 256, 320, 384, 512)
# A picture kept whole is named by its short side and this.
WHOLE_PICTURE = ":none"
LONGEST_TEXT = 200
# How a result may be looked at: as in pictures.js, see_bar.js, shades.js and zoom.js of explore/.
COMPARES = ("side", "wipe", "blink", "loupe")
ROWS = ("error", "delta")
GAINS = (1, 2, 4, 8, 16)
SHADES = ("grey", "heat")
ZOOMS = ("fit", "1", "2")

T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """The controls of the Explore tab, and where to rest once a result is there (None: where it shows most).

    look: how to look at it then, by the names of explore/see.js and `score`; what is not there stays as it is.
    """

    clip: str
    model: str = next(iter(MODELS))
    variants: tuple[Variant, ...] = DEFAULT_VARIANTS
    start: int = 0
    n_frames: int = DEFAULT_FRAMES
    size: str = "256"
    dtype: str = DTYPES[0]
    frame: int | None = None
    selected: str | None = None
    look: dict = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        return [variant.label for variant in self.variants]


def size_choice(size: int, crop: str) -> str:
    """A size as the menu knows it: 256, or 256:none for the whole picture."""
    return f"{size}{'' if crop == 'square' else WHOLE_PICTURE}"


def size_and_crop(choice: str) -> tuple[int, str]:
    """The short side in pixels and the crop. Raises Refusal for anything the menu does not offer."""
    text = str(choice)
    number = text.removesuffix(WHOLE_PICTURE)
    if number not in map(str, SIZES):
        raise Refusal("bad_call")
    return int(number), "none" if text.endswith(WHOLE_PICTURE) else "square"


def read_settings(asked: Mapping[str, Any], clips: Collection[str], first: str) -> Settings:
    """Settings from names and texts of unknown origin; whatever is missing or makes no sense is the default."""
    default = Settings(first)
    model = _read(asked, "model", _one_of(MODELS), default.model)
    variants = _read(asked, "variants", _variants, MODELS[model].default)
    selected = _read(asked, "selected", lambda text: Variant.read(text).label, None)
    return Settings(
        clip=_read(asked, "clip", _one_of(clips), default.clip),
        model=model,
        variants=variants,
        start=_read(asked, "start", _whole(0, 10_000_000), default.start),
        n_frames=_read(asked, "frames", _whole(1, Limits().max_frames), default.n_frames),
        size=size_choice(
            _read(asked, "size", _one_of_numbers(SIZES), 256), _read(asked, "crop", _one_of(("none",)), "square")),
        dtype=_read(asked, "dtype", _one_of(DTYPES), default.dtype),
        frame=_read(asked, "frame", _whole(0, 100_000), None),
        selected=selected if selected in [variant.label for variant in variants] else None,
        look=_look(asked, [variant.label for variant in variants]))


def _look(asked: Mapping[str, Any], labels: list[str]) -> dict:
    """The part of an address that says how to look at a result, each name where it makes sense."""
    found = {
        "compare": _read(asked, "view", _one_of(COMPARES), None),
        "against": _read(asked, "against", lambda text: Variant.read(text).label, None),
        "score": _read(asked, "score", _one_of(SCORES), None), "layer": _read(asked, "row", _one_of(ROWS), None),
        "gain": _read(asked, "gain", _one_of_numbers(GAINS), None),
        "shades": _read(asked, "shades", _one_of(SHADES), None), **_read(asked, "zoom", _zoom, {})}
    if found["against"] not in labels:
        found["against"] = None
    return {name: value for name, value in found.items() if value is not None}


def _zoom(text: str) -> dict:
    """How large, and what of the picture stands in the middle, 0..1: 2,0.5,0.3."""
    zoom, *middle = text.split(",")
    x, y = map(float, middle)
    if not (zoom in ZOOMS or 0 < float(zoom) < 1000) or not (0 <= x <= 1 and 0 <= y <= 1):
        raise ValueError(text)
    return {"zoom": zoom if zoom in ZOOMS else float(zoom), "x": x, "y": y}


def _read(asked: Mapping[str, Any], name: str, reader: Callable[[str], T], default: T) -> T:
    given = asked.get(name)
    if isinstance(given, list | tuple):
        given = ",".join(map(str, given))
    if given is None or len(str(given)) > LONGEST_TEXT:
        return default
    try:
        return reader(str(given).strip())
    except (ValueError, Refusal):
        return default


def _variants(text: str) -> tuple[Variant, ...]:
    return parse_variants(text, most=MOST_VARIANTS)


def _one_of(names: Collection[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(text)
        return text
    return read


def _one_of_numbers(numbers: Collection[int]) -> Callable[[str], int]:
    def read(text: str) -> int:
        if int(text) not in numbers:
            raise ValueError(text)
        return int(text)
    return read


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ValueError(text)
        return int(text)
    return read
