"""The whole-number rules against tables measured on the published implementations."""

import gc
import json
import re
import sys
from dataclasses import asdict

import pytest

from vae_demo.layout.chunks import latent_count
from vae_demo.layout.plan import MAX_CHUNKS, MAX_FRAMES, plan
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.text import size_label
from vae_demo.refusal import Refusal

# Measured at T = 1..34 on Open-Sora v1.2.0's VideoAutoencoderPipeline; output frames were T in every row.
UP_TO_34 = {
    17: "1 1 1 1 2 2 2 2 3 3 3 3 4 4 4 4 5 6 6 6 6 7 7 7 7 8 8 8 8 9 9 9 9 10",
    None: "1 1 1 1 2 2 2 2 3 3 3 3 4 4 4 4 5 5 5 5 6 6 6 6 7 7 7 7 8 8 8 8 9 9",
    8: "1 1 1 1 2 2 2 2 3 3 3 3 4 4 4 4 5 5 5 5 6 6 6 6 7 7 7 7 8 8 8 8 9 9",
    16: "1 1 1 1 2 2 2 2 3 3 3 3 4 4 4 4 5 5 5 5 6 6 6 6 7 7 7 7 8 8 8 8 9 9",
    18: "1 1 1 1 2 2 2 2 3 3 3 3 4 4 4 4 5 5 6 6 6 6 7 7 7 7 8 8 8 8 9 9 9 9",
    20: "1 1 1 1 2 2 2 2 3 3 3 3 4 4 4 4 5 5 5 5 6 6 6 6 7 7 7 7 8 8 8 8 9 9",
}

# Same size on both sides, longer clips: (size, frames) -> latents, measured.
SAME_SIZE = {
    (17, 17): 5, (17, 51): 15, (17, 68): 20, (17, 102): 30, (16, 17): 5, (16, 51): 13, (16, 68): 17, (16, 102): 26,
    (18, 17): 5, (18, 51): 14, (18, 68): 19, (18, 102): 28,
    (None, 17): 5, (None, 51): 13, (None, 68): 17, (None, 102): 26,
}

SLOTS_AT_17 = {
    13: "[P P P 0] [1-4] [5-8] [9-12]",
    14: "[P P 0 1] [2-5] [6-9] [10-13]",
    15: "[P 0 1 2] [3-6] [7-10] [11-14]",
    16: "[0-3] [4-7] [8-11] [12-15]",
    17: "[P P P 0] [1-4] [5-8] [9-12] [13-16]",
    18: "[P P P 0] [1-4] [5-8] [9-12] [13-16] | [P P P 17]",
    19: "[P P P 0] [1-4] [5-8] [9-12] [13-16] | [P P 17 18]",
    20: "[P P P 0] [1-4] [5-8] [9-12] [13-16] | [P 17 18 19]",
    21: "[P P P 0] [1-4] [5-8] [9-12] [13-16] | [17-20]",
}

# Latents made with 17, decoded at another size: (frames, size) -> per group "first-last latent @ num_frames > frames",
# then the order of the output, P3 for three pad slots.
MISMATCHES = {
    (17, 17): ("0-4@17>17", "0-16"),
    (17, 16): ("0-3@16>16, 4-4@1>1", "P3 0-12 16"),
    (17, 18): ("0-4@17>17", "0-16"),
    (17, 20): ("0-4@17>17", "0-16"),
    (17, None): ("0-4@17>17", "0-16"),
    (34, 17): ("0-4@17>17, 5-9@17>17", "0-33"),
    (34, 16): ("0-3@16>16, 4-7@16>16, 8-9@2>6", "P3 0-16 P3 17-25 28-33"),
    (34, 18): ("0-4@18>18, 5-9@16>20", "P1 0-16 P3 17-33"),
    (34, 20): ("0-4@20>20, 5-9@14>18", "P3 0-16 P1 17-33"),
    (34, None): ("0-9@34>38", "P1 0-16 P3 17-33"),
    (51, 17): ("0-4@17>17, 5-9@17>17, 10-14@17>17", "0-50"),
    (51, 16): ("0-3@16>16, 4-7@16>16, 8-11@16>16, 12-14@3>11", "P3 0-16 P3 17-33 P3 34-38 40-50"),
    (51, 18): ("0-4@18>18, 5-9@18>18, 10-14@15>19", "P1 0-16 P1 17-33 P2 34-50"),
    (51, 20): ("0-4@20>20, 5-9@20>20, 10-14@11>19", "P3 0-16 P3 17-33 P2 34-50"),
    (51, None): ("0-14@51>59", "P2 0-16 P3 17-33 P3 34-50"),
    (68, 17): ("0-4@17>17, 5-9@17>17, 10-14@17>17, 15-19@17>17", "0-67"),
    (68, 16): ("0-3@16>16, 4-7@16>16, 8-11@16>16, 12-15@16>16, 16-19@4>16", "P3 0-16 P3 17-33 P3 34-50 P3 51-67"),
    (68, 18): ("0-4@18>18, 5-9@18>18, 10-14@18>18, 15-19@14>18", "P1 0-16 P1 17-33 P1 34-50 P1 51-67"),
    (68, 20): ("0-4@20>20, 5-9@20>20, 10-14@20>20, 15-19@8>20", "P3 0-16 P3 17-33 P3 34-50 P3 51-67"),
    (68, None): ("0-19@68>80", "P3 0-16 P3 17-33 P3 34-50 P3 51-67"),
    (102, 17): ("0-4@17>17, 5-9@17>17, 10-14@17>17, 15-19@17>17, 20-24@17>17, 25-29@17>17", "0-101"),
    (102, 16): (
        "0-3@16>16, 4-7@16>16, 8-11@16>16, 12-15@16>16, 16-19@16>16, 20-23@16>16, 24-27@6>14, 28-29@-10>6",
        "P3 0-16 P3 17-33 P3 34-50 P3 51-67 P3 68-80 83-84 P3 85-93 96-101"),
    (102, 18): ("0-4@18>18, 5-9@18>18, 10-14@18>18, 15-19@18>18, 20-24@18>18, 25-29@12>20",
                "P1 0-16 P1 17-33 P1 34-50 P1 51-67 P1 68-84 P3 85-101"),
    (102, 20): ("0-4@20>20, 5-9@20>20, 10-14@20>20, 15-19@20>20, 20-24@20>20, 25-29@2>18",
                "P3 0-16 P3 17-33 P3 34-50 P3 51-67 P3 68-84 P1 85-101"),
    (102, None): ("0-29@102>118", "P1 0-16 P3 17-33 P3 34-50 P3 51-67 P3 68-84 P3 85-101"),
}

ALONE_DROP = FrameRule(4, "alone", "drop")
ALONE_REFUSE = FrameRule(4, "alone", "refuse")
# Other published families, measured at T = 1..34: rule, size, latents, output frames (- where the call raised).
FAMILIES = [
    pytest.param(FrameRule(4, "alone", "drop"), None,
                 "1 1 1 1 2 2 2 2 3 3 3 3 4 4 4 4 5 5 5 5 6 6 6 6 7 7 7 7 8 8 8 8 9 9",
                 "1 1 1 1 5 5 5 5 9 9 9 9 13 13 13 13 17 17 17 17 21 21 21 21 25 25 25 25 29 29 29 29 33 33", id="wan"),
    pytest.param(ALONE_DROP, 17,
                 "1 1 1 1 2 2 2 2 3 3 3 3 4 4 4 4 5 6 6 6 6 7 7 7 7 8 8 8 8 9 9 9 9 10",
                 "1 1 1 1 5 5 5 5 9 9 9 9 13 13 13 13 17 18 18 18 18 22 22 22 22 26 26 26 26 30 30 30 30 34",
                 id="open-sora-1.3-17"),
    pytest.param(ALONE_REFUSE, None,
                 "1 - - - 2 - - - 3 - - - 4 - - - 5 - - - 6 - - - 7 - - - 8 - - - 9 -",
                 "1 - - - 5 - - - 9 - - - 13 - - - 17 - - - 21 - - - 25 - - - 29 - - - 33 -", id="hunyuan-1.5"),
    pytest.param(FrameRule(8, "alone", "drop"), None,
                 "1 1 1 1 1 1 1 1 2 2 2 2 2 2 2 2 3 3 3 3 3 3 3 3 4 4 4 4 4 4 4 4 5 5",
                 "1 1 1 1 1 1 1 1 9 9 9 9 9 9 9 9 17 17 17 17 17 17 17 17 25 25 25 25 25 25 25 25 33 33",
                 id="ltx-0.9.0"),
    pytest.param(FrameRule(8, "alone", "refuse"), None,
                 "1 - - - - - - - 2 - - - - - - - 3 - - - - - - - 4 - - - - - - - 5 -",
                 "1 - - - - - - - 9 - - - - - - - 17 - - - - - - - 25 - - - - - - - 33 -", id="ltx-2"),
    pytest.param(FrameRule(6, "alone", "drop"), None,
                 "1 1 1 1 1 1 2 2 2 2 2 2 3 3 3 3 3 3 4 4 4 4 4 4 5 5 5 5 5 5 6 6 6 6",
                 "1 1 1 1 1 1 7 7 7 7 7 7 13 13 13 13 13 13 19 19 19 19 19 19 25 25 25 25 25 25 31 31 31 31",
                 id="mochi"),
    pytest.param(FrameRule(4, "paired", "drop"), None,
                 "1 1 1 1 2 2 2 2 3 3 3 3 4 4 4 4 5 5 5 5 6 6 6 6 7 7 7 7 8 8 8 8 9 9",
                 "1 1 1 1 8 8 8 8 9 9 9 9 16 16 16 16 17 17 17 17 24 24 24 24 25 25 25 25 32 32 32 32 33 33",
                 id="taehv-cvx"),
    pytest.param(FrameRule(1), None, " ".join(map(str, range(1, 35))), " ".join(map(str, range(1, 35))), id="svd"),
]


def numbers(text):
    """"P3 0-2 7" -> [None, None, None, 0, 1, 2, 7]; "P" alone is one pad."""
    found = []
    for word in re.findall(r"P\d*|\d+-\d+|\d+", text):
        if word[0] == "P":
            found += [None] * int(word[1:] or 1)
        else:
            first, _, last = word.partition("-")
            found += range(int(first), int(last or first) + 1)
    return found


@pytest.mark.parametrize("size", UP_TO_34, ids=size_label)
def test_latents_and_frames_up_to_34(size):
    wanted = [int(word) for word in UP_TO_34[size].split()]
    plans = [plan(frames, size, size) for frames in range(1, 35)]
    assert [each.latents for each in plans] == wanted
    assert [latent_count(frames, size) for frames in range(1, 35)] == wanted
    assert [each.frames_out for each in plans] == list(range(1, 35))


@pytest.mark.parametrize(("size", "frames"), SAME_SIZE)
def test_same_size_on_both_sides_of_longer_clips(size, frames):
    each = plan(frames, size, size)
    assert (each.latents, each.frames_out, each.is_clash) == (SAME_SIZE[size, frames], frames, False)


def test_the_published_formula_at_17():
    for frames in range(1, 500):
        assert latent_count(frames, 17) == 5 * (frames // 17) + -(-(frames % 17) // 4)


@pytest.mark.parametrize("frames", SLOTS_AT_17)
def test_groups_at_17(frames):
    groups = [tuple(numbers(group)) for group in re.findall(r"\[(.*?)\]", SLOTS_AT_17[frames])]
    each = plan(frames, 17, 17)
    assert each.latent_slots == tuple(groups)
    borders = [sum(chunk.count("[") for chunk in SLOTS_AT_17[frames].split("|")[:i + 1])
               for i in range(SLOTS_AT_17[frames].count("|") + 1)]
    assert [chunk.latent_stop for chunk in each.encode_chunks] == borders


@pytest.mark.parametrize(("frames", "decode"), MISMATCHES)
def test_latents_of_17_decoded_at_another_size(frames, decode):
    groups, order = MISMATCHES[frames, decode]
    each = plan(frames, 17, decode)
    told = [f"{c.latent_start}-{c.latent_stop - 1}@{c.num_frames}>{c.stop - c.start}" for c in each.decode_chunks]
    assert ", ".join(told) == groups
    shown = numbers(order)
    assert list(each.slots) == shown
    assert each.pads_shown == shown.count(None)
    assert each.lost_frames == tuple(sorted(set(range(frames)) - set(shown)))
    assert each.is_clash == (shown != list(range(frames)))


def test_the_decode_loop_goes_below_zero():
    chunks = plan(51, 17, 4).decode_chunks
    assert [chunk.num_frames for chunk in chunks] == [4] * 12 + [3, -1, -5]
    assert [chunk.crop for chunk in chunks] == [0] * 12 + [1, 1, 1]
    assert plan(51, 17, 4).frames_out == 57


@pytest.mark.parametrize(("rule", "size", "latents", "out"), FAMILIES)
def test_other_families(rule, size, latents, out):
    for frames, n_latents, n_out in zip(range(1, 35), latents.split(), out.split(), strict=True):
        if n_latents == "-":
            with pytest.raises(Refusal) as error:
                plan(frames, size, size, rule)
            assert error.value.case == "length_refused"
        else:
            each = plan(frames, size, size, rule)
            assert (each.latents, each.frames_out) == (int(n_latents), int(n_out)), frames


def test_a_dropped_tail_is_told_as_lost():
    each = plan(18, None, None, ALONE_DROP)
    assert each.lost_frames == (17,) and each.is_clash and each.pads_shown == 0
    assert plan(36, 17, 17, ALONE_DROP).lost_frames == (35,)


@pytest.mark.parametrize(("frames", "decode", "latents", "out", "lost"), [
    (51, 16, 13, 51, (39, *range(43, 51))), (51, 18, 14, 51, tuple(range(47, 51))),
    (68, 16, 17, 68, tuple(range(56, 68))),
    (51, 20, 13, 51, tuple(range(43, 51))), (17, 18, 5, 17, ()), (34, None, 9, 34, tuple(range(30, 34)))])
def test_fit_reads_as_many_latents_as_the_decode_size_asks_for(frames, decode, latents, out, lost):
    each = plan(frames, 17, decode, fit=True)
    assert each.latents == latents == latent_count(frames, decode)
    assert each.encoded_latents == latent_count(frames, 17)
    assert (each.frames_out, each.lost_frames) == (out, lost)


def test_fit_never_asks_for_more_than_there_is():
    each = plan(51, 16, 17, fit=True)
    assert each.latents == each.encoded_latents == 13 < latent_count(51, 17)


def test_playback_of_is_the_first_showing():
    each = plan(51, 17, 16)
    assert each.playback_of()[0] == 3 and each.playback_of()[17] == 23 and each.playback_of()[39] is None
    assert plan(51, 17, 17).playback_of() == tuple(range(51))


def test_boundaries_open_every_decode_chunk_but_the_first():
    assert plan(85, 17, 17).boundaries == (17, 34, 51, 68)
    assert plan(85, 16, 16).boundaries == (16, 32, 48, 64, 80)
    assert plan(51, 17, 18).boundaries == (18, 36)
    assert plan(51, None, None).boundaries == ()


def test_the_public_answer_is_json():
    answer = plan(51, 17, 16).to_json()
    assert (answer["frames_in"], answer["latents"], answer["frames_out"]) == (51, 15, 59)
    assert (answer["pads_shown"], answer["lost_frames"]) == (9, [39])
    assert answer["slots"][:5] == [None, None, None, 0, 1]
    assert (answer["encode"], answer["decode"]) == ("17", "16")
    assert plan(9, None, 4).to_json()["encode"] == "whole"


@pytest.mark.parametrize(("arguments", "case", "told"), [
    ((0, 17, 17), "frames_range", "1 to"),
    ((-5, 17, 17), "frames_range", "-5"),
    ((MAX_FRAMES + 1, 17, 17), "frames_range", str(MAX_FRAMES)),
    ((17, 0, 17), "size_range", "encode size"),
    ((17, 17, -1), "size_range", "decode size"),
    ((17, MAX_FRAMES + 1, 17), "size_range", "whole number"),
    ((17, 17, 17, FrameRule(), True), "fit_same", "17:16:fit"),
    ((18, None, None, ALONE_REFUSE), "length_refused", "17 or 21"),
    ((20, 17, 17, ALONE_REFUSE), "length_refused", "1 or 5"),
    ((17, 16, 16, ALONE_REFUSE), "length_refused", "13 or 17"),
    ((17, 17, 16, ALONE_REFUSE), "length_refused", "13 or 17"),
    ((3, None, None, ALONE_REFUSE), "length_refused", "1 or 5"),
    ((MAX_FRAMES, 1, 1), "too_many_chunks", "encode size 1 make 100000 chunks"),
    ((MAX_CHUNKS + 1, 1, None), "too_many_chunks", "larger size"),
    ((MAX_FRAMES, None, 4), "too_many_chunks", "decode size 4 make 25000 chunks"),
    ((MAX_FRAMES, 10, 4), "too_many_chunks", "30000"),
])
def test_what_cannot_work_is_one_sentence_and_data(arguments, case, told):
    with pytest.raises(Refusal) as error:
        plan(*arguments)
    assert error.value.case == case
    assert told in str(error.value) and "\n" not in str(error.value) and str(error.value).endswith(".")


def test_a_rule_that_contradicts_itself_cannot_be_made():
    for wrong in ({"stride": 0}, {"first": "fill", "tail": "drop"}, {"first": "alone", "tail": "keep"}):
        with pytest.raises(ValueError):
            FrameRule(**wrong)


@pytest.mark.parametrize(("frames", "encode", "decode"), [
    (MAX_FRAMES, 10, 10), (MAX_FRAMES, 10, None), (MAX_FRAMES, 10, 12), (MAX_FRAMES, None, 40), (MAX_CHUNKS, 1, 1),
    (MAX_CHUNKS, 1, MAX_FRAMES), (MAX_FRAMES, 17, 16), (MAX_FRAMES, None, None), (MAX_FRAMES, MAX_FRAMES, 37)])
def test_the_most_that_is_planned_takes_a_moment(frames, encode, decode):
    """The page plans outside its queue. Counted in calls, since a clock would measure the machine: so many per frame
    and chunk are a fraction of a second, and twice the frames are twice the work."""
    made, calls = _calls_of(frames, encode, decode)
    _, calls_of_half = _calls_of(frames // 2, encode, decode)
    n_chunks = len(made["encode_chunks"]) + len(made["decode_chunks"])
    assert calls < 3 * frames + 15 * n_chunks and calls < 2.1 * calls_of_half
    assert 20_000 < len(json.dumps(made)) < 100 * (frames + n_chunks)


def _calls_of(*asked):
    """The plan as JSON, and how many functions were called for it, Python's own included."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()  # what others hang on it would be counted too
    sys.setprofile(count)
    try:
        made = plan(*asked).to_json()
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    return made, calls


def test_no_number_changed_with_the_way_chunks_are_written():
    each = plan(35, 17, 16)
    answer = each.to_json()
    assert answer["encode_chunks"] == [asdict(chunk) for chunk in each.encode_chunks]
    assert answer["decode_chunks"] == [asdict(chunk) for chunk in each.decode_chunks]
