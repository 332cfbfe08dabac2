"""A page in Chromium that holds nothing but the engine of vae_demo/live, its weights and a clip."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Route, sync_playwright

from vae_demo import assets, bundle
from vae_demo.clips import read_clip
from vae_demo.models.spec import DEFAULT_MODEL, MODELS

HOME = "http://live.invalid/"
ENTRIES = ("live/engine.js", "live/plans.js", "live/wanted.js", "views/shared/frames.js")
ARGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
# What a script in the page finds at window.live: openEngine, planOf, planFrames, OPEN_SORA, Wanted, and what to open.
SET_UP = """async ([height, width, frames]) => {
  const {modules} = await import("./modules.js");
  const part = async (name) => (await fetch(name)).arrayBuffer();
  const [wasm, weights, rgb, script] = await Promise.all(["vae.wasm", "weights", "clip", "worker.js"].map(part));
  window.live = Object.assign({}, ...Object.values(modules), {
    parts: {wasm, weights, script: new TextDecoder().decode(script)},
    clip: {rgb: new Uint8Array(rgb), frames, height, width},
  });
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser that BROWSER_PATH names."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("BROWSER_PATH", "/usr/bin/chromium"), args=list(ARGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def live_page(browser: Browser, side: int, n_frames: int = 34, clip: str = "harbour") -> Iterator[Page]:
    """That page, on the first frames of a sample clip, `side` pixels each way."""
    with read_clip(assets.clip(clip), n_frames=n_frames, size=side) as read:
        frames = read.frames(0, read.n_frames)
    weights = assets.WEIGHTS / MODELS[DEFAULT_MODEL].weights
    assert weights is not None
    answers = {
        "": ("text/html", b"<!doctype html><title>live</title>"),
        "modules.js": ("text/javascript", bundle.library(ENTRIES).encode()),
        "worker.js": ("text/javascript", bundle.bundle("live/worker.js", "worker").encode()),
        "vae.wasm": ("application/wasm", bundle.files("vae_demo").joinpath("live/vae.wasm").read_bytes()),
        "weights": ("application/octet-stream", weights.read_bytes()),
        "clip": ("application/octet-stream", frames.tobytes()),
    }

    def answer(route: Route) -> None:
        kind, body = answers.get(route.request.url.removeprefix(HOME), ("text/plain", b""))
        route.fulfill(body=body, content_type=kind)

    page = browser.new_page()
    try:
        page.route(f"{HOME}**", answer)
        page.goto(HOME)
        page.evaluate(SET_UP, [*frames.shape[1:3], len(frames)])
        yield page
    finally:
        page.close()


def as_bytes(text: str) -> bytes:
    """What a script in the page gave as base64."""
    return base64.b64decode(text)
