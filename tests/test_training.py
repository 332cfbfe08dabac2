"""The training beside the app: data from a seed, stages that resume exactly, an export the app loads, a card."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors import safe_open

from vae_demo.models.loading import load_vae
from vae_demo.training import __main__ as command
from vae_demo.training import checkpoint, data, evaluate, stages
from vae_demo.training.card import write_card
from vae_demo.training.export import export
from vae_demo.training.loop import Schedule
from vae_demo.training.second_run import note_second_run

SMALL = data.DataConfig(seed=3, n_textures=2, n_stills=3, still_size=256, n_clips=2, clip_size=104, clip_frames=34)
STEPS = 2
SCHEDULE = Schedule(steps=STEPS, lr=1e-3, seed=5, every=1)
GENERATE = """
from pathlib import Path
from vae_demo.training.data import DataConfig, generate
generate(DataConfig(**{config}), Path({folder!r}), processes={processes})
"""


@pytest.fixture(scope="module", autouse=True)
def small_batches():
    """What is asked here does not depend on how many crops a step sees; the time it takes does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "BATCH", 2)
        patch.setattr(stages, "MEASURED", 16)
        yield


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    """Stills and clips of SMALL, made by two processes of their own, as the command does."""
    folder = tmp_path_factory.mktemp("data")
    code = GENERATE.format(config=vars(SMALL), folder=str(folder), processes=2)
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    stills, clips = sorted(folder.glob("stills*.npy")), sorted(folder.glob("clips*.npy"))
    assert len(stills) == len(clips) == 1 and not list(folder.glob("*.partial*"))
    return stills[0], clips[0]


def test_an_item_depends_on_seed_and_index_alone(material):
    stills, clips = (np.load(path) for path in material)
    assert stills.shape == (3, 256, 256, 3) and clips.shape == (2, 34, 104, 104, 3)
    assert stills.dtype == clips.dtype == np.uint8
    threads = torch.get_num_threads()
    try:
        for index in (2, 0):
            assert np.array_equal(data.make_still(SMALL, index), stills[index])
        assert np.array_equal(data._make_clip(SMALL, material[0], 1), clips[1])
    finally:
        torch.set_num_threads(threads)
    other = data.make_still(data.DataConfig(**{**vars(SMALL), "seed": 4}), 0)
    assert np.abs(other.astype(int) - stills[0]).mean() > 5
    assert all(clip.std() > 5 for clip in clips), "pictures, not plain grey"


def test_what_is_there_is_not_made_again(material, monkeypatch):
    monkeypatch.setattr(data, "_fill", None)
    assert data.generate(SMALL, material[0].parent) == material


def run_stages(material, folder, finish):
    """All stages; `finish` runs one of them to its end, interrupted or not."""
    stills, clips = np.load(material[0]), np.load(material[1], mmap_mode="r")
    folder.mkdir(exist_ok=True)
    spatial, spatial_facts = finish(lambda: stages.train_spatial(stills, folder, SCHEDULE, "cpu"))
    latents = stages.cache_latents(spatial, clips, folder / "latents.npy", "cpu")
    temporal, temporal_facts = finish(lambda: stages.train_temporal(spatial, latents, folder, SCHEDULE, "cpu"))

    def pixels():
        # A stopped process starts again from what stages 1 and 2 saved.
        own, _ = stages.train_spatial(stills, folder, SCHEDULE, "cpu")
        half, _ = stages.train_temporal(own, latents, folder, SCHEDULE, "cpu")
        facts = stages.train_pixels("pixels-tiny-17", own, half, latents, clips, stills, folder, SCHEDULE, "cpu")
        return own, half, facts

    spatial, temporal, pixel_facts = finish(pixels)
    return spatial, temporal, {"spatial": spatial_facts, "temporal": temporal_facts, "pixels": pixel_facts}


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """Where the run that nothing stops saves."""
    return tmp_path_factory.mktemp("straight")


@pytest.fixture(scope="module")
def trained(material, straight):
    return run_stages(material, straight, lambda stage: stage())


@pytest.fixture
def stopping(monkeypatch):
    """Runs a stage that is killed after each checkpoint, until it gets through; counts the stops."""
    kept, stops = checkpoint.save, []

    def save_and_die(path, *rest):
        kept(path, *rest)
        stops.append(path.stem)
        raise KeyboardInterrupt

    def finish(stage):
        monkeypatch.setattr(checkpoint, "save", save_and_die)
        try:
            for _ in range(10 * STEPS):
                try:
                    return stage()
                except KeyboardInterrupt:
                    continue
        finally:
            monkeypatch.setattr(checkpoint, "save", kept)
        raise AssertionError("the stage never got through")

    finish.stops = stops
    return finish


@pytest.mark.slow
def test_every_stage_runs_and_changes_what_it_should(trained, material, straight):
    spatial, temporal, facts = trained
    stills = np.load(material[0])
    # Stage 3 goes on with the decoder and leaves the encoder as stage 1 left it.
    first, _ = stages.train_spatial(stills, straight, SCHEDULE, "cpu")
    for half, same in (("encoder", True), ("decoder", False)):
        now, then = (getattr(each, half).state_dict() for each in (spatial, first))
        assert all(torch.equal(now[name], then[name]) for name in now) == same
    for stage, terms in {"spatial": {"pixels", "size"}, "temporal": {"latents", "kl"},
                         "pixels": {"pixels", "stills", "latents", "kl"}}.items():
        assert facts[stage]["steps"] == facts[stage]["planned"] == STEPS and facts[stage]["seed"] == 5
        assert facts[stage]["losses"].keys() == terms
        assert all(np.isfinite(value) for value in facts[stage]["losses"].values())
    assert facts["pixels"]["lengths"] == [17, 17]
    assert spatial.scale.shape == (1, 16, 1, 1) and (spatial.scale > 0).all() and not torch.equal(
        spatial.scale, torch.ones_like(spatial.scale))
    assert not any(p.requires_grad for p in spatial.parameters())


@pytest.mark.slow
def test_a_stopped_run_ends_on_the_same_weights(trained, material, stopping, tmp_path):
    spatial, temporal, facts = run_stages(material, tmp_path / "stopped", stopping)
    names = ("spatial", "temporal", "pixels-tiny-17")
    assert stopping.stops == [name for name in names for _ in range(STEPS)]
    for one, other in ((spatial, trained[0]), (temporal, trained[1])):
        for name, value in one.state_dict().items():
            assert torch.equal(value, other.state_dict()[name]), name
    assert {key: run["losses"] for key, run in facts.items()} == {
        key: run["losses"] for key, run in trained[2].items()}


@pytest.mark.slow
def test_the_export_is_what_the_app_loads(trained, tmp_path):
    spatial, temporal, facts = trained
    path = export("tiny-17", spatial, temporal, facts, tmp_path)
    vae = load_vae("tiny-17", weights=path)
    for own, exported in ((spatial, vae.spatial_vae), (temporal, vae.temporal_vae)):
        assert own.state_dict().keys() == exported.state_dict().keys()
        for name, value in own.state_dict().items():
            torch.testing.assert_close(value.half().float(), exported.state_dict()[name], atol=0, rtol=0, msg=name)
    with safe_open(path, "pt") as file:
        assert not [key for key in file.keys() if "adam" in key or "muon" in key]  # noqa: SIM118
        metadata = file.metadata()
    assert metadata["name"] == "tiny-17" and json.loads(metadata["training"])["temporal"]["steps"] == STEPS
    assert json.loads(metadata["training"])["machine"]


def judged(model, at_17=31.75):
    """A saved evaluation with numbers that are easy to find again."""
    rows = {"2D only": (36.25, 51), "17": (at_17, 51), "17→16": (23.5, 59)}
    variants = {label: {"frames_out": out, "psnr": psnr, "ssim": 0.9, "worst": psnr - 5, "aligned_psnr": psnr + 1,
                        "border_ratio": None if label == "2D only" else 1.25} for label, (psnr, out) in rows.items()}
    return {"model": model, "machine": "a machine", "seconds": 4.5, "means": variants, "slots": {"17": [34.1, 29.9]},
            "clips": [{"name": "a clip", "source": "somewhere", "variants": variants}],
            "soft": [{"name": "a soft clip", "source": "somewhere", "variants": variants}]}


@pytest.mark.slow
def test_the_card_is_written_from_the_files_beside_it(trained, tmp_path):
    spatial, temporal, facts = trained
    export("tiny-17", spatial, temporal, {**facts, "data": "What it saw."}, tmp_path)
    plain = write_card(tmp_path).read_text(encoding="utf-8")
    n_parameters = sum(value.numel() for half in (spatial, temporal) for value in half.state_dict().values()) + 32
    assert f"{n_parameters:,} parameters" in plain
    assert "What it saw." in plain and "How tiny-17 was trained" in plain
    assert "tiny-mixed" not in plain and "on real footage" not in plain
    assert all(re.search(rf"\| {number} [^|]+\| {STEPS} \|", plain) for number in "123")
    evaluate.save(judged("tiny-17"), tmp_path)
    full = write_card(tmp_path).read_text(encoding="utf-8")
    assert "| 17 | 17+17+17 | 51 | 31.8 |" in full and "| 17→16 | 16+16+16+11 | 59 | 23.5 |" in full
    assert "4.5 s a clip on a machine" in full
    assert full.count("| clip | 2D only | 17 | 17→16 |") == 2 and "| a soft clip | 36.2 | 31.8 | 23.5 |" in full
    assert "`a clip`: somewhere" in full and "34.1, 29.9" in full
    assert "from 4.5 dB (`a clip`) to 4.5 dB (`a clip`)" in full and "Trained twice" not in full


@pytest.mark.slow
def test_the_card_says_where_a_second_run_ended(trained, tmp_path):
    spatial, temporal, facts = trained
    facts = {**facts, "data": "What it saw."}
    (again := tmp_path / "again").mkdir()
    for folder, at_17 in ((tmp_path, 31.75), (again, 31.5)):
        export("tiny-17", spatial, temporal, facts, folder)
        evaluate.save(judged("tiny-17", at_17), folder)
    note_second_run(["tiny-17"], again, tmp_path)
    card = write_card(tmp_path).read_text(encoding="utf-8")
    assert "| 2D only | 36.25 | 36.25 |" in card and "| 17 | 31.75 | 31.50 |" in card
    assert "-0.25 dB (tiny-17, `a clip`)" in card
    # Other weights than those of the first run: the section is not about them any more.
    export("tiny-17", spatial, temporal, {**facts, "data": "Something else."}, tmp_path)
    assert "Trained twice" not in write_card(tmp_path).read_text(encoding="utf-8")
    other = {**facts, "temporal": {**facts["temporal"], "steps": STEPS + 1}}
    export("tiny-17", spatial, temporal, other, again)
    with pytest.raises(ValueError, match="other steps"):
        note_second_run(["tiny-17"], again, tmp_path)


@pytest.mark.slow
def test_the_shortcut_is_weighed_and_the_card_says_so(trained, material, tmp_path, monkeypatch):
    run, out = tmp_path / "run", tmp_path / "out"
    run.mkdir()
    (run / "data").symlink_to(material[0].parent)
    monkeypatch.setattr(command, "DATA", SMALL)
    steps = [f"--{stage}-steps={STEPS}" for stage in ("spatial", "ablation")]
    monkeypatch.setattr(sys, "argv", ["training", "ablation", "--dir", str(run), "--out", str(out), *steps])
    command.main()
    runs = json.loads((out / "shortcut.json").read_text(encoding="utf-8"))
    assert runs.keys() == {"with", "without"} and runs["with"]["losses"] != runs["without"]["losses"]
    spatial, temporal, facts = trained
    export("tiny-17", spatial, temporal, {**facts, "data": "What it saw."}, out)
    card = write_card(out).read_text(encoding="utf-8")
    assert re.findall(r"\| (with|without) \| 2 \|", card) == ["with", "without"]
