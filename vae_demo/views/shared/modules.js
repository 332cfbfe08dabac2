// How anything outside the modules, Gradio above all, comes to one: by name, once it is there.
//   window.vdModule(name)                 the module, as in vdModule("explore/bus.js")
//   window.vdStart(element, name, start)  begins a component with it, or says that it did not come
// home: where the modules of this version of the page are, beside the page. sentence: of a key of words, by language.
export function installModules(home, sentence) {
  window.vdModule = (name) => import(new URL(home + name, document.baseURI).href);
  window.vdStart = async (element, name, start) => {
    let module;
    try {
      module = await window.vdModule(name);
    } catch (error) {
      const said = document.createElement("p");
      said.className = "vd-notice";
      said.setAttribute("role", "alert");
      said.textContent = sentence("page_incomplete")[window.vdLang];
      element.prepend(said);
      throw error;
    }
    start(module);
  };
}
