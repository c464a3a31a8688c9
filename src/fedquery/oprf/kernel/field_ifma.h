/* Eight elements of GF(2^255 - 19), one in each 64-bit lane of AVX-512, by 52-bit multiply-add.
 *
 * fe:   five limbs of radix 2^51. Each is at most 2^51 + 2^16 after one parallel carry, so below
 *       2^52, which is all that vpmadd52 reads. Limb 0 takes the largest carry, 19 * 2^8.
 * wide: a product before its carry, limbs below 2^59; sums and differences of two of them keep
 *       below 2^63 with the bias of wide_sub.
 *
 * High halves weigh 2^52 = 2 * 2^51: they are summed first, doubled once, and the low halves are
 * added on top. The emulated build counts every operand that breaks these bounds. */
#ifndef FEDQUERY_FIELD_IFMA_H
#define FEDQUERY_FIELD_IFMA_H
#include <stdint.h>
#include <string.h>

#include "constants.h"
#ifdef FEDQUERY_EMULATED
#include "ifma_emulation.h"
#define BACKEND emulated
#else
#include <immintrin.h>
#define BACKEND ifma
#endif

#define LANES 8
#define LIMBS 5
/* Buckets of sums are moved by rows of so many words. */
#define ROW 8
/* Powers run in two chains at once, which hides the multiplier's latency. */
#define PAIR 2
#define CONSTANT(name) name##_51
#define INLINE static inline __attribute__((always_inline))

typedef __m512i vec;
typedef __mmask8 mask;
typedef struct {
    vec v[LIMBS];
} fe;
typedef struct {
    vec v[LIMBS];
} wide;

#define ADD(a, b) _mm512_add_epi64(a, b)
#define SUB(a, b) _mm512_sub_epi64(a, b)
#define SHR(a, n) _mm512_srli_epi64(a, n)
#define SHL(a, n) _mm512_slli_epi64(a, n)
#define AND(a, b) _mm512_and_si512(a, b)
#define OR(a, b) _mm512_or_si512(a, b)
#define LOW(sum, a, b) _mm512_madd52lo_epu64(sum, a, b)
#define HIGH(sum, a, b) _mm512_madd52hi_epu64(sum, a, b)
#define ALL(x) _mm512_set1_epi64((long long)(x))
#define ZERO _mm512_setzero_si512()
#define LIMB_MASK 0x7ffffffffffffULL
#define LIMB_0_OF_P 0x7ffffffffffedULL

INLINE vec nineteen(void) {
    vec k = ALL(19);
#ifndef FEDQUERY_EMULATED
    /* Hides the constant: gcc would turn the product into shifts, which take longer here. */
    __asm__("" : "+v"(k));
#endif
    return k;
}

INLINE vec fold(vec low, vec high) { return ADD(low, _mm512_mullo_epi64(high, nineteen())); }

INLINE void carry(fe *r, const wide *a) {
    const vec m = ALL(LIMB_MASK);
    const vec c0 = SHR(a->v[0], 51), c1 = SHR(a->v[1], 51), c2 = SHR(a->v[2], 51);
    const vec c3 = SHR(a->v[3], 51), c4 = SHR(a->v[4], 51);
    r->v[0] = LOW(AND(a->v[0], m), c4, ALL(19));
    r->v[1] = ADD(AND(a->v[1], m), c0);
    r->v[2] = ADD(AND(a->v[2], m), c1);
    r->v[3] = ADD(AND(a->v[3], m), c2);
    r->v[4] = ADD(AND(a->v[4], m), c3);
}

INLINE void mul_wide(wide *r, const fe *x, const fe *y) {
    const vec *a = x->v, *b = y->v, o = ZERO;
    vec z0, z1, z2, z3, z4, z5, z6, z7, z8, z9;
    z1 = HIGH(o, a[0], b[0]);
    z2 = HIGH(HIGH(o, a[0], b[1]), a[1], b[0]);
    z3 = HIGH(HIGH(HIGH(o, a[0], b[2]), a[1], b[1]), a[2], b[0]);
    z4 = HIGH(HIGH(HIGH(HIGH(o, a[0], b[3]), a[1], b[2]), a[2], b[1]), a[3], b[0]);
    z5 = HIGH(HIGH(HIGH(HIGH(HIGH(o, a[0], b[4]), a[1], b[3]), a[2], b[2]), a[3], b[1]), a[4], b[0]);
    z6 = HIGH(HIGH(HIGH(HIGH(o, a[1], b[4]), a[2], b[3]), a[3], b[2]), a[4], b[1]);
    z7 = HIGH(HIGH(HIGH(o, a[2], b[4]), a[3], b[3]), a[4], b[2]);
    z8 = HIGH(HIGH(o, a[3], b[4]), a[4], b[3]);
    z9 = HIGH(o, a[4], b[4]);
    z1 = ADD(z1, z1), z2 = ADD(z2, z2), z3 = ADD(z3, z3), z4 = ADD(z4, z4), z5 = ADD(z5, z5);
    z6 = ADD(z6, z6), z7 = ADD(z7, z7), z8 = ADD(z8, z8), z9 = ADD(z9, z9);
    z0 = LOW(o, a[0], b[0]);
    z1 = LOW(LOW(z1, a[0], b[1]), a[1], b[0]);
    z2 = LOW(LOW(LOW(z2, a[0], b[2]), a[1], b[1]), a[2], b[0]);
    z3 = LOW(LOW(LOW(LOW(z3, a[0], b[3]), a[1], b[2]), a[2], b[1]), a[3], b[0]);
    z4 = LOW(LOW(LOW(LOW(LOW(z4, a[0], b[4]), a[1], b[3]), a[2], b[2]), a[3], b[1]), a[4], b[0]);
    z5 = LOW(LOW(LOW(LOW(z5, a[1], b[4]), a[2], b[3]), a[3], b[2]), a[4], b[1]);
    z6 = LOW(LOW(LOW(z6, a[2], b[4]), a[3], b[3]), a[4], b[2]);
    z7 = LOW(LOW(z7, a[3], b[4]), a[4], b[3]);
    z8 = LOW(z8, a[4], b[4]);
    r->v[0] = fold(z0, z5);
    r->v[1] = fold(z1, z6);
    r->v[2] = fold(z2, z7);
    r->v[3] = fold(z3, z8);
    r->v[4] = fold(z4, z9);
}

INLINE void sq_wide(wide *r, const fe *x) {
    const vec *a = x->v, o = ZERO;
    vec z0, z1, z2, z3, z4, z5, z6, z7, z8, z9;
    /* High halves of the mixed products, which stand twice. */
    z2 = HIGH(o, a[0], a[1]);
    z3 = HIGH(o, a[0], a[2]);
    z4 = HIGH(HIGH(o, a[0], a[3]), a[1], a[2]);
    z5 = HIGH(HIGH(o, a[0], a[4]), a[1], a[3]);
    z6 = HIGH(HIGH(o, a[1], a[4]), a[2], a[3]);
    z7 = HIGH(o, a[2], a[4]);
    z8 = HIGH(o, a[3], a[4]);
    z2 = ADD(z2, z2), z3 = ADD(z3, z3), z4 = ADD(z4, z4), z5 = ADD(z5, z5);
    z6 = ADD(z6, z6), z7 = ADD(z7, z7), z8 = ADD(z8, z8);
    /* High halves of the squares, and low halves of the mixed products: all of them twice. */
    z1 = LOW(HIGH(o, a[0], a[0]), a[0], a[1]);
    z2 = LOW(z2, a[0], a[2]);
    z3 = LOW(LOW(HIGH(z3, a[1], a[1]), a[0], a[3]), a[1], a[2]);
    z4 = LOW(LOW(z4, a[0], a[4]), a[1], a[3]);
    z5 = LOW(LOW(HIGH(z5, a[2], a[2]), a[1], a[4]), a[2], a[3]);
    z6 = LOW(z6, a[2], a[4]);
    z7 = LOW(HIGH(z7, a[3], a[3]), a[3], a[4]);
    z9 = HIGH(o, a[4], a[4]);
    z1 = ADD(z1, z1), z2 = ADD(z2, z2), z3 = ADD(z3, z3), z4 = ADD(z4, z4), z5 = ADD(z5, z5);
    z6 = ADD(z6, z6), z7 = ADD(z7, z7), z8 = ADD(z8, z8), z9 = ADD(z9, z9);
    /* Low halves of the squares. */
    z0 = LOW(o, a[0], a[0]);
    z2 = LOW(z2, a[1], a[1]);
    z4 = LOW(z4, a[2], a[2]);
    z6 = LOW(z6, a[3], a[3]);
    z8 = LOW(z8, a[4], a[4]);
    r->v[0] = fold(z0, z5);
    r->v[1] = fold(z1, z6);
    r->v[2] = fold(z2, z7);
    r->v[3] = fold(z3, z8);
    r->v[4] = fold(z4, z9);
}

INLINE void wide_add(wide *r, const wide *a, const wide *b) {
    for (int i = 0; i < LIMBS; i++) r->v[i] = ADD(a->v[i], b->v[i]);
}

/* The bias is 1024 p: above any wide, so no lane goes below zero. */
INLINE void wide_sub(wide *r, const wide *a, const wide *b) {
    r->v[0] = SUB(ADD(a->v[0], ALL(LIMB_0_OF_P << 10)), b->v[0]);
    for (int i = 1; i < LIMBS; i++) r->v[i] = SUB(ADD(a->v[i], ALL(LIMB_MASK << 10)), b->v[i]);
}

INLINE void wide_swap(wide *a, wide *b, mask m) {
    for (int i = 0; i < LIMBS; i++) {
        const vec x = a->v[i], y = b->v[i];
        a->v[i] = _mm512_mask_blend_epi64(m, x, y);
        b->v[i] = _mm512_mask_blend_epi64(m, y, x);
    }
}

INLINE void add(fe *r, const fe *a, const fe *b) {
    wide t;
    for (int i = 0; i < LIMBS; i++) t.v[i] = ADD(a->v[i], b->v[i]);
    carry(r, &t);
}

/* The bias is 4 p. */
INLINE void sub(fe *r, const fe *a, const fe *b) {
    wide t;
    t.v[0] = SUB(ADD(a->v[0], ALL(LIMB_0_OF_P << 2)), b->v[0]);
    for (int i = 1; i < LIMBS; i++) t.v[i] = SUB(ADD(a->v[i], ALL(LIMB_MASK << 2)), b->v[i]);
    carry(r, &t);
}

/* 2 a before its carry, as the sum of two products would be. */
INLINE void double_wide(wide *r, const fe *a) {
    for (int i = 0; i < LIMBS; i++) r->v[i] = ADD(a->v[i], a->v[i]);
}

INLINE void set(fe *r, const uint64_t *limbs) {
    for (int i = 0; i < LIMBS; i++) r->v[i] = ALL(limbs[i]);
}

INLINE void set_small(fe *r, uint64_t k) {
    r->v[0] = ALL(k);
    for (int i = 1; i < LIMBS; i++) r->v[i] = ZERO;
}

INLINE void cmov(fe *r, const fe *a, mask m) {
    for (int i = 0; i < LIMBS; i++) r->v[i] = _mm512_mask_mov_epi64(r->v[i], m, a->v[i]);
}

/* How often p goes into the value: 0 or 1, as its limbs are carried. */
INLINE vec quotient(const fe *a) {
    vec q = SHR(ADD(a->v[0], ALL(19)), 51);
    for (int i = 1; i < LIMBS; i++) q = SHR(ADD(a->v[i], q), 51);
    return q;
}

INLINE void freeze(fe *a) {
    const vec m = ALL(LIMB_MASK);
    vec *l = a->v;
    l[0] = LOW(l[0], quotient(a), ALL(19));
    for (int i = 0; i < 4; i++) {
        l[i + 1] = ADD(l[i + 1], SHR(l[i], 51));
        l[i] = AND(l[i], m);
    }
    l[4] = AND(l[4], m);
}

INLINE mask is_zero(const fe *a) {
    fe t = *a;
    freeze(&t);
    const vec any = OR(OR(OR(t.v[0], t.v[1]), OR(t.v[2], t.v[3])), t.v[4]);
    return _mm512_testn_epi64_mask(any, any);
}

INLINE mask is_negative(const fe *a) {
    fe t = *a;
    freeze(&t);
    return _mm512_test_epi64_mask(t.v[0], ALL(1));
}

/* Load LANES strings of 32 octets that lie `stride` octets apart; bit 255 is dropped. Where `bad`
 * is given it gets the lanes that RFC 9496, 4.3.1, step 1 refuses: p or more, or negative. */
INLINE void load(fe *r, const uint8_t *s, size_t stride, mask *bad) {
    const vec at = _mm512_mullo_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), ALL(stride));
    const vec m = ALL(LIMB_MASK);
    const vec w0 = _mm512_i64gather_epi64(at, s, 1), w1 = _mm512_i64gather_epi64(at, s + 8, 1);
    const vec w2 = _mm512_i64gather_epi64(at, s + 16, 1), w3 = _mm512_i64gather_epi64(at, s + 24, 1);
    r->v[0] = AND(w0, m);
    r->v[1] = AND(OR(SHR(w0, 51), SHL(w1, 13)), m);
    r->v[2] = AND(OR(SHR(w1, 38), SHL(w2, 26)), m);
    r->v[3] = AND(OR(SHR(w2, 25), SHL(w3, 39)), m);
    r->v[4] = AND(SHR(w3, 12), m);
    if (bad) {
        const vec q = quotient(r);
        *bad = _mm512_test_epi64_mask(q, q) | _mm512_test_epi64_mask(w3, ALL(1ULL << 63)) |
               _mm512_test_epi64_mask(w0, ALL(1));
    }
}

/* Store LANES strings of 32 octets, one after the other; zeros where `keep` is not set. */
INLINE void store(uint8_t *s, const fe *a, mask keep) {
    const vec at = _mm512_set_epi64(224, 192, 160, 128, 96, 64, 32, 0), z = ZERO;
    fe t = *a;
    freeze(&t);
    const vec *l = t.v;
    const vec w0 = OR(l[0], SHL(l[1], 51)), w1 = OR(SHR(l[1], 13), SHL(l[2], 38));
    const vec w2 = OR(SHR(l[2], 26), SHL(l[3], 25)), w3 = OR(SHR(l[3], 39), SHL(l[4], 12));
    _mm512_i64scatter_epi64(s, at, _mm512_mask_mov_epi64(z, keep, w0), 1);
    _mm512_i64scatter_epi64(s + 8, at, _mm512_mask_mov_epi64(z, keep, w1), 1);
    _mm512_i64scatter_epi64(s + 16, at, _mm512_mask_mov_epi64(z, keep, w2), 1);
    _mm512_i64scatter_epi64(s + 24, at, _mm512_mask_mov_epi64(z, keep, w3), 1);
}

#define CLEAR(n) "vpxorq %%zmm" #n ", %%zmm" #n ", %%zmm" #n "\n\t"

INLINE void wipe_registers(void) {
#ifndef FEDQUERY_EMULATED
    __asm__ volatile(CLEAR(16) CLEAR(17) CLEAR(18) CLEAR(19) CLEAR(20) CLEAR(21) CLEAR(22) CLEAR(23)
                         CLEAR(24) CLEAR(25) CLEAR(26) CLEAR(27) CLEAR(28) CLEAR(29) CLEAR(30)
                             CLEAR(31) "vzeroall"
                     :
                     :
                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
                       "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16",
                       "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24",
                       "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31");
#endif
}

#define MASK_NOT(m) ((mask) ~(m))
#define MASK_ALL ((mask)0xff)
#define MASK_NONE ((mask)0)
#define MASK_BITS(m) ((unsigned)(m))

/* Signed digits of a scalar, one octet for each lane. */
typedef vec digit;
INLINE digit digit_load(const int8_t *d) {
    return _mm512_cvtepi8_epi64(_mm_loadl_epi64((const __m128i *)d));
}
INLINE digit digit_abs(digit d) { return _mm512_abs_epi64(d); }
INLINE mask digit_negative(digit d) { return _mm512_movepi64_mask(d); }
INLINE mask digit_equals(digit d, int k) { return _mm512_cmpeq_epi64_mask(d, ALL(k)); }

INLINE vec load_row(const uint64_t *row) { return _mm512_loadu_si512(row); }
INLINE void store_row(uint64_t *row, vec x) { _mm512_storeu_si512(row, x); }

/* Eight rows of eight words become eight columns: word l of row w goes to word w of row l. */
INLINE void transpose(vec r[LANES]) {
    vec t[LANES];
    for (int i = 0; i < LANES; i += 2) {
        t[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
    }
    for (int i = 0; i < 2; i++) {
        const vec a = _mm512_shuffle_i64x2(t[i], t[i + 2], 0x88);
        const vec b = _mm512_shuffle_i64x2(t[i + 4], t[i + 6], 0x88);
        const vec c = _mm512_shuffle_i64x2(t[i], t[i + 2], 0xdd);
        const vec d = _mm512_shuffle_i64x2(t[i + 4], t[i + 6], 0xdd);
        r[i] = _mm512_shuffle_i64x2(a, b, 0x88);
        r[i + 2] = _mm512_shuffle_i64x2(c, d, 0x88);
        r[i + 4] = _mm512_shuffle_i64x2(a, b, 0xdd);
        r[i + 6] = _mm512_shuffle_i64x2(c, d, 0xdd);
    }
}
#endif
