// A button that opens a short menu. Arrows, Home and End move in it, Esc, Tab and a press elsewhere close it.
import {h} from "./dom.js";

// items: {text, act} or {text, href, download}; null is a line between two groups.
export function menuButton(text, items, attributes = {}) {
  const entries = items.filter(Boolean).map((item) => entry(item));
  const button = h("button", {type: "button", "aria-haspopup": "menu", "aria-expanded": "false", ...attributes}, text);
  const menu = h("div", {class: "vd-menu", role: "menu", "aria-label": text, hidden: true}, laidOut());
  const node = h("div", {class: "vd-menu-box"}, button, menu);
  const away = (event) => { if (!node.contains(event.target)) close(false); };

  function entry({href, download, act, ...item}) {
    const press = () => {
      close(true);
      act?.();
    };
    const about = {role: "menuitem", tabindex: "-1", onclick: press};
    return href ? h("a", {...about, href, download}, item.text) : h("button", {...about, type: "button"}, item.text);
  }

  function laidOut() {
    let at = 0;
    return items.map((item) => (item ? entries[at++] : h("hr", {})));
  }

  function open(at) {
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", away, true);
    if (at !== undefined) entries.at(at)?.focus();
  }

  function close(back) {
    if (menu.hidden) return;
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", away, true);
    if (back) button.focus({preventScroll: true});
  }

  button.addEventListener("click", (event) => {
    if (!menu.hidden) return close(true);
    // By key the first entry is next; a pointer goes where it likes.
    open(event.detail === 0 ? 0 : undefined);
  });
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Tab") return close(false);
    const at = entries.indexOf(document.activeElement), count = entries.length;
    const to = {ArrowDown: (at + 1) % count, ArrowUp: at < 0 ? count - 1 : (at - 1 + count) % count, Home: 0,
      End: count - 1}[event.key];
    if (event.key === "Escape" && !menu.hidden) close(true);
    else if (to !== undefined && menu.hidden && event.key.startsWith("Arrow")) open(event.key === "ArrowUp" ? -1 : 0);
    else if (to !== undefined && !menu.hidden) entries[to].focus();
    else return;
    event.preventDefault();
    // Arrows and Home would move the frame as well.
    event.stopPropagation();
  });
  node.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !node.contains(event.relatedTarget)) close(false);
  });
  return node;
}
