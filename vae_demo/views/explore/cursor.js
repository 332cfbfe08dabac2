// The line through ruler, chart and tapes at the frame that is shown.
import {h} from "../shared/dom.js";
import {sayPosition} from "./position.js";

export function cursorView(app) {
  const {model, say} = app, number = h("span", {});
  const node = h("div", {class: "vd-cursor", role: "slider", tabindex: "0", "aria-label": say("t_scrub"),
    "aria-valuemin": 0, "aria-valuemax": model.n_frames - 1}, number);

  function place(axis, frame) {
    // Somebody may look at another part of the clip.
    node.classList.toggle("vd-elsewhere", !axis.shows(frame));
    node.style.setProperty("--fw", `${axis.fw}px`);
    node.style.transform = `translateX(${axis.middle(frame)}px)`;
    number.textContent = `${frame}`;
    sayPosition(node, app);
  }

  return {node, place};
}
