// The top of Explore: what is looked at, in one sentence, why that size, and the story one click away.
import {makeSay} from "../../words/say.js";
import {h, replaceChildren} from "../shared/dom.js";
import {glossary} from "../shared/glossary.js";
import {bus} from "./bus.js";

export function startIntro({element, words, issue, value}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const {say, told} = makeSay(words, lang), {explained} = glossary(say, lang);
  const gap = lang === "zh" ? "" : " ";
  let open = false;

  function storyOf([was, ...rest]) {
    const link = h("a", {href: issue, target: "_blank", rel: "noopener noreferrer"}, say("story_link"));
    const text = h("div", {class: "vd-story", id: "vd-story"}, h("p", {}, told(was), gap, link, say("list_stop")),
      rest.map((each) => h("p", {}, told(each))));
    const button = h("button", {type: "button", "aria-controls": "vd-story"}, say("story_title"));
    const show = () => {
      text.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
    };
    button.addEventListener("click", () => { open = !open; show(); });
    show();
    return {button, text};
  }

  function draw(intro) {
    const met = new Set(), [question, ...answer] = intro.why, story = storyOf(intro.story);
    const learn = h("a", {href: "?tab=learn", onclick: (event) => {
      if (window.vdShowTab?.("learn")) event.preventDefault();
    }}, say("intro_learn"));
    replaceChildren(root,
      h("h1", {}, explained(say("intro_title"), met)),
      h("p", {class: "vd-lead"}, explained(intro.lead.map(told).join(gap), met), " ", story.button),
      question ? h("p", {class: "vd-because"}, h("b", {}, told(question)), " ",
        answer.map((each, i) => h("span", {class: i ? "vd-wide" : null}, explained(told(each), met), gap)),
        learn) : null,
      story.text);
  }

  draw(value());
  bus.on("intro", root, draw);
}
