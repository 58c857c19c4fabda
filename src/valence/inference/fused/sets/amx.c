/* AMX, and AVX-512 for all but the products: Intel servers since Sapphire Rapids (2023). */
#include "../kernels.h"

#if defined(ON_X86) && defined(__linux__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,amx-tile,amx-int8"))), apply_to = function)
#else
#pragma GCC target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,amx-tile,amx-int8")
#endif
#define USE_AVX512
#include "../vector.h"
#include "../products.h"
#include "../rows.h"
#include "../attention.h"
#include "../table.h"

enum { BLOCK = 32 }; /* rows: two tiles. A panel of columns is two tiles too. */

/* Eight tiles of 16 rows by 64 bytes. Static, because compilers do not see that all of a local one is read. */
static const struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} ALL_TILES = {
    .palette = 1,
    .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};

static void configure_tiles(void) { _tile_loadconfig(&ALL_TILES); }

static void release_tiles(void) { _tile_release(); }

/* `sums` (BLOCK, PANEL): BLOCK rows times one panel of columns. */
INLINE void sum(const Packed *w, const uint8_t *x, int column, int32_t *sums) {
    const size_t inputs = w->inputs, row = PANEL * sizeof *sums;
    const int8_t *left = weights_of(w, column), *right = weights_of(w, column + LANES);
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t k = 0; k < inputs; k += ALIGNED) {
        _tile_loadd(4, x + k, inputs);
        _tile_loadd(6, left + k * LANES, ALIGNED);
        _tile_dpbusd(0, 4, 6);
        _tile_loadd(7, right + k * LANES, ALIGNED);
        _tile_dpbusd(1, 4, 7);
        _tile_loadd(5, x + LANES * inputs + k, inputs);
        _tile_dpbusd(2, 5, 6);
        _tile_dpbusd(3, 5, 7);
    }
    _tile_stored(0, sums, row);
    _tile_stored(1, sums + LANES, row);
    _tile_stored(2, sums + LANES * PANEL, row);
    _tile_stored(3, sums + LANES * PANEL + LANES, row);
}

INLINE void finish_block(const Packed *w, const int32_t *sums, int column, const float *steps, float *y, int stride,
                         int then) {
    const Finish first = finish_of(w, column), second = finish_of(w, column + LANES);
    for (int i = 0; i < BLOCK; i++, sums += PANEL) {
        float *to = y + (size_t)i * stride + column;
        finish(&first, load_ints(sums), steps[i], to, then);
        finish(&second, load_ints(sums + LANES), steps[i], to + LANES, then);
    }
}

/* One block is finished while the tiles compute the next: the two use different units of the processor. */
INLINE void multiply_by_blocks(const Packed *w, const uint8_t *x, const float *steps, int rows, float *y, int stride,
                               int then) {
    int32_t sums[2][BLOCK * PANEL] __attribute__((aligned(ALIGNED)));
    int turn = 0, last_row = 0, last_column = -1;
    for (int column = 0; column < w->outputs; column += PANEL)
        for (int row = 0; row < rows; row += BLOCK, turn ^= 1) {
            sum(w, x + (size_t)row * w->inputs, column, sums[turn]);
            if (last_column >= 0)
                finish_block(w, sums[!turn], last_column, steps + last_row, y + (size_t)last_row * stride, stride, then);
            last_row = row;
            last_column = column;
        }
    finish_block(w, sums[!turn], last_column, steps + last_row, y + (size_t)last_row * stride, stride, then);
}

KERNELS(amx_kernels, multiply_by_blocks, BLOCK, .begin = configure_tiles, .end = release_tiles)
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
