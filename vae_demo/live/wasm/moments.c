// Mean and variance, for a norm over channels and frames.
#include "planes.h"

// Sum of x - mean over a row, or of its squares.
static double row_sum(const float *row, int width, float mean, int squares) {
  four sum = all(0), means = all(mean);
  int x = 0;
  for (; x + 4 <= width; x += 4) {
    four value = sub4(load(row + x), means);
    sum = squares ? muladd4(value, value, sum) : add4(sum, value);
  }
  double result = (double)wasm_f32x4_extract_lane(sum, 0) + wasm_f32x4_extract_lane(sum, 1) +
                  wasm_f32x4_extract_lane(sum, 2) + wasm_f32x4_extract_lane(sum, 3);
  for (; x < width; x++) {
    float value = row[x] - mean;
    result += squares ? value * value : value;
  }
  return result;
}

typedef struct { const float *first; int channels, channel_stride, frames, frame_stride, height, width; } Block;

static double sum_of(const Block *block, float mean, int squares) {
  double result = 0;
  for (int c = 0; c < block->channels; c++) for (int t = 0; t < block->frames; t++) {
    const float *plane = block->first + c * block->channel_stride + t * block->frame_stride;
    for (int y = 0; y < block->height; y++)
      result += row_sum(plane + y * (block->width + BORDER), block->width, mean, squares);
  }
  return result;
}

// to[0] and to[1]: mean and variance of all values of `channels` x `frames` planes.
// Twice over them: the difference of a mean of squares and a squared mean would lose digits.
EXPORT(moments) void moments(const float *first, int channels, int channel_stride, int frames, int frame_stride,
                             int height, int width, float *to) {
  Block block = {first, channels, channel_stride, frames, frame_stride, height, width};
  double count = (double)channels * frames * height * width;
  to[0] = sum_of(&block, 0, 0) / count;
  to[1] = sum_of(&block, to[0], 1) / count;
}
