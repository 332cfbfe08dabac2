"""The page: lays out and wires, nothing else. What happens on an event is in handlers.py."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from vae_demo.clips import Limits
from vae_demo.views import api, explore, handlers, learn_tab, models_tab, plan_tab, sweep_tab
from vae_demo.views.component import COMPUTE, component_script, read_static
from vae_demo.views.language import LANGUAGES, LanguageMiddleware, translations, word
from vae_demo.views.player import PLOTLY

# In the order of the tab bar; each module has KEY, STYLES and build().
TABS = (explore, sweep_tab, learn_tab, plan_tab, models_tab)
HEADER_SCRIPT = "header.js"
STYLES = ("page.css", *dict.fromkeys(name for tab in TABS for name in tab.STYLES))
# So many visitors may wait for the model; the next one is told so at once.
QUEUE = 16
HOUR = 3600

_HEADER = (
    '<div class="vd-bar"><span class="vd-brand"><i></i><i></i><i></i><i></i><i></i><b>1+4k Lab</b></span>'
    '<span class="vd-switches"><span class="vd-segments" role="group" aria-label="Language / 语言">'
    + "".join(f'<button type="button" data-lang="{code}">{name}</button>' for code, name in LANGUAGES.items())
    + '</span><button type="button" class="vd-theme" aria-label="Light or dark / 浅色或深色">◐</button></span></div>')


def build_page() -> gr.Blocks:
    """The whole app; `launch_options()` holds what it needs to be served with."""
    # Saved results are served from where they are: they must outlive Gradio's cache.
    gr.set_static_paths([PLOTLY, handlers.EXAMPLES])
    with gr.Blocks(title="1+4k Lab", fill_width=True, analytics_enabled=False, delete_cache=(HOUR, 6 * HOUR)) as page:
        header = gr.HTML(_HEADER, js_on_load=_header_script(), apply_default_css=False, elem_id="vd-header")
        with gr.Tabs(elem_id="vd-tabs") as tabs:
            for tab in TABS:
                with gr.Tab(word(f"tab_{tab.KEY}"), id=tab.KEY) as item:
                    tab.build()
                item.select(None, None, None, js=f"() => window.vdTabShown({json.dumps(tab.KEY)})")
        header.tab(None, None, tabs, js="() => ({__type__: 'update', selected: window.vdTabAsked})")
        gr.api(api.compare, api_name="compare", **COMPUTE)
        gr.api(api.sweep, api_name="sweep", **COMPUTE)
        gr.api(api.plan, api_name="plan", queue=False)
    page.queue(max_size=QUEUE)
    return page


def _header_script() -> str:
    keys = [tab.KEY for tab in TABS]
    return component_script((HEADER_SCRIPT,), "startHeader({element, tabs, trigger});", ("page",), tabs=keys)


def page_css() -> str:
    """Every style of the page, in order; for launch(css=)."""
    return "\n".join(read_static(name) for name in STYLES)


def launch_options() -> dict[str, Any]:
    """What launch() gets: theme, styles, language, limits; no request leaves the page's own server."""
    sans = ["IBM Plex Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.zinc, neutral_hue=gr.themes.colors.zinc, radius_size=gr.themes.sizes.radius_sm,
        font=sans, font_mono=["IBM Plex Mono", "monospace"])
    return {
        "theme": theme, "css": page_css(), "i18n": translations(),
        "app_kwargs": {"middleware": [_middleware()]}, "max_file_size": Limits().max_bytes, "footer_links": [],
        "ssr_mode": False, "run_history": False, "enable_monitoring": False, "show_error": False,
    }


def _middleware():
    from starlette.middleware import Middleware

    return Middleware(LanguageMiddleware)
