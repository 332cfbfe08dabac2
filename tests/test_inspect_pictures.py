"""Small pictures of an inspected file: while it is read, and of every frame afterwards."""

import base64
import io

import numpy as np
import pytest
from fabricated import Frames
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vae_demo.report import small_pictures
from vae_demo.report.small_pictures import save_pictures
from vae_demo.views.inspect import live


@pytest.mark.parametrize("of", [None, 100, 3000])
@pytest.mark.parametrize("n", [1, 9, 97, 1200])
def test_pictures_of_a_file_that_is_read_are_few_and_evenly_spread(n, of):
    filling = live.Filling(of)
    assert filling.told() is None
    filling.add([np.full((10, 16, 3), at % 256, np.uint8) for at in range(n)])
    told = filling.told()
    frames, apart = told["frames"], np.diff(told["frames"])
    assert frames[0] == 0 and frames[-1] < n and len(frames) <= live.PICTURES and len(set(apart)) <= 1
    assert told["n"] == n and told["ratio"] == 1.6 and 0 < told["share"] <= 1
    if of:
        assert told["share"] == pytest.approx(min(n / of, 1), abs=0.02)
    with Image.open(io.BytesIO(base64.b64decode(told["tape"].partition(",")[2]))) as tape:
        assert tape.height == live.TALL and tape.width <= live.COLUMNS
        shown = np.asarray(tape)[live.TALL // 2, :, 0].astype(int)
    every = filling._every["column"]
    assert np.abs(shown[:3] - np.arange(0, n, every)[:3] % 256).max() <= 12


def test_pictures_hold_every_frame_and_stay_within_their_bounds(tmp_path, monkeypatch):
    frames = np.zeros((60, 20, 30, 3), np.uint8)
    frames[:, :, :, 0] = np.arange(60)[:, None, None] * 4
    monkeypatch.setattr(small_pictures, "SHEET_SIDE", 128)
    told = {}
    order = [*range(59), None]
    steps = list(save_pictures("video", Frames(frames), order, tmp_path, told))
    about = told["video"]
    per = about["columns"] * about["rows"]
    assert len(about["files"]) == len(steps) == -(-60 // per) > 1 and about["tile"] == [30, 20]
    for frame, index in enumerate(order):
        with Image.open(tmp_path / about["files"][frame // per]) as sheet:
            at = frame % per
            colour = sheet.convert("RGB").getpixel((at % about["columns"] * 30 + 15, at // about["columns"] * 20 + 10))
        assert abs(colour[0] - (0 if index is None else index * 4)) < 12, frame
    with Image.open(tmp_path / about["tape"]) as tape:
        assert tape.size == (60, 30)


@settings(max_examples=200, deadline=None)
@given(width=st.integers(1, 20000), height=st.integers(1, 20000), count=st.integers(1, 5000))
def test_tiles_of_any_film_fit(width, height, count):
    across, down = small_pictures._tile(width, height, count)
    assert 1 <= across <= max(width, 1) and 1 <= down <= max(height, 1)
    assert max(across, down) <= small_pictures.SHEET_SIDE
    # Slivers are one pixel wide at least.
    assert across * down * count <= small_pictures.MOST_PIXELS or 1 in (across, down)
