"""The models of spec.py that run through one adapter over diffusers: a row each, from what its family is known for.

Costs are floating-point operations a frame at 256 x 256, of encoding and decoding by those of tiny-17's spatial
encoding, and memory in GB (`python -m benchmarks.operations`).
"""

from __future__ import annotations

from vae_demo.layout.cuts import Cuts
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Cut, Variant
from vae_demo.models.model_spec import Costs, ModelSpec

_TENCENT, _LTX = "Tencent Hunyuan Community", "LTX-Video License.txt"
_DROPS, _REFUSES = FrameRule(4, "alone", "drop"), FrameRule(4, "alone", "refuse")
_OWN = Variant.read("own")
# One frame, then four at a time, with a memory: the same whatever is given at once.
_STREAM = Cuts(("own", "chunk"), Cut("batch", 4))
_BATCHES = ("own", "whole", "batch", "chunk")
_TILES = ("own", "whole", "tile", "chunk")
# Off as shipped: `own` is one piece.
_TILES_SET = Cuts(("own", "whole", "tile", "chunk"), Cut("whole"))


def _variants(text: str) -> tuple[Variant, ...]:
    return tuple(map(Variant.read, text.split()))


def _spec(
    family: str, title: str, weights: str, rule: FrameRule, cuts: Cuts, default: str, costs: tuple[float, float, float],
    n_parameters: int, channels: int, limits: str, licence: str | None = None, dtype_cuda: str = "float32",
) -> ModelSpec:
    repo, _, place = weights.partition(":")
    encode, decode, gigabytes = costs
    return ModelSpec(
        name=family, title=title, adapter="vae_demo.models.diffusers_video", family=family, rule=rule, own=_OWN,
        latent_channels=channels, trained_lengths=None, weights=weights, own_licence=licence, dtype_cuda=dtype_cuda,
        costs=Costs({}, {"encode": encode}, {"decode": decode}, {}), n_parameters=n_parameters, cuts=cuts,
        memory=gigabytes * 1e9,
        default=_variants(default), source_url=f"https://huggingface.co/{repo}/tree/main/{place.rstrip('/')}",
        training="by its makers; the lengths it saw are not published with the weights", limits=limits)


DIFFUSERS = (
    _spec("wan-2.1", "Wan 2.1 video VAE", "Wan-AI/Wan2.1-T2V-1.3B-Diffusers:vae/", _DROPS, _STREAM,
          "own 17 16 17:own", (177, 299, 6.5), 126_892_531, 16,
          "always runs 1 + 4 frames at a time with a memory; there is no whole mode to compare with"),
    _spec("wan-2.2", "Wan 2.2 video VAE (TI2V 5B)", "Wan-AI/Wan2.2-TI2V-5B-Diffusers:vae/", _DROPS, _STREAM,
          "own 17 16 17:own", (124, 650, 7.3), 704_688_668, 48,
          "2.8 GB of weights; always runs 1 + 4 frames at a time with a memory"),
    _spec("hunyuanvideo", "HunyuanVideo video VAE", "hunyuanvideo-community/HunyuanVideo:vae/", _DROPS,
          Cuts(_TILES, Cut("tile", 16, 12)), "own whole tile32/24 17", (427, 807, 10.4), 246_478_803, 16,
          "tiles above 16 frames as shipped, so even 17 frames are not whole", _TENCENT, "bfloat16"),
    _spec("open-sora-2.0", "Open-Sora 2.0 video VAE (HunyuanVideo's)",
          "hpcai-tech/Open-Sora-v2:hunyuan_vae.safetensors", _DROPS, Cuts(_TILES, Cut("tile", 64, 48)),
          "own whole tile32/24 17", (324, 605, 19.8), 246_478_803, 16,
          "the class of HunyuanVideo, its own cut as in the published configuration: tiles of 64, step 48",
          _TENCENT, "bfloat16"),
    _spec("cogvideox", "CogVideoX video VAE", "THUDM/CogVideoX-2b:vae/", FrameRule(4, "parity", "keep"),
          Cuts(_BATCHES, Cut("batch", 8), "rest", 8), "own whole 17", (310, 653, 12.0), 215_583_907, 16,
          "8 frames at a time with a memory as shipped; an even number of latents plays pads first", None, "bfloat16"),
    _spec("ltx-video-0.9.0", "LTX-Video 0.9.0 video VAE", "Lightricks/LTX-Video:vae/", FrameRule(8, "alone", "drop"),
          _TILES_SET, "own tile16/8 17", (29, 31, 1.0), 419_193_649, 128,
          "8 frames a latent; its tiles (off as shipped) play one frame late behind the first in diffusers 0.42",
          _LTX, "bfloat16"),
    _spec("ltx-video-0.9.5", "LTX-Video 0.9.5 video VAE", "Lightricks/LTX-Video-0.9.5:vae/",
          FrameRule(8, "alone", "refuse"), _TILES_SET, "own tile16/8 17", (105, 46, 1.3), 1_246_913_522, 128,
          "takes 1 + 8k frames only; decoded at time step 0.05 without noise; its tiles play one frame late",
          _LTX, "bfloat16"),
    _spec("ltx-2", "LTX-2 video VAE", "Lightricks/LTX-2:vae/", FrameRule(8, "alone", "refuse"), _TILES_SET,
          "own tile16/8 tile24/16", (105, 46, 1.4), 1_222_479_601, 128,
          "takes 1 + 8k frames only, sides from 64 pixels; its tiles (off as shipped) play one frame late",
          "LTX-2 Community License", "bfloat16"),
    _spec("easyanimate-5.1", "EasyAnimate 5.1 video VAE", "alibaba-pai/EasyAnimateV5.1-12b-zh-diffusers:vae/",
          _REFUSES, Cuts(_BATCHES, Cut("batch", 4), "one", 4), "own whole 17", (321, 512, 6.5), 244_375_507, 16,
          "exact in its own pieces: own and whole must come out equal, a control", "Apache-2.0", "bfloat16"),
)
