"""Step 4: any size, computed in the visitor's own browser; what is saved is shown until then, and where a browser
cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vae_demo.examples import LEARN_CLIP
from vae_demo.layout.sizes import parse_sizes
from vae_demo.results.scores import mean
from vae_demo.views.learn.lesson import RULE, SIZE, Lesson, tell
from vae_demo.views.learn.measured import LOSS_DB, STANDS_OUT_DB

# The sizes that are tried, where the slider stands first, and those that have a button.
SIZES = parse_sizes("4-40")
START = 16
SET_TO = (13, 16, 17, 18)
# Of a saved variant, what the page compares and shows; decimals of a score.
_SHOWN, _DIGITS = ("label", "encode", "decode"), 4


def live(saved: Mapping[str, Any] | None) -> Lesson:
    """saved: what report/sheets.py wrote of a few sizes; None where there is none."""
    title, labels = tell("live_title"), tuple(str(size) for size in SET_TO)
    if saved is None:
        return Lesson("live", title, (tell("live_missing"),), labels)
    clip, alone = saved["clip"], [size for size in SIZES if RULE.groups(size)[0] == 1]
    text = (tell("live_2_holds" if _alone_holds(saved) else "live_2", sizes=", ".join(map(str, alone[:5]))),)
    return Lesson(
        "live", title, text, labels, caveat=tell("live_caveat", size=clip["height"]), figure={
            "clip": None if clip["name"] == f"{LEARN_CLIP}.mp4" else clip["name"],
            "model": saved["model"], "n_frames": clip["n_frames"], "height": clip["height"], "width": clip["width"],
            "least": SIZES[0], "most": SIZES[-1], "start": START, "own": SIZE, "set_to": list(SET_TO),
            "saved": [_shown(each) for each in saved["variants"]]})


def _shown(variant: Mapping[str, Any]) -> dict[str, Any]:
    return {**{key: variant[key] for key in _SHOWN},
            "psnr": [None if value is None else round(value, _DIGITS) for value in variant["psnr"]]}


def _alone_holds(saved: Mapping[str, Any]) -> bool:
    """Whether a chunk's first frame is as good as at 17 at every saved size 1 + 4k, and stands out at 16."""
    first = {each["label"]: _first_frame(each) for each in saved["variants"] if each["encode"] == each["decode"]}
    own = first[str(SIZE)]
    alone = [value for label, value in first.items() if RULE.groups(int(label))[0] == 1 and value is not None]
    return own - first[str(START)] >= STANDS_OUT_DB and all(own - value <= LOSS_DB for value in alone)


def _first_frame(variant: Mapping[str, Any]) -> float | None:
    """Mean PSNR of the first frame of its full chunks, None where the clip fills none."""
    return mean([variant["psnr"][chunk["start"]] for chunk in variant["decode_chunks"]
                 if chunk["stop"] - chunk["start"] == int(variant["decode"])])
