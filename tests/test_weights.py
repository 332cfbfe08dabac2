"""The bundled weights: what they hold, how big they are, and that they still rebuild what they did when judged."""

import json

import pytest
import torch
from safetensors import safe_open

from vae_demo import assets
from vae_demo.models.loading import load_model
from vae_demo.models.spec import MODELS
from vae_demo.models.tiny import TEMPORAL
from vae_demo.training import evaluate
from vae_demo.training.card import write_card
from vae_demo.training.evaluate import pins

pytestmark = pytest.mark.weights
NAMES = [name for name, spec in MODELS.items() if spec.bundled]
# A sixth of the 0.3 dB by which two trainings may differ; rounding of another CPU's kernels stays far below it.
TOLERANCE_DB = 0.05


def evaluation(name):
    return json.loads((assets.WEIGHTS / f"{name}.evaluation.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_holds_half_precision_weights_their_configuration_and_their_history(name):
    with safe_open(assets.WEIGHTS / MODELS[name].weights, "pt") as file:
        keys, metadata = list(file.keys()), file.metadata()
        assert {file.get_tensor(key).dtype for key in keys} == {torch.float16}
    assert not [key for key in keys if "adam" in key or "muon" in key]
    assert metadata["name"] == name
    assert json.loads(metadata["temporal"])["filters"] == TEMPORAL.filters
    training = json.loads(metadata["training"])
    assert {"spatial", "temporal", "pixels"} <= training.keys()
    runs = [run for run in training.values() if isinstance(run, dict)]
    assert all(run["steps"] == run["planned"] >= 500 for run in runs)
    assert tuple(training["pixels"]["lengths"]) == MODELS[name].trained_lengths


def test_the_card_is_what_its_files_say(tmp_path):
    for path in {*assets.WEIGHTS.iterdir()} - {assets.WEIGHTS / "README.md"}:
        (tmp_path / path.name).symlink_to(path)
    committed = assets.WEIGHTS / "README.md"
    assert write_card(tmp_path).read_text(encoding="utf-8") == committed.read_text(encoding="utf-8")


def test_together_they_stay_small():
    assert sum((assets.WEIGHTS / MODELS[name].weights).stat().st_size for name in NAMES) < 12e6


@pytest.mark.parametrize("name", NAMES)
def test_reference_reconstructions_have_not_moved(name):
    model = load_model(name)
    assert model.vae.temporal_vae.config.linear_shortcut == TEMPORAL.linear_shortcut
    wanted, found = evaluation(name)["pins"], pins(model)
    assert found["psnr"].keys() == wanted["psnr"].keys() and len(found["psnr"]) == 5
    for label, value in wanted["psnr"].items():
        assert found["psnr"][label] == pytest.approx(value, abs=TOLERANCE_DB), label


def test_a_moved_weight_would_be_noticed(monkeypatch):
    monkeypatch.setattr(evaluate, "PIN_VARIANTS", "17")
    model = load_model(NAMES[0])
    model.vae.spatial_vae.decoder.conv_out.bias[0] += 0.1
    wanted, found = evaluation(NAMES[0])["pins"]["psnr"], pins(model)["psnr"]
    assert abs(found["17"] - wanted["17"]) > TOLERANCE_DB
