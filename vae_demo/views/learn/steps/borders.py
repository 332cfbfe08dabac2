"""Step 6: whether 17 shows its borders, and what other VAEs do at one."""

from __future__ import annotations

from typing import Any

from vae_demo.models.spec import TINY_17
from vae_demo.views.learn import measured
from vae_demo.views.learn.lesson import Lesson, Question, Runs, tell
from vae_demo.views.learn.measured import find

# What others do at a border: learn_family_* and learn_borders_*, and where that was read.
BORDERS = (
    ("none", "hpcaitech/Open-Sora v1.2.0, opensora/models/vae/vae.py"),
    ("long", "hpcaitech/Open-Sora issue #490"),
    ("overlap", "hpcaitech/Open-Sora v1.3, opensora/models/vae_v1_3/vae.py"),
    ("blend", "diffusers 0.42.1, autoencoder_kl_hunyuan_video.py"),
    ("cache", "diffusers 0.42.1, autoencoder_kl_wan.py"),
)


def borders(runs: Runs) -> Lesson:
    run, text = runs.get(TINY_17), (tell("borders_1"), tell("borders_p"))
    figure: dict[str, Any] = {"others": [
        [tell(f"family_{key}"), tell(f"borders_{key}"), source] for key, source in BORDERS]}
    if run is None or find(run, "17")["seam"] is None or find(run, "16")["seam"] is None:
        return Lesson("borders", tell("borders_title"), text, ("17", "16"), closing=(tell("borders_2"),),
                      figure=figure)
    case = measured.seam_case(find(run, "17")["seam"])
    at_16 = measured.seam_params(find(run, "16")["seam"])
    question = Question(
        tell("borders_q"),
        tuple((each, tell(f"borders_option_{each}")) for each in ("five", "twice", "hint", "none")), case,
        (tell(f"borders_a_{case}", **measured.seam_params(find(run, "17")["seam"])), tell("borders_16", **at_16)))
    figure |= {"tapes": ["source", "17", "16"], "given": ["source"],
               "title": tell("borders_tapes", n=run["clip"]["n_frames"])}
    return Lesson("borders", tell("borders_title"), text, ("17", "16"), question, closing=(tell("borders_2"),),
                  selected="17", frame=find(run, "17")["boundaries"][0], figure=figure)
