// What stands around the figure: the headline, the selected size in words with what can be done, files and lines.
import {choose} from "../shared/bring.js";
import {codeLine} from "../shared/code_line.js";
import {clipName, h, helped, replaceChildren} from "../shared/dom.js";
import {titleOf} from "../shared/forms.js";
import {sizeText} from "../shared/format.js";
import {runsView} from "../shared/history.js";
import {layoutText, shortTime, wholeSeconds} from "./model.js";

export function sweepHead(app) {
  const {say, lang, model, value} = app, clip = model.clip, [main, ...more] = model.findings;
  const note = (n) => (`note_${n.case}` in app.words ? say(`note_${n.case}`, n.params) : n.text);
  const said = (finding) => say(`sweep_${finding.case}`, finding.params);
  const glue = lang === "zh" ? "" : " ";
  const everyFrame = model.rows.every((row) => row.frames_out === model.n && !row.lost && !row.pads);
  const seconds = model.rows.reduce((sum, row) => sum + wholeSeconds(row), 0);
  const name = value.sample ? titleOf(say, {clip: value.sample}) : clip.name;
  const {opened_from: file} = value;
  return h("header", {class: "vd-head"},
    h("div", {}, h("h2", {},
      main ? lines(said(main)) : say("sweep_so_far", {n: model.rows.length, m: model.columns.length})),
      h("p", {class: "vd-lede"},
        [everyFrame ? say("sweep_method", {n: model.n}) : "", ...more.map(said)].filter(Boolean).join(glue))),
    h("p", {class: "vd-provenance"}, say(file ? "opened_with" : "measured_with", {model: model.model}), h("br"),
      clipName(name, clip.name), "\u00a0· ",
      [say("n_frames", {n: model.n}), sizeText(clip.width, clip.height),
        file ? say("opened_from", {name: file}) : value.saved ? say("saved_result")
          : `${model.device}, ${model.dtype}`].join(" · "), h("br"),
      say("sweep_took", {n: model.rows.length, time: shortTime(seconds, say)}),
      clip.notes?.length ? [" · ", helped(say("clip_notes", {n: clip.notes.length}), clip.notes.map(note).join(" "))]
        : null));
}

// Each sentence of the headline on a line of its own.
const lines = (text) => text.split(/(?<=\.)\s+|(?<=；)/).map((sentence) => h("span", {}, sentence));

// The selected size: its sentence, the way the clip divides, the buttons; a stepper for fingers.
export function sizeView(app) {
  const {say} = app, text = h("p", {class: "vd-sw-says", role: "status", "aria-live": "polite"});
  const trim = h("button", {type: "button", class: "vd-download"});
  const open = h("button", {type: "button", class: "vd-sw-open"});
  const note = h("span", {class: "vd-sw-upload"});
  const step = (by, key, sign) =>
    h("button", {type: "button", class: "vd-sw-step", "aria-label": say(key), onclick: () => app.step(by)}, sign);
  const node = h("div", {class: "vd-sw-size"},
    h("div", {class: "vd-sw-stepper"}, step(-1, "sweep_previous", "‹"), step(1, "sweep_next", "›")), text,
    h("div", {class: "vd-sw-actions"}, trim, open, note));
  trim.addEventListener("click", () => app.trim(Number(trim.dataset.frames)));
  open.addEventListener("click", () => app.open());

  function draw() {
    const {model, lang} = app, c = model?.of(app.selected), row = c?.row, glue = lang === "zh" ? "" : " ";
    node.hidden = !row;
    if (!row) return;
    open.hidden = note.hidden = model.running;
    const sentences = (row.findings || []).map((f) => say(`sweep_row_${f.case}`, f.params));
    const layout = `${model.n} = ${layoutText(model.n, c.length)}`;
    const rest = [...(c.length < model.n && c.label !== "whole" ? [`${layout}${lang === "zh" ? "。" : "."}`] : []),
      ...sentences.slice(1)];
    replaceChildren(text, sentences.length ? h("b", {}, sentences[0]) : "", sentences.length && rest.length ? glue : "",
      rest.join(glue));
    const breaks = (row.findings || []).find((f) => f.case === "tail_breaks"), frames = breaks?.params.trim;
    // Of a sweep from a file there is no clip here that could be trimmed.
    trim.hidden = !frames || Boolean(app.value.opened_from);
    if (frames) {
      trim.dataset.frames = frames;
      trim.textContent = say("sweep_trim", {frames, layout: layoutText(frames, c.length)});
    }
    open.textContent = c.label === model.reference ? say("sweep_open_one", {size: c.label})
      : say("sweep_open", {size: c.label, reference: model.reference});
    open.disabled = !app.clip();
    note.textContent = app.clip() ? "" : say(app.value.opened_from ? "sweep_no_clip" : "whose_gone");
  }

  return {node, draw};
}

export function sweepFoot(app) {
  const {say, value, model} = app, whole = model.of("whole"), where = model.device === "cuda" ? "GPU" : "CPU";
  const files = Object.entries(value.urls || {})
    .map(([name, file]) => h("a", {href: file.url, download: name, class: "vd-download"},
      name === "sweep.html" ? say("download_html") : name));
  const lines = value.calls
    ? [codeLine(say("line_shell"), value.calls.cli, say),
      value.calls.client ? codeLine(say("line_python"),
        value.calls.client.replace("{home}", location.origin + location.pathname), say) : null]
        : [];
  return h("footer", {class: "vd-foot"},
    h("p", {class: "vd-sw-foot-note"}, say("sweep_note", {device: where, stride: model.rule.stride}),
      whole ? ` ${say("sweep_whole", {length: whole.length})}` : ""),
    h("div", {class: "vd-downloads"}, files,
      h("button", {type: "button", class: "vd-download vd-open-result", title: say("sweep_open_help"),
        onclick: () => choose("sweep")}, say("open_result"))),
    runsView({tab: "sweep", current: value.run, title: (settings) => titleOf(say, settings)}),
    lines.length ? h("div", {class: "vd-lines"}, lines) : null);
}
