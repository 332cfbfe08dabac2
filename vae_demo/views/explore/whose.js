// Whether the result on screen is of what the controls say, for everybody in this tab: bus topic `differ`, the names
// of the controls that differ; null where nothing is on screen.
import {clips, forms} from "../shared/forms.js";
import {differences} from "../shared/same_run.js";
import {whoseBanner} from "../shared/whose.js";
import {bus} from "./bus.js";

const BUSY = ["asked", "queued", "working", "stopping"];

// root: whose element says how long it listens. stage: what steps back. models: see same_run.js. restore: fills the
// controls with settings.
export function installWhose({root, stage, say, list, lang, models, restore}) {
  const {node, show} = whoseBanner({say, list, lang, restore,
    run: () => document.getElementById("vd-run")?.click()});

  function look() {
    const {result, plan, run, estimate} = bus.told, form = forms.explore.now;
    // A result from a file was never asked for here: it is nobody's other form.
    const of = result?.settings && !result.settings.opened && {...result.settings, got: result.got};
    const differ = of && form ? differences(form, of, clips.of(form.clip), models) : null;
    if (JSON.stringify(differ) !== JSON.stringify(bus.told.differ)) bus.tell("differ", differ);
    const other = Boolean(differ?.length);
    stage.classList.toggle("vd-other-form", other);
    show({of, differ: differ || [], running: BUSY.includes(run?.phase), runs: Boolean(plan) && !plan.error,
      time: estimate || ""});
  }

  for (const topic of ["result", "plan", "run", "estimate"]) bus.on(topic, root, look);
  forms.explore.on(root, look);
  clips.own.on(root, look);
  return node;
}
