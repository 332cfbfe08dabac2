"""What a server gives at most: set by name, and said beforehand with what would fit."""

from dataclasses import fields

import pytest

from vae_demo.refusal import Refusal
from vae_demo.views.serving.bounds import PREFIX, Bounds, check_work


def test_every_bound_can_be_set_by_its_name():
    given = {f"{PREFIX}{field.name.upper()}": "1" for field in fields(Bounds)}
    assert Bounds.from_environment(given) == Bounds(**{field.name: 1 for field in fields(Bounds)})
    assert Bounds.from_environment({"PATH": "x", "VAE_DEMO_OTHER": "y"}) == Bounds()


@pytest.mark.parametrize("name, text", [
    ("GRACE_S", "soon"), ("GRACE_S", ""), ("WAITING", "-1"), ("WAITING", "inf"), ("MAX_DISK_BYTES", "nan"),
    ("TRUST_FORWARDED", "perhaps")])
def test_a_bound_that_is_no_number_is_named(name, text):
    with pytest.raises(ValueError, match=f"{PREFIX}{name}"):
        Bounds.from_environment({f"{PREFIX}{name}": text})


@pytest.mark.parametrize("shown, frames, size, crop, count, most", [
    ((1920, 1080), 408, 512, "none", 6, 700), ((256, 256), 408, 256, "square", 64, 700),
    ((4096, 4096), 1, 4096, "square", 6, 50), ((1920, 1080), 85, 4096, "none", 1, 100)])
def test_what_is_said_to_fit_fits_and_one_frame_more_does_not(shown, frames, size, crop, count, most):
    bounds = Bounds(max_megapixels=most)
    with pytest.raises(Refusal) as error:
        check_work(shown, frames, size, crop, count, bounds)
    fits = error.value.params["n"]
    assert fits < frames and (str(fits) in str(error.value) if fits else "smaller size" in str(error.value))
    if fits:
        check_work(shown, fits, size, crop, count, bounds)
    with pytest.raises(Refusal):
        check_work(shown, fits + 1, size, crop, count, bounds)


def test_a_small_clip_stays_small_whatever_size_is_asked_for():
    check_work((64, 64), 408, 4096, "none", 6, Bounds(max_megapixels=11))


def test_what_the_page_offers_first_is_allowed():
    check_work((1920, 1080), 85, 512, "none", 6, Bounds())
    check_work((1920, 1080), 85, 256, "square", 38, Bounds())
