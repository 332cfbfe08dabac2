// The component: builds the views of one comparison, owns its state, and keeps them all on one frame.
function startExplore({element, words, plotlyUrl, value, watch, trigger}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const {say, headline, verdict} = makeSay(words, lang);
  const note = (n) => (`note_${n.case}` in words ? say(`note_${n.case}`, n.params) : n.text);
  const state = {frame: 0, selected: null, metric: remembered("vd-metric", METRICS, "psnr"), realigned: false, layer: "off", playing: false,
    speed: 1, loop: "none", compare: "side", against: "source", at: {x: 0.5, y: 0.5}, tapeRow: 0};
  const app = {root, lang, say, verdict, state, model: null, plotly: loadPlotly(plotlyUrl)};
  app.announce = (event, data) => trigger && trigger(event, data);
  const running = runningView(say, (error) => error[lang] || error.en), stage = h("div", {class: "vd-stage"});
  const notice = h("p", {class: "vd-notice", role: "alert", hidden: true});
  root.replaceChildren(running.node, notice, stage);
  let views = null, axis = null, files = {}, stamp = null, tapeRowFollowers = [], hover = {forget() {}};

  const main = new TiledVideo((frame) => {
    // While resting, only the wanted frame is shown: no other frame flashes by on the way.
    if (!views || (!state.playing && frame !== state.frame)) return;
    if (!playback.second.url || !state.playing) views.pictures.draw("frames", main.canvas, frame);
    playback.onFrame(frame, app.stop);
  });
  const second = new TiledVideo((frame) => {
    if (views && !state.playing && frame === state.frame) views.pictures.draw(state.layer, second.canvas, frame);
  });
  const playback = new Playback(main, second, limits, arrive);
  installActions(app, {
    playback, main, second, paint: (frame) => paint(frame), redraw, layout: () => layout(true), views: () => views, files: () => files,
    follow: (row) => { const rows = app.model.media.tapes?.rows; for (const fn of tapeRowFollowers) fn(rows ? rows[row] : null); },
    fail: (text) => { notice.hidden = !text; notice.textContent = text || ""; }, stage,
  });
  app.url = (name) => files[name];
  app.series = (v, metric) => seriesOf(v, metric, state.realigned);
  app.onTapeRow = (fn) => tapeRowFollowers.push(fn);
  app.forgetHover = () => hover.forget();

  // Which frames to play: all of them, or the nearest border of the selected variant and what surrounds it.
  function limits() {
    const last = app.model.n_frames - 1, v = app.model.of(state.selected);
    if (state.loop !== "border" || !v.boundaries.length) return {first: 0, last, loop: state.loop === "clip", stop: app.stop};
    const near = v.boundaries.reduce((best, b) => (Math.abs(b - state.around) < Math.abs(best - state.around) ? b : best));
    return {first: Math.max(near - AROUND, 0), last: Math.min(near + AROUND, last), loop: true, stop: app.stop};
  }

  function arrive(frame) {
    state.frame = frame;
    if (second.url) redraw();
    paint(frame);
  }

  function redraw() {
    if (!views || main.frame < 0) return;
    views.pictures.draw("frames", main.canvas, main.frame);
    if (second.url && second.frame >= 0) views.pictures.draw(state.layer, second.canvas, second.frame);
  }

  function paint(frame) {
    for (const view of [views.columns, views.transport, views.ruler, views.chart]) view.cursor(frame);
    views.cursor.style.setProperty("--fw", `${axis.fw}px`);
    views.cursor.style.transform = `translateX(${axis.middle(frame)}px)`;
    views.cursor.firstChild.textContent = `${frame}`;
    views.cursor.setAttribute("aria-valuenow", frame);
  }

  function layout(again) {
    if (!views) return;
    const width = Math.floor(views.block.clientWidth);
    if (width < 40 || (!again && axis && axis.width === width)) return;
    axis = axisOf(width, app.model.n_frames);
    for (const view of [views.ruler, views.chart, views.tapes]) view.draw(axis);
    paint(state.frame);
  }

  function open(next) {
    const model = modelOf(next.comparison), stop = firstStop(model);
    app.model = model;
    files = Object.fromEntries(Object.entries(next.urls).map(([name, file]) => [name, file.url]));
    if (views) views.pictures.stop();
    tapeRowFollowers = [];
    const selected = model.of(next.selected) ? next.selected : stop.selected;
    Object.assign(state, {frame: clamp(next.frame ?? stop.frame, 0, model.n_frames - 1), selected, layer: "off", playing: false, loop: "none", compare: "side", against: "source",
      tapeRow: Math.floor((model.media.tapes?.rows.length || 1) / 2)});
    state.around = state.frame;
    const pictures = picturesView(app);
    views = {pictures, columns: columnsView(app, pictures), transport: transportView(app), ruler: rulerView(app), chart: chartView(app), tapes: tapesView(app)};
    views.cursor = h("div", {class: "vd-cursor", role: "slider", tabindex: "0", "aria-label": say("t_scrub"), "aria-valuemin": 0, "aria-valuemax": model.n_frames - 1}, h("span", {}));
    views.block = h("div", {class: "vd-axis"}, views.ruler.node, views.chart.node, views.tapes.node, views.cursor);
    views.pick = h("select", {class: "vd-pick", "aria-label": say("pick_variant"), onchange: (e) => app.select(e.target.value)}, model.variants.map((v) => h("option", {value: v.label}, v.label)));
    hover = scrubbing(views.block, () => axis, app);
    axis = null;
    stage.dataset.layer = "off";
    stage.dataset.compare = "side";
    replaceChildren(stage, headView(app, headline, note, next), views.pick, views.columns.node, views.transport.node, phoneVerdicts(app), views.block, footView(app));
    views.transport.refresh();
    views.columns.select(state.selected);
    views.pick.value = state.selected;
    app.setTapeRow(state.tapeRow);
    layout();
    second.close();
    main.wanted = state.frame;
    main.open(files[model.panel("source", "frames").file], model.media.fps).catch(() => app.failed());
  }

  function update(next) {
    if (!next) return;
    running.show(next.running || null);
    root.classList.toggle("vd-busy", Boolean(next.running && !next.running.error && !next.running.stopped));
    if (!next.comparison || next.stamp === stamp) return;
    stamp = next.stamp;
    app.stop();
    open(next);
  }

  new ResizeObserver(() => layout()).observe(root);
  new MutationObserver(() => views && axis && views.chart.draw()).observe(document.body, {attributes: true, attributeFilter: ["class"]});
  keys(root, app);
  colourChips();
  watch("value", () => update(value()));
  update(value());
}

function loadPlotly(url) {
  // One copy for the page, from its own server; other Plotly versions on the page are left alone.
  window.vdPlotly ||= new Promise((resolve, reject) => {
    const kept = window.Plotly;
    document.head.append(h("script", {src: url, onload: () => { const ours = window.Plotly; if (kept) window.Plotly = kept; resolve(ours); }, onerror: reject}));
  });
  return window.vdPlotly;
}
