// The browser's `say`, same rules as vae_demo/words/__init__.py and tested against it.
// words: the whole table {key: {en: form, zh: form}}; lang: "en" | "zh".
export function makeSay(words, lang) {
  const pick = (form, params) => {
    for (const name of ["n", "m"]) {
      if (typeof form === "string") break;
      const number = params[name];
      form = form[String(number)] ?? form[number === 1 && "one" in form ? "one" : "other"];
    }
    return form;
  };
  const say = (key, params = {}) => {
    if (!(key in words)) throw new Error(`no words for ${key}`);
    return pick(words[key][lang], params).replace(/\{(\w+)(?::(?:\.(\d+))?(g))?\}/g, (_, name, digits, general) => {
      if (!(name in params)) throw new Error(`${key} needs ${name}`);
      // Python's {x:.3g}: so many significant digits, no trailing zeros.
      return String(general ? Number(Number(params[name]).toPrecision(digits ?? 6)) : params[name]);
    });
  };
  say.knows = (key) => key in words;
  // "17", "16 and 18", "15, 16 and 18"
  const list = (labels) => labels.length < 2 ? labels.join("")
    : labels.slice(0, -1).join(say("list_comma")) + say("list_and") + labels[labels.length - 1];
  const clause = ({case: name, params}) =>
    say(`headline_${name}`, {...params, n: params.labels.length, labels: list(params.labels)});
  // One sentence of the headline: a finding whose params hold clauses.
  const headline = (finding) =>
    finding.params.clauses.map(clause).join(say("list_semicolon")) + say("list_stop");
  // A sentence as [key, params]; of a list the texts are joined, and sentences with a semicolon.
  const param = (value) => !Array.isArray(value) ? value
    : Array.isArray(value[0]) ? value.map(told).join(say("list_semicolon")) : list(value);
  const told = ([key, params]) =>
    say(key, Object.fromEntries(Object.entries(params).map(([name, value]) => [name, param(value)])));
  const verdict = (finding) => say(`verdict_${finding.case}`, finding.params);
  return {say, list, told, headline, verdict};
}
