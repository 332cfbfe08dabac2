"""The tiled video and the tape sheet, read back pixel by pixel."""

import av
import numpy as np
import pytest
from fabricated import Frames, moving_clip
from PIL import Image

from vae_demo import media


def read_video(path):
    with av.open(str(path)) as file:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)])


def numbered(n_frames, tile, size=64):
    """Frames whose pixels say who they are: eight vertical bars, black or white, hold 6 bits of the frame
    number and 2 of the tile's."""
    bits = [(t >> b) & 1 for t in range(n_frames) for b in range(6)]
    frames = np.zeros((n_frames, size, size, 3), np.uint8)
    for t in range(n_frames):
        row = [*bits[t * 6:t * 6 + 6], tile & 1, tile >> 1 & 1]
        frames[t] = np.repeat(np.array(row, np.uint8) * 200 + 20, size // 8)[None, :, None]
    return frames


def read_number(tile):
    bits = (tile.mean(axis=(0, 2)).reshape(8, -1).mean(axis=1) > 120).astype(int)
    return int(sum(b << i for i, b in enumerate(bits[:6]))), int(bits[6] + 2 * bits[7])


def test_every_tile_of_every_frame_is_the_right_one(tmp_path):
    lengths = (20, 23, 20, 7)
    sources = [Frames(numbered(n, tile)) for tile, n in enumerate(lengths)]
    panels = [(f"k{i}", "frames", source) for i, source in enumerate(sources)]
    found = media.write_atlas(panels, 24.0, tmp_path)
    video = read_video(tmp_path / "atlas.mp4")
    assert found["n_frames"] == len(video) == 23 and found["fps"] == 24.0 and found["tile"] == [64, 64]
    assert [p["n_frames"] for p in found["panels"]] == list(lengths)
    assert len({(p["x"], p["y"]) for p in found["panels"]}) == 4
    for tile, panel in enumerate(found["panels"]):
        x, y = panel["x"], panel["y"]
        for t in range(23):
            shown = video[t, y:y + 64, x:x + 64]
            if t < lengths[tile]:
                assert read_number(shown) == (t, tile)
            else:
                assert shown.max() < 12


def test_colours_survive_the_codec(tmp_path):
    rng = np.random.default_rng(1)
    colours = rng.integers(0, 256, (4, 3))
    sources = [Frames(np.broadcast_to(c.astype(np.uint8), (5, 32, 32, 3)).copy()) for c in colours]
    found = media.write_atlas([(str(i), "frames", s) for i, s in enumerate(sources)], 30.0, tmp_path)
    with av.open(str(tmp_path / "atlas.mp4")) as file:
        frames = [f.reformat(format="rgb24", src_colorspace="ITU601").to_ndarray() for f in file.decode(video=0)]
    for panel, colour in zip(found["panels"], colours, strict=True):
        centre = frames[-1][panel["y"] + 8:panel["y"] + 24, panel["x"] + 8:panel["x"] + 24].mean(axis=(0, 1))
        assert np.abs(centre - colour).max() <= 5


def test_reads_in_slices_so_that_memory_is_flat(tmp_path):
    source = Frames(moving_clip(60))
    media.write_atlas([("a", "frames", source)], 24.0, tmp_path)
    media.write_tapes({"a": source}, tmp_path)
    assert source.most <= media.SLICE


@pytest.mark.parametrize(("n", "height", "width", "columns", "rows"), [
    (5, 256, 256, 5, 1), (7, 256, 256, 7, 1), (5, 480, 832, 1, 5), (6, 480, 832, 2, 3), (1, 64, 64, 1, 1),
    (12, 480, 832, 3, 4),
])
def test_grid_wastes_little_and_stays_square(n, height, width, columns, rows):
    found = media.grid(n, height, width)
    assert (found.columns, found.rows) == (columns, rows)


@pytest.mark.parametrize("n", range(1, 15))
@pytest.mark.parametrize("size", [(64, 64), (256, 256), (480, 832), (832, 480), (1080, 1920), (4096, 4096), (4096, 16)])
def test_grid_never_outgrows_a_decoder(n, size):
    found = media.grid(n, *size)
    height, width = found.canvas
    assert found.columns * found.rows >= min(n, 1)
    if (found.columns, found.rows) != (1, 1):
        assert max(height, width) <= media.MAX_SIDE and height * width <= media.MAX_PIXELS


def test_what_does_not_fit_one_canvas_goes_into_a_second_file(tmp_path):
    # Six tiles of 1536 x 2048 would need 4096 x 4608; level 5.1 takes three of them.
    sources = [Frames(np.full((2, 2048, 1536, 3), 40 * i + 20, np.uint8)) for i in range(4)]
    found = media.write_atlas([(str(i), "frames", s) for i, s in enumerate(sources)], 24.0, tmp_path)
    assert {p["file"] for p in found["panels"]} == {"atlas.mp4", "atlas-2.mp4"}
    for i, panel in enumerate(found["panels"]):
        video = read_video(tmp_path / panel["file"])
        x, y = panel["x"] + 9, panel["y"] + 9
        assert abs(video[1, y:y + 90, x:x + 90].mean() - (40 * i + 20)) < 3


def test_odd_sides_are_made_even(tmp_path):
    source = Frames(moving_clip(3, 33, 35))
    found = media.write_atlas([("a", "frames", source), ("b", "frames", source)], 24.0, tmp_path)
    assert found["tile"] == [35, 33] and {p["x"] for p in found["panels"]} == {0}
    assert read_video(tmp_path / "atlas.mp4").shape[1:3] == (66, 36)


def test_absolute_error_is_the_mean_of_channels_times_four():
    x = np.zeros((4, 8, 8, 3), np.uint8) + 100
    r = x.copy()
    r[1, 2, 3] = (103, 94, 100)  # mean |difference| 3
    r[2] = 255  # 155 x 4 is clipped
    error = media.AbsoluteError(Frames(r), Frames(x)).frames(0, 4)
    assert error.dtype == np.uint8 and error.shape == (4, 8, 8, 3)
    assert error[1, 2, 3].tolist() == [12, 12, 12] and error[1].sum() == 36
    assert (error[2] == 255).all() and not error[0].any()


def test_step_error_sees_change_the_source_does_not_have():
    x = moving_clip(6)
    same_step = x + np.uint8(5)  # brighter throughout: no extra change
    assert not media.StepError(Frames(x), Frames(x)).frames(0, 6).any()
    assert not media.StepError(Frames(same_step), Frames(x)).frames(0, 6).any()
    early = x.copy()
    early[0] //= 2
    assert [bool(f.any()) for f in media.StepError(Frames(early), Frames(x)).frames(0, 3)] == [False, True, False]
    flash = x.copy()
    flash[3] = np.minimum(flash[3], 200) + 10
    step = media.StepError(Frames(flash), Frames(x)).frames(0, 6)
    assert [bool(step[t].any()) for t in range(6)] == [False, False, False, True, True, False]


def test_differences_are_rounded_to_nearest_up_to_the_largest():
    rng = np.random.default_rng(3)
    r, x = rng.integers(0, 256, (2, 9, 8, 8, 3), dtype=np.uint8)
    r[::2], x[::2], r[1::2, 0], x[1::2, 0] = 255, 0, 0, 255  # a step of 510 levels in every channel
    by_frame = (r.astype(float) - x).round()
    by_step = np.diff(by_frame, axis=0, prepend=by_frame[:1])
    for layer, signed in ((media.AbsoluteError, by_frame), (media.StepError, by_step)):
        exact = np.minimum(4 * np.abs(signed).mean(axis=-1), 255)
        assert np.abs(exact - layer(Frames(r), Frames(x)).frames(0, 9)[..., 0]).max() <= 0.5
        assert exact.max() == 255


@pytest.mark.parametrize("layer", [media.AbsoluteError, media.StepError])
def test_differences_do_not_depend_on_the_slice_and_end_with_the_source(layer):
    rng = np.random.default_rng(2)
    shown, source = (Frames(rng.integers(0, 256, (n, 16, 16, 3), dtype=np.uint8)) for n in (11, 9))
    difference = layer(shown, source)
    whole = difference.frames(0, 11)
    assert difference.n_frames == 11 and whole[8].any() and not whole[9:].any()
    for cut in range(11):
        assert np.array_equal(np.concatenate([difference.frames(0, cut), difference.frames(cut, 11)]), whole)


@pytest.mark.parametrize("quick", [False, True])
def test_tapes_hold_the_rows_losslessly(tmp_path, quick):
    sources = {"source": Frames(moving_clip(21, 64, 48)), "17": Frames(255 - moving_clip(25, 64, 48))}
    found = media.write_tapes(sources, tmp_path, quick=quick)
    sheet = np.asarray(Image.open(tmp_path / found["file"]).convert("RGB"))
    assert found["keys"] == ["source", "17"] and found["width"] == 25 and found["height"] == 48
    assert len(found["rows"]) == media.TAPE_ROWS and sheet.shape == (2 * 48, 9 * 25, 3)
    for k, source in enumerate(sources.values()):
        for r, y in enumerate(found["rows"]):
            tile = sheet[k * 48:(k + 1) * 48, r * 25:(r + 1) * 25]
            for t in range(25):
                expected = source.array[t, y] if t < source.n_frames else np.zeros((48, 3))
                assert np.array_equal(tile[:, t], expected)


@pytest.mark.parametrize("height", [1, 5, 8, 16, 256, 4096])
def test_tape_rows_are_inside_and_spread(height):
    rows = media.tape_rows(height)
    assert len(rows) == min(height, media.TAPE_ROWS) and list(rows) == sorted(set(rows))
    assert 0 <= rows[0] and rows[-1] < height


def test_a_sheet_too_tall_for_webp_is_a_png(tmp_path):
    source = Frames(np.zeros((2, 8, media.WEBP_SIDE // 2 + 1, 3), np.uint8))
    for quick in (False, True):
        assert media.write_tapes({"a": source, "b": source}, tmp_path, quick=quick)["file"] == "tapes.png"
        assert not np.asarray(Image.open(tmp_path / "tapes.png").convert("RGB")).any()


def test_a_single_frame_is_a_video_too(tmp_path):
    found = media.write_atlas([("source", "frames", Frames(moving_clip(1)))], 24.0, tmp_path)
    assert found["n_frames"] == 1 and len(read_video(tmp_path / "atlas.mp4")) == 1
