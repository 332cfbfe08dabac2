// What a visitor can take along: a link, files, the lines that repeat the run; and the words of this page.
import {codeLine, copied} from "../shared/code_line.js";
import {h} from "../shared/dom.js";
import {titleOf} from "../shared/forms.js";
import {glossary} from "../shared/glossary.js";
import {runsView} from "../shared/history.js";
import {openInInspect} from "../shared/inspecting.js";
import {choose} from "./bring.js";
import {bus} from "./bus.js";
import {keysLine} from "./keys_dialog.js";
import {lookNamed} from "./look.js";
import {shareLink} from "./opening.js";
import {saveMenu} from "./saving.js";

export function footView(app, home, value) {
  const {say} = app, opened = value.opened_from;
  const shared = value.settings && !value.settings.upload;
  const link = h("button",
    {type: "button", class: "vd-download vd-link", disabled: !shared,
      title: say(shared ? "link_help" : opened ? "link_opened" : "link_upload")}, say("copy_link"));
  link.addEventListener("click",
    () => copied(link, shareLink(home, value.settings,
      {frame: app.state.frame, selected: app.state.selected, lang: app.lang,
        look: lookNamed(app, Object.keys(app.scores)[0])}), say));
  const address = home || location.origin + location.pathname;
  return h("footer", {class: "vd-foot"},
    keysLine(say),
    glossary(say, app.lang).row(),
    h("div", {class: "vd-downloads"}, link, saveMenu(app), value.saved ? runForMore(say) : null,
      inspectThis(app, value),
      h("button", {type: "button", class: "vd-download vd-open-result", title: say("open_result_help"),
        onclick: choose}, say("open_result")),
      shared ? null : h("span", {class: "vd-foot-note"}, say(opened ? "link_opened" : "link_upload"))),
    runsView({tab: "explore", current: value.run, title: (settings) => titleOf(say, settings)}),
    value.calls ? h("div", {class: "vd-lines"}, codeLine(say("line_shell"), value.calls.cli, say),
      value.calls.client ? codeLine(say("line_python"), value.calls.client.replace("{home}", address), say) : null)
      : null);
}

// The decode of the variant that is selected, cut out of the pictures of this result.
function inspectThis({say, state, model}, {whole, run, settings}) {
  if (whole === false || !model.panel("source", "frames")) return null;
  const [size, crop] = String(settings.size).split(":");
  const title = () => say("inspect_this_help", {label: state.selected});
  const node = h("button", {type: "button", class: "vd-download vd-inspect-this", title: title(),
    onpointerenter: () => { node.title = title(); },
    onclick: () => openInInspect({...settings, size, crop, run: run ?? null, label: state.selected})},
  say("inspect_this"));
  return node;
}

// Video and report of a saved result come from a run of their own, which the controls must ask for.
function runForMore(say) {
  const time = h("span", {});
  const node = h("button", {type: "button", class: "vd-download vd-run-for-more",
    onclick: () => document.getElementById("vd-run")?.click()}, say("download_run"), time);
  const refresh = () => {
    node.disabled = bus.told.differ?.length !== 0;
    node.title = say(node.disabled ? "download_run_other" : "download_run_help");
    time.textContent = bus.told.estimate && !node.disabled ? ` · ${bus.told.estimate}` : "";
  };
  for (const topic of ["differ", "estimate"]) bus.on(topic, node, refresh);
  return node;
}

