// Two links before everything else, seen when the Tab key comes to them: past the header to what a tab asks for, and
// to what it shows. The address stays as it is.
import {h} from "./dom.js";

const CONTROLS = "#vd-controls, #vd-sweep-controls, #vd-inspect-controls, .vd-plan-controls";
const RESULT = "#vd-player, #vd-sweep, #vd-inspect, .vd-plan-result";

export function skipLinks(say) {
  const panel = () => [...document.querySelectorAll("#vd-tabs [role=tabpanel]")].find((each) => each.checkVisibility());
  const go = (place) => (event) => {
    event.preventDefault();
    const node = place();
    if (!node) return;
    if (!node.hasAttribute("tabindex")) node.tabIndex = -1;
    node.focus({preventScroll: true});
    node.scrollIntoView({block: "start"});
  };
  const controls = () => panel()?.querySelector(CONTROLS), result = () => panel()?.querySelector(RESULT);
  const link = (place) => h("a", {class: "vd-skip", href: "#", onclick: go(place)});
  const first = link(controls), second = link(() => result() || panel());
  const node = h("div", {class: "vd-skips"}, first, second);
  // What they are called depends on the tab in front.
  const name = () => {
    first.hidden = !controls();
    first.textContent = say("skip_controls");
    second.textContent = say(result() ? "skip_result" : "skip_content");
  };
  node.addEventListener("focusin", name);
  addEventListener("keydown", (event) => { if (event.key === "Tab") name(); }, true);
  name();
  return node;
}
