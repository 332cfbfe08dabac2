"""The one table of models: menus, README, tests and the command line are built from it.

Importing this module loads neither torch nor diffusers.
"""

from __future__ import annotations

from dataclasses import dataclass

from vae_demo.families import FAMILIES
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Variant


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
    weights          a file name in assets/weights, or `repo:file` on the Hugging Face hub
    by_hand          that the file is not bundled, and no address of a hub is known for it: whoever runs the app gets it
                     from source_url
    trained_lengths  chunk lengths seen in training, as (shortest, longest); None where nobody knows
    own_licence      of the weights, where it is not the family's
    costs            see Costs
    dtype_cuda       what it runs in on a GPU unless asked otherwise; on a CPU float32
    n_parameters     of weights that are not bundled; a bundled file is counted
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


_OWN = Variant(17, 17)
# Measured with tiny-17; the stages of the full model are the same ones.
_TWO_STAGES = Costs(
    {"spatial_encode": 1.0}, {"temporal_encode": 0.3}, {"temporal_decode": 0.4, "spatial_decode": 2.8},
    {"baseline": 2.8})
# Measured at 256 px beside tiny-17 (benchmarks/stages.py).
_TAEHV = Costs({}, {"encode": 6.5}, {"decode": 12.5}, {})
TINY_17, TINY_MIXED, OPEN_SORA_1_2 = "tiny-17", "tiny-mixed", "open-sora-1.2"
# What runs where nobody names a model; also the one the lessons tell of.
DEFAULT_MODEL = TINY_17
# Where and in what a model may be asked to run; "auto" is the best device there is, and what the model takes there.
DEVICES = ("auto", "cpu", "cuda")
DTYPES = ("auto", "float32", "bfloat16", "float16")
_OPEN_SORA_RULE = FrameRule(stride=4, first="fill", tail="keep")


def _taehv(name: str, of: str, file: str, limits: str, rule: FrameRule = FrameRule(4, "alone", "drop")) -> ModelSpec:
    """TAEHV for the latents of the model `of`, from a file of its repository."""
    return ModelSpec(
        name=name, title=f"TAEHV, a tiny autoencoder for the latents of {of} (11 M parameters)",
        adapter="vae_demo.models.taehv", family="taehv", rule=rule, own=Variant(None, None), latent_channels=16,
        trained_lengths=None, costs=_TAEHV, weights=file, by_hand=True, n_parameters=11_315_539, dtype_cuda="float16",
        source_url="https://github.com/madebyollin/taehv/tree/main/safetensors",
        training=f"by its author, to make and to read the latents of {of}; on which lengths is not said", limits=limits)


_SPECS = (
    ModelSpec(
        name=TINY_17,
        title="Tiny causal VAE, trained on 17 frames (bundled)",
        adapter="vae_demo.models.tiny",
        family="open-sora-1.2",
        rule=_OPEN_SORA_RULE,
        own=_OWN,
        costs=_TWO_STAGES,
        latent_channels=16,
        trained_lengths=(17, 17),
        weights="tiny-17.safetensors",
        own_licence="MIT",
        source_url="assets/weights/README.md",
        training="from scratch on generated clips only: chunks of 17 frames and a fifth single images",
        limits="3 M parameters: softer than a full VAE, smears fast motion inside groups of four frames",
    ),
    ModelSpec(
        name=TINY_MIXED,
        title="Tiny causal VAE, last stage on 1 to 34 frames (bundled)",
        adapter="vae_demo.models.tiny",
        family="open-sora-1.2",
        rule=_OPEN_SORA_RULE,
        own=_OWN,
        costs=_TWO_STAGES,
        latent_channels=16,
        trained_lengths=(1, 34),
        weights="tiny-mixed.safetensors",
        own_licence="MIT",
        source_url="assets/weights/README.md",
        training="the same first two stages as tiny-17, then chunks of random lengths from 1 to 34 frames",
        limits="as tiny-17; a round trip at 16 or 18 heals in part, a layout clash keeps its pads and lost frames",
    ),
    ModelSpec(
        name=OPEN_SORA_1_2,
        title="Open-Sora 1.2 video VAE (393 M parameters)",
        adapter="vae_demo.models.open_sora",
        family="open-sora-1.2",
        rule=_OPEN_SORA_RULE,
        own=_OWN,
        costs=_TWO_STAGES,
        latent_channels=4,
        trained_lengths=(1, 34),
        weights="hpcai-tech/OpenSora-VAE-v1.2:model.safetensors",
        source_url="https://huggingface.co/hpcai-tech/OpenSora-VAE-v1.2",
        training="17 frames and single images, then a last stage on random lengths up to 34 (upstream's report)",
        limits="1.6 GB of weights, fetched when first asked for; wants a GPU",
        dtype_cuda="bfloat16",
        n_parameters=393_341_015,
    ),
    _taehv(
        "taehv-wan-2.1", "Wan 2.1", "taew2_1.safetensors",
        limits="softer than the VAE it stands for; also for Wan 2.2 14B and Qwen-Image, which share those latents"),
    _taehv(
        "taehv-hunyuan", "HunyuanVideo", "taehv.safetensors", limits="softer than the VAE it stands for"),
    _taehv(
        "taehv-cogvideox", "CogVideoX", "taecvx.safetensors", rule=FrameRule(4, "paired", "drop"),
        limits="softer than the VAE it stands for; not aligned in time at every frame count, as its author notes"),
)

MODELS: dict[str, ModelSpec] = {spec.name: spec for spec in _SPECS}
