"""The running app on a card that is lent: what visitors get, one by one and at once, and when it goes wrong."""

import time

import gradio as gr
import pytest
from fabricated import moving_clip
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from lent_gpu import lent_gpu
from patience import until
from random_models import tiny_model
from served import QUIET, served

from vae_demo import engine
from vae_demo.clips import write_video
from vae_demo.refusal import Refusal

pytestmark = QUIET
N_FRAMES = 9


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the app puts things."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def lender():
    # A fresh worker each time: what a test puts in place of the engine is in the fork.
    with lent_gpu(tiny_model, keeps=False) as found:
        yield found


@pytest.fixture(scope="module")
def clients(lender, kept):
    """Two visitors."""
    with served(kept) as address:
        yield [Client(address, verbose=False, download_files=str(kept)) for _ in range(2)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clips") / "moving.mp4"
    write_video(path, iter(moving_clip(N_FRAMES, 64, 80)), 25)
    return path


@pytest.fixture(autouse=True)
def leaves_nothing(clients, kept):
    yield
    until(lambda: left(kept) == [])


def left(kept):
    return [path.name for path in kept.iterdir() if path.name.startswith(("work-", "result-"))]


def submitted(client, clip, cuts="5,4", call="compare"):
    return client.submit(handle_file(str(clip)), cuts, "tiny-17", 0, N_FRAMES, 64, "square", api_name=f"/{call}")


@pytest.mark.parametrize("call", ["compare", "sweep"])
def test_a_call_runs_on_the_card(clients, clip, lender, call):
    before = len(lender.asked)
    told = list(submitted(clients[0], clip, call=call))
    assert told[-1]["dtype"] == "float32" and len(lender.asked) == before + 1
    assert "gpu" in [each.get("stage") for each in told[:-1]]
    labels = [each["label"] for each in told[-1]["variants"]] if call == "compare" else \
        [each["size"] for each in told[-1]["rows"]]
    assert labels == ["5", "4"]


def test_two_visitors_have_one_run_each_and_both_their_own(clients, clip, lender):
    before = len(lender.asked)
    jobs = [submitted(client, clip, cuts) for client, cuts in zip(clients, ("5", "3,4"), strict=True)]
    results = [job.result() for job in jobs]
    assert [[each["label"] for each in result["variants"]] for result in results] == [["5"], ["3", "4"]]
    assert len(set(lender.pids[before:])) == 2 and results[0]["visit"] != results[1]["visit"]
    places = [[each["position"] for each in job.outputs() if each.get("stage") == "waiting"] for job in jobs]
    assert sum(map(len, places)) >= 1, "one of them has waited for the other"


def test_a_cancelled_call_ends_the_workers_run(clients, clip, kept, tmp_path):
    steps, own = tmp_path / "steps", engine.run

    def slowly(*arguments, **options):
        for event in own(*arguments, **options):
            with steps.open("a") as file:
                file.write("!" if isinstance(event, engine.Finished) else "x")
            time.sleep(0.1)
            yield event

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "run", slowly)
        job = submitted(clients[0], clip, "5,4,3,7")
        until(lambda: steps.exists() and len(steps.read_text()) > 2)
        assert left(kept), "the run has its files"
        job.cancel()
        until(lambda: not left(kept))
    done = steps.read_text()
    time.sleep(0.3)
    assert steps.read_text() == done and "!" not in done
    assert submitted(clients[0], clip, "5").result()["variants"][0]["frames_out"] == N_FRAMES


@pytest.mark.parametrize(("error", "told"), [
    (Refusal("out_of_memory"), "The device ran out of memory"), (RuntimeError("secret path /home/somebody"), "")])
def test_a_failure_in_a_worker_is_told_as_one_in_the_server(clients, clip, error, told, monkeypatch):
    def broken(*arguments, **options):
        raise error
        yield

    monkeypatch.setattr(engine, "run", broken)
    with pytest.raises(AppError) as caught:
        submitted(clients[0], clip).result()
    assert told in str(caught.value) and "somebody" not in str(caught.value)


def test_no_card_is_a_sentence(clients, clip, lender, monkeypatch):
    monkeypatch.setattr(lender, "refuses", gr.Error("No GPU was available after 60s", title="ZeroGPU queue timeout"))
    with pytest.raises(AppError) as caught:
        submitted(clients[0], clip).result()
    assert "no GPU now: No GPU was available after 60s. Try again" in str(caught.value)
