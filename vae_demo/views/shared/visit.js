// Who this page is to the server: a key of 128 random bits, kept for this tab only, so that a reload, a change of
// language or a lost connection finds its clip, its settings and its result again.
//   window.vdVisit                  the key
//   window.vdVisitHad[tab]          what the controls of a tab said before the page was loaded again, or null
//   window.vdVisitKept(tab, values) remembers what they say now; gives the values back
//   window.vdGraceMinutes           how long the server keeps all that without a sign of the page
//   window.vdAsk(what, asked)       asks the server past Gradio, as this visit: the response of a fetch
//   window.vdOwnClip                set once the server has a clip of the visitor's own
// The event `vd-visit-gone` says that the server has deleted it.
import {NAMES} from "./address.js";

const KEY = /^[0-9a-f]{32}$/, NAMED = /^vd-visit:([0-9a-f]{32})$/;
const store = {
  get(name) { try { return sessionStorage.getItem(name); } catch (e) { return null; } },
  set(name, value) { try { sessionStorage.setItem(name, value); return true; } catch (e) { return false; } },
};
const hex = (byte) => byte.toString(16).padStart(2, "0");
const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map(hex).join("");
const CONTROLS = {
  explore: ["clip", "model", "variants", "start", "frames", "size", "dtype"],
  sweep: ["clip", "model", "sizes", "start", "frames", "size", "dtype"],
  inspect: ["video", "source", "start", "frames"],
};

// graceMs: how long the server keeps a visit of which it hears nothing. sentence: of a key of words, by language.
export function startVisit({graceMs, sentence}) {
  // Where a frame may store nothing, its name still outlives a reload.
  const before = [store.get("vd-visit"), NAMED.exec(window.name)?.[1]].find((key) => key && KEY.test(key));
  window.vdVisit = before || fresh();
  if (!store.set("vd-visit", window.vdVisit)) window.name = `vd-visit:${window.vdVisit}`;

  const inAddress = new URLSearchParams(location.search);
  // The settings in the address and nothing else: a host adds parameters of its own, new ones at every load.
  const link = () => new URLSearchParams([...inAddress].filter(([name]) => NAMES.includes(name))).toString();
  // A reload or a change of language, whatever a tab has written into the address since.
  const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  const again = reloaded || store.get("vd-same-page") === "1";
  store.set("vd-same-page", "");
  const had = (tab) => { try { return JSON.parse(store.get(`vd-had-${tab}`)); } catch (e) { return null; } };
  // An address with other settings than the last time is a link that somebody followed.
  const back = (tab) => {
    const found = had(tab);
    if (found && (again || found.link === link() || !link())) return found.settings;
    store.set(`vd-had-${tab}`, "null"); // nor may a reload in this moment bring it back
    return null;
  };
  window.vdVisitHad = Object.fromEntries(Object.keys(CONTROLS).map((tab) => [tab, before ? back(tab) : null]));
  // Until they are filled again, or from a link, controls say their defaults.
  const opens = link() && (inAddress.get("tab") || "explore") === "explore";
  const filled = {explore: !window.vdVisitHad.explore && !opens, sweep: !window.vdVisitHad.sweep,
    inspect: !window.vdVisitHad.inspect};
  window.vdVisitFilled = (tab) => { filled[tab] = true; };
  window.vdVisitKept = (tab, values) => {
    const names = CONTROLS[tab], own = values.slice(-names.length);
    const settings = Object.fromEntries(names.map((name, i) => [name, own[i]]));
    if (filled[tab]) store.set(`vd-had-${tab}`, JSON.stringify({link: link(), settings}));
    return values;
  };
  // What a page that is back asks for: its settings as a link names them, and who it is.
  window.vdVisitAsks = (tab) => {
    const settings = window.vdVisitHad[tab];
    if (!settings) return null;
    const [side, crop] = String(settings.size).split(":");
    return {...settings, size: side, ...(crop ? {crop} : {}), visit: window.vdVisit};
  };

  window.vdGraceMinutes = Math.round(graceMs / 6000) / 10;
  const root = () => (window.gradio_config?.root || location.origin + location.pathname).replace(/\/$/, "");
  window.vdAsk = (what, asked = {}) =>
    fetch(`${root()}/vd/${what}`, {method: "POST", body: JSON.stringify({...asked, key: window.vdVisit})});
  async function here() {
    try {
      const answer = await window.vdAsk("here");
      const {visit} = await answer.json();
      if (answer.ok && window.vdOwnClip && !visit) {
        window.vdOwnClip = false;
        const detail = sentence("error_clip_gone", {minutes: window.vdGraceMinutes});
        dispatchEvent(new CustomEvent("vd-visit-gone", {detail}));
      }
    } catch (e) { /* the next sign may come through */ }
  }
  setInterval(here, Math.min(60000, graceMs / 3));
  for (const event of ["online", "pageshow"]) addEventListener(event, here);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) here(); });
}
