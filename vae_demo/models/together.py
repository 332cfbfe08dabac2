"""What a VideoModel (model.py) may offer besides: several plans of one clip through time at once.

A sweep asks for it. The numbers are those of one plan after the other; only the time is another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from vae_demo.layout.plan import Plan
from vae_demo.models.model import Sink, Steps


@runtime_checkable
class Together(Protocol):
    def at_once(self, prepared: Any, plans: Sequence[Plan]) -> int:
        """How many of these plans, the first ones, gain from going together and have room; at least 1."""

    def encode_all(self, prepared: Any, plans: Sequence[Plan]) -> Steps[Sequence[Any]]:
        """Latents of each plan, as VideoModel.encode gives them."""

    def decode_time(self, latents: Sequence[Any], plans: Sequence[Plan]) -> Steps[Sequence[Any]]:
        """All stages of decoding but the last, of each plan: what decode_frames goes on with."""

    def decode_frames(self, decoded: Any, sink: Sink) -> Steps[None]:
        """The last stage of one plan: its frames into `sink`."""


def at_once(model: Any, prepared: Any, plans: Sequence[Plan]) -> int:
    """The same of any model: 1 where it takes one plan after the other."""
    return model.at_once(prepared, plans) if isinstance(model, Together) else 1
