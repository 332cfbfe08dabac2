// How far Run of the Sweep tab is, told by the event `vd-sweep` (desk.js).
import {startGate} from "../shared/gate.js";

export function startSweepGate({value, watch, trigger}) {
  const tell = (detail) => dispatchEvent(new CustomEvent("vd-sweep", {detail}));
  let asked = false;
  addEventListener("vd-sweep", ({detail: {phase}}) => {
    if (phase === "asked") asked = true;
    else if (["sent", "stopping", "error"].includes(phase)) asked = false;
  });
  startGate({
    value, watch, trigger,
    asked: () => asked,
    begin: () => tell({phase: "asked"}),
    sent: () => tell({phase: "sent"}),
    refuse: ({refused}) => tell({phase: "error", error: refused}),
  });
}
