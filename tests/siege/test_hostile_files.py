"""Files made to do harm: each ends in frames or in one sentence, in time, within memory, and alone.

Some of every family; `make check-long` reads them all.
"""

import dataclasses
import os
import queue
import string
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from hostile import CATALOGUE
from material import video
from watch import MemoryWatch, targets_under_watch

from vae_demo.clips import Limits, probe, read_clip
from vae_demo.refusal import Refusal

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="inotify and /proc"), pytest.mark.slow]

SECONDS, BUSY_SECONDS = 4, 0.15
# What a file of that many seconds may take on a machine that has other things to do: start, end and being killed.
PATIENCE = 60
# Every third file, and all that point elsewhere; all there are where VAE_DEMO_TEST_ALL is set.
READ = [name for place, (name, each) in enumerate(CATALOGUE.items())
        if place % 3 == 0 or each.family == "pointing elsewhere" or os.environ.get("VAE_DEMO_TEST_ALL")]
CHILD_BYTES, OWN_BYTES = 1_600_000_000, 300_000_000


def limits(name):
    seconds = BUSY_SECONDS if CATALOGUE[name].busy else SECONDS
    given = {"max_seconds": seconds, "probe_seconds": seconds}
    known = {field.name for field in dataclasses.fields(Limits)}
    return dataclasses.replace(Limits(), **{key: value for key, value in given.items() if key in known})


@dataclass
class Outcome:
    """results: of probe and read_clip, a number of frames or the error."""

    results: list
    seconds: float = 0.0


def look_at(path, limits):
    """probe(), then read_clip(): what each came to."""
    def probed():
        found = probe(path, limits=limits)
        assert found.width > 0 and found.height > 0
        return 1

    def read():
        with read_clip(path, n_frames=20, size=96, limits=limits) as clip:
            assert clip.frames(0, clip.n_frames).shape == (clip.n_frames, clip.height, clip.width, 3)
            return clip.n_frames

    results = []
    for look in (probed, read):
        try:
            results.append(look())
        except Exception as error:
            results.append(error)
    return results


class Pool:
    """Two daemon threads: a file that hangs fails its own test, and does not keep the process from ending."""

    def __init__(self, paths):
        self.outcomes, self._waiting = {}, queue.SimpleQueue()
        self._started, self._paths = {}, paths
        for name in paths:
            self._waiting.put(name)
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(2)]

    def _work(self):
        while not self._waiting.empty():
            name = self._waiting.get()
            start = self._started[name] = time.monotonic()
            results = look_at(self._paths[name], limits(name))
            self.outcomes[name] = Outcome(results, time.monotonic() - start)

    def run(self):
        for thread in self._threads:
            thread.start()
        while any(thread.is_alive() for thread in self._threads):
            running = {name: start for name, start in self._started.copy().items() if name not in self.outcomes}
            if any(time.monotonic() - start > PATIENCE for start in running.values()):
                return  # what did not end has no outcome
            time.sleep(0.05)


@dataclass
class Siege:
    outcomes: dict
    memory: MemoryWatch
    contacts: int
    good: Outcome


@pytest.fixture(scope="module")
def siege(request, tmp_path_factory):
    """All files that are asked for, read once."""
    given = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    names = [params.get("name") for params in given]
    asked = [name for name in names if isinstance(name, str) and name in CATALOGUE] or READ
    folder = tmp_path_factory.mktemp("siege")
    good = folder / "good.mp4"
    good.write_bytes(video("a.mp4"))
    with targets_under_watch(folder) as (targets, contacts):
        paths = {name: CATALOGUE[name].into(folder, targets) for name in asked}
        look_at(good, Limits())  # what is loaded once is no gain
        assert contacts() == 0
        pool = Pool(paths)
        with MemoryWatch() as memory:
            pool.run()
        return Siege(pool.outcomes, memory, contacts(), Outcome(look_at(good, Limits())))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", READ)
def test_frames_or_one_sentence(siege, name):
    outcome = siege.outcomes.get(name)
    assert outcome, f"still not done after {PATIENCE} s"
    for result in outcome.results:
        if isinstance(result, int):
            assert 1 <= result <= 20
        else:
            check_error(result)


def check_error(error):
    if not isinstance(error, Refusal):
        raise AssertionError(f"a bug, not a sentence: {error!r}") from error
    # A name may hold braces; what must not be left over is a gap of the sentence itself.
    said = {key: "name" if key == "name" else value for key, value in error.params.items()}
    nameless = Refusal(error.case, **said)
    for lang in ("en", "zh"):
        text = error.sentence(lang)
        assert text.strip() and text.isprintable() and len(text) < 400, text
        assert not [gap for _, gap, _, _ in string.Formatter().parse(nameless.sentence(lang)) if gap is not None]
        leaked = [word for word in ("Traceback", "Errno", "Error(", "av.", "0x") if word in nameless.sentence(lang)]
        assert not leaked, text
    assert str(error).isprintable()
    for value in error.params.values():
        assert isinstance(value, int | float) or (len(value) <= 200 and value.isprintable()), error.params


def test_nothing_outside_was_touched(siege):
    """Neither the file they name was opened nor the ports were called, by us or by a child."""
    assert siege.contacts == 0


def test_memory_stays_bounded(siege):
    assert siege.memory.highest_child < CHILD_BYTES
    assert siege.memory.gained < OWN_BYTES


def test_no_decoder_crashed(siege):
    """A crash would end in a sentence, too; but that is for what we do not know yet."""
    crashed = [name for name, outcome in siege.outcomes.items() for result in outcome.results
               if getattr(result, "case", "") == "crashed"]
    assert not crashed


def test_good_files_are_still_read(siege):
    assert siege.good.results == [1, 6]


# The guards can fail


def test_a_hang_is_noticed(monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(sys.modules[__name__], "look_at", lambda path, limits: never.wait(20))
    monkeypatch.setattr(sys.modules[__name__], "PATIENCE", 0.1)
    pool = Pool({name: "" for name in list(CATALOGUE)[:2]})
    pool.run()
    assert not pool.outcomes
    never.set()


@pytest.mark.parametrize("error", [
    KeyError("name"), Refusal("damaged", name="a\nb", container="MP4"),
    Refusal("not_media", name="a", kind="{kind}"), Refusal("damaged", name="a" * 900, container="MP4"),
    Refusal("unreadable", name="a", reason="[Errno 2] no")])
def test_a_bad_sentence_is_noticed(error):
    with pytest.raises(AssertionError):
        check_error(error)


def test_the_same_seed_makes_the_same_bytes(tmp_path):
    with targets_under_watch(tmp_path) as (targets, _):
        for name in ("damaged at random: flip.gif", "gif, png: LZW of noise.gif"):
            first, again, other = (CATALOGUE[name].into(tmp_path / str(i), targets, seed).read_bytes()
                                   for i, seed in enumerate((1, 1, 2)))
            assert first == again != other


def test_there_are_enough_of_every_family():
    families = {CATALOGUE[name].family for name in READ}
    assert len(READ) >= 250 and len(families) >= 8


def test_as_a_command_it_writes_them_all():
    """Its help only, here: every file is made above."""
    done = subprocess.run([sys.executable, Path(__file__).with_name("hostile.py"), "--help"], capture_output=True,
                          text=True, check=True, env={"PATH": ""})
    assert "--seed" in done.stdout
