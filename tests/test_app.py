"""The running app through gradio_client: what it answers, what it refuses, how it stops, and what it leaves behind."""

import json
import re
import time
from pathlib import Path

import httpx
import pytest
from fabricated import moving_clip
from films import film, ghosts, written
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from random_models import tiny_model
from served import QUIET, served

from vae_demo import engine
from vae_demo.clips import read_clip, write_video
from vae_demo.inspection import inspect_steps
from vae_demo.layout.plan import plan
from vae_demo.layout.variant import Variant, parse_variants
from vae_demo.models.spec import MODELS
from vae_demo.results.rerun import client_call, sweep_client_call
from vae_demo.results.scores import SWEPT
from vae_demo.steps import drain
from vae_demo.verdicts import swept
from vae_demo.views.explore import run as explore_run
from vae_demo.views.serving import jobs as line_of_runs
from vae_demo.views.shared import kept_model
from vae_demo.views.shared.running import Request

pytestmark = QUIET
README = Path(__file__).parents[1] / "README.md"
N_FRAMES, VARIANTS = 20, "17,16,17:16"


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Where the app puts things, and clips outside of it."""
    return {name: tmp_path_factory.mktemp(name) for name in ("kept", "outside")}


@pytest.fixture(scope="module")
def url(places):
    """The app on a free port with a model of random weights; nothing is asked of any network."""
    model = tiny_model()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_model, "model_for", lambda name, device, dtype="auto": model)
        with served(places["kept"]) as address:
            yield address


@pytest.fixture(scope="module")
def client(url, tmp_path_factory):
    return Client(url, verbose=False, download_files=str(tmp_path_factory.mktemp("downloads")))


@pytest.fixture(scope="module")
def clip(places):
    path = places["outside"] / "moving.mp4"
    write_video(path, iter(moving_clip(N_FRAMES, 64, 80)), 25)
    return path


@pytest.fixture(autouse=True)
def leaves_nothing(places, url):
    yield
    deadline = time.monotonic() + 30
    while left(places) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left(places) == []


def left(places):
    """What runs leave behind; uploads stay until their visit is over."""
    return [path.name for path in places["kept"].iterdir() if path.name not in ("gradio", "visits")]


def ask(client, clip, variants=VARIANTS, model="tiny-17", start=0, frames=N_FRAMES, size=64, crop="square"):
    return client.predict(handle_file(str(clip)), variants, model, start, frames, size, crop, api_name="/compare")


def without_times(value):
    """A comparison without what differs from run to run, and without the files of a saved one."""
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items() if key not in ("seconds", "media", "visit")}
    return [without_times(each) for each in value] if isinstance(value, list) else value


def test_it_offers_what_the_readme_says(client):
    offered = set(client.view_api(return_format="dict", print_info=False)["named_endpoints"])
    assert offered == {"/compare", "/sweep", "/inspect", "/plan"}
    told = README.read_text(encoding="utf-8")
    assert all(f"`{name}`" in told for name in offered)
    assert not client.view_api(return_format="dict", print_info=False)["unnamed_endpoints"]


@pytest.mark.parametrize(("arguments", "wanted"), [
    ((51, "17", "16", False, "tiny-17"), (51, 17, 16)), ((51, "17", "whole", False, "tiny-17"), (51, 17, None)),
    ((85, "whole", "whole", False, "open-sora-1.2"), (85, None, None)), ((73, 17, 18, False, "tiny-17"), (73, 17, 18))])
def test_plan_answers_what_frames_says(client, arguments, wanted):
    assert client.predict(*arguments, api_name="/plan") == plan(*wanted).to_json()


def test_plan_fits(client):
    assert client.predict(51, "17", "16", True, "tiny-17", api_name="/plan") == plan(51, 17, 16, fit=True).to_json()


@pytest.mark.parametrize(("arguments", "told"), [
    ((0, "17", "17", False, "tiny-17"), "A clip needs 1 to"), ((51, "x", "17", False, "tiny-17"), "not a variant"),
    ((51, "0", "17", False, "tiny-17"), "1 frame or more"), ((51, "17", "17", True, "tiny-17"), "sizes differ"),
    ((51, "17", "17", False, "tiny-18"), "no such model"), (("many", "17", "17", False, "tiny-17"), "whole numbers"),
    ((16.5, "17", "17", False, "tiny-17"), "whole numbers"), ((51, None, [], False, "tiny-17"), "not a variant"),
    ((51, "17", "17", False, ["tiny-17"]), "no such model")])
def test_plan_refuses_in_one_sentence(client, arguments, told):
    assert told in refusal(lambda: client.predict(*arguments, api_name="/plan"))


def refusal(call):
    """The one clear sentence that a refused call ends in."""
    with pytest.raises(AppError) as error:
        call()
    sentence = str(error.value)
    assert "Traceback" not in sentence and "\n" not in sentence.strip() and "verbose error" not in sentence
    assert sentence.strip().endswith(".") and len(sentence) < 700
    return sentence


def test_compare_answers_what_a_direct_call_measures(client, clip, tmp_path):
    answer = ask(client, clip)
    with read_clip(clip, n_frames=N_FRAMES, size=64) as direct:
        finished = engine.measure(direct, engine.jobs_of(tiny_model(), parse_variants(VARIANTS)), tmp_path)
    wanted = json.loads(json.dumps(finished.comparison.to_json()))
    assert without_times(answer) == without_times(wanted)
    assert [each["frames_out"] for each in answer["variants"]] == [20, 20, plan(20, 17, 16).frames_out]
    assert answer["clip"]["name"] == "moving.mp4"


def printed(lines, capsys):
    """What the very text that the page offers for copying prints, run beside its clip."""
    capsys.readouterr()
    exec(compile(lines, "copied", "exec"), {})
    return capsys.readouterr().out.splitlines()


def test_the_lines_that_the_page_offers_print_what_came_out(url, clip, monkeypatch, capsys):
    monkeypatch.chdir(clip.parent)
    data = {"clip": {"name": clip.name, "width": 64, "height": 80, "start": 0, "n_frames": N_FRAMES},
            "model": "tiny-17", "variants": [{"spelling": each} for each in ("17", "17:16")],
            "rows": [{"size": "5"}, {"size": "whole"}], "device": "cpu", "dtype": "float32"}
    score = r"PSNR: \d+\.\d+"
    compared = printed(client_call(data).replace("{home}", url), capsys)
    assert len(compared) == 2 and re.fullmatch(rf"17 frames: 20 {score}", compared[0])
    assert re.fullmatch(rf"17→16 frames: {plan(N_FRAMES, 17, 16).frames_out} {score}", compared[1])
    swept_lines = printed(sweep_client_call(data).replace("{home}", url), capsys)
    assert len(swept_lines) == 2 and re.fullmatch(rf"5 latents: 8 {score}", swept_lines[0])
    assert re.fullmatch(rf"whole latents: 5 {score}", swept_lines[1])


def test_inspect_answers_what_a_direct_look_finds(client, tmp_path):
    plain = film(64, side=64)
    video, source = written(tmp_path / "v.mp4", ghosts(plain, 8)), written(tmp_path / "s.mp4", plain)
    alone = client.predict(handle_file(str(video)), None, 0, 0, api_name="/inspect")
    direct = drain(inspect_steps(video)).to_json()
    assert without_times(alone) == without_times(json.loads(json.dumps(direct)))
    assert (alone["findings"][0]["period"], alone["findings"][0]["kind"]) == (8, "ghost")
    # The visit's own clip is still the video when a source came with a later call.
    pair = client.predict(None, handle_file(str(source)), 0, 0, alone["visit"], api_name="/inspect")
    assert pair["reference"]["name"] == "s.mp4" and pair["findings"][0]["period"] == 8
    again = client.predict(None, None, 0, 40, pair["visit"], api_name="/inspect")
    assert again["video"]["name"] == "v.mp4" and again["video"]["n_frames"] == 40
    assert "has only 9 frames" in refusal(
        lambda: client.predict(None, None, 0, 9, pair["visit"], api_name="/inspect"))


def sweep(client, clip, sizes="5,13,whole", model="tiny-17"):
    return client.predict(handle_file(str(clip)), sizes, model, 0, N_FRAMES, 64, "square", api_name="/sweep")


def test_sweep_answers_what_a_direct_call_measures(client, clip, tmp_path):
    answer = sweep(client, clip)
    with read_clip(clip, n_frames=N_FRAMES, size=64) as direct:
        jobs = engine.jobs_of(tiny_model(), [Variant(size, size) for size in (5, 13, None)])
        finished = engine.measure(direct, jobs, tmp_path, scores=SWEPT, keep_frames=False)
    assert without_times(answer) == without_times(swept(finished.comparison, "17", (17, 17)).to_json())
    assert [(row["size"], row["n_chunks"]) for row in answer["rows"]] == [("5", 4), ("13", 2), ("whole", 1)]


@pytest.mark.parametrize(("sizes", "told"), [
    ("4-x", "not a size"), ("", "at least one size"), ("0", "1 frame or more"), ("1-999", "too many"),
    (None, "not a size"), ([4], "not a size")])
def test_sweep_refuses_in_one_sentence(client, clip, sizes, told):
    assert told in refusal(lambda: sweep(client, clip, sizes))
    assert "no model" in refusal(lambda: sweep(client, clip, model="nothing"))


def test_a_caller_can_watch_it_run(client, clip, monkeypatch):
    monkeypatch.setattr(line_of_runs, "PROGRESS_S", 0)  # it is over in less
    job = client.submit(handle_file(str(clip)), "17", "tiny-17", 0, 9, 64, "square", api_name="/compare")
    result = job.result(timeout=120)
    progress = [each["progress"] for each in job.outputs() if "progress" in each]
    assert progress == sorted(progress) and 0 < progress[-1] < 1
    assert result["variants"][0]["frames_out"] == 9


def test_start_and_crop_reach_the_clip(client, clip):
    answer = ask(client, clip, "17", start=3, frames=5, crop="none")
    assert (answer["clip"]["start"], answer["clip"]["n_frames"]) == (3, 5)
    assert (answer["clip"]["width"], answer["clip"]["height"]) == (80, 64)


@pytest.mark.parametrize(("changes", "told"), [
    ({"variants": "17,x"}, "not a variant"), ({"variants": " , "}, "at least one variant"),
    ({"variants": "1,2,3,4,5,6,7"}, "too many"), ({"variants": "17:17:fit"}, "sizes differ"),
    ({"variants": None}, "not a variant"), ({"model": "tiny-18"}, "no model"), ({"model": None}, "no model"),
    ({"start": 99}, "cannot start at frame 99"), ({"start": -1}, "first frame"), ({"frames": 0}, "frames"),
    ({"frames": 10**9}, "frames"), ({"frames": "many"}, "whole numbers"), ({"frames": 4.5}, "whole numbers"),
    ({"size": 7}, "16"), ({"size": 10**6}, "4096"), ({"crop": "round"}, "crop"),
    ({"variants": "0"}, "1 frame or more")])
def test_compare_refuses_in_one_sentence(client, clip, changes, told):
    assert told in refusal(lambda: ask(client, clip, **changes))


@pytest.mark.parametrize(("name", "content", "told"), [
    ("notes.mp4", b"these are notes, not a video", "not a video or picture"), ("empty.mp4", b"", "empty"),
    ("page.html", b"<html><script>alert(1)</script></html>", "not a video or picture"),
    ("cut.mp4", b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41", "")])
def test_files_that_are_no_clips_are_refused_in_one_sentence(client, tmp_path, name, content, told):
    path = tmp_path / name
    path.write_bytes(content)
    assert told in refusal(lambda: ask(client, path))


@pytest.mark.parametrize("name", [
    "<img src=x onerror=alert(1)>.mp4", "..%2f..%2fetc%2fpasswd.mp4", "a b;rm -rf ~.mp4", "{{value}}${7*6}.mp4",
    "-frames.mp4", "影片 на русском.mp4", "line\nbreak.mp4", "x" * 180 + ".mp4"])
def test_any_file_name_is_only_a_name(client, clip, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(clip.read_bytes())
    answer = ask(client, path, "17", frames=2)
    shown = answer["clip"]["name"]
    assert answer["clip"]["n_frames"] == 2
    assert shown.isprintable() and "/" not in shown and "\\" not in shown and 0 < len(shown) <= 200


@pytest.mark.parametrize("endpoint", ["compare", "sweep"])
@pytest.mark.parametrize("extra", [{}, {"meta": {"_type": "gradio.FileData"}}])
def test_no_path_of_the_servers_own_is_read(url, clip, extra, endpoint):
    for path in (str(clip), "/etc/hostname", None):
        for data in ({"path": path, **extra}, path):
            answered = by_hand(url, [data, "17", "tiny-17", 0, 2, 64, "square"], endpoint)
            assert "event: error" in answered and "frames_out" not in answered, (path, answered)


def test_an_upload_by_hand_is_read(url, clip):
    sent = httpx.post(f"{url}gradio_api/upload", files={"files": ("clip.mp4", clip.read_bytes())}, timeout=60)
    data = {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
    answered = by_hand(url, [data, "17", "tiny-17", 0, 2, 64, "square"])
    assert "event: complete" in answered and "frames_out" in answered


def by_hand(url, data, endpoint="compare"):
    """A call without the client and its manners: all events as text."""
    asked = httpx.post(f"{url}gradio_api/call/{endpoint}", json={"data": data}, timeout=60)
    if asked.status_code != 200:
        return f"event: error {asked.status_code}"
    with httpx.stream("GET", f"{url}gradio_api/call/{endpoint}/{asked.json()['event_id']}", timeout=60) as answer:
        return "".join(answer.iter_text())


def test_a_cancelled_call_stops_and_leaves_room_for_the_next(client, clip, places):
    """The run waits at every step, so that it can only end early by being stopped."""
    stepped = []

    def slowly(*arguments, own=engine.run, **options):
        for event in own(*arguments, **options):
            stepped.append(event)
            time.sleep(0.05)
            yield event

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "run", slowly)
        asked = (handle_file(str(clip)), "4,5,6,7", "tiny-17", 0, N_FRAMES, 64, "square")
        job = client.submit(*asked, api_name="/compare")
        wait_for(lambda: len(stepped) > 3)
        assert left(places), "the run has its files"
        job.cancel()
        wait_for(lambda: not left(places))
    assert not any(isinstance(event, engine.Finished) for event in stepped)
    assert ask(client, clip, "17", frames=2)["variants"][0]["frames_out"] == 2


def wait_for(what, seconds=60):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)


def test_a_run_closed_at_any_step_leaves_nothing(clip, places, url, tmp_path):
    def start():
        asked = Request(clip, "17,17:16", "tiny-17", n_frames=5, size=64)
        return explore_run.run(asked, lambda: tmp_path, growing=False)

    n_events = sum(1 for _ in start())
    seen = set()
    for stop in range(1, n_events):
        running = start()
        for _ in range(stop):
            next(running, None)  # how often it says that the clip is still being read differs
        seen.update(left(places))
        running.close()
        assert left(places) == [], f"left after step {stop}"
    assert seen, "the check can fail"


def test_a_failure_inside_is_told_without_its_inside(client, clip, monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("secret path /home/somebody")
        yield

    monkeypatch.setattr(engine, "run", broken)
    with pytest.raises(AppError) as error:
        ask(client, clip, "17", frames=2)
    assert "somebody" not in str(error.value)


def test_the_page_is_served_and_says_who_it_is(url):
    page = httpx.get(url, timeout=60).text
    assert "1+4k Lab" in page
    config = httpx.get(f"{url}config", timeout=60).json()
    assert not config.get("analytics_enabled") and all(name in json.dumps(config) for name in MODELS)


def test_only_what_is_offered_is_served(url, clip):
    for path in (clip, "/etc/hostname", README):
        assert httpx.get(f"{url}gradio_api/file={path}", timeout=60).status_code in (403, 404)
