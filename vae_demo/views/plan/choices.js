// What to do with a count: trim, pad, go on, and the nearest counts by what reads them. The advised one has the rule.
import {h} from "../shared/dom.js";
import {knownCounts} from "../shared/families.js";
import {shortNumber, unbroken} from "../shared/family_words.js";
import {cutText} from "../shared/format.js";
import {chunkLengths} from "../shared/frames.js";

export function planChoices({say, lang, words, setting, answer, fps, open}) {
  const {frames, counts, below, above} = answer, {rule, chunk: size} = setting;
  const padded = rule && rule.first === "fill" && setting.stride > 1;
  const seconds = (n) => say("plan_seconds_of", {seconds: (n / fps).toFixed(2)});
  const fact = (name, ...values) => h("div", {class: "vd-fact"}, h("dt", {}, name), h("dd", {}, values));
  const latentsAt = (n) => knownCounts(n, setting).counts.latents;
  const layout = (n) => (size && n > size ? say("plan_layout_is", {n, layout: cutText(chunkLengths(n, size))}) : "");
  const sentences = (...parts) => unbroken(parts.filter(Boolean).join(lang === "zh" ? "" : " "));

  function facts(latents, got) {
    return h("dl", {class: "vd-facts"},
      fact(say("plan_fig_latents"), h("span", {}, latents === null ? "–" : `${latents}`)),
      fact(say("plan_you_get"), h("b", {}, got === null ? "–" : `${got}`), ` ${say("plan_of", {frames})}`),
      fact(say("plan_at_fps", {fps: shortNumber(fps)}), h("span", {}, got === null ? "–" : seconds(got))));
  }
  const card = (name, title, text, advised, ...rest) =>
    h("section", {class: `vd-choice${advised ? " vd-advised" : ""}`, "data-choice": name}, h("h4", {}, title),
      h("p", {}, text), ...rest);

  // With chunks that never open alone, another count does not help, only another chunk size.
  const hopeless = answer.case === "size", fits = ["fits", "per_latent"].includes(answer.case);
  const trims = below !== null && !hopeless, pads = above !== null && !hopeless;
  const more = pads && counts.latents !== null ? latentsAt(above) - counts.latents : null;
  const trim = trims
    ? card("trim", say("plan_trim", {to: below}),
      sentences(say("plan_trim_says", {n: frames - below, seconds: ((frames - below) / fps).toFixed(2)}),
        layout(below)), !fits && !pads, facts(latentsAt(below), below))
    : card("trim", say("plan_trim_none"), hopeless ? say("plan_size_never", {size}) : say("plan_trim_never", {frames}),
      false);
  const pad = pads
    ? card("pad", say("plan_pad", {to: above}),
      sentences(say("plan_pad_says", {n: above - frames}), layout(above),
        more === null || more < 0 ? "" : say("plan_pad_cost", {n: more})), !fits, facts(latentsAt(above), frames))
    : card("pad", say("plan_pad_none"), hopeless ? say("plan_size_never", {size}) : say("plan_pad_never", {frames}),
      false);
  const see = open ? h("button", {type: "button", class: "vd-plan-link", title: say("plan_see_help"), onclick: open},
    say("plan_see")) : null;
  const go = card("go", say("plan_go", {to: frames}), [words.goOn(answer, setting), see ? [" ", see] : null], fits,
    facts(counts.latents, counts.back));

  const pair = (low, high) =>
    [h("span", {}, low === null || low < 1 ? "–" : `${low}`), h("span", {}, high === null ? "–" : `${high}`)];
  const rows = [];
  if (hopeless) {
    const low = size - ((size - 1) % setting.stride);
    rows.push(fact(say("plan_near_sizes"), ...pair(low, low + setting.stride)));
  } else rows.push(fact(say(padded ? "plan_near_clean" : "plan_near_back"), ...pair(below, above)));
  if (size)
    rows.push(fact(say("plan_near_whole", {size}),
      ...pair(Math.floor((frames - 1) / size) * size, (Math.floor(frames / size) + 1) * size)));
  const fixed = setting.family.pipeline_counts || [];
  if (fixed.length)
    rows.push(fact(say("plan_near_pipeline"),
      ...pair(fixed.filter((n) => n < frames).pop() ?? null, fixed.find((n) => n > frames) ?? null)));
  const note = setting.family.pipeline && !fixed.length ? say(`vae_pipeline_${setting.family.pipeline}`)
    : say("plan_nearest_says");
  const near = card("near", say("plan_nearest"), note, hopeless, h("dl", {class: "vd-facts vd-near"}, rows));
  return h("div", {class: "vd-choices"}, trim, pad, go, near);
}
