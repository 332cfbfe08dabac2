"""`python -m vae_demo.examples`: the saved comparisons the page opens with, made from our own sample clips.

Same engine, same files, same path as a live run: nothing here is drawn by hand.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from vae_demo import experiment, report
from vae_demo.clips import read_clip
from vae_demo.models.loading import load_vae
from vae_demo.records import DEFAULT_FRAMES, DEFAULT_VARIANTS

ASSETS = Path(__file__).parents[1] / "assets"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m vae_demo.examples", description=__doc__)
    parser.add_argument("clips", nargs="*", help="names of sample clips (default: every clip in assets/clips)")
    parser.add_argument("--model", default="tiny-17")
    parser.add_argument("--out", type=Path, default=ASSETS / "examples")
    args = parser.parse_args()
    names = args.clips or sorted(path.stem for path in (ASSETS / "clips").glob("*.mp4"))
    vae = load_vae(args.model)
    for name in names:
        make_example(ASSETS / "clips" / f"{name}.mp4", vae, args.out / name)
        print(f"{name}: {args.out / name}", flush=True)


def make_example(path: Path, vae, out: Path) -> None:
    """Compare the first 85 frames of a clip at the default variants and save the result into `out`."""
    with tempfile.TemporaryDirectory(prefix="vae-demo-") as work, read_clip(path, n_frames=DEFAULT_FRAMES) as clip:
        for event in experiment.compare(clip, vae, DEFAULT_VARIANTS, Path(work)):
            if isinstance(event, experiment.Finished):
                report.save_result(event.comparison, {"source": clip, **event.frames}, out)


if __name__ == "__main__":
    main()
