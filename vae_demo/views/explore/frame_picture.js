// The frame on screen as one picture: every panel as it is shown, what stands above and below it, on a light ground.
const PAD = 16, GAP = 12, HEAD = 24, FOOT = 24, TITLE = 30, LEAST = 208, ACROSS = 7;

// panels: [{canvas, layer, name, line, caption, value, over, border, wipe, of}], the second row after the first; line:
// the colour of the name; wipe: [x 0..1, what is left of it] or null; of: whose picture stands in for it, or "".
// title: one line. light: colours by name.
export function framePicture(panels, title, light, canvas = document.createElement("canvas")) {
  const rows = [...new Set(panels.map((p) => p.layer))].flatMap((layer) => {
    const mine = panels.filter((p) => p.layer === layer);
    return Array.from({length: Math.ceil(mine.length / ACROSS)}, (_, i) => mine.slice(i * ACROSS, (i + 1) * ACROSS));
  });
  const width = Math.max(LEAST, ...panels.map((p) => p.canvas.width));
  const height = Math.max(...panels.map((p) => p.canvas.height));
  const across = Math.max(...rows.map((row) => row.length)), down = HEAD + height + FOOT;
  canvas.width = 2 * PAD + across * width + (across - 1) * GAP;
  canvas.height = PAD + TITLE + rows.length * down + PAD;
  const pen = canvas.getContext("2d");
  pen.fillStyle = light.surface;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  write(title, PAD, PAD + 15, canvas.width - 2 * PAD, light.ink, true);
  rows.forEach((row, r) => row.forEach((panel, c) =>
    place(panel, PAD + c * (width + GAP), PAD + TITLE + r * down)));

  // room: as much as there is, in pixels; a longer text ends in dots.
  function write(text, x, y, room, colour, bold, right) {
    pen.font = `${bold ? "700 " : ""}13px "IBM Plex Mono", "Noto Sans CJK SC", monospace`;
    let said = text;
    while (said.length > 1 && pen.measureText(said).width > room) said = `${said.slice(0, -2)}…`;
    pen.fillStyle = colour;
    pen.textAlign = right ? "right" : "left";
    pen.fillText(said, right ? x + room : x, y);
    return pen.measureText(said).width;
  }

  function place({canvas: picture, name, line, caption, value, over, border, wipe, of}, x, y) {
    pen.fillStyle = line;
    pen.fillRect(x, y + 4, 10, 10);
    write([name, of].filter(Boolean).join("  ← "), x + 16, y + 13, width - 16, light.ink, true);
    const top = y + HEAD;
    if (over) {
      pen.strokeStyle = light.strong;
      pen.strokeRect(x + 0.5, top + 0.5, picture.width - 1, picture.height - 1);
    } else pen.drawImage(picture, x, top);
    pen.fillStyle = light.border;
    if (border) pen.fillRect(x - 5, top, 3, picture.height);
    if (wipe) {
      pen.fillStyle = "#fff";
      pen.fillRect(x + Math.round(wipe[0] * picture.width) - 1, top, 2, picture.height);
    }
    const taken = value ? write(value, x, top + height + 17, width, light.ink, true, true) : 0;
    write(caption, x, top + height + 17, width - taken - 8, light.ink2);
  }
  return canvas;
}
