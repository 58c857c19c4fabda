/* What every processor has that the compiler knows. */
#include "../vector.h"

typedef int16_t Shorts __attribute__((vector_size(VECTOR)));
typedef uint16_t UnsignedShorts __attribute__((vector_size(VECTOR)));
typedef uint32_t UnsignedInts __attribute__((vector_size(VECTOR)));

/* Four activations in every lane, those at even and at odd places as 16 bits each. */
typedef struct {
    Shorts even, odd;
} Row;

INLINE Row row_of(const uint8_t *x) {
    int32_t four;
    memcpy(&four, x, sizeof four);
    UnsignedShorts pairs = (UnsignedShorts)all_ints(four);
    return (Row){(Shorts)(pairs & 255), (Shorts)(pairs >> 8)};
}

/* Two products are added in 16 bits: pack.c has made sure that they fit. */
INLINE Ints dot(Ints sums, Row four, const int8_t *weights) {
    UnsignedShorts w;
    memcpy(&w, weights, sizeof w);
    Shorts pairs = ((Shorts)(w << 8) >> 8) * four.even + ((Shorts)w >> 8) * four.odd;
    return sums + ((Ints)((UnsignedInts)pairs << 16) >> 16) + ((Ints)pairs >> 16);
}

#define TILE 4
#include "../products.h"
#include "../rows.h"
#include "../attention.h"
#include "../table.h"

KERNELS(portable_kernels, multiply_by_tiles, HALF_TILE, .offset = 0)
