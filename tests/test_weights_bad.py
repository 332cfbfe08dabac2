"""Weights that read well and mean nothing: NaN, infinities, names written twice; one sentence, never a result."""

import json
import struct
from dataclasses import asdict

import numpy as np
import pytest
import torch
from fabricated import moving_clip
from random_models import tiniest
from safetensors.torch import save, save_file
from small_runs import clip_of, compare

from vae_demo.models import weights as rules
from vae_demo.models.loading import load_vae
from vae_demo.models.two_stage import TwoStage
from vae_demo.refusal import Refusal
from vae_demo.results.scores import SWEPT
from vae_demo.steps import drain
from vae_demo.store import FrameStore

KEYS = ("scale", "temporal_vae.encoder.conv_in.conv.weight", "spatial_vae.decoder.conv_out.bias")


def parts(dtype=torch.float32):
    """State and metadata of a small model."""
    vae = tiniest()
    halves = {"spatial": vae.spatial_vae, "temporal": vae.temporal_vae}
    state = {key: value.to(dtype).contiguous() for key, value in vae.state_dict().items()}
    return state, {name: json.dumps(asdict(half.config)) for name, half in halves.items()}


def refused(path, **options):
    with pytest.raises(Refusal) as error:
        load_vae("tiny-17", weights=path, **options)
    assert "\n" not in str(error.value) and str(error.value).endswith(".")
    return error.value


def test_the_names_of_this_test_are_names_of_the_model():
    assert set(KEYS) <= parts()[0].keys()


@pytest.mark.parametrize(("key", "value", "dtype"), [
    (KEYS[0], float("nan"), torch.float16), (KEYS[1], float("inf"), torch.bfloat16),
    (KEYS[2], -float("inf"), torch.float32)])
def test_one_value_that_is_no_number_is_enough(tmp_path, key, value, dtype):
    state, metadata = parts(dtype)
    state[key].view(-1)[-1] = value
    save_file(state, tmp_path / "w.safetensors", metadata)
    error = refused(tmp_path / "w.safetensors")
    assert error.case == "not_finite_weights" and key in str(error) and error.sentence("en") == str(error)


def test_what_overflows_in_the_type_it_runs_in_is_refused_there_alone(tmp_path):
    state, metadata = parts()
    state[KEYS[1]].view(-1)[0] = 1e6
    save_file(state, tmp_path / "w.safetensors", metadata)
    assert load_vae("tiny-17", weights=tmp_path / "w.safetensors").dtype == torch.float32
    assert load_vae("tiny-17", weights=tmp_path / "w.safetensors", dtype=torch.bfloat16).dtype == torch.bfloat16
    error = refused(tmp_path / "w.safetensors", dtype=torch.float16)
    assert error.case == "not_finite_weights" and "float16" in str(error)


def test_doubles_beyond_single_precision_are_refused(tmp_path):
    state, metadata = parts()
    state["shift"] = state["shift"].double() + 1e300
    save_file(state, tmp_path / "w.safetensors", metadata)
    assert refused(tmp_path / "w.safetensors").params["name"] == "shift"


# -- finite weights, frames that are not ---------------------------------------------------------------------


def overflowing():
    """Finite weights that make the decoder overflow: what no look at the file can tell."""
    vae = tiniest()
    with torch.no_grad():
        vae.spatial_vae.decoder.conv_out.weight.fill_(3e38)
    return vae


def starts(run):
    return next((event for event in run if type(event).__name__ in ("Finished", "SweepFinished")), None)


@pytest.mark.parametrize("place", ["encode_frames", "decode_chunks", "weights"])
def test_frames_that_are_no_numbers_are_never_a_result(tmp_path, place, monkeypatch):
    vae = overflowing() if place == "weights" else tiniest()
    if place != "weights":
        own = getattr(vae, place)
        monkeypatch.setattr(vae, place, lambda *x, **o: own(*x, **o).index_fill(2, torch.tensor([0]), float("nan")))
    clip = clip_of(9)
    for run in (compare(clip, vae, "5,4", tmp_path),
                compare(clip, vae, "5,whole", tmp_path, scores=SWEPT, keep_frames=False)):
        with pytest.raises(Refusal) as error:
            starts(run)
        assert error.value.case == "not_finite" and error.value.sentence("en") == str(error.value)


def test_the_check_changes_no_frame(tmp_path):
    vae, clip = tiniest(), clip_of(9)
    store = FrameStore(tmp_path / "frames.npy", 9, clip.height, clip.width)
    model = TwoStage(vae)
    prepared = drain(model.prepare(clip, None))
    with torch.inference_mode():
        wanted = vae.decode_frames(prepared.spatial)
    drain(model.baseline(prepared, store))
    levels = np.clip(np.rint((wanted[0].numpy() + 1) * 127.5), 0, 255).transpose(1, 2, 3, 0)
    assert np.abs(store.frames(0, 9) - levels).max() <= 1 and moving_clip(9, 24, 32).shape == (9, 24, 32, 3)


# -- the header ----------------------------------------------------------------------------------------------


def written(path, header, body=bytes(64), length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + body)
    return path


def tensor(start=0, stop=64, shape=(16,), dtype="F32"):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, stop]}


TEXT = json.dumps(tensor()).encode()
DEEP = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(("header", "name"), [
    (b'{"a":%b,"a":%b}' % (TEXT, TEXT), "a"),
    (b'{"a":%b,"a":%b}' % (json.dumps(tensor(0, 32, (8,))).encode(), TEXT), "a"),
    (b'{"a":%b,"\\u0061":%b}' % (TEXT, TEXT), "a"),
    (b'{"__metadata__":{"temporal":"{}","temporal":"[]"},"a":%b}' % TEXT, "temporal"),
    (b'{"__metadata__":{},"__metadata__":{"x":"y"},"a":%b}' % TEXT, "__metadata__"),
    (b'{"a":{"dtype":"F32","dtype":"F16","shape":[16],"data_offsets":[0,64]}}', "dtype"),
])
def test_a_name_written_twice_is_refused(tmp_path, header, name):
    error = refused(written(tmp_path / "w.safetensors", header))
    assert (error.case, error.params["name"]) == ("double_weights", name) and error.sentence("en") == str(error)


def test_a_whole_model_with_one_tensor_twice_is_refused(tmp_path):
    state, metadata = parts()
    data = save(state, metadata)
    length = int.from_bytes(data[:8], "little")
    header, body = data[8:8 + length].rstrip(), data[8 + length:]
    entry = json.loads(header)["shift"]
    doubled = header[:-1] + b',"shift":' + json.dumps(entry).encode() + b"}"
    assert load_vae("tiny-17", weights=written(tmp_path / "good.safetensors", header, body)) is not None
    assert refused(written(tmp_path / "w.safetensors", doubled, body)).case == "double_weights"


@pytest.mark.parametrize("broken", [
    {"header": {"a": tensor(), "b": tensor(16, 64, (12,))}}, {"header": {"a": tensor(0, 128, (32,))}},
    {"header": {"a": tensor(0, 16, (4,)), "b": tensor(32, 64, (8,))}}, {"header": {"a": tensor(0, 16, (4,))}},
    {"header": {"a": tensor(-4, 64, (17,))}}, {"header": {"a": tensor(shape=(2**62, 4))}},
    {"header": {"a": tensor(dtype="X9")}}, {"header": [1]}, {"header": {"a": 3}}, {"header": b"nonsense"},
    {"header": b"\xff{}"}, {"header": DEEP}, {"header": {"a": tensor()}, "length": 10**9},
    {"header": {"a": tensor()}, "length": 5000}, {"header": {"a": tensor()}, "length": 2**63}, {"header": b""},
    {"header": {"__metadata__": {"x": 1}, "a": tensor()}}, {"header": {"__metadata__": [], "a": tensor()}},
], ids=lambda broken: str(broken)[:60])
def test_a_header_that_does_not_describe_its_file_is_refused(tmp_path, broken):
    assert refused(written(tmp_path / "w.safetensors", **broken)).case == "unreadable_weights"


def test_a_header_over_the_limit_of_the_format_is_not_read(tmp_path, monkeypatch):
    path = written(tmp_path / "w.safetensors", {"a": tensor()})
    rules.check_header(path)
    monkeypatch.setattr(rules, "MOST_HEADER", 10)
    with pytest.raises(Refusal, match="cannot be read"):
        rules.check_header(path)


@pytest.mark.parametrize("config", [
    '{"filters": -8}', '{"n_groups": 0}', '{"multipliers": []}', '{"filters": "x"}', "[]", "3", "{",
    '{"filters": 1e9}', '{"n_groups": 7}'])
def test_a_configuration_that_makes_no_model_is_refused(tmp_path, config):
    save_file({"shift": torch.zeros(1)}, tmp_path / "w.safetensors", {"temporal": config})
    assert refused(tmp_path / "w.safetensors").case in ("bad_config", "weights_missing")
