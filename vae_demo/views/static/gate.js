// The server's answer to Run: an order to go, unless Cancel was pressed meanwhile; or what is wrong.
function startGate({value, watch, trigger, asked, refuse}) {
  watch("value", () => {
    const said = value();
    if (!said || !asked()) return;
    if (said.go) trigger("submit", {});
    else refuse(said);
  });
}

// How far Run of the Sweep tab is, told by the event `vd-sweep` (sweep_desk.js).
function sweepWaits() {
  let asked = false;
  addEventListener("vd-sweep", ({detail: {phase}}) => { asked = phase === "asked" || (asked && phase === "queued"); });
  return {
    asked: () => asked,
    refuse: ({refused}) => dispatchEvent(new CustomEvent("vd-sweep", {detail: {phase: "error", error: refused}})),
  };
}

// The same of the Explore tab, told by the bus (bus.js).
function exploreWaits(bus) {
  return {
    asked: () => ["asked", "queued"].includes(bus().told.run?.phase),
    refuse: ({refused, at}) => bus().tell("run", {phase: "error", error: refused, at}),
  };
}
