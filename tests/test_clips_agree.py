"""probe() and read_clip() agree: one finds what the other does, and both refuse in the same words."""

import pytest
from bad_media import BAD
from odd_media import ODD, STILLS

from vae_demo.clips import Limits, read_clip
from vae_demo.clips.decoding import look_at
from vae_demo.refusal import Refusal

MAKERS = {f"{table}: {what}": make for table, files in {"bad": BAD, "odd": ODD, "still": STILLS}.items()
          for what, (make, _) in files.items()}


def outcome(call):
    try:
        return call()
    except Refusal as error:
        return str(error)


@pytest.mark.parametrize("what", MAKERS)
def test_probe_and_read_agree(what, made_once):
    path = made_once(MAKERS[what])
    info = outcome(lambda: look_at(path, Limits()))
    clip = outcome(lambda: read_clip(path, n_frames=1))
    if isinstance(info, str) or isinstance(clip, str):
        assert info == clip
        return
    with clip:
        assert (info.name, info.codec) == (clip.name, clip.source["codec"])
        assert min(info.width, info.height) - 7 <= clip.height <= min(info.width, info.height)
