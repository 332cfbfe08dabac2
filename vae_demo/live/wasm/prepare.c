// From a plane to what a convolution reads: normed, through SiLU, padded, enlarged, or parted for a stride of two.
#include "planes.h"

// Cody and Waite's reduction to |x| <= ln(2) / 2, then a polynomial; a few units in the last place.
static inline four exp4(four x) {
  x = wasm_f32x4_pmin(all(88.f), wasm_f32x4_pmax(all(-87.f), x));
  four n = wasm_f32x4_nearest(mul4(x, all(1.44269504088896341f)));
  x = sub4(sub4(x, mul4(n, all(0.693359375f))), mul4(n, all(-2.12194440e-4f)));
  four y = all(1.9875691500e-4f);
  y = muladd4(y, x, all(1.3981999507e-3f));
  y = muladd4(y, x, all(8.3334519073e-3f));
  y = muladd4(y, x, all(4.1665795894e-2f));
  y = muladd4(y, x, all(1.6666665459e-1f));
  y = muladd4(y, x, all(5.0000001201e-1f));
  y = add4(muladd4(y, mul4(x, x), x), all(1.f));
  four power = wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_splat(127)), 23);
  return mul4(y, power);
}

// A plane -> a padded plane of scale * x + shift, through SiLU where `silu` says so.
EXPORT(prepare) void prepare(const float *from, int height, int width, float *to, int silu, float scale, float shift) {
  int row = width + BORDER, count = height * row;
  float *inner = to + row + 1;
  for (int i = 0; i < count; i += 4) {
    four x = muladd4(load(from + i), all(scale), all(shift));
    if (silu) x = wasm_f32x4_div(x, add4(all(1.f), exp4(wasm_f32x4_neg(x))));
    store(inner + i, x);
  }
  // The border last: junk columns have been written where its sides are.
  clear(to, row + 1);
  for (int y = 1; y <= height; y++) clear(to + y * row + row - 1, 2);
  clear(to + (height + 1) * row, row + 8);
}

// A plane -> a padded plane of twice the sides, every value four times.
EXPORT(enlarge) void enlarge(const float *from, int height, int width, float *to) {
  int row = width + BORDER, wide = 2 * width + BORDER;
  clear(to, (2 * height + 2) * wide + 8);
  for (int y = 0; y < 2 * height; y++) for (int x = 0; x < width; x++) {
    float *pair = to + (y + 1) * wide + 1 + 2 * x;
    pair[0] = pair[1] = from[(y >> 1) * row + x];
  }
}

// A plane of even sides -> the four planes of every second row and column of it padded, each height / 2 + 1 rows of
// width / 2 + 2 floats: with them a stride of two is a convolution of stride one. They lie `stride` apart.
EXPORT(part) void part(const float *from, int height, int width, float *to, int stride) {
  int row = width + BORDER, half_row = width / 2 + BORDER;
  clear(to, 4 * stride);
  for (int a = 0; a < 2; a++) for (int b = 0; b < 2; b++)
    for (int i = 0; i <= height / 2; i++) for (int j = 0; j <= width / 2; j++) {
      int y = 2 * i + a - 1, x = 2 * j + b - 1;
      if (y >= 0 && y < height && x >= 0 && x < width)
        to[(a * 2 + b) * stride + i * half_row + j] = from[y * row + x];
    }
}
