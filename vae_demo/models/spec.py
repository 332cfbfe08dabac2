"""The one table of models: menus, README, tests and the command line are built from it.

Importing this module loads neither torch nor diffusers.
"""

from __future__ import annotations

from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Variant
from vae_demo.models.diffusers_specs import DIFFUSERS
from vae_demo.models.model_spec import Costs, ModelSpec

__all__ = [
    "DEFAULT_MODEL", "DEVICES", "DTYPES", "MODELS", "OPEN_SORA_1_2", "TINY_17", "TINY_MIXED", "Costs", "ModelSpec",
    "stride_of"]

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

MODELS: dict[str, ModelSpec] = {spec.name: spec for spec in (*_SPECS, *DIFFUSERS)}


def stride_of(model: str) -> int:
    """Frames to a latent of a model by its name; as in Open-Sora where this version has no such model."""
    spec = MODELS.get(model)
    return (spec.rule if spec else _OPEN_SORA_RULE).stride
