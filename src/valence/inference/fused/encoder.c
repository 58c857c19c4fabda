/* An encoder of int8 weights, whole: token ids in, what a head reads out, for x86-64 with AVX-512 VNNI and, where the
 * processor has it, AMX.
 *
 * The arithmetic is that of body.onnx as valence.export.quantize writes it: weights with a scale for each output,
 * activations with a scale for each row (token). Sums of int8 products are exact, and everything else is done row by
 * row, so a text's answer does not depend on what it is computed with. Texts stand one after the other without padding.
 *
 * A matrix of activations has a row for each token; rows are padded to ALIGNED columns, and the number of rows to
 * BLOCK, so that no loop over them needs a tail. Nothing here allocates while it runs: the caller brings the scratch.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

/* What the caller describes a network with: weight is (inputs, outputs), row by row, as it stands in body.onnx. */
typedef struct {
    int32_t inputs, outputs, zero_point;
    const int8_t *weight;
    const float *scale, *bias;
} Linear;

typedef struct {
    const float *weight, *bias;
} Norm;

typedef struct {
    Linear query, key, value, out, up, down;
    Norm attention_norm, output_norm;
} Layer;

typedef struct {
    int32_t hidden, heads, layers, vocabulary, positions, width, tanh;
    float epsilon;
    const int8_t *words;
    const float *word_scales, *position_table;
    Norm embedding_norm;
    const Layer *layer;
    const float *dense_weight, *dense_bias; /* (hidden, width): the dense layer before the head */
    const float *relative;                  /* (heads, 2 * positions - 1), or null: attention's bias by distance */
} Network;

enum { NONE, VNNI, AMX };                                /* the instructions to use, the better the higher */
enum { DONE, TOKEN_UNKNOWN, TEXT_TOO_LONG, OUT_OF_MEMORY }; /* how a call ended */

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AVX512 __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define WITH_AMX __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,amx-tile,amx-int8")))
#define INLINE static inline __attribute__((always_inline))

enum {
    LANES = 16,   /* floats of a vector */
    ALIGNED = 64, /* columns: bytes of a vector, and of a tile's row */
    BLOCK = 32,   /* rows: two tiles */
    PANEL = 32,   /* columns of a product that are computed together: two tiles */
    STRIP = 64,   /* rows of the feed-forward layer that are in the cache together */
    QUERIES = 4,  /* rows of attention that are computed together */
};

/* A linear layer as it is multiplied: column blocks of LANES, in each of them four rows' bytes side by side. */
typedef struct {
    int inputs, outputs; /* padded */
    int zero_point;
    int8_t *weight;
    int32_t *correction; /* zero point times the column's sum */
    float *scale, *bias;
} Packed;

typedef struct {
    Packed qkv, out, up, down;
    Norm attention_norm, output_norm;
} PackedLayer;

struct Encoder {
    Network network;
    int columns; /* of hidden states, padded */
    int instructions;
    PackedLayer *layer;
    float *owned; /* norms, copied */
};

static int padded(int count, int to) { return (count + to - 1) / to * to; }

static int max_of(int a, int b) { return a > b ? a : b; }

/* ---- which instructions there are ---- */

static int amx_granted(void) {
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
    unsigned a, b, c, d;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d >> 24 & 1) || !(d >> 25 & 1)) return 0;
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}

EXPORTED int32_t valence_instructions(void) {
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl") ||
        !__builtin_cpu_supports("avx512vnni"))
        return NONE;
    return amx_granted() ? AMX : VNNI;
}

/* ---- making an encoder ---- */

static void *zeroed(size_t bytes) {
    void *memory = NULL;
    if (posix_memalign(&memory, ALIGNED, bytes ? bytes : 1)) return NULL;
    return memset(memory, 0, bytes);
}

/* Packs the columns of `part` from column `first` on. */
static void pack(Packed *to, const Linear *part, int first) {
    to->zero_point = part->zero_point;
    for (int n = 0; n < part->outputs; n++) {
        int column = first + n, sum = 0;
        int8_t *block = to->weight + (size_t)(column / LANES) * to->inputs * LANES;
        for (int k = 0; k < part->inputs; k++) {
            int8_t value = part->weight[(size_t)k * part->outputs + n];
            block[(k / 4 * LANES + column % LANES) * 4 + k % 4] = value;
            sum += value;
        }
        to->correction[column] = part->zero_point * sum;
        to->scale[column] = part->scale[n];
        to->bias[column] = part->bias[n];
    }
}

static int packed_of(Packed *to, const Linear *parts, int count) {
    int outputs = 0;
    for (int i = 0; i < count; i++) outputs += parts[i].outputs;
    to->inputs = padded(parts[0].inputs, ALIGNED);
    to->outputs = padded(outputs, ALIGNED);
    to->weight = zeroed((size_t)to->inputs * to->outputs);
    to->correction = zeroed(to->outputs * sizeof(int32_t));
    to->scale = zeroed(to->outputs * sizeof(float));
    to->bias = zeroed(to->outputs * sizeof(float));
    if (!to->weight || !to->correction || !to->scale || !to->bias) return 0;
    for (int i = 0, first = 0; i < count; first += parts[i].outputs, i++) pack(to, &parts[i], first);
    return 1;
}

static void release(Packed *packed) {
    free(packed->weight);
    free(packed->correction);
    free(packed->scale);
    free(packed->bias);
}

EXPORTED void valence_close(struct Encoder *encoder) {
    if (!encoder) return;
    for (int i = 0; encoder->layer && i < encoder->network.layers; i++) {
        PackedLayer *layer = &encoder->layer[i];
        release(&layer->qkv);
        release(&layer->out);
        release(&layer->up);
        release(&layer->down);
    }
    free(encoder->layer);
    free(encoder);
}

/* Packs the layers. The network's other arrays are not copied: they have to live as long as the encoder.
 * Null if there is no memory for it. */
EXPORTED struct Encoder *valence_open(const Network *network, int32_t instructions) {
    struct Encoder *encoder = zeroed(sizeof *encoder);
    if (!encoder) return NULL;
    encoder->network = *network;
    encoder->instructions = instructions;
    encoder->columns = padded(network->hidden, ALIGNED);
    encoder->layer = zeroed(network->layers * sizeof(PackedLayer));
    int whole = encoder->layer != NULL;
    for (int i = 0; whole && i < network->layers; i++) {
        const Layer *from = &network->layer[i];
        PackedLayer *to = &encoder->layer[i];
        const Linear qkv[] = {from->query, from->key, from->value};
        to->attention_norm = from->attention_norm;
        to->output_norm = from->output_norm;
        whole = packed_of(&to->qkv, qkv, 3) && packed_of(&to->out, &from->out, 1) &&
                packed_of(&to->up, &from->up, 1) && packed_of(&to->down, &from->down, 1);
    }
    if (whole) return encoder;
    valence_close(encoder);
    return NULL;
}

/* ---- functions of a vector ---- */

/* e^x for x <= 88: a power of two, and e^r for |r| <= ln(2) / 2 by its Taylor series, to 2e-7 of it. */
AVX512 INLINE __m512 exponential(__m512 x) {
    x = _mm512_max_ps(x, _mm512_set1_ps(-87.0f));
    __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), _MM_FROUND_TO_NEAREST_INT);
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x); /* ln(2) in two parts, the first of few bits */
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
    __m512 e = _mm512_set1_ps(1.0f / 720);
    e = _mm512_fmadd_ps(e, r, _mm512_set1_ps(1.0f / 120));
    e = _mm512_fmadd_ps(e, r, _mm512_set1_ps(1.0f / 24));
    e = _mm512_fmadd_ps(e, r, _mm512_set1_ps(1.0f / 6));
    e = _mm512_fmadd_ps(e, r, _mm512_set1_ps(0.5f));
    e = _mm512_fmadd_ps(e, r, _mm512_set1_ps(1.0f));
    e = _mm512_fmadd_ps(e, r, _mm512_set1_ps(1.0f));
    return _mm512_scalef_ps(e, n);
}

AVX512 INLINE __m512 reciprocal(__m512 x) {
    __m512 near = _mm512_rcp14_ps(x); /* and a step of Newton's method */
    return _mm512_mul_ps(near, _mm512_fnmadd_ps(x, near, _mm512_set1_ps(2.0f)));
}

/* x / 2 * (1 + erf(x / sqrt(2))), with erf by Abramowitz and Stegun, 7.1.26, to 1.5e-7. */
AVX512 INLINE __m512 gelu(__m512 x) {
    __m512 z = _mm512_mul_ps(_mm512_abs_ps(x), _mm512_set1_ps(0.70710678f));
    __m512 t = reciprocal(_mm512_fmadd_ps(z, _mm512_set1_ps(0.3275911f), _mm512_set1_ps(1.0f)));
    __m512 p = _mm512_set1_ps(1.061405429f);
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(-1.453152027f));
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(1.421413741f));
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(-0.284496736f));
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(0.254829592f));
    __m512 tail = _mm512_mul_ps(_mm512_mul_ps(p, t), exponential(_mm512_sub_ps(_mm512_setzero_ps(), _mm512_mul_ps(z, z))));
    /* tail = 1 - erf(|z|): x - x * tail / 2 on the right, x * tail / 2 on the left. */
    __m512 part = _mm512_mul_ps(_mm512_mul_ps(x, _mm512_set1_ps(0.5f)), tail);
    __mmask16 right = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_GE_OQ);
    return _mm512_mask_sub_ps(part, right, x, part);
}

AVX512 INLINE __m512 hyperbolic_tangent(__m512 x) {
    __m512 clipped = _mm512_max_ps(_mm512_min_ps(x, _mm512_set1_ps(10.0f)), _mm512_set1_ps(-10.0f));
    __m512 e = exponential(_mm512_add_ps(clipped, clipped));
    return _mm512_div_ps(_mm512_sub_ps(e, _mm512_set1_ps(1.0f)), _mm512_add_ps(e, _mm512_set1_ps(1.0f)));
}

/* The lanes of the vector at `column` that a row of so many columns has. */
AVX512 INLINE __mmask16 lanes(int columns, int column) {
    int left = columns - column;
    return left >= LANES ? 0xFFFF : left <= 0 ? 0 : (__mmask16)((1u << left) - 1);
}

/* ---- activations as uint8 ---- */

/* Quantises a row around its layer's zero point; the width of a step. After a GELU nothing is below -0.17. */
AVX512 static float quantize(const float *row, uint8_t *to, int columns, int after_gelu) {
    __m512 most = _mm512_setzero_ps();
    float step;
    int zero_point = after_gelu ? 16 : 128;
    if (after_gelu) {
        for (int k = 0; k < columns; k += LANES) most = _mm512_max_ps(most, _mm512_load_ps(row + k));
        float least = 0.17f / 16;
        step = _mm512_reduce_max_ps(most) * (1.0f / 239);
        if (step < least) step = least;
    } else {
        for (int k = 0; k < columns; k += LANES) most = _mm512_max_ps(most, _mm512_abs_ps(_mm512_load_ps(row + k)));
        float largest = _mm512_reduce_max_ps(most);
        step = (largest < 1e-12f ? 1e-12f : largest) * (1.0f / 127);
    }
    __m512 inverse = _mm512_set1_ps(1.0f / step);
    __m512i zero = _mm512_set1_epi32(zero_point);
    for (int k = 0; k < columns; k += LANES) {
        __m512i whole = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_load_ps(row + k), inverse));
        whole = _mm512_max_epi32(_mm512_add_epi32(whole, zero), _mm512_setzero_si512());
        _mm_store_si128((__m128i *)(to + k), _mm512_cvtusepi32_epi8(whole));
    }
    return step;
}

/* ---- products ---- */

enum { PLAIN, WITH_GELU, ADDED }; /* what becomes of a product: stored, through a GELU, or added to what is there */

AVX512 INLINE void finish(const Packed *w, __m512i sums, int column, float step, float *to, int then) {
    sums = _mm512_sub_epi32(sums, _mm512_load_si512(w->correction + column));
    __m512 y = _mm512_mul_ps(_mm512_cvtepi32_ps(sums), _mm512_load_ps(w->scale + column));
    y = _mm512_fmadd_ps(y, _mm512_set1_ps(step), _mm512_load_ps(w->bias + column));
    if (then == WITH_GELU) y = gelu(y);
    if (then == ADDED) y = _mm512_add_ps(y, _mm512_load_ps(to));
    _mm512_store_ps(to, y);
}

/* BLOCK rows of `x` (uint8, `w->inputs` columns) times a panel of columns. */
AVX512 INLINE void block_vnni(const Packed *w, const uint8_t *x, const float *steps, int column, float *y, int stride,
                              int then) {
    enum { ROWS = 8 };
    size_t inputs = w->inputs;
    const int8_t *left = w->weight + inputs * column, *right = left + inputs * LANES;
    for (int row = 0; row < BLOCK; row += ROWS) {
        __m512i a[ROWS], b[ROWS];
        for (int i = 0; i < ROWS; i++) a[i] = b[i] = _mm512_setzero_si512();
        for (size_t k = 0; k < inputs; k += 4) {
            __m512i first = _mm512_load_si512(left + k * LANES), second = _mm512_load_si512(right + k * LANES);
#pragma GCC unroll 8
            for (int i = 0; i < ROWS; i++) {
                int32_t four;
                memcpy(&four, x + (row + i) * inputs + k, sizeof four);
                __m512i rows = _mm512_set1_epi32(four);
                a[i] = _mm512_dpbusd_epi32(a[i], rows, first);
                b[i] = _mm512_dpbusd_epi32(b[i], rows, second);
            }
        }
        for (int i = 0; i < ROWS; i++) {
            float *to = y + (size_t)(row + i) * stride + column;
            finish(w, a[i], column, steps[row + i], to, then);
            finish(w, b[i], column + LANES, steps[row + i], to + LANES, then);
        }
    }
}

WITH_AMX INLINE void block_amx(const Packed *w, const uint8_t *x, const float *steps, int column, float *y, int stride,
                               int then) {
    int32_t sums[BLOCK][PANEL] __attribute__((aligned(ALIGNED)));
    size_t inputs = w->inputs;
    const int8_t *left = w->weight + inputs * column, *right = left + inputs * LANES;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t k = 0; k < inputs; k += ALIGNED) {
        _tile_loadd(4, x + k, inputs);
        _tile_loadd(6, left + k * LANES, ALIGNED);
        _tile_dpbusd(0, 4, 6);
        _tile_loadd(7, right + k * LANES, ALIGNED);
        _tile_dpbusd(1, 4, 7);
        _tile_loadd(5, x + LANES * inputs + k, inputs);
        _tile_dpbusd(2, 5, 6);
        _tile_dpbusd(3, 5, 7);
    }
    _tile_stored(0, &sums[0][0], sizeof sums[0]);
    _tile_stored(1, &sums[0][LANES], sizeof sums[0]);
    _tile_stored(2, &sums[LANES][0], sizeof sums[0]);
    _tile_stored(3, &sums[LANES][LANES], sizeof sums[0]);
    for (int i = 0; i < BLOCK; i++) {
        float *to = y + (size_t)i * stride + column;
        finish(w, _mm512_load_si512(sums[i]), column, steps[i], to, then);
        finish(w, _mm512_load_si512(sums[i] + LANES), column + LANES, steps[i], to + LANES, then);
    }
}

/* y (rows, stride) = x (rows, w->inputs) times w, and its bias; rows is a multiple of BLOCK. */
#define MULTIPLY(NAME, TARGET, BY_BLOCK)                                                                              \
    TARGET static void NAME(const Packed *w, const uint8_t *x, const float *steps, int rows, float *y, int stride,    \
                            int then) {                                                                               \
        for (int column = 0; column < w->outputs; column += PANEL)                                                    \
            for (int row = 0; row < rows; row += BLOCK) {                                                             \
                const uint8_t *from = x + (size_t)row * w->inputs;                                                    \
                float *to = y + (size_t)row * stride;                                                                 \
                if (then == PLAIN) BY_BLOCK(w, from, steps + row, column, to, stride, PLAIN);                         \
                else if (then == WITH_GELU) BY_BLOCK(w, from, steps + row, column, to, stride, WITH_GELU);            \
                else BY_BLOCK(w, from, steps + row, column, to, stride, ADDED);                                       \
            }                                                                                                         \
    }
MULTIPLY(multiply_vnni, AVX512, block_vnni)
MULTIPLY(multiply_amx, WITH_AMX, block_amx)

/* Eight tiles of 16 rows by 64 bytes. Constant, as compilers do not see that all of a local one is read. */
static const struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} TILES = {
    .palette = 1,
    .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};

WITH_AMX static void configure_tiles(void) { _tile_loadconfig(&TILES); }

WITH_AMX static void release_tiles(void) { _tile_release(); }

static void multiply(const struct Encoder *encoder, const Packed *w, const uint8_t *x, const float *steps, int rows,
                     float *y, int stride, int then) {
    (encoder->instructions == AMX ? multiply_amx : multiply_vnni)(w, x, steps, rows, y, stride, then);
}

/* ---- the other parts of a layer ---- */

AVX512 static void normalize(float *row, const Norm *norm, int hidden, int columns, float epsilon) {
    __m512 sum = _mm512_setzero_ps(), squares = _mm512_setzero_ps();
    for (int k = 0; k < columns; k += LANES) sum = _mm512_add_ps(sum, _mm512_load_ps(row + k)); /* padding is zero */
    __m512 mean = _mm512_set1_ps(_mm512_reduce_add_ps(sum) / hidden);
    for (int k = 0; k < columns; k += LANES) {
        __m512 off = _mm512_maskz_sub_ps(lanes(hidden, k), _mm512_load_ps(row + k), mean);
        squares = _mm512_fmadd_ps(off, off, squares);
    }
    float variance = _mm512_reduce_add_ps(squares) / hidden + epsilon;
    __m512 scale = _mm512_div_ps(_mm512_set1_ps(1.0f), _mm512_sqrt_ps(_mm512_set1_ps(variance)));
    for (int k = 0; k < columns; k += LANES) {
        __mmask16 there = lanes(hidden, k);
        __m512 y = _mm512_mul_ps(_mm512_sub_ps(_mm512_load_ps(row + k), mean), scale);
        y = _mm512_fmadd_ps(y, _mm512_maskz_loadu_ps(there, norm->weight + k),
                            _mm512_maskz_loadu_ps(there, norm->bias + k));
        _mm512_store_ps(row + k, _mm512_maskz_mov_ps(there, y));
    }
}

AVX512 static void embed(const struct Encoder *encoder, int64_t id, int position, float *row) {
    const Network *n = &encoder->network;
    const int8_t *word = n->words + (size_t)id * n->hidden;
    const float *place = n->position_table + (size_t)position * n->hidden;
    __m512 scale = _mm512_set1_ps(n->word_scales[id]);
    for (int k = 0; k < encoder->columns; k += LANES) {
        __mmask16 there = lanes(n->hidden, k);
        __m512 value = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(there, word + k)));
        value = _mm512_add_ps(_mm512_mul_ps(value, scale), _mm512_maskz_loadu_ps(there, place + k));
        _mm512_store_ps(row + k, value);
    }
    normalize(row, &n->embedding_norm, n->hidden, encoder->columns, n->epsilon);
}

/* keys (width, places) from rows of `stride` floats: what attention multiplies a query's columns with. */
AVX512 static void transpose(const float *from, int stride, int length, int width, float *to, int places) {
    const __m512i steps = _mm512_mullo_epi32(
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), _mm512_set1_epi32(stride));
    for (int j = 0; j < places; j += LANES) {
        __mmask16 there = lanes(length, j);
        for (int c = 0; c < width; c++)
            _mm512_store_ps(to + (size_t)c * places + j,
                            _mm512_mask_i32gather_ps(_mm512_setzero_ps(), there, steps, from + (size_t)j * stride + c, 4));
    }
}

/* Softmax of a row of `length` scores in place, without the division, which is the caller's: their sum. */
AVX512 INLINE float exponentials(float *scores, int length, int places) {
    __m512 most = _mm512_set1_ps(-3.0e38f), sum = _mm512_setzero_ps();
    for (int j = 0; j < places; j += LANES)
        most = _mm512_mask_max_ps(most, lanes(length, j), most, _mm512_load_ps(scores + j));
    most = _mm512_set1_ps(_mm512_reduce_max_ps(most));
    for (int j = 0; j < places; j += LANES) {
        __m512 e = exponential(_mm512_sub_ps(_mm512_load_ps(scores + j), most));
        e = _mm512_maskz_mov_ps(lanes(length, j), e);
        _mm512_store_ps(scores + j, e);
        sum = _mm512_add_ps(sum, e);
    }
    return _mm512_reduce_add_ps(sum);
}

/* Attention of one head over one text: `rows` of query, key and value; the answer takes the query's place. */
AVX512 static void attend(const struct Encoder *encoder, float *rows, int stride, int length, int head, float *scratch) {
    const Network *n = &encoder->network;
    int width = n->hidden / n->heads, places = padded(length, LANES);
    float *keys = scratch, *scores = keys + (size_t)width * places;
    float *query = rows + head * width, *value = query + 2 * n->hidden;
    const float *bias = n->relative ? n->relative + (size_t)head * (2 * n->positions - 1) + n->positions - 1 : NULL;
    __m512 scale = _mm512_set1_ps(1.0f / __builtin_sqrtf((float)width));
    transpose(query + n->hidden, stride, length, width, keys, places);
    for (int i = 0; i < length; i += QUERIES) {
        const float *q[QUERIES]; /* past the last one it is computed again, and not kept */
        float sums[QUERIES];
        int count = length - i < QUERIES ? length - i : QUERIES;
        for (int r = 0; r < QUERIES; r++) q[r] = query + (size_t)(i + (r < count ? r : 0)) * stride;
        for (int j = 0; j < places; j += 2 * LANES) {
            int both = j + LANES < places;
            __m512 a[QUERIES], b[QUERIES];
            for (int r = 0; r < QUERIES; r++) a[r] = b[r] = _mm512_setzero_ps();
            for (int c = 0; c < width; c++) {
                const float *key = keys + (size_t)c * places + j;
                __m512 first = _mm512_load_ps(key), second = both ? _mm512_load_ps(key + LANES) : first;
#pragma GCC unroll 4
                for (int r = 0; r < QUERIES; r++) {
                    __m512 column = _mm512_set1_ps(q[r][c]);
                    a[r] = _mm512_fmadd_ps(column, first, a[r]);
                    b[r] = _mm512_fmadd_ps(column, second, b[r]);
                }
            }
            for (int r = 0; r < QUERIES; r++) {
                float *to = scores + (size_t)r * places + j;
                a[r] = _mm512_mul_ps(a[r], scale);
                b[r] = _mm512_mul_ps(b[r], scale);
                if (bias) {
                    const float *by = bias + j - i - (r < count ? r : 0);
                    a[r] = _mm512_add_ps(a[r], _mm512_maskz_loadu_ps(lanes(length, j), by));
                    b[r] = _mm512_add_ps(b[r], _mm512_maskz_loadu_ps(lanes(length, j + LANES), by + LANES));
                }
                _mm512_store_ps(to, a[r]);
                if (both) _mm512_store_ps(to + LANES, b[r]);
            }
        }
        for (int r = 0; r < QUERIES; r++) sums[r] = exponentials(scores + (size_t)r * places, length, places);
        for (int c = 0; c < width; c += 2 * LANES) {
            __mmask16 left = lanes(width, c), right = lanes(width, c + LANES);
            __m512 a[QUERIES], b[QUERIES];
            for (int r = 0; r < QUERIES; r++) a[r] = b[r] = _mm512_setzero_ps();
            for (int j = 0; j < length; j++) {
                const float *from = value + (size_t)j * stride + c;
                __m512 first = _mm512_maskz_loadu_ps(left, from), second = _mm512_maskz_loadu_ps(right, from + LANES);
#pragma GCC unroll 4
                for (int r = 0; r < QUERIES; r++) {
                    __m512 share = _mm512_set1_ps(scores[(size_t)r * places + j]);
                    a[r] = _mm512_fmadd_ps(share, first, a[r]);
                    b[r] = _mm512_fmadd_ps(share, second, b[r]);
                }
            }
            for (int r = 0; r < count; r++) {
                float *to = query + (size_t)(i + r) * stride + c;
                __m512 share = _mm512_set1_ps(1.0f / sums[r]);
                _mm512_mask_storeu_ps(to, left, _mm512_mul_ps(a[r], share));
                _mm512_mask_storeu_ps(to + LANES, right, _mm512_mul_ps(b[r], share));
            }
        }
    }
}

/* ---- readouts ---- */

/* (width) = the activation of a state (hidden) times the dense layer's weight (hidden, width), and its bias. */
AVX512 static void dense(const Network *n, const float *state, float *to) {
    for (int column = 0; column < n->width; column += LANES) {
        __mmask16 there = lanes(n->width, column);
        __m512 sum = _mm512_maskz_loadu_ps(there, n->dense_bias + column), rest = _mm512_setzero_ps();
        int k = 0;
        for (; k + 1 < n->hidden; k += 2) {
            const float *from = n->dense_weight + (size_t)k * n->width + column;
            sum = _mm512_fmadd_ps(_mm512_set1_ps(state[k]), _mm512_maskz_loadu_ps(there, from), sum);
            rest = _mm512_fmadd_ps(_mm512_set1_ps(state[k + 1]), _mm512_maskz_loadu_ps(there, from + n->width), rest);
        }
        if (k < n->hidden)
            sum = _mm512_fmadd_ps(_mm512_set1_ps(state[k]),
                                  _mm512_maskz_loadu_ps(there, n->dense_weight + (size_t)k * n->width + column), sum);
        sum = _mm512_add_ps(sum, rest);
        sum = n->tanh ? hyperbolic_tangent(sum) : _mm512_max_ps(sum, _mm512_setzero_ps());
        _mm512_mask_storeu_ps(to + column, there, sum);
    }
}

/* (hidden) = the mean of a text's states. */
AVX512 static void mean(const float *states, int columns, int hidden, int length, float *to) {
    for (int k = 0; k < hidden; k += LANES) {
        __m512 sum = _mm512_setzero_ps();
        for (int i = 0; i < length; i++) sum = _mm512_add_ps(sum, _mm512_load_ps(states + (size_t)i * columns + k));
        _mm512_mask_storeu_ps(to + k, lanes(hidden, k), _mm512_div_ps(sum, _mm512_set1_ps((float)length)));
    }
}

/* ---- running ---- */

/* Where the parts of a scratch stand; the floats first, so that all of it is aligned. */
typedef struct {
    float *states, *qkv, *middle, *steps, *attention;
    uint8_t *quantized;
    size_t bytes;
} Scratch;

static Scratch laid_out(const struct Encoder *encoder, void *memory, int tokens, int longest) {
    const Network *n = &encoder->network;
    size_t rows = padded(tokens, BLOCK), places = padded(longest, LANES);
    size_t qkv = encoder->layer[0].qkv.outputs, up = encoder->layer[0].up.outputs;
    size_t attention = padded((n->hidden / n->heads + QUERIES) * (int)places, LANES);
    size_t widest = max_of(encoder->columns, (int)up);
    Scratch to;
    to.states = memory;
    to.qkv = to.states + rows * encoder->columns;
    to.middle = to.qkv + rows * qkv;
    to.attention = to.middle + STRIP * up;
    to.steps = to.attention + attention;
    to.quantized = (uint8_t *)(to.steps + padded((int)rows, LANES));
    to.bytes = (size_t)(to.quantized - (uint8_t *)memory) + max_of((int)(rows * encoder->columns), (int)(STRIP * widest)) + STRIP * up;
    return to;
}

EXPORTED int64_t valence_scratch_bytes(const struct Encoder *encoder, int32_t tokens, int32_t longest) {
    return (int64_t)laid_out(encoder, NULL, tokens, longest).bytes;
}

static void feed_forward(const struct Encoder *encoder, const PackedLayer *layer, const Scratch *at, int rows) {
    int up = layer->up.outputs;
    uint8_t *active = at->quantized + (size_t)STRIP * encoder->columns;
    for (int first = 0; first < rows; first += STRIP) {
        int count = rows - first < STRIP ? rows - first : STRIP;
        float *states = at->states + (size_t)first * encoder->columns;
        for (int i = 0; i < count; i++)
            at->steps[i] = quantize(states + (size_t)i * encoder->columns, at->quantized + (size_t)i * encoder->columns,
                                    encoder->columns, 0);
        multiply(encoder, &layer->up, at->quantized, at->steps, count, at->middle, up, WITH_GELU);
        for (int i = 0; i < count; i++)
            at->steps[i] = quantize(at->middle + (size_t)i * up, active + (size_t)i * up, up, 1);
        multiply(encoder, &layer->down, active, at->steps, count, states, encoder->columns, ADDED);
    }
}

static void run_layer(const struct Encoder *encoder, const PackedLayer *layer, const Scratch *at, int rows,
                      const int32_t *lengths, int texts) {
    const Network *n = &encoder->network;
    int columns = encoder->columns, qkv = layer->qkv.outputs;
    for (int i = 0; i < rows; i++)
        at->steps[i] = quantize(at->states + (size_t)i * columns, at->quantized + (size_t)i * columns, columns, 0);
    multiply(encoder, &layer->qkv, at->quantized, at->steps, rows, at->qkv, qkv, PLAIN);
    float *text = at->qkv;
    for (int t = 0; t < texts; t++) {
        for (int head = 0; head < n->heads; head++) attend(encoder, text, qkv, lengths[t], head, at->attention);
        text += (size_t)lengths[t] * qkv;
    }
    for (int i = 0; i < rows; i++) {
        float *row = at->qkv + (size_t)i * qkv; /* what attention gave stands in the query's columns */
        if (columns > n->hidden) memset(row + n->hidden, 0, (columns - n->hidden) * sizeof *row);
        at->steps[i] = quantize(row, at->quantized + (size_t)i * columns, columns, 0);
    }
    multiply(encoder, &layer->out, at->quantized, at->steps, rows, at->states, columns, ADDED);
    for (int i = 0; i < rows; i++)
        normalize(at->states + (size_t)i * columns, &layer->attention_norm, n->hidden, columns, n->epsilon);
    feed_forward(encoder, layer, at, rows);
    for (int i = 0; i < rows; i++)
        normalize(at->states + (size_t)i * columns, &layer->output_norm, n->hidden, columns, n->epsilon);
}

/* The means of one state for every text, if it is among those that are wanted. */
static void read_out(const struct Encoder *encoder, const float *states, int state, const int32_t *lengths, int texts,
                     const int32_t *wanted, int count, float *means) {
    int hidden = encoder->network.hidden;
    for (int place = 0; place < count; place++) {
        if (wanted[place] != state) continue;
        const float *text = states;
        for (int t = 0; t < texts; t++) {
            mean(text, encoder->columns, hidden, lengths[t], means + ((size_t)t * count + place) * hidden);
            text += (size_t)lengths[t] * encoder->columns;
        }
    }
}

/* ids of all texts, one after the other, to `final` (texts, width) if it is not null, and to `means` (texts, count,
 * hidden) of the hidden states that `wanted` names, 0 being the embeddings. The scratch is aligned to 64 bytes. */
EXPORTED int32_t valence_run(const struct Encoder *encoder, const int64_t *ids, const int32_t *lengths, int32_t texts,
                             const int32_t *wanted, int32_t count, float *means, float *final, void *memory) {
    const Network *n = &encoder->network;
    int tokens = 0, longest = 0;
    for (int t = 0; t < texts; t++) {
        if (lengths[t] < 1 || lengths[t] > n->positions) return TEXT_TOO_LONG;
        tokens += lengths[t];
        longest = max_of(longest, lengths[t]);
    }
    for (int i = 0; i < tokens; i++)
        if (ids[i] < 0 || ids[i] >= n->vocabulary) return TOKEN_UNKNOWN;
    int rows = padded(tokens, BLOCK), columns = encoder->columns;
    Scratch at = laid_out(encoder, memory, tokens, longest);
    for (int t = 0, token = 0; t < texts; t++)
        for (int i = 0; i < lengths[t]; i++, token++)
            embed(encoder, ids[token], i, at.states + (size_t)token * columns);
    memset(at.states + (size_t)tokens * columns, 0, (size_t)(rows - tokens) * columns * sizeof(float));
    if (encoder->instructions == AMX) configure_tiles();
    read_out(encoder, at.states, 0, lengths, texts, wanted, count, means);
    for (int i = 0; i < n->layers; i++) {
        run_layer(encoder, &encoder->layer[i], &at, rows, lengths, texts);
        read_out(encoder, at.states, i + 1, lengths, texts, wanted, count, means);
    }
    if (encoder->instructions == AMX) release_tiles();
    const float *text = at.states;
    for (int t = 0; final && t < texts; t++) {
        dense(n, text, final + (size_t)t * n->width);
        text += (size_t)lengths[t] * columns;
    }
    return DONE;
}

#else /* another processor or system: onnxruntime runs the body there */

struct Encoder;

EXPORTED int32_t valence_instructions(void) { return NONE; }
EXPORTED struct Encoder *valence_open(const Network *network, int32_t instructions) { return NULL; }
EXPORTED void valence_close(struct Encoder *encoder) {}
EXPORTED int64_t valence_scratch_bytes(const struct Encoder *encoder, int32_t tokens, int32_t longest) { return 0; }
EXPORTED int32_t valence_run(const struct Encoder *encoder, const int64_t *ids, const int32_t *lengths, int32_t texts,
                             const int32_t *wanted, int32_t count, float *means, float *final, void *memory) {
    return OUT_OF_MEMORY;
}

#endif
