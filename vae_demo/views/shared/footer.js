// Under every tab: source, licence, how to cite, version.
import {makeSay} from "../../words/say.js";
import {codeLine} from "./code_line.js";
import {h, replaceChildren} from "./dom.js";

export function startFooter({element, words, version, citation, source, readme, licence, file}) {
  const root = element.querySelector(".vd-root"), {say} = makeSay(words, window.vdLang === "zh" ? "zh" : "en");
  const link = (href, text) => h("a", {href, target: "_blank", rel: "noopener noreferrer"}, text);
  const cite = h("div", {class: "vd-cite", id: "vd-cite", hidden: true}, codeLine(say("footer_cite"), citation, say),
    link(file, "CITATION.cff"));
  const button = h("button", {type: "button", "aria-expanded": "false", "aria-controls": "vd-cite", onclick: () => {
    cite.hidden = !cite.hidden;
    button.setAttribute("aria-expanded", String(!cite.hidden));
  }}, say("footer_cite"));
  root.setAttribute("aria-label", say("footer_label"));
  replaceChildren(root, h("p", {}, h("b", {}, "1+4k Lab"), h("span", {}, say("footer_version", {version})),
    source ? link(source, say("footer_source")) : link(readme, say("footer_readme")),
    link(licence, say("footer_licence")), button), cite);
}
