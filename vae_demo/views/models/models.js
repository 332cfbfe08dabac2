// The Models tab: cards of what runs here, then every family that is known, one line per way to run it.
import {makeSay} from "../../words/say.js";
import {h, helped, replaceChildren} from "../shared/dom.js";
import {settingsOf} from "../shared/families.js";
import {planWords} from "../shared/family_words.js";
import {sourceLink} from "../shared/source_link.js";

export function startModels({element, words: table, families, value, watch}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const {say} = makeSay(table, lang), words = planWords(say), settings = settingsOf(families);
  const fact = (name, text, help) =>
    h("div", {class: "vd-fact"}, h("dt", {}, help ? helped(say(name), say(help)) : say(name)), h("dd", {}, text));
  const link = (url, text) =>
    (/^https:/.test(url) ? h("a", {href: url, target: "_blank", rel: "noopener", class: "vd-plan-source"}, text)
      : text);
  const open = (settings) => () => window.vdOpenInExplore && window.vdOpenInExplore(settings);

  function card(model) {
    const [short, long] = model.trained || [];
    const size = (bytes) => say("models_megabytes", {n: (bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)});
    return h("section", {class: "vd-choice vd-model", "data-model": model.name},
      h("header", {}, h("h4", {class: "vd-mono"}, model.name),
        h("span", {class: `vd-state vd-state-${model.state}`}, say(`models_state_${model.state}`))),
      h("div", {}, h("p", {class: "vd-model-title"}, model.title[lang]),
        h("p", {}, model.training[lang], lang === "zh" ? "" : " ", model.limits[lang])),
      h("dl", {class: "vd-facts"}, fact("models_fact_rule", say(`models_rule_${model.rule}`, {stride: model.stride})),
        fact("models_fact_size", `${model.size}`),
        short ? fact("models_fact_trained", short === long ? `${long}` : `${short}–${long}`) : null,
        fact("models_fact_factors", `${model.stride} × ${model.spatial}²`, "models_help_factors"),
        fact("models_fact_channels", `${model.channels}`, "models_help_channels"),
        fact("models_fact_parameters",
          model.parameters ? say("models_millions",
            {n: (model.parameters / 1e6).toFixed(model.parameters < 1e7 ? 2 : 0)}) : say("models_not_known")),
        fact("models_fact_bytes", !model.bytes ? say("models_not_known")
          : model.most ? say("models_at_most", {size: size(model.bytes)}) : size(model.bytes)),
        model.memory ? fact("models_fact_memory", say("models_gigabytes", {n: (model.memory / 1e9).toFixed(1)}),
          "models_help_memory") : null,
        fact("models_fact_licence", model.licence),
        fact("models_fact_source", link(model.source, model.source.replace(/^https:\/\/[^/]+\//, "")))),
      h("p", {class: "vd-model-foot"}, model.offered
        ? h("button", {type: "button", class: "vd-download", onclick: open({model: model.name})}, say("models_open"))
        : [say("models_closed"), h("code", {}, `python -m vae_demo compare CLIP --model ${model.name} --out DIR`)]));
  }

  // A family whose chunk size is free has one line for all sizes.
  const kept = settings.filter((setting) =>
    !setting.family.any_chunk || setting === settings.find((one) => one.family === setting.family)
      || setting.key === "whole");
  const mode = (setting) =>
    (setting.family.any_chunk && setting.key !== "whole" ? say("models_any_chunk") : words.modeName(setting));

  function licence(family) {
    const note = family.licence_note ? say(`vae_licence_${family.licence_note}`) : "";
    return family.licence ? [h("b", {}, family.licence), note ? ` ${note}` : null] : note;
  }

  // On a phone a family shows what it takes, and the rest on a tap; elsewhere everything is in view.
  const phone = matchMedia("(max-width: 700px)");
  const unfold = ({currentTarget: button}) =>
    button.setAttribute("aria-expanded", String(!button.closest("tbody").classList.toggle("vd-closed")));
  const fold = (family) => {
    const name = h("b", {}, family.name), attributes = {type: "button", class: "vd-fold", "aria-expanded": "false"};
    return phone.matches ? h("button", {...attributes, onclick: unfold}, name) : name;
  };

  function rows(family) {
    const own = kept.filter((setting) => setting.family === family);
    const cell = (name, content, attributes = {}) =>
      h("td", {class: `vd-c-${name}`, "data-label": say(`models_col_${name}`), ...attributes}, content);
    return own.map((setting, index) => {
      const span = {rowspan: own.length}, first = index === 0;
      return h("tr", {class: `${index < own.length - 1 ? "vd-goes-on" : ""}${first ? "" : " vd-more"}`,
        "data-name": setting.name}, first ? cell("family", fold(family), span) : null,
        cell("takes", [mode(setting) ? h("span", {class: "vd-mode"}, mode(setting)) : null, words.takes(setting), " ",
          h("button", {type: "button", class: "vd-plan-link",
            onclick: () => window.vdOpenInPlan && window.vdOpenInPlan({family: family.key, setting: setting.key})},
          say("models_plan"))]),
        cell("factors", `${setting.stride} × ${setting.spatial}², ${setting.channels}`),
        cell("wrong", words.wrong(setting)), cell("cut", say(`vae_cut_${setting.cut}`)),
        cell("exact", say(`vae_exact_${setting.exact}`)),
        first ? cell("licence", licence(family), span) : null, first ? cell("source", sourceLink(family), span) : null);
    });
  }

  function draw() {
    const models = (value() || {models: []}).models;
    const columns = ["family", "takes", "factors", "wrong", "cut", "exact", "licence", "source"];
    replaceChildren(root,
      h("header", {class: "vd-head"},
        h("div", {}, h("h2", {}, say("models_head")),
          h("p", {class: "vd-lede"}, say("models_lede", {n: models.length, families: families.length})))),
      h("h3", {class: "vd-models-title"}, say("models_run")),
      h("div", {class: "vd-choices vd-model-cards"}, models.map(card)),
      h("section", {class: "vd-plan-table vd-models-table"},
        h("header", {}, h("h3", {}, say("models_known")), h("p", {}, say("models_known_says"))),
        h("div", {class: "vd-scroll"},
          h("table", {}, h("thead", {},
            h("tr", {}, columns.map((name) =>
              h("th", {scope: "col", class: `vd-c-${name}`},
                name === "exact" ? helped(say("models_col_exact"), say("models_help_exact"))
                  : say(`models_col_${name}`))))),
          families.map((family) => h("tbody", {class: phone.matches ? "vd-closed" : ""}, rows(family))))),
        h("p", {class: "vd-plan-note"}, say("models_note"))));
  }
  phone.addEventListener("change", draw);
  watch("value", draw);
  draw();
}
