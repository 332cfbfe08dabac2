"""What is known about a model before it is loaded. Importing this module loads neither torch nor diffusers."""

from __future__ import annotations

from dataclasses import dataclass

from vae_demo.families import FAMILIES
from vae_demo.layout.cuts import CHUNKS, Cuts, is_ours
from vae_demo.layout.plan import Plan, plan_of
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import DEFAULT_VARIANTS, Cut, Variant
from vae_demo.refusal import Refusal

# Licences that ask nobody for a consent before weights are fetched.
FREE = ("MIT", "Apache-2.0")


@dataclass(frozen=True)
class Costs:
    """Time per frame of every stage a model goes through, by stage, in frames of tiny-17's spatial encoding on a CPU.

    prepare: once per clip; encode: per encode cut and source frame; decode: per output frame; baseline: once per clip,
    empty for a model without a spatial half. What a progress bar and an estimate rest on (benchmarks/stages.py).
    """

    prepare: dict[str, float]
    encode: dict[str, float]
    decode: dict[str, float]
    baseline: dict[str, float]

    def to_json(self) -> dict[str, float]:
        """The sums; for the page's estimate."""
        return {name: sum(stages.values()) for name, stages in vars(self).items()}


@dataclass(frozen=True)
class ModelSpec:
    """What is known about a model before it is loaded.

    adapter          module whose load() gives a VideoModel (model.py)
    family           key in families.json: spatial factor, and licence where `own_licence` says no other
    own              the cut the model declares as its own
    cuts             the cuts it takes
    weights          a file name in assets/weights, or on the Hugging Face hub `repo:file`, or `repo:folder/`
                     with a config.json and safetensors files
    by_hand          that the file is not bundled, and no address of a hub is known for it: whoever runs the app gets it
                     from source_url
    trained_lengths  chunk lengths seen in training, as (shortest, longest); None where nobody knows
    own_licence      of the weights, where it is not the family's
    costs            see Costs
    dtype_cuda       what it runs in on a GPU unless asked otherwise; on a CPU float32
    n_parameters     of weights that are not bundled; a bundled file is counted
    memory           bytes that 33 frames of 256 x 256 are foretold to take on a CPU, the weights aside; None where that
                     is little (`python -m benchmarks.operations`)
    default          the variants that are compared unless somebody says others
    """

    name: str
    title: str
    adapter: str
    family: str
    rule: FrameRule
    own: Variant
    latent_channels: int
    trained_lengths: tuple[int, int] | None
    costs: Costs
    weights: str
    source_url: str
    training: str
    limits: str
    dtype_cuda: str = "float32"
    n_parameters: int | None = None
    own_licence: str | None = None
    by_hand: bool = False
    cuts: Cuts = CHUNKS
    memory: float | None = None
    default: tuple[Variant, ...] = DEFAULT_VARIANTS

    def plan(self, n_frames: int, variant: Variant) -> Plan:
        """What comes back. Raises Refusal where the model does not offer the variant, or cannot take so many frames."""
        self.cuts.check(variant, self.rule, self.name)
        return plan_of(n_frames, variant, self.rule, self.cuts)

    def plan_sides(self, n_frames: int, encode: Cut | None, decode: Cut | None, fit: bool) -> Plan:
        """The same of two sides, each the model's own where nothing is said."""
        sides = encode or self.own.encode, decode or self.own.decode
        if fit and sides[0] == sides[1]:
            raise Refusal("fit_same")
        return self.plan(n_frames, Variant(*sides, fit))

    @property
    def cuts_time(self) -> bool:
        """Whether its own cut is its own doing. Of such a family what was measured says more than a plan of it."""
        return not is_ours(self.own.encode)

    @property
    def on_hub(self) -> bool:
        return ":" in self.weights

    @property
    def bundled(self) -> bool:
        return not self.on_hub and not self.by_hand

    @property
    def spatial_factor(self) -> int:
        """Pixels per latent, along each side."""
        return FAMILIES[self.family].spatial

    @property
    def licence(self) -> str | None:
        return self.own_licence or FAMILIES[self.family].licence

    @property
    def is_free(self) -> bool:
        """Whether the weights may be fetched without anybody's consent to a licence."""
        return self.licence in FREE
