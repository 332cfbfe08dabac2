// The browser's twin of vae_demo/layout/variant.py: the one grammar of a variant, tested on the same table of examples.
// What a model takes of it is in cuts.js.
import {Refusal} from "./frames.js";

const JOINS = ["blend", "drop", "cache", "average"];
const SIDE = /^(?:(own|whole)|(tile|batch|segment)?(\d{1,6})(?:\/(\d{1,6}))?)$/;
const LONGEST = 100;
const AFTER = new RegExp(`\\s+(?=(?:${JOINS.join("|")}|fit)\\b)`, "g");

const refuseVariant = (name, text) => {
  throw new Refusal(name, name === "fit_same" ? {} : {text: text.trim().slice(0, 40)});
};

// Any variant of the grammar: {model, encode, decode, join, fit}, its sides {kind, size, step}.
export function readAnyVariant(text) {
  if (text.length > LONGEST) refuseVariant("unreadable_variant", text);
  const typed = text.trim().toLowerCase().replaceAll("->", ":").replaceAll("→", ":").replace(AFTER, ":");
  const at = typed.lastIndexOf("@"), model = typed.slice(0, Math.max(at, 0)).trim();
  const parts = typed.slice(at + 1).split(":").map((part) => part.trim());
  const fit = parts[parts.length - 1] === "fit" && Boolean(parts.pop());
  const join = JOINS.includes(parts[parts.length - 1]) ? parts.pop() : null;
  if (parts.length < 1 || parts.length > 2 || (at >= 0 && !/^[a-z0-9][a-z0-9._-]*$/.test(model)))
    refuseVariant("unreadable_variant", text);
  const cuts = parts.map((part) => readSide(part, text)), encode = cuts[0], decode = cuts[cuts.length - 1];
  const same = sideText(encode) === sideText(decode);
  const only = (...kinds) => cuts.every((cut) => kinds.includes(cut.kind));
  if (!same && cuts.some((cut) => cut.kind === "window")) refuseVariant("cuts_do_not_mix", text);
  if (join && !only("chunk", "window")) refuseVariant("nothing_to_join", text);
  if (fit && same) refuseVariant("fit_same", text);
  return {model: model || null, encode, decode, join, fit};
}

export function readSide(part, text) {
  const found = SIDE.exec(part);
  if (!found) refuseVariant("unreadable_variant", text);
  const [, word, knob, size, step] = found;
  if (word) return {kind: word, size: null, step: null};
  if (knob && (knob === "tile") === (step === undefined)) refuseVariant("unreadable_variant", text);
  if (Number(size) < 1 || (step !== undefined && Number(step) < 1)) refuseVariant("size_zero", text);
  if (step !== undefined && Number(step) > Number(size) - (knob ? 0 : 1)) refuseVariant("step_too_long", text);
  return {kind: knob || (step ? "window" : "chunk"), size: Number(size), step: step ? Number(step) : null};
}

export const sideText = ({kind, size, step}) =>
  size === null ? kind : `${["chunk", "window"].includes(kind) ? "" : kind}${size}${step === null ? "" : `/${step}`}`;

// What people read: 17, whole, 17→16, 17→16 fit, 17/13 drop.
export function variantLabel({model, encode, decode, join, fit}) {
  const [first, second] = [encode, decode].map(sideText);
  const sides = first === second ? first : `${first}→${second}`;
  return `${model ? `${model}@` : ""}${sides}${join ? ` ${join}` : ""}${fit ? " fit" : ""}`;
}

// A label as people type it: 17→16 fit is 17:16:fit.
export const spelled = (label) => label.trim().replaceAll("→", ":").replaceAll("->", ":").replaceAll(" ", ":");
