"""Models and clips for tests of the video VAEs of diffusers: every family that is in the table, as small as its class
goes."""

import copy

import numpy as np
import torch
from small_runs import clip_of

from vae_demo.layout.variant import Variant
from vae_demo.models.diffusers_families import RECIPES
from vae_demo.models.diffusers_twin import twin_of
from vae_demo.models.diffusers_video import ClipVAE
from vae_demo.models.spec import MODELS
from vae_demo.steps import drain

FAMILIES = sorted(RECIPES)
# That every family takes whole.
FRAMES = 33


def side_of(family):
    return max(RECIPES[family].least_side, 2 * MODELS[family].spatial_factor)


def copies_of_all():
    """A model of each family; its network is a copy, so that nothing a test does reaches the twins."""
    return {family: ClipVAE(MODELS[family], copy.deepcopy(twin_of(family))) for family in FAMILIES}


def clips_for_all():
    return {family: clip_of(FRAMES, side_of(family), side_of(family)) for family in FAMILIES}


class Kept(list):
    """A sink that keeps what it is given."""

    def all(self):
        return np.concatenate([np.asarray(part) for part in self])


def round_trip(model, clip, text):
    plan, sink = model.plan(clip.n_frames, Variant.read(text)), Kept()
    latents = drain(model.encode(drain(model.prepare(clip, None)), plan))
    drain(model.decode(latents, plan, sink))
    return torch.cat(latents, dim=2), sink.all(), plan
