"""What a run needs in memory is told before anything waits, is loaded or fetched; what is too much is refused then."""

import asyncio
import json
import threading

import huggingface_hub
import pytest
import torch
from command_line import told
from fabricated import moving_clip
from published_layout import write_folder
from served import reception_in
from test_offered import refused

from vae_demo.cli import progress
from vae_demo.clips import write_video
from vae_demo.layout.variant import parse_variants
from vae_demo.models import diffusers_room, loading
from vae_demo.models.diffusers_room import Room
from vae_demo.models.loading import load_model
from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal
from vae_demo.views.explore import run as explore_run
from vae_demo.views.explore.tab import _blamed
from vae_demo.views.page import CHECKS
from vae_demo.views.serving.offered import OFFER
from vae_demo.views.shared import kept_model, needs, needs_asked, samples
from vae_demo.views.shared.needs import Needs
from vae_demo.views.shared.needs_asked import NeedsAsked
from vae_demo.views.shared.running import Request
from vae_demo.views.sweep import run as sweep_run
from vae_demo.views.zerogpu.borrowed import BORROWED

NAME, FRAMES, ROOMY = "hunyuanvideo", 33, 10**13


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clips") / "c.mp4"
    write_video(path, iter(moving_clip(FRAMES, 64, 96)), 24)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("weights") / "vae", NAME)


@pytest.fixture(scope="module")
def counted():
    """What one test has counted the next one knows."""
    return Needs()


@pytest.fixture(autouse=True)
def here(monkeypatch, folder, counted):
    """A server with a model in a folder, one that may be fetched, and memory without end."""
    found = counted
    for module in (explore_run, sweep_run):
        monkeypatch.setattr(module, "NEEDS", found)
    monkeypatch.setattr(OFFER, "places", {NAME: folder})
    monkeypatch.setattr(OFFER, "fetched", frozenset({"ltx-2"}))
    monkeypatch.setattr(kept_model, "best_device", lambda: "cpu")
    monkeypatch.setattr(needs, "batch_budget", lambda device: ROOMY)
    monkeypatch.setattr(kept_model, "KEPT", kept_model.Kept())
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *at: None)
    # Whoever loads or fetches anything here fails.
    for name in ("load_model", "fetch_weights"):
        monkeypatch.setattr(loading, name, lambda *given, **more: pytest.fail("that is what it must not do"))
    return found


def asked(clip, cuts="own,whole,17", model=NAME, **more):
    return Request(clip, cuts, model, n_frames=FRAMES, size=64, **more)


def test_it_is_what_the_loaded_model_says_of_the_largest_variant(clip, folder):
    need = explore_run.check(asked(clip))
    model = load_model(NAME, weights=folder)
    plans = [model.plan(FRAMES, each) for each in parse_variants("own,whole,17")]
    assert need.needed == max(model.room.needed(plan, 64, 64) for plan in plans)
    assert need.needed == model.room.needed(plans[1], 64, 64) and need.fetch is None
    size = sum(each.nbytes for each in (*model.vae.parameters(), *model.vae.buffers()))
    assert need.free == ROOMY - size // 2
    wide = explore_run.check(asked(clip, crop="none"))
    assert wide.needed == model.room.needed(plans[1], 64, 96) > need.needed


def test_half_precision_takes_half(clip):
    whole, half = (explore_run.check(asked(clip, dtype=each)).needed for each in ("float32", "bfloat16"))
    assert half == pytest.approx(whole / 2, rel=0.01)


def test_of_many_sizes_the_longest_alone_is_counted(clip, here, monkeypatch):
    counted = []
    count, own = Room._counted, Needs()
    monkeypatch.setattr(sweep_run, "NEEDS", own)
    monkeypatch.setattr(Room, "_counted", lambda room, *given: counted.append(given[:2]) or count(room, *given))
    need = sweep_run.check(asked(clip, "4-32"))
    assert sorted(counted) == [("decode", 8), ("encode", 32)]
    assert need == sweep_run.check(asked(clip, "32,29,31"))
    counted.clear()
    sweep_run.check(asked(clip, "4-32"))
    assert not counted, "what is known is not counted again"


def test_what_is_not_here_is_counted_as_published_and_not_fetched(clip):
    need = explore_run.check(Request(clip, "own", "ltx-2", n_frames=FRAMES, size=64))
    assert need.fetch > 4 * MODELS["ltx-2"].n_parameters and 0.01e9 < need.needed < 1e9


def test_models_that_split_their_work_say_nothing(clip):
    assert explore_run.check(Request(clip, "17", "tiny-17", n_frames=FRAMES, size=64)) is None


@pytest.mark.parametrize("check", [explore_run.check, sweep_run.check])
def test_too_much_is_refused_before_the_line_with_what_fits(clip, monkeypatch, check):
    cuts = "17"
    needed = check(asked(clip, cuts)).needed
    monkeypatch.setattr(needs, "batch_budget", lambda device: needed * 0.9)
    error = refused(check, asked(clip, cuts, crop="none"))
    assert error.case == "too_big_any" and _blamed(error) == "frames"
    monkeypatch.setattr(diffusers_room, "SIDES", (48, 32, 16))
    error = refused(check, asked(clip, cuts))
    assert error.case == "too_big_clip" and error.params["side"] in (48, 32, 16) and _blamed(error) == "size"
    assert check(Request(clip, cuts, NAME, n_frames=FRAMES, size=error.params["side"]))
    assert check(Request(clip, cuts, NAME, n_frames=9, size=64)), "fewer frames fit, too"


def test_a_picture_too_small_for_the_network_is_refused_then_too(clip):
    error = refused(explore_run.check, Request(clip, "own", "ltx-2", n_frames=FRAMES, size=32))
    assert error.case == "side_least"


def test_what_a_run_takes_is_not_missing_for_the_next(clip, here, monkeypatch):
    with here.during_a_run():
        monkeypatch.setattr(needs, "batch_budget", lambda device: 1)
        assert explore_run.check(asked(clip)).free > ROOMY / 2
    assert refused(explore_run.check, asked(clip)).case == "too_big_any"


def test_the_model_before_makes_room(clip, monkeypatch, folder):
    kept_model.KEPT._model = load_model(NAME, weights=folder)
    need = explore_run.check(asked(clip))
    assert need.free == pytest.approx(ROOMY, abs=1), "it is loaded already"


def test_of_a_borrowed_card_nobody_knows_what_is_free(clip, monkeypatch):
    monkeypatch.setattr(BORROWED, "task", lambda errand: None)
    monkeypatch.setattr(kept_model, "best_device", lambda: "cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(needs, "batch_budget", lambda device: pytest.fail("the server asks nothing of the card"))
    need = explore_run.check(asked(clip))
    assert need.free is None and need.needed


def test_nobody_waits_for_somebody_else_s_count(clip, here, monkeypatch):
    monkeypatch.setattr(needs, "PATIENCE_S", 0.01)
    with here._turn:
        assert explore_run.check(asked(clip)) is None


@pytest.mark.parametrize("command", [("compare", "--variants", "own,whole"), ("sweep", "--sizes", "whole,17")])
def test_the_command_line_says_the_same_before_it_loads_or_fetches(
        clip, folder, command, tmp_path, monkeypatch, capsys):
    needed = explore_run.check(asked(clip, "whole")).needed

    def told_of(free, *more):
        monkeypatch.setattr(progress, "batch_budget", lambda device: free)
        return told([command[0], str(clip), *command[1:], "--size", "64", "--frames", str(FRAMES), "--device", "cpu",
                     "--out", str(tmp_path), *more], capsys)

    def stops(*given, **more):
        raise Refusal("no_cuda")  # whatever would come next

    monkeypatch.setattr(progress, "load_model", stops)
    monkeypatch.setattr(progress, "fetched", lambda args, found: found)
    own = ("--model", NAME, "--weights", str(folder))
    code, out, _ = told_of(ROOMY, *own)
    assert code == 2 and f"needs about {needed / 1e9:.2f} GB beside the weights; 10000.0 GB are free for it\n" in out
    code, out, lines = told_of(needed / 2, *own)
    assert code == 2 and not out and f"need about {needed / 1e9:.1f} GB with {NAME}" in lines[-1]
    if command[0] == "compare":
        published = ("--model", "ltx-2", "--variants", "own", "--accept-licence")
        code, out, _ = told_of(ROOMY, *published)
        assert code == 2 and out.startswith("needs about "), "of what is still to be fetched, too"
        assert told_of(ROOMY, *published, "--weights", "hub:some/where")[1] == ""
        assert told_of(ROOMY, "--model", "tiny-17", "--variants", "17")[1] == ""


@pytest.fixture
def door(tmp_path, monkeypatch, clip):
    monkeypatch.setattr(samples, "sample_names", lambda: ("c",))
    monkeypatch.setattr(samples, "sample_path", lambda name: clip)
    reception = reception_in(tmp_path, monkeypatch)
    return NeedsAsked(reception.visits, reception.bounds, CHECKS)


GOOD = {"key": "ab" * 16, "tab": "explore", "clip": "c", "cuts": "own,17", "model": NAME, "start": 0, "frames": FRAMES,
        "size": "128", "dtype": "auto"}


def answered(door, **changes):
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(door.answer("/vd/needs", json.dumps({**GOOD, **changes}).encode(), send))
    assert sent[0]["status"] == 200
    return json.loads(sent[1]["body"])


def test_the_page_is_told_or_why_not(door):
    told = answered(door)
    assert told["needed"] > 0 and told["free"] > 0 and told["fetch"] is None
    assert answered(door, tab="sweep", cuts="17")["needed"] > 0
    assert answered(door, model="tiny-17", cuts="17") == {}
    assert "batch8" in answered(door, cuts="batch8")["error"]["en"]


@pytest.mark.parametrize("changes", [
    {"key": "x"}, {"tab": "learn"}, {"tab": ["explore"]}, {"start": "many"}, {"frames": 1e400}, {"size": "7"},
    {"cuts": "1," * 9000}, {"clip": "../c.mp4"}])
def test_a_call_of_no_page_is_refused(door, changes):
    with pytest.raises(Refusal) as error:
        answered(door, **changes)
    assert error.value.case in ("bad_call", "clip_gone", "no_visit")


def test_of_one_visitor_only_the_last_question_is_counted(door, monkeypatch):
    """Somebody who types asks often; whoever has gone on is not waited for, and too many are not taken in at all."""
    begun, go, counted = threading.Event(), threading.Event(), []

    def slow(request, bounds):
        counted.append(request.n_frames)
        begun.set()
        go.wait(20)

    door._checks = {"explore": slow}

    async def ask(frames):
        sent = []

        async def send(message):
            sent.append(message)

        await door.answer("/vd/needs", json.dumps({**GOOD, "frames": frames}).encode(), send)
        return json.loads(sent[1]["body"])

    async def all_of_them():
        tasks = [asyncio.create_task(ask(1))]
        await asyncio.to_thread(begun.wait, 20)
        tasks += [asyncio.create_task(ask(frames)) for frames in range(2, 9)]
        await asyncio.sleep(0)
        monkeypatch.setattr(needs_asked, "WAITING", 8)
        late = await ask(9)
        go.set()
        return late, await asyncio.gather(*tasks)

    late, told = asyncio.run(all_of_them())
    assert late == {} and told == 8 * [{}]
    assert counted == [1, 8]
    assert not door._latest and not door._waiting
