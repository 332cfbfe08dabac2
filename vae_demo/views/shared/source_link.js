// owner/name, file and version, as a link to exactly that version.
import {h} from "./dom.js";

export const sourceLink = (family) =>
  h("a", {href: family.url, target: "_blank", rel: "noopener", class: "vd-plan-source",
    title: `${family.repo} ${family.version} ${family.file}`},
  `${family.repo.split("/")[1]} ${family.version} `,
  h("span", {}, family.file.split("/").pop().split("_").map((part, i) => (i ? [h("wbr", {}), `_${part}`] : part))));
