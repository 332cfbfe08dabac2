// What a visitor can save: the files of a run, the frame and the chart on screen.
import {fileName, save} from "../shared/files.js";
import {sizeText} from "../shared/format.js";
import {menuButton} from "../shared/menu.js";
import {chartBlob, chartFigure} from "./chart_picture.js";
import {csvOf} from "./csv.js";
import {framePicture} from "./frame_picture.js";
import {shadedPicture} from "./shaded_picture.js";

// Adds app.saveFrame, app.saveWorst and app.saveChart. parts: playback, views(), redraw().
export function installSaving(app, {playback, views, redraw, fail}) {
  const {state, say, light} = app;
  const colourOf = (line) => (line ? light[line.colour.slice("var(--vd-".length, -1)] : light.source);
  const named = (labels, more, ending) =>
    fileName(app.title, labels.map((label) => app.model.of(label).spelling), more, ending);
  const labels = () => app.model.variants.map((v) => v.label);

  // The panels on screen of these variants and the source, as data for a picture.
  function panelsOf(shown) {
    const {pictures, columns} = views(), keys = ["source", ...shown];
    const layers = ["frames", ...(state.layer === "off" ? [] : [state.layer])];
    const painterOf = (key, layer) => pictures.painters.find((p) => p.key === key && p.layer === layer);
    return layers.flatMap((layer) => keys.map((key) => painterOf(key, layer))).filter(Boolean)
      .map(({key, layer, canvas, box, left, right, name}) => {
        const {caption, value} = columns.captionOf(key), wiping = box.classList.contains("vd-wiping");
        const own = layer === "frames";
        const said = own ? null
          : {says: box.querySelector(".vd-none").textContent, pad: box.classList.contains("vd-of-pad")};
        return {canvas: own ? canvas : shadedPicture(canvas, app.see.get(), said, light), layer,
          name: own ? name : `${name}  ${say(`layer_${layer}`)} ×${app.see.get().gain}`,
          line: colourOf(app.model.of(key)?.line), caption: own ? caption : "", value: own ? value : "",
          over: box.classList.contains("vd-over"), border: own && box.classList.contains("vd-border"),
          said, wipe: wiping ? [state.at.x] : null, of: wiping ? `${left.textContent} | ${right.textContent}`
            : left.textContent !== name ? left.textContent : ""};
      });
  }

  async function keep(shown, name) {
    redraw();
    const {model} = app, seconds = (state.frame / model.media.fps).toFixed(2), part = app.seenPart();
    const {x, y, width, height, whole} = part, [left, right, top, bottom] = [x, x + width - 1, y, y + height - 1];
    const titles = [[app.title, model.model, say("save_title_frame", {frame: state.frame, seconds})].join(" · ")];
    if (!whole) titles.push(say("save_title_part", {left, right, top, bottom, size: sizeText(...model.media.tile)}));
    const canvas = framePicture(panelsOf(shown), titles, light, part);
    const more = whole ? "" : `_x${left}-${right}_y${top}-${bottom}`;
    save(await new Promise((done) => canvas.toBlob(done, "image/png")),
      named(shown, `${name(state.frame)}${more}`, "png"));
  }

  app.saveFrame = () => {
    app.stop();
    return keep(labels(), (frame) => `f${frame}`);
  };
  // Source and selected variant at the frame that came out worst; the page goes back to where it was.
  app.saveWorst = async () => {
    const {frame} = state, v = app.model.of(state.selected);
    app.seek(v.worst_frame);
    if (v.worst_frame !== null && await playback.show(v.worst_frame))
      await keep([v.label], (worst) => `worst-f${worst}`);
    app.seek(frame);
  };
  app.saveChart = async (kind) => {
    const {model} = app, {metric} = state, {boundaries} = model.of(state.selected), base = model.baseline_2d?.[metric];
    const better = say(app.scores[metric].higher ? "higher_better" : "lower_better").replace(/[.。]$/, "");
    const words = {
      title: `${say(`metric_${metric}`)} · ${app.title}`,
      lines: [model.model, say("n_frames", {n: model.n_source}), `${model.clip.width} × ${model.clip.height}`,
        state.realigned ? say("times_realigned") : "", better,
        boundaries.length ? say("save_borders", {label: state.selected}) : ""].filter(Boolean).join(" · "),
      x: say("playback_frame"), y: say(`metric_${metric}`), beyond: say("chart_beyond")};
    const figure = chartFigure({words, light, borders: boundaries, nSource: model.n_source, nFrames: model.n_frames,
      base: base && {name: say("chart_2d"), y: base, line: {colour: light.source, dash: "3 3"}},
      series: model.variants.map((v) => ({name: v.label, y: app.series(v, metric),
        line: {...v.line, colour: colourOf(v.line)}}))});
    const plotly = await app.plotly.catch(() => fail(say("chart_missing")));
    if (plotly) save(await chartBlob(plotly, figure, kind), named(labels(), metric, kind));
  };
}

// The menu of all of it.
export function saveMenu(app) {
  const {model, say} = app;
  const files = Object.entries(model.media.downloads || {}).filter(([, file]) => app.url(file));
  const table = () => save(new Blob([csvOf(model, Object.keys(app.scores))], {type: "text/csv"}), "frames.csv");
  const measured = model.variants.some((v) => !v.pending), shows = model.media.panels.length > 0;
  const entries = [
    ...files.map(([kind, file]) => ({text: say(`download_${kind}`), href: app.url(file), download: file})),
    ...(measured && !files.some(([kind]) => kind === "csv") ? [{text: say("download_csv"), act: table}] : []),
    files.length || measured ? null : undefined,
    ...(shows ? [{text: say("save_frame"), act: app.saveFrame}] : []),
    ...(shows && measured ? [{text: say("download_png"), act: app.saveWorst}] : []),
    ...(measured ? [{text: say("save_chart_png"), act: () => app.saveChart("png")},
      {text: say("save_chart_svg"), act: () => app.saveChart("svg")}] : []),
  ].filter((entry) => entry !== undefined);
  return menuButton(say("save_menu"), entries, {class: "vd-download vd-save"});
}
