"""Video VAEs of diffusers as data: one recipe per family, none of them a class of its own.

Read in and measured on diffusers 0.42.1. What a family's own loop over time does with its settings is in
layout/cuts.py, which cuts it offers in spec.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Cut

Pixels = Literal["signed", "imagenet", "over128"]
# More than any clip has: nothing is cut.
NEVER = 1_000_000


@dataclass(frozen=True)
class Recipe:
    """How to build, set and call one family's class.

    class_name   in diffusers, and `_class_name` of a config.json that fits
    twin         constructor arguments of the smallest network of the class: what it does with time is the same
    setting      which attributes hold its cut of time: "tile" (two flags, a size and a stride in frames), "batch"
                 (frames, and latents, at a time) or None where there is nothing to set
    together     whether the flag for decoding decides over encoding too (LTX)
    least_side   pixels, the shortest side that runs; sides are multiples of the family's spatial factor besides
    pixels       what the network takes and gives: [-1, 1], ImageNet's mean and deviation, or pixels / 128 - 1
    temb         time step that the decoder is given, where it wants one
    reset        method that clears what an interrupted call leaves behind
    axes         of what decode gives
    bare         whether a file without a config.json is of the class as it stands
    unread       names in the published config.json that the class has no argument for
    """

    class_name: str
    twin: dict[str, Any]
    setting: Literal["tile", "batch"] | None = None
    together: bool = False
    least_side: int = 8
    pixels: Pixels = "signed"
    temb: float | None = None
    reset: str | None = None
    axes: Literal["NCTHW", "NTCHW"] = "NCTHW"
    bare: bool = False
    unread: tuple[str, ...] = ()
    # Attributes that are set once and for all.
    always: dict[str, Any] = field(default_factory=lambda: {"use_tiling": False, "use_slicing": False})

    def settings(self, cut: Cut, rule: FrameRule) -> dict[str, Any]:
        """Attributes of the object that make it cut time so: whole (and chunks of ours, each whole), tiles, batches."""
        if self.setting == "tile":
            on = cut.kind == "tile"
            sizes = {"tile_sample_min_num_frames": cut.size, "tile_sample_stride_num_frames": cut.step} if on else {}
            return {"use_framewise_encoding": on and not self.together, "use_framewise_decoding": on, **sizes}
        if self.setting == "batch":
            size = cut.size if cut.kind == "batch" and cut.size else NEVER * rule.stride
            return {"num_sample_frames_batch_size": size, "num_latent_frames_batch_size": size // rule.stride}
        return {}


_NARROW = {"block_out_channels": [8, 8, 8, 8], "latent_channels": 4, "layers_per_block": 1, "norm_num_groups": 4}
_WAN = {
    "base_dim": 8, "z_dim": 4, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1,
    "temperal_downsample": [False, True, True], "latents_mean": [0.0] * 4, "latents_std": [1.0] * 4}
# Decoders of LTX 0.9.5 and LTX-2 have an extra block where two neighbouring widths are equal.
_LTX = {"latent_channels": 8, "layers_per_block": [1] * 5}
_DOUBLING = {"decoder_block_out_channels": [8, 16, 32], "decoder_layers_per_block": [1] * 4,
             "spatial_compression_ratio": 32, "temporal_compression_ratio": 8}

# Arguments of the class of EasyAnimate's makers (easyanimate/models/autoencoder_magvit.py of aigc-apps/EasyAnimate, and
# cache_mag_vae, which their pipelines read) that the class of diffusers has not. Their published configuration is twice
# as long as one with diffusers' arguments alone. What the network is they cannot change: names and shapes must fit.
_MAGVITS_MAKERS = (
    "cache_compression_vae", "cache_mag_vae", "ch", "ch_mult", "mid_block_attention_type",
    "mid_block_num_attention_heads", "mid_block_type", "mid_block_use_attention", "mini_batch_decoder",
    "mini_batch_encoder", "num_attention_heads", "slice_compression_vae", "slice_mag_vae", "tile_overlap_factor",
    "tile_sample_min_size", "upcast_vae", "use_gc_blocks", "use_tiling", "use_tiling_decoder", "use_tiling_encoder")

RECIPES: dict[str, Recipe] = {
    "wan-2.1": Recipe("AutoencoderKLWan", _WAN, reset="clear_cache"),
    "wan-2.2": Recipe(
        "AutoencoderKLWan",
        {**_WAN, "decoder_base_dim": 8, "is_residual": True, "patch_size": 2, "in_channels": 12, "out_channels": 12,
         "scale_factor_spatial": 16}, reset="clear_cache", least_side=16, unread=("clip_output",)),
    "hunyuanvideo": Recipe("AutoencoderKLHunyuanVideo", _NARROW, "tile"),
    "open-sora-2.0": Recipe("AutoencoderKLHunyuanVideo", _NARROW, "tile", bare=True),
    "cogvideox": Recipe("AutoencoderKLCogVideoX", _NARROW, "batch"),
    "ltx-video-0.9.0": Recipe(
        "AutoencoderKLLTXVideo",
        {**_LTX, "block_out_channels": [8] * 4, "decoder_block_out_channels": [8] * 4,
         "decoder_layers_per_block": [1] * 5}, "tile", together=True, least_side=32),
    "ltx-video-0.9.5": Recipe(
        "AutoencoderKLLTXVideo",
        {**_LTX, **_DOUBLING, "block_out_channels": [8] * 5, "down_block_types": ["LTXVideo095DownBlock3D"] * 4,
         "spatio_temporal_scaling": [True] * 4, "decoder_spatio_temporal_scaling": [True] * 3,
         "decoder_inject_noise": [False] * 4,
         "downsample_type": ["spatial", "temporal", "spatiotemporal", "spatiotemporal"],
         "upsample_residual": [True] * 3, "upsample_factor": [2] * 3, "timestep_conditioning": True},
        "tile", together=True, least_side=32, temb=0.05),
    "ltx-2": Recipe(
        "AutoencoderKLLTX2Video", {**_LTX, **_DOUBLING, "block_out_channels": [8] * 4}, "tile", together=True,
        least_side=64),
    "easyanimate-5.1": Recipe(
        "AutoencoderKLMagvit", _NARROW, "batch", reset="_clear_conv_cache", unread=_MAGVITS_MAKERS),
}
