"""What `benchmarks.study` makes of what it measured."""

from types import SimpleNamespace

from benchmarks import study as benchmark


def test_the_benchmark_says_what_a_thousand_clips_take():
    found = [{"workers": 0, "tasks": 11, "start": 1.0, "seconds": 5.0, "bytes": 9000.0, "driver": 0.4},
             {"workers": 2, "tasks": 11, "start": 9.0, "seconds": 2.5, "bytes": 9000.0, "driver": 0.006}]
    args = SimpleNamespace(models="tiny-17", variants="17", frames=34, size=64, device="cuda")
    said = benchmark.lines(found, args)
    assert "| loop | 1.0 s | 2.00 | 68 | computes itself |" in said and "| 2 | 9.0 s | 4.00 | 136 | 6.0 |" in said
    assert said[-3:] == [
        "1000 clips like these are 1000 tasks: 0.07 hours here.", "On 8 such GPUs, a worker on each: 0.02 hours.",
        "However fast workers are, the driver takes 0.1 minutes of a core for them."]
