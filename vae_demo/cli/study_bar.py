"""One line on stderr while a study runs: clips done, rate and time left; what should be known stays above it."""

from __future__ import annotations

import sys
import time

from tqdm import tqdm

from vae_demo.cli.progress import said_time
from vae_demo.studies.rows import Failure
from vae_demo.studies.study import Step
from vae_demo.words import say

# A log file that catches stderr should not drown in lines.
REFRESH_S = 0.2


class StudyBar:
    def __enter__(self) -> StudyBar:
        self._shown = 0.0
        self._bar = tqdm(bar_format="{percentage:3.0f} %|{bar}| {desc} {elapsed}{postfix}", leave=False)
        return self

    def on(self, step: Step) -> None:
        if step.told is not None:
            told = step.told
            self._bar.write(
                f"not done: {told.clip or ''} {told.sentence()}" if isinstance(told, Failure)
                else "note: " + say("en", f"study_note_{told.case}", **told.params), file=sys.stderr)
        now = time.monotonic()
        if now - self._shown < REFRESH_S and step.done < step.tasks:
            return
        self._shown = now
        self._bar.total, self._bar.n = step.tasks, step.done
        rate = "" if step.per_minute is None else f", {step.per_minute:.1f} tasks a minute"
        self._bar.set_description_str(
            f"{step.clips_done} of {step.clips} clips, {step.done} of {step.tasks} tasks{rate}", False)
        left = step.seconds_left
        self._bar.set_postfix_str("" if not left else f"about {said_time(left)} left", False)
        self._bar.refresh()

    def __exit__(self, *exception: object) -> None:
        self._bar.close()
