// What a visitor can take along: a link, files, the lines that repeat the run; and the words of this page.
import {codeLine, copied} from "../shared/code_line.js";
import {h} from "../shared/dom.js";
import {db} from "../shared/format.js";
import {glossary} from "../shared/glossary.js";
import {bus} from "./bus.js";
import {csvOf} from "./csv.js";
import {shareLink} from "./opening.js";

export function footView(app, home, value) {
  const {model, say} = app;
  const ready = Object.entries(model.media.downloads || {}).filter(([, file]) => app.url(file));
  const files = ready.map(([kind, file]) =>
    h("a", {href: app.url(file), download: file, class: "vd-download"}, say(`download_${kind}`)));
  if (value.saved && !ready.some(([kind]) => kind === "csv")) files.unshift(tableButton(app));
  const shared = value.settings && !value.settings.upload;
  const link = h("button",
    {type: "button", class: "vd-download vd-link", disabled: !shared,
      title: shared ? say("link_help") : say("link_upload")}, say("copy_link"));
  link.addEventListener("click",
    () => copied(link, shareLink(home, value.settings,
      {frame: app.state.frame, selected: app.state.selected, lang: app.lang}), say));
  const key = (...names) => h("span", {}, names.map((n) => h("kbd", {}, n)));
  const keys = [[["space"], "key_play"], [["←", "→"], "key_frame"], [["⇧", "←", "→"], "key_border"],
    [["W"], "key_worst"], [["B"], "key_blink"]];
  const address = home || location.origin + location.pathname;
  return h("footer", {class: "vd-foot"},
    h("p", {class: "vd-keys"},
      keys.map(([names, word]) =>
        [key(...names.map((n) => (n === "space" ? say("key_space") : n))), h("span", {}, say(word))])),
    glossary(say, app.lang).row(),
    h("div", {class: "vd-downloads"}, link, files, value.saved ? runForMore(say) : null,
      model.variants.some((v) => !v.pending)
        ? h("button", {type: "button", class: "vd-download", onclick: () => app.savePicture()}, say("download_png"))
        : null,
      shared ? null : h("span", {class: "vd-foot-note"}, say("link_upload"))),
    value.calls ? h("div", {class: "vd-lines"}, codeLine(say("line_shell"), value.calls.cli, say),
      codeLine(say("line_python"), value.calls.client.replace("{home}", address), say)) : null);
}

function tableButton({model, say, scores}) {
  const table = () => new Blob([csvOf(model, Object.keys(scores))], {type: "text/csv"});
  return h("button", {type: "button", class: "vd-download", onclick: () => save(table(), "frames.csv")},
    say("download_csv"));
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

// Source and selected variant at their worst frame, side by side, as a PNG.
export async function worstPicture(app, playback, snapshot, canvas) {
  const {model, say, state} = app, v = model.of(state.selected), frame = v.worst_frame;
  if (frame === null || !(await playback.show(frame))) return;
  const [width, height] = model.media.tile, bar = 28, gap = 8;
  canvas.width = width * 2 + gap;
  canvas.height = height + bar;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const halves = [["source", say("source"), `f${frame}`],
    [v.label, v.label, `f${v.slots[frame] ?? ""} ${db(v.psnr[frame])} dB`]];
  halves.forEach(([key, name, says], i) => {
    const panel = model.panel(key, "frames"), x = i * (width + gap);
    if (frame < panel.n_frames)
      context.drawImage(snapshot(panel.file), panel.x, panel.y, width, height, x, 0, width, height);
    context.fillStyle = "#15181C";
    context.font = '13px "IBM Plex Mono", monospace';
    context.fillText(`${name}  ${says}`, x + 2, height + 19);
  });
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  save(blob, `worst-${v.spelling.replaceAll(":", "-")}-f${frame}.png`);
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
