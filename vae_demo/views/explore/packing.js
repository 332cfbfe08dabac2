// How pictures with words below them fill an area best: how many beside each other, and how wide each.

// n pictures of `aspect` (width through height). area: {width, height}; words: px that each needs besides its picture.
// Returns {columns, rows, width}, px, at least `least` wide however high that gets.
export function packed(n, area, aspect, {words, gap, least = 80}) {
  let best = null;
  for (let columns = 1; columns <= n; columns++) {
    const rows = Math.ceil(n / columns), across = (area.width - gap * (columns - 1)) / columns;
    const high = ((area.height - gap * (rows - 1)) / rows - words) * aspect;
    const width = Math.floor(Math.min(across, Math.max(high, Math.min(least, across))));
    if (!best || width > best.width) best = {columns, rows, width};
  }
  return best;
}

// One picture as large as leaves the others, if there are any, a quarter of the width: {big, beside, others}, others as
// packed. pictures: how many the enlarged one has, one below the other, or beside each other where that makes them
// larger; those of the others stand below each other.
const SHARE = 0.75;
export function enlarged(n_others, area, aspect, {words, gap, least = 80, pictures = 1, others_have = pictures}) {
  const across = area.width * (n_others ? SHARE : 1), high = area.height - words;
  const below = Math.min(across, high * aspect / pictures);
  const each = Math.min((across - gap * (pictures - 1)) / pictures, high * aspect), beside = each > below;
  const big = Math.floor(Math.max(beside ? each * pictures + gap * (pictures - 1) : below, Math.min(least, across)));
  if (!n_others) return {big, beside, others: null};
  const rest = {...area, width: area.width - big - gap};
  return {big, beside, others: packed(n_others, rest, aspect / others_have, {words, gap, least})};
}
