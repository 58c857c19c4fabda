/* AVX2 and FMA: x86-64 since 2013 (Intel Haswell) and 2015 (AMD Excavator). */
#include "../kernels.h"

#if defined(ON_X86)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#define USE_AVX2
#include "../vector.h"

typedef __m256i Row;

INLINE Row row_of(const uint8_t *x) {
    int32_t four;
    memcpy(&four, x, sizeof four);
    return _mm256_set1_epi32(four);
}

/* Two products are added in 16 bits: pack.c has made sure that they fit. */
INLINE Ints dot(Ints sums, Row four, const int8_t *weights) {
    __m256i pairs = _mm256_maddubs_epi16(four, _mm256_loadu_si256((const __m256i *)weights));
    return sums + (Ints)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

#define TILE 4
#include "../products.h"
#include "../rows.h"
#include "../attention.h"
#include "../table.h"

KERNELS(avx2_kernels, multiply_by_tiles, HALF_TILE, .offset = 0)
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
