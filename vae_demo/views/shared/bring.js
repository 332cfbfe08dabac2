// A result that somebody brings: chosen in a dialogue or dropped anywhere on the page. Both end in Gradio's own input
// of files, which is out of sight and sends them (brought.py).

const inputOf = (tab) => `.vd-bring-${tab} input[type=file]`;

export const choose = (tab) => document.querySelector(inputOf(tab))?.click();

// root: the component of this tab; stage: what shows that a file may be let go of here; clip: where the tab's own input
// of clips is, for files without a record. Gives what is told when a result has come, and when none will.
export function bringing({tab, root, stage, clip}) {
  const input = inputOf(tab);
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
    const target = document.querySelector(records(files) ? input : clip);
    if (!target) return;
    target.files = files;
    target.dispatchEvent(new Event("change", {bubbles: true}));
  });
  document.addEventListener("change", (event) => { brought ||= Boolean(event.target.matches?.(input)); });
  return {
    // What was brought is looked at from its top.
    came() {
      if (brought) root.scrollIntoView({block: "start"});
      brought = false;
    },
    failed() { brought = false; },
  };
}
