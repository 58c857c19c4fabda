/* Packs a network's weights in the order in which the products read them. */
#include "network.h"

#include <stdlib.h>
#include <string.h>

/* Two neighbouring weights add up to at most this much: 255 times it fits into the 16 bits in which some processors add
 * two products. valence.export.quantize chooses its scales accordingly. */
enum { PAIR_LARGEST = 128 };

void *zeroed(size_t bytes) {
    void *memory = NULL;
    if (posix_memalign(&memory, ALIGNED, bytes ? bytes : 1)) return NULL;
    return memset(memory, 0, bytes);
}

/* Packs `part` into the columns from `first` on. */
static int pack(Packed *to, const Linear *part, int first, int offset) {
    for (int n = 0; n < part->outputs; n++) {
        int column = first + n, sum = 0, before = 0;
        int8_t *block = to->weight + (size_t)(column / WHOLE) * to->inputs * WHOLE;
        for (int k = 0; k < part->inputs; k++) {
            int value = part->weight[(size_t)k * part->outputs + n];
            if (k % 2 && abs(before) + abs(value) > PAIR_LARGEST) return WEIGHTS_TOO_LARGE;
            block[(k / 4 * WHOLE + column % WHOLE) * 4 + k % 4] = (int8_t)value;
            sum += before = value;
        }
        to->correction[column] = (part->zero_point - offset) * sum;
        to->scale[column] = part->scale[n];
        to->bias[column] = part->bias[n];
    }
    return PACKED;
}

static int pack_linears(Packed *to, const Linear *parts, int count, int offset) {
    int outputs = 0;
    for (int i = 0; i < count; i++) outputs += parts[i].outputs;
    to->inputs = padded(parts[0].inputs, ALIGNED);
    to->outputs = padded(outputs, ALIGNED);
    to->weight = zeroed((size_t)to->inputs * to->outputs);
    to->correction = zeroed(to->outputs * sizeof(int32_t));
    to->scale = zeroed(to->outputs * sizeof(float));
    to->bias = zeroed(to->outputs * sizeof(float));
    if (!to->weight || !to->correction || !to->scale || !to->bias) return NO_MEMORY;
    int status = PACKED;
    for (int i = 0, first = 0; i < count && !status; first += parts[i].outputs, i++)
        status = pack(to, &parts[i], first, offset);
    return status;
}

static float *pack_norm(const Norm *norm, int hidden, int columns) {
    float *to = zeroed(2 * (size_t)columns * sizeof *to);
    if (!to) return NULL;
    memcpy(to, norm->weight, hidden * sizeof *to);
    memcpy(to + columns, norm->bias, hidden * sizeof *to);
    return to;
}

static int pack_layer(PackedLayer *to, const Layer *from, int hidden, int columns, int offset) {
    const Linear qkv[] = {from->query, from->key, from->value};
    to->attention_norm = pack_norm(&from->attention_norm, hidden, columns);
    to->output_norm = pack_norm(&from->output_norm, hidden, columns);
    int status = to->attention_norm && to->output_norm ? PACKED : NO_MEMORY;
    if (!status) status = pack_linears(&to->qkv, qkv, 3, offset);
    if (!status) status = pack_linears(&to->out, &from->out, 1, offset);
    if (!status) status = pack_linears(&to->up, &from->up, 1, offset);
    if (!status) status = pack_linears(&to->down, &from->down, 1, offset);
    return status;
}

int pack_network(PackedNetwork *to, const Network *network, int offset) {
    to->network = *network;
    to->columns = padded(network->hidden, ALIGNED);
    to->embedding_norm = pack_norm(&network->embedding_norm, network->hidden, to->columns);
    to->layer = zeroed(network->layers * sizeof *to->layer);
    if (!to->embedding_norm || !to->layer) return NO_MEMORY;
    int status = PACKED;
    for (int i = 0; i < network->layers && !status; i++)
        status = pack_layer(&to->layer[i], &network->layer[i], network->hidden, to->columns, offset);
    return status;
}

static void release(Packed *packed) {
    free(packed->weight);
    free(packed->correction);
    free(packed->scale);
    free(packed->bias);
}

void unpack(PackedNetwork *packed) {
    for (int i = 0; packed->layer && i < packed->network.layers; i++) {
        PackedLayer *layer = &packed->layer[i];
        release(&layer->qkv);
        release(&layer->out);
        release(&layer->up);
        release(&layer->down);
        free(layer->attention_norm);
        free(layer->output_norm);
    }
    free(packed->layer);
    free(packed->embedding_norm);
}
