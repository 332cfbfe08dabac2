"""comparison.mp4: borders, pads and labels stand beside the pixels, never on them."""

import av
import numpy as np
import pytest
from fabricated import Frames, comparison
from PIL import Image, ImageDraw

from vae_demo import report
from vae_demo.report import video


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    made, sources = comparison(18, name='<b>"rose" & 玫瑰</b>.mp4')
    directory = tmp_path_factory.mktemp("result")
    return report.save_result(made, sources, directory), sources, directory


def grab(path, index):
    with av.open(str(path)) as file:
        for number, frame in enumerate(file.decode(video=0)):
            if number == index:
                return frame.to_ndarray(format="rgb24").astype(int)
    raise AssertionError(f"no frame {index}")


def is_red(pixels):
    return (pixels[..., 0] > 180) & (pixels[..., 1] < 140) & (pixels[..., 2] < 130)


def test_the_video_marks_borders_beside_the_picture_and_pads_below(saved):
    finished, sources, directory = saved
    path = directory / "comparison.mp4"
    sixteen = finished.variants[1]
    assert sixteen.label == "16" and sixteen.plan.boundaries == (16,)
    shot = grab(path, 16), grab(path, 15)
    # Third cell: source, 17, 16.
    left = 2 * (video.LEAST_WIDTH + 2 * video.GUTTER)
    gutter = [frame[video.HEAD + 4:video.HEAD + 60, left + 1:left + video.GUTTER] for frame in shot]
    assert is_red(gutter[0]).mean() > 0.2 and not is_red(gutter[1]).any()
    pixels = [frame[video.HEAD:video.HEAD + 64, left + video.GUTTER:left + video.GUTTER + 64] for frame in shot]
    for index, shown in zip((16, 15), pixels, strict=True):
        assert np.abs(shown - sources["16"].array[index].astype(int)).mean() < 12


@pytest.mark.parametrize(("n", "picture", "columns", "rows"), [
    (5, (256, 256), 5, 1), (7, (256, 256), 7, 1), (8, (256, 256), 4, 2), (5, (480, 832), 2, 3),
    (5, (1080, 1920), 1, 5), (1, (16, 16), 1, 1),
])
def test_panels_stand_side_by_side(n, picture, columns, rows):
    found = video.arrange(n, picture)
    assert (found.columns, found.rows) == (columns, rows)


def test_shrinks_what_no_decoder_could_show(tmp_path):
    made, sources = comparison(2, ("17", "16", "18"), size=16)
    big = {key: Frames(np.full((2, 2200, 2200, 3), 90, np.uint8)) for key in sources}
    video.write_comparison(made, big, 24.0, tmp_path / "big.mp4")
    with av.open(str(tmp_path / "big.mp4")) as file:
        stream = file.streams.video[0]
        assert max(stream.width, stream.height) <= 4096


def test_labels_have_arrows_that_can_be_seen():
    image = Image.new("RGB", (80, 24))
    video.write(ImageDraw.Draw(image), (0, 2), "17→16", "#ffffff")
    plain = Image.new("RGB", (80, 24))
    video.write(ImageDraw.Draw(plain), (0, 2), "17 16", "#ffffff")
    assert np.asarray(image).sum() > np.asarray(plain).sum()
