// What stands around the axis: headline above, verdicts for narrow screens, downloads and keys below.
import {h, helped} from "../shared/dom.js";
import {db, sizeText} from "../shared/format.js";
import {swatch} from "../shared/lines.js";

export function headView(app, headline, note, value) {
  const {model, say, lang} = app;
  const list = (labels) =>
    labels.length < 2 ? labels.join("")
      : labels.slice(0, -1).join(say("list_comma")) + say("list_or") + labels[labels.length - 1];
  const sizes = [...new Set(
    model.variants.filter((v) => v.encode === v.decode && v.encode !== "whole").map((v) => v.encode))];
  const other = model.variants.find((v) => v.encode !== v.decode && v.encode !== "whole" && v.decode !== "whole");
  const lede = [say("lede_rule"), sizes.length ? say("lede_columns", {sizes: list(sizes)}) : "",
    other ? say("lede_clash", {label: other.label, encode: other.encode, decode: other.decode}) : ""];
  const notes = model.clip.notes.map(note), clip = model.clip;
  const n_done = model.variants.filter((v) => !v.pending).length;
  const made = value.saved ? say("saved_result") : value.whole === false
    ? say("measured_so_far", {n: n_done, m: model.variants.length}) : `${model.device}, ${model.dtype}`;
  const why = h("a", {class: "vd-why", href: "?tab=learn", onclick: (event) => {
    if (window.vdShowTab("learn")) event.preventDefault();
  }}, say("lede_why"));
  // The header may know its tabs only after this.
  const offer = () => { why.hidden = !window.vdTabs?.includes("learn"); };
  offer();
  addEventListener("vd-tabs", offer, {once: true});
  return h("header", {class: "vd-head"},
    h("div", {}, model.findings.map((f) => h("h2", {}, headline(f))),
      h("p", {class: "vd-lede"}, lede.filter(Boolean).join(lang === "zh" ? "" : " "), " ", why)),
    h("p", {class: "vd-provenance"}, say("measured_with", {model: model.model}), h("br"),
      [app.title, say("n_frames", {n: clip.n_frames}), sizeText(clip.width, clip.height), made].join(" · "),
      notes.length ? [h("br"), helped(say("clip_notes", {n: notes.length}), notes.join(" "))] : null));
}

export function phoneVerdicts(app) {
  const {model, verdict, say} = app;
  return h("ul", {class: "vd-phone-verdicts"},
    model.variants.map((v) => h("li", {style: `--line: ${v.line.colour}`, onclick: () => app.select(v.label)},
    swatch(v.line),
    h("div", {}, h("b", {class: "vd-mono"}, v.label),
      h("span", {}, say(v.clash ? "kind_clash" : v.encode === v.decode ? "kind_round_trip" : "kind_mixed"))),
    h("div", {}, h("p", {}, v.verdict ? verdict(v.verdict) : ""),
      h("p", {class: "vd-mono"}, `${v.frames_in}→`, h("b", {}, `${v.frames_out}`), " PSNR ",
        h("b", {}, db(v.means.psnr)), `/${db(v.means.psnr_worst)}`,
      v.seam ? [` ${say("facts_seam_short")} `, h("b", {}, `${v.seam.score.toFixed(2)}×`)] : null)))));
}
