// The language of the whole page: ?lang=, else what was chosen before, else the browser's. Gradio asks the browser.
export function settleLanguage() {
  const known = ["en", "zh"];
  // Storage may be off in a frame.
  const kept = (() => { try { return localStorage.getItem("vd-lang"); } catch (e) { return null; } })();
  const asked = new URLSearchParams(location.search).get("lang");
  const browser = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
  const lang = known.includes(asked) ? asked : known.includes(kept) ? kept : browser;
  const full = lang === "zh" ? "zh-CN" : "en";
  Object.defineProperty(navigator, "language", {get: () => full, configurable: true});
  Object.defineProperty(navigator, "languages", {get: () => [full], configurable: true});
  document.documentElement.lang = full;
  window.vdLang = lang;
  window.vdSetLang = (next) => {
    try { localStorage.setItem("vd-lang", next); } catch (e) { /* the address carries it then */ }
    try { sessionStorage.setItem("vd-same-page", "1"); } catch (e) { /* then nothing is kept either */ }
    const url = new URL(location.href);
    url.searchParams.set("lang", next);
    location.replace(url);
  };
}
