"""One line on stderr while a study runs: clips done, rate and time left; what should be known stays above it."""

from __future__ import annotations

import sys
import time

from tqdm import tqdm

from vae_demo.cli.progress import said_time
from vae_demo.studies.rows import Failure
from vae_demo.studies.study import Step
from vae_demo.words import say

# How often it is drawn on a screen, and how often a line is added where a pipe or a file catches it.
REFRESH_S, LINE_S = 0.2, 30.0


class StudyBar:
    def __enter__(self) -> StudyBar:
        self._shown, self._said, self._drawn = 0.0, -1, sys.stderr.isatty()
        self._bar = tqdm(bar_format="{percentage:3.0f} %|{bar}| {desc} {elapsed}{postfix}", leave=False,
                         disable=not self._drawn)
        return self

    def on(self, step: Step) -> None:
        if step.told is not None:
            told = step.told
            self._bar.write(
                f"not done: {told.clip or ''} {told.sentence()}" if isinstance(told, Failure)
                else "note: " + say("en", f"study_note_{told.case}", **told.params), file=sys.stderr)
        now = time.monotonic()
        if now - self._shown < (REFRESH_S if self._drawn else LINE_S) and step.done < step.tasks:
            return
        self._shown = now
        rate = "" if step.per_minute is None else f", {step.per_minute:.1f} tasks a minute"
        said = f"{step.clips_done} of {step.clips} clips, {step.done} of {step.tasks} tasks{rate}"
        left = f"about {said_time(step.seconds_left)} left" if step.seconds_left else ""
        if not self._drawn:
            if step.done != self._said:
                print(", ".join(filter(None, (said, left))), file=sys.stderr, flush=True)
            self._said = step.done
            return
        self._bar.total, self._bar.n = step.tasks, step.done
        self._bar.set_description_str(said, False)
        self._bar.set_postfix_str(left, False)
        self._bar.refresh()

    def __exit__(self, *exception: object) -> None:
        self._bar.close()
