/* The sum of many products of PUBLIC points and scalars, by Pippenger's buckets.
 *
 * Its branches and addresses depend on the scalars: it is for proofs' composites alone, which are
 * public to both sides, and never sees a key or a blind. Lane l owns the points l, l + LANES, ... and
 * buckets of its own; at the end the lanes are added up. */

#define POINT_WORDS (4 * LIMBS)

/* One bucket of one lane: the limbs of X, Y, Z, T. */
typedef struct {
    uint64_t words[POINT_WORDS];
} bucket;

/* A decoded summand: Y+X, Y-X, 2dT; Z is 1. */
typedef struct {
    fe plus, minus, t2d;
} affine;

/* Windows of so many bits cost least: about count / LANES additions against 2^(bits - 1) pairs. */
static int window_for(size_t count) {
    const size_t each = count / LANES + 1;
    int bits = 3;
    while (bits < 11 && each > (size_t)3 << bits) bits++;
    return bits;
}

static void gather_buckets(point *p, const bucket *const from[LANES]) {
    uint64_t columns[POINT_WORDS][LANES];
    for (int l = 0; l < LANES; l++)
        for (int i = 0; i < POINT_WORDS; i++) columns[i][l] = from[l]->words[i];
    memcpy(p, columns, sizeof columns);
}

static void scatter_buckets(bucket *const to[LANES], const point *p) {
    uint64_t columns[POINT_WORDS][LANES];
    memcpy(columns, p, sizeof columns);
    for (int l = 0; l < LANES; l++)
        for (int i = 0; i < POINT_WORDS; i++) to[l]->words[i] = columns[i][l];
}

NOINLINE void add_affine(point *r, const point *p, const affine *q, mask negative) {
    completed o;
    wide zz;
    double_wide(&zz, &p->Z);
    add_products(&o, &zz, p, &q->plus, &q->minus, &q->t2d, negative);
    complete(r, &o, 1);
}

/* Signed digits of `bits` bits each, most of them below 2^(bits - 1) in magnitude. */
static void recode_public(int16_t *digits, size_t step, int windows, int bits,
                          const uint8_t *scalar) {
    uint64_t w[5] = {0};
    int carry_in = 0;
    memcpy(w, scalar, 32);
    for (int at = 0; at < windows; at++) {
        const int bit = at * bits, word = bit >> 6, shift = bit & 63;
        uint64_t x = bit < 256 ? w[word] >> shift : 0;
        if (bit < 256 && shift > 64 - bits) x |= w[word + 1] << (64 - shift);
        const int value = (int)(x & ((1u << bits) - 1)) + carry_in;
        carry_in = value > 1 << (bits - 1);
        digits[(size_t)at * step] = (int16_t)(value - (carry_in << bits));
    }
}

typedef struct {
    affine *summands;
    int16_t *digits; /* windows rows of groups * LANES */
    bucket *buckets; /* of bucket b, lane l: b * LANES + l; bucket 0 takes the digits that are 0 */
    size_t groups;
    int bits, windows;
} multiscalar;

static void sum_window(point *total, const multiscalar *m, int window) {
    const int count = 1 << (m->bits - 1);
    const int16_t *digits = m->digits + (size_t)window * m->groups * LANES;
    bucket *own[LANES];
    point p, running;
    set_identity(&p);
    for (int b = 0; b <= count; b++) {
        for (int l = 0; l < LANES; l++) own[l] = &m->buckets[(size_t)b * LANES + l];
        scatter_buckets(own, &p);
    }
    for (size_t g = 0; g < m->groups; g++) {
        int8_t signs[LANES];
        for (int l = 0; l < LANES; l++) {
            const int d = digits[g * LANES + l];
            own[l] = &m->buckets[(size_t)(d < 0 ? -d : d) * LANES + l];
            signs[l] = d < 0 ? -1 : 0;
        }
        gather_buckets(&p, (const bucket *const *)own);
        add_affine(&p, &p, &m->summands[g], digit_negative(digit_load(signs)));
        scatter_buckets(own, &p);
    }
    /* Sum of b * bucket_b, from the top: every bucket is counted once more on each way down. */
    set_identity(&running);
    set_identity(total);
    for (int b = count; b >= 1; b--) {
        for (int l = 0; l < LANES; l++) own[l] = &m->buckets[(size_t)b * LANES + l];
        gather_buckets(&p, (const bucket *const *)own);
        add_points(&running, &running, &p);
        add_points(total, total, &running);
    }
}

/* Add up the lanes: the result stands in lane 0, and in all others. */
static void sum_lanes(point *p) {
    for (int step = LANES / 2; step; step /= 2) {
        uint64_t from[POINT_WORDS][LANES], to[POINT_WORDS][LANES];
        point moved;
        memcpy(from, p, sizeof from);
        for (int i = 0; i < POINT_WORDS; i++)
            for (int l = 0; l < LANES; l++) to[i][l] = from[i][(l + step) % LANES];
        memcpy(&moved, to, sizeof moved);
        add_points(p, p, &moved);
    }
}

static void sum_windows(point *sum, const multiscalar *m) {
    point window;
    set_identity(sum);
    for (int at = m->windows - 1; at >= 0; at--) {
        if (at != m->windows - 1) {
            double_times(sum, m->bits - 1);
            double_last(sum);
        }
        sum_window(&window, m, at);
        add_points(sum, sum, &window);
    }
    sum_lanes(sum);
}

/* Decode the elements into summands; 1 if all are valid. The pad is the identity. */
static unsigned decode_summands(const multiscalar *m, workspace *w, const uint8_t *elements,
                                size_t count) {
    const fe d2 = FE(D2);
    unsigned valid = none_is_identity(elements, count);
    for (size_t done = 0; done < count; done += CHUNK) {
        const size_t here = smaller(count - done, CHUNK);
        valid &= decode_chunk(w, w->points, elements + 32 * done, here);
        for (int at = 0; at < groups_of(here); at++) {
            affine *a = &m->summands[done / LANES + (size_t)at];
            const point *p = &w->points[at];
            add(&a->plus, &p->Y, &p->X);
            sub(&a->minus, &p->Y, &p->X);
            mul(&a->t2d, &p->T, &d2);
        }
    }
    return valid;
}

static int combine_batch(uint8_t *out, const uint8_t *elements, const uint8_t *scalars,
                         size_t count) {
    workspace *w = begin_work();
    multiscalar m;
    void *summands = NULL, *digits = NULL, *buckets = NULL;
    int result = NO_MEMORY;
    if (!w) return NO_MEMORY;
    if (!scalar_is_nonzero(scalars, count)) return end_work(w, MALFORMED);
    m.groups = (size_t)groups_of(count);
    m.bits = window_for(count);
    m.windows = (253 + m.bits) / m.bits;
    const size_t buckets_size = sizeof(bucket) * LANES * ((1u << (m.bits - 1)) + 1);
    const size_t lanes = m.groups * LANES;
    if (posix_memalign(&summands, 64, sizeof(affine) * (m.groups + 1)) == 0 &&
        posix_memalign(&digits, 64, 2 * (size_t)m.windows * (lanes + 1)) == 0 &&
        posix_memalign(&buckets, 64, buckets_size) == 0) {
        point sum[PAIR];
        m.summands = summands;
        m.digits = digits;
        m.buckets = buckets;
        memset(digits, 0, 2 * (size_t)m.windows * (lanes + 1));
        for (size_t at = 0; at < count; at++)
            recode_public(m.digits + at, lanes, m.windows, m.bits, scalars + 32 * at);
        result = decode_summands(&m, w, elements, count) ? DONE : MALFORMED;
        if (result == DONE) {
            sum_windows(&sum[0], &m);
            for (int at = 1; at < PAIR; at++) sum[at] = sum[0];
            encode(w->out, sum);
            memcpy(out, w->out, 32);
        }
    }
    free(summands);
    free(digits);
    free(buckets);
    return end_work(w, result);
}
