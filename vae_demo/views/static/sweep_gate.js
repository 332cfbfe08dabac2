// The server's answer to Run: an order to go, unless Cancel was pressed meanwhile; or what is wrong, said by the desk.
function startSweepGate({value, watch, trigger}) {
  let asked = false;
  addEventListener("vd-sweep", ({detail: {phase}}) => { asked = phase === "asked" || (asked && phase === "queued"); });
  watch("value", () => {
    const said = value();
    if (!said || !asked) return;
    if (said.go) trigger("submit", {});
    else dispatchEvent(new CustomEvent("vd-sweep", {detail: {phase: "error", error: said.refused}}));
  });
}
