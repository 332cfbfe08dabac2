"""Every case of the verdict table, on real plans with made-up scores; first match wins."""

from dataclasses import replace

import pytest
from fabricated import reconstruct, series, with_seam

from vae_demo import words
from vae_demo.layout.returned import returned
from vae_demo.layout.rule import FrameRule
from vae_demo.results.findings import Finding
from vae_demo.verdicts import headline, p_text, verdict
from vae_demo.verdicts.variants import CLAUSES, equal_variants, ghost_runs, usual
from vae_demo.words.sentences import headline_sentence, verdict_sentence

REFERENCE = with_seam("17", 0.73, 0.99)


def english(reconstruction, reference=REFERENCE):
    return verdict_sentence("en", verdict(reconstruction, reference))


@pytest.mark.parametrize(("reconstruction", "sentence"), [
    (reconstruct("17:16"), "12 pads play as frames, and 3 real frames are lost."),
    (reconstruct("17:16", frames=51), "9 pads play as frames, and 1 real frame is lost."),
    (reconstruct("17:16", frames=20), "4 pads play as frames; no real frame is lost."),
    (reconstruct("18:17", frames=18), "1 real frame is lost; no pad is shown."),
    (reconstruct("whole", rule=FrameRule(4, "alone", "drop"), frames=18), "1 real frame is lost; no pad is shown."),
    (with_seam("16", 5.35, 0.0005, ghosts=(2, 2, 2, 2, 2, 0)), "Two ghost frames open 5 of 6 chunks."),
    (with_seam("18", 3.3, 0.001, ghosts=(1, 1, 1, 1, 0)), "One ghost frame opens 4 of 5 chunks."),
    (with_seam("16", 2.06, 0.0005), "A seam: chunk borders change 2.1× as much as other frames."),
    (with_seam("16", 1.5, 0.01), "A seam: chunk borders change 1.5× as much as other frames."),
    (with_seam("21", 1.1, 0.4, psnr=31.8), "Practically equal to 17 on this clip: within 0.3 dB."),
    (with_seam("21", 1.1, 0.4, psnr=31.6), "No seam: chunk borders change no more than other frames."),
    (with_seam("17", 0.73, 0.99, psnr=30.0), "No seam: chunk borders change no more than other frames."),
    (with_seam("16", 1.4, 0.06, psnr=30.0), "No seam: chunk borders change no more than other frames."),
    (with_seam("16", 1.3, 0.03, psnr=30.0), "A hint of a seam (1.3×, p .03): not enough to be sure."),
    (with_seam("16", 1.4, 0.001, psnr=30.0), "A hint of a seam (1.4×, p .001): not enough to be sure."),
    (with_seam("16", 1.2, 0.001, psnr=30.0), "No seam: chunk borders change no more than other frames."),
    (with_seam("16", 2.1, 0.2, psnr=30.0), "A hint of a seam (2.1×, p .20): not enough to be sure."),
    (with_seam("16", 4.0, 0.02, psnr=30.0), "A hint of a seam (4.0×, p .02): not enough to be sure."),
    (reconstruct("17", frames=51, psnr=30.0), "Too few borders to judge a seam: 2, and the test needs 4."),
    (reconstruct("17", frames=34, psnr=30.0), "Too few borders to judge a seam: 1, and the test needs 4."),
    (replace(reconstruct("1", frames=20, psnr=30.0), seam_reason=Finding("all_borders")),
     "Every frame opens a chunk: there are no others to compare borders with."),
])
def test_each_case(reconstruction, sentence):
    assert english(reconstruction) == sentence


def test_pads_only_when_no_frame_is_lost():
    # On 85 frames a size of 18 crops two of the three pads in front of every chunk of 17.
    each = reconstruct("17:18")
    assert each.plan.pads_shown and not each.plan.lost_frames
    n = each.plan.pads_shown
    assert verdict(each, REFERENCE) == Finding("only_pads", {"n": n})


def test_a_clash_is_known_by_its_slots_never_by_its_label():
    # 17→21 on 17 frames: the single chunk is cut by the clip's length, so everything comes back.
    harmless = reconstruct("17:21", frames=17)
    assert not harmless.plan.is_clash
    assert verdict(harmless, REFERENCE).case == "one_chunk"


def test_one_chunk_tells_its_ghosts_and_worst_frame():
    psnr = [20.0, 21.0] + [30.0] * 83
    each = reconstruct("whole", psnr=psnr, ghosts=(2,))
    assert english(each) == ("One chunk: there is no border to judge. Two ghost frames open it; "
                             "its worst frame is f0, at 20.0 dB.")
    assert english(reconstruct("whole", psnr=30.0)) == (
        "One chunk: there is no border to judge. Its worst frame is f0, at 30.0 dB.")


def test_a_single_frame_is_one_chunk():
    for spelling in ("17", "16", "whole"):
        assert verdict(reconstruct(spelling, frames=1), REFERENCE).case == "one_chunk"


def test_a_static_clip_that_comes_back_exactly_is_no_drama():
    reference = with_seam("17", 1.0, 1.0, psnr=100.0)
    assert verdict(reference, reference).case == "no_seam"
    assert verdict(with_seam("16", 1.0, 1.0, psnr=100.0), reference).case == "equal"
    assert english(reconstruct("whole", psnr=100.0), reference) == (
        "One chunk: there is no border to judge. Every frame comes back exactly.")


@pytest.mark.parametrize(("spelling", "latents", "frames", "found", "headline_says"), [
    ("17", {}, {5: 16}, Finding("came_back", {"n": 80, "m": 85}), "17 gives other counts than planned."),
    ("17", {17: 6}, {}, Finding("came_back", {"n": 105, "m": 85}), "17 gives other counts than planned."),
    ("whole", {85: 23}, {23: 85}, Finding("came_back_latents", {"n": 23, "m": 22}),
     "whole gives another number of latents than planned."),
    ("17:whole:fit", {17: 6}, {}, Finding("came_back_parts"),
     "17→whole fit gives parts of other lengths than planned."),
])
def test_what_came_back_otherwise_is_said_with_the_number_that_differs(spelling, latents, frames, found, headline_says):
    each = reconstruct(spelling)
    each = replace(each, plan=returned(each.plan, latents, frames))
    said = verdict(each, REFERENCE)
    assert said == found and all(verdict_sentence(lang, said) for lang in words.LANGUAGES)
    assert lines(each) == [headline_says]


def test_nothing_known_about_any_frame():
    none = reconstruct("17", psnr=[None] * 85)
    assert verdict(none, none).case == "unscored"
    assert verdict(reconstruct("whole", psnr=[None] * 85), none).case == "one_chunk_unscored"
    assert not equal_variants(none, REFERENCE)


def test_a_cut_to_harder_content_is_not_a_ghost():
    # The clip cuts at frame 51 from a still to motion: whole chunks fall below the median and stay there.
    psnr = [45.0] * 51 + [30.0] * 34
    each = with_seam("17", 1.1, 0.4, psnr=psnr, ghosts=(0, 0, 0, 17, 17))
    assert ghost_runs(each) == ()
    assert verdict(each, each).case == "no_seam"


def test_a_single_flash_opens_one_chunk_and_convicts_nobody():
    psnr = [32.0] * 85
    psnr[17] = 20.0
    each = with_seam("17", 1.0, 0.6, psnr=psnr, ghosts=(0, 1, 0, 0, 0))
    assert verdict(each, each).case == "no_seam"


def test_ghosts_count_from_half_the_chunks_on():
    assert verdict(with_seam("18", 1.0, 0.5, ghosts=(1, 1, 0, 0, 0)), REFERENCE).case != "ghosts"
    assert verdict(with_seam("16", 1.0, 0.5, ghosts=(1, 1, 1, 0, 0, 0)), REFERENCE).case == "ghosts"


def test_ghosts_of_a_tail_alone_are_the_clip_length_s():
    # 33 = 17 + 16: two chunks, and the second has no pad in front.
    tail = reconstruct("17", frames=33, ghosts=(0, 2))
    assert english(tail) == "Only the last chunk, of 16 frames, opens with two ghost frames."
    assert lines(tail) == ["17 flashes only where its last, shorter chunk begins."]
    # 84 = 4 x 17 + 16, and four borders that show nothing: the tail is still told.
    assert verdict(with_seam("17", 1.0, 0.5, frames=84, ghosts=(0, 0, 0, 0, 1)), REFERENCE) == Finding(
        "tail_ghosts", {"n": 1, "frames": 16})
    # 72 = 4 x 17 + 4: the tail is one group, and all of it may be lost.
    assert english(with_seam("17", 1.0, 0.5, frames=72, ghosts=(0, 0, 0, 0, 4))) == (
        "Only the last chunk, of 4 frames, opens with 4 ghost frames.")


@pytest.mark.parametrize(("reconstruction", "case"), [
    (reconstruct("17", frames=33, ghosts=(1, 1)), "ghosts"),
    (reconstruct("17", frames=33, ghosts=(1, 0)), "ghosts"),
    (reconstruct("17", frames=30, ghosts=(0, 1)), "ghosts"),  # A tail of 13 is laid out like 17.
    (reconstruct("17", frames=50, ghosts=(17, 0, 2)), "few_borders"),  # Another chunk is bad all through.
    (with_seam("22", 1.0, 0.5, ghosts=(0, 0, 0, 1)), "few_borders"),  # 22 itself is no 1 + 4k.
    (with_seam("16", 1.0, 0.5, psnr=30.0, ghosts=(0, 0, 0, 0, 0, 1)), "no_seam"),  # The tail of 5 is.
    (reconstruct("17", frames=33, ghosts=(0, 16)), "few_borders"),  # It never recovers: harder there, perhaps.
    (with_seam("18", 2.0, 0.001, ghosts=(0, 0, 0, 0, 1)), "seam"),
])
def test_no_other_ghost_is_put_on_the_tail(reconstruction, case):
    assert verdict(reconstruction, REFERENCE).case == case


def test_equal_needs_the_worst_frame_too():
    psnr = [32.0] * 85
    psnr[40] = 30.5
    assert verdict(with_seam("21", 1.0, 0.5, psnr=psnr), REFERENCE).case == "no_seam"
    psnr[40] = 31.1
    assert verdict(with_seam("21", 1.0, 0.5, psnr=psnr), REFERENCE).case == "equal"


def test_nothing_is_equal_to_a_clip_out_of_time():
    clash = reconstruct("17:16")
    assert not equal_variants(REFERENCE, clash)


@pytest.mark.parametrize(("p", "text"), [
    (0.0005, ".0005"), (0.00051, ".0005"), (0.001, ".001"), (0.0035, ".004"), (0.0095, ".01"), (0.03, ".03"),
    (0.99, ".99"), (1.0, "1.00"),
])
def test_p_values_keep_what_matters(p, text):
    assert p_text(p) == text


def test_usual_length_is_the_commonest_then_the_shorter():
    assert usual((2, 2, 1, 3)) == 2 and usual((3, 1)) == 1 and usual(()) == 0


def lines(*reconstructions, lang="en", reference=None):
    return [headline_sentence(lang, finding) for finding in headline(reconstructions, reference or reconstructions[0])]


GHOST16 = with_seam("16", 5.35, 0.0005, ghosts=(2, 2, 2, 2, 2, 0))
GHOST18 = with_seam("18", 3.3, 0.001, ghosts=(1, 1, 1, 1, 0))


def test_headline_of_the_first_paint():
    found = lines(REFERENCE, GHOST16, GHOST18, reconstruct("17:16", ghosts=(2, 2, 2, 2, 0, 0, 0)))
    assert found == ["17 plays through without a seam.",
                     "16 and 18 flash at chunk borders; 17→16 also slips out of time."]
    assert lines(REFERENCE, GHOST16, reconstruct("17:16"), lang="zh") == [
        "17 全程没有接缝。", "16 在分块边界处闪烁；17→16 出现时间错位。"]


def test_headline_with_nothing_wrong_is_one_sentence():
    assert lines(REFERENCE, with_seam("21", 1.0, 0.5)) == [
        "17 plays through without a seam; 21 is practically equal to 17 on this clip."]


def test_equal_to_a_reference_with_a_hint_is_not_clean():
    hint = with_seam("17", 1.3, 0.03)
    assert lines(hint, with_seam("21", 1.3, 0.03)) == [
        "17 shows a hint of a seam; 21 is practically equal to 17 on this clip."]


def test_headline_of_a_short_clip_claims_nothing():
    assert lines(reconstruct("17", frames=51), reconstruct("18", frames=51), reconstruct("whole", frames=51)) == [
        "17 and 18 have too few borders to judge a seam; whole is one chunk, without a border."]


def test_frames_cut_at_the_end_do_not_slip():
    cut = reconstruct("whole", frames=18, rule=FrameRule(4, "alone", "drop"))
    assert lines(cut) == ["whole loses real frames."]


def test_every_case_of_the_code_has_words():
    cases = ["not_run", "waiting", "running", "stopped", "pads_and_lost", "only_pads",
             "only_lost", "one_chunk", "one_chunk_exact", "one_chunk_unscored", "ghosts", "tail_ghosts", "few_borders",
             "all_borders", "unscored", "seam", "equal", "no_seam", "hint", "came_back", "came_back_latents",
             "came_back_parts", "late_on", "late_part", "early_on", "early_part"]
    assert {f"verdict_{case}" for case in cases} == {k for k in words.table() if k.startswith("verdict_")}
    assert {f"headline_{case}" for case in CLAUSES} == {
        k for k in words.table() if k.startswith("headline_")}


@pytest.mark.parametrize("case", ["waiting", "not_run"])
def test_states_of_a_card_have_words(case):
    assert all(verdict_sentence(lang, Finding(case)) for lang in words.LANGUAGES)


def test_fabricated_series_keep_gaps():
    assert series([None, 30.0])["psnr"] == (None, 30.0)
