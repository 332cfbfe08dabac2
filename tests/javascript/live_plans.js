// node, after `frames` of views/shared/frames.js and `plans` of live/plans.js: plans, and where everything in them
// lies.
const {planFrames, OPEN_SORA} = frames, {planOf, placesOf} = plans;
console.log(JSON.stringify(JSON.parse(process.argv[2]).map(([n, encode, decode, fit, join]) => {
  const plan = planOf(planFrames(n, encode, decode, OPEN_SORA, fit), join);
  return {plan, places: placesOf(plan, OPEN_SORA.stride)};
})));
