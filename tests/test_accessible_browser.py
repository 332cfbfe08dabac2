"""axe-core on every tab, resting and with something open, in both themes: no violation of WCAG 2.2 A or AA, whether the
markup is ours or Gradio's."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from random_models import tiny_model
from served import QUIET, served

from vae_demo.views.page import TABS
from vae_demo.views.shared import kept_model

pytestmark = [pytest.mark.browser, *QUIET]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Of what is all alike, rows and cards and lessons, the first ones; drawings have a name and no text of their own.
ALIKE = ["tbody tr:nth-of-type(n+5)", "tbody:nth-of-type(n+4)", ".vd-column:nth-of-type(n+4)", ".vd-model ~ .vd-model",
         ".vd-steps > :nth-child(n+3)", "svg > *"]
BAR = ("#vd-header", "#vd-tabs > .tab-wrapper")
# The list of a menu, which Gradio draws a moment after the menu has the focus.
LIST = """async () => {{
  document.querySelector("{0} input").focus();
  while (!document.querySelector("{0} [role=option]")) await new Promise((done) => requestAnimationFrame(done));
}}"""
# What can be open, by tab: how, and where to look.
OPENED = {
    "explore": (LIST.format("#vd-variants"), "#vd-controls"),
    "sweep": (LIST.format("#vd-sweep-model"), "#vd-sweep-controls"),
    "inspect": ("""async () => {
      document.querySelector("#vd-inspect [data-sample], #vd-inspect .vd-in-sample")?.click();
      while (!document.querySelector("#vd-inspect .vd-in-smalls canvas"))
        await new Promise((done) => requestAnimationFrame(done));
    }""", "#vd-tab-inspect"),
    "learn": ("() => document.querySelector('#vd-tab-learn .vd-ask input').click()", "#vd-tab-learn .vd-ask"),
    "plan": ("() => document.querySelector('.vd-plan-controls [data-name=seconds]').click()", ".vd-plan-controls"),
    "models": ("() => document.querySelector('#vd-tab-models .vd-help').focus()", "#vd-tab-models .vd-model"),
}
# A contrast takes axe as long as all else together, and is the same for every text of one colour, size and weight on
# the same grounds: two of each kind are looked at, and whatever is typed into.
LOOKED_AT = """(places, alike) => {
  const grounds = new Map(), kinds = new Map();
  const below = (node) => {
    if (!node) return "";
    if (!grounds.has(node)) {
      const {backgroundColor, backgroundImage, opacity, filter} = getComputedStyle(node);
      grounds.set(node, [below(node.parentElement), backgroundColor, backgroundImage, opacity, filter].join(" "));
    }
    return grounds.get(node);
  };
  for (const node of document.querySelectorAll("[data-looked-at]")) node.removeAttribute("data-looked-at");
  const those = places.map((place) => `${place}, ${place} *`).join(), not = alike.join();
  for (const node of document.querySelectorAll(those)) {
    if (node.closest(not)) continue;
    const said = [...node.childNodes].some((each) => each.nodeType === Node.TEXT_NODE && each.data.trim());
    if (!said && !node.matches("input, textarea, select") || !node.checkVisibility()) continue;
    const {color, fontSize, fontWeight, textShadow} = getComputedStyle(node);
    const kind = said ? [color, fontSize, fontWeight, textShadow, below(node)].join(" ") : node;
    kinds.set(kind, (kinds.get(kind) || 0) + 1);
    if (kinds.get(kind) <= 2) node.setAttribute("data-looked-at", "");
  }
  return [...kinds.values()];
}"""
RUN = f"""async ([tags, rules, places, alike]) => {{
  // What scripts move, such as a list that opens, is where it is going.
  for (const moving of document.getAnimations())
    try {{ moving.finish(); }} catch {{ moving.cancel(); }}  // what has no end
  ({LOOKED_AT})(places, alike);
  // Axe reckons with all of the page, whatever it is asked to look at, and asks of every node whether each that it is
  // not asked to look at contains it: tabs that are not shown step aside meanwhile, and what drawings are made of.
  const aside = [];
  const empty = (parent, kept) => {{
    aside.push([parent, [...parent.childNodes]]);
    parent.replaceChildren(...kept);
  }};
  for (const panel of document.querySelectorAll("[role=tabpanel]")) if (!panel.checkVisibility()) empty(panel, []);
  for (const drawing of document.querySelectorAll("svg")) empty(drawing, drawing.querySelectorAll(":scope > title"));
  const there = (all) => all.filter((one) => document.querySelector(one)).map((one) => [one]);
  const found = await axe.run({{include: there(places), exclude: there(alike)}}, {{resultTypes: ["violations"],
    preload: false, iframes: false, runOnly: rules ? {{type: "rule", values: rules}} : {{type: "tag", values: tags}}}});
  for (const [parent, children] of aside) parent.replaceChildren(...children);
  return found.violations.flatMap(({{id, nodes}}) => nodes.map((node) => {{
    const told = [...node.any, ...node.all, ...node.none][0];
    return `${{id}}: ${{node.target.join(" ")}}: ${{told.message}}`;
  }}));
}}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The app on its own clips and saved results; nothing is run."""
    model = tiny_model()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_model, "model_for", lambda name, device, dtype="auto": model)
        with served(tmp_path_factory.mktemp("kept")) as url:
            yield url


@pytest.fixture(scope="module")
def page(tabs):
    """One page for all: to open it takes longer than to look at it."""
    with tabs.visits() as open_page:
        shown = open_page()
        shown.wait_for_selector("#vd-player .vd-column")
        # Of a colour on its way to another nobody says that it has to be read.
        shown.add_style_tag(content="* { transition: none !important; animation: none !important; }")
        shown.evaluate(AXE_SCRIPT)
        shown.evaluate("axe.configure({rules: [{id: 'color-contrast', selector: '[data-looked-at]'}]})")
        yield shown


def violations(page, *places, rules=None):
    found = page.evaluate(RUN, [TAGS, rules, places, ALIKE])
    assert page.evaluate("document.querySelectorAll('[role=tabpanel]:empty').length") == 0
    return found


def show(page, tab):
    page.evaluate("(tab) => window.vdShowTab(tab)", tab)
    page.wait_for_selector(f"#vd-tab-{tab}", state="visible")


def places_of(tab):
    """The tab, and with the first one the bar above them all."""
    return [*(BAR if tab == next(iter(OPENED)) else ()), f"#vd-tab-{tab}"]


def keys_dialog(page, rules=None):
    page.focus(".vd-cursor")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    found = violations(page, "dialog[open]", rules=rules)
    page.keyboard.press("Escape")
    return found


def test_no_tab_breaks_a_rule_of_wcag(page):
    found = {}
    for tab, (act, place) in OPENED.items():
        show(page, tab)
        found[tab] = violations(page, *places_of(tab))
        page.evaluate(act)
        found[f"{tab}, open"] = violations(page, place)
        if tab == "explore":
            found["keys"] = keys_dialog(page)
    assert len(found) == 2 * len(OPENED) + 1
    assert set(OPENED) == {tab.KEY for tab in TABS}
    assert {where: what for where, what in found.items() if what} == {}


def test_every_contrast_holds_in_the_dark_too(page):
    # Colours are all that another theme changes.
    page.click(".vd-theme")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    found, rules = {}, ["color-contrast"]
    # From the last one, which is on screen, to the one with the dialog.
    for tab, (act, _) in reversed(OPENED.items()):
        show(page, tab)
        page.evaluate(act)
        found[tab] = violations(page, *places_of(tab), rules=rules)
    found["keys"] = keys_dialog(page, rules)
    assert len(found) == len(OPENED) + 1
    assert {where: what for where, what in found.items() if what} == {}


def test_a_broken_rule_is_found(page):
    show(page, "explore")
    page.evaluate("""() => {
      const loop = document.querySelector("#vd-player .vd-loop-clip");
      for (const name of ["aria-label", "title"]) loop.removeAttribute(name);
      Object.assign(document.querySelector("#vd-player .vd-label").style, {color: "#777", background: "#888"});
    }""")
    found = violations(page, ".vd-bench")
    assert len(found) == 2 and all(any(rule in each for each in found) for rule in ("button-name", "color-contrast"))
