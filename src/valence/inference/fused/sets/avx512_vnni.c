/* AVX-512 VNNI: Intel servers since Cascade Lake (2019), AMD since Zen 4 (2022). */
#include "../kernels.h"

#if defined(ON_X86)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)
#else
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")
#endif
#define USE_AVX512
#include "../vector.h"

typedef __m512i Row;

INLINE Row row_of(const uint8_t *x) {
    int32_t four;
    memcpy(&four, x, sizeof four);
    return _mm512_set1_epi32(four);
}

INLINE Ints dot(Ints sums, Row four, const int8_t *weights) {
    return (Ints)_mm512_dpbusd_epi32((__m512i)sums, four, _mm512_loadu_si512(weights));
}

#define TILE 8
#include "../products.h"
#include "../rows.h"
#include "../attention.h"
#include "../table.h"

KERNELS(avx512_vnni_kernels, multiply_by_tiles, HALF_TILE, .offset = 0)
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
