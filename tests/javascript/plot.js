// The scale for each range of a list, and a path with gaps.
console.log(JSON.stringify({
  scales: JSON.parse(process.argv[2]).map((range) => plot.scaleOf(range)),
  path: plot.pathOf([1, 2, null, 3, null, 4.126, 5], (i) => 10 * i, (value) => value)}));
