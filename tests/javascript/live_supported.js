// node, which has no Worker, after `here` of live/supported.js: workers of every machine, and what is supported with a
// Worker, without one, and without SIMD.
const machines = JSON.parse(process.argv[2]), without = here.supported();
globalThis.Worker = function Worker() {};
const withWorker = here.supported();
WebAssembly.validate = () => false;
console.log(JSON.stringify({
  workers: machines.map((machine) => here.workerCount(machine)), supported: [withWorker, without, here.supported()]}));
