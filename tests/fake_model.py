"""A model of a few lines: one network without a spatial half, sides in multiples of 16, nothing known of its training.

A latent is the mean of a group of slots in blocks of 16 x 16 pixels; pads count as black. It is an adapter like any
other: `load` gives a VideoModel.
"""

import numpy as np
import torch

from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Variant
from vae_demo.models.model import Step, check_sides
from vae_demo.models.spec import Costs, ModelSpec

BLOCK = 16
SPEC = ModelSpec(
    name="blocks-16", title="Means of blocks", adapter=__name__, family="wan-2.2", rule=FrameRule(), own=Variant(5, 5),
    latent_channels=3, trained_lengths=None, costs=Costs({}, {"encode": 1.0}, {"decode": 2.0}, {}),
    weights="tiny-17.safetensors", source_url="https://example.org/blocks", training="none", limits="blocks",
    own_licence="MIT", n_parameters=1)


class Blocks:
    spec, weights, device, dtype = SPEC, None, torch.device("cpu"), torch.float32

    def plan(self, n_frames, variant):
        return self.spec.plan(n_frames, variant)

    def check(self, plan, height, width, budget):
        check_sides(self.spec, height, width)

    def prepare(self, clip, seed):
        return clip
        yield

    def encode(self, clip, plan):
        means = clip.frames(0, clip.n_frames).reshape(
            clip.n_frames, clip.height // BLOCK, BLOCK, clip.width // BLOCK, BLOCK, 3).mean((2, 4))
        black = np.zeros_like(means[0])
        yield Step("encode", clip.n_frames)
        return [np.mean([black if s is None else means[s] for s in slots], 0) for slots in plan.latent_slots]

    def decode(self, latents, plan, sink):
        for chunk in plan.decode_chunks:
            slots = [z for z in latents[chunk.latent_start:chunk.latent_stop] for _ in range(plan.rule.stride)]
            frames = np.stack(slots[chunk.crop:])
            sink.append(np.rint(frames.repeat(BLOCK, 1).repeat(BLOCK, 2)).astype(np.uint8))
            yield Step("decode", len(frames))

    def baseline(self, clip, sink):
        return None


def load(spec, path, own, device, dtype):
    return Blocks()
