"""The contact sheet, from models with random weights: sizes, labels, marks, and numbers that belong to the pictures."""

import numpy as np
import pytest
import torch
from fabricated import moving_clip
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio

from vae_demo import palette
from vae_demo.clips import Clip, write_video
from vae_demo.models import tiny
from vae_demo.models.spec import MODELS
from vae_demo.models.two_stage import TwoStage
from vae_demo.training import sheet

RED = tuple(int(palette.DARK["border"][i:i + 2], 16) for i in (1, 3, 5))


@pytest.fixture(scope="module")
def vaes():
    torch.manual_seed(3)
    return [TwoStage(tiny.build(MODELS[name]).eval().requires_grad_(False)) for name in ("tiny-17", "tiny-mixed")]


@pytest.fixture(scope="module")
def clip():
    return Clip.from_array(moving_clip(36, 32, 48), 24, "moving.mp4")


@pytest.fixture(scope="module")
def rows(clip, vaes):
    return sheet.model_rows(clip, vaes[0], sheet.COLUMNS)


@pytest.mark.parametrize(("n_frames", "expected"), [
    (85, range(13, 21)), (21, range(13, 21)), (18, range(10, 18)), (8, range(8)), (5, range(5)), (1, range(1))])
def test_columns_stay_inside_the_clip(n_frames, expected):
    assert sheet.columns_within(n_frames) == expected


def test_rows_are_the_baseline_and_the_four_variants(rows):
    assert [row.label for row in rows] == ["2D only", "17", "16", "18", "17→16"]
    assert all(row.frames.shape == (8, 32, 48, 3) and len(row.psnr) == 8 for row in rows)


def test_borders_and_pads_stand_where_the_plan_puts_them(rows):
    """Columns are playback frames 13 to 20."""
    assert [sorted(row.openers) for row in rows] == [[], [4], [3], [5], [3]]
    assert [row.slots for row in rows[:4]] == [tuple(range(13, 21))] * 4
    assert rows[4].slots == (10, 11, 12, 13, 14, 15, 16, None)


def test_psnr_is_of_the_picture_above_it(rows, clip):
    source = clip.frames(13, 21)
    for row in rows:
        assert row.psnr == pytest.approx([
            peak_signal_noise_ratio(a, b, data_range=255) for a, b in zip(source, row.frames, strict=True)])


def test_what_is_shown_is_what_the_plain_wrapper_gives(rows, clip, vaes):
    video = torch.from_numpy(clip.frames(0, 36)).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
    with torch.inference_mode():
        whole = vaes[0].vae.decode(vaes[0].vae.encode(video, 18), 36, 18)[0].permute(1, 2, 3, 0)
    expected = ((whole + 1) * 127.5).round().clamp(0, 255).numpy()
    assert np.abs(rows[3].frames - expected[13:21]).max() <= 1


def test_the_sheet_has_a_block_per_model_below_the_source(clip, vaes):
    image = np.asarray(sheet.sheet(clip, vaes))
    width = sheet.SIDE + 8 * (48 + sheet.GAP) + sheet.GAP
    height = sheet.HEAD + 3 * sheet.TITLE + 11 * (32 + sheet.FOOT) + sheet.GAP
    assert image.shape == (height, width, 3)
    top = sheet.HEAD + sheet.TITLE
    for number in range(8):
        left = sheet.SIDE + number * (48 + sheet.GAP)
        assert np.array_equal(image[top:top + 32, left:left + 48], clip.frames(13 + number, 14 + number)[0])
    red = (image == RED).all(-1)
    assert red[:top + 32].sum() == 0
    assert red.sum() == 2 * 4 * (32 * 4)  # two models, four variants, one border each, four pixels wide


def test_every_row_and_picture_is_labelled(clip, rows, monkeypatch):
    written = []
    monkeypatch.setattr(sheet, "write", lambda pen, at, text, colour: written.append(text))
    hatched = []
    monkeypatch.setattr(sheet, "hatch", lambda pen, box: hatched.append(box))
    sheet.draw([("a title", rows)], sheet.COLUMNS)
    assert {"a title", "2D only", "17", "16", "18", "17→16", *map(str, range(13, 21))} <= set(written)
    assert sum(text.endswith(" dB") for text in written) == 5 * 8
    assert sum(text.startswith("f") for text in written) == 5 * 8 - 1 and len(hatched) == 1


def test_a_file_per_clip_and_a_large_one_scaled_down(tmp_path, vaes):
    for name, frames in (("one", moving_clip(20, 256, 256)), ("two", moving_clip(3, 64, 64))):
        write_video(tmp_path / f"{name}.mp4", frames, 24)
    made = sheet.write_sheets([tmp_path / "one.mp4", tmp_path / "two.mp4"], [], tmp_path / "out")
    assert [path.name for path in made] == ["one.png", "two.png"]
    widths = []
    for path in made:
        with Image.open(path) as image:
            widths.append(image.width)
    assert widths == [sheet.SIDE + n * (tile + sheet.GAP) + sheet.GAP for n, tile in ((8, sheet.TILE), (3, 64))]
