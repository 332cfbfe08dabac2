// How anything outside the modules, Gradio above all, comes to one: by name, once it is there.
//   window.vdModule(name)                        the module, as in vdModule("explore/bus.js")
//   window.vdStart(element, name, words, start)  begins a component with it and those word files, or says that they did
//                                                not come
// first, rest: the files the modules are in; said: the words of the page's language. sentence: of a key of words.
const QUIET_MS = 5000;

export function installModules({first, rest, said}, sentence) {
  const file = (address) => import(new URL(address, document.baseURI).href);
  window.vdModule = async (name) => {
    const path = `views/${name}`, {modules} = await file(first);
    return modules[path] || (await file(rest)).modules[path];
  };
  // The other tabs' scripts, when nothing else is to be fetched.
  addEventListener("load", () => setTimeout(() => {
    const link = Object.assign(document.createElement("link"), {rel: "prefetch", as: "script"});
    link.href = new URL(rest, document.baseURI).href;
    document.head.append(link);
  }, QUIET_MS));
  // Asked for at once: every component needs them.
  const table = file(said[window.vdLang]);
  table.catch(() => {});
  window.vdStart = async (element, name, words, start) => {
    let module, files;
    try {
      [module, {words: files}] = await Promise.all([window.vdModule(name), table]);
    } catch (error) {
      const note = document.createElement("p");
      note.className = "vd-notice";
      note.setAttribute("role", "alert");
      note.textContent = sentence("page_incomplete")[window.vdLang];
      element.prepend(note);
      document.getElementById("vd-first")?.remove();
      throw error;
    }
    start(module, Object.assign({}, ...words.map((each) => files[each])));
  };
}
