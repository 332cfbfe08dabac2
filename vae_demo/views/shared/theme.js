// Light or dark, from the first picture on: what was chosen before, else what the address or the system says. Gradio
// sets the same class by itself when it starts; the choice here is held against that.
//   window.vdDark           which it is
//   window.vdSetDark(dark)  chooses
export function settleTheme() {
  const kept = (() => { try { return localStorage.getItem("vd-dark"); } catch (e) { return null; } })();
  const asked = new URLSearchParams(location.search).get("__theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = kept !== null;
  window.vdDark = chosen ? kept === "1" : asked === "dark" || (asked !== "light" && system.matches);
  const hold = () => {
    const {classList} = document.body;
    if (classList.contains("dark") !== window.vdDark) classList.toggle("dark", window.vdDark);
  };
  const watch = () => {
    hold();
    new MutationObserver(hold).observe(document.body, {attributes: true, attributeFilter: ["class"]});
  };
  const arriving = new MutationObserver(() => {
    if (!document.body) return;
    arriving.disconnect();
    watch();
  });
  if (document.body) watch();
  else arriving.observe(document.documentElement, {childList: true});
  window.vdSetDark = (dark) => {
    chosen = true;
    window.vdDark = dark;
    hold();
    try { localStorage.setItem("vd-dark", dark ? "1" : "0"); } catch (e) { /* storage may be off in a frame */ }
  };
  system.addEventListener("change", () => {
    if (chosen || asked) return;
    window.vdDark = system.matches;
    hold();
  });
}
