"""The engine in the page makes the pictures that torch makes, and reads its weights to the last tensor."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from in_node import in_node, needs_node
from live_pictures import WASM, Asked, Wanted, clip, given, off, weights_of
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from vae_demo import bundle
from vae_demo.views.serving.modules import module_files

pytestmark = [needs_node, pytest.mark.weights]

# Of a million values so many may be one level off, where rounding falls otherwise; none may be more.
ALLOWED = 100
ALL = [(4, 4), (5, 5), (16, 16), (17, 17), (18, 18), (17, 16), (None, None)]
FEW = [(4, 4), (5, 5), (9, 8)]
# Model, pixels a side, frames, sizes.
COMPARED = [
    ("tiny-17", 64, 19, ALL), ("tiny-17", 64, 42, [(40, 40)]), ("tiny-mixed", 64, 19, [(17, 17), (17, 16)]),
    ("tiny-17", 96, 10, FEW), ("tiny-17", 104, 10, FEW), ("tiny-mixed", 128, 10, FEW)]


@cache
def wanted_of(case):
    model, side, n, _ = COMPARED[case]
    return Wanted(model, clip(n, side))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The engine's pictures, by case and size: in one node, which takes longer to start than many a case."""
    return given(tmp_path_factory.mktemp("made"), *(
        Asked(weights_of(model), clip(n, side), [wanted_of(case).plan(*each) for each in sizes])
        for case, (model, side, n, sizes) in enumerate(COMPARED)))


@pytest.mark.parametrize("case", range(len(COMPARED)), ids=lambda case: "-".join(map(str, COMPARED[case][:3])))
def test_its_pictures_are_those_of_torch(made, case):
    got, pictures = made[case], [wanted_of(case).pictures(*each) for each in COMPARED[case][3]]
    assert off(zip(got, pictures, strict=True)) <= ALLOWED
    # No size's pictures pass for another's.
    assert all(off([(a, b)]) > ALLOWED for i, a in enumerate(pictures) for b in got[:i])


@cache
def six_frames():
    """A clip whose latents are 12 a side, its plan, and torch's pictures."""
    frames = clip(6, 96)
    wanted = Wanted("tiny-17", frames)
    return frames, wanted.plan(6, 6), wanted.pictures(6, 6)


def changed(path, right, wrong):
    def read(asked):
        found = bundle.read(asked)
        if asked != path:
            return found
        assert right in found.body
        return replace(found, body=found.body.replace(right, wrong))

    return read


WRONG = [
    ("norm.js", "const EPSILON = 1e-5", "const EPSILON = 1e-3"),
    ("temporal.js", "x.write(c, pads + t,", "x.write(c, t,"),
    ("temporal.js", "2 * c + t % 2", "c + y.channels * (t % 2)"),
    ("winograd.js", "upToEight(columns) + 8", "columns"),
]


@pytest.fixture(scope="module")
def made_wrongly(tmp_path_factory):
    frames, plan, _ = six_frames()
    weights = weights_of("tiny-17")
    return given(tmp_path_factory.mktemp("wrong"), *(
        Asked(weights, frames, [plan], changed(f"live/network/{path}", right, wrong)) for path, right, wrong in WRONG))


@pytest.mark.parametrize("fault", range(len(WRONG)), ids=lambda fault: WRONG[fault][2])
def test_the_comparison_notices_a_wrong_engine(made_wrongly, fault):
    (got,) = made_wrongly[fault]
    assert off([(got, six_frames()[2])]) > ALLOWED


def test_it_stands_alone():
    """The offline lesson has it without the page, and its worker has none of the page's modules."""
    paths = [path for path in module_files() if path.startswith("live/")]
    assert "live/worker.js" in paths and len(paths) > 20
    assert [other for path in paths for other in bundle.read(path).needs if not other.startswith("live/")] == []


def without(tensors, metadata):
    del tensors["spatial_vae.decoder.up.1.bias"]


def with_a_layer_more(tensors, metadata):
    tensors["spatial_vae.decoder.levels.2.1.conv1.weight"] = np.zeros((48, 48, 3, 3), np.float16)


def of_another_shape(tensors, metadata):
    tensors["temporal_vae.quant_conv.conv.bias"] = np.zeros(16, np.float16)


def of_another_kind(tensors, metadata):
    tensors["shift"] = tensors["shift"].astype(np.int32)


def of_another_setting(tensors, metadata):
    metadata["spatial"] = json.dumps({**json.loads(metadata["spatial"]), "attention": True})


def without_a_setting(tensors, metadata):
    metadata["temporal"] = json.dumps({"filters": 32})


def of_another_depth(tensors, metadata):
    metadata["spatial"] = json.dumps({**json.loads(metadata["spatial"]), "decoder_blocks": [3, 2, 2]})


def without_words(tensors, metadata):
    metadata.clear()
    metadata["name"] = "tiny-17"


ODD = {
    without: "there is no spatial_vae.decoder.up.1.bias",
    with_a_layer_more: "nothing uses spatial_vae.decoder.levels.2.1",
    of_another_shape: "quant_conv.conv.bias is 16, not 32", of_another_kind: "shift is I32, neither",
    of_another_setting: "the spatial half is unknown or incomplete: attention",
    without_a_setting: "the temporal half is unknown or incomplete: in_channels",
    of_another_depth: "there is no spatial_vae.decoder.levels.2.1",
    without_words: "does not say what its spatial half is",
}


def test_weights_it_cannot_run_in_full_are_refused(tmp_path):
    path = weights_of("tiny-17")
    with safe_open(path, "np") as file:
        metadata = file.metadata()
    wanted = {}
    for change, said in ODD.items():
        tensors, words = load_file(path), dict(metadata)
        change(tensors, words)
        save_file(tensors, tmp_path / change.__name__, words)
        wanted[change.__name__] = said
    (tmp_path / "cut").write_bytes(path.read_bytes()[:-100])
    (tmp_path / "text").write_text("not weights at all", encoding="utf-8")
    wanted |= {"cut": "the file ends in", "text": "not a .safetensors file"}
    told = json.loads(in_node("live_weights.js", WASM, path, *(tmp_path / name for name in wanted),
                              vae="live/network/vae.js"))
    assert told.pop(str(path)) is None
    for name, said in wanted.items():
        case, message = told[str(tmp_path / name)]
        assert case == "weights" and said in message, (name, message)


def test_single_precision_weights_are_the_same_model(tmp_path):
    """And half precision is read to the last bit, subnormal numbers included."""
    path = weights_of("tiny-17")
    with safe_open(path, "np") as file:
        save_file({name: value.astype(np.float32) for name, value in load_file(path).items()},
                  tmp_path / "single", file.metadata())
    frames = clip(5, 64)
    plans = [Wanted("tiny-17", frames).plan(5, 5)]
    (half,), (single,) = given(tmp_path, *(Asked(each, frames, plans) for each in (path, tmp_path / "single")))
    assert np.array_equal(half, single)
