"""Unusual files come out as from another build of FFmpeg, the system's: `make check-long` installs one."""

import subprocess

import av
import numpy as np
import pytest
from media import read_barcodes
from odd_media import ODD

from vae_demo.clips import read_clip

pytestmark = pytest.mark.long
SCALER = "accurate_rnd+full_chroma_int+full_chroma_inp+bitexact+lanczos"
CLOSE = 1.2  # of 255, on average: chroma of each build is interpolated in its own way
# Where the difference is meant, by words in the names; else both must show the same frames.
OTHERWISE = {
    "with alpha": "FFmpeg leaves transparency out", "half transparent": "as before",
    "holes": "FFmpeg shows the background colour", "unset": "FFmpeg blends what cannot be seen",
    "PQ": "FFmpeg does not tone map", "HLG": "as before", "cover": "FFmpeg takes the larger or the default one",
    "still first": "as before", "bars": "FFmpeg before 7.1 does not cut", "aperture": "as before",
    "gap between": "FFmpeg shows frames twice", "gaps everywhere": "as before",
    "webp": "FFmpeg before 8 reads no animation", "alpha channel": "as before",
    "avif": "FFmpeg may take the still in it", "cut ": "FFmpeg shows what was cut",
    "wide pixels": "FFmpeg does not stretch", "odd sizes": "FFmpeg does not crop",
    "tilted": "FFmpeg turns by any angle",
}


def compared(what):
    return not any(words in what for words in OTHERWISE)


def as_ffmpeg_reads(path, height, width):
    """uint8 T H W 3."""
    command = ["ffmpeg", "-v", "error", "-i", path, "-fps_mode", "passthrough", "-sws_flags", SCALER,
               "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    pixels = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(pixels, np.uint8).reshape(-1, height, width, 3)


def test_it_is_another_build():
    version = subprocess.run(["ffmpeg", "-version"], capture_output=True, check=True, text=True).stdout.split()[2]
    assert version.lstrip("n") != av.ffmpeg_version_info
    assert sum(map(compared, ODD)) > len(ODD) / 2


@pytest.mark.parametrize("what", [what for what in ODD if compared(what)])
def test_same_frames_as_ffmpeg(what, made_once):
    path = made_once(ODD[what][0])
    with read_clip(path, n_frames=None, crop="none", size=None) as clip:
        found = clip.frames(0, clip.n_frames)
    expected = as_ffmpeg_reads(path, *found.shape[1:3])
    assert read_barcodes(found) == read_barcodes(expected)
    assert np.abs(found.astype(int) - expected).mean() <= CLOSE
