"""The smallest network of a class, run for what its class does with time: counts, and calls of its two halves.

Neither depends on weights, widths or sides. So what is planned is held against the very release of diffusers that
will run, before it does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.metadata import version
from typing import NamedTuple

import torch
from torch import Tensor, nn

from vae_demo.families import FAMILIES
from vae_demo.layout.plan import Plan
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Cut
from vae_demo.models.diffusers_calls import class_of, decoding, encoding, set_to
from vae_demo.models.diffusers_families import RECIPES
from vae_demo.models.model_spec import ModelSpec
from vae_demo.refusal import Refusal

_LOCK = threading.Lock()


class Seen(NamedTuple):
    """What came back, in latents or frames, and the lengths of the calls that made it."""

    length: int
    calls: tuple[int, ...]


@cache
def twin_of(family: str) -> nn.Module:
    """The smallest network of a family, with weights that are always the same."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        vae = class_of(RECIPES[family])(**RECIPES[family].twin)
    for name, value in RECIPES[family].always.items():
        setattr(vae, name, value)
    return vae.eval().requires_grad_(False)


@lru_cache(maxsize=512)
def encoded(family: str, frames: int, cut: Cut, rule: FrameRule) -> Seen:
    """What the class makes of so many frames at once, cut so. Raises what it raises."""
    side = max(RECIPES[family].least_side, 2 * FAMILIES[family].spatial)
    vae = twin_of(family)
    return _seen(family, vae.encoder, cut, rule, encoding(vae, torch.zeros(1, 3, frames, side, side), None))


@lru_cache(maxsize=512)
def decoded(family: str, latents: int, cut: Cut, rule: FrameRule) -> Seen:
    """The same of so many latents."""
    side = max(RECIPES[family].least_side // FAMILIES[family].spatial, 2)
    vae, channels = twin_of(family), RECIPES[family].twin.get("z_dim") or RECIPES[family].twin["latent_channels"]
    call = decoding(vae, RECIPES[family], torch.zeros(1, channels, latents, side, side))
    return _seen(family, vae.decoder, cut, rule, call)


def _seen(family: str, part: nn.Module, cut: Cut, rule: FrameRule, call: Callable[[], Tensor]) -> Seen:
    recipe, calls = RECIPES[family], []
    # Caches on the object: two at once would be wrong in silence.
    with _LOCK, torch.inference_mode(), set_to(twin_of(family), recipe.settings(cut, rule), recipe.reset):
        hook = part.register_forward_pre_hook(
            lambda module, args, kwargs: calls.append(args[0].shape[2]), with_kwargs=True)
        try:
            return Seen(call().shape[2], tuple(calls))
        finally:
            hook.remove()


def check_twin(spec: ModelSpec, plan: Plan) -> None:
    """Raise Refusal where the smallest network of the class does otherwise than `plan` and its rule say."""
    cuts, rule, family = spec.cuts, plan.rule, spec.family
    cut = cuts.inside(plan.encode)
    for length in {chunk[-1].stop - chunk[0].start for chunk in plan.given_to_encoder}:
        expected = Seen(rule.latents(length), cuts.encode_calls(length, cut, rule))
        _compare(spec, "encode", length, expected, lambda n=length, c=cut: encoded(family, n, c, rule))
    cut = cuts.inside(plan.decode)
    for count in {chunk[-1].latent_stop - chunk[0].latent_start for chunk in plan.given_to_decoder}:
        frames = count * rule.stride - rule.crop(plan.frames_in, count)
        expected = Seen(frames, cuts.decode_calls(count, cut, rule))
        _compare(spec, "decode", count, expected, lambda n=count, c=cut: decoded(family, n, c, rule))


def _compare(spec: ModelSpec, side: str, given: int, expected: Seen, run: Callable[[], Seen]) -> None:
    try:
        seen = run()
    except Exception as error:  # whatever a class raises that is not what it was
        raise _differs(spec, side, given, expected, type(error).__name__) from error
    if seen != expected:
        raise _differs(spec, side, given, expected, f"{seen.length} ({seen.calls})")


def _differs(spec: ModelSpec, side: str, given: int, expected: Seen, seen: str) -> Refusal:
    return Refusal("diffusers_differs", model=spec.name, version=version("diffusers"), side=side, given=given,
                   expected=f"{expected.length} ({expected.calls})", seen=seen)
