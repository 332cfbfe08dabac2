// Winograd's F(2x2, 3x3): a 3x3 convolution of four pixels in 16 products instead of 36.
//
// A tile of 4x4 becomes 16 values, at `positions`; products and sums go position by position (convolve.c), and 16 sums
// become 2x2 pixels. Tiles overlap by two; those at the right and lower end of an odd side read junk, which reaches
// pixels beyond the side alone.
//
// enlarged: the plane is another one at twice its sides (nearest). Then the third row and column of what a tile becomes
// are zero: 7 of 16 positions, which nobody writes, multiplies or reads.
#include "planes.h"

static inline int tiles(int side) { return (side + 1) >> 1; }

// Four tiles side by side need ten values of a row.
static inline void across(const float *row, four *t) {
  four a = load(row), b = load(row + 4), c = load(row + 8);
  four even = wasm_i32x4_shuffle(a, b, 0, 2, 4, 6), odd = wasm_i32x4_shuffle(a, b, 1, 3, 5, 7);
  four next_even = wasm_i32x4_shuffle(even, c, 1, 2, 3, 4), next_odd = wasm_i32x4_shuffle(odd, c, 1, 2, 3, 5);
  t[0] = sub4(even, next_even);
  t[1] = add4(odd, next_even);
  t[2] = sub4(next_even, odd);
  t[3] = sub4(odd, next_odd);
}

// A padded plane -> to[position * stride + tile].
EXPORT(winograd_in) void winograd_in(const float *from, int height, int width, float *to, int stride, int enlarged) {
  int row = width + BORDER, wide = tiles(width);
  for (int ty = 0; ty < tiles(height); ty++) for (int tx = 0; tx < wide; tx += 4) {
    four t[4][4];
    const float *corner = from + 2 * ty * row + 2 * tx;
    for (int i = 0; i < 4; i++) across(corner + i * row, t[i]);
    float *tile = to + ty * wide + tx;
    for (int j = 0; j < 4; j++) {
      if (enlarged && j == 2) continue;
      store(tile + j * stride, sub4(t[0][j], t[2][j]));
      store(tile + (4 + j) * stride, add4(t[1][j], t[2][j]));
      if (!enlarged) store(tile + (8 + j) * stride, sub4(t[2][j], t[1][j]));
      store(tile + (12 + j) * stride, sub4(t[1][j], t[3][j]));
    }
  }
}

// from[position * stride + tile] -> a plane.
EXPORT(winograd_out) void winograd_out(const float *from, int height, int width, float *to, int stride, float bias,
                                       int enlarged) {
  int row = width + BORDER, wide = tiles(width);
  four biases = all(bias), none = all(0);
  float last[8];
  for (int ty = 0; ty < tiles(height); ty++) for (int tx = 0; tx < wide; tx += 4) {
    const float *tile = from + ty * wide + tx;
    four a[2][4];
    for (int j = 0; j < 4; j++) {
      if (enlarged && j == 2) { a[0][j] = a[1][j] = none; continue; }
      four m0 = load(tile + j * stride), m1 = load(tile + (4 + j) * stride);
      four m2 = enlarged ? none : load(tile + (8 + j) * stride), m3 = load(tile + (12 + j) * stride);
      a[0][j] = add4(add4(m0, m1), m2);
      a[1][j] = sub4(sub4(m1, m2), m3);
    }
    int left = width - 2 * tx;
    for (int i = 0; i < 2 && 2 * ty + i < height; i++) {
      four even = add4(add4(add4(a[i][0], a[i][1]), a[i][2]), biases);
      four odd = add4(sub4(sub4(a[i][1], a[i][2]), a[i][3]), biases);
      four low = wasm_i32x4_shuffle(even, odd, 0, 4, 1, 5), high = wasm_i32x4_shuffle(even, odd, 2, 6, 3, 7);
      float *pixels = to + (2 * ty + i) * row + 2 * tx;
      if (left >= 8) { store(pixels, low); store(pixels + 4, high); continue; }
      store(last, low);
      store(last + 4, high);
      for (int k = 0; k < left; k++) pixels[k] = last[k];  // the next row's pixels are there already
    }
  }
}

// weights[o][k][3][3] -> G g G^T of each, packed as convolve reads them, position by position.
EXPORT(winograd_pack) void winograd_pack(const float *weights, float *packed, int channels, int terms) {
  for (int o = 0; o < channels; o++) for (int k = 0; k < terms; k++) {
    const float *g = weights + (o * terms + k) * 9;
    float *to = packed + (o >> 2) * 4 * terms + k * 4 + (o & 3), t[4][3];
    for (int j = 0; j < 3; j++) {
      float a = g[j], b = g[3 + j], c = g[6 + j];
      t[0][j] = a; t[1][j] = .5f * (a + b + c); t[2][j] = .5f * (a - b + c); t[3][j] = c;
    }
    for (int i = 0; i < 4; i++) {
      float a = t[i][0], b = t[i][1], c = t[i][2], row[4] = {a, .5f * (a + b + c), .5f * (a - b + c), c};
      for (int j = 0; j < 4; j++) to[(4 * i + j) * channels * terms] = row[j];
    }
  }
}
