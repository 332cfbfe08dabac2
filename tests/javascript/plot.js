// The scale for each range of a list, a path with gaps, and which values of two lines have marks.
const values = Array.from({length: 40}, (_, i) => ([1, 3].includes(i) ? null : i));
console.log(JSON.stringify({
  marks: ["", "5 3"].map((dash) => [0, 1].map((n) => plot.markedOf(values, {dash, mark: "circle"}, n))),
  one: plot.markedOf([3], {dash: "", mark: "square"}, 0),
  scales: JSON.parse(process.argv[2]).map((range) => plot.scaleOf(range)),
  path: plot.pathOf([1, 2, null, 3, null, 4.126, 5], (i) => 10 * i, (value) => value)}));
