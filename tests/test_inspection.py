"""Inspecting files: what is found in films with a known event, what the file itself explains, and pairs."""

import json
import math
import re

import numpy as np
import pytest
from command_line import told
from films import at, converted, darker, film, ghosts, written
from PIL import Image

from vae_demo import inspection
from vae_demo.clips.overview import small
from vae_demo.clips.pool import pool
from vae_demo.clips.watching import watch_steps
from vae_demo.families import FAMILIES
from vae_demo.families.windows import windows, working_in
from vae_demo.inspection import inspect_steps
from vae_demo.metrics import periodic
from vae_demo.metrics.causes import causes_of, cuts_in, loop_of, repeated_in
from vae_demo.metrics.pairs import aligned
from vae_demo.refusal import Refusal
from vae_demo.results.findings import Finding
from vae_demo.results.inspection import Inspection
from vae_demo.results.rerun import inspect_command_line
from vae_demo.steps import drain
from vae_demo.words import LANGUAGES
from vae_demo.words.sentences import inspection_sentence


@pytest.fixture(scope="module")
def plain():
    return film(136)


def inspected(path, frames, reference=None, fps=24, crf=23, **how):
    """The record of a film written to a file."""
    written(path / "film.mp4", frames, fps, crf=crf)
    source = written(path / "source.mp4", reference, fps, crf=12) if reference is not None else None
    record = drain(inspect_steps(path / "film.mp4", source, **how))
    json.dumps(record.to_json(), allow_nan=False)
    saved = json.loads(json.dumps(record.to_json()))
    assert json.loads(json.dumps(Inspection.from_json(saved).to_json())) == saved
    for each in record.headline:
        said = [inspection_sentence(lang, each) for lang in LANGUAGES]
        assert all(sentence[-1] in ".。" and "{" not in sentence for sentence in said), said
    return record


def small_and_back(frame):
    half = np.asarray(Image.fromarray(frame).resize((frame.shape[1] // 2, frame.shape[0] // 2), Image.Resampling.BOX))
    return np.asarray(Image.fromarray(half).resize(frame.shape[1::-1], Image.Resampling.BILINEAR))


def first(record):
    assert record.findings, record.headline
    each = record.findings[0]
    return each.period, each.phase, each.kind


def cases(record):
    return [each.case for each in record.headline]


def cause(record, name):
    return next(each.params for each in record.findings[0].causes if each.case == name)


def test_a_ghost_every_16_frames_after_compression(tmp_path, plain):
    record = inspected(tmp_path, ghosts(plain, 16))
    assert first(record) == (16, 0, "ghost") and record.findings[0].shown.hits == 9
    assert cases(record)[:2] == ["found_ghost", "times"] and record.video["width"] == 96
    assert cause(record, "keys")["coincides"] != "all" and record.loop is None
    assert {each["family"] for each in record.findings[0].works} >= {"allegro", "open-sora-1.3"}
    assert record.findings[0].works[0]["fits"] is True


def test_the_public_report_a_dark_frame_every_17(tmp_path, plain):
    record = inspected(tmp_path, darker(plain, 17, 4))
    assert first(record) == (17, 4, "dark")
    assert record.findings[0].to_json()["signals"]["light"]["size"] == pytest.approx(-30, abs=3)
    # A clip of 17 frames of theirs opens at 0: this one does not.
    assert [each["fits"] for each in record.findings[0].works] == [False, False]


def test_frames_count_from_the_start_of_the_file(tmp_path, plain):
    record = inspected(tmp_path, ghosts(plain, 16), start=10, n_frames=100)
    assert first(record)[:2] == (16, 6) and record.headline[0].params == {"period": 16, "phase": 16}
    assert record.n_frames == 100


@pytest.mark.parametrize(("slow", "fast"), [(24, 30), (24, 25), (25, 30)])
def test_a_rate_conversion_is_told_from_a_seam(tmp_path, plain, slow, fast):
    record = inspected(tmp_path, converted(film(180), slow, fast), fps=fast)
    assert first(record)[0] == fast // math.gcd(fast, fast - slow) and first(record)[2] == "repeat"
    assert cause(record, "repeated")["coincides"] == "all"
    assert cause(record, "repeated")["from"] == pytest.approx(slow, abs=0.1)
    assert "blamed_repeated" in cases(record)


def test_what_falls_on_every_key_frame_is_the_codecs(tmp_path, plain):
    frames = ghosts(plain, 15)
    written(tmp_path / "film.mp4", frames, g="15", sc_threshold="0")
    record = drain(inspect_steps(tmp_path / "film.mp4"))
    assert first(record)[:2] == (15, 0) and cause(record, "keys")["coincides"] == "all"
    assert "blamed_keys" in cases(record)


def test_groups_of_b_frames_are_the_codecs(tmp_path):
    """The same frames in groups of four, one sharp frame in each: with B frames between them, and without."""
    frames = film(120, 2)
    frames = np.stack([each if t % 4 == 0 else small_and_back(each) for t, each in enumerate(frames)])
    for b_frames, blamed in (("3", True), ("0", False)):
        written(tmp_path / "film.mp4", frames, crf=20, bf=b_frames, b_strategy="0", sc_threshold="0", g="500")
        record = drain(inspect_steps(tmp_path / "film.mp4"))
        assert first(record)[0] == 4
        assert ("blamed_anchors" in cases(record)) == blamed
        assert [each.case for each in record.findings[0].causes].count("anchors") == blamed
    for lang in LANGUAGES:
        assert "4" in inspection_sentence(lang, Finding("blamed_anchors", {"period": 4}))


IN_FOURS = [t for t in range(80) if t % 4]


@pytest.mark.parametrize(("between", "period", "wanted"), [
    (IN_FOURS, 4, 1), (IN_FOURS, 8, 0), (IN_FOURS, 3, 0), ([], 4, 0), (range(1, 80, 2), 4, 0),
    ([t for t in IN_FOURS if t not in range(9, 15)], 4, 1)])
def test_anchors_are_named_where_they_come_with_the_period(between, period, wanted):
    """Of an encoder's groups of four, also with a few more P frames among them."""
    found = causes_of(80, period, 2, keys=(), repeated=(), cuts=(), loop=None, fps=24.0, between=between)
    assert [each.case for each in found].count("anchors") == wanted


def test_a_loop_is_told(tmp_path):
    record = inspected(tmp_path, np.concatenate([film(20)] * 7), crf=12)
    assert record.loop == 20 and first(record)[0] == 20 and cause(record, "loop")["coincides"] == "all"


@pytest.mark.parametrize("seed", range(4))
def test_nothing_in_a_film_that_has_nothing(tmp_path, seed):
    record = inspected(tmp_path, film(120, seed))
    assert record.findings == () and cases(record)[0].partition("_")[0] in ("none", "hint")
    # What would have been found is tried on this very file.
    sizes = record.detects["sizes"]
    assert record.detects["period"] == 16 and all(size is None or size > 0 for size in sizes.values())
    assert sizes["light"] is not None and sizes["light"] <= 2.5


def test_too_few_events_give_no_verdict(tmp_path, plain):
    record = inspected(tmp_path, ghosts(plain, 16)[:40])
    assert record.findings == () and cases(record) == ["short"]
    assert record.headline[0].params == {"n": 40, "a": 8, "b": 16, "needed": 64}


def test_a_still_file_and_one_that_is_too_short(tmp_path, plain):
    record = inspected(tmp_path, np.repeat(plain[:1], 30, 0))
    assert record.findings == ()
    with pytest.raises(Refusal, match="has only 12 frames"):
        inspected(tmp_path, plain[:12])


def test_copies_in_any_size_give_the_same_answer(tmp_path):
    found = set()
    frames = ghosts(film(85, 3, 512), 16, 5)
    for step in (1, 2, 4):
        found.add(first(inspected(tmp_path, np.ascontiguousarray(frames[:, ::step, ::step]))))
    assert found == {(16, 5, "ghost")}


# -- a film and its source -----------------------------------------------------------------------------------


def test_a_pair_finds_what_decoding_adds(tmp_path, plain):
    record = inspected(tmp_path, ghosts(plain, 16, 0, share=0.3), plain)
    assert first(record)[:2] == (16, 0) and cases(record)[0].startswith("pair_") and record.shift == 0
    assert set(record.series) == {"added", "psnr", "detail"} and record.series["added"][0] is None
    assert record.seam.score > 1.5 and record.seam.p < 0.01 and record.seam.boundaries == 8


@pytest.mark.parametrize("shift", [-5, 3])
def test_a_pair_is_aligned_and_said_so(tmp_path, plain, shift):
    decoded = ghosts(plain, 16)
    video, source = (decoded[5:], plain) if shift < 0 else (decoded, plain[3:])
    record = inspected(tmp_path, video, source)
    # Video frame t shows source frame t - shift.
    assert record.shift == shift and first(record)[0] == 16
    unknown = [t for t, value in enumerate(record.series["psnr"]) if value is None]
    assert unknown == list(range(max(shift, 0)))


def test_what_the_source_has_too_is_not_blamed_on_decoding(tmp_path, plain):
    source = darker(plain, 16, 0, 40)
    decoded = source.copy()
    at(decoded, 16)[:] = (at(decoded, 16) * 0.7 + 30).astype(np.uint8)
    record = inspected(tmp_path, decoded, source)
    assert first(record)[0] == 16 and record.source_too[0] == 16 and cases(record)[0] == "pair_source_too"


def test_a_pair_of_another_size_is_scaled(tmp_path, plain):
    record = inspected(tmp_path, ghosts(plain, 16)[:80, ::2, ::2], plain[:80])
    assert first(record)[:2] == (16, 0) and record.reference["width"] == 2 * record.video["width"]


@pytest.mark.parametrize(("other", "case"), [
    (lambda plain: film(136, 9), "inspect_unlike"), (lambda plain: converted(plain, 24, 30), "inspect_rates")])
def test_what_does_not_belong_together_is_refused(tmp_path, plain, other, case):
    with pytest.raises(Refusal) as caught:
        inspected(tmp_path, plain, other(plain))
    assert caught.value.case == case


def test_alignment_of_a_film_that_stands_still():
    flat = np.zeros((40, 16, 16), np.float32) + np.arange(16) * 10
    assert aligned(flat, flat, 0, ("a", "b")) == 0


# -- parts -----------------------------------------------------------------------------------------------------


def test_watching_measures_in_the_worker(tmp_path, plain):
    path = written(tmp_path / "film.mp4", plain[:40], crf=1)
    seen = drain(watch_steps(path, start=4))
    with seen.pictures as pictures:
        assert (pictures.n_frames, pictures.start, pictures.height) == (36, 4, 80)
        near = np.abs(pictures.frames(0, 1)[0].astype(int) - small(plain[4])).mean()
    luma = plain[4:40] @ np.array([0.299, 0.587, 0.114])
    step = np.abs(np.diff(luma, axis=0)).mean((1, 2))
    assert near < 6 and np.isnan(seen.signals["step"][0])
    assert np.allclose(seen.signals["step"][1:], step, rtol=0.1)
    assert np.allclose(seen.signals["light"], luma.mean((1, 2)), atol=1.5) and seen.keys == []


def test_closing_it_ends_the_work(tmp_path, plain):
    steps = inspect_steps(written(tmp_path / "film.mp4", film(240, side=320)))
    at = next(step.frames for step in steps if step.frames)
    lent = list(pool()._lent)
    steps.close()
    assert 0 < at < 240 and len(lent) == 1 and not lent[0].alive and not pool()._lent


def test_it_can_be_ended_between_scans_too(tmp_path, plain, monkeypatch):
    """The scans of a long file take longer than its frames; each batch of shuffles is a step of its own."""
    done, own = [], periodic._highest
    monkeypatch.setattr(periodic, "_highest", lambda *a: done.append(1) or own(*a))
    path = written(tmp_path / "film.mp4", plain)
    looked = [step for step in steps_of(inspect_steps(path)) if step.frames == step.of]
    scans = 1 + len(done) - len(looked)  # each looks at the file itself before its shuffles
    assert 3 < scans < len(looked)
    done.clear()
    steps = inspect_steps(path)
    while not done:
        next(steps)
    next(steps)
    steps.close()
    assert len(done) <= 4, "two steps: a batch each, and the file itself where a scan begins"


def test_the_frames_of_a_video_take_bounded_space(tmp_path, plain, monkeypatch):
    monkeypatch.setattr(inspection, "MOST_TEMP_BYTES", 10_000)
    with pytest.raises(Refusal) as error:
        drain(inspect_steps(written(tmp_path / "film.mp4", plain)))
    assert error.value.case == "too_much"


def steps_of(steps):
    told = []
    drain(steps, told.append)
    return told


def test_repeats_cuts_and_loops():
    step = np.r_[np.nan, np.full(59, 4.0)]
    step[[10, 20]], step[30] = 0.1, 60.0
    assert repeated_in(step) == (10, 20) and cuts_in(step) == (30,)
    step[33:35] = 60.0  # one frame of another picture: there and back
    assert cuts_in(step) == (30,)
    moving = np.random.default_rng(0).normal(100, 30, (12, 16, 16))
    assert loop_of(np.concatenate([moving] * 4)) == 12 and loop_of(np.concatenate([moving, moving[::-1]])) is None
    assert loop_of(np.zeros((40, 16, 16))) is None


def test_windows_are_of_known_families_and_say_where_from():
    assert all(each.family in FAMILIES and each.source and each.step <= each.size for each in windows())
    assert {each.step for each in windows()} >= {4, 8, 12, 16, 17}
    assert [each.name for each in working_in(17)] == ["Open-Sora 1.2", "MiniMax H3"]
    own = {each.family: each.step for each in windows() if each.when == "own"}
    assert own["open-sora-1.2"] == 17 and own["allegro"] == 16


# -- the command line ------------------------------------------------------------------------------------------


def test_the_command_line(tmp_path, plain, capsys):
    path = str(written(tmp_path / "film.mp4", ghosts(plain, 16), crf=23))
    code, out, errors = told(["inspect", path, "--out", str(tmp_path / "out")], capsys)
    assert code == 0 and not errors
    assert out.startswith("Every 16 frames, from frame 0: a ghost.\n9 of 9 times, p .001.\n")
    record = json.loads((tmp_path / "out" / "inspection.json").read_text())
    assert {"period", "phase", "kind", "size", "hits", "events", "p", "causes"} <= set(record["findings"][0])
    lines = (tmp_path / "out" / "inspection.csv").read_text().splitlines()
    assert lines[0].startswith("frame,step,light,detail,every_16_from_0,key_frame") and len(lines) == 137
    page = (tmp_path / "out" / "inspection.html").read_text()
    assert "a ghost" in page and "残影" in page and "<script" not in page
    assert "Allegro: windows of 24 frames, a new one every 16" in page and "Decode the same latents again" in page
    classes = {name for each in re.findall(r'class="([^"]+)"', page) for name in each.split()}
    style = page.split("<style>")[1].split("</style>")[0]
    assert [name for name in classes if f".{name}" not in style] == []
    assert inspect_command_line(record) == "python -m vae_demo inspect film.mp4 --start 0 --frames 136 --out results"
    assert told(["inspect", path, "--fail-on-seam"], capsys)[0] == 1
    code, out, _ = told(["inspect", path, "--json", "--frames", "64"], capsys)
    assert code == 0 and json.loads(out)["video"]["n_frames"] == 64
    code, out, errors = told(["inspect", str(tmp_path / "none.mp4")], capsys)
    assert (code, out, len(errors)) == (2, "", 1)
    plain_path = str(written(tmp_path / "plain.mp4", plain, crf=23))
    code, out, _ = told(["inspect", plain_path, "--fail-on-seam", "--json"], capsys)
    assert code == 0 and json.loads(out)["findings"] == []
