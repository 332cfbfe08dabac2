"""The model card's tables of a saved evaluation."""

from __future__ import annotations

from vae_demo.layout.plan import plan_of
from vae_demo.layout.variant import Variant
from vae_demo.training.footage import FRAMES


def how_judged(result: dict) -> str:
    """What the tables mean and the clips behind them, once for all models."""
    return "\n".join(["""## How they are judged

51 frames at 256 x 256 of real footage they never saw, posterior mean, through the app's own comparison.

- **2D only**: the spatial half alone, without compression in time; the temporal half can hardly do better.
- **16**: encoded and decoded in chunks of 16. **17→16**: encoded in 17s, the latents read as 16s, a layout clash;
  **fit**: only as many latents as 51 frames in 16s have. **whole**: all frames as one chunk.
- **chunks**: the frames each decoded chunk gives. A last chunk that is not 1 + 4k long opens as 16 does, which is what
  13 and 18 suffer from here; `whole` opens with three frames, since 51 = 3 + 4·12.
- **PSNR**, **SSIM**: by playback index, mean over the clips; **aligned**: by the source frame a frame shows.
- **border**: mean temporal step error at chunk borders over the mean elsewhere (the app's seam score takes medians).

The clips:
""", *(f"- `{clip['name']}`: {clip['source']}" for clip in result["clips"]), ""])


def results_of(result: dict) -> str:
    lines = [f"## {result['model']} on real footage it never saw", "",
             "| run | chunks | frames out | PSNR | SSIM | worst frame | aligned PSNR | border |", "|---" * 8 + "|"]
    for label, row in result["means"].items():
        lines.append(f"| {label} | {_chunks(label)} | {row['frames_out']:.0f} | {number(row['psnr'])} | "
                     f"{number(row['ssim'], 3)} | {number(row['worst'])} | {number(row['aligned_psnr'])} | "
                     f"{number(row['border_ratio'], 2)} |")
    lines += ["", f"Encoding and decoding 51 frames at 17: {result['seconds']:.1f} s a clip on {result['machine']}."]
    lines += ["", "PSNR clip by clip:", "", *_by_clip(result["clips"]), "", _cost(result["clips"])]
    if result.get("soft"):
        lines += ["", "Not in the means: the same videos shrunk with a bilinear filter. The app's own (Lanczos) keeps",
                  "more detail, which is what a codec loses: compare figures from elsewhere with that in mind.", "",
                  *_by_clip(result["soft"])]
    if result["slots"]:
        lines += ["", "PSNR by place in the chunk (full chunks only), first to last frame:", ""]
        lines += [f"- {size}: {', '.join(number(v) for v in values)}" for size, values in result["slots"].items()]
    return "\n".join([*lines, ""])


def _chunks(label: str) -> str:
    """Frames of every decoded chunk, as in 17+17+17; "" for a run without chunks."""
    if label == "2D only":
        return ""
    variant = Variant.read(label)
    each = plan_of(FRAMES, variant)
    return "+".join(str(chunk.stop - chunk.start) for chunk in each.decode_chunks)


def _cost(clips: list[dict]) -> str:
    """What the temporal half costs at 17: the clips that lose least and most against 2D only."""
    costs = {clip["name"]: clip["variants"]["2D only"]["psnr"] - clip["variants"]["17"]["psnr"] for clip in clips}
    least, most = min(costs, key=costs.get), max(costs, key=costs.get)
    return (f"What is lost between 2D only and 17 is the temporal half's: from {costs[least]:.1f} dB (`{least}`) to "
            f"{costs[most]:.1f} dB (`{most}`).")


def _by_clip(clips: list[dict]) -> list[str]:
    """A table of PSNR, a row a clip and a column a run."""
    labels = list(clips[0]["variants"])
    rows = [f"| {clip['name']} | {' | '.join(number(clip['variants'][label]['psnr']) for label in labels)} |"
            for clip in clips]
    return [f"| clip | {' | '.join(labels)} |", "|---" * (len(labels) + 1) + "|", *rows]


def number(value: float | None, digits: int = 1) -> str:
    return "" if value is None else f"{value:.{digits}f}"
