"""The live step of Learn in a page of a test: the app on results of the bundled model, and what a test asks it."""

from contextlib import contextmanager

import numpy as np
import pytest
from fabricated_lessons import MIXED, learn_result, learn_sweep
from served import served

from vae_demo import assets, engine, scratch
from vae_demo.clips import read_clip
from vae_demo.examples import LEARN_CLIP, LIVE, make_sheets
from vae_demo.layout.variant import Variant
from vae_demo.live.parts import N_FRAMES
from vae_demo.models.loading import load_model
from vae_demo.models.spec import TINY_17
from vae_demo.report.sheets import load_sheets
from vae_demo.results.scores import SWEPT
from vae_demo.views import page
from vae_demo.views.learn import tab
from vae_demo.views.shared.packed import unpacked

# Pixels a side of the page; what comes with the app has 96.
SIDE = 64
SAVED = tuple(Variant.read(text) for text in ("17", "16", "17:16"))
# What the engine is made of, by the ends of their addresses.
PARTS = (".wasm", ".safetensors", ".rgb", "worker.js")

# In the page: what the strip shows of the size that the slider says, cell by cell.
CELLS = """() => [...document.querySelectorAll("#live .vd-live-own canvas")].map((canvas) => ({...canvas.dataset}))"""
# window.live helps a test: set(size) as a hand does it, cells() of the strip, pixels() of a canvas.
HELP = """() => {
  const root = document.querySelector("#live"), range = root.querySelector("input[type=range]");
  const plot = root.querySelector(".vd-live-plot"), badge = root.querySelector(".vd-live-badge");
  const own = () => [...root.querySelectorAll(".vd-live-own canvas")];
  window.live = {
    set(size) { range.value = size; range.dispatchEvent(new Event("input", {bubbles: true})); },
    size: () => range.value, from: () => badge.dataset.from,
    cells: () => own().map((canvas) => ({...canvas.dataset})),
    now: () => root.querySelector(".vd-live-now .vd-live-own canvas"),
    pixels(canvas) { return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data; },
    // What read() gives at every frame, the cursor going along.
    along(read) {
      const all = [], key = (name) => plot.dispatchEvent(new KeyboardEvent("keydown", {key: name, bubbles: true}));
      key("Home");
      for (let i = 0; i < 34; i++, key("ArrowRight")) all.push(read());
      return all;
    },
    // The same as text, for a long list of numbers takes seconds on its way.
    packed: (canvas) => btoa(String.fromCharCode(...live.pixels(canvas))),
    until: async (then) => { while (!then()) await new Promise((go) => setTimeout(go, 5)); },
    async run(size) {
      live.set(size);
      await live.until(() => live.from() === "machine" && live.cells().every((cell) => cell.from === "machine"));
    },
    // The canvas of the frame in view, once that of this size is there.
    async first(size) {
      live.set(size);
      const there = ({from, size: of}) => from === "machine" && of === String(size);
      await live.until(() => live.now() && there(live.now().dataset));
      return live.now();
    },
  };
}"""


def make_examples(examples):
    """Saved results of the Learn tab in that folder; those of the live step are of SAVED, SIDE pixels a side."""
    learn_result(examples)
    learn_result(examples, "tiny-mixed", **MIXED)
    learn_sweep(examples)
    with read_clip(assets.clip(LEARN_CLIP), n_frames=N_FRAMES, size=SIDE) as clip:
        make_sheets(load_model(TINY_17), clip, SAVED, examples / LIVE, baseline=False)


@contextmanager
def live_app(examples, kept):
    """Address of the app, its Learn tab alone, on those.

    value: what its page is sent. came: what comes with the app instead, 96 pixels a side: the same, and the record of
    the saved results.
    """
    came = sent(), load_sheets(assets.EXAMPLES / LIVE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "EXAMPLES", examples)
        patch.setattr(page, "TABS", (tab,))
        with served(kept, page.build_page) as address:
            address.value, address.came = sent(), came
            yield address


def sent():
    """What the app's page is sent, for `mount`."""
    return unpacked(tab.LearnPage().postprocess(tab.with_engine(tab.saved_value())))


def alone(value):
    """Of what a page is sent, the live step and no other: it is there in a fifth of the time."""
    return {**value, "steps": [step for step in value["steps"] if step["key"] == "live"]}


def mount(page, value):
    """The component anew, with that value, as a new visitor has it."""
    page.evaluate("localStorage.clear(); performance.clearResourceTimings(); scrollTo(0, 0)")
    page.evaluate("""([script, value]) => {
      const element = document.createElement("div");
      element.innerHTML = '<div class="vd-root"></div>';
      document.querySelector("#vd-learn").replaceChildren(element);
      new Function("element", "props", "watch", "trigger", script)(element, {value}, () => {}, () => {});
    }""", [tab.learn_script(), value])
    page.locator("#live .vd-live-strip canvas").first.wait_for(state="attached")


def see(page):
    """Scroll to the step; window.live is there then."""
    page.evaluate(HELP)
    page.locator("#live .vd-live").scroll_into_view_if_needed()


def ready(page):
    page.wait_for_function("live.from() === 'machine'")


def decoded(variant, size):
    """(source, decoded) of the clip as torch has them, uint8 T H W 3."""
    model = load_model(TINY_17)
    with scratch.work_folder() as work, read_clip(assets.clip(LEARN_CLIP), n_frames=N_FRAMES, size=size) as clip:
        finished = engine.measure(clip, engine.jobs_of(model, (variant,)), work, scores=SWEPT, baseline=False)
        shown = finished.frames[variant.label]
        return np.array(clip.frames(0, clip.n_frames)), np.array(shown.frames(0, shown.n_frames))


def asked_for(page, what=PARTS):
    """What the page has fetched of the engine's parts."""
    names = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    return sorted(part for part in what if any(name.endswith(part) for name in names))


def words(page):
    return page.locator("#live .vd-live-words").inner_text()
