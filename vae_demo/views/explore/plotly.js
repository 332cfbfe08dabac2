import {h} from "../shared/dom.js";

// One copy for the page, from its own server, when it is first asked for; other Plotly versions on the page are left
// alone. address: of the file, beside the page.
export function loadPlotly(address) {
  window.vdPlotly ||= new Promise((resolve, reject) => {
    const kept = window.Plotly;
    document.head.append(h("script", {src: address, onload: () => {
      const ours = window.Plotly;
      if (kept) window.Plotly = kept;
      resolve(ours);
    }, onerror: reject}));
  });
  return window.vdPlotly;
}
