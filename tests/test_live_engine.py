"""The engine in the page makes the pictures that torch makes, and reads its weights to the last tensor."""

import json
from dataclasses import replace

import numpy as np
import pytest
from in_node import in_node, needs_node
from live_pictures import WASM, Wanted, clip, given, off, weights_of
from safetensors.numpy import load_file, save_file

from vae_demo import bundle

pytestmark = [needs_node, pytest.mark.weights]

# At most one level off in all but so many of a million values.
ALLOWED = 100
ALL = [(4, 4), (5, 5), (16, 16), (17, 17), (18, 18), (40, 40), (17, 16), (None, None)]
FEW = [(5, 5), (17, 17), (17, 16)]


@pytest.mark.parametrize(("model", "side", "n", "sizes"), [
    ("tiny-17", 64, 42, ALL), ("tiny-mixed", 64, 42, ALL), ("tiny-17", 96, 19, FEW), ("tiny-17", 104, 19, FEW),
    ("tiny-mixed", 128, 18, FEW)])
def test_its_pictures_are_those_of_torch(tmp_path, model, side, n, sizes):
    frames = clip(n, side)
    wanted = Wanted(model, frames)
    got = given(tmp_path, weights_of(model), frames, [wanted.plan(*each) for each in sizes])
    pictures = [wanted.pictures(*each) for each in sizes]
    assert [off(*pair) <= ALLOWED for pair in zip(got, pictures, strict=True)] == [True] * len(sizes)
    # Sizes differ by more than what is allowed, so no picture passes for another's.
    assert min(off(a, b) for i, a in enumerate(pictures) for b in got[:i]) > 50 * ALLOWED


def changed(path, right, wrong):
    def read(asked):
        found = bundle.read(asked)
        if asked != path:
            return found
        assert right in found.body
        return replace(found, body=found.body.replace(right, wrong))

    return read


@pytest.mark.parametrize(("path", "right", "wrong"), [
    ("norm.js", "const EPSILON = 1e-5", "const EPSILON = 1e-3"),
    ("temporal.js", "x.write(c, pads + t,", "x.write(c, t,"),
    ("temporal.js", "2 * c + t % 2", "c + y.channels * (t % 2)"),
    ("winograd.js", "upToEight(columns) + 8", "columns"),
])
def test_the_comparison_notices_a_wrong_engine(tmp_path, path, right, wrong):
    frames = clip(6, 96)
    wanted = Wanted("tiny-17", frames)
    (got,) = given(tmp_path, weights_of("tiny-17"), frames, [wanted.plan(6, 6)],
                   read=changed(f"live/network/{path}", right, wrong))
    assert off(got, wanted.pictures(6, 6)) > ALLOWED
