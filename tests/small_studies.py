"""Studies of three clips of 17 frames and 32 pixels, two models and three variants: here, or on the command line."""

import os
import subprocess
import sys
import time
from pathlib import Path

from fabricated import moving_clip

from vae_demo.clips import write_video
from vae_demo.studies.kept import Kept
from vae_demo.studies.loop import in_turn
from vae_demo.studies.plan import planned
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.study import StudyRun

ROOT = Path(__file__).parents[1]
MODELS, VARIANTS, N_TASKS = ("tiny-17", "tiny-mixed"), ("17", "5", "9:8"), 18
SETTINGS = {"models": MODELS, "variants": VARIANTS, "frames": 17, "size": 32, "threads": 1}


def make_clips(folder):
    """A folder of three clips."""
    clips = folder / "clips"
    clips.mkdir()
    for at, name in enumerate(("one", "three", "two")):
        write_video(clips / f"{name}.mp4", iter(moving_clip(17, 32, 32 + 8 * at)[::1 - 2 * (at % 2)]), 24)
    return clips


def run_study(folder, out, **changes):
    """A whole study of the clips in a folder, in this process; `seen` are its steps."""
    protocol = Protocol(**{"clips": (str(folder),), **SETTINGS, **changes})
    plan = planned(protocol)
    made = StudyRun(plan, Kept(out))
    made.seen = list(made.steps(lambda units, missing: in_turn(protocol, plan.settings, units, missing)))
    return made


def run_whole(folder, out):
    """A study of all of them, to be compared with, and its folder. Clips that are made again are not the same files."""
    made = run_study(folder, out)
    assert made.scored == N_TASKS, made.failures
    return made, out


def rows(study):
    """All that a study says of its clips, for comparison to the digit."""
    return study.variants, list(study.frames)


def run_one(folder, out, **changes):
    """The same of one clip and one model."""
    return run_study(folder, out, clips=(str(folder / "one.mp4"),), models=MODELS[:1], **changes)


def kept(out):
    """Files with finished rows, and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in out.glob("rows/*/*.json")}


def command(clips, out, *more, variants=VARIANTS):
    return [sys.executable, "-m", "vae_demo", "study", str(clips), "--models", ",".join(MODELS), "--variants",
            ",".join(variants), "--frames", "17", "--size", "32", "--threads", "1", "--out", str(out), *more]


def begin(clips, out, *more, **environment):
    """The study on the command line, in a process that can be killed."""
    return subprocess.Popen(command(clips, out, *more), cwd=ROOT, env={**os.environ, **environment},
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def killed_between(clips, out, *more, least=1, **environment):
    """Begin, and kill it with SIGKILL once `least` tasks more are kept; gives what is kept then."""
    before, process = len(kept(out)), begin(clips, out, *more, **environment)
    try:
        while len(kept(out)) < before + least and process.poll() is None:
            time.sleep(0.002)
    finally:
        process.kill()
        said, _ = process.communicate()
    assert len(kept(out)) >= before + least, said
    return kept(out)
