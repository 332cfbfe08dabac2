"""Animations come out as a browser shows them; GIFs to the bit."""

import base64

import numpy as np
import pytest
from odd_alpha import gif, random_gif
from odd_media import ODD

from vae_demo.clips import read_clip
from vae_demo.clips.transparency import on_background

pytestmark = pytest.mark.browser
WIDTH, HEIGHT = 64, 48
DECODE = """async ([data, type]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const decoder = new ImageDecoder({ data: bytes, type });
  await decoder.completed;
  await decoder.tracks.ready;
  const found = [];
  for (let frameIndex = 0; frameIndex < decoder.tracks.selectedTrack.frameCount; frameIndex++) {
    const { image } = await decoder.decode({ frameIndex });
    const pen = new OffscreenCanvas(image.displayWidth, image.displayHeight).getContext("2d");
    pen.drawImage(image, 0, 0);
    const pixels = pen.getImageData(0, 0, image.displayWidth, image.displayHeight).data;
    const letters = Array.from(pixels, (value) => String.fromCharCode(value)).join("");
    found.push([image.displayHeight, image.displayWidth, btoa(letters)]);
    image.close();
  }
  return found;
}"""


@pytest.fixture(scope="module")
def page(browser):
    """An empty page of an origin that may decode pictures; nothing leaves the machine."""
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/*", lambda route: route.fulfill(body="<title>empty</title>", content_type="text/html"))
        page.goto("https://clips.test/")
        yield page


def as_shown(page, data, kind="image/gif"):
    """uint8 T H W 3: what the browser draws, on white."""
    drawn = page.evaluate(DECODE, [base64.b64encode(data).decode(), kind])
    return np.stack([on_background(np.frombuffer(base64.b64decode(letters), np.uint8).reshape(height, width, 4))
                     for height, width, letters in drawn])


def square(value, size=16):
    return np.full((size, size), value)


GIFS = {
    "never painted": gif((WIDTH, HEIGHT), [(8, 8, square(200), 1, None, None), (30, 8, square(90), 1, None, None)]),
    "cleared": gif((WIDTH, HEIGHT), [(8, 8, square(200), 2, None, None), (30, 8, square(90), 2, None, None)] * 2),
    "cleared below what is transparent": gif(
        (WIDTH, HEIGHT), [(0, 0, square(200, 40), 2, None, None), (8, 8, (np.eye(32) * 90).astype(int), 1, 0, None)]),
    "put back": gif((WIDTH, HEIGHT), [(0, 0, square(200, 40), 1, None, None), (8, 8, square(90), 3, None, None),
                                      (20, 20, square(30), 1, None, None)]),
    **{f"any, {seed}": random_gif(seed) for seed in range(9)},
}


@pytest.mark.parametrize("what", GIFS)
def test_gif(what, page, tmp_path):
    data = GIFS[what]
    (tmp_path / "a.gif").write_bytes(data)
    with read_clip(tmp_path / "a.gif", crop="none", size=None) as clip:
        np.testing.assert_array_equal(clip.frames(0, clip.n_frames), as_shown(page, data))


@pytest.mark.parametrize("what, kind", [("apng with alpha", "image/png"), ("webp with alpha", "image/webp")])
def test_animation(what, kind, page, made_once):
    path = made_once(ODD[what][0])
    with read_clip(path, crop="none", size=None) as clip:
        found, expected = clip.frames(0, clip.n_frames), as_shown(page, path.read_bytes(), kind)
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected).max() <= 1  # a canvas rounds where something shines through
