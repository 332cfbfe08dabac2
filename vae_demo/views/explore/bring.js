// Results that somebody brings to the Explore tab.
import {bringing, choose as chooseFor} from "../shared/bring.js";
import {bus} from "./bus.js";

export const choose = () => chooseFor("explore");

export function installBringing(root, stage) {
  const {came, failed} = bringing({tab: "explore", root, stage, clip: "#vd-controls input[type=file]"});
  bus.on("result", root, came);
  bus.on("run", root, (run) => { if (run?.phase === "error") failed(); });
}
