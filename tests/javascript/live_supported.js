// node, which has no Worker, after `here` of live/supported.js: what is found with one, without one, and without SIMD.
const workers = here.workerCount(JSON.parse(process.argv[2])), without = here.supported();
globalThis.Worker = function Worker() {};
const found = here.supported(), {validate} = WebAssembly;
WebAssembly.validate = () => false;
const no_simd = here.supported();
WebAssembly.validate = validate;
console.log(JSON.stringify({workers, without, with: found, no_simd}));
