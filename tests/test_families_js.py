"""The browser's families.js against vae_demo/families, on every row and a grid of lengths."""

import json
from dataclasses import replace

import pytest

from vae_demo import bundle, words
from vae_demo.cli.family_plan import headline
from vae_demo.families import SETTINGS, answer
from vae_demo.families.catalogue import raw
from vae_demo.refusal import Refusal

pytestmark = pytest.mark.browser

FAMILIES_JS = "views/shared/families.js"
LENGTHS = (0, *range(1, 59), 72, 73, 85, 102, 408, 100_000, 100_001)
ASK = """([families, lengths]) => settingsOf(families).map((setting) => [setting.name, lengths.map((frames) => {
  try {
    const found = answerFor(frames, setting), {latents, back, black} = found.counts;
    return [latents, back, black, found.known, found.case, found.below, found.above];
  } catch (error) {
    return error.case ?? String(error);
  }
})])"""
COUNTS = """([families, lengths, scripts]) => scripts.map((script) => {
  const {settingsOf, knownCounts} = new Function(`${script}; return twin;`)();
  return Object.fromEntries(settingsOf(families).map((setting) => [setting.name, lengths.map((frames) => {
    const {latents, back, black} = knownCounts(frames, setting).counts;
    return [latents, back, black];
  })]));
})"""
ANY = """([families, asked]) => asked.map(([key, frames]) => {
  const setting = settingFor(families[0], key, settingsOf(families)), found = answerFor(frames, setting);
  return [setting.key, found.counts.latents, found.counts.back, found.known, found.case, found.below, found.above];
})"""
WRONG = (
    ("frames - prefix.length - 1", "frames - prefix.length"), ("turns * step[i]", "step[i]"),
    ("past % body.length", "(past + 1) % body.length"), ("value === null ? null : ", ""),
)


def expected(frames, setting):
    try:
        found = answer(frames, setting)
    except Refusal as error:
        return error.case
    counts = found.counts
    return [counts.latents, counts.back, counts.black, found.known, found.case, found.below, found.above]


def twin(right="", wrong=""):
    """The browser's script, with one piece of it replaced."""
    def read(path):
        found = bundle.read(path)
        return replace(found, body=found.body.replace(right, wrong)) if right and path == FAMILIES_JS else found

    return bundle.bundle(FAMILIES_JS, "twin", read)


def asked(browser, question, given):
    page = browser.new_page()
    try:
        page.add_script_tag(content=twin() + "Object.assign(window, twin);")
        return page.evaluate(question, given)
    finally:
        page.close()


@pytest.fixture(scope="module")
def wanted():
    return {name: [expected(frames, setting) for frames in LENGTHS] for name, setting in SETTINGS.items()}


def test_same_answers_as_python_everywhere(browser, wanted):
    found = dict(asked(browser, ASK, [raw()["families"], LENGTHS]))
    assert list(found) == list(SETTINGS)
    for name, answers in found.items():
        for frames, got, want in zip(LENGTHS, answers, wanted[name], strict=True):
            assert got == want, (name, frames)
    cases = {want[4] for rows in wanted.values() for want in rows if isinstance(want, list)}
    assert cases == {"fits", "tail", "chunk", "size", "fewer", "more", "black", "error", "unknown", "per_latent"}


def test_the_grid_notices_every_wrong_twin(browser, wanted):
    script, lengths = bundle.read(FAMILIES_JS).body, [frames for frames in LENGTHS if 0 < frames < 100]
    assert all(script.count(right) == 1 for right, _ in WRONG)
    twins = [twin(*change) for change in (("", ""), *WRONG)]
    right, *wrong = asked(browser, COUNTS, [raw()["families"], lengths, twins])
    good = {name: [row[:3] for frames, row in zip(LENGTHS, rows, strict=True) if 0 < frames < 100]
            for name, rows in wanted.items()}
    assert right == good
    assert [change for change, found in zip(WRONG, wrong, strict=True) if found == good] == []


def test_a_free_chunk_size_is_a_setting_of_its_own(browser):
    answers = {
        ("21", 72): ["21", 21, 72, "formula", "fits", 68, 76], ("41", 51): ["41", 14, 51, "formula", "tail", 50, 54],
        ("nonsense", 72): ["17", 21, 72, "formula", "tail", 69, 73],
        ("0", 17): ["17", 5, 17, "measured", "fits", 13, 18],
    }
    assert asked(browser, ANY, [raw()["families"], list(answers)]) == list(answers.values())


def test_page_and_command_line_say_the_same_headline(browser):
    lengths = (1, 2, 4, 8, 16, 17, 18, 48, 52, 72, 73)
    page = browser.new_page()
    try:
        for path, name in (("words/say.js", "say"), (FAMILIES_JS, "twin"), ("views/shared/family_words.js", "words")):
            page.add_script_tag(content=f"{bundle.bundle(path, name)}Object.assign(window, {name});")
        said = page.evaluate("""([table, families, lengths]) => {
          const {headline} = planWords(makeSay(table, "en").say);
          return settingsOf(families).map((setting) => lengths.map((n) => headline(answerFor(n, setting), setting)));
        }""", [words.table("plan", "families"), raw()["families"], lengths])
    finally:
        page.close()
    for texts, setting in zip(said, SETTINGS.values(), strict=True):
        assert [text.replace("\xa0", " ") for text in texts] == [headline(answer(n, setting), setting) for n in lengths]


def test_the_page_gets_plain_json():
    assert json.loads(json.dumps(raw())) == raw()
