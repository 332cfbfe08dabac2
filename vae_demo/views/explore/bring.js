// A result that somebody brings: chosen in a dialogue or dropped anywhere on the page. Both end in Gradio's own input
// of files, which is out of sight and sends them.
import {bus} from "./bus.js";

const INPUT = "#vd-bring input[type=file]", CLIP = "#vd-controls input[type=file]";

export const choose = () => document.querySelector(INPUT)?.click();

// root: the component; stage: what shows that a file may be let go of here. Files without a record are a clip.
export function installBringing(root, stage) {
  const carries = (event) => event.dataTransfer?.types.includes("Files") && root.isConnected && root.offsetParent;
  const records = (files) => [...files].some((file) => /\.json$/i.test(file.name) || file.type === "application/json");
  let leaving = null, brought = false;
  const show = (on) => stage.classList.toggle("vd-dropping", on);
  addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    // Only what is let go of has names: until then any file may be a record.
    event.preventDefault();
    show(true);
    clearTimeout(leaving);
    leaving = setTimeout(() => show(false), 200);
  });
  addEventListener("drop", (event) => {
    if (!carries(event)) return;
    show(false);
    const {files} = event.dataTransfer;
    event.preventDefault();
    const input = document.querySelector(records(files) ? INPUT : CLIP);
    if (!input) return;
    input.files = files;
    input.dispatchEvent(new Event("change", {bubbles: true}));
  });
  // What was brought is looked at from its top.
  document.addEventListener("change", (event) => { brought ||= Boolean(event.target.matches?.(INPUT)); });
  bus.on("result", root, () => {
    if (brought) root.scrollIntoView({block: "start"});
    brought = false;
  });
  bus.on("run", root, (run) => { brought &&= run?.phase !== "error"; });
}
