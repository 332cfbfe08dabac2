"""The one place where pixels change range or axis order: exact there and back, and nowhere else."""

import ast
from pathlib import Path

import numpy as np
import pytest

import vae_demo
from vae_demo.pixels import check_frames, to_signed, to_uint8

PACKAGE = Path(vae_demo.__file__).parent


def test_every_level_survives_there_and_back():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, axis=3)
    signed = to_signed(levels)
    assert signed.dtype == np.float32 and signed.flags.c_contiguous
    assert signed.min() == -1 and signed.max() == 1
    assert np.array_equal(to_uint8(signed), levels)


def test_axes_go_where_the_names_say():
    frames = np.zeros((2, 3, 5, 3), np.uint8)
    frames[1, 2, 4] = (255, 0, 51)
    signed = to_signed(frames)
    assert signed.shape == (1, 3, 2, 3, 5)
    assert signed[0, :, 1, 2, 4] == pytest.approx([1, -1, 51 / 127.5 - 1])
    assert (signed == -1).sum() == signed.size - 2
    assert np.array_equal(to_uint8(signed), frames)


def test_values_are_rounded_and_clipped_never_wrapped():
    values = np.array([-3.0, -1.0, -1 + 0.49 / 127.5, -1 + 0.51 / 127.5, 0.999, 1.0, 7.5], np.float32)
    video = np.broadcast_to(values, (1, 3, 1, 1, len(values)))
    assert to_uint8(video)[0, 0, :, 0].tolist() == [0, 0, 0, 1, 255, 255, 255]
    half = to_uint8(np.full((1, 3, 1, 1, 1), 0.5, np.float16))
    assert half.dtype == np.uint8 and half.shape == (1, 1, 1, 3) and half.max() == 191


@pytest.mark.parametrize("wrong", [
    np.zeros((2, 4, 4, 3), np.float32), np.zeros((4, 4, 3), np.uint8), np.zeros((2, 4, 4, 4), np.uint8),
    np.zeros((2, 3, 4, 4), np.uint8)])
def test_what_is_no_clip_is_named(wrong):
    for check in (check_frames, to_signed):
        with pytest.raises(ValueError, match="expected uint8 frames T H W 3, got") as error:
            check(wrong)
        assert str(wrong.shape) in str(error.value) and str(wrong.dtype) in str(error.value)


@pytest.mark.parametrize("shape", [(2, 3, 1, 4, 4), (1, 4, 1, 4, 4), (3, 1, 4, 4)])
def test_what_is_no_video_is_named(shape):
    with pytest.raises(ValueError, match="expected a float video 1 3 T H W") as error:
        to_uint8(np.zeros(shape, np.float32))
    assert str(shape) in str(error.value)


def range_changes(source):
    """Constants that only a change between 0..255 and -1..1 needs."""
    constants = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return [each.value for each in constants if each.value == 127.5]


def test_no_other_module_of_the_app_changes_the_range():
    inside = range_changes((PACKAGE / "pixels.py").read_text(encoding="utf-8"))
    assert inside == [127.5], "the check sees what it looks for"
    # Training has a copy on the device side: batches of crops, not clips.
    others = [path for path in PACKAGE.rglob("*.py") if path.name != "pixels.py" and "training" not in path.parts]
    assert len(others) > 40
    assert [path.name for path in others if range_changes(path.read_text(encoding="utf-8"))] == []
