// The switches of language and theme in the page's header (header.py).
export function startSwitches(element) {
  for (const button of element.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === (window.vdLang || "en")));
    button.addEventListener("click", () => window.vdSetLang && window.vdSetLang(button.dataset.lang));
  }
  element.querySelector(".vd-theme").addEventListener("click", () => window.vdSetDark(!window.vdDark));
}
