/* Runs one back end for test_kernel.py (`secrets`, `bounds`, `sizes`) and
 * timing.py (`times`).
 *
 * BACKEND_SOURCE names the back end's file; with FEDQUERY_EMULATED it is the IFMA source in plain C.
 */
#include BACKEND_SOURCE

#include <stdio.h>

#ifdef WITH_VALGRIND
#include <valgrind/memcheck.h>
#define SECRET(memory, length) VALGRIND_MAKE_MEM_UNDEFINED(memory, length)
#define PUBLIC(memory, length) VALGRIND_MAKE_MEM_DEFINED(memory, length)
#else
#define SECRET(memory, length) ((void)0)
#define PUBLIC(memory, length) ((void)0)
#endif

#define MOST 40

static uint64_t state = 88172645463325252ULL;

static uint64_t next(void) { /* xorshift64: the same octets each time */
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static void fill(uint8_t *out, size_t length) {
    for (size_t at = 0; at < length; at++) out[at] = (uint8_t)(next() >> 24);
}

static const backend *const tested = &JOIN(backend, BACKEND);
static uint8_t uniform[64 * MOST], elements[32 * MOST], scalars[32 * MOST], out[64 * MOST];
static uint8_t integers[64 * MOST], more[64 * MOST];

static int prepare(void) {
    fill(uniform, sizeof uniform);
    fill(integers, sizeof integers);
    scalar_reduce(scalars, integers, MOST);
    return tested->from_uniform(elements, uniform, MOST) == DONE;
}

/* Poisons keys, blinds and inputs; valgrind then reports each branch and address that they reach. */
static int follow_secrets(void) {
    enum { COUNT = 11 };
    const uint8_t dst[] = "HashToGroup-harness\x13";
    octets inputs[COUNT];
    int result;
    for (int at = 0; at < COUNT; at++) inputs[at] = (octets){uniform + 64 * at, (size_t)(at * 5)};
    SECRET(scalars, sizeof scalars);
    SECRET(integers, sizeof integers);
    result = tested->multiply(out, elements, scalars, COUNT, 0, 1);
    PUBLIC(&result, sizeof result);
    if (result != DONE) return 1;
    result = tested->multiply(out, elements, scalars, COUNT, 0, 0);
    PUBLIC(&result, sizeof result);
    if (result != DONE) return 2;
    SECRET(uniform, sizeof uniform);
    result = tested->multiply(out, uniform, scalars, COUNT, 1, 0);
    PUBLIC(&result, sizeof result);
    if (result != DONE) return 3;
    if (tested->from_uniform(out, uniform, COUNT) != DONE) return 4;
    if (tested->expand(more, inputs, COUNT, (octets){dst, sizeof dst - 1}) != DONE) return 5;
    if (tested->finalize(more, inputs, out, COUNT) != DONE) return 6;
    tested->derive(out, 8, (octets){dst, 4}, out + 640, 16, (octets){dst, 9}, more, COUNT);
    if (tested->sha256(out, (octets){dst, 4}, inputs, COUNT) != DONE) return 8;
    scalar_reduce(more, integers, COUNT);
    scalar_multiply(more, more, scalars, COUNT);
    scalar_add(more, more, scalars, COUNT);
    scalar_subtract(more, more, scalars, COUNT);
    result = scalar_invert(out, more, COUNT);
    PUBLIC(&result, sizeof result);
    return result == 1 ? 0 : 7;
}

#ifdef FEDQUERY_COUNT_BOUNDS
static uint64_t limb(int at) {
    /* What a carry may leave, at its edges and between. */
    const uint64_t most = (1ULL << 51) + (at ? 1ULL << 13 : 1ULL << 16);
    switch (next() & 3) {
        case 0: return most;
        case 1: return 0;
        case 2: return most - (next() & 3);
        default: return next() % most;
    }
}

static unsigned long beyond(const fe *a) {
    unsigned long found = 0;
    for (int i = 0; i < LIMBS; i++)
        for (int l = 0; l < LANES; l++)
            found += a->v[i][l] > (1ULL << 51) + (i ? 1ULL << 13 : 1ULL << 16);
    return found;
}

/* From limbs at their bounds no operation leaves them, and none overflows on the way. */
static int keep_bounds(void) {
    unsigned long found = 0;
    for (int round = 0; round < 4000; round++) {
        fe x[4], s, d;
        for (int q = 0; q < 4; q++)
            for (int i = 0; i < LIMBS; i++)
                for (int l = 0; l < LANES; l++) x[q].v[i][l] = round ? limb(i) : (1ULL << 51) + (i ? 1ULL << 13 : 1ULL << 16);
        point p = {x[0], x[1], x[2], x[3]}, r;
        cached c = {x[1], x[2], x[3], x[0]};
        affine a = {x[3], x[0], x[1]};
        completed o;
        double_once(&o, &p);
        found += beyond(&o.e) + beyond(&o.f) + beyond(&o.g) + beyond(&o.h);
        complete(&r, &o, 1);
        found += beyond(&r.X) + beyond(&r.Y) + beyond(&r.Z) + beyond(&r.T);
        add_signed(&r, &p, &c, (mask)next(), 1);
        found += beyond(&r.X) + beyond(&r.Y) + beyond(&r.Z) + beyond(&r.T);
        add_affine(&r, &p, &a, (mask)next());
        found += beyond(&r.X) + beyond(&r.Y) + beyond(&r.Z) + beyond(&r.T);
        add(&s, &x[0], &x[1]);
        sub(&d, &x[0], &x[1]);
        found += beyond(&s) + beyond(&d);
        freeze(&s);
        freeze(&d);
    }
    for (size_t count = 0; count <= MOST; count += 13)
        if (tested->multiply(out, uniform, scalars, count, 1, 0) != DONE) return 1;
    tested->combine(out, elements, scalars, MOST);
    printf("limbs beyond their bounds: %lu, operands beyond theirs: %lu\n", found, bounds_broken);
    return found || bounds_broken;
}
#endif

#if defined(__x86_64__) && !defined(FEDQUERY_EMULATED)
#include <math.h>
#include <x86intrin.h>

#define CALLS 60000

static int ascending(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Welch's t between the times of a fixed scalar and of random ones, in random order; the slowest
 * tenth of all calls, which the machine made slow, is left out (Reparaz and others, 2017). */
static double t_of(const uint8_t fixed[32]) {
    static uint64_t ticks[CALLS], sorted[CALLS];
    static uint8_t kind[CALLS];
    double n[2] = {0}, mean[2] = {0}, m2[2] = {0};
    for (int at = 0; at < CALLS; at++) {
        uint8_t scalar[32];
        kind[at] = next() >> 17 & 1;
        fill(integers, 64);
        scalar_reduce(scalar, integers, 1);
        if (kind[at]) memcpy(scalar, fixed, 32);
        unsigned core;
        const uint64_t start = __rdtscp(&core);
        tested->multiply(out, elements, scalar, LANES, 0, 1);
        ticks[at] = __rdtscp(&core) - start;
    }
    memcpy(sorted, ticks, sizeof sorted);
    qsort(sorted, CALLS, sizeof *sorted, ascending);
    for (int at = 0; at < CALLS; at++) {
        const int k = kind[at];
        if (ticks[at] > sorted[CALLS / 10 * 9]) continue;
        const double delta = (double)ticks[at] - mean[k];
        mean[k] += delta / ++n[k];
        m2[k] += delta * ((double)ticks[at] - mean[k]);
    }
    return (mean[0] - mean[1]) / sqrt(m2[0] / n[0] / (n[0] - 1) + m2[1] / n[1] / (n[1] - 1));
}

/* A sparse scalar, one whose digits are all -8, and one of the random ones. */
static int compare_times(void) {
    uint8_t fixed[3][32] = {{2}};
    double worst = 0;
    memset(fixed[1], 0x88, 31);
    memcpy(fixed[2], scalars, 32);
    for (int at = 0; at < 3; at++) {
        const double t = t_of(fixed[at]);
        printf("%.2f ", t);
        if (fabs(t) > worst) worst = fabs(t);
    }
    printf("\n");
    return worst > 4.5;
}
#endif

/* Every size once, in memory of exactly that size, for the sanitizers. */
static int walk_sizes(void) {
    for (size_t count = 0; count <= MOST; count++) {
        uint8_t *in = malloc(32 * count + 1), *by = malloc(32 * count + 1);
        uint8_t *to = malloc(32 * count + 1), *hashes = malloc(64 * count + 1);
        octets *inputs = malloc(sizeof(octets) * (count + 1));
        const uint8_t dst[] = "HashToGroup-harness\x13";
        memcpy(in, elements, 32 * count);
        memcpy(by, scalars, 32 * count);
        for (size_t at = 0; at < count; at++) inputs[at] = (octets){in, 32 * at % 500};
        for (size_t at = 0; at < count; at++)
            if (inputs[at].length > 32 * count) inputs[at].length = 32 * count;
        if (tested->multiply(to, in, by, count, 0, 0) != DONE) return 1;
        if (tested->multiply(to, in, scalars, count, 0, 1) != DONE) return 2;
        if (tested->check(to, count) != DONE) return 3;
        if (tested->sha256(to, (octets){dst, sizeof dst}, inputs, count) != DONE) return 9;
        memcpy(to, in, 32 * count);
        if (tested->add(to, to, in, count) != DONE) return 4;
        if (count && tested->combine(to, in, by, count) != DONE) return 5;
        tested->expand(hashes, inputs, count, (octets){dst, sizeof dst - 1});
        if (tested->from_uniform(to, hashes, count) != DONE) return 6;
        tested->expand_pairs(hashes, (octets){dst, 20}, 0, in, in, count, (octets){dst, 20});
        tested->finalize(hashes, inputs, in, count);
        tested->derive(to, 8, (octets){dst, 4}, by, 16, (octets){dst, 9}, hashes, count);
        scalar_reduce(to, hashes, count);
        free(in), free(by), free(to), free(hashes), free(inputs);
    }
    return 0;
}

int main(int count, char **arguments) {
    (void)walk_sizes, (void)follow_secrets;
    if (count != 2 || !prepare()) return 100;
    if (!strcmp(arguments[1], "secrets")) return follow_secrets();
#ifdef FEDQUERY_COUNT_BOUNDS
    if (!strcmp(arguments[1], "bounds")) return keep_bounds();
#endif
#if defined(__x86_64__) && !defined(FEDQUERY_EMULATED)
    if (!strcmp(arguments[1], "times")) return compare_times();
#endif
    if (!strcmp(arguments[1], "sizes")) return walk_sizes();
    return 101;
}
