"""Runs of the Explore tab in headless Chromium: planning, progress, cancel, queue, refusals, uploads."""

import re
import threading
from dataclasses import replace

import pytest
from explore_app import (
    STRIP_PAINTED,
    at,
    fill,
    idle,
    numbered,
    offered,
    pictures,
    ready,
    run_text,
    says,
    settle,
    visits,
)
from patience import until
from served import QUIET, serving

from vae_demo.clips import write_video
from vae_demo.progress import Progress
from vae_demo.views.explore import run as explore_run

pytestmark = [pytest.mark.browser, *QUIET]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the app keeps what visitors leave."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def running(kept, numbered_assets):
    """Address and reception of the app."""
    with serving(numbered_assets, kept) as url:
        yield url


@pytest.fixture(scope="module")
def address(running):
    return str(running)


@pytest.fixture(scope="module")
def reception(running):
    return running.reception


@pytest.fixture
def visit(tabs):
    with visits(tabs) as open_page:
        yield open_page


def test_the_planner_answers_without_a_request(visit):
    page = visit()
    # The one thing the browser cannot know is how fast the server is.
    # A guess, or what earlier runs of this server took, whichever tests came before.
    page.wait_for_function("() => /CPU in float32(, a first guess)?$/.test(window.vdBus.told.estimate || '')")
    offered(page, "Run again")
    assert page.inner_text(".vd-estimate") == "this is on screen"
    more = page.get_by_role("button", name="Video and report: run it")
    assert more.is_enabled() and "CPU" in more.inner_text(), "what a saved result lacks, and what it would cost"
    asked = []
    # The other tabs' scripts come by themselves when nothing else does.
    page.on("request", lambda request: asked.append(request.url) if "/vd/js/" not in request.url else None)
    page.fill("#vd-frames input", "73")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.querySelector('.vd-sums').textContent.includes('4×17 + 5')")
    assert page.inner_text(".vd-ahead") == "planned, not run yet"
    assert more.is_disabled() and "CPU" not in more.inner_text(), "that would be a run of something else"
    page.click("[data-preset=near]")
    page.wait_for_function("() => document.querySelectorAll('.vd-ruler .vd-row').length === 6")
    page.click("[data-preset=clash]")
    page.wait_for_function("() => document.querySelector('.vd-sums').textContent.includes('lost')")
    # The pictures of the clip may still have been on their way.
    assert [address for address in asked if not address.endswith("/vd/strip")] == []
    assert "CPU" in page.inner_text(".vd-estimate")


def test_a_run_grows_on_screen_and_keeps_the_last_result_until_then(visit):
    page = visit()
    with page.expect_download() as saved:
        page.click(".vd-save")
        page.get_by_role("menuitem", name="CSV").click()
    assert saved.value.suggested_filename == "frames.csv" and page.locator(".vd-downloads a").count() == 1
    page.evaluate("scrollTo(0, 0)")
    fill(page, frames=40, size=128, variants="17,21,17:16", selected="21", frame=21)
    page.evaluate("""() => {
      window.seen = [];
      new MutationObserver(() => {
        const columns = [...document.querySelectorAll(".vd-column[data-key]")].map((c) => c.dataset.key).join();
        seen.push([columns, document.querySelectorAll(".vd-verdict-box").length]);
      }).observe(document.querySelector("#vd-player"), {childList: true, subtree: true});
    }""")
    # In one go: the source of the new run takes the place of the last result soon.
    before, after = page.evaluate("""async () => {
      const top = () => document.querySelector(".vd-columns").getBoundingClientRect().top, before = top();
      document.getElementById("vd-run").focus();
      document.getElementById("vd-run").click();
      await new Promise(requestAnimationFrame);
      return [before, top()];
    }""")
    assert before == after
    page.wait_for_function("() => document.activeElement.id === 'vd-cancel'")
    assert page.locator("#vd-cancel").is_visible()
    page.wait_for_function("() => document.querySelector('.vd-column[data-key=\"21\"]')")
    idle(page)
    ready(page)
    grown = [waiting for columns, waiting in page.evaluate("seen") if columns == "17,21,17→16"]
    assert grown[0] >= 1 and grown[-1] == 0
    assert at(page) == 21 and page.locator(".vd-column.vd-selected").get_attribute("data-key") == "21"
    shell = page.locator(".vd-cli").first.inner_text()
    assert "--variants 17,21,17:16 --start 0 --frames 40 --size 128 --crop square" in shell
    assert page.locator(".vd-downloads a").evaluate_all("(links) => links.map((a) => a.download)") == [
        "comparison.mp4", "frames.csv", "comparison.json", "report.html"]
    with page.expect_download() as saved:
        page.click(".vd-save")
        page.click(".vd-downloads a[download='frames.csv']")
    assert saved.value.suggested_filename == "frames.csv"


def test_cancel_is_acknowledged_and_the_last_result_stays(visit):
    page = visit()
    fill(page, frames=80, size=256, variants="15,16,17,18,19,20")
    page.click("#vd-run")
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'working'")
    page.click("#vd-cancel")
    page.wait_for_function("() => ['stopping', 'stopped'].includes(window.vdBus.told.run?.phase)")
    idle(page)
    assert run_text(page).startswith("Stopped by you.")
    assert page.evaluate("document.activeElement.id") == "vd-run"
    assert page.locator(".vd-column[data-key]").count() >= 4


def test_the_source_shows_at_once_and_what_was_there_comes_back_if_nothing_else_does(visit, monkeypatch):
    measured = threading.Event()
    own = explore_run.engine.run

    def waits(*arguments, **options):
        for event in own(*arguments, **options):
            while isinstance(event, explore_run.engine.VariantDone) and not measured.wait(0.05):
                yield Progress("spatial_decode", "17", 1, 2, 0.1, None)
            yield event

    monkeypatch.setattr(explore_run.engine, "run", waits)
    page = visit()
    before = page.evaluate("window.vdBus.told.result.settings")
    fill(page, frames=30, size=128, variants="17,13")
    for last in (False, True):
        page.click("#vd-run")
        page.wait_for_function("() => window.vdBus.told.result.whole === false")
        assert not page.evaluate("window.vdBus.told.result.partly")
        ready(page)
        assert list(pictures(page)) == ["source", "17", "13"]
        assert page.locator(".vd-column[data-key] .vd-verdict-box").count() == 2
        if last:
            measured.set()
            idle(page)
            assert page.evaluate("window.vdBus.told.result.whole")
        else:
            page.set_viewport_size({"width": 390, "height": 844})
            tops = page.locator(".vd-layer-frames:visible").evaluate_all(
                "(all) => all.map((one) => one.getBoundingClientRect().y)")
            assert len(tops) == 2 and len({*tops}) == 1, "what waits stands beside the source on a phone, too"
            page.set_viewport_size({"width": 1440, "height": 900})
            page.click("#vd-cancel")
            idle(page)
            assert run_text(page) == "Stopped by you. The last result stays on screen."
            assert page.evaluate("window.vdBus.told.result.settings") == before


def test_a_saved_result_opened_meanwhile_does_not_hide_the_run(visit):
    page = visit()
    saved = page.evaluate("window.vdBus.told.result.settings")
    fill(page, frames=80, size=256, variants="15,16,17,18,19,20")
    page.click("#vd-run")
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'working'")
    fill(page, **{**saved, "variants": ",".join(saved["variants"])})
    page.wait_for_function("(n) => window.vdBus.told.result.settings.frames === n", arg=saved["frames"])
    assert page.evaluate("window.vdBus.told.run.phase") == "working" and page.locator("#vd-cancel").is_visible()
    page.click("#vd-cancel")
    idle(page)


def test_a_waiting_visitor_is_told_their_place(visit):
    first, second = visit(), visit()
    fill(first, frames=80, size=256, variants="15,16,17,18,19,20")
    fill(second, frames=20, size=128, variants="17")
    first.click("#vd-run")
    first.wait_for_function("() => window.vdBus.told.run?.phase === 'working'")
    second.click("#vd-run")
    second.wait_for_function("() => document.querySelector('.vd-run-text').textContent.includes('number 1 of 1')")
    first.click("#vd-cancel")
    idle(second)
    # Each has their own: the second its one column, the first never that.
    assert second.locator(".vd-column[data-key]").count() == 1
    assert first.locator(".vd-column[data-key]").count() >= 4


def test_what_cannot_run_is_refused_before_the_queue_in_the_page_s_language(visit):
    page = visit("?lang=zh")
    page.fill("#vd-start input", "500")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.querySelector('.vd-sums').textContent.includes('500')")
    page.click("#vd-run")
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'error'")
    assert re.search("[\u4e00-\u9fff]", run_text(page)) and "500" in run_text(page)
    assert page.locator("#vd-run").is_visible() and page.locator("#vd-start.vd-blamed").count() == 1


def test_settings_that_cannot_run_come_back_with_a_reload_and_ask_for_nothing_that_is_not_there(visit):
    page = visit()
    page.fill("#vd-start input", "500")
    page.keyboard.press("Tab")
    says(page, start=500)
    page.click("#vd-run")
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'error'")
    presets = page.locator("[data-preset]:visible").count()
    page.reload()
    page.wait_for_function("() => window.vdBus?.told.drawn && window.vdBus.told.settings?.start === 500")
    assert "500" in page.inner_text(".vd-sums") and page.locator("[data-preset]:visible").count() == presets > 3
    assert "cannot run" in page.inner_text(".vd-not-run") and "press Run" not in page.inner_text(".vd-not-run")
    page.fill("#vd-start input", "5")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.querySelectorAll('.vd-not-run .vd-column[data-key]').length > 1")


def test_typing_while_a_refusal_is_on_its_way_loses_nothing(visit):
    page = visit()
    page.fill("#vd-start input", "500")
    page.keyboard.press("Tab")
    page.wait_for_function("() => window.vdBus.told.settings.start === 500")
    page.evaluate("""() => {
      window.phases = [];
      window.vdBus.on("run", document.body, (run) => phases.push(run?.phase));
      document.getElementById("vd-run").click();
      const field = document.querySelector("#vd-start input");
      field.value = "501";
      field.dispatchEvent(new Event("input", {bubbles: true}));
    }""")
    page.wait_for_function("() => phases.includes('error')")
    idle(page)
    assert page.locator("#vd-run").is_visible()


def own_clips(kept):
    """The clips of visitors on the server."""
    return [path.name for path in kept.glob("visits/*/clip-*/*")]


def test_an_upload_is_used_kept_over_a_reload_and_deleted_with_the_visit(visit, kept, reception, tmp_path):
    page, path = visit(), tmp_path / "mine.mp4"
    write_video(path, iter(numbered(20, 128)), 25, crf=12)
    page.set_input_files("input[type=file]", str(path))
    page.wait_for_function("() => window.vdBus.told.settings.clip === 'mine.mp4'")
    assert "deleted" in page.inner_text(".vd-about") and "Your 20 frames" in page.inner_text(".vd-sums")
    page.click("[data-preset=neighbours]")
    page.click("#vd-run")
    page.wait_for_function("() => document.querySelectorAll('.vd-column[data-key]').length === 3")
    idle(page)
    ready(page)
    assert page.locator(".vd-link").is_disabled() and "no link" in page.inner_text(".vd-downloads")
    settle(page, at(page))
    assert pictures(page)["source"] == at(page)
    assert own_clips(kept) == ["mine.mp4"]
    (bad := tmp_path / "bad.mp4").write_bytes(b"")
    page.set_input_files("input[type=file]", str(bad))
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'error'")
    assert own_clips(kept) == ["mine.mp4"], "a file that is no use took the place of a good one"
    page.fill("#vd-frames input", "18")
    page.keyboard.press("Tab")
    for again in (page.reload, lambda: page.click("[data-lang=zh]")):
        again()
        page.wait_for_function("() => window.vdBus?.told.settings?.frames === 18")
        page.wait_for_function("() => document.querySelectorAll('.vd-column[data-key]').length === 3")
        ready(page)
        settle(page, at(page))
        assert page.evaluate("window.vdBus.told.settings.clip") == "mine.mp4" and own_clips(kept) == ["mine.mp4"]
        assert page.evaluate("window.vdBus.told.result.settings.frames") == 85 and pictures(page)["source"] == at(page)
    page.click("[data-preset=whole]")
    page.click("#vd-run")
    page.wait_for_function("() => document.querySelector('.vd-column[data-key=whole]')")
    idle(page)
    assert page.evaluate("window.vdVisit") not in page.url
    page.wait_for_function(STRIP_PAINTED)  # asked for after the clip has gone it would be refused
    own = reception.visits.bounds
    reception.visits.bounds = replace(own, grace_s=0)
    reception.visits.sweep()
    reception.visits.bounds = own
    assert own_clips(kept) == [] and not list(kept.glob("gradio/*/mine.mp4"))
    page.click("#vd-run")
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'error'")
    assert "重新选择" in run_text(page) and page.locator("#vd-clip.vd-blamed").count() == 1
    page.reload()
    page.wait_for_function("() => window.vdBus?.told.run?.phase === 'error'")
    # Also where nobody has saved a result of these settings, and the page shows its first one.
    assert "重新选择" in run_text(page) and page.evaluate("window.vdBus.told.settings.clip") == "harbour"
    page.wait_for_selector(".vd-column[data-key]")


def test_a_reload_during_a_run_watches_it_on(visit):
    page = visit(careless=True)
    fill(page, frames=80, size=256, variants="15,16,17,18,19,20")
    page.click("#vd-run")
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'working'")
    page.reload()
    page.wait_for_function("() => window.vdBus?.told.run?.phase === 'working'")
    assert page.locator("#vd-cancel").is_visible() and page.evaluate("window.vdBus.told.settings.frames") == 80
    page.click("#vd-cancel")
    idle(page)


def fails(page, route, answer):
    """From now on requests for `route` get `answer`: a status and a body, or None for no connection."""
    def handle(request):
        request.abort() if answer is None else request.fulfill(status=answer[0], body=answer[1])

    page.route(re.compile(route), handle)


FAILURES = (
    (None, "无法连接"), ((503, "starting"), "重启"), ((502, ""), "重启"), ((500, "{}"), "出错"),
    ((400, '{"said": {"en": "Full.", "zh": "满了\u3002"}}'), "满了"))


def test_a_run_that_could_not_be_asked_for_says_why_and_run_comes_back(visit):
    page = visit("?lang=zh", careless=True)
    page.evaluate("""() => {
      window.ends = [];
      window.vdBus.on("run", document.body, (run) => { if (run?.phase === "error") ends.push(run); });
    }""")
    for answer, told in FAILURES:
        fails(page, "/gradio_api/queue/join", answer)
        page.evaluate("() => { ends.length = 0; }")  # two of them end with the same words
        page.click("#vd-run")
        page.wait_for_function(
            "(told) => ends.length && document.querySelector('.vd-run-text').textContent.includes(told)", arg=told)
        page.wait_for_selector("#vd-run")
        assert page.locator(".toast-body, .toast-text").count() == 0, "no notice in English beside it"
        page.unroute_all()
    fill(page, frames=20, size=128, variants="17")
    page.click("#vd-run")
    page.wait_for_function("() => document.querySelectorAll('.vd-column[data-key]').length === 1")


def test_a_lost_connection_during_a_run_loses_nothing(visit, reception, tmp_path):
    page, path = visit(careless=True), tmp_path / "mine.mp4"
    write_video(path, iter(numbered(40, 128)), 25, crf=12)
    page.set_input_files("input[type=file]", str(path))
    page.wait_for_function("() => window.vdBus.told.settings.clip === 'mine.mp4'")
    page.click("[data-preset=neighbours]")
    page.click("#vd-run")
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'working'")
    page.context.set_offline(True)
    until(lambda: not reception.listeners._open)
    # To Gradio the visit is over.
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    page.wait_for_function("""() => document.querySelectorAll('.vd-column[data-key]').length === 3
      && !document.body.classList.contains('vd-running') && window.vdBus.told.result?.whole""", timeout=120_000)
    assert page.evaluate("window.vdBus.told.settings.clip") == "mine.mp4"


def test_a_file_that_is_no_video_gets_one_sentence(visit, tmp_path):
    page, path = visit("?lang=zh"), tmp_path / "talk.html"
    path.write_text("<html><body>hello</body></html>")
    page.set_input_files("input[type=file]", str(path))
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'error'")
    assert "talk.html" in run_text(page) and re.search("[\u4e00-\u9fff]", run_text(page))
    assert page.locator(".vd-column[data-key]").count() == 4


def test_nothing_is_uploaded_while_a_run_works(visit, tmp_path):
    page, path = visit(), tmp_path / "talk.html"
    path.write_text("<html><body>hello</body></html>")
    fill(page, frames=80, size=256, variants="15,16,17,18,19,20")
    page.click("#vd-run")
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'working'")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "upload" in request.url else None)
    page.set_input_files("input[type=file] >> nth=0", str(path))
    assert page.locator("#vd-upload").is_disabled()
    page.wait_for_timeout(500)
    assert asked == [] and page.evaluate("window.vdBus.told.run.phase") == "working"
    page.click("#vd-cancel")
    idle(page)
    assert page.locator("#vd-upload").is_enabled()
    page.set_input_files("input[type=file] >> nth=0", str(path))
    page.wait_for_function("() => document.querySelector('.vd-run-text').textContent.includes('talk.html')")


def test_a_reload_keeps_the_settings_whatever_else_stands_in_the_address(visit):
    page = visit("?frames=40&__sign=one")
    page.wait_for_function("() => window.vdBus.told.settings?.frames === 40")
    fill(page, frames=33)
    page.wait_for_function("() => JSON.parse(sessionStorage.getItem('vd-had-explore'))?.settings.frames === 33")
    # As a host and the Plan tab write it.
    page.evaluate("history.replaceState(null, '', '?tab=plan&family=wan-2.1&frames=81&__sign=two')")
    page.reload()
    page.wait_for_function("() => window.vdVisitHad?.explore?.frames === 33")
    page.goto(page.url.split("?")[0] + "?frames=50")
    page.wait_for_function("() => window.vdBus?.told.settings?.frames === 50")
    assert page.evaluate("window.vdVisitHad.explore") is None, "a link that is followed wins"
