"""When a form asks for the result that is on screen: the browser's answer, and what a run makes of both in Python."""

import json
import shutil
import subprocess
from fractions import Fraction

import pytest

from vae_demo import bundle
from vae_demo.clips.geometry import displayed_size, fit
from vae_demo.layout.sizes import parse_sizes
from vae_demo.layout.variant import parse_variants
from vae_demo.views.shared.clip_strip import models_in_forms
from vae_demo.views.shared.settings import SIZES, size_and_crop, size_choice

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's script")
ASK = """
const [models, cases] = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(([form, of, known]) => ours.differences(form, of, known, models))));"""
KNOWN = {"n_frames": 85, "width": 256, "height": 256}
FORM = {"clip": "harbour", "model": "tiny-17", "variants": ["17", "16", "18"], "start": 0, "frames": 85, "size": "256",
        "dtype": "auto"}
OF = {**FORM, "upload": False, "got": 85}
OWN, OWN_FORM = {**KNOWN, "id": "a" * 16}, {**FORM, "clip": "mine.mp4"}
OWN_OF = {**OF, "clip": "mine.mp4", "upload": "a" * 16}


def told(cases):
    script = bundle.bundle("views/shared/same_run.js", "ours") + ASK
    done = subprocess.run(["node", "-e", script], input=json.dumps([models_in_forms(), cases]), capture_output=True,
                          text=True, check=True)
    return json.loads(done.stdout)


CASES = [
    # form, result, what is known of the clip, what differs
    ({}, {}, KNOWN, []),
    ({"clip": "fish"}, {}, KNOWN, ["clip"]),
    ({"model": "tiny-mixed", "size": "128"}, {}, KNOWN, ["model", "size"]),
    ({"start": 3}, {}, KNOWN, ["start"]),
    # In what it computes: what auto comes to here, and another model's is another matter.
    ({"dtype": "float32"}, {}, KNOWN, []),
    ({"dtype": "bfloat16"}, {}, KNOWN, ["dtype"]),
    ({}, {"dtype": "float16"}, KNOWN, ["dtype"]),
    ({"model": "tiny-mixed", "dtype": "bfloat16"}, {}, KNOWN, ["model"]),
    ({"dtype": None}, {}, KNOWN, []),
    # Frames: what there are, however many are asked for.
    ({"frames": 60}, {}, KNOWN, ["frames"]),
    ({"frames": 100}, {}, KNOWN, []),
    ({"frames": None}, {}, KNOWN, []),
    ({"frames": 100}, {}, {**KNOWN, "n_frames": 90}, ["frames"]),
    ({"frames": 100}, {}, {**KNOWN, "n_frames": None}, ["frames"]),
    ({"frames": 100}, {"got": 70}, {**KNOWN, "n_frames": None}, []),
    ({"frames": 70}, {"got": 70}, {**KNOWN, "n_frames": None}, []),
    ({"frames": 69}, {"got": 70}, {**KNOWN, "n_frames": None}, ["frames"]),
    ({"start": 15, "frames": 85}, {"start": 15, "frames": 70, "got": 70}, KNOWN, []),
    ({"frames": 100}, {}, None, ["frames"]),
    # Variants: the same measurements, beside the same reference.
    ({"variants": ["18", "17", "16"]}, {}, KNOWN, []),
    ({"variants": ["17", "16", "18", "17:17", " 18 "]}, {}, KNOWN, []),
    ({"variants": ["17", "16"]}, {}, KNOWN, ["variants"]),
    ({"variants": ["17", "16", "18", "13"]}, {}, KNOWN, ["variants"]),
    ({"variants": ["17", "16", "x"]}, {}, KNOWN, ["variants"]),
    ({"variants": []}, {}, KNOWN, ["variants"]),
    ({"variants": ["17->16"]}, {"variants": ["17→16"]}, KNOWN, []),
    ({"variants": ["21", "13"]}, {"variants": ["13", "21"]}, KNOWN, ["variants"]),
    # Pictures are never enlarged; the middle square of a square is all of it.
    ({"size": "384"}, {}, KNOWN, []),
    ({"size": "256:none"}, {}, KNOWN, []),
    ({"size": "384"}, {}, {**KNOWN, "width": 400, "height": 400}, ["size"]),
    ({"size": "256:none"}, {}, {**KNOWN, "width": 320}, ["size"]),
    ({"size": "384"}, {}, None, ["size"]),
    # A clip of the visitor's is what is in it, not its name; of another clip nothing is known.
    (OWN_FORM, OWN_OF, OWN, []),
    ({**OWN_FORM, "clip": "same content.mp4"}, OWN_OF, OWN, []),
    (OWN_FORM, OWN_OF, {**OWN, "id": "b" * 16}, ["clip"]),
    (OWN_FORM, OWN_OF, None, ["clip"]),
    (OWN_FORM, {**OF, "clip": "mine.mp4"}, OWN, ["clip"]),
    ({"frames": 100}, OWN_OF, KNOWN, ["clip", "frames"]),
]
SWEPT = [("4-40,whole", "whole,4-40", []), ("4-6", "4, 5,6", []), ("4–6", "4-6", []), ("4-6", "4-7", ["sizes"]),
         ("", "4", ["sizes"]), ("06", "6", []), ("9-4", "9-4", []), ("1-9999999", "4", ["sizes"])]


def test_a_form_is_the_result_s_where_a_run_would_do_the_same():
    found = told([({**FORM, **form}, {**OF, **of}, known) for form, of, known, _ in CASES])
    for case, differ in zip(CASES, found, strict=True):
        assert differ == case[3], case[:3]


def test_sizes_of_a_sweep_are_read_like_the_sweep_s():
    blank = {name: value for name, value in FORM.items() if name != "variants"}
    of = {name: value for name, value in OF.items() if name != "variants"}
    found = told([({**blank, "sizes": typed}, {**of, "sizes": made}, KNOWN) for typed, made, _ in SWEPT])
    assert found == [differ for _, _, differ in SWEPT]
    for typed, made, differ in SWEPT[:4]:
        assert (set(parse_sizes(typed)) == set(parse_sizes(made))) == (not differ)


def test_equal_pictures_are_those_that_the_reader_cuts_alike():
    """Every pair of sizes on offer, on pictures of many shapes."""
    shapes = [(256, 256), (320, 192), (192, 320), (1920, 1080), (130, 500), (255, 257), (96, 96), (400, 384)]
    choices = [size_choice(size, crop) for size in SIZES for crop in ("square", "none")]
    cases = [(shape, one, other) for shape in shapes for one in choices for other in choices]
    found = told([({**FORM, "size": one}, {**OF, "size": other}, {**KNOWN, "width": width, "height": height})
                  for (width, height), one, other in cases])
    for (shape, one, other), differ in zip(cases, found, strict=True):
        pictures = [fit(displayed_size(*shape, Fraction(1)), *size_and_crop(choice)) for choice in (one, other)]
        same = pictures[0].scaled == pictures[1].scaled and pictures[0].out == pictures[1].out
        assert (differ == []) == same, (shape, one, other)


def test_labels_are_those_of_the_parser():
    typed = "17, 16:16, 17->16, 17:16:fit, whole"
    labels = [variant.label for variant in parse_variants(typed)]
    assert told([({**FORM, "variants": typed.split(",")}, {**OF, "variants": labels}, KNOWN)]) == [[]]
