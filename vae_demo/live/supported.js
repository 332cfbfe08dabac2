// Whether this browser can compute here, and with how many workers.

// (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt): valid where there is SIMD.
const SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const MOST_WORKERS = 4, MOST_ON_A_PHONE = 2, LITTLE_MEMORY_GB = 2;

export function supported() {
  return typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(SIMD)) &&
    typeof Worker === "function" && typeof Blob === "function" && typeof URL?.createObjectURL === "function";
}

// A core stays for the page. A tablet may call itself a Macintosh; it has fingers.
export function workerCount(machine = globalThis.navigator ?? {}) {
  const {hardwareConcurrency: cores = 2, deviceMemory = 8, userAgent = "", maxTouchPoints = 0} = machine;
  const phone = machine.userAgentData?.mobile || /Mobi|Android|iPhone|iPad/.test(userAgent) ||
    (userAgent.includes("Macintosh") && maxTouchPoints > 1);
  const most = deviceMemory <= LITTLE_MEMORY_GB ? 1 : phone ? MOST_ON_A_PHONE : MOST_WORKERS;
  return Math.max(1, Math.min(most, cores - 1));
}

// A worker from a script in a string: no address is asked, so it starts in a page from file:// too.
// Its address is kept: when a browser has read it is for nobody to know, and workers are replaced.
const addresses = new Map();
export function blobWorker(script) {
  if (!addresses.has(script))
    addresses.set(script, URL.createObjectURL(new Blob([script], {type: "text/javascript"})));
  return new Worker(addresses.get(script));
}
