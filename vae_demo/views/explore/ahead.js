// Settings that nobody has run yet, where there is no result to stand below them: the first frame of their clip, an
// empty column for every variant, and what they come to in frames and latents.
import {axisOf} from "../shared/axis.js";
import {h, helped, replaceChildren} from "../shared/dom.js";
import {clips, titleOf} from "../shared/forms.js";
import {sizeText} from "../shared/format.js";
import {swatch} from "../shared/lines.js";
import {plannedModel} from "../shared/model.js";
import {columnsClass, fact, kindOf} from "./facts.js";
import {rulerView} from "./ruler.js";

// drawn: called when the picture is there, or cannot be had.
export function aheadView(app, drawn) {
  const {say} = app, node = h("div", {class: "vd-not-run"}), canvas = h("canvas", {width: 256, height: 256,
    role: "img", "aria-label": say("source")});
  const picture = h("div", {class: "vd-picture vd-layer-frames", "data-picture": "source"}, canvas);
  let asked = "";

  // The frame that a run of these settings would begin with.
  async function fetchFrame({clip, start, size}, id) {
    const wanted = JSON.stringify([clip, id, start, size]);
    if (wanted === asked) return;
    asked = wanted;
    try {
      const answer = await window.vdAsk("still", {clip, frame: start, size});
      const image = answer.ok ? await createImageBitmap(await answer.blob()) : null;
      if (wanted !== asked) return;
      canvas.width = image ? image.width : 256;
      canvas.height = image ? image.height : 256;
      if (image) canvas.getContext("2d").drawImage(image, 0, 0);
      for (const each of node.querySelectorAll(".vd-picture"))
        each.style.aspectRatio = `${canvas.width} / ${canvas.height}`;
    } catch (e) { /* without its picture the plan is as true */ }
    drawn();
  }

  function source(model, {settings}) {
    const facts = clips.of(settings.clip), title = titleOf(say, {clip: settings.clip, upload: facts?.id});
    return h("section", {class: "vd-column vd-source vd-phone", "aria-label": say("source")},
      h("header", {}, h("h3", {}, say("source"))), h("p", {class: "vd-verdict vd-plain"}, say("source_says")),
      h("dl", {class: "vd-facts"}, fact(say("facts_clip"), h("span", {title}, title)),
        fact(say("facts_size"), facts ? `${facts.n_frames ?? "?"} × ${sizeText(facts.width, facts.height)}` : "–"),
        fact(helped(say("facts_part"), say("strip_help")),
          `${model.frameName(0)}–${model.frameName(model.n_source - 1)}`)),
      picture, h("p", {class: "vd-caption"}, h("span", {class: "vd-where"}, model.frameName(0))));
  }

  function column(v) {
    return h("section", {class: "vd-column vd-phone", "data-key": v.label, "aria-label": v.label,
      style: `--line: ${v.line.colour}; --on-line: ${v.line.text}`},
      h("header", {}, h("h3", {class: "vd-mono"}, swatch(v.line), h("span", {}, v.label)),
        kindOf(say, v)),
      h("p", {class: "vd-verdict vd-plain"}, say("ahead_press")),
      h("dl", {class: "vd-facts"}, fact(say("facts_in_out"), `${v.frames_in} → ${v.frames_out}`),
        fact(helped(say("facts_pads_lost"), say("help_pads")), `${v.pads_shown}, ${v.lost_frames.length}`),
        fact(say("facts_psnr"), "–")),
      h("div", {class: "vd-picture vd-over", style: `aspect-ratio: ${canvas.width} / ${canvas.height}`},
        h("span", {class: "vd-ended"}, say("panel_pending"))));
  }

  function draw(plan) {
    const width = Math.floor(node.clientWidth);
    if (!plan || width < 40) return;
    const [headline, lede] = plan.error ? ["ahead_refused", "ahead_refused_lede"] : ["ahead_title", "ahead_lede"];
    const title = h("header", {class: "vd-head"}, h("div", {}, h("h2", {}, say(headline)),
      h("p", {class: "vd-lede"}, say(lede))));
    if (plan.error) {
      // Their clip may have no such frame.
      replaceChildren(node, title);
      return drawn();
    }
    fetchFrame(plan.settings, clips.of(plan.settings.clip)?.id);
    const model = plannedModel(plan), ruler = rulerView({...app, model,
      state: {selected: model.variants[0].label}, select() {}, hover() {}});
    ruler.plan(model);
    replaceChildren(node, title, h("div", {class: columnsClass(model.variants.length),
      style: `--n: ${model.variants.length + 1}`}, source(model, plan), model.variants.map(column)),
    h("div", {class: "vd-axis"}, ruler.node));
    ruler.draw(axisOf(width, model.n_frames));
    ruler.cursor(0);
  }

  return {node, draw, on: false};
}
