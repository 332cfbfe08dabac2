"""What runs of any tab begin and end with: a look at what is asked for, the clip that is read, a failure told."""

from __future__ import annotations

import logging
from collections.abc import Generator
from pathlib import Path
from typing import Any, Protocol

from vae_demo.clips import Clip, Limits, probe, read_steps
from vae_demo.clips.limits import check_request
from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal, shown
from vae_demo.views.serving.bounds import Bounds, check_work
from vae_demo.words import LANGUAGES, say

log = logging.getLogger(__name__)


class Asked(Protocol):
    """What a run of any kind asks for. `clip` is a file; `size` the short side in pixels."""

    clip: Path
    model: str
    start: int
    n_frames: int
    size: int
    crop: str


def failure() -> dict[str, str]:
    """What a visitor is told of an error nobody foresaw, one sentence per language; the server's log has the rest."""
    log.exception("A run failed")
    return {lang: say(lang, "error_failed") for lang in LANGUAGES}


def check_clip(request: Asked, count: int, bounds: Bounds = Bounds(), limits: Limits = Limits()) -> int:
    """The frames that a run over `count` variants or sizes would take, as the file's header promises them.

    Raises Refusal for a model, a clip or an extent that cannot run here.
    """
    check_request(request.start, request.n_frames, request.size, request.crop, limits)
    if request.model not in MODELS:
        raise Refusal("no_model", name=shown(request.model), names=", ".join(MODELS))
    info = probe(request.clip, limits)
    n_frames = request.n_frames
    if info.n_frames is not None:
        if request.start >= max(info.n_frames, 1):
            raise Refusal("start_beyond", name=info.name, start=request.start, last=info.n_frames - 1,
                            n_frames=info.n_frames)
        n_frames = min(n_frames, max(info.n_frames, 1) - request.start)
    check_work((info.width, info.height), n_frames, request.size, request.crop, count, bounds)
    return n_frames


def reading(request: Asked, meanwhile: Any) -> Generator[Any, None, Clip]:
    """Read what a request asks for, a step at a time; yields `meanwhile` so that Cancel bites. Raises Refusal."""
    steps = read_steps(request.clip, request.start, request.n_frames, request.size, request.crop)
    try:
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value
            yield meanwhile
    finally:
        steps.close()
