/* Vectors of LANES floats or int32, by the compiler's vector extensions; what these lack is written for each set of
 * instructions. Every operation rounds as IEEE 754 says, and setup.py forbids the compiler to fuse a multiplication
 * with an addition by itself, so results do not depend on LANES.
 *
 * A file of sets/ includes this after it has chosen its instructions by a pragma, which clang's macros do not follow: so
 * it also defines USE_AVX2 or USE_AVX512.
 */
#include "kernels.h"

#include <math.h>
#include <string.h>
#if defined(ON_X86)
#include <immintrin.h>
#elif defined(ON_ARM)
#include <arm_neon.h>
#endif

#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0
#error "this compiler computes floats with more digits than they have: use -msse2 -mfpmath=sse"
#endif

#define INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("GCC unroll 16")

#if defined(USE_AVX512)
enum { LANES = 16 };
#elif defined(USE_AVX2)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
enum { PARTS = WHOLE / LANES, VECTOR = 4 * LANES };

typedef float Floats __attribute__((vector_size(VECTOR)));
typedef int32_t Ints __attribute__((vector_size(VECTOR)));
typedef int8_t Bytes __attribute__((vector_size(LANES)));

INLINE Floats load(const float *from) {
    Floats x;
    memcpy(&x, from, sizeof x);
    return x;
}

INLINE void store(float *to, Floats x) { memcpy(to, &x, sizeof x); }

INLINE Ints load_ints(const int32_t *from) {
    Ints x;
    memcpy(&x, from, sizeof x);
    return x;
}

INLINE Floats all(float x) { return x - (Floats){0}; }

INLINE Ints all_ints(int32_t x) { return x - (Ints){0}; }

/* The first `left` floats, and zeros after them. */
INLINE Floats load_first(const float *from, int left) {
    Floats x = {0};
    if (left >= LANES) return load(from);
    if (left > 0) memcpy(&x, from, left * sizeof *from);
    return x;
}

INLINE void store_first(float *to, Floats x, int left) {
    if (left >= LANES) store(to, x);
    else if (left > 0) memcpy(to, &x, left * sizeof *to);
}

INLINE Ints lane_numbers(void) {
#if defined(USE_AVX512)
    return (Ints){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#elif defined(USE_AVX2)
    return (Ints){0, 1, 2, 3, 4, 5, 6, 7};
#else
    return (Ints){0, 1, 2, 3};
#endif
}

/* `x` in the first `left` lanes, `other` in those after them. */
INLINE Floats first_of(Floats x, int left, Floats other) {
    if (left >= LANES) return x;
    Ints there = lane_numbers() < left;
    return (Floats)((there & (Ints)x) | (~there & (Ints)other));
}

/* The larger one; `b` if they are equal or not comparable. */
INLINE Floats larger(Floats a, Floats b) {
#if defined(USE_AVX512)
    return (Floats)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(USE_AVX2)
    return (Floats)_mm256_max_ps((__m256)a, (__m256)b);
#elif defined(ON_X86)
    return (Floats)_mm_max_ps((__m128)a, (__m128)b);
#else
    Ints more = a > b;
    return (Floats)((more & (Ints)a) | (~more & (Ints)b));
#endif
}

INLINE Floats smaller(Floats a, Floats b) {
#if defined(USE_AVX512)
    return (Floats)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(USE_AVX2)
    return (Floats)_mm256_min_ps((__m256)a, (__m256)b);
#elif defined(ON_X86)
    return (Floats)_mm_min_ps((__m128)a, (__m128)b);
#else
    Ints less = a < b;
    return (Floats)((less & (Ints)a) | (~less & (Ints)b));
#endif
}

/* Without the sign. */
INLINE Floats absolute(Floats x) { return (Floats)((Ints)x & 0x7FFFFFFF); }

#if !defined(USE_AVX512) && !defined(USE_AVX2) && !defined(ON_ARM) && !defined(__FP_FAST_FMAF)
enum { HALF = LANES / 2 };
typedef float HalfFloats __attribute__((vector_size(4 * HALF)));
typedef double HalfDoubles __attribute__((vector_size(8 * HALF)));
typedef int64_t HalfInts __attribute__((vector_size(8 * HALF)));

/* The product is exact in double. The sum is rounded to odd, so that rounding it again, to float, gives what a single
 * rounding gives (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding
 * to odd", 2008). */
INLINE void fuse_half(const float *a, const float *b, const float *c, float *to) {
    HalfFloats x, y, z;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    memcpy(&z, c, sizeof z);
    HalfDoubles product = __builtin_convertvector(x, HalfDoubles) * __builtin_convertvector(y, HalfDoubles);
    HalfDoubles other = __builtin_convertvector(z, HalfDoubles), sum = product + other, back = sum - product;
    HalfDoubles error = (product - (sum - back)) + (other - back);
    HalfInts bits = (HalfInts)sum, even = (bits & 1) == 0, inexact = error != 0, outward = (error > 0) == (sum > 0);
    bits += even & inexact & (-1 - 2 * outward); /* one step to where the exact sum is */
    x = __builtin_convertvector((HalfDoubles)bits, HalfFloats);
    memcpy(to, &x, sizeof x);
}
#endif

/* a * b + c, rounded once. */
INLINE Floats fused(Floats a, Floats b, Floats c) {
#if defined(USE_AVX512)
    return (Floats)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(USE_AVX2)
    return (Floats)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(ON_ARM)
    return (Floats)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
    float x[LANES], y[LANES], z[LANES];
    store(x, a);
    store(y, b);
    store(z, c);
#if defined(__FP_FAST_FMAF)
    for (int i = 0; i < LANES; i++) z[i] = __builtin_fmaf(x[i], y[i], z[i]);
#else
    for (int i = 0; i < LANES; i += HALF) fuse_half(x + i, y + i, z + i, z + i);
#endif
    return load(z);
#endif
}

INLINE Floats to_floats(Ints x) { return __builtin_convertvector(x, Floats); }

/* The sum, or the largest, of WHOLE floats in PARTS vectors: lane i with lane i + 8, then with i + 4, i + 2, i + 1. */
INLINE float fold(const Floats *parts, int largest) {
    float x[WHOLE];
    memcpy(x, parts, sizeof x);
    UNROLLED
    for (int half = WHOLE / 2; half; half /= 2)
        for (int i = 0; i < half; i++)
            x[i] = !largest ? x[i] + x[i + half] : x[i] > x[i + half] ? x[i] : x[i + half];
    return x[0];
}

/* x rounded to whole numbers, ties to even, for |x| < 2^22: as a float and, for what follows, as an int. */
#define ROUNDING 12582912.0f /* 1.5 * 2^23: beyond it, floats are whole numbers */
INLINE Floats rounded(Floats x) { return (x + ROUNDING) - ROUNDING; }

INLINE Ints rounded_ints(Floats x) { return (Ints)(x + ROUNDING) - 0x4B400000; }

/* Stores 4 * LANES numbers as bytes; those outside 0 to 255 become the nearer of these. */
INLINE void store_bytes(uint8_t *to, const Ints *x) {
#if defined(USE_AVX512)
    for (int i = 0; i < 4; i++) {
        __m512i positive = _mm512_max_epi32((__m512i)x[i], _mm512_setzero_si512());
        _mm_storeu_si128((__m128i *)(to + i * LANES), _mm512_cvtusepi32_epi8(positive));
    }
#elif defined(USE_AVX2)
    __m256i low = _mm256_packs_epi32((__m256i)x[0], (__m256i)x[1]);
    __m256i high = _mm256_packs_epi32((__m256i)x[2], (__m256i)x[3]);
    __m256i bytes = _mm256_packus_epi16(low, high); /* in both halves, four of each vector */
    bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    _mm256_storeu_si256((__m256i *)to, bytes);
#elif defined(ON_X86)
    __m128i low = _mm_packs_epi32((__m128i)x[0], (__m128i)x[1]), high = _mm_packs_epi32((__m128i)x[2], (__m128i)x[3]);
    _mm_storeu_si128((__m128i *)to, _mm_packus_epi16(low, high));
#else
    int32_t numbers[4 * LANES];
    memcpy(numbers, x, sizeof numbers);
    for (int i = 0; i < 4 * LANES; i++)
        to[i] = (uint8_t)(numbers[i] < 0 ? 0 : numbers[i] > 255 ? 255 : numbers[i]);
#endif
}

/* ---- functions of vectors ---- */

/* e^x for x <= 88: a power of two times e^r, |r| <= ln(2) / 2, by its Taylor series; relative error 2e-7. */
INLINE Floats exponential(Floats x) {
    x = larger(x, all(-87.0f));
    Floats shifted = x * 1.44269504f + ROUNDING, n = shifted - ROUNDING;
    Floats r = fused(n, all(-0.693359375f), x); /* ln(2) in two parts, the first of few bits */
    r = fused(n, all(2.12194440e-4f), r);
    Floats e = all(1.0f / 720);
    e = fused(e, r, all(1.0f / 120));
    e = fused(e, r, all(1.0f / 24));
    e = fused(e, r, all(1.0f / 6));
    e = fused(e, r, all(0.5f));
    e = fused(e, r, all(1.0f));
    e = fused(e, r, all(1.0f));
    Ints power = ((Ints)shifted - 0x4B400000 + 127) << 23;
    return e * (Floats)power;
}

/* GELU: x * Phi(x), Phi being the normal distribution function. For |x| <= 5, (Phi(x) - 1/2) / x is a polynomial in
 * 2 * x^2 / 25 - 1, fitted by least squares with weights that even out the largest errors; beyond, Phi is taken at 5.
 * The error is below 1e-5, and the result is quantised to uint8 in steps of 1e-2 or more. */
INLINE Floats gelu(Floats x) {
    static const float of[] = {2.27723909e-03f,  -6.27795232e-03f, 7.02135407e-03f,  -8.32993906e-03f,
                               1.55478420e-02f,  -2.42150950e-02f, 3.17441665e-02f,  -4.03191837e-02f,
                               5.14880096e-02f,  -7.03005179e-02f, 1.41364302e-01f};
    Floats within = larger(smaller(x, all(5.0f)), all(-5.0f));
    Floats u = fused(within * within, all(2.0f / 25), all(-1.0f));
    Floats p = all(of[0]);
    UNROLLED
    for (int i = 1; i < 11; i++) p = fused(p, u, all(of[i]));
    return x * fused(within, p, all(0.5f));
}

INLINE Floats hyperbolic_tangent(Floats x) {
    Floats clipped = larger(smaller(x, all(10.0f)), all(-10.0f)), e = exponential(clipped + clipped);
    return (e - 1.0f) / (e + 1.0f);
}
