"""What the browser works out by itself about a run and a result, against the same in Python."""

import json

import pytest
from fabricated import comparison

from vae_demo import bundle, engine, words
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.text import cut_text, ranges
from vae_demo.layout.variant import parse_variants
from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal
from vae_demo.report.table import write_csv
from vae_demo.results.scores import SCORES
from vae_demo.views.explore.desk import SCORE_COST

pytestmark = pytest.mark.browser
WORK = """([settings, model, cost]) => {
  const plan = planned(settings, {n_frames: settings.frames}, model, {frames: 408, variants: 12});
  return workOf(plan, cost);
}"""


@pytest.fixture
def page(browser):
    page = browser.new_page()
    yield page
    page.close()


def load(page, path, names):
    page.add_script_tag(content=bundle.bundle(path, "ours") + f"const {{{names}}} = ours;")


def runs(spec, frames, variant):
    try:
        spec.plan(frames, variant)
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("frames", [1, 16, 51, 85])
def test_an_estimate_counts_the_work_that_the_engine_counts(page, frames):
    load(page, "views/explore/plans.js", "planned, workOf")
    every = parse_variants("17,16,18,17:16,17:16:fit,17:whole,whole,own,tile16/8,batch8,17:own")
    for spec in MODELS.values():
        cost = {**spec.costs.to_json(), "score": SCORE_COST}
        variants = [variant for variant in every if runs(spec, frames, variant)]
        if not variants:
            continue
        settings = {"start": 0, "frames": frames, "variants": [each.spelling for each in variants], "size": "256"}
        plans = [spec.plan(frames, variant) for variant in variants]
        told = {"rule": vars(spec.rule), "cuts": spec.cuts.to_json()}
        found = page.evaluate(WORK, [settings, told, cost])
        assert found == pytest.approx(engine.work_of(plans, spec)), spec.name
        without = page.evaluate(WORK, [settings, told, {**cost, "baseline": 0}])
        alone = frames * (cost["baseline"] + cost["score"]) if cost["baseline"] else 0
        assert found - without == pytest.approx(alone)


def test_a_table_made_in_the_browser_is_the_file_that_is_written(page, tmp_path):
    load(page, "views/explore/csv.js", "csvOf")
    made, _ = comparison(20, ("17", "16", "17:16", "17:16:fit"))
    write_csv(made, tmp_path / "frames.csv")
    record = json.loads(json.dumps(made.to_json()))
    found = page.evaluate("([record, names]) => csvOf(record, names)", [record, list(SCORES)])
    assert found.encode() == (tmp_path / "frames.csv").read_bytes() and found.count("\r\n") > 80


def test_groups_of_a_chunk_are_those_of_the_rule(page):
    load(page, "views/shared/frames.js", "groupsIn")
    for rule in (FrameRule(), FrameRule(4, "alone", "drop"), FrameRule(4, "paired", "drop"), FrameRule(8, "fill")):
        found = page.evaluate("rule => Array.from({length: 40}, (_, i) => groupsIn(i + 1, rule))", vars(rule))
        assert found == [list(rule.groups(length)) for length in range(1, 41)]


BAR = """([words, runs]) => {
  const line = runningLine(say.makeSay(words, "en").say, (error) => error.en);
  document.body.append(...line.nodes);
  const track = line.nodes[0];
  return runs.map((run) => {
    line.show(run);
    const {a: share} = new DOMMatrix(track.firstChild.style.transform);
    return [Math.round(100 * share), Number(track.getAttribute("aria-valuenow")), line.nodes[1].textContent];
  });
}"""


def test_a_bar_neither_goes_back_nor_fills_before_the_result_is_there(page):
    load(page, "views/shared/running.js", "runningLine")
    page.add_script_tag(content=bundle.bundle("words/say.js", "say"))
    asked, late = {"phase": "asked"}, {"phase": "working", "fraction": 0.1, "seconds_left": 62.3}
    shares = (0, 0.3, 0.2, 0.7, 1.0)
    working = [{**late, "fraction": share, "stage": "spatial_decode"} for share in shares]
    told = page.evaluate(BAR, [words.table("desk"), [asked, *working, {**working[-1], "phase": "stopping"}, asked, late,
                                                     None]])
    widths, said, texts = zip(*told, strict=True)
    assert widths == (0, 0, 30, 30, 70, 99, 99, 0, 10, 0) and said == widths
    assert "about 70 s left" in texts[1] and "spatial decode" in texts[1]
    assert texts[-1] == ""


FRAMES = [(), (0,), (39, 41, 42, 43), (81, 82, 83), (1, 3, 5), (7, 8, 20, 21, 22, 40)]
LENGTHS = [(17,), (17, 17, 17), (17, 17, 4), (4,), (16, 5), (1, 1)]


def test_frames_and_chunks_are_written_as_in_python(page):
    load(page, "views/shared/format.js", "ranges, cutText")
    wanted = [", ".join(f"f{run}" for run in ranges(frames, "–")) for frames in FRAMES]
    assert page.evaluate("all => all.map((each) => ranges(each))", FRAMES) == wanted
    assert page.evaluate("all => all.map(cutText)", LENGTHS) == [cut_text(lengths) for lengths in LENGTHS]
    assert page.evaluate("ranges([1, 3, 5, 7])") == "f1, f3, f5 …", "a label has no room for more"
