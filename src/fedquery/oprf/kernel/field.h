/* What every field back end gets in the same way: products, signs, powers, square roots.
 *
 * Included after one field_*.h. All of it is free of branches on values. */
#define NOINLINE static __attribute__((noinline))
#define FE(name)                      \
    ({                                \
        fe constant_;                 \
        set(&constant_, CONSTANT(name)); \
        constant_;                    \
    })

INLINE void mul(fe *r, const fe *a, const fe *b) {
    wide t;
    mul_wide(&t, a, b);
    carry(r, &t);
}

INLINE void sq(fe *r, const fe *a) {
    wide t;
    sq_wide(&t, a);
    carry(r, &t);
}

/* The same as calls, where speed does not ask for a copy of the code in place. */
NOINLINE void multiply(fe *r, const fe *a, const fe *b) { mul(r, a, b); }
NOINLINE void square(fe *r, const fe *a) { sq(r, a); }

INLINE void negate(fe *r, const fe *a) {
    fe zero;
    set_small(&zero, 0);
    sub(r, &zero, a);
}

INLINE void cnegate(fe *r, mask m) {
    fe t;
    negate(&t, r);
    cmov(r, &t, m);
}

INLINE void absolute(fe *r) { cnegate(r, is_negative(r)); }

INLINE mask equal(const fe *a, const fe *b) {
    fe t;
    sub(&t, a, b);
    return is_zero(&t);
}

/* Powers are taken of PAIR independent groups at once. */
#define EACH for (int w = 0; w < PAIR; w++)

NOINLINE void square_times(fe *r, const fe *a, int times) {
    fe t[PAIR];
    EACH sq(&t[w], &a[w]);
    while (--times) EACH sq(&t[w], &t[w]);
    EACH r[w] = t[w];
}

NOINLINE void multiply_pair(fe *r, const fe *a, const fe *b) { EACH mul(&r[w], &a[w], &b[w]); }

/* z^(2^250 - 1), and z^11 on the way: the usual chain for exponents near 2^255. */
static void power_250(fe *out, fe *z11, const fe *z) {
    fe a[PAIR], b[PAIR], c[PAIR], d[PAIR];
    square_times(a, z, 1);
    square_times(b, a, 2);
    multiply_pair(b, z, b); /* 9 */
    multiply_pair(a, a, b); /* 11 */
    EACH z11[w] = a[w];
    square_times(c, a, 1);
    multiply_pair(b, b, c); /* 2^5 - 1 */
    square_times(c, b, 5);
    multiply_pair(b, c, b); /* 2^10 - 1 */
    square_times(c, b, 10);
    multiply_pair(c, c, b); /* 2^20 - 1 */
    square_times(d, c, 20);
    multiply_pair(c, d, c); /* 2^40 - 1 */
    square_times(c, c, 10);
    multiply_pair(b, c, b); /* 2^50 - 1 */
    square_times(c, b, 50);
    multiply_pair(c, c, b); /* 2^100 - 1 */
    square_times(d, c, 100);
    multiply_pair(c, d, c); /* 2^200 - 1 */
    square_times(c, c, 50);
    multiply_pair(out, c, b); /* 2^250 - 1 */
}

/* z^((p - 5) / 8) = z^(2^252 - 3). */
static void power_p58(fe *out, const fe *z) {
    fe a[PAIR], z11[PAIR];
    power_250(a, z11, z);
    square_times(a, a, 2);
    multiply_pair(out, a, z);
}

/* z^(p - 2) = z^(2^255 - 21): the inverse; 0 for 0. */
static void invert(fe *out, const fe *z) {
    fe a[PAIR], z11[PAIR];
    power_250(a, z11, z);
    square_times(a, a, 5);
    multiply_pair(out, a, z11);
}

/* RFC 9496, 4.2, SQRT_RATIO_M1: r = sqrt(u / v) or sqrt(i u / v), not negative; was_square says
 * which. For PAIR quotients at once. */
static void sqrt_ratio(fe *r, mask *was_square, const fe *u, const fe *v) {
    fe v3[PAIR], uv7[PAIR], uv3[PAIR], power[PAIR];
    const fe i = FE(SQRT_M1);
    EACH {
        square(&v3[w], &v[w]);
        multiply(&v3[w], &v3[w], &v[w]);
        square(&uv7[w], &v3[w]);
        multiply(&uv7[w], &uv7[w], &v[w]);
        multiply(&uv7[w], &uv7[w], &u[w]);
        multiply(&uv3[w], &v3[w], &u[w]);
    }
    power_p58(power, uv7);
    EACH {
        fe root, check, minus_u, minus_ui, other;
        multiply(&root, &power[w], &uv3[w]);
        square(&check, &root);
        multiply(&check, &check, &v[w]);
        negate(&minus_u, &u[w]);
        multiply(&minus_ui, &minus_u, &i);
        const mask correct = equal(&check, &u[w]);
        const mask flipped = equal(&check, &minus_u);
        const mask flipped_i = equal(&check, &minus_ui);
        multiply(&other, &root, &i);
        cmov(&root, &other, flipped | flipped_i);
        absolute(&root);
        r[w] = root;
        was_square[w] = correct | flipped;
    }
}
