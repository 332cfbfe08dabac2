// Small builders. Text always goes in as text nodes, so nothing a visitor typed can become markup.
const SVG_NS = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(3)) if (child !== null && child !== undefined) node.append(child);
  return node;
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG_NS, tag), attributes, children);

export function replaceChildren(node, ...children) {
  node.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined));
}

// Only what is another is set: for anything that is, the browser styles and lays out anew what hangs on it.
export function putAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes))
    if (node.getAttribute(name) !== `${value}`) node.setAttribute(name, value);
}

export function putText(node, text) {
  if (node.textContent !== `${text}`) node.textContent = text;
}

export function putChildren(node, ...children) {
  const next = document.createDocumentFragment();
  replaceChildren(next, ...children);
  const held = next.cloneNode(true);
  if (node.vdHeld?.isEqualNode(held)) return;
  node.vdHeld = held;
  node.replaceChildren(next);
}

// Gradio may mount one of its own components after a script that needs it.
export function whenThere(id, act, tries = 300) {
  const node = document.getElementById(id);
  if (node) act(node);
  else if (tries) requestAnimationFrame(() => whenThere(id, act, tries - 1));
}

// A word with a dotted underline that explains itself on hover, focus or tap.
export const helped = (text, help) => {
  const node = h("span", {class: "vd-help", tabindex: "0", "data-help": help, "aria-description": help,
    onclick: () => node.focus(), onfocus: () => keepInside(node), onpointerenter: () => keepInside(node)}, text);
  return node;
};

// What it says opens at the word's left end, and further left where the window ends before it does.
const HELP_MOST = 280;
function keepInside(node) {
  const over = node.getBoundingClientRect().left + HELP_MOST + 16 - document.documentElement.clientWidth;
  node.style.setProperty("--vd-shift", `${-Math.max(over, 0)}px`);
}

// A file's name may be as long as it likes: what is cut off stands in the tip.
export const clipName = (shown, name) => h("span", {class: "vd-clip-name", title: name}, shown);

// One choice out of few, as buttons; `set` gets the chosen name.
export function segments(label, names, words, set, titles = {}) {
  const buttons = names.map((name) =>
    h("button", {type: "button", role: "radio", "data-name": name, title: titles[name], onclick: () => set(name)},
      words(name)));
  const node = h("div", {class: "vd-segments", role: "radiogroup", "aria-label": label}, buttons);
  const steps = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};
  node.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target);
    const step = event.ctrlKey || event.metaKey || event.altKey ? 0 : steps[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    const name = names[(at + step + names.length) % names.length];
    set(name);
    // The choice may have built these buttons anew.
    document.querySelector(
      `[role=radiogroup][aria-label="${CSS.escape(label)}"] [data-name="${CSS.escape(String(name))}"]`)?.focus();
  });
  // One stop of the Tab key for all of them, at the chosen one.
  const show = (chosen) => buttons.forEach((b) => {
    const on = b.dataset.name === String(chosen);
    b.setAttribute("aria-checked", String(on));
    b.tabIndex = on ? 0 : -1;
  });
  return {node, show};
}
