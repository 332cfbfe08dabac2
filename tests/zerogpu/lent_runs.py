"""Runs as Explore asks for them, on a clip of a few frames."""

from vae_demo.views.explore import run as explore_run
from vae_demo.views.shared.running import Request

N_FRAMES, VARIANTS = 9, "5,4,5:4"


def asked(clip, cuts=VARIANTS):
    return Request(clip, cuts, "tiny-17", n_frames=N_FRAMES, size=64)


def compared(clip, folder, cuts=VARIANTS):
    """Every event of a run."""
    folders = iter(range(99))

    def new():
        made = folder / f"shown{next(folders)}"
        made.mkdir(parents=True)
        return made

    return explore_run.run(asked(clip, cuts), new)
