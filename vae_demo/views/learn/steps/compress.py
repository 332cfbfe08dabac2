"""Step 1: what a video VAE compresses, and why diffusion models care."""

from __future__ import annotations

from vae_demo.models.spec import TINY_17
from vae_demo.views.learn.lesson import RULE, Lesson, Question, Runs, tell
from vae_demo.views.learn.measured import find


def compress(runs: Runs) -> Lesson:
    text = (tell("compress_1"), tell("compress_2"), tell("compress_3"))
    run = runs.get(TINY_17)
    if run is None:
        return Lesson("compress", tell("compress_title"), text, ("17",))
    width, height = run["clip"]["width"], run["clip"]["height"]
    latents, first = run["media"]["latents"], find(run, "17")["encode_chunks"][0]
    frames, colours = first["stop"] - first["start"], 3
    across, down = latents["tile"]
    numbers, left = frames * width * height * colours, latents["count"] * across * down * latents["channels"]
    factor, share = round(width / across), round(numbers / left)
    shares = sorted({RULE.stride, share, factor * factor * RULE.stride})
    shape = {"width": across, "height": down, "channels": latents["channels"], "count": latents["count"]}
    question = Question(
        tell("compress_q", frames=frames, numbers=f"{numbers:,}"),
        tuple((str(each), tell("compress_option", share=each)) for each in shares), str(share),
        (tell("compress_a", share=share, left=f"{left:,}", factor=factor, frames=frames, colours=colours, **shape),),
        kind="counted")
    return Lesson("compress", tell("compress_title"), text, ("17",), question, figure={
        "frames": tell("compress_frames", frames=frames, width=width, height=height, colours=colours),
        "numbers": tell("compress_numbers", numbers=f"{numbers:,}"),
        "latents": tell("compress_latents", **shape), "left": tell("compress_fewer", left=f"{left:,}"),
        "groups": list(RULE.groups(frames))})
