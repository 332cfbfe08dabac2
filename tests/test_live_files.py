"""What the engine in the page is made of: the bytes, where they are, and how the page fetches them."""

import base64
import gzip
import json
import mimetypes
import shutil
import subprocess
from functools import cache

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
# What stands around the script in a browser: a server that answers in two pieces, and the page's elements. Cases one
# after the other, for node takes longer to start than they do.
AROUND = """
const {bodies, cases} = JSON.parse(require("node:fs").readFileSync(0));
const plain = (name) => Buffer.from(bodies[name].plain, "base64"), unpacking = DecompressionStream;

async function answer(mode, asked, url, signal) {
  asked.push(url.href);
  if (mode === "down") throw new TypeError("no network");
  if (mode === "gone") return {ok: false};
  const name = url.pathname.split("/").pop(), bytes = plain(name), half = bytes.length >> 1;
  const cut = mode === "cut" && name === "weights" ? half : bytes.length;
  return {ok: true, body: new ReadableStream({async start(controller) {
    controller.enqueue(new Uint8Array(bytes.subarray(0, half)));
    await new Promise((go) => setTimeout(go, 5));
    if (signal.aborted) return controller.error(signal.reason);
    if (mode === "broken") return controller.error(new TypeError("reset"));
    if (cut > half) controller.enqueue(new Uint8Array(bytes.subarray(half, cut)));
    if (mode === "more") controller.enqueue(new Uint8Array(1));
    controller.close();
  }})};
}

async function outcome({mode, wanted}) {
  const asked = [], steps = [], ending = new AbortController(), held = {...bodies};
  if (mode === "short") held.weights = {packed: held.weights.packed.slice(0, -400)};
  if (mode === "nothing") delete held.wasm;
  globalThis.document = {
    baseURI: "https://lab.example/behind/?tab=learn",
    getElementById: (id) => (held[id] && {textContent: held[id].packed}),
  };
  globalThis.fetch = (url, {signal}) => answer(mode, asked, url, signal);
  if (mode === "old") delete globalThis.DecompressionStream;
  if (mode === "ended") setTimeout(() => ending.abort(new Error("left")), 2);
  const found = await fetching.fetchLive(wanted, (n, total) => steps.push([n, total]), {signal: ending.signal}).then(
    ({wasm, weights, script, frames: {rgb, ...shape}}) => ({script, shape, same: [
      ["wasm", wasm], ["weights", weights], ["frames", rgb]].every(([name, had]) =>
      plain(name).equals(Buffer.from(had))), kinds: [wasm, weights, rgb].map((each) => each.constructor.name)}),
    (error) => ({said: error.said, message: error.message}));
  globalThis.DecompressionStream = unpacking;
  return {...found, steps: [...steps], asked: [...asked], total: fetching.liveBytes(wanted)};
}

(async () => {
  const found = [];
  for (const each of cases) found.push(await outcome(each));
  console.log(JSON.stringify(found));
})();
"""
REFUSED = [
    ("down", False, "live_unreachable"), ("gone", False, "live_unreachable"), ("cut", False, "live_not_whole"),
    ("more", False, "live_not_whole"), ("broken", False, "live_not_whole"), ("short", True, "live_not_whole"),
    ("nothing", True, "live_not_whole"), ("old", True, "live_no_unpacking")]
CASES = [("fine", False), ("fine", True), ("ended", False), *((mode, inside) for mode, inside, _ in REFUSED)]


def places(inside):
    """Where fetchLive finds PARTS: at addresses, or in elements of the page."""
    return {name: {"bytes": len(content), **(inside_of(name) if inside else {"url": f"./vd/kept/0/{name}"}),
                   **(SHAPE if name == "frames" else {})} for name, content in PARTS.items()}


def inside_of(name):
    return {"id": name, **({"planes": PLANES[name]} if name in PLANES else {})}


@cache
def fetches():
    """What fetchLive gives, case by case."""
    bodies = {name: {"plain": base64.b64encode(content).decode(),
                     "packed": bytes_element(name, content, PLANES.get(name, 1)).partition(">")[2].partition("<")[0]}
              for name, content in PARTS.items()}
    asked = {"bodies": bodies, "cases": [{"mode": mode, "wanted": places(inside)} for mode, inside in CASES]}
    ran = subprocess.run(["node", "-e", bundle.bundle("live/fetching.js", "fetching") + AROUND],
                         input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=60)
    return dict(zip(CASES, json.loads(ran.stdout), strict=True))


def fetch(mode, inside=False):
    return fetches()[mode, inside]


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
@pytest.mark.parametrize(("mode", "inside", "said"), REFUSED)
def test_what_does_not_come_is_one_sentence(mode, inside, said):
    assert fetch(mode, inside)["said"] == said
    assert words.known(said)


@needs_node
def test_whoever_leaves_ends_it():
    found = fetch("ended")
    assert found["message"] == "left" and "said" not in found
