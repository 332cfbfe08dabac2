"""Plan and Models in a real browser: typing, choosing, both languages, a phone; and nothing asked of the server."""

import gradio as gr
import pytest
from served import QUIET, served

from vae_demo.families import FAMILIES, SETTINGS, answer
from vae_demo.models.spec import MODELS
from vae_demo.views.models import tab as models_tab
from vae_demo.views.plan import tab as plan_tab
from vae_demo.views.shared.language import word

pytestmark = [pytest.mark.browser, *QUIET]
HEAD = "#vd-plan h2"


def two_tabs(reception):
    """The two tabs alone, laid out like the whole page."""
    with gr.Blocks(analytics_enabled=False) as page:
        gr.HTML('<div style="height: 60px"></div>')  # the bar that the tabs are laid over
        with gr.Tabs(elem_id="vd-tabs"):
            for tab in (plan_tab, models_tab):
                with gr.Tab(word(f"tab_{tab.KEY}"), id=tab.KEY):
                    tab.build()
    return page


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with served(tmp_path_factory.mktemp("kept"), two_tabs) as url:
        yield url


@pytest.fixture
def opened(tabs):
    """opened(query, ...) -> a page that must end without complaint."""
    with tabs.visits() as open_page:
        def start(query="?tab=plan&lang=en", **options):
            page = open_page(query, **options)
            page.wait_for_selector(HEAD, state="attached")
            return page

        yield start


def headline(page):
    return page.inner_text(HEAD).replace("\xa0", " ")


def counts(page):
    return dict(zip(page.locator("#vd-plan .vd-figures dt").all_inner_texts(),
                    page.locator("#vd-plan .vd-figures dd").all_inner_texts(), strict=True))


def test_typing_answers_at_once_and_asks_nobody(opened):
    page = opened()
    # The scripts of the other tab come when there is nothing else to fetch.
    page.wait_for_function("() => performance.getEntriesByType('resource').some((one) => /rest.js$/.test(one.name))")
    page.wait_for_load_state("networkidle")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    field = page.get_by_role("spinbutton", name="Frames")
    for typed, says in (("72", "72 frames leave a bad last chunk. Use 73, or 69."), ("73", "73 frames fit."),
                        ("16", "16 frames make a chunk that is not 1 + 4k. Use 17, or 13."), ("1", "1 frame fits.")):
        field.fill(typed)
        assert headline(page) == says
    field.fill("72")
    assert counts(page) == {"Latents": "21", "Chunks": "5", "Pads, all cut": "12", "Comes back": "72"}
    page.get_by_label("Frames per chunk").select_option("16")
    assert headline(page) == "Chunks of 16 are not 1 + 4k, at any count. Use chunks of 17, or 13."
    field.press("ArrowUp")
    assert page.locator("#vd-plan .vd-plan-asked").get_attribute("data-frames") == "73"
    assert asked == []


def test_nonsense_is_refused_in_words_and_forgiven(opened):
    page = opened()
    field = page.get_by_role("spinbutton", name="Frames")
    for typed in ("", "0", "-4", "1.5", "100001"):
        field.fill(typed)
        assert page.inner_text("#vd-plan [role=alert]") == "Type a whole number of frames, from 1 to 100000."
        assert "NaN" not in page.url
    field.fill("100000")
    assert "100000" in headline(page)
    assert page.locator("#vd-plan .vd-plan-drawing rect").count() < 3000


def test_seconds_times_fps(opened):
    page = opened()
    page.get_by_role("radio", name="Seconds × fps").click()
    page.get_by_role("spinbutton", name="Seconds", exact=True).fill("2.5")
    page.get_by_role("spinbutton", name="Frames per second").fill("30")
    assert page.inner_text("#vd-plan output") == "= 75 frames"
    assert headline(page).startswith("75 frames leave a bad last chunk")
    assert page.locator("[data-choice=trim] dd").last.inner_text() == "2.43 s"


def test_families_answer_as_the_python_does(opened):
    page = opened("?tab=plan&lang=en&frames=72")
    pick = page.get_by_label("Model family")
    for key in ("wan-2.1", "hunyuanvideo-1.5", "cogvideox", "cosmos", "allegro", "kandinsky-6-sr", "taehv"):
        pick.select_option(key)
        setting = FAMILIES[key].settings[0]
        want = answer(72, setting)
        shown = counts(page)
        assert shown["Latents"] == ("–" if want.counts.latents is None else str(want.counts.latents)), key
        assert shown["Comes back"] == ("–" if want.counts.back is None else str(want.counts.back)), key
        near = page.locator("[data-choice=near] .vd-fact").first.locator("dd span").all_inner_texts()
        assert near == ["–" if n is None else str(n) for n in (want.below, want.above)], key
        advised = page.locator("#vd-plan .vd-advised")
        assert advised.count() == (1 if want.case == "fits" or want.below or want.above else 0), key


def test_every_row_with_its_source_on_request(opened):
    page = opened()
    merged = page.locator("#vd-plan tbody tr").count()
    page.get_by_role("button", name="All 44 rows with their sources").click()
    rows = page.locator("#vd-plan tbody tr")
    assert 15 <= merged < rows.count() == len(SETTINGS)
    links = page.locator("#vd-plan").get_by_role("table").get_by_role("link")
    sources = links.evaluate_all("links => links.map(a => a.href)")
    assert sources == [FAMILIES[setting.family].source_url for setting in SETTINGS.values()]
    page.locator("#vd-plan tbody [data-name='mochi/default']").click()
    assert headline(page) == "72 frames come back as 67. Use 67 or 73."
    assert page.get_by_label("Model family").input_value() == "mochi"


def test_the_address_keeps_the_question(opened):
    page = opened("?tab=plan&lang=en&frames=50&family=open-sora-1.3&setting=17")
    assert headline(page) == "50 frames come back as 47. Use 47 or 51."
    page.get_by_label("Model family").select_option("ltx-2")
    page.get_by_role("spinbutton", name="Frames").fill("33")
    page.wait_for_function("() => location.search.includes('frames=33&family=ltx-2&setting=default')")
    page.reload()
    page.wait_for_selector(HEAD)
    assert headline(page) == "33 frames fit."
    page.get_by_role("tab", name="Models").click()
    page.wait_for_function("() => !location.search.includes('family')")


def test_foreign_text_in_the_address_is_ignored(opened):
    page = opened("?tab=plan&lang=en&frames=<b>&family=<img src=x>&setting=zz&fps=-1")
    assert headline(page) == "72 frames leave a bad last chunk. Use 73, or 69."
    assert page.locator("#vd-plan img").count() == 0


def test_chinese(opened):
    page = opened("?tab=plan&lang=zh&frames=72")
    assert headline(page) == "72 帧会留下一个不合规的尾块，建议用 73 或 69。"
    page.get_by_label("模型系列").select_option("wan-2.1")
    assert headline(page) == "72 帧只返回 69 帧，请用 69 或 73。"
    assert page.locator("[data-choice=pad] h4").inner_text() == "补到 73"


@pytest.mark.parametrize("tab", ["plan", "models"])
def test_a_phone_scrolls_only_downwards(opened, tab):
    page = opened("?tab=plan&lang=en&frames=300", width=390)
    if tab == "models":
        page.get_by_role("tab", name="Models").click()
        page.wait_for_selector("#vd-models h2")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    over = page.evaluate("""tab => [...document.querySelectorAll(`#vd-${tab} :is(h2, p, td, dd, button, select)`)]
        .filter((node) => node.offsetParent && node.getBoundingClientRect().right > 391)
        .map((node) => node.textContent)""", tab)
    assert over == []


def test_models_come_from_the_table_and_lead_to_the_plan(opened):
    page = opened()
    page.get_by_role("tab", name="Models").click()
    page.wait_for_selector("#vd-models h2")
    names = page.locator("#vd-models [data-model]").evaluate_all("cards => cards.map(card => card.dataset.model)")
    assert names == list(MODELS)
    families = page.locator("#vd-models tbody .vd-c-family").all_inner_texts()
    assert families == [family.name for family in FAMILIES.values()]
    asked = page.evaluate("""() => { let asked = null; window.vdOpenInExplore = (settings) => { asked = settings; };
        document.querySelector("#vd-models [data-model='tiny-mixed'] button").click(); return asked; }""")
    assert asked == {"model": "tiny-mixed"}
    page.locator("#vd-models tr[data-name='cosmos/time-4'] button").click()
    page.get_by_role("tab", name="Plan").click()
    assert headline(page) == "72 frames come back as 73. Use 69 or 73."


@pytest.mark.parametrize(("lang", "name", "said"), [
    ("en", "Models", "Not offered on this page"), ("zh", "模型", "本页未提供")])
def test_a_model_that_is_not_offered_is_left_to_the_command_line(opened, lang, name, said):
    page = opened(f"?lang={lang}")
    page.get_by_role("tab", name=name).click()
    page.wait_for_selector("#vd-models h2")
    card = page.locator("#vd-models [data-model='hunyuanvideo']")
    assert card.locator("button.vd-download").count() == 0 and said in card.inner_text()
    assert card.locator("code").inner_text() == "python -m vae_demo compare CLIP --model hunyuanvideo --out DIR"
    assert "Tencent Hunyuan Community" in card.inner_text()
    assert page.locator("#vd-models [data-model='open-sora-1.2'] button.vd-download").count() == 1


def test_a_count_goes_on_to_explore(opened):
    page = opened("?tab=plan&lang=en&frames=73&setting=21")
    asked = page.evaluate("""() => { let asked = null; window.vdOpenInExplore = (settings) => { asked = settings; };
        document.querySelector("[data-choice=go] button").click(); return asked; }""")
    assert asked == {"model": "tiny-17", "variants": ["17", "21"], "frames": 73}


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "A part of the page did not arrive. Load the page again."),
    ("zh", "页面有一部分没有加载成功，请重新加载页面。")])
def test_a_script_that_does_not_arrive_is_missed_aloud(tabs, lang, said):
    with tabs.visits() as open_page:
        page = open_page(f"?tab=plan&lang={lang}", careless=True)
        page.route("**/rest.js", lambda route: route.abort())
        page.reload()
        page.wait_for_selector("#vd-plan [role=alert]")
        assert page.inner_text("#vd-plan [role=alert]") == said
        page.unroute_all()
        page.reload()
        page.wait_for_selector(HEAD)
