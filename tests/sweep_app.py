"""One sample clip and its saved sweeps, for tests of the Sweep tab."""

from fabricated import moving_clip
from fabricated_sweep import sweep

from vae_demo.clips import write_video
from vae_demo.report.sweep import save_sweep

FRAMES, SIDE = 34, 64


def make_assets(root):
    """A sample clip, and made-up sweeps of it by both small models: what the tab shows first."""
    (root / "clips").mkdir()
    write_video(root / "clips" / "harbour.mp4", iter(moving_clip(FRAMES, SIDE, SIDE)), 24)
    save_sweep(sweep(), root / "examples" / "sweep-harbour-tiny-17")
    save_sweep(sweep(model="tiny-mixed", breaks=4, trained=(1, 34)), root / "examples" / "sweep-harbour-tiny-mixed")
    return root
