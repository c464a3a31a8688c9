/* ristretto255 (RFC 9496, 4.3): decode, encode, and map uniform octets, LANES elements at once. */

/* RFC 9496, 4.3.1, for PAIR groups of LANES encodings that lie one after the other. */
static void decode(point *p, mask *valid, const uint8_t *in) {
    fe s[PAIR], u1[PAIR], u2[PAIR], v[PAIR], vu2[PAIR], one[PAIR], root[PAIR];
    mask bad[PAIR], was_square[PAIR];
    const fe d = FE(D);
    EACH {
        fe ss, t, u2_sq;
        load(&s[w], in + w * 32 * LANES, 32, &bad[w]);
        square(&ss, &s[w]);
        set_small(&one[w], 1);
        sub(&u1[w], &one[w], &ss);
        add(&u2[w], &one[w], &ss);
        square(&u2_sq, &u2[w]);
        /* v = -(D * u1^2) - u2^2 */
        square(&t, &u1[w]);
        multiply(&t, &t, &d);
        negate(&t, &t);
        sub(&v[w], &t, &u2_sq);
        multiply(&vu2[w], &v[w], &u2_sq);
    }
    sqrt_ratio(root, was_square, one, vu2);
    EACH {
        fe den_x, den_y, x, y, t;
        multiply(&den_x, &root[w], &u2[w]);
        multiply(&den_y, &root[w], &den_x);
        multiply(&den_y, &den_y, &v[w]);
        add(&x, &s[w], &s[w]);
        multiply(&x, &x, &den_x);
        absolute(&x);
        multiply(&y, &u1[w], &den_y);
        multiply(&t, &x, &y);
        valid[w] = (mask)(MASK_NOT(bad[w]) & was_square[w] & MASK_NOT(is_negative(&t)) &
                          MASK_NOT(is_zero(&y)));
        p[w].X = x;
        p[w].Y = y;
        p[w].Z = one[w];
        p[w].T = t;
    }
}

/* RFC 9496, 4.3.4, MAP, for PAIR groups; strings lie 64 octets apart. */
static void map_to_point(point *p, const uint8_t *in) {
    fe t[PAIR], r[PAIR], u[PAIR], v[PAIR], s[PAIR], one;
    mask was_square[PAIR];
    const fe d = FE(D), i = FE(SQRT_M1), one_minus_d_sq = FE(ONE_MINUS_D_SQ);
    const fe d_minus_one_sq = FE(D_MINUS_ONE_SQ), sqrt_ad_minus_one = FE(SQRT_AD_MINUS_ONE);
    set_small(&one, 1);
    EACH {
        fe a, b;
        load(&t[w], in + w * 64 * LANES, 64, 0);
        square(&r[w], &t[w]);
        multiply(&r[w], &r[w], &i);
        add(&a, &r[w], &one);
        multiply(&u[w], &a, &one_minus_d_sq);
        /* v = (-1 - r * D) * (r + D) */
        multiply(&a, &r[w], &d);
        add(&a, &a, &one);
        negate(&a, &a);
        add(&b, &r[w], &d);
        multiply(&v[w], &a, &b);
    }
    sqrt_ratio(s, was_square, u, v);
    EACH {
        fe s_prime, c, n, ss, w0, w1, w2, w3;
        const mask not_square = MASK_NOT(was_square[w]);
        multiply(&s_prime, &s[w], &t[w]);
        absolute(&s_prime);
        negate(&s_prime, &s_prime);
        cmov(&s[w], &s_prime, not_square);
        negate(&c, &one);
        cmov(&c, &r[w], not_square);
        /* N = c * (r - 1) * D_MINUS_ONE_SQ - v */
        sub(&n, &r[w], &one);
        multiply(&n, &c, &n);
        multiply(&n, &n, &d_minus_one_sq);
        sub(&n, &n, &v[w]);
        add(&w0, &s[w], &s[w]);
        multiply(&w0, &w0, &v[w]);
        multiply(&w1, &n, &sqrt_ad_minus_one);
        square(&ss, &s[w]);
        sub(&w2, &one, &ss);
        add(&w3, &one, &ss);
        multiply(&p[w].X, &w0, &w3);
        multiply(&p[w].Y, &w2, &w1);
        multiply(&p[w].Z, &w1, &w3);
        multiply(&p[w].T, &w0, &w2);
    }
}

/* RFC 9496, 4.3.4, for PAIR groups: the sum of what the two halves of 64 octets map to. */
static void map_uniform(point *p, const uint8_t *in) {
    point first[PAIR], second[PAIR];
    map_to_point(first, in);
    map_to_point(second, in + 32);
    EACH add_points(&p[w], &first[w], &second[w]);
}

/* RFC 9496, 4.3.2, for PAIR groups. */
static void encode(uint8_t *out, const point *p) {
    fe u1[PAIR], u2[PAIR], x[PAIR], one[PAIR], root[PAIR];
    mask was_square[PAIR];
    const fe i = FE(SQRT_M1), invsqrt_a_minus_d = FE(INVSQRT_A_MINUS_D);
    EACH {
        fe a, b;
        add(&a, &p[w].Z, &p[w].Y);
        sub(&b, &p[w].Z, &p[w].Y);
        multiply(&u1[w], &a, &b);
        multiply(&u2[w], &p[w].X, &p[w].Y);
        square(&a, &u2[w]);
        multiply(&x[w], &u1[w], &a);
        set_small(&one[w], 1);
    }
    sqrt_ratio(root, was_square, one, x);
    EACH {
        fe den1, den2, z_inv, ix, iy, enchanted, t, s, X = p[w].X, Y = p[w].Y;
        multiply(&den1, &root[w], &u1[w]);
        multiply(&den2, &root[w], &u2[w]);
        multiply(&z_inv, &den1, &den2);
        multiply(&z_inv, &z_inv, &p[w].T);
        multiply(&ix, &X, &i);
        multiply(&iy, &Y, &i);
        multiply(&enchanted, &den1, &invsqrt_a_minus_d);
        multiply(&t, &p[w].T, &z_inv);
        const mask rotate = is_negative(&t);
        cmov(&X, &iy, rotate);
        cmov(&Y, &ix, rotate);
        cmov(&den2, &enchanted, rotate);
        multiply(&t, &X, &z_inv);
        cnegate(&Y, is_negative(&t));
        sub(&s, &p[w].Z, &Y);
        multiply(&s, &s, &den2);
        absolute(&s);
        store(out + w * 32 * LANES, &s, MASK_ALL);
    }
}

/* Encode twice each of up to GROUPS points with one inversion for all groups of a lane, where
 * `encode` needs a square root for each: the way of curve25519-dalek's double_and_compress_batch. */
#define GROUPS 32

typedef struct {
    fe e, f, g, h, eg, fh;
} doubled;

typedef struct {
    doubled d[GROUPS];
    fe product[GROUPS], before[GROUPS];
    mask zero[GROUPS];
} encoder;

static void prepare_doubled(doubled *r, fe *efgh, mask *zero, const point *p) {
    fe xx, yy, zz, dtt, y2, one;
    const fe d = FE(D);
    set_small(&one, 1);
    square(&xx, &p->X);
    square(&yy, &p->Y);
    square(&zz, &p->Z);
    square(&dtt, &p->T);
    multiply(&dtt, &dtt, &d);
    add(&y2, &p->Y, &p->Y);
    multiply(&r->e, &p->X, &y2);
    add(&r->f, &zz, &dtt);
    add(&r->g, &yy, &xx);
    sub(&r->h, &zz, &dtt);
    multiply(&r->eg, &r->e, &r->g);
    multiply(&r->fh, &r->f, &r->h);
    multiply(efgh, &r->eg, &r->fh);
    /* The product is zero for the identity alone; one stands in, so that others can be inverted. */
    *zero = is_zero(efgh);
    cmov(efgh, &one, *zero);
}

static void finish_doubled(uint8_t *out, const doubled *r, const fe *inverse, mask zero, mask keep) {
    fe inv = *inverse, nothing, z_inv, t_inv, t, minus_e, fi, s;
    fe magic = FE(INVSQRT_A_MINUS_D), e = r->e, g = r->g, h = r->h;
    const fe i = FE(SQRT_M1);
    set_small(&nothing, 0);
    cmov(&inv, &nothing, zero);
    multiply(&z_inv, &r->eg, &inv);
    multiply(&t_inv, &r->fh, &inv);
    multiply(&t, &r->eg, &z_inv);
    const mask rotate = is_negative(&t);
    negate(&minus_e, &r->e);
    multiply(&fi, &r->f, &i);
    cmov(&e, &r->g, rotate);
    cmov(&g, &minus_e, rotate);
    cmov(&h, &fi, rotate);
    cmov(&magic, &i, rotate);
    multiply(&t, &h, &e);
    multiply(&t, &t, &z_inv);
    cnegate(&g, is_negative(&t));
    sub(&s, &h, &g);
    multiply(&t, &g, &t_inv);
    multiply(&t, &magic, &t);
    multiply(&s, &s, &t);
    absolute(&s);
    store(out, &s, keep);
}

static void encode_doubled(uint8_t *out, const point *p, const mask *keep, int groups, encoder *x) {
    fe running, inverse[PAIR];
    set_small(&running, 1);
    for (int at = 0; at < groups; at++) {
        prepare_doubled(&x->d[at], &x->product[at], &x->zero[at], &p[at]);
        x->before[at] = running;
        multiply(&running, &running, &x->product[at]);
    }
    EACH inverse[w] = running;
    invert(inverse, inverse);
    running = inverse[0];
    for (int at = groups - 1; at >= 0; at--) {
        fe own;
        multiply(&own, &running, &x->before[at]);
        multiply(&running, &running, &x->product[at]);
        finish_doubled(out + at * 32 * LANES, &x->d[at], &own, x->zero[at], keep[at]);
    }
}
