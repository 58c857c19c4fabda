/* Products of a sparse matrix with a dense one, for valence.fitting.sparse, which checks shapes, types and bounds.
 *
 * Row i of the sparse matrix has the values from starts[i] up to ends[i], in these columns. Dense matrices are row by row.
 * Each sum is added up in single precision in the order of the rows and their values, so the result is always the same.
 */
#include <stdint.h>

#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

typedef struct {
    int64_t rows;
    const int64_t *starts, *ends;
    const int32_t *columns;
    const float *values;
} Sparse;

/* Version of the struct and functions that sparse.py uses; it refuses a library built from another version. */
EXPORTED int32_t valence_interface(void) { return 1; }

static inline void add(float *restrict to, const float *restrict from, float times, int64_t width) {
    for (int64_t i = 0; i < width; i++) to[i] += times * from[i];
}

/* to (rows, width) += matrix (rows, columns) @ from (columns, width) */
EXPORTED void valence_product(const Sparse *matrix, const float *from, float *to, int64_t width) {
    for (int64_t row = 0; row < matrix->rows; row++)
        for (int64_t i = matrix->starts[row]; i < matrix->ends[row]; i++)
            add(to + row * width, from + matrix->columns[i] * width, matrix->values[i], width);
}

/* to (columns, width) += transposed matrix (columns, rows) @ from (rows, width) */
EXPORTED void valence_transposed_product(const Sparse *matrix, const float *from, float *to, int64_t width) {
    for (int64_t row = 0; row < matrix->rows; row++)
        for (int64_t i = matrix->starts[row]; i < matrix->ends[row]; i++)
            add(to + matrix->columns[i] * width, from + row * width, matrix->values[i], width);
}
