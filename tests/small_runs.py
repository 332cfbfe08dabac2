"""Comparisons on small made-up clips, run to their end, and what their models were asked for."""

import numpy as np
from fabricated import moving_clip

from vae_demo.clips import Clip
from vae_demo.engine import jobs_of, run
from vae_demo.layout.variant import parse_variants
from vae_demo.models.two_stage import TwoStage
from vae_demo.models.video_vae import VideoVAE


class WatchedClip(Clip):
    """A clip that remembers how many frames were asked for at once."""

    most = 0

    def frames(self, start, stop):
        self.most = max(self.most, stop - start)
        return super().frames(start, stop)


def clip_of(n_frames, height=24, width=32):
    return WatchedClip.from_array(moving_clip(n_frames, height, width), 24, "made here")


def compare(clip, vae, variants, directory, **options):
    """The engine over variants, or a list of them as typed, of one two-stage network."""
    wanted = parse_variants(variants) if isinstance(variants, str) else variants
    return run(clip, jobs_of(TwoStage(vae), wanted), directory, **options)


def events_of(clip, vae, variants, directory, **options):
    return list(compare(clip, vae, variants, directory, **options))


def frames_of(clip, vae, variants, directory, **options):
    """Decoded frames by label, copied out of their stores."""
    stores = events_of(clip, vae, variants, directory, **options)[-1].frames
    return {label: np.array(store.frames(0, store.n_frames)) for label, store in stores.items()}


def off_by(a, b):
    return int(np.abs(a.astype(int) - b.astype(int)).max())


def watch_primitives(monkeypatch):
    """Sizes of every later call of a primitive: frames for the spatial half, chunks (B) for the temporal one."""
    seen = {}
    for name, axis in (("encode_frames", 2), ("decode_frames", 2), ("encode_chunks", 0), ("decode_chunks", 0)):
        seen[name] = []

        def watched(self, x, *rest, name=name, axis=axis, own=getattr(VideoVAE, name), **options):
            seen[name].append(x.shape[axis])
            return own(self, x, *rest, **options)

        monkeypatch.setattr(VideoVAE, name, watched)
    return seen
