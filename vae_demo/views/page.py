"""The page: lays out and wires, nothing else. What happens on an event is in the tabs' own folders."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from vae_demo import assets
from vae_demo.clips import Limits
from vae_demo.views import api
from vae_demo.views.explore import run as explore_run
from vae_demo.views.explore import tab as explore
from vae_demo.views.explore.first import First, first_page
from vae_demo.views.inspect import tab as inspect_tab
from vae_demo.views.learn import tab as learn_tab
from vae_demo.views.models import tab as models_tab
from vae_demo.views.plan import tab as plan_tab
from vae_demo.views.serving import modules
from vae_demo.views.serving.door import Door
from vae_demo.views.serving.front import FrontMiddleware
from vae_demo.views.serving.jobs import WATCHERS
from vae_demo.views.serving.kept import KeptFiles
from vae_demo.views.serving.mailboxes import keep_mailboxes
from vae_demo.views.serving.modules import ModuleFiles
from vae_demo.views.serving.reception import Reception
from vae_demo.views.serving.sessions import keep_sessions_small
from vae_demo.views.shared.colours import colours_css
from vae_demo.views.shared.component import COMPUTE, Component, component_script, read_source
from vae_demo.views.shared.first_script import first_script
from vae_demo.views.shared.footer import footer
from vae_demo.views.shared.header import HEADER
from vae_demo.views.shared.language import translations, word
from vae_demo.views.shared.needs_asked import NeedsAsked
from vae_demo.views.shared.pictures import Pictures
from vae_demo.views.sweep import run as sweep_run
from vae_demo.views.sweep import tab as sweep_tab
from vae_demo.views.tools import keep_tools_ours

# In the order of the tab bar; each module has KEY, SCRIPTS, STYLES and build(); those that run something build on
# the reception.
TABS = (explore, sweep_tab, inspect_tab, learn_tab, plan_tab, models_tab)
# Those that compute something for a visitor.
RUNNING = (explore, sweep_tab, inspect_tab)
# What tells of each, before a run, whether it can be and what it needs.
CHECKS = {explore.KEY: explore_run.check, sweep_tab.KEY: sweep_run.check}
FIRST_SCRIPTS = ("shared/header.js", "shared/footer.js", *explore.SCRIPTS)
SCRIPTS = tuple(dict.fromkeys((*FIRST_SCRIPTS, *(name for tab in TABS for name in tab.SCRIPTS))))
STYLES = ("shared/page.css", "shared/footer.css", *dict.fromkeys(name for tab in TABS for name in tab.STYLES))
# Of those, what the page that is served first is drawn with.
FIRST_STYLES = ("shared/page.css", "shared/player.css", "explore/intro.css", "shared/narrow.css", "explore/first.css")
FIRST_FONTS = tuple(f"static/fonts/IBMPlexSans/IBMPlexSans-{weight}.woff2" for weight in ("Regular", "Bold"))
# Sessions that Gradio remembers; what belongs to a visitor does not hang on them.
SESSIONS = 5000
# Events that are over in a moment, at once.
QUICK = 20


def build_page(reception: Reception) -> gr.Blocks:
    """The whole app; `launch_options()` holds what it needs to be served with.

    reception: where its visitors, their runs and their results meet.
    """
    # Saved results are served from where they are: they must outlive Gradio's cache.
    gr.set_static_paths([assets.EXAMPLES])
    keep_sessions_small()
    keep_tools_ours()
    with gr.Blocks(title="1+4k Lab", fill_width=True, analytics_enabled=False) as page:
        key = reception.key_box()
        header = Component(None, _header_script(), ("tab",), HEADER, elem_id="vd-header")
        with gr.Tabs(elem_id="vd-tabs") as tabs:
            for tab in TABS:
                with gr.Tab(word(f"tab_{tab.KEY}"), id=tab.KEY, elem_id=f"vd-tab-{tab.KEY}") as item:
                    tab.build(*((reception, key) if tab in RUNNING else ()))
                item.select(None, None, None, js=f"() => window.vdTabShown?.({json.dumps(tab.KEY)})")
        footer()
        header.tab(None, None, tabs, js="() => ({__type__: 'update', selected: window.vdTabAsked})")
        page.load(None, None, key, js="() => [window.vdVisit]", queue=False, api_visibility="private")
        for name, call in api.calls(reception).items():
            gr.api(call, api_name=name, **COMPUTE)
        gr.api(api.plan, api_name="plan", queue=False)
    # Who waits for what is for our own line to say; past Gradio's queue nothing may be called.
    page.queue(max_size=None, api_open=False)
    keep_mailboxes(page, reception.listeners)
    return page


def _header_script() -> str:
    keys = [tab.KEY for tab in TABS]
    return component_script("shared/header.js", "startHeader", ("keys",), tabs=keys)


def page_css() -> str:
    """Every style of the page, in order; for launch(css=)."""
    return "\n".join([colours_css(), *(read_source(name) for name in STYLES)])


def launch_options(reception: Reception) -> dict[str, Any]:
    """What launch() gets: theme, styles, language, limits; no request leaves the page's own server."""
    sans = ["IBM Plex Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.zinc, neutral_hue=gr.themes.colors.zinc, radius_size=gr.themes.sizes.radius_sm,
        font=sans, font_mono=["IBM Plex Mono", "monospace"])
    return {
        "theme": theme, "css": page_css(), "i18n": translations(),
        "app_kwargs": {"middleware": _middleware(reception)}, "state_session_capacity": SESSIONS,
        "max_file_size": Limits().max_bytes, "footer_links": [],
        "max_threads": _places(reception),
        "mcp_server": True, "ssr_mode": False, "run_history": False, "enable_monitoring": False, "show_error": False,
    }


def _places(reception: Reception) -> int:
    """Events that Gradio lets work at once: all that may watch runs or wait for weights, and room for quick ones."""
    return WATCHERS * (1 + reception.bounds.waiting) + reception.bounds.waiting + QUICK


def _middleware(reception: Reception) -> list[Middleware]:
    return [Middleware(Door, visits=reception.visits, listeners=reception.listeners,
                       answers=(Pictures(reception.visits, reception.strips),
                                NeedsAsked(reception.visits, reception.bounds, CHECKS))),
            Middleware(KeptFiles), Middleware(ModuleFiles, first=FIRST_SCRIPTS),
            Middleware(FrontMiddleware, head=_head(reception), links=modules.preload_link(), first=_first,
                       covers="vd-player")]


def _head(reception: Reception) -> str:
    """What comes before everything: styles of what is served first, and the first script."""
    styles = "\n".join([colours_css(), *(read_source(name) for name in FIRST_STYLES)])
    fonts = "".join(f'<link rel="preload" as="font" crossorigin href="{name}">' for name in FIRST_FONTS)
    return f"{fonts}<style>{styles}</style>{first_script(reception.bounds.grace_s)}"


def _first(query: str) -> First | None:
    return first_page(query, tuple(tab.KEY for tab in TABS), HEADER)
