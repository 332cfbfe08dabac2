// What came with the page: scores of a few sizes, and a sheet of pictures for each, fetched when it is shown.

// arrived(): a sheet is there, so that what shows it may be drawn.
export function savedResults(app, {saved}, arrived) {
  const sheets = new Map();
  const of = (label) => saved.find((each) => each.label === label) ?? null;

  function sheet(key) {
    if (!sheets.has(key)) {
      sheets.set(key, null);
      app.pictures.sheetOf("live", key).then((image) => {
        sheets.set(key, image);
        arrived();
      });
    }
    return sheets.get(key);
  }

  // Whether the picture is there. key: a saved label, or "source".
  function paint(context, key, frame) {
    const image = sheet(key), {tile: [width, height], frames} = app.sheets.live[key], at = frames.indexOf(frame);
    if (!image || at < 0) return false;
    context.drawImage(image, at * width, 0, width, height, 0, 0, context.canvas.width, context.canvas.height);
    return true;
  }

  return {of, paint, labels: saved.map((each) => each.label)};
}
