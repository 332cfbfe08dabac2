// node, after `frames` of views/shared/frames.js and `plans` of live/plans.js: a plan, and where everything in it lies.
const [n, encode, decode, fit] = JSON.parse(process.argv[2]);
const plan = plans.planOf(frames.planFrames(n, encode, decode, frames.OPEN_SORA, fit), process.argv[3]);
console.log(JSON.stringify({plan, places: plans.placesOf(plan, frames.OPEN_SORA.stride)}));
