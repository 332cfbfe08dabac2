"""How pictures and the time axis are looked at, as numbers: zoom, packing, shades, parts, the record."""

import json
import math
import shutil
import subprocess

import pytest

from vae_demo import media
from vae_demo.bundle import bundle

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run a script")
# Centre, scale and where a pointer is.
VIEWS = [{"scale": scale, "x": x, "y": y} for scale in (1, 1.7, 4, 12.5) for x in (0.2, 0.5, 0.95) for y in (0.1, 0.5)]


def call(path, names, body, **given):
    """What `body` returns, with these names of module `path` (from views/explore/) and what is `given`."""
    values = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in given.items())
    code = (f"{bundle(f'views/explore/{path}.js', 'ours')}\nconst {{{names}}} = ours;\n{values}"
            f"console.log(JSON.stringify((() => {{ {body} }})()));")
    done = subprocess.run(["node", "-e", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_zoom_leaves_what_is_under_the_pointer_where_it_was():
    found = call("zoom", "zoomed, toPicture, limitsOf", """
      return views.flatMap((view) => [0.4, 1.1, 3].flatMap((factor) => [0.3, 0.94, 2.5].map((fit) => {
        const at = {x: fit / 3, y: 1 - fit / 3}, next = zoomed(view, factor, at, fit);
        return {before: toPicture(view, at), after: toPicture(next, at), scale: next.scale, asked: view.scale * factor,
          limits: limitsOf(fit)};
      })));""", views=VIEWS)
    free = 0
    for each in found:
        least, most = each["limits"]
        assert each["scale"] == pytest.approx(min(max(each["asked"], least), most))
        # At an edge the picture stays on it instead.
        if each["scale"] > 1 and each["before"] == pytest.approx(each["after"]):
            free += 1
    assert len(found) == 216 and free > 90


def test_no_gap_opens_at_an_edge_and_a_small_picture_is_in_the_middle():
    edges = call("zoom", "edgeOf", """
      return scales.map((scale) => centres.map((centre) => edgeOf(scale, centre)));""",
                 scales=[0.4, 1, 1.2, 5], centres=[0, 0.3, 0.5, 1])
    assert edges[0] == [pytest.approx(0.3)] * 4 and edges[1] == [0, 0, 0, 0]
    for scale, row in zip((1.2, 5), edges[2:], strict=True):
        assert row[0] == 0 and row[-1] == pytest.approx(1 - scale) and all(1 - scale - 1e-9 <= e <= 0 for e in row)


def test_box_and_picture_are_each_others_way_back():
    found = call("zoom", "toBox, toPicture",
                 "return views.map((view) => toBox(view, toPicture(view, {x: 0.25, y: 0.8})));", views=VIEWS)
    assert all(place == pytest.approx({"x": 0.25, "y": 0.8}) for place in found)


def test_the_part_that_is_seen_is_whole_pixels_inside_the_picture():
    found = call("zoom", "partOf, toPicture", """
      return views.map((view) => ({part: partOf(view, [256, 192]), from: toPicture(view, {x: 0, y: 0}),
        to: toPicture(view, {x: 1, y: 1})}));""", views=[{"scale": 0.4, "x": 0.5, "y": 0.5}, *VIEWS])
    for each in found:
        part = each["part"]
        for name, length, side in (("x", "width", 256), ("y", "height", 192)):
            first, last = (min(max(each[end][name], 0), 1) * side for end in ("from", "to"))
            assert 0 <= part[name] <= first + 1e-3 < part[name] + 1
            assert part[name] + part[length] - 1 < last + 1e-3 and last - 1e-3 <= part[name] + part[length] <= side
    whole = [each["part"]["whole"] for each in found]
    assert whole[0] and whole.count(True) == 1 + sum(view["scale"] == 1 for view in VIEWS)


PEN = """
  const said = [], drawn = [], filled = [];
  const pen = {fillRect(...box) { filled.push([this.fillStyle, ...box]); }, strokeRect() {},
    measureText: (text) => ({width: 8 * text.length}),
    fillText: (...told) => said.push(told), drawImage: (picture, ...boxes) => drawn.push(boxes)};
  const sheet = {getContext: () => pen}, light = {surface: "s", ink: "i", ink2: "j", border: "b", strong: "t"};
  const panel = (more) => ({canvas: {width: 256, height: 256}, layer: "frames", name: "17", line: "#123",
    caption: "f3", value: "30 dB", over: false, border: true, wipe: null, of: "", said: null, ...more});
"""


def test_a_saved_frame_is_the_part_that_is_seen_and_says_so():
    found = call("frame_picture", "framePicture", f"""{PEN}
      framePicture([panel({{}}), panel({{wipe: [0.25]}}), panel({{wipe: [0.75]}}),
        panel({{layer: "error", said: {{says: "no source", pad: false}}}})], ["title", "part"], light,
        {{x: 64, y: 32, width: 100, height: 80}}, sheet);
      return {{said, drawn, filled, size: [sheet.width, sheet.height]}};""")
    # 100 pixels of 256: three by three each, below two lines.
    assert [box[:4] for box in found["drawn"]] == [[64, 32, 100, 80]] * 4
    assert {tuple(box[6:]) for box in found["drawn"]} == {(300, 240)}
    assert found["size"] == [32 + 3 * 300 + 24, 32 + 48 + 2 * (24 + 240 + 24)]
    assert [text for text, *_ in found["said"]].count("part") == 1 and "no source" in str(found["said"])
    inside = next(told for told in found["said"] if told[0] == "no source")
    assert 16 < inside[1] < 16 + 300 and 88 + 288 < inside[2] < 88 + 288 + 240
    # The wipe line at 0.25 is at the part's edge, that at 0.75 is outside.
    assert [box[1] for box in found["filled"] if box[0] == "#fff"] == [16 + 312 - 1]


def test_many_pictures_are_saved_in_rows_and_named_within_reason():
    found = call("frame_picture", "framePicture", f"""{PEN}
      framePicture(Array.from({{length: 16}}, () => panel({{}})), ["title"], light,
        {{x: 0, y: 0, width: 256, height: 256}}, sheet);
      return [sheet.width, sheet.height];""")
    assert found == [32 + 7 * 256 + 6 * 12, 32 + 30 + 3 * (24 + 256 + 24)]
    name = call("../shared/files", "fileName", """
      return fileName("a.mp4", Array.from({length: 24}, (_, i) => `tiny-mixed@${i}:16`), "f3", "png");""")
    assert len(name) < 150 and name.startswith("a_tiny-mixed@0to16-") and name.endswith("-and-19-more_f3.png")


def test_a_shift_beyond_the_edge_is_not_kept_for_the_way_back():
    there, back = call("zoom", "panned", """
      const far = panned({scale: 4, x: 0.5, y: 0.5}, 9, 0);
      return [far, panned(far, -0.4, 0)];""")
    assert there["x"] == pytest.approx(1 / 8) and back["x"] == pytest.approx(1 / 8 + 0.1) and back["y"] == 0.5


def test_buttons_stop_at_round_factors_and_at_the_whole_picture():
    fits = [0.29, 0.9375, 2.4]
    found = call("zoom", "nextScale, scaleOf", """
      return fits.map((fit) => {
        const ratios = [];
        for (let scale = 0, next = 0.01; next > scale; next = nextScale(scale, fit, 1)) {
          scale = next;
          ratios.push(scale * fit);
        }
        return [ratios, scaleOf("1", fit) * fit, scaleOf("2", fit) * fit];
      });""", fits=fits)
    for fit, (up, one, two) in zip(fits, found, strict=True):
        assert (one, two) == (1, 2) and up[-1] == pytest.approx(max(32, 2 * fit))
        for stop in (fit, 1, 2, 4, 8):
            assert any(ratio == pytest.approx(stop) for ratio in up), stop


def packed_is_right(found, n, area, aspect, words=66, gap=12):
    assert found["columns"] * found["rows"] >= n > (found["rows"] - 1) * found["columns"]
    assert found["columns"] * found["width"] + gap * (found["columns"] - 1) <= area["width"]
    high = found["rows"] * (found["width"] / aspect + words) + gap * (found["rows"] - 1)
    assert high <= area["height"] + 1 or found["width"] <= 80
    for columns in range(1, n + 1):
        rows = -(-n // columns)
        across = (area["width"] - gap * (columns - 1)) / columns
        down = ((area["height"] - gap * (rows - 1)) / rows - words) * aspect
        assert min(across, down) < found["width"] + 1


AREAS = [(5, 1408, 560, 1), (5, 1408, 900, 832 / 480), (9, 1888, 700, 1), (2, 358, 700, 1), (3, 800, 900, 0.5)]


def test_pictures_fill_an_area_as_well_as_they_can():
    found = call("packing", "packed", """
      return areas.map(([n, width, height, aspect]) => packed(n, {width, height}, aspect, {words: 66, gap: 12}));""",
                 areas=AREAS)
    for each, (n, width, height, aspect) in zip(found, AREAS, strict=True):
        packed_is_right(each, n, {"width": width, "height": height}, aspect)


def test_an_enlarged_picture_leaves_the_others_a_quarter():
    area = {"width": 1280, "height": 780}
    found, wide, alone, two = call("packing", "enlarged", """const given = {words: 66, gap: 12};
      return [enlarged(4, area, 1, given), enlarged(4, area, 832 / 480, given), enlarged(0, area, 1, given),
        enlarged(4, area, 1, {...given, pictures: 2})];""", area=area)
    assert found["big"] == 780 - 66 and wide["big"] == 960 and alone == {"big": 714, "beside": False, "others": None}
    assert two["beside"] and two["big"] == 960, "two pictures fit better beside each other"
    for each, aspect in ((found, 1), (wide, 832 / 480)):
        packed_is_right(each["others"], 4, {**area, "width": area["width"] - each["big"] - 12}, aspect)


def lab(rgb):
    """CIE L*a*b* of an sRGB colour, 0..255, under D65."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)]
    rows = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    xyz = [sum(m * c for m, c in zip(row, linear, strict=True)) / white
           for row, white in zip(rows, (0.95047, 1, 1.08883), strict=True)]
    fx, fy, fz = (t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in xyz)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def test_heat_grows_lighter_in_equal_steps_and_is_never_red():
    colours = call("shades", "shade", "return Array.from({length: 65}, (_, i) => shade('heat', i / 64));")
    labs = [lab(colour) for colour in colours]
    assert all(two[0] > one[0] for one, two in zip(labs, labs[1:], strict=False))
    assert labs[0][0] < 5 and labs[-1][0] > 95
    steps = [math.dist(one, two) for one, two in zip(labs[::4], labs[4::4], strict=False)]
    assert max(steps) < 1.3 * min(steps), "no step stands out"
    assert all(red <= max(green, blue) + 10 for red, green, blue in colours)


def test_a_gain_is_what_it_says():
    gains, saved, found = call("shades", "GAINS, SAVED_GAIN, shadeTable, topLevel, ramp", """
      return [GAINS, SAVED_GAIN,
        GAINS.map((gain) => [shadeTable("grey", gain), topLevel(gain), ramp("grey", gain)])];""")
    assert gains == [1, 2, 4, 8, 16] and saved == media.GAIN
    for gain, (table, top, ramp) in zip(gains, found, strict=True):
        assert top == min(255 / gain, 255 / media.GAIN)
        # What is saved is shown as it is.
        assert (table is None) == (gain == media.GAIN)
        for grey in (0, 1, 7, 100, 255) if table else ():
            assert table[grey] == [min(int(grey * gain / media.GAIN + 0.5), 255)] * 3
        # The legend ends where all greater differences look alike.
        last = table[255] if table else [255] * 3
        assert ramp[0] == "rgb(0 0 0)" and ramp[-1] == f"rgb({' '.join(map(str, last))})"


def test_heat_is_the_same_difference_at_every_gain():
    four, sixteen = call("shades", "shadeTable", "return [shadeTable('heat', 4), shadeTable('heat', 16)];")
    assert four[80] == sixteen[20] and four[255] == sixteen[64] == sixteen[255] and len(four) == 256


def test_a_part_of_a_clip_keeps_the_frame_it_is_zoomed_at():
    found = call("part", "zoomedPart, pannedPart", """
      return [zoomedPart({first: 0, count: 400}, 2, 100, 400), zoomedPart({first: 100, count: 100}, 4, 150, 400),
        zoomedPart({first: 300, count: 100}, 0.5, 400, 400), zoomedPart({first: 10, count: 20}, 99, 12, 400),
        zoomedPart({first: 3, count: 10}, 0.01, 5, 400), pannedPart({first: 390, count: 10}, 50, 400)];""")
    assert [(part["first"], part["count"]) for part in found[:3]] == [(50, 200), (137.5, 25), (200, 200)]
    assert found[3]["count"] == 8 and found[3]["first"] <= 12 <= found[3]["first"] + 8
    assert found[4:] == [{"first": 0, "count": 400}, {"first": 390, "count": 10}]


SIZES = [(1280, 94), (1280, 408), (358, 94), (358, 408)]


def test_an_axis_shows_the_part_that_is_asked_for():
    found = call("../shared/axis", "axisOf, windowAxis", """
      const named = (axis) => Object.fromEntries(["first", "stop", "fw", "whole", "end"].map((k) => [k, axis[k]]));
      return sizes.map(([width, slots]) => ({all: named(axisOf(width, slots)),
        whole: named(windowAxis(width, slots, 5, {from: 3, count: slots})),
        by_itself: named(windowAxis(width, slots, 5, {from: 0})),
        parts: [10, 30, 60, slots - 1].map((count) =>
          [count, named(windowAxis(width, slots, 50, {from: 40, count}))]),
        still: named(windowAxis(width, slots, 2, {from: 40, count: 20, still: true})),
        led: named(windowAxis(width, slots, 2, {from: 40, count: 20}))}));""", sizes=SIZES)
    for each, size in zip(found, SIZES, strict=True):
        axis_is_right(each, *size)


def axis_is_right(found, width, slots):
    assert found["whole"] == found["all"] and found["all"]["whole"]
    long = width > 700 and slots == 408
    assert found["by_itself"]["fw"] == 6 if long else found["by_itself"] == found["all"]
    room = width - 246 if width > 700 else width
    for count, axis in found["parts"]:
        shown = axis["stop"] - axis["first"]
        assert shown * axis["fw"] <= room + 1e-6 and axis["fw"] <= 64
        if not axis["whole"]:
            assert axis["first"] <= 50 < axis["stop"] and shown >= count
            assert shown * axis["fw"] > room - axis["fw"], "no frame more would have found room"
    assert found["still"]["first"] == 40 and found["led"]["first"] <= 2


def test_the_record_of_what_is_seen_keeps_what_can_be_read():
    found = call("see", "seeing", """
      let compare = "side";
      const told = [], see = seeing({compare: {get: () => compare, set: (name) => { compare = name; },
        reads: (name) => ["side", "blink"].includes(name)}});
      see.on((record, names) => told.push(names));
      see.set({gain: 8, zoom: "2", x: 0.25, part: [4, 20], compare: "blink", nothing: 1});
      see.set({gain: 3, shades: "red", zoom: "9", x: 2, y: null, part: [1, 0], big: 5, compare: "up"});
      see.set({gain: 8, part: [4, 20]});
      see.set({y: 0.75}, {quiet: true});
      const kept = see.get();
      see.renew({anew: true});
      return {kept, told, renewed: see.get()};""")
    assert found["kept"] == {"compare": "blink", "gain": 8, "shades": "grey", "zoom": "2", "x": 0.25, "y": 0.75,
                             "big": None, "part": [4, 20]}
    assert found["told"] == [["gain", "zoom", "x", "part"]]
    assert found["renewed"] == {**found["kept"], "zoom": "fit", "x": 0.5, "y": 0.5, "part": None}
