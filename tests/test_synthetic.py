"""The sample clips: drawn from a seed and nothing else, each with the one thing it is there to show, and the mp4s
that carry them."""

import hashlib
import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vae_demo import assets
from vae_demo.clips import read_clip
from vae_demo.metrics import frame_psnr
from vae_demo.synthetic import SAMPLES, numbered, read_frame_number, render, render_frame, single_flash
from vae_demo.synthetic.__main__ import main as write_samples
from vae_demo.synthetic.scenes import pan

ROOT = Path(__file__).parents[1]
LEAST_PSNR = 29  # what our H.264 leaves of fish, the most restless of them, is 30.3 dB


@pytest.fixture(scope="module")
def drawn():
    """Each sample's frames are drawn once, whichever tests want them."""
    known = {}

    def frames(name, *indices):
        for index in indices:
            if (name, index) not in known:
                known[name, index] = render_frame(name, index)
        return np.stack([known[name, index] for index in indices])

    return frames


def _usual(name):
    """Two neighbours, the second of them what the clip is about if that is one frame, and the last."""
    at = SAMPLES[name].event_frame or 17
    return at - 1, at, SAMPLES[name].n_frames - 1


def _change(frames):
    return np.abs(np.diff(frames.astype(float), axis=0)).mean((1, 2, 3))


def test_a_fresh_process_draws_the_same_bytes_in_another_order(drawn):
    asked = [(name, index) for name in SAMPLES for index in _usual(name)[:2]]
    code = (
        "import hashlib\nfrom vae_demo.synthetic import render_frame\n"
        f"for name, index in {asked[::-1]!r}:\n"
        "    print(name, index, hashlib.sha256(render_frame(name, index).tobytes()).hexdigest())\n")
    printed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = {(name, int(index)): digest for name, index, digest in map(str.split, printed.splitlines())}
    assert found == {(name, index): hashlib.sha256(drawn(name, index).tobytes()).hexdigest() for name, index in asked}


@pytest.mark.parametrize("name", ["harbour", "pan"])
def test_the_seed_decides_the_picture(name, drawn):
    scene, seed = importlib.import_module(f"vae_demo.synthetic.scenes.{name}"), SAMPLES[name].seed
    other = scene.frame(seed + 1, 17)
    assert np.abs(other.astype(int) - drawn(name, 17)[0]).mean() > 3


def test_seeds_and_scenes_are_not_shared_with_the_training_data():
    assert len({sample.seed for sample in SAMPLES.values()}) == len(SAMPLES)
    code = ("import sys, vae_demo.training.__main__ as t\n"
            "print(t.SPATIAL.seed, t.TEMPORAL.seed, t.PIXELS.seed, t.DATA.seed)\n"
            "sys.exit(any(name.startswith('vae_demo.synthetic') for name in sys.modules))")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not {int(seed) for seed in done.stdout.split()} & {sample.seed for sample in SAMPLES.values()}


@pytest.mark.parametrize("index", [-1, 85])
def test_there_is_no_frame_outside_the_clip(index):
    with pytest.raises(IndexError, match="frames 0 to 84"):
        render_frame("pan", index)


def test_the_lightning_is_in_one_frame_and_touches_no_other(drawn):
    flash, at = importlib.import_module("vae_demo.synthetic.scenes.flash"), SAMPLES["flash"].event_frame
    means = drawn("flash", at - 2, at - 1, at, at + 1, at + 2).mean((1, 2, 3))
    assert means[2] > 1.4 * means[[0, 1, 3, 4]].max()
    assert np.ptp(means[[0, 1, 3, 4]]) < 1
    for index, same in ((at - 1, True), (at, False), (at + 1, True)):
        dark = flash.frame(SAMPLES["flash"].seed, index)
        assert np.array_equal(dark, drawn("flash", index)[0]) is same


def test_nothing_moves_in_the_still(drawn):
    frames = drawn("still", 0, 1, 17, 84)
    assert _change(frames).max() == 0
    # A flat picture would hold still too.
    assert frames[0].std() > 30 and len(np.unique(frames[0].reshape(-1, 3), axis=0)) > 5000


def test_the_cut_falls_before_its_frame_and_nothing_else_jumps(drawn):
    at = SAMPLES["cut"].event_frame
    frames = drawn("cut", at - 2, at - 1, at, at + 1)
    before, across, after = _change(frames)
    assert across > 5 * max(before, after) and min(before, after) > 0
    day, night = frames[:2].mean((1, 2, 3)), frames[2:].mean((1, 2, 3))
    assert day.min() > 2 * night.max()


@pytest.mark.parametrize("name", ["harbour", "numbered", "pan", "fish", "flash", "cut"])
def test_something_moves_from_frame_to_frame(name, drawn):
    before, *_ = _usual(name)
    pair = (before - 1, before) if SAMPLES[name].event_frame else (before, before + 1)
    assert _change(drawn(name, *pair)) > 0.2


def _profile(frame):
    """Mean colour of each column between two boards."""
    return frame[100:160].astype(float).mean(0)


def test_the_pan_is_the_same_step_every_frame(drawn):
    step = pan.STEP / 2  # drawn at twice the size
    shifts = np.arange(0.6, 4.01, 0.2)
    columns = np.arange(20, 230)
    frames = drawn("pan", 0, 1, 2, 16, 17, 83, 84)
    for old, new in ((0, 1), (1, 2), (3, 4), (5, 6)):
        old, new = _profile(frames[old]), _profile(frames[new])
        error = [np.mean([np.abs(np.interp(columns + shift, np.arange(256), old[:, c]) - new[columns, c]).mean()
                          for c in range(3)]) for shift in shifts]
        assert shifts[np.argmin(error)] == pytest.approx(step, abs=0.11)
    # Steps add up: five are a whole number of pixels, and then only the lamp's light has not moved along.
    first, sixth = drawn("pan", 0, 5)
    moved = round(5 * step)
    assert moved == pytest.approx(5 * step)
    assert np.abs(first[:, moved:].astype(int) - sixth[:, :-moved]).mean() < 1


def test_numbers_are_read_off_the_frame_and_a_blend_gives_none(drawn):
    indices = (0, 1, 16, 17, 63, 64, 84)
    frames = drawn("numbered", *indices)
    assert [read_frame_number(frame) for frame in frames] == list(indices)
    for a, b in ((2, 3), (4, 5), (0, 6)):
        mixed = ((frames[a].astype(int) + frames[b]) // 2).astype(np.uint8)
        assert read_frame_number(mixed) is None
    assert read_frame_number(drawn("pan", 0)[0]) is None


@pytest.mark.parametrize("size", [128, 256])
def test_numbered_clips_of_other_sizes(size):
    frames = numbered(6, size)
    assert frames.shape == (6, size, size, 3)
    assert [read_frame_number(frame) for frame in frames] == list(range(6))
    with pytest.raises(ValueError, match="multiple of 16"):
        numbered(2, 100)


def test_single_flash_spikes_where_asked():
    assert _change(single_flash(at=7)).argsort()[-2:].tolist() in ([6, 7], [7, 6])
    with pytest.raises(IndexError, match="0 to 23"):
        single_flash(at=24)


@pytest.mark.parametrize("name", SAMPLES)
def test_committed_clips_show_the_drawn_frames(name, drawn):
    sample, indices = SAMPLES[name], _usual(name)
    with read_clip(assets.clip(name), n_frames=None, size=None) as clip:
        assert (clip.n_frames, clip.height, clip.width, clip.fps) == (sample.n_frames, 256, 256, sample.fps)
        decoded = np.concatenate([clip.frames(index, index + 1) for index in indices])
        whole = clip.frames(0, clip.n_frames)
    assert frame_psnr(drawn(name, *indices), decoded).min() > LEAST_PSNR
    if name == "numbered":
        assert [read_frame_number(frame) for frame in whole] == list(range(sample.n_frames))
    if sample.static:
        # Codec noise that comes and goes would look like the model's.
        assert _change(whole).max() == 0


def test_committed_clips_are_small():
    sizes = {path.stem: path.stat().st_size for path in assets.CLIPS.glob("*.mp4")}
    assert set(sizes) == set(SAMPLES)
    assert max(sizes.values()) < 900_000 and sum(sizes.values()) < 4_000_000


def test_the_command_writes_the_clip_asked_for(tmp_path, capsys):
    write_samples(["--out", str(tmp_path), "--only", "numbered"])
    assert [path.name for path in tmp_path.iterdir()] == ["numbered.mp4"]
    assert "85 frames" in capsys.readouterr().out
    with read_clip(tmp_path / "numbered.mp4") as clip:
        assert read_frame_number(clip.frames(84, 85)[0]) == 84
    with pytest.raises(SystemExit):
        write_samples(["--only", "nothing"])


def test_frames_come_in_the_order_asked_for(drawn):
    assert np.array_equal(render("numbered", [5, 2]), drawn("numbered", 5, 2))
