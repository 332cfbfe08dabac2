// After the quiz: the rules once more, and questions to answer in Explore.
import {h} from "../shared/dom.js";

export function furtherView(app, further) {
  const {say} = app;
  const named = ({clip, frames}) => (frames ? say("learn_try_open", {clip, n: frames}) : clip);
  const button = (settings, several) => h("button", {type: "button", class: "vd-link",
    title: say("learn_open_explore_help"), onclick: () => app.explore(settings)},
  several ? named(settings) : say("learn_open_explore"));
  return {
    text: h("ul", {class: "vd-short"}, further.short.map((each) => h("li", {}, app.short(each)))),
    figure: h("ol", {class: "vd-tries"}, further.tries.map(({says, opens}) => h("li", {},
      h("p", {}, app.short(says)),
      app.alone ? null : h("p", {class: "vd-settings"}, opens.map((each) => button(each, opens.length > 1)))))),
  };
}
