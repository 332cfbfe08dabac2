"""What the engine in the page is made of: the bytes, where they are, and how the page fetches them."""

import base64
import gzip
import json
import mimetypes
import shutil
import subprocess

import numpy as np
import pytest
from test_kept import ask, behind

from vae_demo import assets, bundle, words
from vae_demo.clips import read_clip
from vae_demo.live import parts
from vae_demo.models.spec import TINY_17, TINY_MIXED
from vae_demo.refusal import Refusal
from vae_demo.views.offline.document import bytes_element
from vae_demo.views.serving.kept import KeptFiles
from vae_demo.views.serving.live_files import live_addresses

KINDS = {"wasm": "application/wasm", "weights": "application/octet-stream", "script": "text/javascript; charset=utf-8",
         "frames": "application/octet-stream"}


def fetched(url, **headers):
    status, told, body = ask(KeptFiles(behind), f"/behind/a/proxy{url[1:]}", **headers)
    assert status == 200
    return told, b"".join(body)


@pytest.fixture(autouse=True)
def other_endings():
    """As Gradio leaves them: what a file is must not hang on the machine's own list."""
    known = mimetypes.types_map[".js"]
    mimetypes.add_type("application/javascript", ".js")
    yield
    mimetypes.add_type(known, ".js")


@pytest.mark.parametrize("model", [TINY_17, TINY_MIXED])
def test_every_part_is_where_it_says_packed_and_for_ever(model):
    found = live_addresses(model, "harbour", 64)
    assert found.keys() == KINDS.keys() and fetched(found["wasm"]["url"])[1].startswith(b"\0asm")
    # As one that a page from file:// can start, and no more.
    assert b"\nimport " not in (script := fetched(found["script"]["url"])[1]) and b"onmessage" in script
    for name, part in found.items():
        told, body = fetched(part["url"], accept_encoding="gzip, br")
        plain = gzip.decompress(body)
        assert told["content-encoding"] == "gzip" and len(plain) == part["bytes"] > len(body), name
        assert told["content-type"] == KINDS[name] and "immutable" in told["cache-control"]
        assert told["x-content-type-options"] == "nosniff" and told["vary"] == "accept-encoding"
        told, body = fetched(part["url"])
        assert body == plain and int(told["content-length"]) == part["bytes"] and "content-encoding" not in told
        if name == "weights":
            assert plain == (assets.WEIGHTS / f"{model}.safetensors").read_bytes()


@pytest.mark.parametrize("size", [64, parts.SIZE])
def test_the_frames_are_those_that_a_run_on_the_server_gets(size):
    found = live_addresses(TINY_17, "harbour", size)["frames"]
    with read_clip(assets.clip("harbour"), size=size) as clip:
        first = clip.frames(0, parts.N_FRAMES)
    assert [found[name] for name in ("frames", "height", "width")] == [*first.shape[:3]] == [34, size, size]
    assert np.array_equal(np.frombuffer(fetched(found["url"])[1], np.uint8).reshape(first.shape), first)


def test_a_clip_that_is_not_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "CLIPS", tmp_path)
    with pytest.raises(Refusal, match="does not exist"):
        live_addresses(TINY_17, "harbour")


PARTS = {"wasm": b"\0asm", "weights": bytes(range(256)) * 9000, "script": "const a = \"你好\";".encode(),
         "frames": bytes(2 * 8 * 8 * 3)}
# One in planes whose length they do not divide.
PLANES = {"frames": 3, "weights": 7}
SHAPE = {"frames": 2, "height": 8, "width": 8}
# What stands around the script in a browser: a server that answers in two pieces, and the page's elements.
AROUND = """
const bodies = GIVEN, asked = [];
const plain = (name) => Buffer.from(bodies[name].plain, "base64");
globalThis.document = {
  baseURI: "https://lab.example/behind/?tab=learn",
  getElementById: (id) => (bodies[id] && {textContent: bodies[id].packed}),
};
globalThis.fetch = async (url, {signal}) => {
  asked.push(url.href);
  if (MODE === "down") throw new TypeError("no network");
  if (MODE === "gone") return {ok: false};
  const name = url.pathname.split("/").pop(), bytes = plain(name), half = bytes.length >> 1;
  const cut = MODE === "cut" && name === "weights" ? half : bytes.length;
  return {ok: true, body: new ReadableStream({async start(controller) {
    controller.enqueue(new Uint8Array(bytes.subarray(0, half)));
    await new Promise((go) => setTimeout(go, 5));
    if (signal.aborted) return controller.error(signal.reason);
    if (MODE === "broken") return controller.error(new TypeError("reset"));
    if (cut > half) controller.enqueue(new Uint8Array(bytes.subarray(half, cut)));
    if (MODE === "more") controller.enqueue(new Uint8Array(1));
    controller.close();
  }})};
};
const steps = [], ending = new AbortController();
if (MODE === "ended") setTimeout(() => ending.abort(new Error("left")), 2);
fetching.fetchLive(WANTED, (n, total) => steps.push([n, total]), {signal: ending.signal}).then(
  ({wasm, weights, script, frames: {rgb, ...shape}}) => ({script, shape, same: [
    ["wasm", wasm], ["weights", weights], ["frames", rgb]].every(([name, had]) => plain(name).equals(Buffer.from(had))),
    kinds: [wasm, weights, rgb].map((each) => each.constructor.name)}),
  (error) => ({said: error.said, message: error.message})).then(
  (found) => console.log(JSON.stringify({...found, steps, asked, total: fetching.liveBytes(WANTED)})));
"""


def inside_of(name):
    return {"id": name, **({"planes": PLANES[name]} if name in PLANES else {})}


def fetch(mode, inside=False):
    """What fetchLive gives for PARTS: from addresses, or from elements of the page."""
    told = {name: {"plain": base64.b64encode(content).decode(),
                   "packed": bytes_element(name, content, PLANES.get(name, 1)).partition(">")[2].partition("<")[0]}
            for name, content in PARTS.items()}
    wanted = {name: {"bytes": len(content), **(inside_of(name) if inside else {"url": f"./vd/kept/0/{name}"}),
                     **(SHAPE if name == "frames" else {})} for name, content in PARTS.items()}
    if mode == "short":
        told["weights"]["packed"] = told["weights"]["packed"][:-400]
    if mode == "nothing":
        del told["wasm"]
    around = AROUND.replace("MODE", json.dumps(mode)).replace("GIVEN", json.dumps(told)).replace(
        "WANTED", json.dumps(wanted))
    if mode == "old":
        around = "delete globalThis.DecompressionStream;" + around
    script = bundle.bundle("live/fetching.js", "fetching") + around
    ran = subprocess.run(["node"], input=script, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(ran.stdout)


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run what fetches")


@needs_node
@pytest.mark.parametrize("inside", [False, True])
def test_all_parts_come_with_their_progress(inside):
    found = fetch("fine", inside)
    total = sum(map(len, PARTS.values()))
    assert found["same"] and found["script"] == PARTS["script"].decode() and found["shape"] == SHAPE
    assert found["kinds"] == ["ArrayBuffer", "ArrayBuffer", "Uint8Array"]
    counts = [n for n, _ in found["steps"]]
    assert counts == sorted(counts) and len(counts) > 4 and counts[-1] == total == found["total"]
    assert {each for _, each in found["steps"]} == {total}
    assert found["asked"] == [] if inside else all(
        url.startswith("https://lab.example/behind/vd/kept/") for url in found["asked"])


@needs_node
@pytest.mark.parametrize(("mode", "inside", "said"), [
    ("down", False, "live_unreachable"), ("gone", False, "live_unreachable"), ("cut", False, "live_not_whole"),
    ("more", False, "live_not_whole"), ("broken", False, "live_not_whole"), ("short", True, "live_not_whole"),
    ("nothing", True, "live_not_whole"), ("old", True, "live_no_unpacking")])
def test_what_does_not_come_is_one_sentence(mode, inside, said):
    assert fetch(mode, inside)["said"] == said
    assert words.known(said)


@needs_node
def test_whoever_leaves_ends_it():
    found = fetch("ended")
    assert found["message"] == "left" and "said" not in found
