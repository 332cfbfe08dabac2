// What stands around the axis: headline above, verdicts for narrow screens, downloads and keys below.
import {clipName, h, helped} from "../shared/dom.js";
import {db, sizeText} from "../shared/format.js";
import {glossary} from "../shared/glossary.js";
import {swatch} from "../shared/lines.js";

export function headView(app, headline, note, value) {
  const {model, say, lang} = app;
  const notes = model.clip.notes.map(note), clip = model.clip;
  const n_done = model.variants.filter((v) => !v.pending).length;
  const made = value.opened_from ? say("opened_from", {name: value.opened_from})
    : value.saved ? say("saved_result") : value.whole === false
    ? say("measured_so_far", {n: n_done, m: model.variants.length}) : `${model.device}, ${model.dtype}`;
  const {explained} = glossary(say, lang), met = new Set();
  return h("header", {class: "vd-head"},
    h("div", {}, model.findings.map((f) => h("h2", {}, explained(headline(f), met)))),
    h("p", {class: "vd-provenance"},
      say(value.opened_from ? "opened_with" : "measured_with", {model: model.model}), h("br"),
      clipName(app.title, clip.name), "\u00a0· ",
      [say("n_frames", {n: clip.n_frames}), sizeText(clip.width, clip.height), made].join(" · "),
      value.left_out?.length ? [h("br"), say("opened_left_out", {names: value.left_out.join(", ")})] : null,
      notes.length ? [h("br"), helped(say("clip_notes", {n: notes.length}), notes.join(" "))] : null));
}

export function phoneVerdicts(app) {
  const {model, verdict, say} = app;
  return h("ul", {class: "vd-phone-verdicts"},
    model.variants.map((v) => h("li", {style: `--line: ${v.line.colour}`, onclick: () => app.select(v.label)},
    swatch(v.line),
    h("div", {}, h("b", {class: "vd-mono"}, v.label),
      h("span", {}, say(`kind_${v.kind}`))),
    h("div", {}, h("p", {}, v.verdict ? verdict(v.verdict) : ""),
      h("p", {class: "vd-mono"}, `${v.frames_in}→`, h("b", {}, `${v.frames_out}`), " PSNR ",
        h("b", {}, db(v.means.psnr)), `/${db(v.means.psnr_worst)}`,
      v.seam ? [` ${say("facts_seam_short")} `, h("b", {}, `${v.seam.score.toFixed(2)}×`)] : null)))));
}

// On a phone one variant is in view: which.
export const variantPick = ({model, say, select}) =>
  h("select", {class: "vd-pick", "aria-label": say("pick_variant"), onchange: (event) => select(event.target.value)},
    model.variants.map((v) => h("option", {value: v.label}, v.label)));
