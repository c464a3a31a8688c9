/* One element of GF(2^255 - 19) in portable C: five limbs of radix 2^51, products of 128 bits.
 *
 * It offers what field_ifma.h offers, with one lane. Here a product is reduced at once, so `wide` is
 * a carried element: limbs below 2^51 + 2^13. The largest value that is multiplied without a carry
 * is 2 C + A - B of a doubling with the bias of 4 p, limbs below 2^53.8; it meets one below 2^53.5,
 * so a column of five products, four of them by 19, stays below 2^114, and its carry below 2^63. */
#ifndef FEDQUERY_FIELD_PORTABLE_H
#define FEDQUERY_FIELD_PORTABLE_H
#include <stdint.h>
#include <string.h>

#include "constants.h"

#define BACKEND portable
#define LANES 1
#define LIMBS 5
#define ROW 1
#define ALL(x) ((uint64_t)(x))
/* One chain: more would only use more registers. */
#define PAIR 1
#define CONSTANT(name) name##_51
#define INLINE static inline __attribute__((always_inline))

typedef uint64_t vec;
typedef uint64_t mask; /* all ones or all zeros */
typedef unsigned __int128 u128;
typedef struct {
    vec v[LIMBS];
} fe;
typedef fe wide;

#define LIMB_MASK 0x7ffffffffffffULL
#define LIMB_0_OF_P 0x7ffffffffffedULL
#define PRODUCT(x, y) ((u128)(x) * (y))

INLINE void reduce_products(fe *r, u128 t0, u128 t1, u128 t2, u128 t3, u128 t4) {
    uint64_t r0, r1, r2, r3, r4, c;
    r0 = (uint64_t)t0 & LIMB_MASK;
    t1 += (uint64_t)(t0 >> 51);
    r1 = (uint64_t)t1 & LIMB_MASK;
    t2 += (uint64_t)(t1 >> 51);
    r2 = (uint64_t)t2 & LIMB_MASK;
    t3 += (uint64_t)(t2 >> 51);
    r3 = (uint64_t)t3 & LIMB_MASK;
    t4 += (uint64_t)(t3 >> 51);
    r4 = (uint64_t)t4 & LIMB_MASK;
    c = (uint64_t)(t4 >> 51);
    r0 += c * 19;
    r1 += r0 >> 51;
    r0 &= LIMB_MASK;
    r->v[0] = r0, r->v[1] = r1, r->v[2] = r2, r->v[3] = r3, r->v[4] = r4;
}

INLINE void mul_wide(wide *r, const fe *x, const fe *y) {
    const uint64_t a0 = x->v[0], a1 = x->v[1], a2 = x->v[2], a3 = x->v[3], a4 = x->v[4];
    const uint64_t b0 = y->v[0], b1 = y->v[1], b2 = y->v[2], b3 = y->v[3], b4 = y->v[4];
    const uint64_t c1 = b1 * 19, c2 = b2 * 19, c3 = b3 * 19, c4 = b4 * 19;
    reduce_products(
        r,
        PRODUCT(a0, b0) + PRODUCT(a4, c1) + PRODUCT(a3, c2) + PRODUCT(a2, c3) + PRODUCT(a1, c4),
        PRODUCT(a0, b1) + PRODUCT(a1, b0) + PRODUCT(a4, c2) + PRODUCT(a3, c3) + PRODUCT(a2, c4),
        PRODUCT(a0, b2) + PRODUCT(a1, b1) + PRODUCT(a2, b0) + PRODUCT(a4, c3) + PRODUCT(a3, c4),
        PRODUCT(a0, b3) + PRODUCT(a1, b2) + PRODUCT(a2, b1) + PRODUCT(a3, b0) + PRODUCT(a4, c4),
        PRODUCT(a0, b4) + PRODUCT(a1, b3) + PRODUCT(a2, b2) + PRODUCT(a3, b1) + PRODUCT(a4, b0));
}

INLINE void sq_wide(wide *r, const fe *x) {
    const uint64_t a0 = x->v[0], a1 = x->v[1], a2 = x->v[2], a3 = x->v[3], a4 = x->v[4];
    const uint64_t d0 = 2 * a0, d1 = 2 * a1, d2 = 2 * a2, d3 = 2 * a3;
    const uint64_t x3 = 19 * a3, x4 = 19 * a4;
    reduce_products(r, PRODUCT(a0, a0) + PRODUCT(d1, x4) + PRODUCT(d2, x3),
                    PRODUCT(d0, a1) + PRODUCT(d2, x4) + PRODUCT(a3, x3),
                    PRODUCT(d0, a2) + PRODUCT(a1, a1) + PRODUCT(d3, x4),
                    PRODUCT(d0, a3) + PRODUCT(d1, a2) + PRODUCT(a4, x4),
                    PRODUCT(d0, a4) + PRODUCT(d1, a3) + PRODUCT(a2, a2));
}

INLINE void carry(fe *r, const wide *a) { *r = *a; }

INLINE void wide_add(wide *r, const wide *a, const wide *b) {
    for (int i = 0; i < LIMBS; i++) r->v[i] = a->v[i] + b->v[i];
}

/* The bias is 4 p: above any carried element. */
INLINE void wide_sub(wide *r, const wide *a, const wide *b) {
    r->v[0] = a->v[0] + (LIMB_0_OF_P << 2) - b->v[0];
    for (int i = 1; i < LIMBS; i++) r->v[i] = a->v[i] + (LIMB_MASK << 2) - b->v[i];
}

INLINE void wide_swap(wide *a, wide *b, mask m) {
    for (int i = 0; i < LIMBS; i++) {
        const uint64_t x = (a->v[i] ^ b->v[i]) & m;
        a->v[i] ^= x;
        b->v[i] ^= x;
    }
}

INLINE void carry_once(fe *r) {
    const uint64_t c0 = r->v[0] >> 51, c1 = r->v[1] >> 51, c2 = r->v[2] >> 51;
    const uint64_t c3 = r->v[3] >> 51, c4 = r->v[4] >> 51;
    r->v[0] = (r->v[0] & LIMB_MASK) + 19 * c4;
    r->v[1] = (r->v[1] & LIMB_MASK) + c0;
    r->v[2] = (r->v[2] & LIMB_MASK) + c1;
    r->v[3] = (r->v[3] & LIMB_MASK) + c2;
    r->v[4] = (r->v[4] & LIMB_MASK) + c3;
}

INLINE void add(fe *r, const fe *a, const fe *b) {
    wide_add(r, a, b);
    carry_once(r);
}

INLINE void sub(fe *r, const fe *a, const fe *b) {
    wide_sub(r, a, b);
    carry_once(r);
}

INLINE void double_wide(wide *r, const fe *a) { wide_add(r, a, a); }

INLINE void set(fe *r, const uint64_t *limbs) { memcpy(r->v, limbs, sizeof r->v); }

INLINE void set_small(fe *r, uint64_t k) {
    memset(r, 0, sizeof *r);
    r->v[0] = k;
}

INLINE void cmov(fe *r, const fe *a, mask m) {
    for (int i = 0; i < LIMBS; i++) r->v[i] ^= (r->v[i] ^ a->v[i]) & m;
}

INLINE uint64_t quotient(const fe *a) {
    uint64_t q = (a->v[0] + 19) >> 51;
    for (int i = 1; i < LIMBS; i++) q = (a->v[i] + q) >> 51;
    return q;
}

INLINE void freeze(fe *a) {
    uint64_t *l = a->v;
    carry_once(a);
    l[0] += 19 * quotient(a);
    for (int i = 0; i < 4; i++) {
        l[i + 1] += l[i] >> 51;
        l[i] &= LIMB_MASK;
    }
    l[4] &= LIMB_MASK;
}

/* Masks come out of arithmetic behind a barrier, so that no compiler turns them into branches. */
INLINE mask mask_of_bit(uint64_t bit) {
    mask m = (mask)0 - bit;
    __asm__("" : "+r"(m));
    return m;
}

INLINE mask mask_nonzero(uint64_t x) { return mask_of_bit((x | (0 - x)) >> 63); }

INLINE mask is_zero(const fe *a) {
    fe t = *a;
    freeze(&t);
    return ~mask_nonzero(t.v[0] | t.v[1] | t.v[2] | t.v[3] | t.v[4]);
}

INLINE mask is_negative(const fe *a) {
    fe t = *a;
    freeze(&t);
    return mask_of_bit(t.v[0] & 1);
}

INLINE void load(fe *r, const uint8_t *s, size_t stride, mask *bad) {
    uint64_t w[4];
    (void)stride;
    memcpy(w, s, sizeof w);
    r->v[0] = w[0] & LIMB_MASK;
    r->v[1] = (w[0] >> 51 | w[1] << 13) & LIMB_MASK;
    r->v[2] = (w[1] >> 38 | w[2] << 26) & LIMB_MASK;
    r->v[3] = (w[2] >> 25 | w[3] << 39) & LIMB_MASK;
    r->v[4] = w[3] >> 12 & LIMB_MASK;
    if (bad) *bad = mask_of_bit((quotient(r) | w[3] >> 63 | w[0]) & 1);
}

INLINE void store(uint8_t *s, const fe *a, mask keep) {
    fe t = *a;
    freeze(&t);
    const uint64_t *l = t.v;
    const uint64_t w[4] = {keep & (l[0] | l[1] << 51), keep & (l[1] >> 13 | l[2] << 38),
                           keep & (l[2] >> 26 | l[3] << 25), keep & (l[3] >> 39 | l[4] << 12)};
    memcpy(s, w, sizeof w);
}

/* The compiler moves pairs of words through these. On other machines they are left as they are. */
INLINE void wipe_registers(void) {
#if defined(__x86_64__)
    __asm__ volatile(
        "pxor %%xmm0, %%xmm0\n\tpxor %%xmm1, %%xmm1\n\tpxor %%xmm2, %%xmm2\n\t"
        "pxor %%xmm3, %%xmm3\n\tpxor %%xmm4, %%xmm4\n\tpxor %%xmm5, %%xmm5\n\t"
        "pxor %%xmm6, %%xmm6\n\tpxor %%xmm7, %%xmm7\n\tpxor %%xmm8, %%xmm8\n\t"
        "pxor %%xmm9, %%xmm9\n\tpxor %%xmm10, %%xmm10\n\tpxor %%xmm11, %%xmm11\n\t"
        "pxor %%xmm12, %%xmm12\n\tpxor %%xmm13, %%xmm13\n\tpxor %%xmm14, %%xmm14\n\t"
        "pxor %%xmm15, %%xmm15"
        :
        :
        : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
          "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
#endif
}

#define MASK_NOT(m) (~(m))
#define MASK_ALL (~(mask)0)
#define MASK_NONE ((mask)0)
#define MASK_BITS(m) ((unsigned)((m) & 1))

typedef int64_t digit;
INLINE digit digit_load(const int8_t *d) { return d[0]; }
INLINE digit digit_abs(digit d) {
    const digit sign = d >> 63;
    return (d ^ sign) - sign;
}
INLINE mask digit_negative(digit d) { return mask_of_bit((uint64_t)d >> 63); }
INLINE mask digit_equals(digit d, int k) { return ~mask_nonzero((uint64_t)(d ^ k)); }
#endif
