"""What the engine in the page should give, from torch, and what it gives in node."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from in_node import in_node
from torch.nn.functional import pad

import vae_demo
from vae_demo import assets, bundle
from vae_demo.layout.plan import plan
from vae_demo.models.loading import load_vae
from vae_demo.models.spec import MODELS
from vae_demo.pixels import to_signed, to_uint8

LIVE = Path(vae_demo.__file__).parent / "live"
WASM = LIVE / "vae.wasm"
# Frames are decoded one by one, so that some tell of all; three shares no factor with a group of four.
EVERY = 3


def clip(frames, side):
    """uint8 T H W 3 of stripes that drift over a gradient, with noise, from black to white."""
    t, y, x = np.meshgrid(np.arange(frames), *[np.arange(side)] * 2, indexing="ij")
    noise = np.random.default_rng(side).normal(0, .08, (frames, side, side, 3))
    waves = [np.sin((x * (c + 1) + y * (2 - c) + 5 * t) / 9) * .4 + x / side * .6 - y / side * .3 for c in range(3)]
    return (np.clip(np.stack(waves, -1) + .35 + noise, 0, 1) * 255).astype(np.uint8)


vae_of = cache(load_vae)


class Wanted:
    """Torch's pictures of a clip, uint8 T H W 3 of every third frame where nothing else is said."""

    def __init__(self, model, frames):
        self._vae, self._n = vae_of(model), len(frames)
        with torch.inference_mode():
            self._spatial = self._vae.encode_frames(torch.from_numpy(to_signed(frames)))

    def plan(self, encode, decode):
        return plan(self._n, encode, decode, self._vae.spec.rule)

    @torch.inference_mode()
    def pictures(self, encode, decode, every=EVERY):
        chunks, vae = self.plan(encode, decode), self._vae
        latents = torch.cat([
            vae.encode_chunks(pad(self._spatial[:, :, c.start:c.start + c.used], (0, 0, 0, 0, c.pad, 0)))
            for c in chunks.encode_chunks], 2)
        slots = torch.cat([vae.decode_chunks(latents[:, :, c.latent_start:c.latent_stop])[:, :, c.crop:]
                           for c in chunks.decode_chunks], 2)
        return to_uint8(vae.decode_frames(slots[:, :, ::every]).numpy())


def weights_of(model):
    return assets.WEIGHTS / MODELS[model].weights


def as_plan(chunks):
    """A plan of layout as the engine takes it."""
    return {"encode": [[c.start, c.stop] for c in chunks.encode_chunks],
            "decode": [[c.latent_start, c.latent_stop, c.crop] for c in chunks.decode_chunks]}


@dataclass(frozen=True)
class Asked:
    """A clip, uint8 T H W 3, through a weights file by every plan.

    read: of the engine's modules, for a test that changes one.
    """

    weights: Path
    frames: np.ndarray
    plans: list
    read: Callable = bundle.read


def given(folder, *asked, wasm=WASM):
    """What the engine makes of each that is asked, in one node: for every plan uint8 T H W 3 of every third frame."""
    reads, told = list(dict.fromkeys(each.read for each in asked)), []
    for number, each in enumerate(asked):
        rgb, (n, side) = folder / f"{number}.rgb", each.frames.shape[:2]
        rgb.write_bytes(each.frames.tobytes())
        told.append({
            "engine": reads.index(each.read), "weights": str(each.weights),
            "clip": {"rgb": str(rgb), "frames": n, "side": side},
            "jobs": [{"out": str(folder / f"{number}-{i}"), "every": EVERY, **as_plan(plan)}
                     for i, plan in enumerate(each.plans)]})
    (folder / "asked.json").write_text(json.dumps({"wasm": str(wasm), "asked": told}), encoding="utf-8")
    engines = [bundle.bundle("live/network/vae.js", f"vae{number}", read) for number, read in enumerate(reads)]
    names = ", ".join(f"vae{number}" for number in range(len(reads)))
    in_node("live_frames.js", folder / "asked.json", before="\n".join((*engines, f"const engines = [{names}];")))
    return [[np.fromfile(job["out"], np.uint8).reshape(-1, side, side, 3) for job in each["jobs"]]
            for each in told for side in [each["clip"]["side"]]]


def off(pairs):
    """Of a million values of pairs of pictures, how many are one level apart; all of them where any is more, or where
    shapes differ."""
    apart = []
    for a, b in pairs:
        if a.shape != b.shape:
            return 1e6
        apart.append(np.abs(a.astype(np.int16) - b).ravel())
    levels = np.concatenate(apart)
    return 1e6 if levels.max() > 1 else 1e6 * levels.mean()
