"""The bar on top of the page, as it is before any script has run: the name, and the switches of language and theme
(switches.js)."""

from vae_demo.views.shared.language import LANGUAGES

HEADER = (
    '<div class="vd-bar"><span class="vd-brand"><i></i><i></i><i></i><i></i><i></i><b>1+4k Lab</b></span>'
    '<span class="vd-switches"><span class="vd-segments" role="group" aria-label="Language / 语言">'
    + "".join(f'<button type="button" data-lang="{code}">{name}</button>' for code, name in LANGUAGES.items())
    + '</span><button type="button" class="vd-theme" aria-label="Light or dark / 浅色或深色">◐</button></span></div>')
