"""The app as a server of tools: what a client of the Model Context Protocol is offered, told and refused."""

import asyncio
import inspect
import json
import socket
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from asking import BOUNDS, CALLER, in_line, upload
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from patience import until
from served import QUIET

from vae_demo.layout.plan import plan
from vae_demo.views import api
from vae_demo.views.serving.jobs import LOOK_S

pytestmark = QUIET
SMALL = {"variants": "17", "frames": 5, "size": 64}
HEADERS = {"accept": "application/json, text/event-stream"}


@asynccontextmanager
async def client(address):
    async with streamable_http_client(f"{address}gradio_api/mcp/") as (reader, writer, _):
        async with ClientSession(reader, writer) as session:
            await session.initialize()
            yield session


def asked(address, *calls, **options):
    """Results of calls (tool, values), each in a connection's own time."""
    async def ask():
        async with client(address) as session:
            return [await session.call_tool(name, values, **options) for name, values in calls]

    return asyncio.run(ask())


def refused(address, name, values):
    [told] = asked(address, (name, values))
    assert told.isError and len(told.content) == 1
    return told.content[0].text


def message(method="tools/call", **params):
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def test_its_tools_are_the_calls_of_the_api_and_say_what_they_take(address):
    async def listed():
        async with client(address) as session:
            return (await session.list_tools()).tools

    calls = {**api.calls(address.reception), "plan": api.plan}
    tools = {tool.name: tool for tool in asyncio.run(listed())}
    assert tools.keys() == calls.keys()
    for name, tool in tools.items():
        known = {each.name: each.default for each in inspect.signature(calls[name]).parameters.values()}
        known.pop("request", None)
        said = tool.inputSchema["properties"]
        assert tool.description.startswith(calls[name].__doc__.split("\n")[0]) and "Returns " in tool.description
        assert said.keys() == known.keys() and all(each["description"] for each in said.values())
        defaults = {each: default for each, default in known.items() if default not in (None, inspect.Parameter.empty)}
        assert {each: about["default"] for each, about in said.items() if "default" in about} == defaults
        assert tool.inputSchema.get("required", []) == [
            each for each, default in known.items() if default is inspect.Parameter.empty]
    assert tools["compare"].inputSchema["properties"]["clip"]["type"] == "string"


def test_the_readme_says_how_to_add_them(address):
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    block = text.split("```json\n")[1].split("```")[0]
    [server] = json.loads(block)["mcpServers"].values()
    assert server["url"].replace("http://127.0.0.1:7860/", address) == f"{address}gradio_api/mcp/"


def test_a_plan_comes_as_numbers_and_as_text(address):
    [told] = asked(address, ("plan", {"n_frames": 51, "decode": "16"}))
    assert not told.isError and told.structuredContent == plan(51, 17, 16).to_json()
    assert json.loads(told.content[0].text) == told.structuredContent


def test_a_run_tells_how_far_it_is_and_what_it_came_to(address):
    told = []

    async def hear(progress, total, message):
        told.append((progress, total, message))

    compared, swept = asked(
        address, ("compare", {**SMALL, "clip": "pan"}),
        ("sweep", {"clip": "pan", "sizes": "4,17", "frames": 5, "size": 64}), progress_callback=hear)
    assert compared.structuredContent["clip"]["n_frames"] == 5 and compared.content[0].text.count("17: 5 -> 5") == 1
    assert [row["size"] for row in swept.structuredContent["rows"]] == ["4", "17"] and swept.content[0].text
    assert told and all(0 <= progress <= 1.01 and total == 1 and stage for progress, total, stage in told)
    # Compare's, then those of the sweep: each only grows.
    again = [before for before, after in pairwise(progress for progress, *_ in told) if after <= before]
    assert len(again) <= 1


def test_a_video_is_inspected_in_words_and_numbers(address):
    [told] = asked(address, ("inspect", {"video": "harbour", "reference": "harbour"}))
    assert told.structuredContent["reference"]["name"] == "harbour.mp4" and told.structuredContent["findings"] == []
    assert told.content[0].text.startswith("All 85 frames are the same") is False and "\n" in told.content[0].text


def test_an_upload_is_a_clip_by_its_path_by_the_address_it_would_have_and_by_its_visit(address, places):
    path = upload(address, (places["assets"] / "clips" / "pan.mp4").read_bytes(), "a clip.mp4")["path"]
    link = f"{address}gradio_api/file={path.replace(' ', '%20')}"
    results = asked(address, *(("compare", {**SMALL, "clip": clip}) for clip in (path, link)))
    visit = results[0].structuredContent["visit"]
    results += asked(address, ("compare", {**SMALL, "visit": visit}))
    assert all(told.structuredContent["clip"]["name"] == "a clip.mp4" for told in results), results[0].content


def test_what_is_no_clip_of_this_server_is_neither_read_nor_fetched(address, places):
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0.2)
        there = f"http://127.0.0.1:{elsewhere.getsockname()[1]}"
        before = sorted(places["kept"].rglob("*"))
        for clip in (f"{there}/a.mp4", f"{there}/gradio_api/file=/etc/hostname", "data:video/mp4;base64,AAAA",
                     "/etc/hostname", "file:///etc/hostname", str(places["assets"] / "clips" / "pan.mp4"), "../pan", "",
                     {"path": "/etc/hostname"}, {"url": f"{there}/a.mp4"}, ["pan"], 1):
            assert "name of a sample, or upload it" in refused(address, "compare", {**SMALL, "clip": clip}), clip
        with pytest.raises(TimeoutError):
            elsewhere.accept()
    assert sorted(places["kept"].rglob("*")) == before


@pytest.mark.parametrize(("name", "values", "told"), [
    ("plan", {"n_frames": 0}, "A clip needs 1 to"), ("plan", {}, "values that are asked for"),
    ("plan", {"n_frames": 51, "model": "x"}, "no such model"), ("plan", {"n_frames": "many"}, "whole numbers"),
    ("compare", {"clip": "pan", "frames": 2.5}, "whole numbers"),
    ("compare", {"clip": "pan", "more": 1}, "values that"),
    ("compare", {"clip": "pan", "variants": "x" * 5001}, "values that"), ("compare", {"visit": "x"}, "who it is"),
    ("compare", {"clip": "pan", "variants": "17:"}, "17:"), ("sweep", {"clip": "pan", "sizes": "0"}, "1 frame or more"),
    ("compare", {"clip": "pan", "request": {}}, "values that"), ("run", {}, "values that"), ("x" * 9999, {}, "values")])
def test_what_cannot_be_is_one_sentence(address, capfd, name, values, told):
    sentence = refused(address, name, values)
    assert told in sentence and sentence.endswith(".") and "\n" not in sentence and len(sentence) < 400
    assert capfd.readouterr().err == ""


def test_a_failure_inside_is_told_without_its_inside(address, monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("secret path /home/somebody")
        yield

    monkeypatch.setattr(api.explore_run, "run", broken)
    assert "stopped with an error" in refused(address, "compare", {**SMALL, "clip": "pan"})


def test_only_messages_with_a_reply_are_taken_and_nothing_else_is_open(address, capfd):
    def sent(method, route, **body):
        return CALLER.request(method, f"{address}gradio_api/{route}", headers=HEADERS, **body)

    assert sent("GET", "mcp/").status_code == sent("DELETE", "mcp").status_code == 405
    for route in ("mcp/sse", "mcp/messages/", "mcp/messages/?session_id=x", "mcp/x", "mcpx"):
        assert [sent(method, route).status_code for method in ("GET", "POST")] == [404, 404], route
    for body in (b"", b"[]", b"[1" * 5000, b"{" * 5000, b'{"a":' * 3000, b'"\\ud800"', b"nothing"):
        assert sent("POST", "mcp/", content=body).status_code == 400, body[:20]
    book = message(name="plan", arguments={"n_frames": 5, "model": "x" * 1_000_000})
    assert sent("POST", "mcp/", json=book).status_code == 400
    for body in ({}, {"jsonrpc": "2.0"}, message("tools/none"), message(name=1), message("prompts/get", name="x"),
                 {**message(), "id": None}, message("resources/read", uri="file:///etc/hostname")):
        assert "root:" not in sent("POST", "mcp/", json=body).text
    assert sent("POST", "mcp", json=message(name="plan", arguments={"n_frames": 5})).status_code == 200
    assert [tool["name"] for tool in sent("GET", "mcp/schema").json()] == ["compare", "sweep", "inspect", "plan"]
    assert capfd.readouterr().err == ""


def test_whoever_hangs_up_stops_his_run(address, slow):
    with httpx.stream("POST", f"{address}gradio_api/mcp", headers=HEADERS,
                      json=message(name="compare", arguments={**SMALL, "clip": "pan"})):
        until(lambda: slow["working"] == 1)
    until(lambda: not in_line(address), BOUNDS.unheard_s / 2 + 20 * LOOK_S)


def test_a_full_line_is_a_sentence_for_tools_too(address, slow):
    async def crowd():
        async with client(address) as session:
            waiting = [asyncio.create_task(session.call_tool("compare", {**SMALL, "clip": "pan"}))
                       for _ in range(1 + BOUNDS.waiting)]
            while in_line(address) < 1 + BOUNDS.waiting:
                await asyncio.sleep(0.01)
            told = await session.call_tool("compare", {**SMALL, "clip": "pan"})
            slow["free"].set()
            return told, await asyncio.gather(*waiting)

    told, others = asyncio.run(crowd())
    assert told.isError and "waiting already" in told.content[0].text
    assert not any(each.isError for each in others)


def test_an_address_waits_with_so_many_runs_whichever_way_it_asks(address, slow, monkeypatch):
    narrow = replace(BOUNDS, trust_forwarded=True, waiting_per_address=1)
    monkeypatch.setattr(address.reception, "bounds", narrow)
    monkeypatch.setattr(address.reception.line, "_bounds", narrow)
    call = message(name="compare", arguments={**SMALL, "clip": "pan"})
    near, far = ({**HEADERS, "x-forwarded-for": where} for where in ("1.1.1.1", "2.2.2.2"))
    with httpx.stream("POST", f"{address}gradio_api/mcp/", headers=near, json=call):
        until(lambda: in_line(address) == 1)
        assert '"isError":true' in CALLER.post(f"{address}gradio_api/mcp/", headers=near, json=call).text
        with httpx.stream("POST", f"{address}gradio_api/mcp/", headers=far, json=call):
            until(lambda: in_line(address) == 2)
