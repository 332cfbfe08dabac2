"""The one table of models: menus, README, tests and the command line are built from it.

Importing this module loads neither torch nor diffusers.
"""

from __future__ import annotations

from dataclasses import dataclass

from vae_demo.layout.rule import FrameRule


@dataclass(frozen=True)
class ModelSpec:
    """What is known about a model before it is loaded.

    adapter          module below vae_demo.models that builds it
    reference_size   the micro-batch size the model declares as its own
    weights          a file name in assets/weights (bundled), or `repo:file` on the Hugging Face hub
    trained_lengths  chunk lengths seen in training, as (shortest, longest)
    dtype_cuda       what it runs in on a GPU; on a CPU it is always float32
    n_parameters     of weights that are not bundled; a bundled file is counted
    """

    name: str
    title: str
    adapter: str
    rule: FrameRule
    reference_size: int
    spatial_factor: int
    latent_channels: int
    trained_lengths: tuple[int, int]
    weights: str
    licence: str
    source_url: str
    training: str
    limits: str
    dtype_cuda: str = "float32"
    n_parameters: int | None = None

    @property
    def bundled(self) -> bool:
        return ":" not in self.weights


TINY_17, TINY_MIXED = "tiny-17", "tiny-mixed"
# What runs where nobody names a model; also the one the lessons tell of.
DEFAULT_MODEL = TINY_17
_OPEN_SORA_RULE = FrameRule(stride=4, first="fill", tail="keep")

_SPECS = (
    ModelSpec(
        name=TINY_17,
        title="Tiny causal VAE, trained on 17 frames (bundled)",
        adapter="tiny",
        rule=_OPEN_SORA_RULE,
        reference_size=17,
        spatial_factor=8,
        latent_channels=16,
        trained_lengths=(17, 17),
        weights="tiny-17.safetensors",
        licence="MIT",
        source_url="assets/weights/README.md",
        training="from scratch on generated clips only: chunks of 17 frames and a fifth single images",
        limits="3 M parameters: softer than a full VAE, smears fast motion inside groups of four frames",
    ),
    ModelSpec(
        name=TINY_MIXED,
        title="Tiny causal VAE, last stage on 1 to 34 frames (bundled)",
        adapter="tiny",
        rule=_OPEN_SORA_RULE,
        reference_size=17,
        spatial_factor=8,
        latent_channels=16,
        trained_lengths=(1, 34),
        weights="tiny-mixed.safetensors",
        licence="MIT",
        source_url="assets/weights/README.md",
        training="the same first two stages as tiny-17, then chunks of random lengths from 1 to 34 frames",
        limits="as tiny-17; a round trip at 16 or 18 heals in part, a layout clash keeps its pads and lost frames",
    ),
    ModelSpec(
        name="open-sora-1.2",
        title="Open-Sora 1.2 video VAE (393 M parameters)",
        adapter="open_sora",
        rule=_OPEN_SORA_RULE,
        reference_size=17,
        spatial_factor=8,
        latent_channels=4,
        trained_lengths=(1, 34),
        weights="hpcai-tech/OpenSora-VAE-v1.2:model.safetensors",
        licence="Apache-2.0",
        source_url="https://huggingface.co/hpcai-tech/OpenSora-VAE-v1.2",
        training="17 frames and single images, then a last stage on random lengths up to 34 (upstream's report)",
        limits="1.6 GB of weights, fetched when first asked for; wants a GPU",
        dtype_cuda="bfloat16",
        n_parameters=393_341_015,
    ),
)

MODELS: dict[str, ModelSpec] = {spec.name: spec for spec in _SPECS}
