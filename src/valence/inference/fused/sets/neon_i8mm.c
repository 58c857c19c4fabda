/* Arm's products of small matrices of bytes: Armv8.6 (Neoverse V1 and N2, Graviton 3, Apple M2) and later. */
#include "../kernels.h"

#if defined(ON_ARM)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)
#else
#pragma GCC target("arch=armv8.2-a+dotprod+i8mm")
#endif
#include "../vector.h"
#include "../products.h"
#include "../rows.h"
#include "../attention.h"
#include "../table.h"

enum { ROWS = 8, HALF = ROWS / 2, PAIRS = PANEL / 2 }; /* rows of a tile; pairs of columns in a panel */

/* Eight activations of a row, and the same of the next one. */
INLINE uint8x16_t two_rows(const uint8_t *x, size_t inputs) { return vcombine_u8(vld1_u8(x), vld1_u8(x + inputs)); }

/* `rows` rows of `x` times one panel of columns. A sum is of two rows by two columns. */
INLINE void tile(const Packed *w, const uint8_t *x, const float *steps, int rows, int column, float *y, int stride,
                 int then) {
    const size_t inputs = w->inputs;
    const int8_t *weights = weights_of(w, column);
    int32x4_t sums[ROWS / 2][PAIRS];
    UNROLLED
    for (int i = 0; i < rows / 2; i++)
        for (int j = 0; j < PAIRS; j++) sums[i][j] = vdupq_n_s32(0);
    for (size_t k = 0; k < inputs; k += 8) {
        int8x16_t columns[PAIRS]; /* eight weights of a column, and the same of the next one */
        UNROLLED
        for (int j = 0; j < PAIRS; j += 2) {
            const int8_t *from = weights + k * WHOLE + j / 2 * sizeof(int8x16_t);
            int32x4_t four = vreinterpretq_s32_s8(vld1q_s8(from));
            int32x4_t next = vreinterpretq_s32_s8(vld1q_s8(from + 4 * WHOLE));
            columns[j] = vreinterpretq_s8_s32(vzip1q_s32(four, next));
            columns[j + 1] = vreinterpretq_s8_s32(vzip2q_s32(four, next));
        }
        UNROLLED
        for (int i = 0; i < rows / 2; i++) {
            uint8x16_t both = two_rows(x + 2 * i * inputs + k, inputs);
            for (int j = 0; j < PAIRS; j++) sums[i][j] = vusmmlaq_s32(sums[i][j], both, columns[j]);
        }
    }
    const Finish first = finish_of(w, column), second = finish_of(w, column + LANES);
    UNROLLED
    for (int i = 0; i < rows; i++) {
        const int32x4_t *of = sums[i / 2];
        int32x4_t a, b;
        if (i % 2) {
            a = vcombine_s32(vget_high_s32(of[0]), vget_high_s32(of[1]));
            b = vcombine_s32(vget_high_s32(of[2]), vget_high_s32(of[3]));
        } else {
            a = vcombine_s32(vget_low_s32(of[0]), vget_low_s32(of[1]));
            b = vcombine_s32(vget_low_s32(of[2]), vget_low_s32(of[3]));
        }
        float *to = y + (size_t)i * stride + column;
        finish(&first, (Ints)a, steps[i], to, then);
        finish(&second, (Ints)b, steps[i], to + LANES, then);
    }
}

INLINE void multiply_by_pairs(const Packed *w, const uint8_t *x, const float *steps, int rows, float *y, int stride,
                              int then) {
    for (int column = 0; column < w->outputs; column += PANEL)
        for (int row = 0; row < rows; row += ROWS) {
            const uint8_t *from = x + (size_t)row * w->inputs;
            float *to = y + (size_t)row * stride;
            if (rows - row >= ROWS) tile(w, from, steps + row, ROWS, column, to, stride, then);
            else tile(w, from, steps + row, HALF, column, to, stride, then);
        }
}

KERNELS(neon_i8mm_kernels, multiply_by_pairs, HALF, .offset = 0)
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
