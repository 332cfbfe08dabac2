import {h} from "../shared/dom.js";

// One copy for the page, from its own server; other Plotly versions on the page are left alone.
// path: where the file lies on the server.
export function loadPlotly(path) {
  window.vdPlotly ||= new Promise((resolve, reject) => {
    const kept = window.Plotly, root = (window.gradio_config?.root || "").replace(/\/$/, "");
    const url = `${root}/gradio_api/file=${path}`;
    document.head.append(h("script", {src: url, onload: () => {
      const ours = window.Plotly;
      if (kept) window.Plotly = kept;
      resolve(ours);
    }, onerror: reject}));
  });
  return window.vdPlotly;
}
