// The two files of a pair: what each is called, and the line above its pictures.
import {h} from "../shared/dom.js";

export const kindName = (say, kind) => say(kind === "source" ? "source" : "inspect_decoded");
export const kindLabel = (say, kind) => h("p", {class: "vd-in-kind"}, h("i", {class: `vd-in-key-${kind}`}),
  kindName(say, kind));
// The same for somebody who hears it, also of a lone video.
export const heardName = (say, kind) => say(kind === "source" ? "source" : "inspect_video_word");
