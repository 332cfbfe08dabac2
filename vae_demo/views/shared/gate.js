// The server's answer to Run: an order to go, unless Cancel was pressed meanwhile; or what is wrong. The end of an
// earlier run may be told after Run was pressed again: until an order is sent, such an end is not the new run's.
// With `resume` the order is to watch on a run that a page had before it was loaded again.
function startGate({value, watch, trigger, asked, begin, sent, refuse}) {
  watch("value", () => {
    const said = value();
    if (said?.resume) begin();
    if (!said || !asked()) return;
    if (!said.go) return refuse(said);
    sent();
    trigger("submit", {resume: Boolean(said.resume)});
  });
}

// How far Run of the Sweep tab is, told by the event `vd-sweep` (sweep/desk.js).
function sweepWaits() {
  let asked = false;
  addEventListener("vd-sweep", ({detail: {phase}}) => {
    if (phase === "asked") asked = true;
    else if (["sent", "stopping", "error"].includes(phase)) asked = false;
  });
  return {
    asked: () => asked,
    begin: () => dispatchEvent(new CustomEvent("vd-sweep", {detail: {phase: "asked"}})),
    sent: () => dispatchEvent(new CustomEvent("vd-sweep", {detail: {phase: "sent"}})),
    refuse: ({refused}) => dispatchEvent(new CustomEvent("vd-sweep", {detail: {phase: "error", error: refused}})),
  };
}

// The same of the Explore tab, told by the bus (explore/bus.js).
function exploreWaits(bus) {
  return {
    asked: () => ["asked", "queued"].includes(bus().told.run?.phase),
    begin: () => bus().begins(),
    sent: () => bus().sent(),
    refuse: ({refused, at}) => bus().tell("run", {phase: "error", error: refused, at}),
  };
}
