// Passes on the orders to run of the Inspect tab: there is no Run to press, so none is waited for.
import {startGate} from "../shared/gate.js";

export function startInspectGate({value, watch, trigger}) {
  const tell = (detail) => dispatchEvent(new CustomEvent("vd-inspect", {detail}));
  startGate({
    value, watch, trigger,
    asked: () => true,
    begin: () => {},
    sent: ({go}) => tell({phase: "asked", order: go}),
    refuse: ({refused}) => tell({phase: "error", error: refused}),
  });
}
