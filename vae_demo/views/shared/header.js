// The header, and the address: ?tab= names the tab that is shown, on load and after every change of tab, so
// that a link like ?tab=learn#step-3 works; what stands behind the # belongs to the tab.
//   window.vdShowTab(key)   switches to a tab; false where there is none of that name
// Gradio switches its tabs by itself: trigger("tab") makes it read window.vdTabAsked (see page.py).
import {makeSay} from "../../words/say.js";
import {whenThere} from "./dom.js";
import {closeMenus} from "./menus.js";
import {skipLinks} from "./skip_links.js";
import {startSwitches} from "./switches.js";
import {walkTabs} from "./tab_bar.js";

export function startHeader({element, tabs, words, trigger}) {
  const {say} = makeSay(words, window.vdLang === "zh" ? "zh" : "en");
  element.querySelector(".vd-bar").prepend(skipLinks(say));
  whenThere("vd-tabs", walkTabs);
  closeMenus();
  startSwitches(element);

  const asked = () => {
    const key = new URLSearchParams(location.search).get("tab");
    return tabs.includes(key) ? key : tabs[0];
  };
  let shown = tabs[0];
  window.vdTabs = tabs;
  dispatchEvent(new Event("vd-tabs"));
  const ask = (key) => {
    if (key === shown) return;
    window.vdTabAsked = key;
    trigger("tab");
  };
  window.vdShowTab = (key) => {
    if (!tabs.includes(key)) return false;
    ask(key);
    return true;
  };
  // Gradio says so whenever a tab has been chosen, by mouse, key or script.
  window.vdTabShown = (key) => {
    if (key === shown) return;
    shown = key;
    if (key === asked()) return;
    const url = new URL(location.href);
    url.searchParams.set("tab", key);
    if (key !== "inspect") url.searchParams.delete("sample"); // that is of its page alone
    url.hash = "";
    history.pushState(null, "", url);
  };
  addEventListener("popstate", () => ask(asked()));
  ask(asked());
}
