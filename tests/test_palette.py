"""Colours and marks of variants: told apart by every eye, on every ground, and the same in page, report and video."""

import json
import shutil
import subprocess
from itertools import combinations

import numpy as np
import pytest

from vae_demo import palette
from vae_demo.bundle import bundle
from vae_demo.report.document import document
from vae_demo.views.page import page_css

APART, CONTRAST = 21, 3
# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
VISIONS = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.95047, 1, 1.08883])
MANY = ["21", "13", "17", "33", "17→16 fit", "whole", "17→18", "16", "20", "19", "23", "13", "5", "9"]


def seen(colour, vision):
    """The colour in CIE Lab as that eye sees it."""
    rgb = np.array([int(colour[i:i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(np.array(VISIONS[vision]) @ linear, 0, 1) / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def closest(colours):
    return min((np.linalg.norm(seen(one, vision) - seen(other, vision)), one, other, vision)
               for one, other in combinations(colours, 2) for vision in VISIONS)


@pytest.mark.parametrize("theme", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_every_two_variants_look_different_to_every_eye_and_stand_out_from_every_ground(theme):
    colours = [theme[name] for name in (*palette.HUED, *palette.OTHERS)]
    assert closest(colours)[0] >= APART, closest(colours)
    low = min((palette.contrast(colour, theme[ground]), colour, ground)
              for colour in colours for ground in palette.GROUNDS)
    assert low[0] >= CONTRAST, low
    red = [np.linalg.norm(seen(theme["border"], "normal") - seen(colour, "normal")) for colour in colours]
    assert min(red) > 2 * APART - 1
    assert all(palette.contrast(palette.text_on(name, theme), theme[name]) >= 4.5
               for name in (*palette.HUED, *palette.OTHERS))
    assert all(palette.contrast(theme[name], theme[ground]) >= 4.5
               for name in ("ink", "ink2", "ink3") for ground in palette.GROUNDS)


def test_eyes_differ():
    assert closest(["#C2222B", "#3E7A1E"])[3] != "normal" and palette.contrast("#000000", "#FFFFFF") == 21


def test_what_has_no_colour_of_its_own_has_another_colour_dash_and_mark():
    six = palette.lines(["13", "21", "33", "whole", "17→18", "17→16 fit"]).values()
    for part in ("colour", "dash", "mark"):
        assert len({getattr(line, part) for line in six}) == 6
    many = palette.lines([str(n) for n in range(40, 70)])
    assert len(set(many.values())) == len(many) == 30


def test_the_page_draws_the_same_lines():
    node = shutil.which("node")
    if not node:
        pytest.skip("needs node")
    script = bundle("views/shared/lines.js", "page") + f"console.log(JSON.stringify(page.linesOf({json.dumps(MANY)})))"
    found = json.loads(subprocess.run([node, "-e", script], check=True, capture_output=True, text=True).stdout)
    wanted = palette.lines(MANY)
    numbers = {name: f"v{n}" for n, name in enumerate((*palette.HUED, *palette.OTHERS[1:]))} | {"ink": "ink"}
    assert found == [
        {"colour": f"var(--vd-{numbers[line.colour]})", "dash": line.dash, "mark": line.mark,
         "text": "var(--vd-bg)" if line.colour == "ink" else f"var(--vd-on-{numbers[line.colour]})"}
        for line in (wanted[label] for label in MANY)]


def test_page_and_report_get_every_colour_and_mark_from_here():
    page, report = page_css(), document("en", "", "report_title", name="clip", model="model")
    for theme in (palette.LIGHT, palette.DARK):
        for name in (*palette.HUED, *palette.OTHERS):
            assert page.count(theme[name]) and report.count(theme[name])
    for mark in palette.MARKS:
        assert f".vd-mark-{mark}{{" in page and f".mark-{mark}{{" in report
