/* The sum of many products of PUBLIC points and scalars, by Pippenger's buckets.
 *
 * Its branches and addresses depend on the scalars: it is for proofs' composites alone, which are
 * public to both sides, and never sees a key or a blind. Lane l owns windows of the scalars and not
 * points: one point after the other goes into a bucket of each of LANES windows at once, so that
 * all points share one set of buckets, and its windows may be wide. */

#define POINT_WORDS (4 * LIMBS)
#define MOST_BITS 11

/* One bucket of one lane: the limbs of X, Y, Z, T, in whole rows of LANES where they are moved by
 * rows. */
typedef struct {
    uint64_t words[(POINT_WORDS + ROW - 1) / ROW * ROW];
} bucket;

/* A decoded summand in one lane: the limbs of Y+X, Y-X, 2dT; Z is 1. */
typedef struct {
    uint64_t words[3 * LIMBS];
} summand;

/* The same in all lanes. */
typedef struct {
    fe plus, minus, t2d;
} affine;

/* Windows of so many bits; digits are signed, so the highest takes a carry. */
static int windows_of(int bits) { return (253 + bits) / bits; }

/* How often all points are gone through: LANES windows at a time. */
static int rounds_of(int bits) { return (windows_of(bits) + LANES - 1) / LANES; }

/* What windows of so many bits cost, in additions: one for each point and round, and a bit more
 * than two for each bucket. */
static size_t cost_of(int bits, size_t count) {
    return (size_t)rounds_of(bits) * (count + ((size_t)5 << (bits - 2)));
}

static int window_for(size_t count) {
    int best = 2;
    for (int bits = 3; bits <= MOST_BITS; bits++)
        if (cost_of(bits, count) < cost_of(best, count)) best = bits;
    return best;
}

#if ROW > 1
/* Buckets are moved by rows of LANES words, which are turned into one word of all lanes each. */
static void gather_buckets(point *p, const bucket *const from[LANES]) {
    vec words[sizeof(bucket) / sizeof(vec) * LANES];
    for (size_t at = 0; at < sizeof(bucket) / sizeof(vec); at++) {
        for (int l = 0; l < LANES; l++) words[at * LANES + (size_t)l] = load_row(from[l]->words + at * LANES);
        transpose(words + at * LANES);
    }
    memcpy(p, words, sizeof *p);
}

static void scatter_buckets(bucket *const to[LANES], const point *p) {
    vec words[sizeof(bucket) / sizeof(vec) * LANES] = {0};
    memcpy(words, p, sizeof *p);
    for (size_t at = 0; at < sizeof(bucket) / sizeof(vec); at++) {
        transpose(words + at * LANES);
        for (int l = 0; l < LANES; l++) store_row(to[l]->words + at * LANES, words[at * LANES + (size_t)l]);
    }
}
#else
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
#endif

NOINLINE void add_affine(point *r, const point *p, const affine *q, mask negative) {
    completed o;
    wide zz;
    double_wide(&zz, &p->Z);
    add_products(&o, &zz, p, &q->plus, &q->minus, &q->t2d, negative);
    complete(r, &o, 1);
}

/* Signed digits of `bits` bits each, most of them below 2^(bits - 1) in magnitude. Those of one lane
 * follow one another: window w is of lane w / rounds. */
static void recode_public(int16_t *digits, int bits, const uint8_t *scalar) {
    const int windows = windows_of(bits), rounds = rounds_of(bits);
    uint64_t w[5] = {0};
    int carry_in = 0;
    memcpy(w, scalar, 32);
    for (int at = 0; at < windows; at++) {
        const int bit = at * bits, word = bit >> 6, shift = bit & 63;
        uint64_t x = bit < 256 ? w[word] >> shift : 0;
        if (bit < 256 && shift > 64 - bits) x |= w[word + 1] << (64 - shift);
        const int value = (int)(x & ((1u << bits) - 1)) + carry_in;
        carry_in = value > 1 << (bits - 1);
        digits[at % rounds * LANES + at / rounds] = (int16_t)(value - (carry_in << bits));
    }
}

typedef struct {
    summand *summands;
    int16_t *digits; /* of each summand, for each round, for each lane */
    bucket *buckets; /* of bucket b, lane l: b * LANES + l; bucket 0 takes the digits that are 0 */
    size_t count;
    int bits, rounds;
} multiscalar;

static void spread(affine *a, const summand *from) {
    for (int i = 0; i < LIMBS; i++) {
        a->plus.v[i] = ALL(from->words[i]);
        a->minus.v[i] = ALL(from->words[LIMBS + i]);
        a->t2d.v[i] = ALL(from->words[2 * LIMBS + i]);
    }
}

static void sum_round(point *total, const multiscalar *m, int round) {
    const int count = 1 << (m->bits - 1);
    bucket *own[LANES];
    point p, running;
    set_identity(&p);
    for (int b = 0; b <= count; b++) {
        for (int l = 0; l < LANES; l++) own[l] = &m->buckets[(size_t)b * LANES + (size_t)l];
        scatter_buckets(own, &p);
    }
    for (size_t at = 0; at < m->count; at++) {
        const int16_t *digits = m->digits + (at * (size_t)m->rounds + (size_t)round) * LANES;
        int8_t signs[LANES];
        affine a;
        for (int l = 0; l < LANES; l++) {
            const int d = digits[l];
            own[l] = &m->buckets[(size_t)(d < 0 ? -d : d) * LANES + (size_t)l];
            signs[l] = d < 0 ? -1 : 0;
        }
        spread(&a, &m->summands[at]);
        gather_buckets(&p, (const bucket *const *)own);
        add_affine(&p, &p, &a, digit_negative(digit_load(signs)));
        scatter_buckets(own, &p);
    }
    /* Sum of b * bucket_b, from the top: every bucket is counted once more on each way down. */
    set_identity(&running);
    set_identity(total);
    for (int b = count; b >= 1; b--) {
        for (int l = 0; l < LANES; l++) own[l] = &m->buckets[(size_t)b * LANES + (size_t)l];
        gather_buckets(&p, (const bucket *const *)own);
        add_points(&running, &running, &p);
        add_points(total, total, &running);
    }
}

static void double_by(point *p, int bits) {
    double_times(p, bits - 1);
    double_last(p);
}

/* Put what stands in one lane into all of them. */
static void spread_lane(point *to, const point *p, int lane) {
    uint64_t from[POINT_WORDS][LANES];
    memcpy(from, p, sizeof from);
    for (int i = 0; i < POINT_WORDS; i++)
        for (int l = 0; l < LANES; l++)
            if (l != lane) from[i][l] = from[i][lane];
    memcpy(to, from, sizeof from);
}

/* First the windows of each lane, then the lanes, each shifted by the windows below it. */
static void sum_rounds(point *sum, const multiscalar *m) {
    point round, lane;
    set_identity(&round);
    for (int at = m->rounds - 1; at >= 0; at--) {
        sum_round(&lane, m, at);
        if (at != m->rounds - 1) double_by(&round, m->bits);
        add_points(&round, &round, &lane);
    }
    spread_lane(sum, &round, LANES - 1);
    for (int l = LANES - 2; l >= 0; l--) {
        double_by(sum, m->bits * m->rounds);
        spread_lane(&lane, &round, l);
        add_points(sum, sum, &lane);
    }
}

/* Decode the elements into summands; 1 if all are valid. */
static unsigned decode_summands(const multiscalar *m, workspace *w, const uint8_t *elements,
                                size_t count) {
    const fe d2 = FE(D2);
    unsigned valid = none_is_identity(elements, count);
    for (size_t done = 0; done < count; done += CHUNK) {
        const size_t here = smaller(count - done, CHUNK);
        valid &= decode_chunk(w, w->points, elements + 32 * done, here);
        for (size_t at = 0; at < here; at += LANES) {
            const point *p = &w->points[at / LANES];
            uint64_t words[3 * LIMBS][LANES];
            affine a;
            add(&a.plus, &p->Y, &p->X);
            sub(&a.minus, &p->Y, &p->X);
            mul(&a.t2d, &p->T, &d2);
            memcpy(words, &a, sizeof words);
            for (size_t l = 0; l < smaller(here - at, LANES); l++)
                for (int i = 0; i < 3 * LIMBS; i++)
                    m->summands[done + at + l].words[i] = words[i][l];
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
    m.count = count;
    m.bits = window_for(count);
    m.rounds = rounds_of(m.bits);
    const size_t buckets_size = sizeof(bucket) * LANES * ((1u << (m.bits - 1)) + 1);
    const size_t each = (size_t)m.rounds * LANES;
    if (posix_memalign(&summands, 64, sizeof(summand) * (count + 1)) == 0 &&
        posix_memalign(&digits, 64, 2 * each * (count + 1)) == 0 &&
        posix_memalign(&buckets, 64, buckets_size) == 0) {
        point sum[PAIR];
        m.summands = summands;
        m.digits = digits;
        m.buckets = buckets;
        memset(digits, 0, 2 * each * (count + 1));
        for (size_t at = 0; at < count; at++)
            recode_public(m.digits + at * each, m.bits, scalars + 32 * at);
        result = decode_summands(&m, w, elements, count) ? DONE : MALFORMED;
        if (result == DONE) {
            sum_rounds(&sum[0], &m);
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
