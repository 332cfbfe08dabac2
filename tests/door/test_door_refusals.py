"""What comes over the network without the page's manners: foreign paths, wrong kinds, books, made-up names,
and uploads that lie about their length or never come."""

import json
import shutil
import socket
from collections import Counter

import pytest
from asking import CALLER, FILE, UPLOAD, post, raw, upload, usual
from served import QUIET
from uploaded_files import foreign_paths

from vae_demo.views.explore import run as explore_run
from vae_demo.views.serving import bodies
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.serving.keys import new_key

pytestmark = QUIET


def routes(number, api_name):
    yield "run/predict", {"fn_index": number}
    yield "queue/join", {"fn_index": number}
    if api_name:
        yield f"call/{api_name}", {}
        yield f"run/{api_name}", {}


def files_of(*folders):
    return {str(path): path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_no_event_takes_a_path_that_is_no_upload(address, events, places):
    """The kind of fault that let anybody delete the app's own files: every event, every input, every kind of path."""
    other = upload(address, b"of another visitor")
    folder = places["kept"] / "gradio"
    told = [path for path in foreign_paths(folder, places["outside"]) if json_safe(path)]
    sample = places["assets"] / "examples" / "harbour" / "atlas.mp4"
    told += [str(sample), str(places["assets"] / "clips" / "harbour.mp4"), explore_run.__file__]
    before = files_of(*places.values())
    posted = 0
    for number, api_name, kinds in events:
        for index, kind in enumerate(kinds):
            # Every input gets a file of ours; uploads get every kind of path, said in every way.
            for path in told if kind == "uploadbutton" else [str(sample)]:
                ways = {"path": path, **FILE}, {"path": path}, [{"path": path, **FILE}]
                for given in ways if kind == "uploadbutton" else ways[(number + index) % 3:][:1]:
                    data = [usual(each) for each in kinds]
                    data[index] = given
                    for route, names in routes(number, api_name):
                        answer = post(address, route, {**names, "data": data, "session_hash": "x"})
                        assert answer.status_code == 400, (number, kind, path, answer.text)
                        assert answer.json()["error"].endswith((".", "README.")) and "said" in answer.json()
                        posted += 1
    assert posted > 300
    assert files_of(*places.values()) == before
    assert other["path"]


def json_safe(path):
    try:
        json.dumps(path).encode()
        return not isinstance(path, str) or path.encode() is not None
    except (TypeError, UnicodeEncodeError):
        return False


def test_a_file_that_is_no_video_is_refused_and_stays(address, events, places):
    number = next(number for number, name, kinds in events if name == "uploaded" and "uploadbutton" in kinds)
    given = upload(address, b"these are notes")
    answer = post(address, "run/predict", {"fn_index": number, "data": [new_key(), given], "session_hash": "x"})
    assert answer.status_code == 200 and "not a video" in answer.text
    stored = (places["kept"] / "gradio").joinpath(*given["path"].split("/")[-2:])
    assert stored.exists(), "another visitor may have it too"


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b'"x"', b'{"data": 1}', b'{"fn_index": 2}', b'{"data": [], "fn_index": 99999}',
    b'{"data": [], "fn_index": "x"}', b'{"data": [], "fn_index": -1}', b'{"data": [], "fn_index": null}',
    b'{"data": [], "fn_index": 1.5}', b'{"data": [NaN], "fn_index": 2}', b"[" * 20_000, b"\xff\xfe",
    b'{"data": ["' + b"x" * 1_100_000 + b'"], "fn_index": 2}'])
def test_a_body_that_makes_no_sense_is_refused_in_a_sentence(address, body, capfd):
    routes = ["run/predict", "queue/join", "api/predict", "call/nothing"]
    if not body.startswith(b'{"data": []'):  # enough for a call by name
        routes += ["call/compare", "call/v2/compare"]
    for route in routes:
        answer = CALLER.post(f"{address}gradio_api/{route}", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400 and answer.json()["error"], (route, answer.text)
    assert "Traceback" not in capfd.readouterr().err


def test_wrong_kinds_are_refused_without_a_traceback(address, events, capfd):
    wrong = (None, True, -1, 10**400, "\0", "x" * 5000, [], {"a": 1}, ["a", 1])
    often, turn = Counter(kind for *_, kinds in events for kind in kinds), Counter()
    for number, _, kinds in events:
        for index, kind in enumerate(kinds):
            turn[kind] += 1
            # A kind that stands in many places gets a third of them in each: all of them several times over.
            for value in wrong if often[kind] < 6 else wrong[turn[kind] % 3::3]:
                data = [usual(each) for each in kinds]
                data[index] = value
                answer = post(address, "run/predict", {
                    "fn_index": number, "data": data, "session_hash": "x", "event_data": value})
                # A refusal of a call's own function is an error of its event, and a sentence.
                fine = answer.status_code in (200, 400, 404) or answer.json()["error"].endswith(".")
                assert fine, (number, kinds, index, value, answer.text)
    assert "Traceback" not in capfd.readouterr().err


def test_a_call_with_too_few_values_is_filled_or_refused_in_a_sentence(address):
    assert post(address, "call/compare", {"data": []}).status_code == 200, "the clip may be missing: it says so itself"
    answer = post(address, "call/plan", {"data": []})
    assert answer.status_code == 400 and answer.json()["error"]
    assert post(address, "call/plan", {"data": [51]}).status_code in (200, 404)
    assert post(address, "call/plan", {"data": [51, "17", "17", False, "tiny-17", "one more"]}).status_code == 400
    assert post(address, "call/v2/compare", {"nothing": 1}).status_code == 400


@pytest.mark.parametrize("route", [
    "deep_link?session_hash=x", "proxy=http://127.0.0.1:1/", "file=http://127.0.0.1:1/", "file=/etc/passwd",
    "file=app.py",
    "file=../../etc/passwd", "file=%2e%2e%2fetc/passwd", "file//etc/passwd", "vibe-code/", "stream/a/b/c/playlist.m3u8",
    "monitoring", "runs"])
def test_what_the_app_does_not_offer_is_not_there(address, route):
    assert CALLER.get(f"{address}gradio_api/{route}").status_code in (403, 404), route


def test_a_name_in_the_address_and_a_number_in_the_body_mean_one_event(address, events, capfd):
    """Gradio goes by the number; what is looked at must be what runs."""
    for number, *_ in events[:5]:
        answer = post(address, "run/plan", {"fn_index": number, "data": [51, "17", "17", False, "tiny-17"]})
        assert answer.status_code == 200 and answer.json()["data"][0]["frames_in"] == 51, (number, answer.text)
    config = CALLER.get(f"{address}config").json()
    for each in config["dependencies"]:
        if not each["backend_fn"]:
            body = {"fn_index": each["id"], "data": [None] * len(each["inputs"]), "session_hash": "x"}
            assert post(address, "run/predict", body).status_code == 400
    assert "Traceback" not in capfd.readouterr().err


def test_half_a_character_and_a_book_are_refused(address, events, capfd):
    for number, _, kinds in events:
        for index in range(len(kinds)):
            for value in ('"\\ud800"', '["\\udfff"]', f'"{"17," * 300_000}"'):
                data = [json.dumps(usual(each)) for each in kinds]
                data[index] = value
                body = f'{{"fn_index": {number}, "session_hash": "x", "data": [{", ".join(data)}]}}'
                assert CALLER.post(f"{address}gradio_api/run/predict", content=body).status_code == 400
    assert "Traceback" not in capfd.readouterr().err


def test_a_maze_and_a_book_among_the_names_are_refused(address, events, capfd):
    number, _, kinds = next(each for each in events if each[2])
    maze = value = []
    for _ in range(30):
        value.append({"a": (value := [])})
    for odd in (maze, {"x" * 5001: 1}, [{"a": {"y" * 100_000: None}}]):
        for call in ({"data": [odd] + [usual(each) for each in kinds][1:]},
                     {"data": [usual(each) for each in kinds], "event_data": odd}):
            answer = post(address, "run/predict", {**call, "fn_index": number, "session_hash": "x"})
            assert answer.status_code == 400 and answer.json()["error"], answer.text
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(("name", "odd"), [
    *((name, odd) for name in ("session_hash", "event_id")
      for odd in (1, 0, True, [1], {"a": 1}, ["x"], "", 129 * "x")),
    *(("trigger_id", odd) for odd in (True, [1], {"a": 1}, "x", 1.5))])
def test_names_are_short_texts_and_a_trigger_is_a_number(address, name, odd):
    answer = post(address, "run/predict", {"fn_index": 2, "data": [], "session_hash": "x", name: odd})
    assert answer.status_code == 400 and answer.json()["error"], answer.text


def test_the_sign_of_life_says_whether_there_is_a_visit(address):
    def here(body):
        return CALLER.post(f"{address}vd/here", content=body)

    assert here(json.dumps({"key": new_key()})).json() == {"visit": False}
    assert [here(body).status_code for body in (b"", b"{}", b"[]", b'{"key": 1}', b'{"key": "x"}', b"[" * 200_000)
            ] == [400] * 6


def test_a_stream_of_nobody_is_a_sentence_and_no_traceback(address, capfd):
    """Anybody could fill the log with them."""
    for route in ("queue/data?session_hash=made-up", "queue/data?session_hash=", "call/compare/made-up"):
        told = CALLER.get(f"{address}gradio_api/{route}")
        assert told.status_code == 200 and "no such run" in told.text, told.text
        # What the page's own client looks at.
        assert ('"session_not_found": true' if "session" in route else "event: error") in told.text
    assert CALLER.get(f"{address}gradio_api/queue/data").status_code in (200, 404, 422)
    assert "Traceback" not in capfd.readouterr().err


def test_a_call_that_does_not_say_it_is_json_is_read_all_the_same(address):
    answer = CALLER.post(f"{address}gradio_api/call/plan", content=b'{"data": [51]}')
    assert answer.status_code == 200 and answer.json()["event_id"]


def test_an_upload_is_never_served_and_a_result_is(address, places):
    given = upload(address, b"raw clip of a visitor")
    assert CALLER.get(f"{address}gradio_api/file={given['path']}").status_code == 404
    shown = places["assets"] / "examples" / "harbour" / "atlas.mp4"
    assert CALLER.get(f"{address}gradio_api/file={shown}").status_code == 200


def test_an_upload_is_no_longer_than_it_says(address, places):
    """With both headers the pieces count, and the length that was looked at means nothing."""
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n\r\n'
    body = head + b"long" * 1000 + b"\r\n--b--\r\n"
    pieces = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    before = {path for path in places["kept"].rglob("a.mp4")}
    answer = raw(address, UPLOAD + b"Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n", pieces)
    assert " 413 " in answer and {path for path in places["kept"].rglob("a.mp4")} == before


def test_a_body_that_never_comes_is_given_up_and_costs_nobody_a_result(address, monkeypatch):
    monkeypatch.setattr(bodies, "SILENT_S", 0.3)
    visits = address.reception.visits
    kept = visits.new_result(new_key(), "explore")
    monkeypatch.setattr(visits, "bounds", Bounds(max_disk_bytes=visits.used_bytes() + 150_000_000))
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    lines = [socket.create_connection((host, int(port)), timeout=30) for _ in range(5)]
    for line in lines:
        line.sendall(UPLOAD + b"Content-Length: 100000000\r\n\r\n--b")
    assert all(b" 400 " in line.recv(65536) for line in lines)
    for line in lines:
        line.close()
    assert kept.exists()
    for route in (b"gradio_api/queue/join", b"vd/here"):
        assert " 400 " in raw(address, b"POST /%s HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{" % route)


def test_an_upload_that_is_too_large_or_finds_no_room_is_a_sentence(address, monkeypatch):
    def told(length):
        sent = b"POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n" + \
            b"Content-Length: " + length + b"\r\n\r\n"
        return raw(address, sent)

    assert " 413 " in told(b"300000000") and " 413 " in told(b"9" * 18)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000})())
    answer = CALLER.post(f"{address}gradio_api/upload", files={"files": ("a.mp4", b"x")})
    assert answer.status_code == 507 and answer.json()["said"]["zh"]
