/* What is computed with vectors, for one set of instructions. Each file in sets/ makes one table of these functions from
 * the same sources (products.h, rows.h, attention.h), so every set gives the same bits. */
#ifndef VALENCE_KERNELS_H
#define VALENCE_KERNELS_H

#include "network.h"

/* With PORTABLE_ONLY the library is what it is on a processor of another kind. */
#if defined(__x86_64__) && !defined(PORTABLE_ONLY)
#define ON_X86
#elif defined(__aarch64__) && !defined(PORTABLE_ONLY)
#define ON_ARM
#endif

enum { PLAIN, WITH_GELU, ADDED }; /* what is done with a product: store it, apply GELU and store it, or add it */

enum {
    VALUES = 32, /* attention's columns of values are padded to a multiple */
    QUERIES = 6, /* rows of attention that are computed together: twelve sums hide the latency of an addition */
};

typedef struct {
    int rows;   /* a product has a multiple of so many rows */
    int offset; /* what `multiply` subtracts from every activation */
    /* Called before the first and after the last product of a run, in the same thread. */
    void (*begin)(void);
    void (*end)(void);
    /* y (rows, stride) = x (rows, w->inputs), quantised with a step for each row, times w, plus the bias. */
    void (*multiply)(const Packed *w, const uint8_t *x, const float *steps, int rows, float *y, int stride, int then);
    /* Quantises a row around its zero point and returns the step. After a GELU, no value is below -0.17. */
    float (*quantize)(const float *row, uint8_t *to, int columns, int after_gelu);
    /* Layer norm of a row in place; `norm` is as in PackedLayer. */
    void (*normalize)(float *row, const float *norm, int hidden, int columns, float epsilon);
    /* A token's embedding before its layer norm. */
    void (*embed)(const Network *network, int64_t id, int position, float *row, int columns);
    /* Attention of one head over one text: `rows` hold query, key and value; the result replaces the query. */
    void (*attend)(const Network *network, float *rows, int stride, int length, int head, float *scratch);
    /* (width) = the activation of: state (hidden) times the dense layer's weight (hidden, width), plus its bias. */
    void (*dense)(const Network *network, const float *state, float *to);
    /* (hidden) = the mean of a text's states (length, columns). */
    void (*mean)(const float *states, int columns, int hidden, int length, float *to);
} Kernels;

/* The sets, from the slowest to the fastest. INSTRUCTIONS in encoder.py has their names in this order. */
enum { PORTABLE, AVX2, AVX_VNNI, AVX512_VNNI, AMX, NEON_DOT, NEON_I8MM, SETS };

/* The kernels of a set, or null if this library was not built for it. */
const Kernels *kernels_of(int set);

/* Whether this processor and system have the instructions of a set that is in the library. */
int processor_has(int set);

#endif
