// node, after `vae` of live/network/vae.js: what is wrong with each weights file, [case, message] or null.
const {readFileSync} = require("node:fs");
const [wasm, ...files] = process.argv.slice(2), module_ = new WebAssembly.Module(readFileSync(wasm));
const wrong = (file) => {
  try {
    vae.openVae(module_, Uint8Array.from(readFileSync(file)).buffer);
    return null;
  } catch (error) {
    return [error.case ?? "none", error.message];
  }
};
console.log(JSON.stringify(Object.fromEntries(files.map((file) => [file, wrong(file)]))));
