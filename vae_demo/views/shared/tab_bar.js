// Gradio's tab bar is one stop of the Tab key; arrows walk along it, and the tab that has the focus is the one shown.
const STEPS = {ArrowRight: 1, ArrowLeft: -1};

export function walkTabs(tabs) {
  const bar = tabs.querySelector("[role=tablist]");
  if (!bar) return;
  const all = () => [...bar.querySelectorAll("[role=tab]:not(:disabled)")];
  const settle = () => {
    for (const tab of all()) tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
  };
  bar.addEventListener("keydown", (event) => {
    const list = all(), at = list.indexOf(event.target.closest("[role=tab]")), {length} = list;
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const to = {Home: 0, End: length - 1}[event.key] ?? (event.key in STEPS ? (at + STEPS[event.key] + length) % length
      : -1);
    if (to < 0) return;
    event.preventDefault();
    list[to].click();
    list[to].focus();
  });
  new MutationObserver(settle).observe(bar, {attributes: true, attributeFilter: ["aria-selected"], childList: true,
    subtree: true});
  settle();
}
