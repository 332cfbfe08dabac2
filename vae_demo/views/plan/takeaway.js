// What a visitor of the Plan tab can take along: a line in the clipboard, a table as CSV.
import {h} from "../shared/dom.js";
import {answerFor} from "../shared/families.js";

const PLAN_CSV_LAST = 204;

// address(): the settings as a link names them.
export function planFoot({say, lang, state, frames, address}) {
  const {setting} = state, size = setting.key, model = size === "default" ? state.family.key : setting.name;
  const asked = state.family.any_chunk ? `--encode ${size} --decode ${size}` : `--model ${model}`;
  const line = `python -m vae_demo plan --frames ${frames} ${asked} --json`;
  const link = () => {
    const url = new URL(location.origin + location.pathname);
    for (const [name, value] of Object.entries({tab: "plan", ...address(), lang})) url.searchParams.set(name, value);
    return url.href;
  };
  return h("footer", {class: "vd-downloads vd-plan-foot"}, copyButton(link, say("plan_copy_link"), "vd-download", say),
    h("button", {type: "button", class: "vd-download", onclick: () => saveCsv(setting)},
      say("plan_csv", {last: PLAN_CSV_LAST})),
    h("div", {class: "vd-cli"}, h("code", {title: line}, line),
      copyButton(() => line, say("plan_copy"), "vd-copy", say)));
}

// text: what it copies, asked for when it is pressed.
function copyButton(text, words, name, say) {
  const button = h("button", {type: "button", class: name}, words);
  const done = () => {
    button.textContent = say("plan_copied");
    setTimeout(() => { button.textContent = words; }, 1500);
  };
  button.addEventListener("click", () => navigator.clipboard?.writeText(text()).then(done, () => {}));
  return button;
}

// What this setting makes of every length, one line each.
function saveCsv(setting) {
  const lines = Array.from({length: PLAN_CSV_LAST}, (_, i) => answerFor(i + 1, setting))
    .map(({frames, counts, case: name, known}) =>
      [frames, counts.latents ?? "", counts.back ?? "", counts.black, name, known].join(","));
  const url = URL.createObjectURL(
    new Blob([["frames,latents,frames_out,black,case,known", ...lines, ""].join("\n")], {type: "text/csv"}));
  h("a", {href: url, download: `${setting.name.replace("/", "-")}.csv`}).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
