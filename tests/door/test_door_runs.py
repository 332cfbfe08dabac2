"""Calls that run something: floods of them, nobody who listens, and sessions that are somebody else's."""

import json
import threading
import time

from asking import BOUNDS, CALLER, SESSIONS, asked, compare, hear, in_line, post
from patience import until
from served import QUIET

from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.serving.jobs import WATCHERS
from vae_demo.views.serving.keys import new_key
from vae_demo.views.shared import samples

pytestmark = QUIET


def test_a_session_without_a_name_does_not_end_the_queue(address, events, places, capfd):
    number = next(number for number, name, _ in events if name == "compare")
    for _ in range(60):
        body = {"fn_index": number, "data": [None, "17"], "session_hash": ""}
        assert post(address, "queue/join", body).status_code == 400
    assert "event: complete" in hear(address, compare(address, asked(address, places)))
    assert "Traceback" not in capfd.readouterr().err


def test_a_call_nobody_listens_to_ends(address, places, slow):
    compare(address, asked(address, places))
    until(lambda: slow["working"] == 1)
    until(lambda: slow["working"] == 0)  # BOUNDS.unheard_s, and a moment


def test_a_full_line_is_a_sentence_and_room_comes_back(address, places, slow):
    data = asked(address, places)
    listening = []
    for _ in range(1 + BOUNDS.waiting):
        number = compare(address, data)
        listening.append(threading.Thread(target=hear, args=(address, number), daemon=True))
        listening[-1].start()
    until(lambda: in_line(address) == 1 + BOUNDS.waiting)
    told = hear(address, compare(address, data))
    assert "event: error" in told and "waiting already" in told
    slow["free"].set()
    for each in listening:
        each.join(timeout=60)
    assert "event: complete" in hear(address, compare(address, data))


def test_one_visit_waits_with_so_many_runs_at_most(address, places, slow):
    visit, data = new_key(), asked(address, places)
    heard = []

    def listen(number):
        heard.append(hear(address, number))

    listening = [threading.Thread(target=listen, args=(compare(address, [*data, visit]),), daemon=True)
                 for _ in range(BOUNDS.waiting_per_visit)]
    for each in listening:
        each.start()
    until(lambda: in_line(address) == BOUNDS.waiting_per_visit or heard)
    assert not heard
    assert "of yours are waiting" in hear(address, compare(address, [*data, visit]))
    slow["free"].set()
    for each in listening:
        each.join(timeout=60)


def test_one_visit_that_watches_its_run_many_times_stops_nobody(address, events, places, slow):
    """Every watcher takes one of Gradio's places; a run has a few."""
    number = next(number for number, name, kinds in events if name == "run")
    clip = samples.first_sample()
    data = [new_key(), clip, ["17"], "tiny-17", 0, 5, "128", "auto"]
    body = {"fn_index": number, "data": data, "session_hash": "many"}
    post(address, "queue/join", body)
    listening = threading.Thread(target=follow, args=(address, "many"), daemon=True)
    listening.start()
    until(lambda: slow["working"] == 1)
    for _ in range(50):
        assert post(address, "queue/join", {**body, "event_data": {"resume": True}}).status_code == 200
    other = new_key()
    post(address, "queue/join", {**body, "data": [other, *data[1:]], "session_hash": "other"})
    jobs = address.reception.line._jobs
    until(lambda: [job.visit for job in jobs] == [data[0], other], 10)
    assert 0 < len(jobs[0].watching) <= WATCHERS
    slow["free"].set()
    listening.join(timeout=60)


def follow(address, session):
    with CALLER.stream("GET", f"{address}gradio_api/queue/data?session_hash={session}", timeout=60) as answer:
        for _ in answer.iter_lines():
            pass


def test_a_call_that_waits_longer_than_the_grace_keeps_its_clip(address, places, slow, monkeypatch):
    data, told = asked(address, places), []
    first = threading.Thread(target=hear, args=(address, compare(address, data)), daemon=True)
    first.start()
    until(lambda: slow["working"] == 1)
    second = threading.Thread(target=lambda: told.append(hear(address, compare(address, data))), daemon=True)
    second.start()
    until(lambda: in_line(address) == 2)
    monkeypatch.setattr(address.reception.visits, "bounds", Bounds(grace_s=0.5))
    for _ in range(7):
        time.sleep(0.1)
        address.reception.visits.sweep()
    slow["free"].set()
    first.join(timeout=60)
    second.join(timeout=60)
    assert "event: complete" in told[0], told[0][-300:]


def test_a_call_may_use_the_clip_of_an_earlier_one(address, places):
    first = hear(address, compare(address, asked(address, places)))
    visit = json.loads(first.rsplit("event: complete\ndata: ", 1)[1].split("\n")[0])[0]["visit"]
    again = hear(address, compare(address, [None, "17", "tiny-17", 0, 3, 64, "square", visit]))
    assert "event: complete" in again and '"frames_in": 3' in again.replace('":', '": ').replace('":  ', '": ')
    for stranger in (new_key(), "", "x", "../x"):
        told = hear(address, compare(address, [None, "17", "tiny-17", 0, 3, 64, "square", stranger]))
        assert "event: error" in told


def test_a_flood_of_made_up_sessions_loses_nobodys_result(address, events, places):
    first = hear(address, compare(address, asked(address, places)))
    visit = json.loads(first.rsplit("event: complete\ndata: ", 1)[1].split("\n")[0])[0]["visit"]
    number = next(number for number, _, kinds in events if kinds == [])
    for index in range(3 * SESSIONS):
        body = {"fn_index": number, "data": [], "session_hash": f"made-up-{index}"}
        assert post(address, "run/predict", body).status_code == 200
    assert "event: complete" in hear(address, compare(address, [None, "17", "tiny-17", 0, 3, 64, "square", visit]))


def test_knowing_a_session_gives_nothing_of_it(address, events, places, slow):
    """Somebody who has read a session's name in a log hears nothing, cancels nothing and joins nothing of it."""
    number, _, kinds = next(each for each in events if each[1] == "run")
    key, stranger, session = new_key(), new_key(), "known-to-many"
    data = [key, "pan", ["17"], "tiny-17", 0, 5, "128", "auto"]
    assert len(data) == len(kinds)
    mine, others = {"x-vd-visit": key}, ({}, {"x-vd-visit": stranger}, {"x-vd-visit": ""})
    body = {"fn_index": number, "data": data, "session_hash": session}
    joined = CALLER.post(f"{address}gradio_api/queue/join", json=body, headers=mine)
    assert joined.status_code == 200
    heard = []

    def listen():
        with CALLER.stream("GET", f"{address}gradio_api/queue/data?session_hash={session}", headers=mine) as stream:
            for line in stream.iter_lines():
                heard.append(line)
                if "process_completed" in line:
                    return

    listening = threading.Thread(target=listen, daemon=True)
    listening.start()
    until(lambda: slow["working"] == 1)
    for headers in others:
        for method, route, content in (
                ("GET", f"queue/data?session_hash={session}", None), ("GET", f"heartbeat/{session}", None),
                ("GET", f"call/run/{joined.json()['event_id']}", None), ("POST", "queue/join", body),
                ("POST", "run/predict", body),
                ("POST", "cancel", {**body, "event_id": joined.json()["event_id"]})):
            answer = CALLER.request(method, f"{address}gradio_api/{route}", json=content, headers=headers)
            assert answer.status_code == 404, (route, headers, answer.text)
    assert slow["working"] == 1
    slow["free"].set()
    listening.join(timeout=60)
    assert any(r'\"comparison\"' in line for line in heard)
