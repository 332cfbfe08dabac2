// The keys of the Explore tab in words: the short line below the tapes, and all of them in a dialog that ? opens.
import {h} from "../shared/dom.js";

// Names of keys and what they do (words/keys.json); the first ones are the line's.
const SHORT = [[["space"], "key_play"], [["←", "→"], "key_frame"], [["⇧", "←", "→"], "key_border"],
  [["W"], "key_worst"], [["B"], "key_blink"], [["?"], "key_help"]];
const MORE = [[["Home", "End"], "key_ends"], [["1", "…", "9"], "key_select"], [["I", "J", "K", "L"], "key_point"],
  [["+", "-", "0"], "key_zoom"], [["E"], "key_enlarge"], [["F"], "key_full"]];

const keyNames = (names, say) => names.map((name) =>
  name === "…" ? "…" : h("kbd", {}, name === "space" ? say("key_space") : name));

export const keysLine = (say) => h("p", {class: "vd-keys"}, SHORT.map(([names, word]) =>
  [h("span", {}, keyNames(names, say)), h("span", {}, say(word))]));

export function keysDialog(say) {
  const title = h("h2", {id: "vd-keys-title"}, say("keys_title"));
  const rows = [...SHORT.slice(0, -1), ...MORE, SHORT[SHORT.length - 1]].map(([names, word]) =>
    h("div", {}, h("dt", {}, keyNames(names, say)), h("dd", {}, say(word))));
  const node = h("dialog", {class: "vd-keys-dialog", "aria-labelledby": "vd-keys-title"}, title,
    h("dl", {}, rows), h("p", {}, say("keys_note")),
    h("form", {method: "dialog"}, h("button", {class: "vd-download"}, say("keys_close"))));
  // Outside of it is its backdrop.
  node.addEventListener("click", (event) => { if (event.target === node) node.close(); });
  const open = () => { if (!node.open) node.showModal(); };
  const button = () => h("button", {type: "button", class: "vd-text-button vd-keys-open", title: say("keys_open"),
    "aria-label": say("keys_open"), "aria-haspopup": "dialog", onclick: open}, "?");
  return {node, open, button};
}
