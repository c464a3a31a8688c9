/* Runs one back end for test_kernel.py (`secrets`, `bounds`, `limbs`, `traces`, `sizes`) and
 * timing.py (`times`).
 *
 * BACKEND_SOURCE names the back end's file; with FEDQUERY_EMULATED it is the IFMA source in plain C.
 */
#include <stdlib.h>
static void watched_free(void *memory);
#define free watched_free
#include BACKEND_SOURCE
#undef free

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
    result = scalar_is_canonical(scalars, COUNT);
    PUBLIC(&result, sizeof result);
    if (result != 1) return 9;
    result = scalar_invert(out, more, COUNT);
    PUBLIC(&result, sizeof result);
    return result == 1 ? 0 : 7;
}

static size_t left_behind;
static int watching;

/* Counts what the working memory still holds when it is given back. Only where it is the one thing
 * that is: sums of public values give back smaller pieces. */
static void watched_free(void *memory) {
    const uint8_t *octet = memory;
    for (size_t at = 0; watching && memory && at < sizeof(workspace); at++)
        left_behind += octet[at] != 0;
    free(memory);
}

/* What a carry may leave in a limb. */
static uint64_t most_of(int at) {
    if (LIMBS == 10) return at & 1 ? (1ULL << 25) + (1ULL << 16) : (1ULL << 26) + (1ULL << 7);
    return (1ULL << 51) + (at ? 1ULL << 13 : 1ULL << 16);
}

/* A limb at its edges and between. */
static uint64_t limb(int at) {
    const uint64_t most = most_of(at);
    switch (next() & 3) {
        case 0: return most;
        case 1: return 0;
        case 2: return most - (next() & 3);
        default: return next() % most;
    }
}

static unsigned long beyond(const fe *a) {
    uint64_t limbs[LIMBS][LANES];
    unsigned long found = 0;
    memcpy(limbs, a, sizeof limbs);
    for (int i = 0; i < LIMBS; i++)
        for (int l = 0; l < LANES; l++) found += limbs[i][l] > most_of(i);
    return found;
}

/* Write the values of one lane, as the back end freezes and stores them. */
static unsigned long show(const fe *const values, int count, int lane) {
    unsigned long found = 0;
    uint8_t octets_of[32 * LANES];
    for (int at = 0; at < count; at++) {
        store(octets_of, &values[at], MASK_ALL);
        for (int i = 31; i >= 0; i--) printf("%02x", octets_of[32 * lane + i]);
        printf(" ");
        found += beyond(&values[at]);
    }
    return found;
}

/* Write four elements, and what is computed of them, for Python to compute it again. */
static int write_limbs(void) {
    unsigned long found = 0;
    for (int round = 0; round < 800; round++) {
        const int lane = round % LANES;
        fe x[4], r[4];
        for (int q = 0; q < 4; q++) {
            uint64_t limbs[LIMBS][LANES];
            for (int i = 0; i < LIMBS; i++)
                for (int l = 0; l < LANES; l++) limbs[i][l] = round ? limb(i) : most_of(i);
            memcpy(&x[q], limbs, sizeof limbs);
            for (int i = 0; i < LIMBS; i++) printf("%llx ", (unsigned long long)limbs[i][lane]);
        }
        const point p = {x[0], x[1], x[2], x[3]};
        const cached c = {x[1], x[2], x[3], x[0]};
        const affine a = {x[3], x[0], x[1]};
        point sum;
        completed o;
        mul(&r[0], &x[0], &x[1]);
        sq(&r[1], &x[0]);
        add(&r[2], &x[0], &x[1]);
        sub(&r[3], &x[0], &x[1]);
        found += show(r, 4, lane);
        double_once(&o, &p);
        complete(&sum, &o, 1);
        found += show(&sum.X, 4, lane);
        add_signed(&sum, &p, &c, round & 1 ? MASK_ALL : MASK_NONE, 1);
        found += show(&sum.X, 4, lane);
        add_affine(&sum, &p, &a, round & 1 ? MASK_ALL : MASK_NONE);
        found += show(&sum.X, 4, lane);
        printf("\n");
    }
    return found ? 1 : 0;
}

#ifdef FEDQUERY_COUNT_BOUNDS
/* From limbs at their bounds no operation leaves them, and none overflows on the way. */
static int keep_bounds(void) {
    unsigned long found = 0;
    for (int round = 0; round < 4000; round++) {
        fe x[4], s, d;
        for (int q = 0; q < 4; q++)
            for (int i = 0; i < LIMBS; i++)
                for (int l = 0; l < LANES; l++) x[q].v[i][l] = round ? limb(i) : most_of(i);
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

#define PAINT 0xa5
#define PAINTED (2 * TRACES_DEPTH)
/* The frames that call and are called here lie so far up. */
#define OWN_FRAMES 512

NOINLINE void paint(void) {
    uint8_t below[PAINTED];
    memset(below, PAINT, sizeof below);
    __asm__ volatile("" : : "r"(below) : "memory");
}

/* Octets of the stack that are neither as painted nor overwritten with zeros. Some return addresses
 * of what painted and overwrote it are no secret. */
NOINLINE size_t traces(void) {
    uint8_t below[PAINTED];
    size_t found = 0;
    __asm__ volatile("" : : "r"(below) : "memory");
    for (size_t at = 0; at < PAINTED - OWN_FRAMES; at++)
        found += below[at] != PAINT && below[at] != 0;
    return found > 4 * sizeof(void *) ? found : 0;
}

#if defined(__x86_64__) && !defined(FEDQUERY_EMULATED)
#if LANES == 8
#define MOVE(n) "vmovdqu64 %%zmm" #n ", 64*" #n "(%0)\n\t"
#elif LANES == 4
#define MOVE(n) "vmovdqu %%ymm" #n ", 64*" #n "(%0)\n\t"
#else
#define MOVE(n) "movdqu %%xmm" #n ", 64*" #n "(%0)\n\t"
#endif
/* Octets of the vector registers that are not zero. No call keeps anything in them for its caller. */
NOINLINE size_t registers(void) {
    static uint8_t held[64 * 32];
    size_t found = 0;
    __asm__ volatile(MOVE(0) MOVE(1) MOVE(2) MOVE(3) MOVE(4) MOVE(5) MOVE(6) MOVE(7) MOVE(8) MOVE(9)
                         MOVE(10) MOVE(11) MOVE(12) MOVE(13) MOVE(14) MOVE(15)
                     :
                     : "r"(held)
                     : "memory");
#if LANES == 8
    __asm__ volatile(MOVE(16) MOVE(17) MOVE(18) MOVE(19) MOVE(20) MOVE(21) MOVE(22) MOVE(23)
                         MOVE(24) MOVE(25) MOVE(26) MOVE(27) MOVE(28) MOVE(29) MOVE(30) MOVE(31)
                     :
                     : "r"(held)
                     : "memory");
#endif
    for (size_t at = 0; at < sizeof held; at++) found += held[at] != 0;
    return found;
}
#else
INLINE size_t registers(void) { return 0; }
#endif

#define TRACE(call)              \
    do {                         \
        paint();                 \
        call;                    \
        tested->wipe_traces();   \
        found[1] += registers(); \
        found[0] += traces();    \
    } while (0)

/* What is left of secrets: on the stack, in vector registers, in memory that was given back. */
static int look_for_traces(void) {
    enum { COUNT = 21 };
    const uint8_t dst[] = "HashToGroup-harness\x13";
    const octets label = {dst, sizeof dst - 1};
    octets inputs[COUNT];
    size_t found[2] = {0};
    for (int at = 0; at < COUNT; at++) inputs[at] = (octets){uniform + 64 * at, 60};
    left_behind = 0;
    watching = 1;
    TRACE(tested->multiply(out, elements, scalars, COUNT, 0, 0));
    TRACE(tested->multiply(out, uniform, scalars, COUNT, 1, 1));
    TRACE(tested->from_uniform(out, uniform, COUNT));
    TRACE(tested->add(out, elements, elements, COUNT));
    TRACE(tested->expand(out, inputs, COUNT, label));
    TRACE(tested->finalize(out, inputs, elements, COUNT));
    TRACE(tested->derive(out, 8, label, more, 16, label, uniform, COUNT));
    TRACE(tested->sha256(out, label, inputs, COUNT));
    TRACE(scalar_reduce(out, integers, COUNT));
    TRACE(scalar_multiply(out, scalars, scalars, COUNT));
    TRACE(scalar_invert(out, scalars, COUNT));
    printf("octets on the stack: %zu, in registers: %zu, in memory: %zu\n", found[0], found[1],
           left_behind);
    return found[0] || found[1] || left_behind;
}

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
    if (count != 2 || !prepare()) return 100;
    if (!strcmp(arguments[1], "secrets")) return follow_secrets();
    if (!strcmp(arguments[1], "limbs")) return write_limbs();
    if (!strcmp(arguments[1], "traces")) return look_for_traces();
#ifdef FEDQUERY_COUNT_BOUNDS
    if (!strcmp(arguments[1], "bounds")) return keep_bounds();
#endif
#if defined(__x86_64__) && !defined(FEDQUERY_EMULATED)
    if (!strcmp(arguments[1], "times")) return compare_times();
#endif
    if (!strcmp(arguments[1], "sizes")) return walk_sizes();
    return 101;
}
