// What a visitor can take along: a link to a sample, files, the line that repeats it; and the keys.
import {codeLine, copied} from "../shared/code_line.js";
import {h} from "../shared/dom.js";
import {runsView} from "../shared/history.js";

const FILES = {"inspection.csv": "download_csv", "inspection.json": "download_json",
  "inspection.html": "download_html"};

export function inspectFoot(app, home) {
  const {say, value} = app;
  const link = h("button", {type: "button", class: "vd-download vd-link", disabled: !value.sample,
    title: say(value.sample ? "inspect_link_help" : "inspect_link_none")}, say("copy_link"));
  link.addEventListener("click", () => {
    const url = new URL(home || location.origin + location.pathname);
    for (const [name, each] of Object.entries({tab: "inspect", sample: value.sample, lang: app.lang}))
      url.searchParams.set(name, each);
    copied(link, url.href, say);
  });
  const files = Object.entries(FILES).filter(([name]) => value.urls[name])
    .map(([name, word]) => h("a", {href: value.urls[name].url, download: name, class: "vd-download"}, say(word)));
  const key = (...names) => h("span", {}, names.map((name) => h("kbd", {}, name)));
  return h("footer", {class: "vd-foot"},
    h("p", {class: "vd-keys"}, key(say("key_space")), h("span", {}, say("key_play")), key("←", "→"),
      h("span", {}, say("key_frame")), key("⇧", "←", "→"), h("span", {}, say("inspect_key_event")), key("[", "]"),
      h("span", {}, say("inspect_key_fold")), key("F"), h("span", {}, say("inspect_key_view"))),
    h("div", {class: "vd-downloads"}, link, files, codeLine(say("line_shell"), value.calls.cli, say)),
    value.sample ? null : h("p", {class: "vd-foot-note"}, say("inspect_link_none")),
    runsView({tab: "inspect", current: value.run, title: ({clip}) => clip}));
}
