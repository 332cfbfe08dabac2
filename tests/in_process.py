"""Reading without a worker, for tests that look inside."""

from vae_demo.clips import Clip, Limits
from vae_demo.clips.clip import Spool
from vae_demo.clips.decoding import frames_of
from vae_demo.steps import drain


def read_here(path, start=0, n_frames=85, size=256, crop="square", limits=Limits()):
    """read_clip() with everything in this process, where a test can put something else in place of its parts."""
    frames = frames_of(path, start, n_frames, size, crop, limits)
    with Spool(limits.max_temp_bytes) as spool:
        found = drain(frames, spool.append)
        return Clip(spool.mapped(), found.rate, found.name, start, found.notes, found.facts)
