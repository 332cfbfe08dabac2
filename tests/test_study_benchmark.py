"""What `benchmarks.study` makes of what it measured."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from benchmarks import study as benchmark
from benchmarks.study_paper import Gpu, Measured, Study, gpu_of, on_paper
from vae_demo.layout.variant import DEFAULT_VARIANTS

FOUND = [{"workers": 0, "tasks": 11, "start": 1.0, "seconds": 5.0, "bytes": 9000.0, "driver": 0.4},
         {"workers": 2, "tasks": 11, "start": 9.0, "seconds": 2.5, "bytes": 9000.0, "driver": 0.006}]
STUDY = Study(("a", "b"), ("17", "16", "18", "17:16"), 51, 512)
MEASURED = Measured(reading=3.6, driver=0.0072, row_bytes=7000)


def test_the_benchmark_says_what_a_thousand_clips_take():
    args = SimpleNamespace(models="tiny-17", variants="17", frames=34, size=64, device="cpu")
    said = benchmark.lines(FOUND, args, 0.5)
    assert "| loop | 1.0 s | 2.00 | 68 | computes itself |" in said and "| 2 | 9.0 s | 4.00 | 136 | 6.0 |" in said
    assert "1000 clips like these are 1000 tasks: 0.07 hours here." in said
    assert said[-5:] == on_paper(benchmark.study_of(args), Measured(0.5, 0.006, 9000), None)
    on_gpu = benchmark.lines(FOUND, SimpleNamespace(**{**vars(args), "device": "cuda"}), 0.5)
    assert on_gpu[-1] == "On 8 such GPUs, a worker on each: 0.02 hours."


@pytest.mark.parametrize(("gpu", "driver", "said"), [
    (36.0, 0.0072, "so 2.50 hours, for the models takes longest"),
    (1.0, 0.0072, "so 15.0 minutes, for reading takes longest"),
    (1.0, 0.36, "so 48.0 minutes, for the driver takes longest")])
def test_on_paper_the_slowest_part_is_what_it_takes(gpu, driver, said):
    told = on_paper(STUDY, replace(MEASURED, driver=driver), Gpu(gpu, "somebody"))
    assert "models a, b, 4 variants, 8000 tasks, 56 MB of rows" in told[0] and "somebody" in told[3]
    assert told[-1] == f"- {said}"


def test_without_a_figure_of_a_gpu_it_is_left_open_and_said_how_to_measure_one():
    told = on_paper(STUDY, MEASURED, None)
    assert "--frames 51 --size 512 --json" in told[3] and "--variants 17,16,18,17:16 --gpu-figures" in told[3]
    assert "not known: no less than 15.0 minutes" in told[4] and "4.2 minutes for each second" in told[4]


def written(tmp_path, **changes):
    found = {"machine": "one GPU", "model": "open-sora-1.2", "device": "cuda", "dtype": "bfloat16", "frames": 51,
             "size": 512, "variants": [variant.label for variant in DEFAULT_VARIANTS], "no_baseline": {"seconds": 2.5}}
    (tmp_path / "gpu.json").write_text(json.dumps({**found, **changes}), encoding="utf-8")
    return tmp_path / "gpu.json"


def test_the_figure_of_a_gpu_is_read_from_the_benchmark_that_measures_it(tmp_path):
    assert gpu_of(written(tmp_path), STUDY) == Gpu(2.5, "open-sora-1.2 in bfloat16 on one GPU")


@pytest.mark.parametrize(("changes", "said"), [
    ({"device": "cpu"}, "of device cpu"), ({"frames": 34}, "of frames 34"), ({"variants": ["17"]}, "of variants"),
    ({"no_baseline": {}}, "no output of benchmarks.against_loop"), ({"size": 128}, "of size 128, this study of 512")])
def test_figures_of_something_else_are_refused(changes, said, tmp_path):
    with pytest.raises(ValueError, match=said):
        gpu_of(written(tmp_path, **changes), STUDY)
