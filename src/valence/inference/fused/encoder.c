/* A whole encoder with int8 weights, from token ids to the features that a head reads.
 *
 * The arithmetic is that of body.safetensors as valence.export.quantize writes it: weights with one scale per output,
 * activations with one scale per row (token). Sums of int8 products are exact, and everything else is computed row by
 * row in a fixed order, so a text's features depend neither on the rest of its batch nor on the processor. Texts follow
 * one another without padding.
 *
 * A matrix of activations has one row per token; rows are padded to ALIGNED columns, and the number of rows to a
 * multiple of what the kernels multiply at once, so that no loop over them needs a tail. Nothing is allocated while it
 * runs: the caller provides the scratch memory.
 */
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

#if !defined(CODE_VERSION)
#define CODE_VERSION "unknown"
#endif

/* Version of all the code here, as setup.py derives it: with another one, the last bits may differ. */
EXPORTED const char *valence_code_version(void) { return CODE_VERSION; }

/* Version of the structs and functions that encoder.py uses; it refuses a library built from another version. */
EXPORTED int32_t valence_interface(void) { return 3; }

enum { DONE, TOKEN_UNKNOWN, TEXT_TOO_LONG }; /* how valence_run ended: ERRORS in encoder.py */

enum {
    GROUP = 192, /* rows whose queries, keys and values fit in the L2 cache together */
    STRIP = 32,  /* rows of the feed-forward layer that fit in the cache next to its weights */
};

struct Encoder {
    PackedNetwork packed;
    const Kernels *kernels;
};

/* ---- making an encoder ---- */

/* The sets of instructions that can be used here: bit i is set if number i of kernels.h can. */
EXPORTED int32_t valence_instructions(void) {
    int32_t sets = 0;
    for (int set = 0; set < SETS; set++)
        if (kernels_of(set) && processor_has(set)) sets |= 1 << set;
    return sets;
}

EXPORTED void valence_close(struct Encoder *encoder) {
    if (!encoder) return;
    unpack(&encoder->packed);
    free(encoder);
}

/* Packs the layers for a set of instructions that can be used here. The network's embeddings and dense layer are not
 * copied: they must live as long as the encoder. Returns null, and why in `status`: PACKING_ERRORS in encoder.py. */
EXPORTED struct Encoder *valence_open(const Network *network, int32_t set, int32_t *status) {
    struct Encoder *encoder = zeroed(sizeof *encoder);
    *status = NO_MEMORY;
    if (!encoder) return NULL;
    encoder->kernels = kernels_of(set);
    *status = pack_network(&encoder->packed, network, encoder->kernels->offset);
    if (*status == PACKED) return encoder;
    valence_close(encoder);
    return NULL;
}

/* ---- running ---- */

/* Texts that go through attention together: few enough that their queries, keys and values stay in the L2 cache. */
typedef struct {
    int text, texts; /* the first one, and how many */
    int row, rows;   /* the first one, and how many, padded */
} Group;

/* The group after `last`: of those that start there and have at most GROUP rows, the one with the least padding. */
static Group next_group(int multiple, const int32_t *lengths, int texts, Group last) {
    Group best = {last.text + last.texts, 0, last.row + last.rows, 0};
    int rows = 0, filled = 0;
    for (int t = best.text; t < texts; t++) {
        rows += lengths[t];
        if (best.texts && rows > GROUP) break;
        if (rows * best.rows < filled * padded(rows, multiple)) continue;
        filled = rows;
        best.texts = t - best.text + 1;
        best.rows = padded(rows, multiple);
    }
    return best;
}

#define FOR_GROUPS(GROUP_, ENCODER, LENGTHS, TEXTS)                                                                   \
    for (Group GROUP_ = next_group((ENCODER)->kernels->rows, LENGTHS, TEXTS, (Group){0, 0, 0, 0}); GROUP_.texts;      \
         GROUP_ = next_group((ENCODER)->kernels->rows, LENGTHS, TEXTS, GROUP_))

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
    const PackedNetwork *packed = &encoder->packed;
    size_t qkv = packed->layer[0].qkv.outputs, up = packed->layer[0].up.outputs;
    int width = packed->network.hidden / packed->network.heads, widest = STRIP, longest = 0;
    Sizes sizes = {0};
    FOR_GROUPS(group, encoder, lengths, texts) {
        sizes.rows = group.row + group.rows;
        widest = max_of(widest, group.rows);
    }
    for (int t = 0; t < texts; t++) longest = max_of(longest, lengths[t]);
    sizes.states = sizes.rows * (size_t)packed->columns;
    sizes.qkv = widest * qkv;
    /* keys, values and scores of one head */
    sizes.attention = (size_t)(width + padded(width, VALUES) + QUERIES) * padded(longest, WHOLE);
    sizes.middle = STRIP * up;
    sizes.steps = padded(widest, WHOLE);
    sizes.quantized = (size_t)widest * packed->columns;
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
static void quantize_rows(const struct Encoder *encoder, const float *rows, int stride, int count, uint8_t *to,
                          int columns, float *steps, int after_gelu) {
    for (int i = 0; i < count; i++)
        steps[i] = encoder->kernels->quantize(rows + (size_t)i * stride, to + (size_t)i * columns, columns, after_gelu);
}

static void normalize_rows(const struct Encoder *encoder, float *states, int count, const float *norm) {
    const Network *n = &encoder->packed.network;
    int columns = encoder->packed.columns;
    for (int i = 0; i < count; i++)
        encoder->kernels->normalize(states + (size_t)i * columns, norm, n->hidden, columns, n->epsilon);
}

static void attention_block(const struct Encoder *encoder, const PackedLayer *layer, const Scratch *at, Group group,
                            const int32_t *lengths) {
    const Network *n = &encoder->packed.network;
    const Kernels *kernels = encoder->kernels;
    int columns = encoder->packed.columns, qkv = layer->qkv.outputs;
    float *states = at->states + (size_t)group.row * columns, *text = at->qkv;
    quantize_rows(encoder, states, columns, group.rows, at->quantized, columns, at->steps, 0);
    kernels->multiply(&layer->qkv, at->quantized, at->steps, group.rows, at->qkv, qkv, PLAIN);
    for (int t = group.text; t < group.text + group.texts; text += (size_t)lengths[t++] * qkv)
        for (int head = 0; head < n->heads; head++) kernels->attend(n, text, qkv, lengths[t], head, at->attention);
    /* The results of attention are in the queries' columns; the keys after them must not be multiplied. */
    for (int i = 0; columns > n->hidden && i < group.rows; i++)
        memset(at->qkv + (size_t)i * qkv + n->hidden, 0, (columns - n->hidden) * sizeof *at->qkv);
    quantize_rows(encoder, at->qkv, qkv, group.rows, at->quantized, columns, at->steps, 0);
    kernels->multiply(&layer->out, at->quantized, at->steps, group.rows, states, columns, ADDED);
    normalize_rows(encoder, states, group.rows, layer->attention_norm);
}

static void feed_forward(const struct Encoder *encoder, const PackedLayer *layer, const Scratch *at) {
    const Kernels *kernels = encoder->kernels;
    int columns = encoder->packed.columns, up = layer->up.outputs;
    for (int row = 0; row < at->rows; row += STRIP) {
        int count = at->rows - row < STRIP ? at->rows - row : STRIP;
        float *states = at->states + (size_t)row * columns;
        quantize_rows(encoder, states, columns, count, at->quantized, columns, at->steps, 0);
        kernels->multiply(&layer->up, at->quantized, at->steps, count, at->middle, up, WITH_GELU);
        quantize_rows(encoder, at->middle, up, count, at->active, up, at->steps, 1);
        kernels->multiply(&layer->down, at->active, at->steps, count, states, columns, ADDED);
        normalize_rows(encoder, states, count, layer->output_norm);
    }
}

/* The mean of one hidden state for every text, wherever `wanted` lists that state. */
static void read_out(const struct Encoder *encoder, const Scratch *at, int state, const int32_t *lengths, int texts,
                     const int32_t *wanted, int count, float *means) {
    int hidden = encoder->packed.network.hidden, columns = encoder->packed.columns;
    for (int place = 0; place < count; place++) {
        if (wanted[place] != state) continue;
        FOR_GROUPS(group, encoder, lengths, texts) {
            const float *text = at->states + (size_t)group.row * columns;
            for (int t = group.text; t < group.text + group.texts; text += (size_t)lengths[t++] * columns)
                encoder->kernels->mean(text, columns, hidden, lengths[t], means + ((size_t)t * count + place) * hidden);
        }
    }
}

static void embed_all(const struct Encoder *encoder, const Scratch *at, const int64_t *ids, const int32_t *lengths,
                      int texts) {
    int columns = encoder->packed.columns;
    FOR_GROUPS(group, encoder, lengths, texts) {
        float *first = at->states + (size_t)group.row * columns, *row = first, *end = row + (size_t)group.rows * columns;
        for (int t = group.text; t < group.text + group.texts; t++)
            for (int i = 0; i < lengths[t]; i++, row += columns)
                encoder->kernels->embed(&encoder->packed.network, *ids++, i, row, columns);
        normalize_rows(encoder, first, (int)((row - first) / columns), encoder->packed.embedding_norm);
        memset(row, 0, (size_t)(end - row) * sizeof *row);
    }
}

/* The dense layer of every text's first state. */
static void read_final(const struct Encoder *encoder, const Scratch *at, const int32_t *lengths, int texts,
                       float *final) {
    const Network *n = &encoder->packed.network;
    int columns = encoder->packed.columns;
    FOR_GROUPS(group, encoder, lengths, texts) {
        const float *text = at->states + (size_t)group.row * columns;
        for (int t = group.text; t < group.text + group.texts; text += (size_t)lengths[t++] * columns)
            encoder->kernels->dense(n, text, final + (size_t)t * n->width);
    }
}

static int32_t check(const Network *network, const int64_t *ids, const int32_t *lengths, int texts) {
    for (int t = 0; t < texts; t++) {
        if (lengths[t] < 1 || lengths[t] > network->positions) return TEXT_TOO_LONG;
        for (int i = 0; i < lengths[t]; i++, ids++)
            if (*ids < 0 || *ids >= network->vocabulary) return TOKEN_UNKNOWN;
    }
    return DONE;
}

/* Computes the readouts of texts from their ids, one text after another: `final` (texts, width), unless it is null, and
 * `means` (texts, count, hidden) of the hidden states that `wanted` lists, 0 being the embeddings. `memory` is scratch
 * of valence_scratch_bytes, aligned to 64 bytes. */
EXPORTED int32_t valence_run(const struct Encoder *encoder, const int64_t *ids, const int32_t *lengths, int32_t texts,
                             const int32_t *wanted, int32_t count, float *means, float *final, void *memory) {
    const PackedNetwork *packed = &encoder->packed;
    int32_t status = check(&packed->network, ids, lengths, texts);
    if (status != DONE) return status;
    const Sizes sizes = sizes_of(encoder, lengths, texts);
    const Scratch at = laid_out(&sizes, memory);
    embed_all(encoder, &at, ids, lengths, texts);
    read_out(encoder, &at, 0, lengths, texts, wanted, count, means);
    if (encoder->kernels->begin) encoder->kernels->begin();
    for (int i = 0; i < packed->network.layers; i++) {
        FOR_GROUPS(group, encoder, lengths, texts) attention_block(encoder, &packed->layer[i], &at, group, lengths);
        feed_forward(encoder, &packed->layer[i], &at);
        read_out(encoder, &at, i + 1, lengths, texts, wanted, count, means);
    }
    if (encoder->kernels->end) encoder->kernels->end();
    if (final) read_final(encoder, &at, lengths, texts, final);
    return DONE;
}
