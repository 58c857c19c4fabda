/* Arm's dot products of bytes: Armv8.2 (Neoverse N1, Graviton 2, Apple M1) and later. */
#include "../kernels.h"

#if defined(ON_ARM)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#else
#pragma GCC target("arch=armv8.2-a+dotprod")
#endif
#include "../vector.h"

typedef int8x16_t Row;

/* They multiply signed bytes by signed ones, so 128 is subtracted from every activation. */
enum { OFFSET = 128 };

INLINE Row row_of(const uint8_t *x) {
    uint32_t four;
    memcpy(&four, x, sizeof four);
    return vreinterpretq_s8_u32(vdupq_n_u32(four ^ 0x80808080u));
}

INLINE Ints dot(Ints sums, Row four, const int8_t *weights) {
    return (Ints)vdotq_s32((int32x4_t)sums, vld1q_s8(weights), four);
}

#define TILE 8
#include "../products.h"
#include "../rows.h"
#include "../attention.h"
#include "../table.h"

KERNELS(neon_dot_kernels, multiply_by_tiles, HALF_TILE, .offset = OFFSET)
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
