/* Attention of one head over one text, in float32. */

enum { PAIR = 2 * LANES }; /* columns whose sums are kept in registers together */

/* Keys transposed to (width, places), from rows of `stride` floats, so that a vector has one column of LANES keys. */
static void transpose(const float *from, int stride, int length, int width, float *to, int places) {
    for (int c = 0; c < width; c++) memset(to + (size_t)c * places + length, 0, (places - length) * sizeof *to);
    for (int j = 0; j < length; j++)
        for (int c = 0; c < width; c++) to[(size_t)c * places + j] = from[(size_t)j * stride + c];
}

/* Copies values to (length, padded width), contiguously: in their original rows, each is on a memory page of its own. */
static void gather_values(const float *from, int stride, int length, int width, float *to) {
    int columns = padded(width, VALUES);
    for (int j = 0; j < length; j++)
        for (int c = 0; c < columns; c += LANES, to += LANES)
            store(to, load_first(from + (size_t)j * stride + c, width - c));
}

/* Softmax of `length` scores in place, without the division: it returns their sum, by which the caller divides. */
INLINE float exponentials(float *scores, int length, int places) {
    Floats most = all(-3.0e38f), sums[PARTS] = {{0}};
    for (int j = 0; j < places; j += LANES) most = larger(most, first_of(load(scores + j), length - j, most));
    float lanes[LANES], largest = -3.0e38f;
    store(lanes, most);
    UNROLLED
    for (int i = 0; i < LANES; i++) largest = lanes[i] > largest ? lanes[i] : largest;
    for (int j = 0; j < places; j += WHOLE)
        UNROLLED
        for (int p = 0; p < PARTS; p++) {
            float *at = scores + j + p * LANES;
            Floats e = first_of(exponential(load(at) - largest), length - j - p * LANES, (Floats){0});
            store(at, e);
            sums[p] += e;
        }
    return fold(sums, 0);
}

/* Scores (QUERIES, places): the scaled products of QUERIES queries with all keys, plus the bias by distance. */
INLINE void score(const float *const *q, const float *keys, int width, int length, int places, float scale,
                  const float *const *bias, float *scores) {
    for (int j = 0; j < places; j += PAIR) {
        int both = j + LANES < places;
        Floats a[QUERIES], b[QUERIES];
        UNROLLED
        for (int r = 0; r < QUERIES; r++) a[r] = b[r] = (Floats){0};
        for (int c = 0; c < width; c++) {
            const float *key = keys + (size_t)c * places + j;
            Floats first = load(key), second = both ? load(key + LANES) : first;
            UNROLLED
            for (int r = 0; r < QUERIES; r++) {
                Floats column = all(q[r][c]);
                a[r] = fused(column, first, a[r]);
                b[r] = fused(column, second, b[r]);
            }
        }
        UNROLLED
        for (int r = 0; r < QUERIES; r++) {
            float *to = scores + (size_t)r * places + j;
            a[r] *= scale;
            b[r] *= scale;
            if (bias) {
                a[r] += load_first(bias[r] + j, length - j);
                b[r] += load_first(bias[r] + j + LANES, length - j - LANES);
            }
            store(to, a[r]);
            if (both) store(to + LANES, b[r]);
        }
    }
}

/* The weighted means of the values, for `count` of the QUERIES rows; they replace the queries. */
INLINE void average(const float *scores, const float *sums, const float *values, int width, int length, int places,
                    int count, float *to, int stride) {
    int step = padded(width, VALUES);
    for (int c = 0; c < width; c += PAIR) {
        Floats a[QUERIES], b[QUERIES];
        UNROLLED
        for (int r = 0; r < QUERIES; r++) a[r] = b[r] = (Floats){0};
        for (int j = 0; j < length; j++) {
            const float *from = values + (size_t)j * step + c;
            Floats first = load(from), second = load(from + LANES);
            UNROLLED
            for (int r = 0; r < QUERIES; r++) {
                Floats share = all(scores[(size_t)r * places + j]);
                a[r] = fused(share, first, a[r]);
                b[r] = fused(share, second, b[r]);
            }
        }
        UNROLLED
        for (int r = 0; r < QUERIES; r++) {
            if (r >= count) break;
            float share = 1.0f / sums[r], *row = to + (size_t)r * stride + c;
            store_first(row, a[r] * share, width - c);
            store_first(row + LANES, b[r] * share, width - c - LANES);
        }
    }
}

static void attend(const Network *n, float *rows, int stride, int length, int head, float *scratch) {
    int width = n->hidden / n->heads, places = padded(length, WHOLE);
    float *keys = scratch, *values = keys + (size_t)width * places;
    float *scores = values + (size_t)padded(width, VALUES) * length;
    float *query = rows + head * width, scale = 1.0f / __builtin_sqrtf((float)width);
    const float *by_distance = n->relative ? n->relative + (size_t)head * (2 * n->positions - 1) + n->positions - 1 : NULL;
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
