"""sweep.csv: what sweep.json says, a row a size."""

import csv
from pathlib import Path

import pytest
from fabricated_sweep import sweep as fabricated
from test_sweep_clashes import swept_with

from vae_demo import assets
from vae_demo.models.spec import MODELS
from vae_demo.report.sweep import COLUMNS, save_sweep
from vae_demo.results.sweep import SWEEP_JSON, Sweep, load_sweep
from vae_demo.verdicts import judged_sizes


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "sweep.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("made", [
    fabricated("4-9,17,whole"), swept_with("cogvideox", 85, "13-30,whole")[0], swept_with("wan-2.1", 52, "16,17")[0]],
    ids=["tiny-17", "cogvideox", "wan-2.1"])
def test_it_says_what_the_record_says(made, tmp_path):
    save_sweep(made, tmp_path)
    rows = table(tmp_path)
    assert [tuple(row) for row in rows] == [COLUMNS] * len(made.rows)
    for cells, row in zip(rows, made.rows, strict=True):
        assert cells["size"] == row.size
        counts = ("n_chunks", "latents", "frames_out", "lost", "pads")
        assert [int(cells[name]) for name in counts] == [getattr(row, name) for name in counts]
        for name, part in (("full", row.full), ("tail", row.tail)):
            said = [cells[f"{name}_{of}"] for of in ("frames", "psnr", "psnr_worst", "temporal_step")]
            known = [part.frames, part.psnr, part.psnr_worst, part.temporal_step] if part else [None] * 4
            assert [float(cell) if cell else None for cell in said] == pytest.approx(known, abs=1e-6)
        assert cells["seam_score"] == (f"{row.seam.score:.6f}" if row.seam else "")


def test_a_loss_that_a_pad_hides_in_the_count_of_frames_is_in_it(tmp_path):
    made, plans = swept_with("cogvideox", 85, "18")
    save_sweep(made, tmp_path)
    (row,) = table(tmp_path)
    assert (row["frames_out"], row["lost"], row["pads"]) == ("84", "4", "3")
    assert plans["18"].frames_out == 84


@pytest.mark.parametrize("folder", sorted(assets.EXAMPLES.glob("sweep-*")), ids=lambda folder: folder.name)
def test_the_saved_ones_are_judged_and_drawn_as_they_would_be_now(folder, tmp_path):
    saved = Sweep.from_json(load_sweep(folder))
    save_sweep(judged_sizes(saved, MODELS[saved.model].rule), tmp_path)
    for name in ("sweep.csv", "sweep.html", SWEEP_JSON):
        assert (folder / name).read_bytes() == (tmp_path / name).read_bytes(), name
