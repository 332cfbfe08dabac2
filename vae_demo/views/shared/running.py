"""What runs of any tab begin and end with: a look at what is asked for, the clip that is read, a failure told."""

from __future__ import annotations

import logging
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from vae_demo.clips import Clip, Limits, probe, read_steps
from vae_demo.clips.geometry import fit
from vae_demo.clips.limits import check_request
from vae_demo.layout.variant import DEFAULT_FRAMES
from vae_demo.models.spec import DTYPES, MODELS
from vae_demo.refusal import Refusal, shown
from vae_demo.steps import mapped
from vae_demo.views.serving.bounds import Bounds, check_work
from vae_demo.views.serving.offered import OFFER
from vae_demo.words import LANGUAGES, say

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """A run of any kind as asked for. `clip` is a file; `cuts` variants or chunk sizes as typed; `size` the short side
    in pixels; `dtype` one of DTYPES."""

    clip: Path
    cuts: str
    model: str
    start: int = 0
    n_frames: int = DEFAULT_FRAMES
    size: int = 256
    crop: str = "square"
    dtype: str = DTYPES[0]


def failure() -> dict[str, str]:
    """What a visitor is told of an error nobody foresaw, one sentence per language; the server's log has the rest."""
    log.exception("A run failed")
    return {lang: say(lang, "error_failed") for lang in LANGUAGES}


class Extent(NamedTuple):
    """Frames that a run would take, and their sides in pixels, 0 where there are too few for the model."""

    n_frames: int
    height: int
    width: int


def check_clip(request: Request, count: int, bounds: Bounds = Bounds(), limits: Limits = Limits()) -> Extent:
    """What a run over `count` variants or sizes would take, as the file's header promises it.

    Raises Refusal for a model, a dtype, a clip or an extent that cannot run here.
    """
    check_request(request.start, request.n_frames, request.size, request.crop, limits)
    if request.model not in MODELS:
        raise Refusal("no_model", name=shown(request.model), names=", ".join(OFFER.names()))
    OFFER.check(request.model)
    if request.dtype not in DTYPES:
        raise Refusal("no_dtype", name=shown(request.dtype), names=", ".join(DTYPES))
    info = probe(request.clip, limits)
    n_frames = request.n_frames
    if info.n_frames is not None:
        if request.start >= max(info.n_frames, 1):
            raise Refusal("start_beyond", name=info.name, start=request.start, last=info.n_frames - 1,
                            n_frames=info.n_frames)
        n_frames = min(n_frames, max(info.n_frames, 1) - request.start)
    check_work((info.width, info.height), n_frames, request.size, request.crop, count, bounds)
    width, height = fit((info.width, info.height), request.size, request.crop,
                        MODELS[request.model].spatial_factor).out
    return Extent(n_frames, height, width)


def reading(request: Request, meanwhile: Any) -> Generator[Any, None, Clip]:
    """Read what a request asks for, a step at a time; yields `meanwhile` so that Cancel bites. Raises Refusal."""
    limits = Limits(multiple=MODELS[request.model].spatial_factor)
    return mapped(read_steps(request.clip, request.start, request.n_frames, request.size, request.crop, limits),
                  lambda read: meanwhile)
