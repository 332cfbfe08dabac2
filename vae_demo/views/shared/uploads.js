// Guards an upload button: no file over `most` bytes travels (the server would refuse it too), and none at all
// while a run works: its answer would take the place of what the run says, and its file that of the run's clip.
// Gives a function that is told when a run begins and ends.
import {makeSay} from "../../words/say.js";

export function guardUpload(id, words, most, refuse) {
  let busy = false;
  const ours = (target) =>
    target.id === id || target.closest?.(`#${id}`) || target.parentElement?.querySelector(`#${id}`);
  document.addEventListener("change", (event) => {
    const file = event.target.files?.[0];
    if (!file || !ours(event.target) || !(busy || file.size > most)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    event.target.value = "";
    const lang = window.vdLang === "zh" ? "zh" : "en";
    const params = {name: file.name.slice(0, 60), megabytes: file.size / 1e6, max_megabytes: most / 1e6};
    if (!busy) refuse({[lang]: makeSay(words, lang).say("error_file_size", params)});
  }, true);
  return (on) => {
    busy = on;
    const button = document.getElementById(id);
    if (button) button.disabled = on;
  };
}
