"""Any video VAE of diffusers that has a recipe, as a VideoModel: it cuts time by itself, or is given chunks of ours."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from vae_demo import memory
from vae_demo.layout.plan import Plan
from vae_demo.layout.returned import returned
from vae_demo.layout.variant import Cut, Variant
from vae_demo.models.diffusers_calls import decoding, encoding, set_to
from vae_demo.models.diffusers_families import RECIPES
from vae_demo.models.diffusers_loading import filled, outline
from vae_demo.models.diffusers_room import Room
from vae_demo.models.diffusers_twin import check_twin
from vae_demo.models.host import to_device
from vae_demo.models.model import Replanned, Sink, Step, Steps, dtype_name
from vae_demo.models.model_spec import ModelSpec
from vae_demo.models.stepping import BEAT_S, Beat, stepped
from vae_demo.models.weights import check_finite
from vae_demo.pixels import signed_from, signed_to, tensor_to_signed, tensor_to_uint8
from vae_demo.refusal import Refusal
from vae_demo.results.provenance import Weights
from vae_demo.store import FrameSource

T = TypeVar("T")
# Frames that are made 8-bit at once.
SLICE = 8


@dataclass(frozen=True)
class Prepared:
    """A clip as it came, and the seed of its latents."""

    clip: FrameSource
    seed: int | None


class ClipVAE:
    """A VideoModel (see model.py) around one object of diffusers, which serves all variants and one call at a time.

    Latents are a list, one tensor 1 z K h w for everything that was given to the encoder at once.
    """

    def __init__(self, spec: ModelSpec, vae: nn.Module, weights: Weights | None = None) -> None:
        self.spec, self.vae, self.weights, self.recipe = spec, vae, weights, RECIPES[spec.family]
        for name, value in self.recipe.always.items():
            setattr(vae, name, value)
        self._busy = threading.Lock()
        # Counts that came back otherwise than planned: of so many frames, or latents, at once, cut so.
        self._latents: dict[tuple[int, Cut], int] = {}
        self._frames: dict[tuple[int, Cut], int] = {}

    @property
    def device(self) -> torch.device:
        return next(self.vae.parameters()).device

    @property
    def dtype(self) -> torch.dtype:
        return next(self.vae.parameters()).dtype

    def plan(self, n_frames: int, variant: Variant) -> Plan:
        plan = self.spec.plan(n_frames, variant)
        check_twin(self.spec, plan)
        encode, decode = self.spec.cuts.inside(plan.encode), self.spec.cuts.inside(plan.decode)
        return returned(plan, {length: count for (length, cut), count in self._latents.items() if cut == encode},
                        {length: count for (length, cut), count in self._frames.items() if cut == decode})

    def check(self, plan: Plan, height: int, width: int, budget: int) -> None:
        self.room.check(plan, height, width, budget)

    @cached_property
    def room(self) -> Room:
        """What its calls take in memory."""
        return Room.of(self.spec, self.vae)

    def prepare(self, clip: FrameSource, seed: int | None) -> Steps[Prepared]:
        return Prepared(clip, seed)
        yield

    def encode(self, prepared: Prepared, plan: Plan) -> Steps[list[Tensor]]:
        cut, made = self.spec.cuts.inside(plan.encode), []
        for index, chunk in enumerate(plan.given_to_encoder):
            start, stop = chunk[0].start, chunk[-1].stop
            seed = None if prepared.seed is None else prepared.seed + index
            work = encoding(self.vae, self._pixels(prepared.clip, start, stop), seed)
            calls = self.spec.cuts.encode_calls(stop - start, cut, plan.rule)
            latents = yield from self._called(work, cut, self.vae.encoder, _counted("encode", stop - start, calls))
            if latents.shape[2] != chunk[-1].latent_stop - chunk[0].latent_start:
                self._latents[stop - start, cut] = latents.shape[2]
                raise Replanned
            made.append(latents)
            del work  # and with it the pixels, before those of the next chunk are made
        return made

    def _pixels(self, clip: FrameSource, start: int, stop: int) -> Tensor:
        """Frames of the clip as the network takes them, on its device: 1 3 T H W."""
        video = tensor_to_signed(to_device(clip.frames(start, stop), self.device))
        return signed_to(video, self.recipe.pixels).to(self.dtype)

    def decode(self, latents: list[Tensor], plan: Plan, sink: Sink) -> Steps[None]:
        cut, together = self.spec.cuts.inside(plan.decode), torch.cat(latents, dim=2)
        for chunk in plan.given_to_decoder:
            first, last, length = chunk[0].latent_start, chunk[-1].latent_stop, chunk[-1].stop - chunk[0].start
            calls = self.spec.cuts.decode_calls(last - first, cut, plan.rule)
            work = decoding(self.vae, self.recipe, together[:, :, first:last])
            video = yield from self._called(work, cut, self.vae.decoder, _counted("decode", length, calls))
            if video.shape[2] != length:
                self._frames[last - first, cut] = video.shape[2]
                raise Replanned
            if not bool(torch.isfinite(video).all()):
                raise Refusal("not_finite", model=self.spec.name, dtype=dtype_name(self))
            for at in range(0, length, SLICE):
                sink.append(tensor_to_uint8(signed_from(video[:, :, at:at + SLICE].float(), self.recipe.pixels)))
            del video, work

    def baseline(self, prepared: Prepared, sink: Sink) -> None:
        return None

    def _called(
        self, work: Callable[[], T], cut: Cut, part: nn.Module, count: Callable[[Beat, int], Step]
    ) -> Steps[T]:
        """One call of the class as a row of steps, alone on the object; nothing of it is left behind."""
        n_layers = sum(1 for leaf in part.modules() if not any(leaf.children()))
        settings = self.recipe.settings(cut, self.spec.rule)
        waiting = Beat((), 0)
        while not self._busy.acquire(timeout=BEAT_S):
            yield count(waiting, n_layers)
        full = False
        try:
            with set_to(self.vae, settings, self.recipe.reset):
                steps = stepped(work, [part])
                try:
                    while True:
                        try:
                            beat = next(steps)
                        except StopIteration as end:
                            made = end.value
                            break
                        yield count(beat, n_layers)
                finally:
                    steps.close()
        except (RuntimeError, MemoryError) as error:
            full = memory.ran_out(error)
            if not full:
                raise
        finally:
            self._busy.release()
        if full:  # out here nothing holds what the call had made
            memory.let_go()
            raise Refusal("out_of_memory")
        yield count(None, n_layers)
        return made


def _counted(stage: str, total: int, calls: Sequence[int]) -> Callable[[Beat | None, int], Step]:
    """Beats of one call as Steps that come to `total` frames in all; None is its end."""
    told = 0

    def count(beat: Beat | None, n_layers: int) -> Step:
        nonlocal told
        if beat is None:
            done = total
        else:
            begun = calls[len(beat.calls)] if len(beat.calls) < len(calls) else 0
            share = sum(beat.calls) + begun * min(beat.layers / max(n_layers, 1), 0.99)
            done = min(int(total * share / max(sum(calls), 1)), total)
        step, told = Step(stage, max(done - told, 0)), max(done, told)
        return step

    return count


def load(spec: ModelSpec, path: Path, own: bool, device: torch.device, dtype: torch.dtype) -> ClipVAE:
    """The model from a file or folder; see diffusers_loading. Raises Refusal."""
    vae, files = filled(spec, path)
    # Not the class's own `to`, which says something of every module it meets.
    nn.Module.to(vae, device=device, dtype=dtype)
    if dtype != torch.float32:
        # What fits float32 may be an infinity in half precision.
        check_finite(vae.state_dict().items(), files[0])
    # Of a folder its own name: those inside are the same in every one.
    weights = replace(Weights.of(files, own), name=None if own else path.name)
    return ClipVAE(spec, vae.eval().requires_grad_(False), weights)


def room(spec: ModelSpec, path: Path | None, device: torch.device, dtype: torch.dtype) -> Room:
    """What calls of the model would take, told without its weights; path: as load() takes it, None where nothing is
    here yet. Raises Refusal."""
    return Room(spec, outline(spec, path), device.type, dtype)
