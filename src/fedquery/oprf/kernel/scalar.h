/* Scalars modulo the group order L = 2^252 + 27742317777372353535851937790883648493. */
#ifndef FEDQUERY_SCALAR_H
#define FEDQUERY_SCALAR_H
#include <stddef.h>
#include <stdint.h>

/* Each takes and gives scalars of 32 octets, little-endian, below L, `count` of them in a row; no
 * branch and no address depends on a value. Arguments may be the same memory as the result. */

/* Reduce integers of 64 octets. */
void scalar_reduce(uint8_t *out, const uint8_t *wide, size_t count);

/* Add, subtract, multiply pairwise. */
void scalar_add(uint8_t *out, const uint8_t *left, const uint8_t *right, size_t count);
void scalar_subtract(uint8_t *out, const uint8_t *left, const uint8_t *right, size_t count);
void scalar_multiply(uint8_t *out, const uint8_t *left, const uint8_t *right, size_t count);

/* Invert all together: one power and three products for each (Montgomery's trick). `out` must not be
 * `in`. Return 0 if one of them is zero, else 1; which one is not said. */
int scalar_invert(uint8_t *out, const uint8_t *in, size_t count);

/* Return 1 if all are below L, else 0. */
int scalar_is_canonical(const uint8_t *in, size_t count);

/* Return 1 if none is zero, else 0. */
int scalar_is_nonzero(const uint8_t *in, size_t count);
#endif
