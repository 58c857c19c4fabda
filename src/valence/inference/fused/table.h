/* The table of one set's kernels, which are all static functions of the file that includes this. */

/* Defines NAME. BY multiplies; the compiler makes a function of its own for every `then`. ROWS and what follows are
 * fields of the table. */
#define KERNELS(NAME, BY, ROWS, ...)                                                                                  \
    static void multiply(const Packed *w, const uint8_t *x, const float *steps, int rows, float *y, int stride,       \
                         int then) {                                                                                  \
        if (then == PLAIN) BY(w, x, steps, rows, y, stride, PLAIN);                                                   \
        else if (then == WITH_GELU) BY(w, x, steps, rows, y, stride, WITH_GELU);                                      \
        else BY(w, x, steps, rows, y, stride, ADDED);                                                                 \
    }                                                                                                                 \
                                                                                                                      \
    const Kernels NAME = {                                                                                            \
        .rows = ROWS,                                                                                                 \
        .multiply = multiply,                                                                                         \
        .quantize = quantize,                                                                                         \
        .normalize = normalize,                                                                                       \
        .embed = embed,                                                                                               \
        .attend = attend,                                                                                             \
        .dense = dense,                                                                                               \
        .mean = mean,                                                                                                 \
        __VA_ARGS__                                                                                                   \
    };
