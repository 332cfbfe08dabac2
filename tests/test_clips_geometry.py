"""Sizes and crops as arithmetic; turns as pictures."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import encode, quadrants, set_turn
from PIL import Image, ImageOps

from vae_demo.clips import probe, read_clip
from vae_demo.clips.geometry import EXIF_TURNS, Turn, displayed_size, fit, turn_of_matrix
from vae_demo.clips.limits import Limits
from vae_demo.refusal import Refusal

SIDES = st.integers(16, 4096)


@given(SIDES, SIDES, st.none() | st.integers(16, 1024))
def test_no_crop_loses_at_most_seven_pixels_an_axis(width, height, size):
    found = fit((width, height), size, "none")
    for scaled, out in zip(found.scaled, found.out, strict=True):
        assert 0 <= scaled - out <= 7 and out % 8 == 0


@given(SIDES, SIDES, st.none() | st.integers(16, 1024))
def test_square_is_the_largest_square_there_is(width, height, size):
    found = fit((width, height), size, "square")
    side, other = found.out
    assert side == other == min(found.scaled) // 8 * 8


@given(SIDES, SIDES, st.integers(16, 1024), st.sampled_from(["square", "none"]))
def test_short_side_is_the_size_and_never_enlarged(width, height, size, crop):
    found = fit((width, height), size, crop)
    assert min(found.scaled) == min(size, width, height)
    assert found.scaled[0] <= width and found.scaled[1] <= height
    # the other side keeps the shape to half a pixel
    long, short = max(width, height), min(width, height)
    assert abs(max(found.scaled) - Fraction(long * min(found.scaled), short)) <= Fraction(1, 2)


@given(SIDES, SIDES, st.none() | st.integers(16, 1024), st.sampled_from(["square", "none"]))
def test_crop_is_centred_and_inside(width, height, size, crop):
    found = fit((width, height), size, crop)
    for scaled, offset, out in zip(found.scaled, found.offset, found.out, strict=True):
        left, right = offset, scaled - offset - out
        assert left >= 0 and right >= 0 and 0 <= right - left <= 1
    image = np.zeros((found.scaled[1], found.scaled[0], 1), bool)
    assert found.cut(image).shape == (found.out[1], found.out[0], 1)


@given(SIDES, SIDES, st.sampled_from(["square", "none"]))
def test_turning_a_picture_turns_its_geometry(width, height, crop):
    upright, lying = fit((width, height), 256, crop), fit((height, width), 256, crop)
    assert (upright.scaled, upright.out) == (lying.scaled[::-1], lying.out[::-1])


@pytest.mark.parametrize("shown, size, crop, scaled, out", [
    ((1920, 1080), 256, "square", (455, 256), (256, 256)),
    ((1920, 1080), 256, "none", (455, 256), (448, 256)),
    ((1080, 1920), 256, "none", (256, 455), (256, 448)),
    ((200, 100), 256, "square", (200, 100), (96, 96)),
    ((1280, 720), None, "none", (1280, 720), (1280, 720)),
    ((1280, 720), None, "square", (1280, 720), (720, 720)),
    ((640, 480), 250, "square", (333, 250), (248, 248)),
])
def test_geometry_table(shown, size, crop, scaled, out):
    found = fit(shown, size, crop)
    assert (found.scaled, found.out) == (scaled, out)


def test_pixel_aspect_widens():
    assert displayed_size(720, 576, Fraction(16, 15)) == (768, 576)
    assert displayed_size(720, 480, Fraction(8, 9)) == (640, 480)


@pytest.mark.parametrize("orientation", EXIF_TURNS)
def test_exif_turns_agree_with_pillow(orientation):
    image = Image.fromarray(quadrants())
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.info["exif"] = exif.tobytes()
    expected = np.asarray(ImageOps.exif_transpose(image))
    np.testing.assert_array_equal(EXIF_TURNS[orientation].apply(quadrants()), expected)


def test_the_eight_turns_are_eight():
    assert len({EXIF_TURNS[i].apply(quadrants(64, 64)).tobytes() for i in EXIF_TURNS}) == 8
    assert len({turn.label for turn in EXIF_TURNS.values()}) == 8


@given(st.sampled_from(sorted(EXIF_TURNS)), st.integers(1, 1 << 20))
def test_display_matrix_moves_pixels_where_the_formula_says(orientation, unit):
    """The matrix is built from the definition x' = a x + c y, y' = b x + d y and must give back the turn."""
    turn = EXIF_TURNS[orientation]
    sign_x, sign_y = -1 if turn.flip_x else 1, -1 if turn.flip_y else 1
    a, b, c, d = (0, sign_y, sign_x, 0) if turn.transpose else (sign_x, 0, 0, sign_y)
    matrix = np.array([a * unit, b * unit, 0, c * unit, d * unit, 0, 5, 7, 1 << 30], np.int32)
    assert turn_of_matrix(matrix) == turn


@pytest.mark.parametrize("values", [(0, 0, 0, 0), (1, 0, 0, 0), (3, 2, -2, 3), (0, 1, 0, 0)])
def test_display_matrix_that_is_no_quarter_turn(values):
    a, b, c, d = values
    assert turn_of_matrix(np.array([a, b, 0, c, d, 0, 0, 0, 1], np.int32) * 65536) is None


VIDEO_TURNS = {  # FFmpeg: degrees counterclockwise, then mirrored left to right
    (90, False): lambda image: np.rot90(image, 1), (180, False): lambda image: np.rot90(image, 2),
    (-90, False): lambda image: np.rot90(image, -1), (0, True): lambda image: image[:, ::-1],
    (180, True): lambda image: image[::-1], (90, True): lambda image: np.rot90(image, 1)[:, ::-1],
}


@pytest.mark.parametrize("degrees, mirrored", VIDEO_TURNS)
def test_phone_video_is_laid_upright(degrees, mirrored, tmp_path):
    source = quadrants(64, 96)
    path = encode(tmp_path / "a.mov", [source] * 3, "libx264rgb", "rgb24", options={"qp": "0"},
                  prepare=set_turn(degrees, mirrored))
    expected = VIDEO_TURNS[degrees, mirrored](source)
    with read_clip(path, size=None, crop="none") as clip:
        np.testing.assert_array_equal(clip.frames(0, 3)[2], expected)
        assert "rotated" in [note.case for note in clip.notes]
    with read_clip(path, size=32, crop="none") as small:
        assert (small.height, small.width) == (expected.shape[0] // 2, expected.shape[1] // 2)
        centres = small.frames(0, 1)[0][8::16, 8::16] if small.height == small.width else small.frames(0, 1)[0]
        assert np.abs(centres[4, 4].astype(int) - expected[8, 8]).max() <= 3
        assert np.abs(centres[-4, -4].astype(int) - expected[-8, -8]).max() <= 3
    info = probe(path)
    assert (info.height, info.width) == expected.shape[:2]


@pytest.mark.parametrize("orientation", EXIF_TURNS)
def test_turned_photo_is_laid_upright(orientation, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(quadrants()).save(tmp_path / "a.png", exif=exif)
    with read_clip(tmp_path / "a.png", size=None, crop="none") as clip:
        np.testing.assert_array_equal(clip.frames(0, 1)[0], EXIF_TURNS[orientation].apply(quadrants()))


def test_square_crop_is_the_centre_to_the_bit(tmp_path):
    source = np.random.default_rng(0).integers(0, 255, (50, 91, 3), np.uint8)
    Image.fromarray(source).save(tmp_path / "a.png")
    with read_clip(tmp_path / "a.png", size=None) as clip:
        np.testing.assert_array_equal(clip.frames(0, 1)[0], source[1:49, 21:69])


def test_scaling_does_not_alias(tmp_path):
    """A one-pixel checkerboard shrunk 4 times is grey; nearest or bilinear sampling would leave a pattern."""
    y, x = np.mgrid[:256, :256]
    board = np.repeat((((x + y) % 2) * 255).astype(np.uint8)[:, :, None], 3, axis=2)
    Image.fromarray(board).save(tmp_path / "a.png")
    with read_clip(tmp_path / "a.png", size=64) as clip:
        small = clip.frames(0, 1)[0].astype(int)
    assert np.abs(small - 127).max() <= 4


def test_scaling_agrees_with_pillow(tmp_path):
    """A smooth picture: two implementations of Lanczos must give the same, up to rounding."""
    y, x = np.mgrid[:288, :512]
    smooth = np.stack([128 + 100 * np.sin(x / 31), 128 + 100 * np.cos(y / 23), (x + y) / 4], -1).astype(np.uint8)
    Image.fromarray(smooth).save(tmp_path / "a.png")
    expected = np.asarray(Image.fromarray(smooth).resize((128, 72), Image.Resampling.LANCZOS)).astype(int)
    with read_clip(tmp_path / "a.png", size=72, crop="none") as clip:
        assert np.abs(clip.frames(0, 1)[0].astype(int) - expected).max() <= 4


def test_a_shape_too_long_for_the_limit(tmp_path):
    """Non-square pixels can make a legal file too wide."""
    path = encode(tmp_path / "a.mp4", [quadrants(64, 1500)] * 2, options={"x264-params": "sar=3/1"})
    with pytest.raises(Refusal) as caught:
        read_clip(path, size=None, crop="none")
    assert caught.value.case == "too_long_side"
    with read_clip(path, size=None, crop="none", limits=Limits(max_side=4500)) as clip:
        assert (clip.width, clip.height) == (4496, 64)


def test_identity_turn():
    assert Turn().is_identity and not Turn(flip_x=True).is_identity
