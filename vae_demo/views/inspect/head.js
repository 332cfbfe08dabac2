// What was found, in words: two lines, what there is to add, and what all of it is about.
import {clipName, h, helped} from "../shared/dom.js";
import {known, pText, sizeText} from "../shared/format.js";

// Of what was done to a file, what bears on its periods.
const SAID = ["limit", "variable_rate", "truncated", "empty_frames"];

export function inspectHead(app) {
  const {say, model, value, words} = app, {data} = model, video = data.video;
  const note = (n) => (`note_${n.case}` in words ? say(`note_${n.case}`, n.params) : n.text);
  const [lines, lede, blamed] = app.told(data.headline);
  const cut = (video.notes || []).filter((n) => SAID.includes(n.case)).map(note);
  const rest = [...(model.sure && !model.second ? sizes(app) : lede), ...added(app), ...cut];
  const link = h("button", {type: "button", class: "vd-in-link", onclick: () => app.toNext()}, say("inspect_next"));
  const about = value.settings.video === "made" ? say("inspect_made")
    : value.sample ? say(`inspect_about_${value.sample}`) : "";
  return h("header", {class: "vd-head"},
    h("div", {}, h("h2", {}, lines.map((line) => h("span", {}, line))),
      h("p", {class: "vd-lede"}, blamed.flatMap((each) => [h("b", {}, each), app.glue]),
        rest.join(app.glue), app.glue, link)),
    h("p", {class: "vd-provenance"}, say(model.pair ? "inspect_of_pair" : "inspect_of_file"), h("br"),
      clipName(video.name, video.name), "\u00a0· ",
      [say("n_frames", {n: model.n}), `${Number(model.fps.toFixed(2))} fps`, sizeText(video.width, video.height)]
        .join(" · "), h("br"), model.last >= model.first ? say("inspect_tried", {first: model.first, last: model.last})
        : null, about ? [h("br"), about] : null,
      video.notes?.length ? [h("br"), helped(say("clip_notes", {n: video.notes.length}),
        video.notes.map(note).join(" "))] : null));
}

// Findings as sentences: the lines of the headline, and what goes below it.
export function tellsHeadline(say, glue) {
  const said = ({case: name, params}) => say(`inspect_${name}`, Object.fromEntries(Object.entries(params)
    .map(([key, value]) => [key, Array.isArray(value) ? value.map(said).join(say("list_comma")) : value])));
  return (headline) => {
    const groups = [];
    for (const finding of headline) {
      if (/^(found|pair)_/.test(finding.case) || !groups.length) groups.push([finding]);
      else groups[groups.length - 1].push(finding);
    }
    const isTimes = ({case: name}) => name === "times", isBlamed = ({case: name}) => name.startsWith("blamed_");
    const others = headline.filter((each) => !isTimes(each) && !groups.some(([first]) => first === each));
    const rest = others.filter((each) => !isBlamed(each)).map(said), blamed = others.filter(isBlamed).map(said);
    if (!headline.some(isTimes))
      // A single finding may be long: each of its sentences is a line.
      return [said(headline[0]).split(/(?<=\.)\s+(?=[A-Z])|(?<=。)/).filter(Boolean), rest, blamed];
    const lines = groups.map((group) => [said(group[0]), ...group.filter(isTimes).map(said)]);
    return [groups.length > 1 ? lines.map((each) => each.join(glue)) : lines[0], rest, blamed];
  };
}

// How large the event is in every signal that has it; what the eye sees first.
function sizes({say, model}) {
  const {main, signal} = model, names = model.signals.filter((name) => model.has(main, name));
  return names.sort((a, b) => (b === signal) - (a === signal)).map((name) => {
    const {deviation, size} = main.signals[name], number = name === "detail" ? Math.abs(size * 100).toFixed(0)
      : ["step", "added"].includes(name) ? size.toFixed(1) : Math.abs(size).toFixed(1);
    return say(`inspect_size_${name}_${deviation > 0 ? "up" : "down"}`, {size: number});
  });
}

// How a pair fits, and what does not explain what was found.
function added(app) {
  const {say, model} = app, {data, main} = model, found = [];
  if (!model.sure) return found;
  if (data.reference)
    found.push(data.shift ? say(`inspect_shift_${data.shift > 0 ? "late" : "early"}`, {n: Math.abs(data.shift)})
      : say("inspect_no_shift"));
  if (data.seam) found.push(say("inspect_seam_says", {score: data.seam.score.toFixed(1), p: pText(data.seam.p)}));
  if (!model.explained && main.causes.every((cause) => cause.params.coincides === "none"))
    found.push(say("inspect_unexplained", {period: main.period}));
  return found.filter(known);
}
