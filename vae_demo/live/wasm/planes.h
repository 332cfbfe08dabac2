// What every kernel shares. There is no libc and no allocation here: JavaScript (network/arena.js) hands out memory.
//
// A plane is `height` rows of `width + 2` floats. The last two columns of a row are junk that nothing reads as data;
// with them, a padded plane's rows lie as far apart as those of what is computed from it, and a 3x3 convolution is one
// run over all rows. A padded plane has height + 2 rows with a border of zeros, and begins at its corner.
//
// Kernels work on four or eight floats at a time and do not stop early: they read and write up to eight floats past the
// last one. Whoever hands out memory leaves that room.
#pragma once
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define BORDER 2

typedef v128_t four;

static inline four all(float value) { return wasm_f32x4_splat(value); }
static inline four load(const float *from) { return wasm_v128_load(from); }
static inline void store(float *to, four value) { wasm_v128_store(to, value); }
static inline four add4(four a, four b) { return wasm_f32x4_add(a, b); }
static inline four sub4(four a, four b) { return wasm_f32x4_sub(a, b); }
static inline four mul4(four a, four b) { return wasm_f32x4_mul(a, b); }
// a * b + c, rounded twice: relaxed SIMD would round once, is refused by WebKitGTK 2.50 and gains nothing on x86.
static inline four muladd4(four a, four b, four c) { return add4(c, mul4(a, b)); }

static inline void clear(float *to, int count) {
  for (int i = 0; i < count; i++) to[i] = 0;
}
