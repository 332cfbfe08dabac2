// The frame on screen as one picture: of every panel the part that is seen, what stands above and below it, on a light
// ground.
const PAD = 16, GAP = 12, HEAD = 24, FOOT = 24, TITLE = 30, LINE = 18, LEAST = 208, ACROSS = 7;

// panels: [{canvas, layer, name, line, caption, value, over, border, wipe, of, said}], the second row after the first;
// line: the colour of the name; wipe: [x 0..1, what is left of it] or null; of: whose picture stands in for it, or "";
// said: null, or the words on a picture of the second row as shaded_picture.js has them.
// titles: lines. light: colours by name. part: of every panel, see partOf in zoom.js; a small one is enlarged to about
// the size of all of it, each of its pixels to a square.
export function framePicture(panels, titles, light, part, canvas = document.createElement("canvas")) {
  const rows = [...new Set(panels.map((p) => p.layer))].flatMap((layer) => {
    const mine = panels.filter((p) => p.layer === layer);
    return Array.from({length: Math.ceil(mine.length / ACROSS)}, (_, i) => mine.slice(i * ACROSS, (i + 1) * ACROSS));
  });
  const times = Math.max(1, Math.round(panels[0].canvas.width / part.width));
  const wide = part.width * times, height = part.height * times, width = Math.max(LEAST, wide);
  const first = PAD + TITLE + (titles.length - 1) * LINE;
  const across = Math.max(...rows.map((row) => row.length)), down = HEAD + height + FOOT;
  canvas.width = 2 * PAD + across * width + (across - 1) * GAP;
  canvas.height = first + rows.length * down + PAD;
  const pen = canvas.getContext("2d");
  pen.fillStyle = light.surface;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingEnabled = false;
  titles.forEach((title, i) => write(title, PAD, PAD + 15 + i * LINE, canvas.width - 2 * PAD, light.ink, !i));
  rows.forEach((row, r) => row.forEach((panel, c) => place(panel, PAD + c * (width + GAP), first + r * down)));

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

  function place({canvas: picture, name, line: colour, caption, value, over, border, wipe, of, said}, x, y) {
    pen.fillStyle = colour;
    pen.fillRect(x, y + 4, 10, 10);
    write([name, of].filter(Boolean).join("  ← "), x + 16, y + 13, width - 16, light.ink, true);
    const top = y + HEAD;
    if (over) {
      pen.strokeStyle = light.strong;
      pen.strokeRect(x + 0.5, top + 0.5, wide - 1, height - 1);
    } else pen.drawImage(picture, part.x, part.y, part.width, part.height, x, top, wide, height);
    pen.fillStyle = light.border;
    if (border) pen.fillRect(x - 5, top, 3, height);
    const line = wipe && Math.round((wipe[0] * picture.width - part.x) * times);
    if (wipe && line >= 0 && line <= wide) {
      pen.fillStyle = "#fff";
      pen.fillRect(x + line - 1, top, 2, height);
    }
    if (said?.says && !over) label(said, x, top);
    const taken = value ? write(value, x, top + height + 17, width, light.ink, true, true) : 0;
    write(caption, x, top + height + 17, width - taken - 8, light.ink2);
  }
  function label({says, pad}, left, top) {
    pen.font = '12px "IBM Plex Sans", "Noto Sans CJK SC", sans-serif';
    pen.textAlign = "left";
    const room = pen.measureText(says).width + 10;
    const [x, y] = pad ? [left + 5, top + 5] : [left + (wide - room) / 2, top + height / 2 - 9];
    pen.fillStyle = light.surface;
    pen.fillRect(x, y, room, 18);
    pen.fillStyle = light.ink;
    pen.fillText(says, x + 5, y + 13);
  }
  return canvas;
}
