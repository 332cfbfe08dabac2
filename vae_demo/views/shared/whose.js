// The banner over a result that is not of the settings above it: whose it is, what differs, and what to press.
import {h, replaceChildren} from "./dom.js";
import {clips, titleOf} from "./forms.js";
import {CONTROLS} from "./same_run.js";

// say, list: those of makeSay. run: what the first button does. restore: fills the controls with settings, their clip
// by the name that menus have for it.
export function whoseBanner({say, list, lang, run, restore}) {
  let shown = null;
  const whose = h("p", {class: "vd-whose-of"}), how = h("p", {class: "vd-whose-how"});
  const press = h("button", {type: "button", class: "vd-whose-run", onclick: run}, say("control_run"));
  const undo = h("button", {type: "button", class: "vd-whose-back", onclick: back}, say("whose_back"));
  const node = h("aside", {class: "vd-whose", hidden: true, "aria-label": say("whose_title")},
    h("div", {}, whose, how), h("div", {class: "vd-whose-buttons"}, press, undo));

  function back() {
    const {upload, clip, got, ...settings} = shown;
    restore({...settings, clip: upload ? clips.own.now.shown : clip});
  }

  // of: see same_run.js. running: whether a run works on what will take its place. runs: whether these settings can
  // run. time: how long that takes, in words, or "".
  function show({of, differ, running, runs, time}) {
    shown = of;
    node.hidden = !of || !differ.length;
    if (node.hidden) return;
    const size = String(of.size), parts = of.variants ? of.variants.join(", ") : of.sizes;
    const cut = size.endsWith(":none") ? say("whose_uncut", {size: size.split(":")[0]}) : `${size}²`;
    const frames = of.start ? say("whose_from", {n: of.got, start: of.start}) : say("n_frames", {n: of.got});
    const gone = of.upload && clips.own.now?.id !== of.upload;
    replaceChildren(whose, say("whose_is"), " ", h("b", {}, titleOf(say, of)),
      ` · ${[of.model, parts, frames, cut, of.dtype === "auto" ? null : of.dtype].filter(Boolean).join(" · ")}`);
    const says = [say("whose_differ",
      {list: list(CONTROLS.filter((name) => differ.includes(name)).map((name) => say(`differ_${name}`)))})];
    if (gone) says.push(say("whose_gone"));
    says.push(running ? say("whose_until") : !runs ? say("whose_cannot") : time ? say("whose_press_time", {time})
      : say("whose_press"));
    how.textContent = says.join(lang === "zh" ? "" : " ");
    press.hidden = !runs;
    undo.hidden = Boolean(gone);
    // They keep their room: what is below does not move when a run begins.
    node.classList.toggle("vd-whose-busy", running);
  }

  return {node, show};
}
