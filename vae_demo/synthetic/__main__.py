"""Write the sample clips: python -m vae_demo.synthetic --out assets/clips [--only harbour]."""

from __future__ import annotations

import argparse
from pathlib import Path

from vae_demo.clips import write_video
from vae_demo.synthetic.samples import SAMPLES, render_frame

CRF = 17


def main(argv: list[str] | None = None) -> None:
    """Render every sample and write it as <name>.mp4; prints a line a clip."""
    parser = argparse.ArgumentParser(prog="python -m vae_demo.synthetic", description="Write the sample clips.")
    parser.add_argument("--out", type=Path, default=Path("assets/clips"), help="folder for the mp4 files")
    parser.add_argument("--only", choices=sorted(SAMPLES), action="append", help="just this sample; may be repeated")
    options = parser.parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.only or SAMPLES:
        sample, path = SAMPLES[name], options.out / f"{name}.mp4"
        frames = (render_frame(name, index) for index in range(sample.n_frames))
        n_frames = write_video(path, frames, sample.fps, crf=CRF, static=sample.static)
        print(f"{path}: {n_frames} frames, {path.stat().st_size / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
