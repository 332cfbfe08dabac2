// Where memory begins that is free, and what is done with numbers wherever they lie.
#include "planes.h"

extern unsigned char __heap_base;

EXPORT(heap_base) int heap_base(void) { return (int)&__heap_base; }

EXPORT(zero) void zero(float *to, int count) { clear(to, count); }

EXPORT(add) void add(float *to, const float *other, int count) {
  for (int i = 0; i < count; i += 4) store(to + i, add4(load(to + i), load(other + i)));
}

// Half precision -> single, by the bits: the weights file has the first, the kernels count in the second.
EXPORT(from_halves) void from_halves(const unsigned short *from, float *to, int count) {
  for (int i = 0; i < count; i++) {
    unsigned half = from[i], power = half & 0x7c00;
    // As if both had the same bias of the exponent, then times the difference: right for subnormal numbers too.
    union { unsigned bits; float value; } single = {(half & 0x7fff) << 13};
    single.value *= 0x1p112f;
    if (power == 0x7c00) single.bits |= 0x7f800000;
    single.bits |= (half & 0x8000) << 16;
    to[i] = single.value;
  }
}
