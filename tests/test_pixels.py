"""The one place where pixels change range or axis order: exact there and back, and nowhere else."""

import ast
from pathlib import Path

import numpy as np
import pytest
import torch

import vae_demo
from vae_demo.pixels import (
    check_frames,
    from_unit,
    tensor_from_unit,
    tensor_to_signed,
    tensor_to_uint8,
    tensor_to_unit,
    to_signed,
    to_uint8,
    to_unit,
)

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


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_tensors_become_the_same_levels(dtype):
    video = torch.linspace(-1.2, 1.2, 3 * 2 * 40 * 40).reshape(1, 3, 2, 40, 40).to(dtype)
    kept = video.clone()
    assert np.array_equal(tensor_to_uint8(video).numpy(), to_uint8(video.float().numpy()))
    levels = np.arange(2 * 4 * 32 * 3, dtype=np.uint8).reshape(2, 4, 32, 3)
    assert np.array_equal(tensor_to_signed(torch.from_numpy(levels)).numpy(), to_signed(levels))
    assert tensor_to_uint8(video).is_contiguous() and torch.equal(video, kept)


def test_a_model_that_counts_from_0_to_1_has_time_before_colours():
    levels = np.random.default_rng(0).integers(0, 256, (2, 4, 6, 3), np.uint8)
    levels[1, 2, 4] = (255, 0, 51)
    unit = tensor_to_unit(torch.from_numpy(levels))
    assert unit.shape == (1, 2, 3, 4, 6) and unit.dtype == torch.float32 and unit.is_contiguous()
    assert unit[0, 1, :, 2, 4].tolist() == pytest.approx([1, 0, 0.2])
    assert np.array_equal(tensor_from_unit(unit).numpy(), levels)
    values = torch.tensor([-0.5, 0.49 / 255, 0.51 / 255, 1.0, 3.0]).expand(1, 1, 3, 1, 5)
    assert tensor_from_unit(values)[0, 0, :, 0].tolist() == [0, 0, 1, 255, 255]
    with pytest.raises(ValueError, match="1 T 3 H W"):
        tensor_from_unit(torch.zeros(1, 3, 2, 4, 4))


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
    with pytest.raises(ValueError, match="expected a float video 1 3 T H W"):
        tensor_to_uint8(torch.zeros(shape))


@pytest.mark.parametrize("shape", [(256,), (4, 4, 4, 4)])
def test_levels_and_shares_of_white_are_one_to_one(shape):
    levels = np.arange(256, dtype=np.uint8).reshape(shape)
    unit = to_unit(levels)
    assert unit.dtype == np.float32 and unit.shape == shape and np.array_equal(from_unit(unit), levels)
    assert (unit.min(), unit.max()) == (0, 1)
    assert to_unit(np.uint8([51, 102])) == pytest.approx([0.2, 0.4])


def test_shares_of_white_are_rounded_and_clipped_never_wrapped():
    levels = from_unit(np.array([-0.2, 0.4 / 255, 0.6 / 255, 0.5, 1.0, 1.004, 3.0]))
    assert levels.dtype == np.uint8 and levels.tolist() == [0, 0, 1, 128, 255, 255, 255]


def range_changes(source):
    """Numbers that only a change between 0..255 and 0..1 or -1..1 needs: half of white, and white as a factor."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv):
            sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
            found += [side.value for side in sides if isinstance(side, ast.Constant) and side.value == 255]
        elif isinstance(node, ast.Constant) and node.value == 127.5:
            found.append(node.value)
    return found


@pytest.mark.parametrize("line", ["x * 255", "x /= 255.0", "np.uint8(255 * x)", "x.mean() / 255", "127.5 - x"])
def test_the_check_sees_a_change_of_range(line):
    assert len(range_changes(line)) == 1


def test_the_check_leaves_levels_alone():
    assert range_changes("fill = (0, 0, 255); x = np.clip(x, 0, 255) - 255") == []


def test_no_other_module_of_the_app_changes_the_range():
    files = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    assert len(files) > 150
    assert {path.name: found for path, source in files.items() if (found := range_changes(source))} == {
        "pixels.py": [127.5]}
