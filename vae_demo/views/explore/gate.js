// How far Run of the Explore tab is, told by the bus.
import {startGate} from "../shared/gate.js";
import {bus} from "./bus.js";

export function startExploreGate({value, watch, trigger}) {
  startGate({
    value, watch, trigger,
    asked: () => ["asked", "queued"].includes(bus.told.run?.phase),
    begin: () => bus.begins(),
    sent: () => bus.sent(),
    refuse: ({refused, at}) => bus.tell("run", {phase: "error", error: refused, at}),
  });
}
