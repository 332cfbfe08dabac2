"""Records with a known answer, without a model: plans are real, the scores are what a test says."""

from dataclasses import dataclass, replace

import numpy as np

from vae_demo.layout.plan import plan_of
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Variant
from vae_demo.results.comparison import Baseline, Comparison, Reconstruction
from vae_demo.results.findings import Seam
from vae_demo.results.provenance import Provenance
from vae_demo.results.scores import Scores
from vae_demo.verdicts import headline, verdict


def series(psnr):
    """Scores whose PSNR is the given list; the rest follows it loosely, temporal step opens with None."""
    l1 = [None if v is None else (100 - v) / 5 for v in psnr]
    ssim = [None if v is None else v / 100 for v in psnr]
    return Scores({"psnr": psnr, "ssim": ssim, "l1": l1, "temporal_step": [None, *l1[1:]]})


def made_by(model="tiny-17", seed=None, weights=None):
    """Where fabricated results come from."""
    return Provenance(model, ("ab" * 32,), weights, "Made-up CPU", "float32", seed, "cd" * 32, {"project": "0"})


def reconstruct(spelling, frames=85, psnr=32.0, seam=None, ghosts=None, rule=FrameRule(), **about):
    """psnr: one number for every compared frame, or the whole playback list. ghosts: per decode chunk."""
    variant = Variant.read(spelling)
    each = plan_of(frames, variant, rule)
    if isinstance(psnr, (int, float)):
        psnr = [psnr if i < frames else None for i in range(each.frames_out)]
    aligned = [None if at is None or psnr[at] is None else psnr[at] for at in each.playback_of()]
    return Reconstruction(
        variant, each, series(psnr), series(aligned), seam, None,
        tuple(ghosts) if ghosts is not None else (0,) * len(each.decode_chunks), {"temporal_decode": 0.5},
        **{"provenance": made_by(), **about})


def with_seam(spelling, score, p, **kwargs):
    each = reconstruct(spelling, **kwargs)
    return replace(each, seam=Seam(score, p, len(each.plan.boundaries), 0.9, 1.1))


@dataclass
class Frames:
    """A FrameSource over one array, uint8 T H W 3, that counts how much is asked for at once."""

    array: np.ndarray
    most: int = 0

    @property
    def n_frames(self):
        return len(self.array)

    def frames(self, start, stop):
        if not 0 <= start <= stop <= len(self.array):
            raise IndexError(f"frames {start}..{stop} of {len(self.array)}")
        self.most = max(self.most, stop - start)
        return self.array[start:stop]


def moving_clip(n_frames, height=64, width=64):
    """A bright square that moves one pixel per frame over a gradient; uint8 T H W 3."""
    frames = np.zeros((n_frames, height, width, 3), np.uint8)
    frames[..., 0] = np.linspace(20, 200, width, dtype=np.uint8)
    frames[..., 1] = np.linspace(200, 20, height, dtype=np.uint8)[:, None]
    for t in range(n_frames):
        x = t % (width - 12)
        frames[t, 20:32, x:x + 12] = (250, 240, 60)
    return frames


def record(frames=20, variants=("17", "16", "17:16"), name="clip.mp4", fps=24.0, size=64, seed=None):
    """A Comparison with verdicts."""
    rng, made = np.random.default_rng(0), []
    about = {"provenance": made_by(seed=seed), "baseline_2d": Baseline(series([36.0] * frames), 0.4)}
    for index, spelling in enumerate(variants):
        n_shown = reconstruct(spelling, frames).plan.frames_out
        psnr = [round(28 + index + float(rng.uniform(0, 4)), 3) if i < frames else None for i in range(n_shown)]
        made.append(reconstruct(spelling, frames, psnr=psnr, **about))
    judged = tuple(replace(each, verdict=verdict(each, made[0])) for each in made)
    clip = {"name": name, "width": size, "height": size, "fps": fps, "n_frames": frames, "start": 0,
            "source": {"width": size, "height": size, "codec": "h264", "n_frames": frames}, "notes": []}
    return Comparison(
        clip, "float32", "cpu", judged[0].label, judged, {"spatial_encode": 0.2}, headline(judged, judged[0]))


def comparison(frames=20, variants=("17", "16", "17:16"), name="clip.mp4", fps=24.0, size=64, seed=None):
    """Such a record, and a FrameSource per panel whose pixels are real but made up."""
    made = record(frames, variants, name, fps, size, seed)
    source, rng = moving_clip(frames, size, size), np.random.default_rng(0)
    sources = {"source": Frames(source)}
    for each in made.variants:
        shown = np.stack([np.full_like(source[0], 128) if s is None else source[s] for s in each.plan.slots])
        noisy = shown + rng.integers(-6, 7, shown.shape, np.int16)
        sources[each.label] = Frames(np.clip(noisy, 0, 255).astype(np.uint8))
    return made, sources
