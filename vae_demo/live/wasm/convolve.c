// The products and sums of every convolution, in the plain form and in that of Winograd.
#include "planes.h"

// out[o][x] = bias[o] + sum over k of weights[o][k] * in[offsets[k] + x], for x below `count`.
//
// A row of `in` is found by its offset, so one kernel serves 1x1 and 3x3, strides, and taps in time. Output channels
// come in fours and x in eights: eight sums stay in registers while k runs. weights: see pack.
// bias may be 0, for none. Output rows are `stride` apart.
EXPORT(convolve) void convolve(const float *in, const int *offsets, int terms, const float *weights, const float *bias,
                               float *out, int channels, int count, int stride) {
  for (int o = 0; o < channels; o += 4) {
    const float *own = weights + o * terms;
    float *row = out + o * stride;
    four start0 = all(bias ? bias[o] : 0), start1 = all(bias ? bias[o + 1] : 0);
    four start2 = all(bias ? bias[o + 2] : 0), start3 = all(bias ? bias[o + 3] : 0);
    for (int x = 0; x < count; x += 8) {
      const float *at = in + x, *w = own;
      four a0 = start0, a1 = start0, b0 = start1, b1 = start1, c0 = start2, c1 = start2, d0 = start3, d1 = start3;
      for (int k = 0; k < terms; k++, w += 4) {
        const float *from = at + offsets[k];
        four v0 = load(from), v1 = load(from + 4);
        four w0 = wasm_v128_load32_splat(w), w1 = wasm_v128_load32_splat(w + 1);
        four w2 = wasm_v128_load32_splat(w + 2), w3 = wasm_v128_load32_splat(w + 3);
        a0 = muladd4(v0, w0, a0); a1 = muladd4(v1, w0, a1);
        b0 = muladd4(v0, w1, b0); b1 = muladd4(v1, w1, b1);
        c0 = muladd4(v0, w2, c0); c1 = muladd4(v1, w2, c1);
        d0 = muladd4(v0, w3, d0); d1 = muladd4(v1, w3, d1);
      }
      float *to = row + x;
      store(to, a0); store(to + 4, a1); to += stride;
      store(to, b0); store(to + 4, b1); to += stride;
      store(to, c0); store(to + 4, c1); to += stride;
      store(to, d0); store(to + 4, d1);
    }
  }
}

// weights[o][k] -> the order in which convolve reads them: four output channels side by side.
EXPORT(pack) void pack(const float *weights, float *packed, int channels, int terms) {
  for (int o = 0; o < channels; o++)
    for (int k = 0; k < terms; k++) packed[(o >> 2) * 4 * terms + k * 4 + (o & 3)] = weights[o * terms + k];
}
