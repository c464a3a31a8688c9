/* Four elements of GF(2^255 - 19), one in each 64-bit lane of AVX2, by 32-bit multiplication.
 *
 * It offers what field_ifma.h offers. An element has ten limbs of radix 2^25.5: even ones of 26
 * bits, odd ones of 25. After a carry they exceed that by a few; sums of two stay below 2^28, so
 * that 19 times a limb fits the 32 bits that vpmuludq reads. */
#ifndef FEDQUERY_FIELD_AVX2_H
#define FEDQUERY_FIELD_AVX2_H
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "constants.h"

#define BACKEND avx2
#define LANES 4
#define LIMBS 10
#define ROW 1
/* One chain fills the multiplier and all registers. */
#define PAIR 1
#define CONSTANT(name) name##_25
#define INLINE static inline __attribute__((always_inline))

typedef __m256i vec;
typedef __m256i mask; /* all ones or all zeros in each lane */
typedef struct {
    vec v[LIMBS];
} fe;
typedef struct {
    vec v[LIMBS];
} wide;

#define ADD(a, b) _mm256_add_epi64(a, b)
#define SUB(a, b) _mm256_sub_epi64(a, b)
#define SHR(a, n) _mm256_srli_epi64(a, n)
#define SHL(a, n) _mm256_slli_epi64(a, n)
#define AND(a, b) _mm256_and_si256(a, b)
#define OR(a, b) _mm256_or_si256(a, b)
#define MUL(a, b) _mm256_mul_epu32(a, b)
#define ALL(x) _mm256_set1_epi64x((long long)(x))
#define ZERO _mm256_setzero_si256()
#define WIDTH(i) (((i) & 1) ? 25 : 26)
#define LIMB_MASK(i) ALL(((i) & 1) ? 0x1ffffff : 0x3ffffff)
/* Limb i of p, times 2^s. */
#define LIMB_OF_P(i, s) \
    ALL(((i) == 0 ? 0x3ffffedULL : ((i) & 1) ? 0x1ffffffULL : 0x3ffffffULL) << (s))

INLINE void carry_step(vec *h, int i) {
    h[i + 1] = ADD(h[i + 1], SHR(h[i], WIDTH(i)));
    h[i] = AND(h[i], LIMB_MASK(i));
}

INLINE void carry(fe *r, const wide *a) {
    vec h[LIMBS], c;
    for (int i = 0; i < LIMBS; i++) h[i] = a->v[i];
    /* Two chains at once, to hide the latency. */
    carry_step(h, 0), carry_step(h, 4), carry_step(h, 1), carry_step(h, 5), carry_step(h, 2);
    carry_step(h, 6), carry_step(h, 3), carry_step(h, 7), carry_step(h, 4), carry_step(h, 8);
    /* 19 c as c + 2 c + 16 c: it may exceed the 32 bits that a product would read. */
    c = SHR(h[9], 25);
    h[9] = AND(h[9], LIMB_MASK(9));
    h[0] = ADD(h[0], ADD(ADD(c, ADD(c, c)), SHL(c, 4)));
    carry_step(h, 0);
    for (int i = 0; i < LIMBS; i++) r->v[i] = h[i];
}

INLINE void carry_once(fe *r, const wide *a) {
    vec c[LIMBS];
    for (int i = 0; i < LIMBS; i++) c[i] = SHR(a->v[i], WIDTH(i));
    r->v[0] = ADD(AND(a->v[0], LIMB_MASK(0)), MUL(c[9], ALL(19)));
    for (int i = 1; i < LIMBS; i++) r->v[i] = ADD(AND(a->v[i], LIMB_MASK(i)), c[i - 1]);
}

INLINE void mul_wide(wide *r, const fe *x, const fe *y) {
    const vec *a = x->v, *b = y->v, k = ALL(19);
    vec b19[LIMBS], h[LIMBS];
    for (int j = 1; j < LIMBS; j++) b19[j] = MUL(b[j], k);
#pragma GCC unroll 10
    for (int j = 0; j < LIMBS; j++) h[j] = MUL(a[0], b[j]);
#pragma GCC unroll 10
    for (int i = 1; i < LIMBS; i++) {
        const vec once = a[i], twice = ADD(once, once);
#pragma GCC unroll 10
        for (int j = 0; j < LIMBS; j++) {
            /* Two odd limbs weigh 2^26 * 2^25 = 2 * 2^50: their product counts twice. */
            const vec left = (i & 1) && (j & 1) ? twice : once;
            const int at = (i + j) % LIMBS;
            h[at] = ADD(h[at], MUL(left, i + j >= LIMBS ? b19[j] : b[j]));
        }
    }
    for (int i = 0; i < LIMBS; i++) r->v[i] = h[i];
}

INLINE void sq_wide(wide *r, const fe *x) {
    const vec *a = x->v, k = ALL(19);
    vec h[LIMBS], a19[LIMBS], twice[LIMBS];
    for (int j = 5; j < LIMBS; j++) a19[j] = MUL(a[j], k);
    for (int j = 0; j < LIMBS; j++) twice[j] = ADD(a[j], a[j]);
    for (int i = 0; i < LIMBS; i++) h[i] = ZERO;
#pragma GCC unroll 10
    for (int i = 0; i < LIMBS; i++) {
#pragma GCC unroll 10
        for (int j = i; j < LIMBS; j++) {
            vec left = i != j ? twice[i] : a[i];
            if ((i & 1) && (j & 1)) left = ADD(left, left);
            const int at = (i + j) % LIMBS;
            h[at] = ADD(h[at], MUL(left, i + j >= LIMBS ? a19[j] : a[j]));
        }
    }
    for (int i = 0; i < LIMBS; i++) r->v[i] = h[i];
}

INLINE void wide_add(wide *r, const wide *a, const wide *b) {
    for (int i = 0; i < LIMBS; i++) r->v[i] = ADD(a->v[i], b->v[i]);
}

/* The bias is 2^35 p: above any product. */
INLINE void wide_sub(wide *r, const wide *a, const wide *b) {
    for (int i = 0; i < LIMBS; i++) r->v[i] = SUB(ADD(a->v[i], LIMB_OF_P(i, 35)), b->v[i]);
}

INLINE vec blend(vec a, vec b, mask m) { return _mm256_blendv_epi8(a, b, m); }

INLINE void wide_swap(wide *a, wide *b, mask m) {
    for (int i = 0; i < LIMBS; i++) {
        const vec x = a->v[i], y = b->v[i];
        a->v[i] = blend(x, y, m);
        b->v[i] = blend(y, x, m);
    }
}

INLINE void add(fe *r, const fe *a, const fe *b) {
    wide t;
    for (int i = 0; i < LIMBS; i++) t.v[i] = ADD(a->v[i], b->v[i]);
    carry_once(r, &t);
}

/* The bias is 4 p. */
INLINE void sub(fe *r, const fe *a, const fe *b) {
    wide t;
    for (int i = 0; i < LIMBS; i++) t.v[i] = SUB(ADD(a->v[i], LIMB_OF_P(i, 2)), b->v[i]);
    carry_once(r, &t);
}

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
    for (int i = 0; i < LIMBS; i++) r->v[i] = blend(r->v[i], a->v[i], m);
}

INLINE vec quotient(const fe *a) {
    vec q = SHR(ADD(a->v[0], ALL(19)), 26);
    for (int i = 1; i < LIMBS; i++) q = SHR(ADD(a->v[i], q), WIDTH(i));
    return q;
}

INLINE void freeze(fe *a) {
    vec *l = a->v;
    wide t;
    for (int i = 0; i < LIMBS; i++) t.v[i] = l[i];
    carry_once(a, &t);
    l[0] = ADD(l[0], MUL(quotient(a), ALL(19)));
    for (int i = 0; i < 9; i++) carry_step(l, i);
    l[9] = AND(l[9], LIMB_MASK(9));
}

INLINE mask is_zero(const fe *a) {
    fe t = *a;
    freeze(&t);
    vec any = t.v[0];
    for (int i = 1; i < LIMBS; i++) any = OR(any, t.v[i]);
    return _mm256_cmpeq_epi64(any, ZERO);
}

INLINE mask mask_of_bits(vec bits) { return SUB(ZERO, AND(bits, ALL(1))); }

INLINE mask is_negative(const fe *a) {
    fe t = *a;
    freeze(&t);
    return mask_of_bits(t.v[0]);
}

/* Bit at which limb i begins. */
static const int LIMB_BIT[LIMBS] = {0, 26, 51, 77, 102, 128, 153, 179, 204, 230};

INLINE void load(fe *r, const uint8_t *s, size_t stride, mask *bad) {
    uint64_t words[4][LANES];
    vec w[4];
    for (int l = 0; l < LANES; l++)
        for (int i = 0; i < 4; i++) memcpy(&words[i][l], s + (size_t)l * stride + 8 * i, 8);
    for (int i = 0; i < 4; i++) w[i] = _mm256_loadu_si256((const vec *)words[i]);
#pragma GCC unroll 10
    for (int i = 0; i < LIMBS; i++) {
        const int word = LIMB_BIT[i] >> 6, bit = LIMB_BIT[i] & 63;
        vec x = SHR(w[word], bit);
        if (bit > 64 - 26 && word < 3) x = OR(x, SHL(w[word + 1], 64 - bit));
        r->v[i] = AND(x, LIMB_MASK(i));
    }
    if (bad) *bad = mask_of_bits(OR(OR(quotient(r), SHR(w[3], 63)), w[0]));
}

INLINE void store(uint8_t *s, const fe *a, mask keep) {
    fe t = *a;
    vec w[4] = {ZERO, ZERO, ZERO, ZERO};
    uint64_t words[LANES];
    freeze(&t);
#pragma GCC unroll 10
    for (int i = 0; i < LIMBS; i++) {
        const int word = LIMB_BIT[i] >> 6, bit = LIMB_BIT[i] & 63;
        w[word] = OR(w[word], SHL(t.v[i], bit));
        if (bit > 64 - 26 && word < 3) w[word + 1] = OR(w[word + 1], SHR(t.v[i], 64 - bit));
    }
    for (int i = 0; i < 4; i++) {
        _mm256_storeu_si256((vec *)words, AND(w[i], keep));
        for (int l = 0; l < LANES; l++) memcpy(s + 32 * l + 8 * i, &words[l], 8);
    }
}

INLINE void wipe_registers(void) { _mm256_zeroall(); }

#define MASK_NOT(m) _mm256_xor_si256(m, ALL(-1))
#define MASK_ALL ALL(-1)
#define MASK_NONE ZERO
#define MASK_BITS(m) ((unsigned)_mm256_movemask_pd((__m256d)(m)))

typedef vec digit;
INLINE digit digit_load(const int8_t *d) {
    int x;
    memcpy(&x, d, LANES);
    return _mm256_cvtepi8_epi64(_mm_cvtsi32_si128(x));
}
INLINE mask digit_negative(digit d) { return _mm256_cmpgt_epi64(ZERO, d); }
INLINE digit digit_abs(digit d) {
    const vec sign = digit_negative(d);
    return SUB(_mm256_xor_si256(d, sign), sign);
}
INLINE mask digit_equals(digit d, int k) { return _mm256_cmpeq_epi64(d, ALL(k)); }
#endif
