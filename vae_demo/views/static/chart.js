// Scores per frame, drawn by Plotly with fixed margins: its x is the ruler's x to the pixel. The chart is
// static; hover, click and cursor belong to the axis block, so a moving cursor never redraws it.
const CHART_HEIGHT = 214, CHART_TOP = 8, CHART_BOTTOM = 10;

function chartView(app) {
  const {model, say} = app;
  const plot = h("div", {class: "vd-plot"});
  const menu = h("div", {class: "vd-metrics", role: "radiogroup", "aria-label": say("chart_title")});
  const note = h("p", {class: "vd-chart-note"});
  const readings = h("div", {class: "vd-chart-readings", "aria-hidden": "true"});
  const dots = h("div", {class: "vd-dots", "aria-hidden": "true"});
  const node = h("div", {class: "vd-chart"}, h("h4", {class: "vd-axis-title"}, say("chart_title")), menu, note, plot, dots, readings);
  let axis = null, range = [0, 1];

  const series = (v) => v[app.state.metric];
  const css = (name) => getComputedStyle(app.root).getPropertyValue(name).trim();
  const colour = (v) => (v.line.colour.startsWith("var(") ? css(v.line.colour.slice(4, -1)) : v.line.colour);

  function limits() {
    const all = [...model.variants.map(series), model.baseline_2d ? model.baseline_2d[app.state.metric] : []].flat().filter((x) => x !== null);
    if (!all.length) return [0, 1];
    const low = Math.min(...all), high = Math.max(...all), room = Math.max((high - low) * 0.06, 1e-3);
    return [low - room, high + room];
  }

  function traces() {
    const base = model.baseline_2d ? [{y: model.baseline_2d[app.state.metric], line: {color: css("--vd-source"), width: 1.4, dash: "3px 2px"}}] : [];
    const order = [...model.variants].sort((a, b) => (a.label === app.state.selected) - (b.label === app.state.selected));
    const lines = order.map((v) => ({y: series(v), line: {color: colour(v), width: v.label === app.state.selected ? 2.6 : 1.5, dash: v.line.dash ? v.line.dash.split(" ").map((d) => `${d}px`).join(" ") : "solid"}}));
    return [...base, ...lines].map((t) => ({...t, x: t.y.map((_, i) => i), mode: t.y.length === 1 ? "markers" : "lines", marker: {color: t.line.color, size: 6}, type: "scatter", hoverinfo: "skip", connectgaps: false}));
  }

  function shapes() {
    const selected = model.of(app.state.selected);
    const red = (selected ? selected.boundaries : []).map((b) => ({type: "line", x0: b - 0.5, x1: b - 0.5, yref: "paper", y0: 0, y1: 1, line: {color: css("--vd-border"), width: 1}, opacity: 0.6, layer: "below"}));
    const beyond = model.n_frames > model.n_source ? [{type: "rect", x0: model.n_source - 0.5, x1: model.n_frames - 0.5, yref: "paper", y0: 0, y1: 1, fillcolor: css("--vd-sunken"), line: {width: 0}, layer: "below"}] : [];
    return [...beyond, ...red];
  }

  function draw(next) {
    axis = next || axis;
    range = limits();
    const plain = {showgrid: false, zeroline: false, fixedrange: true};
    const layout = {
      width: axis.width, height: CHART_HEIGHT, margin: {l: axis.left, r: axis.right, t: CHART_TOP, b: CHART_BOTTOM, pad: 0},
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, hovermode: false, shapes: shapes(),
      font: {family: "IBM Plex Mono, monospace", size: 11, color: css("--vd-ink3")},
      xaxis: {...plain, range: [-0.5, (axis.width - axis.left - axis.right) / axis.fw - 0.5], showticklabels: false},
      yaxis: {...plain, range, nticks: 6, showgrid: true, gridcolor: css("--vd-rule"), gridwidth: 1, side: axis.narrow ? "right" : "left", ticklabelposition: axis.narrow ? "inside" : "outside", ticks: ""},
    };
    app.plotly.then((Plotly) => Plotly.react(plot, traces(), layout, {staticPlot: true, displayModeBar: false, responsive: false})).then(() => cursor(app.state.frame));
    replaceChildren(menu, METRICS.map((m) => h("button", {type: "button", role: "radio", "aria-checked": `${m === app.state.metric}`, onclick: () => app.setMetric(m)}, say(`metric_${m}`))));
    replaceChildren(note, say(app.state.metric === "psnr" || app.state.metric === "ssim" ? "higher_better" : "lower_better"), " ",
      say("chart_borders", {label: app.state.selected}), " ", model.baseline_2d ? say("chart_dashed") : "");
  }

  const y = (value) => CHART_TOP + (CHART_HEIGHT - CHART_TOP - CHART_BOTTOM) * (1 - (value - range[0]) / (range[1] - range[0]));

  function cursor(frame) {
    if (!axis) return;
    const values = model.variants.map((v) => ({v, value: frame < v.frames_out ? series(v)[frame] : null})).filter((r) => r.value !== null && r.value !== undefined);
    replaceChildren(dots, values.map(({v, value}) => h("i", {style: `left:${axis.middle(frame)}px; top:${y(value)}px; background:${v.line.colour}`})));
    if (axis.narrow) return replaceChildren(readings);
    const placed = values.map((r) => ({...r, top: y(r.value)})).sort((a, b) => a.top - b.top);
    placed.forEach((r, i) => { if (i) r.top = Math.max(r.top, placed[i - 1].top + 17); });
    // Too many at the bottom: push the stack up from below.
    for (let i = placed.length - 1, floor = CHART_HEIGHT - 10; i >= 0; i--, floor -= 17) placed[i].top = Math.min(placed[i].top, floor);
    const digits = {psnr: 1, ssim: 3, l1: 2, temporal_step: 2}[app.state.metric];
    replaceChildren(readings, placed.map(({v, value, top}) => h("span", {style: `top:${top}px`}, h("i", {style: `background:${v.line.colour}`}), h("span", {}, v.label), h("b", {}, value.toFixed(digits)))));
  }

  return {node, draw, cursor, select: () => draw()};
}
