"""What the Inspect tab does with the files it was given: ordinary functions and generators, no layout."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vae_demo import scratch
from vae_demo.inspection import Progress, inspect_steps
from vae_demo.report.small_pictures import save_inspected, save_pictures
from vae_demo.results.inspection import Inspection
from vae_demo.steps import mapped
from vae_demo.views.inspect.files import Asked


@dataclass(frozen=True)
class Done:
    """The record, what there is of pictures, and the folder that holds all files."""

    record: Inspection
    pictures: dict[str, Any]
    directory: Path


def run(asked: Asked, new_folder: Callable[[], Path]) -> Iterator[Progress | Done]:
    """Look at a file or a pair and save what was found, with small pictures of every frame. Raises Refusal.

    Closing it stops at the next step; what it wrote by then is gone.
    """
    with scratch.work_folder() as work:
        pictures: dict[str, Any] = {}
        steps = inspect_steps(asked.video, asked.reference, asked.start, asked.n_frames,
                              keep=lambda name, clip, order: save_pictures(name, clip, order, work, pictures))
        record = yield from mapped(steps, lambda progress: progress)
        save_inspected(record, pictures, work)
        folder = new_folder()
        for path in work.iterdir():
            shutil.move(path, folder / path.name)
        yield Done(record, pictures, folder)

