"""The API of the app: /compare, /sweep, /inspect and /plan, for gradio_client and as tools (tools.py)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import gradio as gr

from vae_demo import families, scratch
from vae_demo.inspection import Progress, inspect_steps
from vae_demo.layout.sizes import DEFAULT_SIZES
from vae_demo.layout.variant import DEFAULT_VARIANTS, Cut
from vae_demo.models.spec import DEFAULT_MODEL, MODELS
from vae_demo.refusal import Refusal
from vae_demo.results.inspection import Inspection
from vae_demo.views.explore import run as explore_run
from vae_demo.views.serving.jobs import Waiting
from vae_demo.views.serving.keys import checked_key, new_key
from vae_demo.views.serving.reception import Reception
from vae_demo.views.serving.uploads import accepted
from vae_demo.views.shared import samples
from vae_demo.views.shared.running import Request
from vae_demo.views.sweep import run as sweep_run

KEY = "api"
_SERVED = "/gradio_api/file="

Call = Callable[..., AsyncIterator[dict[str, Any]]]


def calls(reception: Reception) -> dict[str, Call]:
    """The calls that run something, by name; for gr.api."""

    async def compare(
        clip: gr.FileData | str | None = None,
        variants: str = "",
        model: str = DEFAULT_MODEL,
        start: int = 0,
        frames: int = 85,
        size: int = 256,
        crop: str = "square",
        visit: str = "",
        dtype: str = "auto",
        request: gr.Request = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """Reconstruct a clip with a video VAE in chunks of several sizes and measure every frame that comes back.

        Yields how far it is after every step, so that a cancelled call stops at the next one; the last value is the
        result.

        Parameters:
            clip: a sample by name, as harbour, or an uploaded file; may be left out where `visit` still has one
            variants: comma-separated: 17, 16, 17:16 (encode:decode), 17:16:fit, whole, own, tile16/8; or empty
            model: name of a model, for example tiny-17
            start: first frame to use
            frames: how many frames to use; a shorter clip is used whole
            size: short side in pixels
            crop: square cuts the middle out, none keeps the whole picture
            visit: the `visit` of an earlier reply, whose clip is used again
            dtype: float32, bfloat16 or float16; auto takes what the model takes on this device
        Returns:
            the content of comparison.json, and `visit`
        """
        def steps(path: Path, *numbers: int) -> Iterator[Any]:
            cuts = str(variants) or _own_variants(str(model))
            asked = Request(path, cuts, str(model), *numbers, str(crop), str(dtype))
            explore_run.check(asked, reception.bounds)
            with scratch.work_folder("result") as out:
                yield from explore_run.run(asked, lambda: out, growing=False)

        async for value in _calls(reception, clip, model, visit, request, (start, frames, size), steps):
            yield value

    async def sweep(
        clip: gr.FileData | str | None = None,
        sizes: str = DEFAULT_SIZES,
        model: str = DEFAULT_MODEL,
        start: int = 0,
        frames: int = 85,
        size: int = 256,
        crop: str = "square",
        visit: str = "",
        dtype: str = "auto",
        request: gr.Request = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """Measure what a video VAE makes of a clip at every chunk size, full chunks and the tail apart.

        Yields how far it is, several times a second, so that a cancelled call stops; the last value is the result.

        Parameters:
            clip: a sample by name, as harbour, or an uploaded file; may be left out where `visit` still has one
            sizes: frames per chunk, comma-separated: 4-40,whole or 13,17,21
            model: name of a model, for example tiny-17
            start: first frame to use
            frames: how many frames to use; a shorter clip is used whole
            size: short side in pixels
            crop: square cuts the middle out, none keeps the whole picture
            visit: the `visit` of an earlier reply, whose clip is used again
            dtype: float32, bfloat16 or float16; auto takes what the model takes on this device
        Returns:
            the content of sweep.json, and `visit`
        """
        def steps(path: Path, *numbers: int) -> Iterator[Any]:
            asked = Request(path, str(sizes), str(model), *numbers, str(crop), str(dtype))
            sweep_run.check(asked, reception.bounds)
            with scratch.work_folder("result") as out:
                yield from sweep_run.run(asked, lambda: out)

        async for value in _calls(reception, clip, model, visit, request, (start, frames, size), steps):
            yield value

    async def inspect(
        video: gr.FileData | str | None = None,
        reference: gr.FileData | str | None = None,
        start: int = 0,
        frames: int = 0,
        visit: str = "",
        request: gr.Request = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """Find what a video does every P frames: seams, flicker, frames shown twice. No model is run.

        It says what repeats and how surely, never what made it. Yields how far it is; the last value is the result.

        Parameters:
            video: a sample by name, as harbour, or an uploaded file; may be left out where `visit` still has one
            reference: the source that the video was decoded from, if there is one, in the same ways
            start: first frame to look at
            frames: how many frames to look at; 0 takes all there are, up to 5,000
            visit: the `visit` of an earlier reply, whose clip is used again
        Returns:
            the content of inspection.json, and `visit`
        """
        def steps(path: Path, first: int, n_frames: int, *source: Path) -> Iterator[Any]:
            yield (yield from inspect_steps(path, *source or (None,), first, n_frames or None))

        async for value in _calls(reception, video, None, visit, request, (start, frames), steps, reference):
            yield value

    return {"compare": compare, "sweep": sweep, "inspect": inspect}


async def _calls(
    reception: Reception, clip: Any, model: Any, visit: Any, request: gr.Request, numbers: tuple[Any, ...],
    steps: Callable[..., Iterator[Any]], source: Any = None,
) -> AsyncIterator[dict[str, Any]]:
    """A run in the line, told as JSON: how far it is, and its result.

    steps: of a path, whole numbers, and the path of the source where one is given. model: None where none is run.
    """
    visits, job, key = reception.visits, None, None
    tab = f"{KEY}-{new_key()}"  # each call is a run of its own
    try:
        wanted = _whole(*numbers)
        key = checked_key(visit) if visit else new_key()
        # Files of their own: they must not end while the call waits, whatever other calls of the visit do.
        if clip or not visit:
            path = await _placed(visits.take, key, clip, tab)
        else:
            path = visits.lend(key, tab) or reception.own_clip(key)
        paths = [await _placed(visits.hold, key, source, f"{tab}-source")] if source else []
        if model is not None:
            async for _ in reception.weights(key, model, request):
                yield {"progress": 0, "stage": "fetching", "visit": key}
        job = reception.enter(
            key, tab, request, lambda: steps(path, *wanted, *paths), lambda value: _result(value) is not None)
        async for value in reception.watch(job, request):
            told = _told(value)
            if told is not None:
                yield {**told, "visit": key}
    except Refusal as error:
        raise refused(error) from error
    finally:
        if job is not None:
            # A cancelled call has no page that could come back.
            reception.line.stop(key, tab)
        if key is not None:
            visits.drop(key, tab)
            visits.drop(key, f"{tab}-source")


async def _placed(place: Callable[[str, Path, str], Path], key: str, clip: Any, tab: str) -> Path:
    """Where a clip lies: a sample, or an upload that the visit now keeps under that name. Raises Refusal."""
    if isinstance(clip, str) and clip in samples.sample_names():
        return samples.sample_path(clip)
    return await asyncio.to_thread(place, key, accepted(_uploaded(clip)), tab)


def _result(value: Any) -> dict[str, Any] | None:
    """The content of a finished run, None for everything else it tells."""
    if isinstance(value, explore_run.Shown):
        return value.comparison.to_json()
    if isinstance(value, Inspection):
        return value.to_json()
    return value.sweep.to_json() if isinstance(value, sweep_run.Done) else None


def _told(value: Any) -> dict[str, Any] | None:
    if isinstance(value, Waiting):
        return {"progress": 0, "stage": "waiting", "position": value.position, "size": value.size}
    if isinstance(value, Progress):
        return {"progress": round(value.fraction, 3), "stage": "reading", "frames": value.frames}
    progress = getattr(value, "progress", None)
    return {"progress": round(progress.fraction, 3), "stage": progress.stage} if progress else _result(value)


def refused(error: Refusal) -> gr.Error:
    """What the caller is told; nothing goes wrong on the server, so nothing is printed there."""
    return gr.Error(str(error), print_exception=False)


def _own_variants(model: str) -> str:
    """What a model is compared with unless somebody says otherwise; of a name that is none, what is refused with it."""
    default = MODELS[model].default if model in MODELS else DEFAULT_VARIANTS
    return ",".join(variant.spelling for variant in default)


def _uploaded(clip: Any) -> Any:
    """What names an upload: as it came, or the end of an address under which this app would serve it."""
    return unquote(clip.rpartition(_SERVED)[2]) if isinstance(clip, str) and _SERVED in clip else clip


def _whole(*numbers: Any) -> list[int]:
    if any(not isinstance(n, int | float) or n % 1 for n in numbers):
        raise Refusal("whole_numbers")
    return [int(n) for n in numbers]


def plan(
    n_frames: int, encode: str = "", decode: str = "", fit: bool = False, model: str = DEFAULT_MODEL
) -> dict[str, Any]:
    """What a video VAE gives back for a frame count, in whole numbers: latents, frames out, pads shown, frames lost.

    Parameters:
        n_frames: frames in the clip
        encode: encode size, or whole; empty for the model's own
        decode: decode size, or whole; empty for the model's own
        fit: decode only as many latents as a pipeline set to the decode size would ask for
        model: whose frame rule: a model, or a family such as wan-2.1 or cosmos/time-4 with its counts
    Returns:
        the same mapping as `python -m vae_demo plan --json`: of a family counts with their source
    """
    try:
        return _planned(*_whole(n_frames), str(encode), str(decode), bool(fit), str(model))
    except Refusal as error:
        raise refused(error) from error


def _planned(n_frames: int, encode: str, decode: str, fit: bool, model: str) -> dict[str, Any]:
    sides = [Cut.read(typed.strip().lower()) if typed.strip() else None for typed in (encode, decode)]
    if (spec := MODELS.get(model)) and (any(sides) or fit or not spec.cuts_time):
        return spec.plan_sides(n_frames, *sides, fit).to_json()
    setting = families.find(model)
    if setting is None:
        raise Refusal("no_setting", names=", ".join(MODELS))
    return families.to_json(families.answer(n_frames, setting), setting)

