/* Points of the twisted Edwards curve in extended coordinates, and their multiples.
 *
 * The formulas for a = -1 (Hisil, Wong, Carter, Dawson 2008) are complete on the curve of RFC 9496,
 * so no case is special. The four products of an addition are kept before their carries, and E, F,
 * G, H are formed from them: four carries instead of seven. T is made only where an addition is
 * next. */

typedef struct {
    fe X, Y, Z, T; /* x = X/Z, y = Y/Z, T = XY/Z */
} point;

/* A summand, prepared: Y+X, Y-X, 2Z, 2dT. */
typedef struct {
    fe plus, minus, z2, t2d;
} cached;

/* E, F, G, H of an operation; the result is (EF, GH, FG, EH). */
typedef struct {
    fe e, f, g, h;
} completed;

INLINE void carry_completed(completed *o, const wide *e, const wide *f, const wide *g,
                            const wide *h) {
    carry(&o->e, e);
    carry(&o->f, f);
    carry(&o->g, g);
    carry(&o->h, h);
}

INLINE void complete(point *r, const completed *o, int with_t) {
    mul(&r->X, &o->e, &o->f);
    mul(&r->Y, &o->g, &o->h);
    mul(&r->Z, &o->f, &o->g);
    if (with_t) mul(&r->T, &o->e, &o->h);
}

INLINE void set_identity(point *p) {
    set_small(&p->X, 0);
    set_small(&p->Y, 1);
    set_small(&p->Z, 1);
    set_small(&p->T, 0);
}

NOINLINE void cache(cached *r, const point *p) {
    const fe d2 = FE(D2);
    add(&r->plus, &p->Y, &p->X);
    sub(&r->minus, &p->Y, &p->X);
    add(&r->z2, &p->Z, &p->Z);
    mul(&r->t2d, &p->T, &d2);
}

INLINE void double_once(completed *o, const point *p) {
    wide a, b, c, e, f, g, h;
    sq_wide(&a, &p->X);
    sq_wide(&b, &p->Y);
    sq_wide(&c, &p->Z);
    mul_wide(&e, &p->X, &p->Y);
    wide_add(&e, &e, &e);
    wide_add(&h, &a, &b);
    wide_sub(&g, &b, &a);
    wide_add(&c, &c, &c);
    wide_add(&f, &c, &a);
    wide_sub(&f, &f, &b);
    carry_completed(o, &e, &f, &g, &h);
}

/* p + q, or p - q in the lanes of `negative`: swapping a summand's plus and minus and the signs of
 * its T negates it. */
INLINE void add_products(completed *o, const wide *zz, const point *p, const fe *plus,
                         const fe *minus, const fe *t2d, mask negative) {
    wide a, b, c, e, f, g, h;
    fe left, right, q_plus = *plus, q_minus = *minus;
    sub(&left, &p->Y, &p->X);
    add(&right, &p->Y, &p->X);
    cmov(&q_minus, plus, negative);
    cmov(&q_plus, minus, negative);
    mul_wide(&a, &left, &q_minus);
    mul_wide(&b, &right, &q_plus);
    mul_wide(&c, &p->T, t2d);
    wide_sub(&e, &b, &a);
    wide_sub(&f, zz, &c);
    wide_add(&g, zz, &c);
    wide_add(&h, &b, &a);
    wide_swap(&f, &g, negative);
    carry_completed(o, &e, &f, &g, &h);
}

INLINE void add_signed(point *r, const point *p, const cached *q, mask negative, int with_t) {
    completed o;
    wide zz;
    mul_wide(&zz, &p->Z, &q->z2);
    add_products(&o, &zz, p, &q->plus, &q->minus, &q->t2d, negative);
    complete(r, &o, with_t);
}

NOINLINE void add_last(point *r, const point *p, const cached *q, mask negative) {
    add_signed(r, p, q, negative, 1);
}
NOINLINE void add_inner(point *r, const point *p, const cached *q, mask negative) {
    add_signed(r, p, q, negative, 0);
}

NOINLINE void add_points(point *r, const point *p, const point *q) {
    cached c;
    cache(&c, q);
    add_last(r, p, &c, MASK_NONE);
}

NOINLINE void double_times(point *p, int times) {
    completed o;
    while (times--) {
        double_once(&o, p);
        complete(p, &o, 0);
    }
}

NOINLINE void double_last(point *p) {
    completed o;
    double_once(&o, p);
    complete(p, &o, 1);
}

/* Fixed windows of four bits with signed digits -8 to 7: 252 doublings, 64 additions. */
#define WINDOW 4
#define TABLE (1 << (WINDOW - 1))
#define DIGITS 64

/* Read |digit| times the point. Every row is read and masked: which one is taken shows nowhere. */
NOINLINE void select_row(cached *r, const cached *table, digit magnitude) {
    cached t;
    set_small(&t.plus, 1);
    set_small(&t.minus, 1);
    set_small(&t.z2, 2);
    set_small(&t.t2d, 0);
#pragma GCC unroll 8
    for (int row = 0; row < TABLE; row++) {
        const mask m = digit_equals(magnitude, row + 1);
        cmov(&t.plus, &table[row].plus, m);
        cmov(&t.minus, &table[row].minus, m);
        cmov(&t.z2, &table[row].z2, m);
        cmov(&t.t2d, &table[row].t2d, m);
    }
    *r = t;
}

/* Multiply the point of each lane by the scalar of its digits, least significant first. The table
 * and what is read from it are the caller's, who wipes them. */
typedef struct {
    cached table[TABLE];
    cached row;
    point sum;
} ladder;

static void multiply_point(point *r, const point *p, const int8_t *digits, ladder *l) {
    point multiple = *p;
    cache(&l->table[0], p);
    double_last(&multiple);
    cache(&l->table[1], &multiple);
    for (int row = 2; row < TABLE; row++) {
        add_last(&multiple, &multiple, &l->table[0], MASK_NONE);
        cache(&l->table[row], &multiple);
    }
    set_identity(&l->sum);
    for (int at = DIGITS - 1; at >= 0; at--) {
        if (at != DIGITS - 1) {
            double_times(&l->sum, WINDOW - 1);
            double_last(&l->sum);
        }
        const digit d = digit_load(digits + at * LANES);
        select_row(&l->row, l->table, digit_abs(d));
        if (at)
            add_inner(&l->sum, &l->sum, &l->row, digit_negative(d));
        else
            add_last(&l->sum, &l->sum, &l->row, digit_negative(d));
    }
    *r = l->sum;
}

/* Write the signed digits of half a scalar modulo L into one lane: the encoding doubles again.
 * The scalar is below L, so the last digit takes the last carry without reaching 8. */
static void recode_half(int8_t *digits, int lane, const uint8_t *scalar) {
    uint64_t w[5] = {0};
    memcpy(w, scalar, 32);
    const uint64_t odd = 0 - (w[0] & 1);
    unsigned __int128 sum = 0;
    for (int i = 0; i < 4; i++) {
        sum += (unsigned __int128)w[i] + (ORDER[i] & odd);
        w[i] = (uint64_t)sum;
        sum >>= 64;
    }
    for (int i = 0; i < 4; i++) w[i] = w[i] >> 1 | (i < 3 ? w[i + 1] : (uint64_t)sum) << 63;
    int carry_in = 0;
    for (int i = 0; i < DIGITS; i++) {
        const int nibble = (int)(w[i >> 4] >> 4 * (i & 15) & 15) + carry_in;
        carry_in = i == DIGITS - 1 ? 0 : (nibble + TABLE) >> WINDOW;
        digits[i * LANES + lane] = (int8_t)(nibble - (carry_in << WINDOW));
    }
    explicit_wipe(w, sizeof w);
}
