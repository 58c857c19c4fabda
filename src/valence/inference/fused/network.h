/* A network as encoder.py describes it, and as it is packed for multiplication. */
#ifndef VALENCE_NETWORK_H
#define VALENCE_NETWORK_H

#include <stddef.h>
#include <stdint.h>

/* `weight` has shape (inputs, outputs), row by row, as in body.safetensors. */
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

enum {
    WHOLE = 16,   /* floats that are summed side by side, whatever the width of the processor's vectors */
    ALIGNED = 64, /* columns: bytes of the widest vector, and of a tile's row */
};

/* Zero points of the quantised activations. weights.py checks that body.safetensors was made for the same ones. */
enum { ZERO_POINT = 128, ZERO_POINT_AFTER_GELU = 16, LARGEST = 255 };

/* A linear layer, packed for multiplication: blocks of WHOLE columns, and in each of them the bytes of four rows side
 * by side. */
typedef struct {
    int inputs, outputs; /* padded */
    int8_t *weight;
    int32_t *correction; /* what to subtract from a column's sum: the zero point times the sum of its weights */
    float *scale, *bias;
} Packed;

typedef struct {
    Packed qkv, out, up, down;
    float *attention_norm, *output_norm; /* padded: the weights, then the biases */
} PackedLayer;

typedef struct {
    Network network;
    int columns; /* of hidden states, padded */
    float *embedding_norm;
    PackedLayer *layer;
} PackedNetwork;

static inline int padded(int count, int to) { return (count + to - 1) / to * to; }

static inline int max_of(int a, int b) { return a > b ? a : b; }

/* How making a PackedNetwork ended. */
enum { PACKED, NO_MEMORY, WEIGHTS_TOO_LARGE };

/* Packs the layers into `to`, which unpack() releases whatever is returned. The network's other arrays are not copied.
 * `offset` is what the products subtract from every activation before they multiply. */
int pack_network(PackedNetwork *to, const Network *network, int offset);
void unpack(PackedNetwork *packed);

/* Memory aligned to ALIGNED bytes, all zero; null if there is not enough. free() releases it. */
void *zeroed(size_t bytes);

#endif
