/* A plain product of uint8 activations and packed int8 weights with AVX2: vpmaddubsw, vpmaddwd and an addition, 4 rows by
 * 16 columns in registers, nothing after it. What the engine reaches with AVX2 is held against its rate.
 *
 * Usage: engine_plain ROUNDS ROWS INPUTS OUTPUTS [ROWS INPUTS OUTPUTS ...]. Prints for each shape the 10^9 multiply-adds
 * of one core in a second of processor time, in the best of the rounds.
 */
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void product(const uint8_t *x, const int8_t *w, int32_t *y, int rows, int inputs, int outputs) {
    const __m256i ones = _mm256_set1_epi16(1);
    for (int column = 0; column < outputs; column += 16)
        for (int row = 0; row < rows; row += 4) {
            __m256i a[4], b[4];
            for (int i = 0; i < 4; i++) a[i] = b[i] = _mm256_setzero_si256();
            const int8_t *from = w + (size_t)column * inputs;
            for (int k = 0; k < inputs; k += 4, from += 64) {
                __m256i left = _mm256_loadu_si256((const __m256i *)from);
                __m256i right = _mm256_loadu_si256((const __m256i *)(from + 32));
                for (int i = 0; i < 4; i++) {
                    int32_t four;
                    memcpy(&four, x + (size_t)(row + i) * inputs + k, sizeof four);
                    __m256i here = _mm256_set1_epi32(four);
                    a[i] = _mm256_add_epi32(a[i], _mm256_madd_epi16(_mm256_maddubs_epi16(here, left), ones));
                    b[i] = _mm256_add_epi32(b[i], _mm256_madd_epi16(_mm256_maddubs_epi16(here, right), ones));
                }
            }
            for (int i = 0; i < 4; i++) {
                int32_t *to = y + (size_t)(row + i) * outputs + column;
                _mm256_storeu_si256((__m256i *)to, a[i]);
                _mm256_storeu_si256((__m256i *)(to + 8), b[i]);
            }
        }
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}

int main(int argc, char **argv) {
    for (int shape = 2; shape + 2 < argc; shape += 3) {
        int rows = atoi(argv[shape]) / 4 * 4, inputs = atoi(argv[shape + 1]), outputs = atoi(argv[shape + 2]);
        uint8_t *x = malloc((size_t)rows * inputs);
        int8_t *w = malloc((size_t)inputs * outputs);
        int32_t *y = malloc((size_t)rows * outputs * sizeof *y);
        double best = 1e9;
        if (!x || !w || !y) return 1;
        memset(x, 3, (size_t)rows * inputs);
        memset(w, 1, (size_t)inputs * outputs);
        for (int round = 0; round < atoi(argv[1]); round++) {
            double start = seconds();
            product(x, w, y, rows, inputs, outputs);
            double took = seconds() - start;
            if (took < best) best = took;
        }
        if (y[rows * outputs / 2] != 3 * inputs) return 1;
        printf("%.3f\n", (double)rows * inputs * outputs / best / 1e9);
        free(x), free(w), free(y);
    }
    return 0;
}
