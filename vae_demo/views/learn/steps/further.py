"""What follows from the lessons, and what to try next in Explore."""

from __future__ import annotations

from typing import Any

from vae_demo.examples import LEARN_CLIP
from vae_demo.layout.rule import FrameRule
from vae_demo.models.spec import TINY_17, TINY_MIXED
from vae_demo.views.learn.lesson import SIZE, tell
from vae_demo.views.learn.steps.group import NEAR_100, chunk_sum, opens_with

# Questions whose answers are not told; each with the settings that show it.
TRIES = (
    ("sizes", {"variants": ("17", "18", "19", "20")}),
    ("mixed", {"model": TINY_MIXED, "variants": ("17", "16")}),
    ("other_way", {"variants": ("17", "16→17", "17→21")}),
    ("length", *({"clip": "fish", "frames": frames, "variants": ("17",)} for frames in (101, 102))),
    ("motion", {"clip": "still", "variants": ("17",)}, {"clip": "pan", "variants": ("17",)}),
)
# Three whole chunks of 17, and no 1 + 4k.
COUNT = 51


def further(alone: FrameRule) -> dict[str, Any]:
    """alone: the rule of families that drop what fills no group."""
    fits = [count for count in NEAR_100 if opens_with(count, SIZE) == 1]
    return {
        "title": tell("further_title"),
        "short": [
            tell("further_size"), tell("further_tail", size=SIZE, sums=[chunk_sum(count, SIZE) for count in fits]),
            tell("further_same"), tell("further_drop", n=COUNT, out=alone.used(COUNT)), tell("further_measure")],
        "tries": [{"says": tell(f"try_{key}"), "opens": [_settings(each) for each in opens]} for key, *opens in TRIES],
    }


def _settings(asked: dict[str, Any]) -> dict[str, Any]:
    """As another tab asks for them; see explore/opening.js."""
    settings = {"clip": LEARN_CLIP, "model": TINY_17, **asked}
    return {**settings, "variants": list(settings["variants"])}
