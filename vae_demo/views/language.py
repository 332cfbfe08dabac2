"""English or Chinese for the whole page: the browser's choice, or ?lang= / the switch, which survives a reload.

Gradio translates its own components by `navigator.language`. A script right after <head>, before
anything else runs, answers that question with the visitor's choice instead.
"""

from __future__ import annotations

from functools import cache

import gradio as gr

from vae_demo.views.leaving import GUARD
from vae_demo.words import table

LANGUAGES = {"en": "EN", "zh": "中文"}
# Gradio's own bundle has keys of its own; a prefix keeps ours apart from them.
PREFIX = "vd_"

_SCRIPT = """<script>
(() => {
  const known = ["en", "zh"];
  const asked = new URLSearchParams(location.search).get("lang");
  let kept = null;
  try { kept = localStorage.getItem("vd-lang"); } catch (e) { /* storage may be off in a frame */ }
  const browser = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
  const lang = known.includes(asked) ? asked : known.includes(kept) ? kept : browser;
  const full = lang === "zh" ? "zh-CN" : "en";
  Object.defineProperty(navigator, "language", { get: () => full, configurable: true });
  Object.defineProperty(navigator, "languages", { get: () => [full], configurable: true });
  document.documentElement.lang = full;
  window.vdLang = lang;
  window.vdSetLang = (next) => {
    // Kept once the page really goes: the browser may ask first, and hear no.
    addEventListener("pagehide", () => {
      try { localStorage.setItem("vd-lang", next); } catch (e) { /* the address carries it then */ }
    }, { once: true });
    const url = new URL(location.href);
    url.searchParams.set("lang", next);
    location.replace(url);
  };
})();""" + GUARD + "\n</script>"


@cache
def translations() -> gr.I18n:
    """Every sentence without numbers, for Gradio's own labels, buttons and placeholders."""
    flat = {key: forms for key, forms in table().items() if all(isinstance(form, str) for form in forms.values())}
    by_language = {lang: {PREFIX + key: forms[lang] for key, forms in flat.items()} for lang in LANGUAGES}
    return gr.I18n(**by_language, **{"zh-CN": by_language["zh"]})


def word(key: str) -> gr.i18n.I18nData:
    """The sentence `key` in the visitor's language, for a label, a button or a placeholder of Gradio's own."""
    return translations()(PREFIX + key)


class LanguageMiddleware:
    """ASGI middleware that puts the script into the page's HTML and leaves every other response alone."""

    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") not in ("", scope.get("root_path", "")):
            await self.app(scope, receive, send)
            return
        start, body = None, b""

        async def collect(message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = body.replace(b"<head>", b"<head>" + _SCRIPT.encode(), 1)
            headers = [(k, v) for k, v in start["headers"] if k.lower() != b"content-length"]
            await send({**start, "headers": [*headers, (b"content-length", str(len(page)).encode())]})
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, collect)
