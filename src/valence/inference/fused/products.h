/* Products of activations and packed weights by a set's own
 *
 *     Ints dot(Ints sums, Row four, const int8_t *weights)    each lane's sum plus the products of four pairs of bytes
 *     Row row_of(const uint8_t *x)                            four activations, in every lane
 *
 * TILE rows times PAIRS * 2 vectors of columns are summed in registers, and finished (scale, bias, GELU) from there.
 */

enum { PANEL = 2 * LANES };

/* What turns sums of products into a vector of outputs. */
typedef struct {
    Ints correction;
    Floats scale, bias;
} Finish;

INLINE Finish finish_of(const Packed *w, int column) {
    return (Finish){load_ints(w->correction + column), load(w->scale + column), load(w->bias + column)};
}

INLINE void finish(const Finish *by, Ints sums, float step, float *to, int then) {
    Floats y = fused(to_floats(sums - by->correction) * by->scale, all(step), by->bias);
    if (then == WITH_GELU) y = gelu(y);
    if (then == ADDED) y += load(to);
    store(to, y);
}

/* The first of the weights of LANES columns; every WHOLE * 4 bytes, the next four of them follow. */
INLINE const int8_t *weights_of(const Packed *w, int column) {
    return w->weight + (size_t)(column / WHOLE) * w->inputs * WHOLE + column % WHOLE * 4;
}

#if defined(TILE)
enum { HALF_TILE = TILE / 2 }; /* the number of rows is a multiple of it */

/* `rows` rows of `x` (uint8, `w->inputs` columns) times one panel of columns. */
INLINE void tile(const Packed *w, const uint8_t *x, const float *steps, int rows, int column, float *y, int stride,
                 int then) {
    const size_t inputs = w->inputs;
    const int8_t *left = weights_of(w, column), *right = weights_of(w, column + LANES);
    Ints a[TILE], b[TILE];
    UNROLLED
    for (int i = 0; i < rows; i++) a[i] = b[i] = (Ints){0};
    for (size_t k = 0; k < inputs; k += 4) {
        UNROLLED
        for (int i = 0; i < rows; i++) {
            Row four = row_of(x + i * inputs + k);
            a[i] = dot(a[i], four, left + k * WHOLE);
            b[i] = dot(b[i], four, right + k * WHOLE);
        }
    }
    const Finish first = finish_of(w, column), second = finish_of(w, column + LANES);
    UNROLLED
    for (int i = 0; i < rows; i++) {
        float *to = y + (size_t)i * stride + column;
        finish(&first, a[i], steps[i], to, then);
        finish(&second, b[i], steps[i], to + LANES, then);
    }
}

/* Every tile fetches its share of the next panel's weights: for one text, most of the time would else go by waiting for
 * them at each panel's first tile. */
INLINE void multiply_by_tiles(const Packed *w, const uint8_t *x, const float *steps, int rows, float *y, int stride,
                              int then) {
    const size_t panel = (size_t)w->inputs * PANEL, share = padded((int)panel * TILE / rows, ALIGNED);
    for (int column = 0; column < w->outputs; column += PANEL) {
        const size_t next = (size_t)(column + PANEL) * w->inputs, end = (size_t)w->outputs * w->inputs;
        for (int row = 0; row < rows; row += TILE) {
            const size_t first = next + row / TILE * share;
            for (size_t i = first; i < first + share && i < end; i += ALIGNED) __builtin_prefetch(w->weight + i, 0, 2);
            const uint8_t *from = x + (size_t)row * w->inputs;
            float *to = y + (size_t)row * stride;
            if (rows - row >= TILE) tile(w, from, steps + row, TILE, column, to, stride, then);
            else tile(w, from, steps + row, HALF_TILE, column, to, stride, then);
        }
    }
}
#endif
