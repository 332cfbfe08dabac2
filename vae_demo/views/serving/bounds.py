"""How much of everything one server gives: work of a run, waiting runs, time, disk. A Space sets them by name.

Every field can be set in the environment as VAE_DEMO_ and its name in capitals, for example VAE_DEMO_GRACE_S=60.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from vae_demo.clips.geometry import fit
from vae_demo.refusal import Refusal

PREFIX = "VAE_DEMO_"


@dataclass(frozen=True)
class Bounds:
    """What is given at most.

    max_megapixels        pixels of one run in millions: frames x height x width x variants (or sizes)
    run_s                 seconds one run may compute
    unheard_s             seconds a run goes on while nobody listens
    waiting               runs that may wait at once, of all visitors
    waiting_per_visit     runs of one visit that may wait or work at once
    waiting_per_address   runs of one network address that may wait or work at once; only where the address is known
    trust_forwarded       whether a proxy in front writes X-Forwarded-For; without one anybody could write it
    grace_s               seconds a visit is kept without a sign of its page
    max_disk_bytes        everything kept for visitors; the oldest results go first
    min_free_bytes        disk space that stays free whatever happens
    compile               whether models run as compiled graphs (models/compiled.py): for a server that stays up; the
                          first model is compiled before the page opens, another one in its first run; left
                          out where a card is lent
    """

    max_megapixels: float = 700.0
    run_s: float = 900.0
    unheard_s: float = 25.0
    waiting: int = 16
    waiting_per_visit: int = 2
    waiting_per_address: int = 20
    trust_forwarded: bool = False
    grace_s: float = 900.0
    max_disk_bytes: int = 8_000_000_000
    min_free_bytes: int = 500_000_000
    compile: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Bounds:
        """The defaults, and what the environment says instead. Raises ValueError for what is no number of its kind."""
        given = {}
        for field in fields(cls):
            text = environment.get(f"{PREFIX}{field.name.upper()}")
            if text is not None:
                given[field.name] = _read(field.name, text, type(field.default))
        return cls(**given)


def check_work(shown: tuple[int, int], frames: int, size: int, crop: str, count: int, bounds: Bounds) -> None:
    """Refuse a run that would take too long. Raises Refusal, which says what would fit.

    shown: width and height of the file as it is shown, pixels; size: short side asked for; count: variants or sizes.
    """
    width, height = fit(shown, size, crop).out
    per_frame = width * height * count / 1e6
    if frames * per_frame > bounds.max_megapixels:
        fits = int(bounds.max_megapixels / per_frame)
        raise Refusal("too_much_work", n=fits, frames=frames, width=width, height=height, count=count,
                      asked=round(frames * per_frame), most=f"{bounds.max_megapixels:g}")


def _read(name: str, text: str, kind: type) -> float | int | bool:
    words: Sequence[str] = ("0", "1", "false", "true", "no", "yes")
    try:
        if kind is bool:
            return bool(words.index(text.strip().lower()) % 2)
        value = kind(float(text))
    except (ValueError, OverflowError):
        raise ValueError(f"{PREFIX}{name.upper()} must be {'0 or 1' if kind is bool else 'a number'}, got {text!r}") \
            from None
    if value < 0:
        raise ValueError(f"{PREFIX}{name.upper()} must not be negative, got {text!r}")
    return value
