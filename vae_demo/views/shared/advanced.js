// What only some ask for: in what a model computes. A button in the corner of the model's menu shows and hides that
// menu in all tabs, and where it says something else than auto it stays.
import {h, whenThere} from "./dom.js";
import {forms} from "./forms.js";

const AUTO = "auto", ON = "vd-advanced-on";
let wanted = false;

// In what a form's model computes. models: see same_run.js.
export const dtypeOf = ({model, dtype}, models) => ((dtype || AUTO) === AUTO ? models[model]?.dtype : dtype);

// Whether it would take about half the time in bfloat16, as large models do where the processor multiplies that.
export const halves = (form, models) => Boolean(models[form.model]?.halves) && dtypeOf(form, models) === "float32";

// menu: id of the model's menu. tab: name of its form.
export function advancedButton({menu, tab, root, say}) {
  whenThere(menu, (model) => {
    const button = h("button", {type: "button", class: "vd-more", title: say("advanced_help"), onclick: () => {
      wanted = !shown();
      look();
    }}, say("advanced"));
    const stays = () => forms[tab].now && (forms[tab].now.dtype || AUTO) !== AUTO;
    const shown = () => wanted || stays();
    function look() {
      const row = model.closest(".vd-controls, #vd-controls");
      row.classList.toggle(ON, shown());
      button.setAttribute("aria-expanded", String(shown()));
      button.disabled = stays();
    }
    model.append(button);
    forms[tab].on(root, look);
    look();
  });
}
