"""Unusual files are read, frame for frame, and every thing done to them is noted."""

import numpy as np
import pytest
from media import barcode_frames, encode, read_barcodes
from odd_alpha import gif, with_alpha
from odd_media import ODD, STILLS, N

from vae_demo.clips import Limits, probe, read_clip
from vae_demo.words import english


def cases(notes):
    return {note.case for note in notes}


@pytest.mark.parametrize("what", ODD)
def test_odd_file_works_and_says_what_was_done(what, made_once):
    make, expected = ODD[what]
    path = made_once(make)
    with read_clip(path, n_frames=None, crop="none") as clip:
        frames = clip.frames(0, clip.n_frames)
        assert cases(clip.notes) == expected
        assert frames.dtype == np.uint8 and frames.shape == (clip.n_frames, clip.height, clip.width, 3)
        assert clip.height % 8 == 0 and clip.width % 8 == 0
        assert read_barcodes(frames) == list(range(clip.n_frames))
        if "truncated" in expected:
            last = next(note for note in clip.notes if note.case == "truncated").params["last"]
            assert clip.n_frames == last + 1 and 10 < clip.n_frames < 40
        else:
            assert clip.n_frames == (1 if "still" in expected else N)
    info = probe(path)
    assert info.fps == pytest.approx(clip.fps, rel=0.05) or "variable_rate" in expected or "unknown_rate" in expected
    listed = 40 if "truncated" in expected else clip.n_frames + sum(
        note.params["n_frames"] for note in clip.notes if note.case == "empty_frames")
    assert info.n_frames in (None, listed) or what in ("cut gif", "cut avi")


@pytest.mark.parametrize("what", [what for what, (_, expected) in ODD.items() if "still" not in expected])
def test_middle_of_an_odd_file_is_exact(what, made_once):
    """start and n_frames count shown frames from 0, whatever key frames and reordering the file has."""
    make, _ = ODD[what]
    with read_clip(made_once(make), start=4, n_frames=5, crop="none") as clip:
        assert read_barcodes(clip.frames(0, 5)) == [4, 5, 6, 7, 8]
        assert (clip.start, clip.n_frames) == (4, 5)
        assert not cases(clip.notes) & {"shorter", "truncated", "limit"}


@pytest.mark.parametrize("what", STILLS)
def test_still_is_a_clip_of_one_frame(what, made_once):
    make, expected = STILLS[what]
    path = made_once(make)
    with read_clip(path, crop="none", size=32) as clip:
        assert clip.n_frames == 1
        assert cases(clip.notes) - {"scaled"} == expected | {"still"}
        assert min(clip.width, clip.height) == 32 and clip.fps == 24
    info = probe(path)
    assert info.n_frames == 1
    assert sorted((info.width, info.height)) == [64, 96]


def test_every_note_has_a_file_that_brings_it_up():
    """The rest is covered by name in the tests of ranges, scaling and damage."""
    seen = set().union(*(expected for _, expected in [*ODD.values(), *STILLS.values()]), {"still"})
    elsewhere = {"shorter", "limit", "announced", "concealed", "scaled", "alpha_ignored", "colour_unknown"}
    assert seen | elsewhere == set(english("notes"))


def test_notes_are_sentences(made_once):
    make, _ = ODD["cut avi"]
    with read_clip(made_once(make)) as clip:
        for note in clip.notes:
            assert note.text == english("notes")[note.case].format(**note.params)
            assert note.text.endswith(".") and note.text.isprintable()


def test_lossless_frames_come_back_to_the_bit(made_once):
    source = barcode_frames(N)
    for what in ("lossless RGB", "apng", "animated webp", "avi uncompressed", "bars hidden by mkv",
                 "bars outside of mov's aperture", "aperture with fractions"):
        with read_clip(made_once(ODD[what][0]), crop="none", size=None) as clip:
            np.testing.assert_array_equal(clip.frames(0, N), source, err_msg=what)


def test_transparent_parts_are_white(made_once):
    source = barcode_frames(N)
    with read_clip(made_once(ODD["apng with alpha"][0]), crop="none", size=None) as clip:
        frames = clip.frames(0, N)
    np.testing.assert_array_equal(frames[:, :80], source[:, :80])
    assert (frames[:, 80:] == 255).all()
    with read_clip(made_once(ODD["vp9 with alpha"][0]), crop="none", size=None) as clip:
        assert clip.frames(0, N)[:, 84:].min() > 250
    blend = (source.astype(int) * 200 + 255 * 55 + 127) // 255
    for what, apart in (("avif with alpha", 2), ("prores, all of it half transparent", 2),
                        ("vp9, all of it half transparent", 3)):
        with read_clip(made_once(ODD[what][0]), crop="none", size=None) as clip:
            assert np.abs(clip.frames(0, N).astype(int) - blend).mean() <= apart, what
    with read_clip(made_once(ODD["webp with alpha"][0]), crop="none", size=None) as clip:
        assert np.abs(clip.frames(0, N).astype(int) - blend).max() <= 1


@pytest.mark.parametrize("codec, pixels", [("rawvideo", "bgra"), ("qtrle", "argb"), ("ffv1", "bgra"), ("png", "rgba")])
def test_alpha_that_nobody_set_is_left_out_to_the_bit(codec, pixels, tmp_path):
    make = with_alpha("a.mov" if codec != "ffv1" else "a.mkv", codec, pixels, alpha=0)
    with read_clip(make(tmp_path), start=3, crop="none", size=None) as clip:
        np.testing.assert_array_equal(clip.frames(0, N - 3), barcode_frames(N)[3:])


@pytest.mark.parametrize("shown", [0, N - 1])
def test_one_frame_that_shows_makes_the_alpha_meant(shown, tmp_path):
    """A clip that fades in, or out, is transparent where it says so."""
    alpha = np.zeros((N, 96, 128, 1), np.uint8)
    alpha[shown] = 255
    path = encode(tmp_path / "a.mov", np.concatenate([barcode_frames(N), alpha], -1), "qtrle", "argb")
    with read_clip(path, start=0, n_frames=N - 1, crop="none", size=None) as clip:
        blank = [bool((frame == 255).all()) for frame in clip.frames(0, N - 1)]
        assert blank == [i != shown for i in range(N - 1)]
        assert "alpha" in cases(clip.notes) and "alpha_unset" not in cases(clip.notes)


def test_gif_with_nothing_but_its_transparent_colour(tmp_path):
    pictures = [(0, 0, np.full((64, 64), colour), 1, colour, None) for colour in (40, 49)]
    (tmp_path / "a.gif").write_bytes(gif((64, 64), pictures))
    with read_clip(tmp_path / "a.gif") as clip:
        assert [np.unique(frame).tolist() for frame in clip.frames(0, 2)] == [[40], [49]]
        assert "alpha_unset" in cases(clip.notes)


@pytest.mark.parametrize("what", ["mp4", "fields in mp4", "fields in ts", "two programmes"])
def test_a_limit_at_the_very_end_is_none(what, made_once):
    for most, cut in ((N, False), (N - 1, True)):
        with read_clip(made_once(ODD[what][0]), n_frames=None, crop="none", limits=Limits(max_frames=most)) as clip:
            assert clip.n_frames == most and ("limit" in cases(clip.notes)) == cut


def test_what_lies_before_time_0_of_an_mp4_is_trimmed_as_ffmpeg_does(tmp_path):
    path = encode(tmp_path / "a.mp4", barcode_frames(N), pts=[i - 5 for i in range(N)])
    with read_clip(path, crop="none") as clip:
        assert read_barcodes(clip.frames(0, clip.n_frames)) == list(range(5, N))
        assert "announced" in cases(clip.notes)


def test_hidden_colours_do_not_bleed_when_scaled(tmp_path):
    """Red under full transparency beside opaque blue: a scaled edge must hold no red."""
    from PIL import Image

    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[:, :31], pixels[:, 31:] = (0, 0, 255, 255), (255, 0, 0, 0)
    Image.fromarray(pixels).save(tmp_path / "edge.png")
    with read_clip(tmp_path / "edge.png", size=32, limits=Limits()) as clip:
        red, green, _ = np.moveaxis(clip.frames(0, 1)[0].astype(int), -1, 0)
    assert np.abs(red - green).max() <= 2


def test_16_bit_grey_is_scaled_not_clipped(made_once):
    with read_clip(made_once(STILLS["16-bit grey png"][0]), crop="none", size=None) as clip:
        row = clip.frames(0, 1)[0, 0, :, 0].astype(int)
    assert np.abs(row - np.linspace(0, 255, 96)).max() <= 1
