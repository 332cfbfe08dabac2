// The figures beside the steps. Whatever gives the answer away is `vd-later`: its room is there, it is not.
import {h, helped, replaceChildren, svg} from "../shared/dom.js";
import {db, ranges} from "../shared/format.js";
import {lastAtMost} from "../shared/model.js";
import {cutsView} from "./cuts.js";
import {foldFigure} from "./folds.js";
import {leftoversView} from "./leftovers.js";
import {sizesTable} from "./sizes.js";
import {colourOf, firstGroups, learnHatch, sliderView} from "./slider.js";

export function learnFigures(app) {
  const {say, told, short, pictures} = app;
  const {picture, thumb, latent, tape, nameOf} = pictures;
  const lineOf = (key) => (key === "source" ? "var(--vd-source)" : colourOf(key).colour);
  const name = (key, ...below) =>
    h("div", {class: "vd-row-head", style: `--line: ${lineOf(key)}`},
      h("b", {}, h("i", {class: "vd-swatch"}), nameOf(key)), below);
  const head = app.figureHead;

  function compress(step) {
    const figure = step.figure, [model] = app.models();
    let frame = 0;
    const columns = figure.groups.map((count, g) => h("div", {style: `flex: ${count} ${count} 0`},
      h("div", {class: "vd-thumbs"}, Array.from({length: count}, () => thumb(model, frame++))),
      h("p", {class: "vd-brace"}, count), h("div", {class: "vd-later"}, latent(model, g))));
    return [head(told(figure.frames), h("span", {class: "vd-mono"}, told(figure.numbers)), "counted"),
      h("div", {class: "vd-pack"}, columns),
      h("div", {class: "vd-fig-head vd-under-head vd-later"}, h("h4", {}, told(figure.latents)),
        h("p", {class: "vd-mono"}, told(figure.left)))];
  }

  const group = (step) =>
    [sliderView(app, step.figure), firstGroups(app, step.figure), leftoversView(app, step.figure)];

  // A row of pictures of one source; what stands under each says what it shows.
  function pictureRow(run, key, frames, given, caption) {
    const v = key === "source" ? null : app.variant(run, key);
    return h("div", {class: "vd-picture-row"}, name(key), frames.map((frame) => {
      const opens = v && v.boundaries.includes(frame);
      return h("div", {class: `vd-shot${opens ? " vd-starts" : ""} ${given.includes(key) ? "" : "vd-later"}`},
        picture(run.model, key, frame), h("p", {class: "vd-under"}, caption(v, frame, opens)));
    }));
  }

  const value = (v, frame) => (v ? db(v.psnr[frame]) : "");

  // What the pictures show, in words: a phone leaves out the first and the last of them (narrow.css).
  const span = ([key, params]) => [h("span", {class: "vd-wide"}, told([key, params])),
    h("span", {class: "vd-slim"}, told([key, {...params, first: params.first + 1, last: params.last - 1}]))];

  function breaks(step) {
    const figure = step.figure, run = app.run();
    const low = Object.fromEntries(figure.table.map((row) => [row.key, row.low]));
    const caption = (v, frame, opens) => {
      if (!v) return null;
      const place = frame - v.decode_chunks[lastAtMost(v.decode_chunks.map((c) => c.start), frame)].start;
      return [h((low[v.label] || []).includes(place) ? "b" : "span", {}, value(v, frame)),
        opens ? h("em", {class: "vd-red"}, say("learn_chunk_start")) : null];
    };
    return [head(span(figure.title), helped(say("learn_psnr_db"), say("learn_help_psnr")), "measured"),
      h("div", {class: "vd-shots", style: `--shots: ${figure.frames.length}`},
        h("div", {class: "vd-picture-row"}, h("span", {}),
          figure.frames.map((frame) => h("span", {class: "vd-shot vd-mono"}, `f${frame}`))),
        figure.rows.map((key) => pictureRow(run, key, figure.frames, figure.given, caption))), positions(figure),
      figure.sizes.length ? sizesTable(app, figure.sizes) : null, app.more.breaks()];
  }

  function positions(figure) {
    const cell = (row, value, at) =>
      h("td", {class: figure.given.includes(row.key) ? "" : "vd-later"},
        h(row.low.includes(at) ? "b" : "span", {}, value));
    return h("table", {class: "vd-numbers"},
      h("thead", {}, h("tr", {}, h("th", {scope: "col"}, say("learn_table_chunks")),
        figure.table[0].values.map((_, at) => h("th", {scope: "col"}, say("learn_position", {n: at + 1}))),
        h("th", {scope: "col"}, say("learn_chunks")))),
      h("tbody", {}, figure.table.map((row) =>
        h("tr", {}, h("th", {scope: "row"}, name(row.key)), row.values.map((value, at) => cell(row, value, at)),
          h("td", {}, row.chunks)))));
  }

  function clash(step) {
    const figure = step.figure, run = app.run();
    const caption = (v, frame) => {
      const slot = v ? v.slots[frame] : frame;
      return [slot === null ? h("b", {}, say("tag_pad")) : `f${slot}`,
        v && slot !== null && frame > slot ? h("em", {}, say("late", {n: frame - slot})) : null];
    };
    const v = app.variant(run, figure.of), cuts = told(figure.cuts);
    return [head(told(figure.ruler), null, "counted"), rulers(run, figure),
      head(cuts), h("div", {class: "vd-later"}, cutsView(app, v, {says: cuts, colour: lineOf(figure.of)})),
      head(span(figure.title), null, "measured"),
      h("div", {class: "vd-shots", style: `--shots: ${figure.frames.length}`},
        h("div", {class: "vd-picture-row"}, h("span", {}),
          figure.frames.map((frame) => h("span", {class: "vd-shot vd-mono"}, frame))),
        figure.rows.map((key) => pictureRow(run, key, figure.frames, ["source"], caption))),
      app.more.clash((v) => rulers({variants: [v]}, {rulers: [v.label], given: [v.label]}))];
  }

  function rulers(run, figure) {
    const node = h("div", {class: "vd-rulers"}), slots = Math.max(...run.variants.map((v) => v.slots.length));
    app.sized(node, (width) => replaceChildren(node, figure.rulers.map((key) => {
      const v = app.variant(run, key), later = figure.given.includes(key) ? "" : "vd-later";
      const left = width > 500 ? 92 : 0, fw = (width - left - 2) / slots, x = (i) => i * fw;
      const fit = width > 500 ? 48 : 40;
      const parts = [v.slots.map((slot, i) =>
        svg("rect", {class: slot === null ? "vd-pad-cell" : "vd-rest", x: x(i), y: 14,
          width: Math.max(fw - (fw > 3 ? 1 : 0.3), 0.5), height: 11})),
        v.cells.map((c) => svg("rect",
          {class: "vd-latent-cell", x: x(c.start), y: 27, width: Math.max((c.stop - c.start) * fw - 1, 0.5),
            height: 11})),
        v.boundaries.map((b) => svg("line", {class: "vd-border-line", x1: x(b), x2: x(b), y1: 9, y2: 38}))];
      const lost = v.lost_frames.length
        ? svg("text", {class: "vd-fig-lost", x: width - left - 2, y: 8, "text-anchor": "end"},
          say("learn_clash_lost", {lost: ranges(v.lost_frames)})) : null;
      return h("div", {class: "vd-ruler-line", style: `--line: ${lineOf(key)}`},
        name(key, h("span", {class: later}, say("learn_clash_frames", {n: v.frames_out}))),
        h("div", {class: later},
          svg("svg", {width: width - left, height: fit, role: "img",
            "aria-label": `${key}: ${say("learn_clash_frames", {n: v.frames_out})}`}, learnHatch(), parts.flat(2),
          lost)));
    })));
    return node;
  }

  function borders(step) {
    const figure = step.figure, run = app.run(), parts = [];
    if (figure.tapes)
      parts.push(head(short(figure.title), null, "measured"),
        h("div", {class: "vd-l-tapes"},
          figure.tapes.map((key) => tapeRow(run, key, figure.given.includes(key) ? "" : "vd-later"))));
    const rows = figure.others.map(([family, words, source]) =>
      h("tr", {}, h("th", {scope: "row"}, helped(told(family), say("learn_sources", {sources: source}))),
        h("td", {}, told(words))));
    return [...parts, h("table", {class: "vd-others"},
      h("caption", {}, say("learn_borders_others"), " ", app.kind("quoted")),
      h("tbody", {}, rows))];
  }

  function tapeRow(run, key, later) {
    const v = key === "source" ? null : app.variant(run, key), n = run.clip.n_frames;
    const ticks = svg("svg", {viewBox: `0 0 ${n} 1`, preserveAspectRatio: "none", "aria-hidden": "true"},
      (v ? v.boundaries : []).map((b) =>
        svg("line", {class: "vd-border-line", x1: b, x2: b, y1: 0, y2: 1, "vector-effect": "non-scaling-stroke"})));
    return h("div", {class: "vd-tape-row"}, name(key),
      h("div", {class: "vd-tape-box"}, ticks, h("div", {class: later}, tape(run.model, key, n)),
        ticks.cloneNode(true)));
  }

  function mixed(step) {
    const figure = step.figure;
    const row = (model) => {
      const run = app.run(model);
      const shots = (key, frames) => frames.map((frame) => {
        const v = app.variant(run, key), slot = v.slots[frame], opens = key === "16" && v.boundaries.includes(frame);
        return h("div", {class: `vd-shot${opens ? " vd-starts" : ""} ${model === app.models()[0] ? "" : "vd-later"}`},
          picture(model, key, frame),
          h("p", {class: "vd-under"}, slot === null ? h("b", {}, say("tag_pad")) : `f${slot}`,
            key === "16" ? h("em", {}, value(v, frame)) : null));
      });
      return h("div", {class: "vd-picture-row"}, h("b", {class: "vd-mono"}, model), shots("16", figure.round),
        h("i", {}), shots("17→16", figure.clash));
    };
    const columns = ["first", "worst", "seam", "pads", "playback"];
    return [h("div", {class: "vd-shots vd-two", style: `--shots: ${figure.round.length}`},
      h("div", {class: "vd-picture-row"}, h("span", {}),
        h("h4", {}, say("learn_mixed_round"), " ", app.kind("measured")), h("i", {}),
        h("h4", {}, say("learn_mixed_clash"))), app.models().map(row)),
      h("table", {class: "vd-numbers"},
        h("thead", {}, h("tr", {}, h("th", {}),
          columns.map((each) => h("th", {scope: "col"}, each === "playback"
            ? helped(say(`learn_mixed_${each}`), say("learn_help_playback")) : say(`learn_mixed_${each}`))))),
        h("tbody", {}, figure.table.map((row, i) =>
          h("tr", {}, h("th", {scope: "row", class: "vd-mono"}, row.model),
            columns.map((each) => h("td", {class: i ? "vd-later" : ""}, h("span", {}, row[each])))))))];
  }

  const find = ({figure}) => [foldFigure(app, figure.given, figure.start, false),
    h("div", {class: "vd-later"}, foldFigure(app, figure.later, figure.start, true))].flat();

  return {compress, group, breaks, clash, borders, mixed, find};
}
