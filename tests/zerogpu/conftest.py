"""What tests of a card that is lent ask for."""

import pytest
from fabricated import moving_clip
from lent_gpu import lent_gpu
from lent_runs import N_FRAMES
from random_models import tiny_model

from vae_demo import scratch
from vae_demo.clips import write_video


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clips") / "moving.mp4"
    write_video(path, iter(moving_clip(N_FRAMES, 64, 80)), 25)
    return path


@pytest.fixture(autouse=True)
def leaves_nothing(tmp_path_factory, monkeypatch):
    """What runs keep for a while, and worked with, is gone when they are over, however they ended."""
    work = tmp_path_factory.mktemp("work")
    monkeypatch.setattr(scratch, "folder", lambda: work)
    yield
    assert list(work.iterdir()) == []


@pytest.fixture
def lender():
    with lent_gpu(tiny_model) as found:
        yield found
