"""The file's own colour matrix and range decide, checked against the standard's formula."""

import av
import numpy as np
import pytest

from vae_demo.clips import read_clip

MATRICES = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 7: (0.212, 0.087), 9: (0.2627, 0.0593)}


def rgb_of(y, u, v, matrix, full):
    """ITU-T H.273, section 8.3: 8-bit Y Cb Cr to R G B, 0..255."""
    red, blue = MATRICES[matrix]
    y, u, v = (y / 255, (u - 128) / 255, (v - 128) / 255) if full else (
        (y - 16) / 219, (u - 128) / 224, (v - 128) / 224)
    r, b = y + 2 * (1 - red) * v, y + 2 * (1 - blue) * u
    g = (y - red * r - blue * b) / (1 - red - blue)
    return np.clip(np.array([r, g, b]) * 255, 0, 255)


@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("pixels", ["yuv420p", "yuv444p"])
def test_matrix_and_range_of_the_file_are_used(matrix, full, pixels, tmp_path):
    colour = (150, 110, 160)
    path = write_yuv(tmp_path / "a.mkv", colour, pixels, matrix, full)
    with read_clip(path) as clip:
        assert np.abs(clip.frames(0, 2) - rgb_of(*colour, matrix, full)).max() <= 2
        assert not {"colour_guess", "colour_unknown"} & {note.case for note in clip.notes}


@pytest.mark.parametrize("height, matrix", [(480, 6), (720, 1)])
def test_untagged_colours_are_taken_as_players_do(height, matrix, tmp_path):
    colour = (150, 110, 160)
    path = write_yuv(tmp_path / "a.mkv", colour, "yuv420p", 2, False, height)
    with read_clip(path, size=64) as clip:
        assert np.abs(clip.frames(0, 2) - rgb_of(*colour, matrix, False)).max() <= 2
        assert "colour_guess" in [note.case for note in clip.notes]


def test_colours_that_cannot_be_converted_are_said(tmp_path):
    path = write_yuv(tmp_path / "a.mkv", (150, 110, 160), "yuv420p", 8, False)  # YCgCo
    with read_clip(path) as clip:
        assert "colour_unknown" in [note.case for note in clip.notes]


@pytest.mark.parametrize("full", [False, True])
def test_grey_video_keeps_its_contrast(full, tmp_path):
    path = write_yuv(tmp_path / "a.mkv", (100,), "gray", 2, full)
    with read_clip(path) as clip:
        expected = 100 if full else (100 - 16) * 255 / 219
        assert np.abs(clip.frames(0, 2) - expected).max() <= 1


def write_yuv(path, colour, pixels, matrix, full, height=64):
    """Two lossless frames of one Y Cb Cr colour with the given tags."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, height, pixels
        context = stream.codec_context
        context.colorspace, context.color_range = matrix, 2 if full else 1
        for i in range(2):
            frame = av.VideoFrame(64, height, pixels)
            for plane, value in zip(frame.planes, colour, strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            frame.colorspace, frame.color_range, frame.pts = matrix, 2 if full else 1, i
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path
