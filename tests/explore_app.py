"""The Explore tab on numbered frames, for tests in a browser: its assets, its visitors, and what their pages show."""

import base64
import io
import json

import numpy as np
import pytest
from fabricated import Frames, record
from PIL import Image

from vae_demo import media, report
from vae_demo.clips import write_video
from vae_demo.layout.variant import DEFAULT_VARIANTS
from vae_demo.synthetic.barcode import draw_number, read_frame_number

FRAMES, SIDE = 85, 256
FEW_FRAMES, FEW_SIDE, MANY = 20, 128, "15,16,17,18,19,20"
LONG_FRAMES, LONG_SIDE, THREE = 300, 128, ("17", "16", "17:16")
SEEN = """[...document.querySelectorAll("[data-picture].vd-layer-frames")].map((box) => ({
  key: box.dataset.picture, over: box.classList.contains("vd-over"),
  png: box.querySelector("canvas").toDataURL("image/png").split(",")[1]}))"""

# What `read_frame_number` reads, by one pixel in the middle of each block; a pad carries no number.
SETTLED = """([frame, numbers]) => {
  const reads = (canvas) => {
    const context = canvas.getContext("2d"), block = canvas.width / 16;
    const red = (at) =>
      context.getImageData((at % 16 + 0.5) * block, (Math.floor(at / 16) + 0.5) * block, 1, 1).data[0];
    return Array.from({length: 12}, (_, bit) => Number(red(2 * bit) > red(2 * bit + 1))).join("");
  };
  return document.querySelector(".vd-counter b").textContent === String(frame) && numbers.every(([key, number]) => {
    const box = document.querySelector(`[data-picture="${key}"].vd-layer-frames`), over = box.matches(".vd-over");
    if (number === "over" || over) return over && (number === "over" || key === "source");
    return number === null || reads(box.querySelector("canvas")) === number.toString(2).padStart(12, "0");
  });
}"""


def numbered(n_frames, side=SIDE):
    """Frames that carry their own number, uint8 T H W 3."""
    frames = np.full((n_frames, side, side, 3), 128, np.uint8)
    for index, frame in enumerate(frames):
        frame[side // 2:, :, 0] = (index * 40) % 256
        draw_number(frame, index)
    return frames


def make_assets(root):
    """A sample clip of numbered frames and a saved result of it: each picture shows the source frame of its slot."""
    frames = numbered(FRAMES)
    (root / "clips").mkdir()
    write_video(root / "clips" / "harbour.mp4", iter(frames), 24, crf=12)
    made = record(FRAMES, [variant.spelling for variant in DEFAULT_VARIANTS], "harbour.mp4", 24.0, SIDE)
    sources = {"source": Frames(frames)}
    for variant in made.variants:
        sources[variant.label] = Frames(np.stack(
            [np.full_like(frames[0], 128) if slot is None else frames[slot] for slot in variant.plan.slots]))
    report.save_result(made, sources, root / "examples" / "harbour", layers=("error",), downloads=())
    with pytest.MonkeyPatch.context() as patch:
        # Four tiles to a file: what a very wide clip with many variants comes to.
        patch.setattr(media, "MAX_SIDE", 2 * FEW_SIDE)
        _save_few(root)
    _save_long(root)
    return root


def _save_few(root):
    frames = numbered(FEW_FRAMES, FEW_SIDE)
    write_video(root / "clips" / "pan.mp4", iter(frames), 24, crf=12)
    made = record(FEW_FRAMES, MANY.split(","), "pan.mp4", 24.0, FEW_SIDE)
    sources = {key: Frames(frames) for key in ("source", *(variant.label for variant in made.variants))}
    report.save_result(made, sources, root / "examples" / "pan", layers=("error",), downloads=())


def shade(frame):
    """The red of a frame of the long clip, its own among its neighbours."""
    return 20 + (frame * 37) % 200


def _save_long(root):
    made = record(LONG_FRAMES, THREE, "fish.mp4", 24.0, LONG_SIDE)
    lengths = {"source": LONG_FRAMES, **{each.label: each.plan.frames_out for each in made.variants}}
    frames = np.zeros((max(lengths.values()), LONG_SIDE, LONG_SIDE, 3), np.uint8)
    frames[..., 0] = np.array([shade(i) for i in range(len(frames))])[:, None, None]
    write_video(root / "clips" / "fish.mp4", iter(frames[:LONG_FRAMES]), 24)
    shades = {key: Frames(frames[:length]) for key, length in lengths.items()}
    report.save_result(made, shades, root / "examples" / "fish", layers=(), downloads=())


def visits(tabs):
    """visit(query) opens the page as a new visitor; at the end nothing bad may have happened on any of them."""
    return tabs.visits(_shown, permissions=["clipboard-read", "clipboard-write"])


def _shown(page):
    page.wait_for_selector("#vd-player .vd-column", state="attached")
    ready(page)


def ready(page):
    """The video is there and its frame is drawn."""
    page.wait_for_function("""() => [...document.querySelectorAll("[data-picture=source] canvas")].some((canvas) =>
      canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] > 0)""")


def pictures(page):
    """Key -> the number its picture carries: None for a pad, "over" where it has ended."""
    found = {}
    for each in page.evaluate(SEEN):
        image = np.asarray(Image.open(io.BytesIO(base64.b64decode(each["png"]))).convert("RGB"))
        found[each["key"]] = "over" if each["over"] else read_frame_number(image)
    return found


def expected(assets, frame, name="harbour"):
    """What the pictures show at a playback frame, by the slot maps of the saved result."""
    data = json.loads((assets / "examples" / name / "comparison.json").read_text(encoding="utf-8"))
    slots = {"source": list(range(data["clip"]["n_frames"])), **{v["label"]: v["slots"] for v in data["variants"]}}
    return {key: each[frame] if frame < len(each) else "over" for key, each in slots.items()}


def point(page, place, frame):
    """Where frame `frame` of a row of the axis is on the screen: the same x in ruler, chart and tapes."""
    # In one go: between two questions the row may be drawn anew.
    found = page.wait_for_function("""(place) => {
      const row = document.querySelector(place);
      row?.scrollIntoView({block: "center"});
      const axis = document.querySelector(".vd-axis").getBoundingClientRect(), box = row?.getBoundingClientRect();
      return box?.height && {x: axis.x, width: axis.width, y: box.y + box.height / 2};
    }""", arg=place).json_value()
    cell = (found["width"] - 246) // 94
    return found["x"] + 146 + (frame + 0.5) * cell, found["y"]


def at(page):
    return int(page.inner_text(".vd-counter b"))


def settle(page, frame, numbers=None):
    """Wait until the pictures show `frame`: the source its number, or that it has ended, or each picture in `numbers`
    what that says of it, key -> number as in `expected`."""
    page.wait_for_function(SETTLED, arg=[frame, list((numbers or {"source": frame}).items())])


def run_text(page):
    return page.inner_text(".vd-run-text")


# The strip of the clip has its first picture: who asks for none now asks for none later.
STRIP_PAINTED = """() =>
  document.querySelector("#vd-strip canvas").getContext("2d").getImageData(9, 9, 1, 1).data[3] > 0"""


def idle(page):
    page.wait_for_function("() => !document.body.classList.contains('vd-running')")


def offered(page, told):
    """Wait until the Run button says this; Gradio names it a moment after the form is known to differ or not."""
    page.wait_for_function("(told) => document.querySelector('#vd-run').textContent.trim() === told", arg=told)


def says(page, **settings):
    """Wait until the controls say these settings: each of them tells it by itself, a moment after it has changed."""
    page.wait_for_function("""(wanted) => Object.entries(wanted).every(([name, value]) =>
      JSON.stringify(window.vdBus.told.settings?.[name]) === JSON.stringify(value))""", arg=settings)


def fill(page, **settings):
    """Fill the controls the way another tab does, and wait until they say so."""
    page.wait_for_function("() => window.vdOpenInExplore")
    page.evaluate("(settings) => window.vdOpenInExplore(settings)", settings)
    says(page, **{name: value for name, value in settings.items() if name in ("start", "frames", "model")})
