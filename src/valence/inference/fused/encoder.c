/* A whole encoder with int8 weights, from token ids to the features that a head reads, for x86-64 with AVX-512 VNNI and,
 * where the processor has it, AMX.
 *
 * The arithmetic is that of body.onnx as valence.export.quantize writes it: weights with one scale per output,
 * activations with one scale per row (token). Sums of int8 products are exact, and everything else is computed row by
 * row, so a text's features do not depend on the rest of its batch. Texts follow one another without padding.
 *
 * A matrix of activations has one row per token; rows are padded to ALIGNED columns, and the number of rows to a
 * multiple of BLOCK, so that no loop over them needs a tail. Nothing is allocated while it runs: the caller provides
 * the scratch memory.
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

/* How the caller describes a network. `weight` has shape (inputs, outputs), row by row, as in body.onnx. */
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

/* Version of the structs and functions that encoder.py uses; it refuses a library built from another version. */
EXPORTED int32_t valence_interface(void) { return 1; }

enum { NONE, VNNI, AMX };                                   /* the instructions to use, from worst to best */
enum { DONE, TOKEN_UNKNOWN, TEXT_TOO_LONG, NOT_SUPPORTED }; /* how valence_run ended: ERRORS in encoder.py */

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AVX512 __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define WITH_AMX __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,amx-tile,amx-int8")))
#define INLINE static inline __attribute__((always_inline))

enum {
    LANES = 16,   /* floats in a vector */
    ALIGNED = 64, /* columns: bytes in a vector, and in a tile's row */
    BLOCK = 32,   /* rows: two tiles */
    PANEL = 32,   /* columns of a product that are computed together: two tiles */
    GROUP = 192,  /* rows whose queries, keys and values fit in the L2 cache together */
    STRIP = 32,   /* rows of the feed-forward layer that fit in the cache next to its weights */
    QUERIES = 6,  /* rows of attention that are computed together: twelve sums hide the latency of an addition */
};

/* Zero points of the quantised activations. weights.py checks that body.onnx was made for the same ones. */
enum { ZERO_POINT = 128, ZERO_POINT_AFTER_GELU = 16, LARGEST = 255 };

/* A linear layer, packed for multiplication: blocks of LANES columns, and in each of them the bytes of four rows side by
 * side. */
typedef struct {
    int inputs, outputs; /* padded */
    int8_t *weight;
    int32_t *correction; /* the zero point times the column's sum */
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
};

static int padded(int count, int to) { return (count + to - 1) / to * to; }

static int max_of(int a, int b) { return a > b ? a : b; }

/* ---- which instructions the processor has ---- */

/* Whether the operating system saves whole AVX-512 registers when it switches between processes. */
static int saves_vectors(void) {
    unsigned a, b, c, d, low, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 27 & 1)) return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 0xE6) == 0xE6;
}

static int amx_granted(void) {
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}

EXPORTED int32_t valence_instructions(void) {
    enum { AVX2 = 1u << 5, F = 1u << 16, DQ = 1u << 17, BW = 1u << 30, WITH_VNNI = 1u << 11, TILES = 3u << 24 };
    const unsigned avx512 = AVX2 | F | DQ | BW | 1u << 31; /* bit 31 is VL */
    unsigned a, b, c, d;
    if (!saves_vectors() || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return NONE;
    if ((b & avx512) != avx512 || !(c & WITH_VNNI)) return NONE;
    return (d & TILES) == TILES && amx_granted() ? AMX : VNNI;
}

/* ---- making an encoder ---- */

static void *zeroed(size_t bytes) {
    void *memory = NULL;
    if (posix_memalign(&memory, ALIGNED, bytes ? bytes : 1)) return NULL;
    return memset(memory, 0, bytes);
}

/* Packs `part` into the columns from `first` on. */
static void pack(Packed *to, const Linear *part, int first) {
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

/* Packs the layers. The network's other arrays are not copied: they must live as long as the encoder.
 * Returns null if there is not enough memory. */
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

/* ---- functions of vectors ---- */

/* e^x for x <= 88: a power of two times e^r, |r| <= ln(2) / 2, by its Taylor series; relative error 2e-7. */
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

/* GELU: x * Phi(x), Phi being the normal distribution function. For |x| <= 5, (Phi(x) - 1/2) / x is a polynomial in
 * 2 * x^2 / 25 - 1, fitted by least squares with weights that even out the largest errors; beyond, Phi is taken at 5.
 * The error is below 1e-5, and the result is quantised to uint8 in steps of 1e-2 or more. */
AVX512 INLINE __m512 gelu(__m512 x) {
    static const float of[] = {2.27723909e-03f,  -6.27795232e-03f, 7.02135407e-03f,  -8.32993906e-03f,
                               1.55478420e-02f,  -2.42150950e-02f, 3.17441665e-02f,  -4.03191837e-02f,
                               5.14880096e-02f,  -7.03005179e-02f, 1.41364302e-01f};
    __m512 within = _mm512_max_ps(_mm512_min_ps(x, _mm512_set1_ps(5.0f)), _mm512_set1_ps(-5.0f));
    __m512 u = _mm512_fmsub_ps(_mm512_mul_ps(within, within), _mm512_set1_ps(2.0f / 25), _mm512_set1_ps(1.0f));
    __m512 p = _mm512_set1_ps(of[0]);
#pragma GCC unroll 10
    for (int i = 1; i < 11; i++) p = _mm512_fmadd_ps(p, u, _mm512_set1_ps(of[i]));
    return _mm512_mul_ps(x, _mm512_fmadd_ps(within, p, _mm512_set1_ps(0.5f)));
}

AVX512 INLINE __m512 hyperbolic_tangent(__m512 x) {
    __m512 clipped = _mm512_max_ps(_mm512_min_ps(x, _mm512_set1_ps(10.0f)), _mm512_set1_ps(-10.0f));
    __m512 e = exponential(_mm512_add_ps(clipped, clipped));
    return _mm512_div_ps(_mm512_sub_ps(e, _mm512_set1_ps(1.0f)), _mm512_add_ps(e, _mm512_set1_ps(1.0f)));
}

/* Mask of the lanes of the vector at `column` that lie within a row of `columns` columns. */
AVX512 INLINE __mmask16 lanes(int columns, int column) {
    int left = columns - column;
    return left >= LANES ? 0xFFFF : left <= 0 ? 0 : (__mmask16)((1u << left) - 1);
}

/* ---- activations as uint8 ---- */

/* Quantises a row around its zero point and returns the step. After a GELU, no value is below -0.17. */
AVX512 static float quantize(const float *row, uint8_t *to, int columns, int after_gelu) {
    __m512 most = _mm512_setzero_ps();
    float step;
    int zero_point = after_gelu ? ZERO_POINT_AFTER_GELU : ZERO_POINT;
    if (after_gelu) {
        for (int k = 0; k < columns; k += LANES) most = _mm512_max_ps(most, _mm512_load_ps(row + k));
        float least = 0.17f / ZERO_POINT_AFTER_GELU;
        step = _mm512_reduce_max_ps(most) * (1.0f / (LARGEST - ZERO_POINT_AFTER_GELU));
        if (step < least) step = least;
    } else {
        for (int k = 0; k < columns; k += LANES) most = _mm512_max_ps(most, _mm512_abs_ps(_mm512_load_ps(row + k)));
        float largest = _mm512_reduce_max_ps(most);
        step = (largest < 1e-12f ? 1e-12f : largest) * (1.0f / (LARGEST - ZERO_POINT));
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

enum { PLAIN, WITH_GELU, ADDED }; /* what is done with a product: store it, apply GELU and store it, or add it */

/* What turns sums of products into a vector of outputs. */
typedef struct {
    __m512i correction;
    __m512 scale, bias;
} Finish;

AVX512 INLINE Finish finish_of(const Packed *w, int column) {
    return (Finish){_mm512_load_si512(w->correction + column), _mm512_load_ps(w->scale + column),
                    _mm512_load_ps(w->bias + column)};
}

AVX512 INLINE void finish(const Finish *by, __m512i sums, float step, float *to, int then) {
    __m512 y = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_sub_epi32(sums, by->correction)), by->scale);
    y = _mm512_fmadd_ps(y, _mm512_set1_ps(step), by->bias);
    if (then == WITH_GELU) y = gelu(y);
    if (then == ADDED) y = _mm512_add_ps(y, _mm512_load_ps(to));
    _mm512_store_ps(to, y);
}

/* BLOCK rows of `x` (uint8, `w->inputs` columns) times one panel of columns. */
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
        const Finish first = finish_of(w, column), second = finish_of(w, column + LANES);
        for (int i = 0; i < ROWS; i++) {
            float *to = y + (size_t)(row + i) * stride + column;
            finish(&first, a[i], steps[row + i], to, then);
            finish(&second, b[i], steps[row + i], to + LANES, then);
        }
    }
}

/* `sums` (BLOCK, PANEL): BLOCK rows times one panel of columns. */
WITH_AMX INLINE void sum_amx(const Packed *w, const uint8_t *x, int column, int32_t *sums) {
    const size_t inputs = w->inputs, row = PANEL * sizeof *sums;
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
    _tile_stored(0, sums, row);
    _tile_stored(1, sums + LANES, row);
    _tile_stored(2, sums + LANES * PANEL, row);
    _tile_stored(3, sums + LANES * PANEL + LANES, row);
}

AVX512 INLINE void finish_block(const Packed *w, const int32_t *sums, int column, const float *steps, float *y,
                                int stride, int then) {
    const Finish first = finish_of(w, column), second = finish_of(w, column + LANES);
    for (int i = 0; i < BLOCK; i++, sums += PANEL) {
        float *to = y + (size_t)i * stride + column;
        finish(&first, _mm512_load_si512(sums), steps[i], to, then);
        finish(&second, _mm512_load_si512(sums + LANES), steps[i], to + LANES, then);
    }
}

/* One block is finished while the tiles compute the next: the two use different units of the processor. */
WITH_AMX INLINE void all_amx(const Packed *w, const uint8_t *x, const float *steps, int rows, float *y, int stride,
                               int then) {
    int32_t sums[2][BLOCK * PANEL] __attribute__((aligned(ALIGNED)));
    int turn = 0, last_row = 0, last_column = -1;
    for (int column = 0; column < w->outputs; column += PANEL)
        for (int row = 0; row < rows; row += BLOCK, turn ^= 1) {
            sum_amx(w, x + (size_t)row * w->inputs, column, sums[turn]);
            if (last_column >= 0)
                finish_block(w, sums[!turn], last_column, steps + last_row, y + (size_t)last_row * stride, stride, then);
            last_row = row;
            last_column = column;
        }
    finish_block(w, sums[!turn], last_column, steps + last_row, y + (size_t)last_row * stride, stride, then);
}

AVX512 INLINE void all_vnni(const Packed *w, const uint8_t *x, const float *steps, int rows, float *y, int stride,
                              int then) {
    for (int column = 0; column < w->outputs; column += PANEL)
        for (int row = 0; row < rows; row += BLOCK)
            block_vnni(w, x + (size_t)row * w->inputs, steps + row, column, y + (size_t)row * stride, stride, then);
}

/* y (rows, stride) = x (rows, w->inputs) times w, plus the bias; rows is a multiple of BLOCK. */
#define MULTIPLY(NAME, TARGET, BY_BLOCK)                                                                              \
    TARGET static void NAME(const Packed *w, const uint8_t *x, const float *steps, int rows, float *y, int stride,    \
                            int then) {                                                                               \
        if (then == PLAIN) BY_BLOCK(w, x, steps, rows, y, stride, PLAIN);                                             \
        else if (then == WITH_GELU) BY_BLOCK(w, x, steps, rows, y, stride, WITH_GELU);                                \
        else BY_BLOCK(w, x, steps, rows, y, stride, ADDED);                                                           \
    }
MULTIPLY(multiply_vnni, AVX512, all_vnni)
MULTIPLY(multiply_amx, WITH_AMX, all_amx)

/* Eight tiles of 16 rows by 64 bytes. Static, because compilers do not see that all of a local one is read. */
static const struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} ALL_TILES = {
    .palette = 1,
    .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};

WITH_AMX static void configure_tiles(void) { _tile_loadconfig(&ALL_TILES); }

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

/* Keys transposed to (width, places), from rows of `stride` floats; attention multiplies them by a query's columns. */
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

/* Softmax of `length` scores in place, without the division: it returns their sum, by which the caller divides. */
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

/* Copies values to (length, padded width), contiguously: in their original rows, each is on a memory page of its own. */
AVX512 static void gather_values(const float *from, int stride, int length, int width, float *to) {
    for (int j = 0; j < length; j++)
        for (int c = 0; c < padded(width, 2 * LANES); c += LANES, to += LANES)
            _mm512_store_ps(to, _mm512_maskz_loadu_ps(lanes(width, c), from + (size_t)j * stride + c));
}

/* Scores (QUERIES, places): the scaled products of QUERIES queries with all keys, plus the bias by distance. */
AVX512 INLINE void score(const float *const *q, const float *keys, int width, int length, int places, __m512 scale,
                         const float *const *bias, float *scores) {
    for (int j = 0; j < places; j += 2 * LANES) {
        int both = j + LANES < places;
        __m512 a[QUERIES], b[QUERIES];
        for (int r = 0; r < QUERIES; r++) a[r] = b[r] = _mm512_setzero_ps();
        for (int c = 0; c < width; c++) {
            const float *key = keys + (size_t)c * places + j;
            __m512 first = _mm512_load_ps(key), second = both ? _mm512_load_ps(key + LANES) : first;
#pragma GCC unroll 6
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
                a[r] = _mm512_add_ps(a[r], _mm512_maskz_loadu_ps(lanes(length, j), bias[r] + j));
                b[r] = _mm512_add_ps(b[r], _mm512_maskz_loadu_ps(lanes(length, j + LANES), bias[r] + j + LANES));
            }
            _mm512_store_ps(to, a[r]);
            if (both) _mm512_store_ps(to + LANES, b[r]);
        }
    }
}

/* The weighted means of the values, for `count` of the QUERIES rows; they replace the queries. */
AVX512 INLINE void average(const float *scores, const float *sums, const float *values, int width, int length,
                           int places, int count, float *to, int stride) {
    int step = padded(width, 2 * LANES);
    for (int c = 0; c < width; c += 2 * LANES) {
        __m512 a[QUERIES], b[QUERIES];
        for (int r = 0; r < QUERIES; r++) a[r] = b[r] = _mm512_setzero_ps();
        for (int j = 0; j < length; j++) {
            const float *from = values + (size_t)j * step + c;
            __m512 first = _mm512_load_ps(from), second = _mm512_load_ps(from + LANES);
#pragma GCC unroll 6
            for (int r = 0; r < QUERIES; r++) {
                __m512 share = _mm512_set1_ps(scores[(size_t)r * places + j]);
                a[r] = _mm512_fmadd_ps(share, first, a[r]);
                b[r] = _mm512_fmadd_ps(share, second, b[r]);
            }
        }
        for (int r = 0; r < count; r++) {
            __m512 share = _mm512_set1_ps(1.0f / sums[r]);
            float *row = to + (size_t)r * stride + c;
            _mm512_mask_storeu_ps(row, lanes(width, c), _mm512_mul_ps(a[r], share));
            _mm512_mask_storeu_ps(row + LANES, lanes(width, c + LANES), _mm512_mul_ps(b[r], share));
        }
    }
}

/* Attention of one head over one text: `rows` hold query, key and value; the result replaces the query. */
AVX512 static void attend(const struct Encoder *encoder, float *rows, int stride, int length, int head, float *scratch) {
    const Network *n = &encoder->network;
    int width = n->hidden / n->heads, places = padded(length, LANES);
    float *keys = scratch, *values = keys + (size_t)width * places;
    float *scores = values + (size_t)padded(width, 2 * LANES) * length;
    float *query = rows + head * width;
    const float *by_distance = n->relative ? n->relative + (size_t)head * (2 * n->positions - 1) + n->positions - 1 : NULL;
    __m512 scale = _mm512_div_ps(_mm512_set1_ps(1.0f), _mm512_sqrt_ps(_mm512_set1_ps((float)width)));
    transpose(query + n->hidden, stride, length, width, keys, places);
    gather_values(query + 2 * n->hidden, stride, length, width, values);
    for (int i = 0; i < length; i += QUERIES) {
        const float *q[QUERIES], *bias[QUERIES];
        float sums[QUERIES];
        int count = length - i < QUERIES ? length - i : QUERIES;
        for (int r = 0; r < QUERIES; r++) { /* past the last row, row i is computed again and dropped */
            int row = i + (r < count ? r : 0);
            q[r] = query + (size_t)row * stride;
            bias[r] = by_distance ? by_distance - row : NULL;
        }
        score(q, keys, width, length, places, scale, by_distance ? bias : NULL, scores);
        for (int r = 0; r < count; r++) sums[r] = exponentials(scores + (size_t)r * places, length, places);
        average(scores, sums, values, width, length, places, count, query + (size_t)i * stride, stride);
    }
}

/* ---- readouts ---- */

/* (width) = the activation of: state (hidden) times the dense layer's weight (hidden, width), plus its bias. */
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

/* Texts that go through attention together: few enough that their queries, keys and values stay in the L2 cache. */
typedef struct {
    int text, texts; /* the first one, and how many */
    int row, rows;   /* the first one, and how many, padded to a multiple of BLOCK */
} Group;

/* The group after `last`: of those that start there and have at most GROUP rows, the one with the least padding. */
static Group next_group(const int32_t *lengths, int texts, Group last) {
    Group best = {last.text + last.texts, 0, last.row + last.rows, 0};
    int rows = 0, filled = 0;
    for (int t = best.text; t < texts; t++) {
        rows += lengths[t];
        if (best.texts && rows > GROUP) break;
        if (rows * best.rows < filled * padded(rows, BLOCK)) continue;
        filled = rows;
        best.texts = t - best.text + 1;
        best.rows = padded(rows, BLOCK);
    }
    return best;
}

#define FOR_GROUPS(GROUP_, LENGTHS, TEXTS)                                                                            \
    for (Group GROUP_ = next_group(LENGTHS, TEXTS, (Group){0, 0, 0, 0}); GROUP_.texts;                                \
         GROUP_ = next_group(LENGTHS, TEXTS, GROUP_))

/* The parts of the scratch memory. Floats in whole vectors come first, so that everything is aligned. */
typedef struct {
    float *states;               /* of all rows */
    float *qkv, *attention;      /* of a group */
    float *middle;               /* of a strip of the feed-forward layer */
    float *steps;                /* of a group or a strip, as is `quantized` */
    uint8_t *quantized, *active; /* active: of a strip, after the GELU */
    int rows;
} Scratch;

/* Sizes of these parts: of `states` to `steps` in floats, of the last two in bytes. */
typedef struct {
    size_t states, qkv, attention, middle, steps, quantized, active;
    int rows;
} Sizes;

static Sizes sizes_of(const struct Encoder *encoder, const int32_t *lengths, int texts) {
    const Network *n = &encoder->network;
    size_t width = n->hidden / n->heads, columns = encoder->columns;
    size_t qkv = encoder->layer[0].qkv.outputs, up = encoder->layer[0].up.outputs;
    int widest = STRIP, longest = 0;
    Sizes sizes = {0};
    FOR_GROUPS(group, lengths, texts) {
        sizes.rows = group.row + group.rows;
        widest = max_of(widest, group.rows);
    }
    for (int t = 0; t < texts; t++) longest = max_of(longest, lengths[t]);
    sizes.states = sizes.rows * columns;
    sizes.qkv = widest * qkv;
    /* keys, values and scores of one head */
    sizes.attention = (width + padded((int)width, 2 * LANES) + QUERIES) * padded(longest, LANES);
    sizes.middle = STRIP * up;
    sizes.steps = widest;
    sizes.quantized = widest * columns;
    sizes.active = STRIP * up;
    return sizes;
}

static Scratch laid_out(const Sizes *sizes, void *memory) {
    Scratch to = {.states = memory, .rows = sizes->rows};
    to.qkv = to.states + sizes->states;
    to.attention = to.qkv + sizes->qkv;
    to.middle = to.attention + sizes->attention;
    to.steps = to.middle + sizes->middle;
    to.quantized = (uint8_t *)(to.steps + sizes->steps);
    to.active = to.quantized + sizes->quantized;
    return to;
}

EXPORTED int64_t valence_scratch_bytes(const struct Encoder *encoder, const int32_t *lengths, int32_t texts) {
    const Sizes s = sizes_of(encoder, lengths, texts);
    return (int64_t)((s.states + s.qkv + s.attention + s.middle + s.steps) * sizeof(float) + s.quantized + s.active);
}

/* Quantises rows (count, stride) to `to` (count, columns), with one step per row. */
static void quantize_rows(const float *rows, int stride, int count, uint8_t *to, int columns, float *steps,
                          int after_gelu) {
    for (int i = 0; i < count; i++)
        steps[i] = quantize(rows + (size_t)i * stride, to + (size_t)i * columns, columns, after_gelu);
}

static void normalize_rows(const struct Encoder *encoder, float *states, int count, const Norm *norm) {
    for (int i = 0; i < count; i++)
        normalize(states + (size_t)i * encoder->columns, norm, encoder->network.hidden, encoder->columns,
                  encoder->network.epsilon);
}

static void attention_block(const struct Encoder *encoder, const PackedLayer *layer, const Scratch *at, Group group,
                            const int32_t *lengths) {
    const Network *n = &encoder->network;
    int columns = encoder->columns, qkv = layer->qkv.outputs;
    float *states = at->states + (size_t)group.row * columns, *text = at->qkv;
    quantize_rows(states, columns, group.rows, at->quantized, columns, at->steps, 0);
    multiply(encoder, &layer->qkv, at->quantized, at->steps, group.rows, at->qkv, qkv, PLAIN);
    for (int t = group.text; t < group.text + group.texts; text += (size_t)lengths[t++] * qkv)
        for (int head = 0; head < n->heads; head++) attend(encoder, text, qkv, lengths[t], head, at->attention);
    /* The results of attention are in the queries' columns; the keys after them must not be multiplied. */
    for (int i = 0; columns > n->hidden && i < group.rows; i++)
        memset(at->qkv + (size_t)i * qkv + n->hidden, 0, (columns - n->hidden) * sizeof *at->qkv);
    quantize_rows(at->qkv, qkv, group.rows, at->quantized, columns, at->steps, 0);
    multiply(encoder, &layer->out, at->quantized, at->steps, group.rows, states, columns, ADDED);
    normalize_rows(encoder, states, group.rows, &layer->attention_norm);
}

static void feed_forward(const struct Encoder *encoder, const PackedLayer *layer, const Scratch *at) {
    int columns = encoder->columns, up = layer->up.outputs;
    for (int row = 0; row < at->rows; row += STRIP) {
        int count = at->rows - row < STRIP ? at->rows - row : STRIP;
        float *states = at->states + (size_t)row * columns;
        quantize_rows(states, columns, count, at->quantized, columns, at->steps, 0);
        multiply(encoder, &layer->up, at->quantized, at->steps, count, at->middle, up, WITH_GELU);
        quantize_rows(at->middle, up, count, at->active, up, at->steps, 1);
        multiply(encoder, &layer->down, at->active, at->steps, count, states, columns, ADDED);
        normalize_rows(encoder, states, count, &layer->output_norm);
    }
}

/* The mean of one hidden state for every text, wherever `wanted` lists that state. */
static void read_out(const struct Encoder *encoder, const Scratch *at, int state, const int32_t *lengths, int texts,
                     const int32_t *wanted, int count, float *means) {
    int hidden = encoder->network.hidden;
    for (int place = 0; place < count; place++) {
        if (wanted[place] != state) continue;
        FOR_GROUPS(group, lengths, texts) {
            const float *text = at->states + (size_t)group.row * encoder->columns;
            for (int t = group.text; t < group.text + group.texts; text += (size_t)lengths[t++] * encoder->columns)
                mean(text, encoder->columns, hidden, lengths[t], means + ((size_t)t * count + place) * hidden);
        }
    }
}

static void embed_all(const struct Encoder *encoder, const Scratch *at, const int64_t *ids, const int32_t *lengths,
                      int texts) {
    FOR_GROUPS(group, lengths, texts) {
        float *row = at->states + (size_t)group.row * encoder->columns, *end = row + (size_t)group.rows * encoder->columns;
        for (int t = group.text; t < group.text + group.texts; t++)
            for (int i = 0; i < lengths[t]; i++, row += encoder->columns) embed(encoder, *ids++, i, row);
        memset(row, 0, (size_t)(end - row) * sizeof *row);
    }
}

/* Computes the readouts of texts from their ids, one text after another: `final` (texts, width), unless it is null, and
 * `means` (texts, count, hidden) of the hidden states that `wanted` lists, 0 being the embeddings. `memory` is scratch
 * of valence_scratch_bytes, aligned to 64 bytes. */
EXPORTED int32_t valence_run(const struct Encoder *encoder, const int64_t *ids, const int32_t *lengths, int32_t texts,
                             const int32_t *wanted, int32_t count, float *means, float *final, void *memory) {
    const Network *n = &encoder->network;
    int tokens = 0;
    for (int t = 0; t < texts; t++) {
        if (lengths[t] < 1 || lengths[t] > n->positions) return TEXT_TOO_LONG;
        tokens += lengths[t];
    }
    for (int i = 0; i < tokens; i++)
        if (ids[i] < 0 || ids[i] >= n->vocabulary) return TOKEN_UNKNOWN;
    const Sizes sizes = sizes_of(encoder, lengths, texts);
    const Scratch at = laid_out(&sizes, memory);
    embed_all(encoder, &at, ids, lengths, texts);
    read_out(encoder, &at, 0, lengths, texts, wanted, count, means);
    if (encoder->instructions == AMX) configure_tiles();
    for (int i = 0; i < n->layers; i++) {
        FOR_GROUPS(group, lengths, texts) attention_block(encoder, &encoder->layer[i], &at, group, lengths);
        feed_forward(encoder, &encoder->layer[i], &at);
        read_out(encoder, &at, i + 1, lengths, texts, wanted, count, means);
    }
    if (encoder->instructions == AMX) release_tiles();
    if (final) FOR_GROUPS(group, lengths, texts) {
        const float *text = at.states + (size_t)group.row * encoder->columns;
        for (int t = group.text; t < group.text + group.texts; text += (size_t)lengths[t++] * encoder->columns)
            dense(n, text, final + (size_t)t * n->width);
    }
    return DONE;
}

#else /* another processor or system: there, onnxruntime runs the body */

struct Encoder;

EXPORTED int32_t valence_instructions(void) { return NONE; }
EXPORTED struct Encoder *valence_open(const Network *network, int32_t instructions) { return NULL; }
EXPORTED void valence_close(struct Encoder *encoder) {}
EXPORTED int64_t valence_scratch_bytes(const struct Encoder *encoder, const int32_t *lengths, int32_t texts) { return 0; }
EXPORTED int32_t valence_run(const struct Encoder *encoder, const int64_t *ids, const int32_t *lengths, int32_t texts,
                             const int32_t *wanted, int32_t count, float *means, float *final, void *memory) {
    return NOT_SUPPORTED;
}

#endif
