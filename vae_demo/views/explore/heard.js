import {bus} from "./bus.js";

// What the server says of a run, for the line below the controls and for columns that are still to come.
// filled: the settings that came with it, which are no change of the visitor's. partly: a part of it is on screen.
export function hear(said, filled, partly) {
  if (said.error)
    return bus.tell("run", {phase: "error", error: said.error, filling: filled && !bus.says(filled) ? filled : null});
  // The answer to Cancel may come after Run was pressed again.
  if (said.stopped && !["stopping", "stopped"].includes(bus.told.run?.phase)) return;
  if (said.stopped) return bus.tell("run", {phase: "stopped", partly});
  if (!("fraction" in said || "position" in said)) return bus.tell("run", null);
  // An update that was on its way when somebody pressed Cancel does not start the run again.
  if (["asked", "queued", "working"].includes(bus.told.run?.phase))
    bus.tell("run", {...said, phase: "position" in said ? "queued" : "working"});
}
