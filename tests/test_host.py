"""Whose time is it where work is queued: seconds of a device by stage, and who waits for it, on a stand-in for one."""

from pathlib import Path

import fake_card
import pytest
import torch
from fabricated import moving_clip
from fake_card import CUDA, LAUNCH
from fake_model import Blocks

from vae_demo import engine
from vae_demo.clips import Clip
from vae_demo.flow import Flow
from vae_demo.layout.variant import parse_variants
from vae_demo.metrics import NUMPY, PlayedScores
from vae_demo.models import host
from vae_demo.models.host import Stopwatch, wait
from vae_demo.models.model import Step
from vae_demo.progress import Meter, Progress
from vae_demo.results.scores import SWEPT
from vae_demo.steps import drain

CPU = torch.device("cpu")
ENCODE, DECODE, SCORE = 3.0, 5.0, 2.0
# Launches are on the clock too.
NEARLY = 50 * LAUNCH


@pytest.fixture
def card(monkeypatch):
    return fake_card.Card(monkeypatch)


def test_only_a_gpu_is_waited_for(card, monkeypatch):
    done = []
    card.launch(4.0, lambda: done.append(1))
    wait(CPU)
    assert not done and card.now == LAUNCH
    wait(CUDA)
    assert done and card.now == LAUNCH + 4.0
    monkeypatch.setattr(torch.cuda, "Event", None)
    with (watch := Stopwatch(CPU)):
        pass
    assert 0 < watch.seconds < 1


def test_one_place_knows_how_to_wait():
    root = Path(host.__file__).parents[2]
    sources = [path for folder in ("vae_demo", "benchmarks") for path in (root / folder).rglob("*.py")]
    assert [path.name for path in sources if "cuda.synchronize" in path.read_text(encoding="utf-8")] == ["host.py"]


def test_a_stopwatch_tells_what_the_device_took_and_looks_one_block_back(card):
    watch, before = Stopwatch(CUDA), 0.0
    for _ in range(3):
        card.launch(7.0)
        with watch:
            card.launch(2.0)
        assert card.now - before < 9.0 + NEARLY, "the device has the work of a block whenever somebody waits"
        before = card.now
    assert card.now == pytest.approx(18.0, abs=NEARLY) and len(watch._ended) == 1
    assert watch.seconds == pytest.approx(6.0, abs=NEARLY) and card.now == pytest.approx(27.0, abs=NEARLY)
    with watch:
        card.now += 1.5  # the host had something to do, and the device nothing
    assert watch.seconds == pytest.approx(7.5, abs=NEARLY)


def two_stages(card, first, second):
    """Steps of one frame each that queue so many seconds; something small after the last."""
    for stage, works in (("one", first), ("two", second)):
        for each in works:
            card.launch(each)
            yield Step(stage, 1)
    card.launch(0.25)


def test_a_stage_is_waited_for_at_its_end_and_not_at_its_steps(card):
    meter, seconds = Meter(clock=card.clock), {}
    steps = two_stages(card, [1.0, 2.0, 3.0], [10.0, 20.0, 30.0])
    told = []
    drain(meter.track(steps, None, 3, {"one": 1.0, "two": 1.0}, seconds, CUDA), lambda step: told.append(card.now))
    assert card.waits == [3, 3, 1], "each stage, and what came after the last"
    assert seconds == {"one": pytest.approx(6.0, abs=NEARLY), "two": pytest.approx(60.25, abs=NEARLY)}
    assert sum(seconds.values()) == card.now
    assert told[1] < NEARLY and told[2] > 6.0, "whoever is told that a stage is through, it is"


def test_nobody_waits_on_a_cpu(card):
    steps = two_stages(card, [1.0] * 3, [1.0] * 3)
    drain(Meter(clock=card.clock).track(steps, None, 3, {"one": 1.0, "two": 1.0}, {}, CPU))
    assert card.waits == []


class Queued(Blocks):
    """Blocks on that card: each of its steps queues what it takes."""

    device = CUDA

    def __init__(self, card):
        self.card = card

    def encode(self, clip, plan):
        self.card.launch(ENCODE)
        return (yield from super().encode(clip, plan))

    def decode(self, latents, plan, sink):
        outer = self

        class Launched:
            def append(self, frames):
                outer.card.launch(DECODE)
                sink.append(frames)

        return (yield from super().decode(latents, plan, Launched()))


@pytest.fixture
def run_there(card, monkeypatch, tmp_path):
    """The events of a run on the card, where scores of a batch take SCORE too."""
    own = PlayedScores.add

    def add(scores, frames):
        own(scores, frames)
        card.launch(SCORE)

    monkeypatch.setattr(PlayedScores, "add", add)
    for name, value in (("kernels_on", NUMPY), ("batch_budget", 10**12), ("device_name", "a card")):
        monkeypatch.setattr(engine, name, lambda device, value=value: value)
    clip, jobs = Clip.from_array(moving_clip(20, 32, 32), 24, "made here"), engine.jobs_of(
        Queued(card), parse_variants("5,4"))
    return lambda **options: engine.run(clip, jobs, tmp_path, meter=Meter(clock=card.clock), **options)


@pytest.mark.parametrize("options", [{}, {"scores": SWEPT, "keep_frames": False}])
def test_seconds_by_stage_are_those_of_the_device_and_come_to_the_whole(card, run_there, options):
    *_, finished = run_there(**options)
    rows = finished.comparison.variants
    for row in rows:
        batches = len(row.plan.decode_chunks)
        assert row.seconds == {"encode": pytest.approx(ENCODE, abs=NEARLY),
                               "decode": pytest.approx(batches * DECODE, abs=NEARLY),
                               "score": pytest.approx(batches * SCORE, abs=NEARLY)}
    assert sum(sum(row.seconds.values()) for row in rows) == pytest.approx(card.now)
    assert len(card.waits) == 1 + 4 * len(rows), "where a stage is through, and where its generator is; never at a step"


def test_what_is_done_while_somebody_else_has_the_steps_is_nobodys_time(card, run_there):
    own = 0.0
    for event in run_there():
        if isinstance(event, Progress):
            before = card.now
            card.wait_until(card.now + 100.0)
            own += card.now - before
    for row in event.comparison.variants:
        assert all(seconds >= 0 for seconds in row.seconds.values()), row.seconds
    assert sum(sum(row.seconds.values()) for row in event.comparison.variants) == pytest.approx(card.now - own)


def test_scores_are_queued_behind_the_next_batch_before_anybody_waits(card):
    """One batch late: when somebody looks at the first, the device has the second already."""
    class Scores:
        def add(self, frames):
            card.launch(SCORE)

        def scores(self):
            wait(CUDA)
            return "played", "aligned"

    flow = Flow(Scores(), None, None, CUDA)
    for n in range(3):
        card.launch(DECODE)
        flow.append(torch.zeros(1, 2, 2, 3, dtype=torch.uint8))
        assert card.now == pytest.approx(n * (DECODE + SCORE), abs=NEARLY)
    assert flow.end() == ("played", "aligned")
    assert flow.seconds == pytest.approx(3 * SCORE, abs=NEARLY) and card.waits


def test_products_are_exact_where_a_test_asks_for_that(without_tf32):
    assert torch.backends.cudnn.conv.fp32_precision == torch.backends.cuda.matmul.fp32_precision == "ieee"
