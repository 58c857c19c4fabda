/* AVX-VNNI: Intel since Alder Lake (2021), AMD since Zen 5. */
#include "../kernels.h"

#if defined(ON_X86)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,avxvnni"))), apply_to = function)
#else
#pragma GCC target("avx2,fma,avxvnni")
#endif
#define USE_AVX2
#include "../vector.h"

typedef __m256i Row;

INLINE Row row_of(const uint8_t *x) {
    int32_t four;
    memcpy(&four, x, sizeof four);
    return _mm256_set1_epi32(four);
}

INLINE Ints dot(Ints sums, Row four, const int8_t *weights) {
    return (Ints)_mm256_dpbusd_avx_epi32((__m256i)sums, four, _mm256_loadu_si256((const __m256i *)weights));
}

#define TILE 4
#include "../products.h"
#include "../rows.h"
#include "../attention.h"
#include "../table.h"

KERNELS(avx_vnni_kernels, multiply_by_tiles, HALF_TILE, .offset = 0)
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
