"""Models with random weights: small enough for any test, scrambled so that every layer counts."""

import json

import torch

from vae_demo.models import open_sora, tiny
from vae_demo.models.spec import MODELS
from vae_demo.models.temporal import TemporalConfig
from vae_demo.models.two_stage import TwoStage
from vae_demo.models.video_vae import VideoVAE

# Models of a spatial and a temporal half.
TWO_STAGE = [name for name, spec in MODELS.items() if spec.costs.baseline]
NARROW = TemporalConfig(filters=8, multipliers=(1, 1, 2, 2), n_res_blocks=1, n_groups=4)
TINIEST = {
    "spatial": json.dumps({"encoder_widths": [8, 8, 8], "decoder_widths": [8, 8, 8], "encoder_blocks": [1, 1, 1],
                           "decoder_blocks": [1, 1, 1]}),
    "temporal": json.dumps({"in_channels": 16, "latent_channels": 16, "filters": 8, "multipliers": [1, 1, 2, 2],
                            "n_res_blocks": 1, "n_groups": 4, "linear_shortcut": True, "zero_init": True}),
}


def scrambled(vae: VideoVAE) -> VideoVAE:
    """Fresh weights start as identity here and there; random ones everywhere make every layer count."""
    torch.manual_seed(5)
    with torch.no_grad():
        for name, value in vae.named_parameters():
            if "norm" not in name:
                # Variance-preserving, so that what goes in still decides what comes out.
                value.copy_(torch.randn_like(value) * (1.0 / value[0].numel() ** 0.5 if value.ndim > 1 else 0.1))
    return vae.eval().requires_grad_(False)


def narrow(name: str) -> VideoVAE:
    """The model at its own layout; the published one far narrower than it is."""
    spec = MODELS[name]
    if spec.name == "open-sora-1.2":
        return scrambled(open_sora.build(spec, temporal=NARROW, widths=(8, 8), n_groups=4))
    return scrambled(tiny.build(spec))


def tiniest() -> VideoVAE:
    """tiny-17's layout at 8 channels: a step takes milliseconds."""
    return scrambled(tiny.build(MODELS["tiny-17"], TINIEST))


def tiny_model() -> TwoStage:
    """The same as the engine takes it."""
    return TwoStage(tiniest())
