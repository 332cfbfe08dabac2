// The component: builds the views of one comparison, owns its state, and keeps them all on one frame.
function startExplore(element, words, plotlyUrl, initial, watch) {
  const root = element.querySelector(".vd-root");
  const lang = window.vdLang === "zh" ? "zh" : "en";
  const {say, headline, verdict} = makeSay(words, lang);
  const state = {frame: 0, selected: null, metric: remembered("vd-metric", METRICS, "psnr"), layer: "off", playing: false, speed: 1, loop: false, blink: false, tapeRow: 4};
  const app = {root, say, verdict, state, plotly: loadPlotly(plotlyUrl)};
  const running = runningView(say);
  const stage = h("div", {class: "vd-stage"});
  root.replaceChildren(running.node, stage);
  let views = null, axis = null, files = {}, stamp = null;

  const main = new TiledVideo((frame) => {
    drawFrom("frames", main.canvas, frame);
    if (state.playing) arrive(frame);
  });
  const second = new TiledVideo((frame) => drawFrom(state.layer, second.canvas, frame));

  function drawFrom(layer, canvas, frame) {
    if (!views) return;
    views.columns.drawPictures(layer, canvas, frame);
    if (layer === "frames" && state.blink) views.columns.blink(canvas, frame);
  }

  app.url = (name) => files[name];
  app.seek = (frame) => {
    if (!app.model || frame === null || frame === undefined) return;
    if (state.playing) app.toggle();
    state.frame = clamp(Math.round(frame), 0, app.model.n_frames - 1);
    main.seek(state.frame);
    if (state.layer !== "off") second.seek(state.frame);
    paint();
  };
  app.step = (by) => app.seek(state.frame + by);
  app.select = (label) => {
    if (!app.model || label === state.selected) return;
    state.selected = label;
    for (const view of [views.columns, views.ruler, views.chart, views.tapes]) view.select(label);
    views.pick.value = label;
    shownOnPhone();
  };
  app.toggle = () => {
    state.playing = !state.playing;
    if (state.playing) {
      if (state.frame >= app.model.n_frames - 1) main.seek(0);
      main.play(state.speed);
    } else main.pause();
    views.transport.refresh();
  };
  app.setSpeed = (speed) => { state.speed = speed; if (state.playing) main.play(speed); };
  app.setLoop = (on) => { state.loop = on; state.around = state.frame; views.transport.refresh(); };
  app.setBlink = (on) => { state.blink = on; views.transport.refresh(); drawFrom("frames", main.canvas, main.frame); };
  app.setMetric = (metric) => { state.metric = metric; remember("vd-metric", metric); views.chart.draw(); };
  app.setLayer = (layer) => {
    state.layer = layer;
    stage.dataset.layer = layer;
    const panel = layer === "off" ? null : app.model.media.panels.find((p) => p.layer === layer);
    if (panel) second.open(files[panel.file], app.model.media.fps).then(() => second.seek(state.frame));
    else second.close();
    views.columns.note(layer);
    views.transport.refresh();
  };
  app.border = (direction) => {
    const v = app.model.of(state.selected);
    const stops = [0, ...v.boundaries];
    const next = direction > 0 ? stops.find((b) => b > state.frame) : [...stops].reverse().find((b) => b < state.frame);
    if (next !== undefined) app.seek(next);
  };

  function arrive(frame) {
    const v = app.model.of(state.selected);
    if (state.loop && v) {
      const near = [...v.boundaries].sort((a, b) => Math.abs(a - state.around) - Math.abs(b - state.around))[0] ?? 0;
      const end = Math.min(near + 4, app.model.n_frames - 1);
      if (frame >= end || frame < near - 5) { main.video.currentTime = (Math.max(near - 4, 0) + 0.5) / main.fps; return; }
    } else if (frame >= app.model.n_frames - 1) {
      state.playing = false;
      main.pause();
      views.transport.refresh();
    }
    state.frame = clamp(frame, 0, app.model.n_frames - 1);
    if (state.layer !== "off") second.seek(state.frame);
    paint();
  }

  function paint() {
    views.columns.captions(state.frame);
    views.transport.cursor(state.frame);
    views.ruler.cursor(state.frame);
    views.chart.cursor(state.frame);
    const x = axis.middle(state.frame);
    views.cursor.style.transform = `translateX(${x}px)`;
    views.cursor.firstChild.textContent = `${state.frame}`;
  }

  function layout() {
    if (!views) return;
    const width = Math.floor(views.block.clientWidth);
    if (width < 40) return;
    if (axis && axis.width === width && axis.slots === app.model.n_frames) return;
    axis = axisOf(width, app.model.n_frames);
    app.axis = axis;
    for (const view of [views.ruler, views.chart, views.tapes]) view.draw(axis);
    paint();
  }

  function shownOnPhone() {
    for (const column of views.columns.node.children) column.classList.toggle("vd-phone", column.classList.contains("vd-source") || column.dataset.key === state.selected);
  }

  function open(value) {
    const model = modelOf(value.comparison);
    app.model = model;
    files = Object.fromEntries(Object.entries(value.urls).map(([name, file]) => [name, file.url]));
    const stop = firstStop(model);
    Object.assign(state, {frame: value.frame ?? stop.frame, selected: value.selected ?? stop.selected, layer: "off", playing: false, tapeRow: Math.floor((model.media.tapes?.rows.length || 1) / 2)});
    state.around = state.frame;
    views = {columns: columnsView(app), transport: transportView(app), ruler: rulerView(app), chart: chartView(app), tapes: tapesView(app)};
    views.cursor = h("div", {class: "vd-cursor", "aria-hidden": "true"}, h("span", {}));
    views.block = h("div", {class: "vd-axis"}, views.ruler.node, views.chart.node, views.tapes.node, views.cursor);
    views.pick = h("select", {class: "vd-pick", "aria-label": say("pick_variant"), onchange: (e) => app.select(e.target.value)}, model.variants.map((v) => h("option", {value: v.label, selected: v.label === state.selected}, v.label)));
    scrubbing(views.block, () => axis, app);
    axis = null;
    stage.dataset.layer = "off";
    replaceChildren(stage, headView(app, headline, value), views.pick, views.columns.node, views.transport.node, phoneVerdicts(app), views.block, footView(app));
    views.transport.refresh();
    views.columns.select(state.selected);
    shownOnPhone();
    layout();
    const first = model.media.panels.find((p) => p.key === "source");
    second.close();
    main.open(files[first.file], model.media.fps).then(() => main.seek(state.frame));
  }

  function update(value) {
    if (!value) return;
    running.show(value.running || null);
    root.classList.toggle("vd-busy", Boolean(value.running && !value.running.error && !value.running.stopped));
    if (!value.comparison || value.stamp === stamp) return;
    stamp = value.stamp;
    if (state.playing) app.toggle();
    open(value);
  }

  new ResizeObserver(layout).observe(root);
  new MutationObserver(() => views && axis && views.chart.draw()).observe(document.body, {attributes: true, attributeFilter: ["class"]});
  keys(root, app);
  watch("value", () => update(initial()));
  update(initial());
}

function loadPlotly(url) {
  // One copy for the page, from its own server; other Plotly versions on the page are left alone.
  window.vdPlotly ||= new Promise((resolve, reject) => {
    const kept = window.Plotly;
    document.head.append(h("script", {src: url, onload: () => { const ours = window.Plotly; if (kept) window.Plotly = kept; resolve(ours); }, onerror: reject}));
  });
  return window.vdPlotly;
}

function remembered(key, allowed, fallback) {
  try {
    const kept = localStorage.getItem(key);
    return allowed.includes(kept) ? kept : fallback;
  } catch (e) {
    return fallback;
  }
}

function remember(key, value) {
  try { localStorage.setItem(key, value); } catch (e) { /* storage may be off in a frame */ }
}
