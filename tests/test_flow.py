"""Where decoded frames go: scored, then stored, one batch behind at most, and an error of either is heard."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from fabricated import Frames, moving_clip

from vae_demo import metrics
from vae_demo.flow import Flow, kernels_on, thread_beside
from vae_demo.metrics import PlayedScores
from vae_demo.store import FrameStore


class Watched:
    """Scores that note who asked for them, and how many frames were stored by then."""

    def __init__(self, store=None, fails=False):
        self.threads, self.stored, self.store, self.fails = [], [], store, fails

    def add(self, frames):
        self.threads.append(threading.current_thread())
        self.stored.append(self.store.n_written if self.store else 0)
        if self.fails:
            raise ArithmeticError("no score")

    def scores(self):
        return "played", "aligned"


def batches(n, kind=torch.from_numpy):
    return [kind(part) for part in np.split(moving_clip(4 * n, 16, 24), n)]


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("kind", [torch.from_numpy, np.asarray])
def test_frames_are_stored_in_order_and_one_batch_behind_at_most(tmp_path, beside, kind):
    store = FrameStore(tmp_path / "frames.npy", 12, 16, 24)
    scores = Watched(store)
    with ThreadPoolExecutor(1) as pool:
        flow = Flow(scores, store, pool if beside else None)
        for at, batch in enumerate(batches(3, kind)):
            flow.append(batch)
            assert store.n_written == 4 * at, "a copy goes on while the next batch is computed"
        assert flow.end() == ("played", "aligned")
    assert np.array_equal(store.frames(0, 12), moving_clip(12, 16, 24))
    assert len(scores.threads) == 3 and ({threading.main_thread()} == set(scores.threads)) is not beside
    assert flow.seconds > 0


@pytest.mark.parametrize("beside", [True, False])
def test_a_score_that_fails_is_heard_at_the_next_batch(beside):
    with ThreadPoolExecutor(1) as pool:
        flow = Flow(Watched(fails=True), None, pool if beside else None)
        with pytest.raises(ArithmeticError):
            for batch in batches(2):
                flow.append(batch)
        last = Flow(Watched(fails=beside), None, pool if beside else None)
        if beside:
            last.append(batches(1)[0])
            with pytest.raises(ArithmeticError):
                last.end()


def test_arrays_on_a_cpu_are_scored_by_numpy_in_one_thread_and_tensors_where_they_are():
    assert kernels_on(torch.device("cpu")) is metrics.NUMPY and kernels_on(torch.device("cuda")).join is torch.cat
    with thread_beside(torch.device("cpu")) as pool:
        assert pool.submit(threading.current_thread).result() is not threading.main_thread()
    with thread_beside(torch.device("cuda")) as pool:
        assert pool is None


def test_what_is_scored_is_what_came():
    x = moving_clip(8, 16, 24)
    flow = Flow(PlayedScores(Frames(x), 8, range(8)), None)
    for batch in (x[:3], x[3:]):
        flow.append(torch.from_numpy(batch))
    played, aligned = flow.end()
    assert played == aligned and set(played["psnr"]) == {metrics.PSNR_CAP}
