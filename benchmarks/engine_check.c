/* Random networks and texts through every set of instructions: the bits must be equal, alone and together, and wrong ids,
 * lengths and weights must be refused. Each array has exactly the size that it must have, so a sanitizer sees every
 * access beyond it. benchmarks/engine_check.py builds and runs it.
 *
 * Usage: engine_check CASES SEED. Prints the sets and a hash of all results, which is the same on every processor.
 */
#include "kernels.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Encoder;
extern int32_t valence_instructions(void);
extern struct Encoder *valence_open(const Network *network, int32_t set, int32_t *status);
extern void valence_close(struct Encoder *encoder);
extern int64_t valence_scratch_bytes(const struct Encoder *encoder, const int32_t *lengths, int32_t texts);
extern int32_t valence_run(const struct Encoder *encoder, const int64_t *ids, const int32_t *lengths, int32_t texts,
                           const int32_t *wanted, int32_t count, float *means, float *final, void *memory);

enum { MOST_TEXTS = 6, MOST_ARRAYS = 64, UNKNOWN = 1, TOO_LONG = 2 };

static uint64_t state;
static void *arrays[MOST_ARRAYS]; /* of the network, to be freed after a case */
static int arrays_used;
static uint64_t hash = 14695981039346656037u; /* FNV-1a */

static uint64_t next(void) { /* Marsaglia's xorshift64, with Vigna's multiplication */
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 2685821657736338717u;
}

static int between(int least, int most) { return least + (int)((next() >> 33) % (uint64_t)(most - least + 1)); }

static void fail(const char *words, int number) {
    fprintf(stderr, "case %d: %s\n", number, words);
    exit(1);
}

static void *kept(size_t bytes) {
    void *array = malloc(bytes ? bytes : 1);
    if (!array || arrays_used == MOST_ARRAYS) fail("no memory, or too many arrays", -1);
    return arrays[arrays_used++] = array;
}

static const float *floats(size_t count, float around, float width) {
    float *to = kept(count * sizeof *to);
    for (size_t i = 0; i < count; i++) to[i] = around + width * (float)between(-1000, 1000) / 1000.0f;
    return to;
}

/* Weights of which two neighbours in a column add up to at most 128, often exactly; `spoilt` has one pair that does not. */
static const int8_t *weights(int inputs, int outputs, int spoilt) {
    int8_t *to = kept((size_t)inputs * outputs);
    for (int n = 0; n < outputs; n++)
        for (int k = 0; k < inputs; k++) {
            int before = k % 2 ? abs(to[(size_t)(k - 1) * outputs + n]) : 0, most = 128 - before;
            if (most > 127) most = 127;
            to[(size_t)k * outputs + n] = (int8_t)(between(0, 3) ? between(-most, most) : between(0, 1) ? most : -most);
        }
    if (spoilt) to[(size_t)outputs - 1] = 127, to[2 * (size_t)outputs - 1] = -2;
    return to;
}

/* One after another, as an initializer's parts have no order. */
static Linear linear(int inputs, int outputs, int zero_point, int spoilt) {
    Linear to = {.inputs = inputs, .outputs = outputs, .zero_point = zero_point};
    to.weight = weights(inputs, outputs, spoilt);
    to.scale = floats(outputs, 0.004f, 0.002f);
    to.bias = floats(outputs, 0, 0.5f);
    return to;
}

static Norm norm(int hidden) {
    Norm to;
    to.weight = floats(hidden, 1, 0.5f);
    to.bias = floats(hidden, 0, 0.3f);
    return to;
}

static void fill_layer(Layer *to, int hidden, int inner, int spoilt) {
    to->query = linear(hidden, hidden, ZERO_POINT, 0);
    to->key = linear(hidden, hidden, ZERO_POINT, 0);
    to->value = linear(hidden, hidden, ZERO_POINT, 0);
    to->out = linear(hidden, hidden, ZERO_POINT, spoilt);
    to->up = linear(hidden, inner, ZERO_POINT, 0);
    to->down = linear(inner, hidden, ZERO_POINT_AFTER_GELU, 0);
    to->attention_norm = norm(hidden);
    to->output_norm = norm(hidden);
}

static Network network(int spoilt) {
    Network n = {.epsilon = 1e-5f};
    n.heads = between(1, 5);
    int narrowest = between(0, 3) ? 2 : 16;
    n.hidden = n.heads * between(narrowest, narrowest + 50);
    n.layers = between(1, 2);
    n.vocabulary = between(1, 40);
    n.positions = between(1, 70);
    n.width = between(1, 90);
    n.tanh = between(0, 1);
    int inner = between(1, 200);
    int8_t *words = kept((size_t)n.vocabulary * n.hidden);
    for (int i = 0; i < n.vocabulary * n.hidden; i++) words[i] = (int8_t)between(-127, 127);
    n.words = words;
    n.word_scales = floats(n.vocabulary, 0.01f, 0.005f);
    n.position_table = floats((size_t)n.positions * n.hidden, 0, 0.2f);
    n.embedding_norm = norm(n.hidden);
    Layer *layer = kept(n.layers * sizeof *layer);
    for (int i = 0; i < n.layers; i++) fill_layer(&layer[i], n.hidden, inner, spoilt);
    n.layer = layer;
    n.dense_weight = floats((size_t)n.hidden * n.width, 0, 0.1f);
    n.dense_bias = floats(n.width, 0, 0.1f);
    n.relative = between(0, 1) ? floats((size_t)n.heads * (2 * n.positions - 1), 0, 1) : NULL;
    return n;
}

typedef struct {
    int texts, tokens;
    int32_t *lengths; /* these and the ids are of exactly the size that they need */
    int64_t *ids;
} Texts;

static Texts texts_of(const Network *n) {
    Texts t = {.texts = between(1, MOST_TEXTS)};
    t.lengths = kept(t.texts * sizeof *t.lengths);
    for (int i = 0; i < t.texts; i++) t.tokens += t.lengths[i] = between(1, n->positions);
    t.ids = kept(t.tokens * sizeof *t.ids);
    for (int i = 0; i < t.tokens; i++) t.ids[i] = between(0, n->vocabulary - 1);
    return t;
}

/* Runs texts and returns their results, which the caller frees: first `final`, then `means` of every state. */
static float *run(const struct Encoder *encoder, const Network *n, const int64_t *ids, const int32_t *lengths, int texts,
                  int32_t expected, int number) {
    const int count = n->layers + 1;
    size_t width = n->width, means = (size_t)count * n->hidden;
    float *to = malloc(texts * (width + means) * sizeof *to);
    int32_t *wanted = malloc(count * sizeof *wanted);
    void *memory = NULL;
    int refused = expected != 0;
    size_t bytes = refused ? ALIGNED : (size_t)valence_scratch_bytes(encoder, lengths, texts);
    if (!to || !wanted || posix_memalign(&memory, ALIGNED, bytes)) fail("no memory", number);
    memset(memory, 0xFF, bytes); /* what an earlier run left there must not matter: not-a-number in every float */
    for (int i = 0; i < count; i++) wanted[i] = i;
    if (valence_run(encoder, ids, lengths, texts, wanted, count, to + texts * width, to, memory) != expected)
        fail("the run ended in another way than it should", number);
    free(wanted);
    free(memory);
    return to;
}

/* Every text alone must get the bits that it gets in the batch. */
static void check_alone(const struct Encoder *encoder, const Network *n, const Texts *t, const float *together,
                        int number) {
    size_t width = n->width, means = (size_t)(n->layers + 1) * n->hidden;
    const int64_t *ids = t->ids;
    for (int i = 0; i < t->texts; ids += t->lengths[i++]) {
        float *alone = run(encoder, n, ids, t->lengths + i, 1, 0, number);
        if (memcmp(alone, together + i * width, width * sizeof *alone) ||
            memcmp(alone + width, together + t->texts * width + i * means, means * sizeof *alone))
            fail("a text alone gets other bits than in a batch", number);
        free(alone);
    }
}

/* A wrong id or length must be refused before anything is computed. */
static void check_refusals(const struct Encoder *encoder, const Network *n, Texts *t, int number) {
    static const int64_t WRONG[] = {-1, INT64_MIN, INT64_MAX, 1ll << 32};
    int at = between(0, t->tokens - 1), text = between(0, t->texts - 1), wrong = between(0, 4);
    int64_t id = t->ids[at];
    t->ids[at] = wrong < 4 ? WRONG[wrong] : n->vocabulary;
    free(run(encoder, n, t->ids, t->lengths, t->texts, UNKNOWN, number));
    t->ids[at] = id;
    int32_t length = t->lengths[text];
    t->lengths[text] = between(0, 2) ? n->positions + 1 : between(-1, 0);
    if (text == 0) free(run(encoder, n, t->ids, t->lengths, t->texts, TOO_LONG, number));
    t->lengths[text] = length;
}

/* The case's numbers depend on the seed and on its own number alone, however many sets there are. */
static void one_case(int32_t sets, uint64_t seed, int number) {
    state = (seed * 1000003 + (uint64_t)number) * 2 + 1;
    for (int i = 0; i < 10; i++) next();
    int spoilt = between(0, 9) == 0;
    Network n = network(spoilt);
    Texts t = texts_of(&n);
    size_t count = t.texts * (n.width + (size_t)(n.layers + 1) * n.hidden);
    float *expected = NULL;
    for (int set = 0; set < SETS; set++) {
        int32_t status;
        if (!(sets >> set & 1)) continue;
        struct Encoder *encoder = valence_open(&n, set, &status);
        if (status != (spoilt ? WEIGHTS_TOO_LARGE : PACKED) || (encoder == NULL) != spoilt)
             fail("opened as it should not", number);
        if (spoilt) continue;
        float *found = run(encoder, &n, t.ids, t.lengths, t.texts, 0, number);
        if (expected && memcmp(found, expected, count * sizeof *found)) fail("two sets of instructions differ", number);
        check_alone(encoder, &n, &t, found, number);
        check_refusals(encoder, &n, &t, number);
        valence_close(encoder);
        if (expected) free(found);
        else expected = found;
    }
    for (size_t i = 0; expected && i < count * sizeof *expected; i++)
        hash = (hash ^ ((unsigned char *)expected)[i]) * 1099511628211u;
    free(expected);
    while (arrays_used) free(arrays[--arrays_used]);
}

int main(int argc, char **argv) {
    int cases = argc > 1 ? atoi(argv[1]) : 100;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    int32_t sets = valence_instructions();
    for (int i = 0; i < cases; i++) one_case(sets, seed, i);
    printf("sets %d hash %016" PRIx64 "\n", (int)sets, hash);
    return 0;
}
