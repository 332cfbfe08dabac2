// The strip below the controls of a tab; see clip_strip.py.
import {makeSay} from "../../words/say.js";
import {clips, forms} from "./forms.js";

const asked = {};
// What the events of a tab's strip bring, in the browser alone: an update of its menu; its first frame and frames.
export const menuOf = (tab) => [asked[tab].menu];
export const partOf = (tab) => asked[tab].part;

export function startStrip({element, words, tab, samples, value, watch, trigger}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const {say} = makeSay(words, lang), form = forms[tab];
  asked[tab] = {menu: {}, part: []};
  clips.know(samples);

  // The visitor's own clip is in the menus of all tabs; where the one before it was chosen, it is now.
  function offer(own) {
    const title = (name) => (say.knows(`sample_${name}`) ? say(`sample_${name}`) : name);
    const choices = Object.keys(samples).map((name) => [title(name), name]);
    const chosen = form.now?.clip, replaced = chosen && chosen !== own.shown && !clips.isSample(chosen);
    asked[tab].menu = {__type__: "update", choices: [...choices, [own.shown, own.shown]],
      ...(replaced ? {value: own.shown} : {})};
    trigger("menu", {});
  }

  function take(next) {
    if (!next || !("own" in next)) return;
    window.vdOwnClip = Boolean(next.own); // visit.js
    clips.own.set(next.own);
  }

  clips.own.on(root, (own) => { if (own) offer(own); });
  watch("value", () => take(value()));
  take(value());
}
