"""What `inspect` finds in frames that are at hand: the signals of a file, measured on the frames themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vae_demo.clips.overview import luma_of, measures, stacked
from vae_demo.inspection import LEAST_FRAMES
from vae_demo.metrics.events import find
from vae_demo.results.inspection import Periodic
from vae_demo.store import FrameSource

AT_ONCE = 8


def signals_of(frames: FrameSource, n_frames: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """step, light and detail of every frame, and of its areas (stacked() of clips/overview.py)."""
    found, before = [], None
    for start in range(0, n_frames, AT_ONCE):
        for frame in frames.frames(start, min(start + AT_ONCE, n_frames)):
            luma = luma_of(frame)
            found.append(measures(luma, before))
            before = luma
    return stacked(found)


def periodic(frames: FrameSource, n_frames: int) -> tuple[Periodic, ...]:
    """What is found, the surest and largest first; nothing in a clip too short for it."""
    if n_frames < LEAST_FRAMES:
        return ()
    signals, areas = signals_of(frames, n_frames)
    _, found, _ = find(signals, areas=areas)
    return tuple(sorted(found, key=lambda each: not each.sure))


def columns(found: tuple[Periodic, ...], source: tuple[Periodic, ...]) -> Mapping[str, Any]:
    """As rows.py has it, of the decoded frames and of their source."""
    first = found[0] if found else None
    return {
        "inspect_period": first and first.period, "inspect_first": first and first.phase,
        "inspect_kind": first and first.kind, "inspect_signal": first and first.signal,
        "inspect_p": None if first is None else float(first.p), "inspect_sure": None if first is None else first.sure,
        "source_period": next((each.period for each in source if each.sure), None)}
