/* What is computed row by row: quantised activations, layer norm, embeddings and readouts. */

static float quantize(const float *row, uint8_t *to, int columns, int after_gelu) {
    Floats most[PARTS] = {{0}};
    for (int k = 0; k < columns; k += WHOLE)
        UNROLLED
        for (int p = 0; p < PARTS; p++) {
            Floats x = load(row + k + p * LANES);
            most[p] = larger(most[p], after_gelu ? x : absolute(x));
        }
    int zero_point = after_gelu ? ZERO_POINT_AFTER_GELU : ZERO_POINT;
    float largest = fold(most, 1), step;
    if (after_gelu) {
        float least = 0.17f / ZERO_POINT_AFTER_GELU;
        step = largest * (1.0f / (LARGEST - ZERO_POINT_AFTER_GELU));
        if (step < least) step = least;
    } else {
        step = (largest < 1e-12f ? 1e-12f : largest) * (1.0f / (LARGEST - ZERO_POINT));
    }
    float inverse = 1.0f / step;
    for (int k = 0; k < columns; k += 4 * LANES) {
        Ints whole[4];
        UNROLLED
        for (int i = 0; i < 4; i++) whole[i] = rounded_ints(load(row + k + i * LANES) * inverse) + zero_point;
        store_bytes(to + k, whole);
    }
    return step;
}

static void normalize(float *row, const float *norm, int hidden, int columns, float epsilon) {
    Floats sum[PARTS] = {{0}}, squares[PARTS] = {{0}};
    for (int k = 0; k < columns; k += WHOLE) /* padding is zero */
        UNROLLED
        for (int p = 0; p < PARTS; p++) sum[p] += load(row + k + p * LANES);
    float mean = fold(sum, 0) / (float)hidden;
    for (int k = 0; k < columns; k += WHOLE)
        UNROLLED
        for (int p = 0; p < PARTS; p++) {
            int column = k + p * LANES;
            Floats off = first_of(load(row + column) - mean, hidden - column, (Floats){0});
            squares[p] = fused(off, off, squares[p]);
        }
    float variance = fold(squares, 0) / (float)hidden + epsilon, scale = 1.0f / __builtin_sqrtf(variance);
    for (int k = 0; k < columns; k += LANES) /* in padding, weights and biases are zero */
        store(row + k, fused((load(row + k) - mean) * scale, load(norm + k), load(norm + columns + k)));
}

static void embed(const Network *n, int64_t id, int position, float *row, int columns) {
    const int8_t *word = n->words + (size_t)id * n->hidden;
    const float *place = n->position_table + (size_t)position * n->hidden;
    for (int k = 0; k < columns; k += LANES) {
        int left = n->hidden - k;
        Bytes bytes = {0};
        if (left > 0) memcpy(&bytes, word + k, left < LANES ? left : LANES);
        Floats word_here = to_floats(__builtin_convertvector(bytes, Ints));
        store(row + k, fused(word_here, all(n->word_scales[id]), load_first(place + k, left)));
    }
}

static void dense(const Network *n, const float *state, float *to) {
    for (int column = 0; column < n->width; column += LANES) {
        int left = n->width - column, k = 0;
        Floats even = load_first(n->dense_bias + column, left), odd = {0};
        for (; k + 1 < n->hidden; k += 2) {
            const float *from = n->dense_weight + (size_t)k * n->width + column;
            even = fused(all(state[k]), load_first(from, left), even);
            odd = fused(all(state[k + 1]), load_first(from + n->width, left), odd);
        }
        if (k < n->hidden)
            even = fused(all(state[k]), load_first(n->dense_weight + (size_t)k * n->width + column, left), even);
        Floats sum = even + odd;
        store_first(to + column, n->tanh ? hyperbolic_tangent(sum) : larger(sum, (Floats){0}), left);
    }
}

static void mean(const float *states, int columns, int hidden, int length, float *to) {
    for (int k = 0; k < hidden; k += LANES) {
        Floats sum = {0};
        for (int i = 0; i < length; i++) sum += load(states + (size_t)i * columns + k);
        store_first(to + k, sum / (float)length, hidden - k);
    }
}
