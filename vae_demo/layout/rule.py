"""How one chunk of frames becomes latents: the rule of a model, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from vae_demo.refusal import Refusal

First = Literal["fill", "alone", "parity", "paired"]
Tail = Literal["keep", "drop", "refuse"]


@dataclass(frozen=True)
class FrameRule:
    """How one chunk of L frames becomes latents.

    first   "fill"   pads on the left fill the first group up to a multiple (Open-Sora 1.2)
            "alone"  the first frame always sits alone behind stride-1 pads: 1 + sk (Wan, Hunyuan)
            "parity" pads fill the first group as with "fill"; decoded, an odd number of latents opens with one frame
                     and an even number with a whole group (CogVideoX)
            "paired" an odd number of latents as with "alone"; an even number has no pads in front, its groups are
                     full from the first frame on, and pads behind the last frame fill the last (TAEHV for CogVideoX)
    tail    what happens to frames that fill no whole group: "keep" ("fill" and "parity"),
            "drop" (cut in silence) or "refuse" (an error)
    """

    stride: int = 4
    first: First = "fill"
    tail: Tail = "keep"

    def __post_init__(self) -> None:
        if self.stride < 1:
            raise ValueError(f"stride must be at least 1, got {self.stride}")
        if self.first not in get_args(First) or self.tail not in get_args(Tail):
            raise ValueError(f"no rule: {self.first}, {self.tail}")
        if (self.first in ("fill", "parity")) != (self.tail == "keep"):
            raise ValueError(f'tail="keep" belongs to "fill" and "parity", got {self.first}, {self.tail}')

    def pads(self, length: int) -> int:
        """Pad slots in front of `length` frames."""
        if self.first == "paired":
            return self.crop(length, -(-length // self.stride))
        return self.stride - 1 if self.first == "alone" else -length % self.stride

    def crop(self, length: int, latents: int) -> int:
        """Slots cut from the left when a chunk of `latents` latents is decoded as `length` frames (it may be <= 0)."""
        if self.first == "fill":
            return -length % self.stride
        return 0 if self.first != "alone" and latents % 2 == 0 else self.stride - 1

    def used(self, length: int) -> int:
        """How many of `length` frames reach a latent (the rest is the dropped tail).

        Raises Refusal where the rule refuses the length.
        """
        if self.tail == "keep" or not self.pads(length):
            return length
        surplus = (length - 1) % self.stride
        used = length - surplus
        if surplus and self.tail == "refuse":
            raise Refusal("length_refused", length=length, stride=self.stride, below=used, above=used + self.stride)
        return used

    def latents(self, length: int) -> int:
        """Latents of one chunk of `length` frames."""
        return -(-(self.pads(length) + self.used(length)) // self.stride)

    def groups(self, length: int) -> tuple[int, ...]:
        """Real frames behind each latent of a chunk: 17 is 1, 4, 4, 4, 4."""
        pads, used = self.pads(length), self.used(length)
        return tuple(min(slot + self.stride, pads + used) - max(slot, pads)
                     for slot in range(0, pads + used, self.stride))

    def first_alone(self, length: int) -> bool:
        """Whether a chunk of `length` frames is 1 + sk: a single frame, then whole groups."""
        return length % self.stride == 1 % self.stride
