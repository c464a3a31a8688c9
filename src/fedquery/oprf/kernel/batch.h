/* Batches of any size: groups of LANES, up to GROUPS of them at a time, tails padded inside.
 *
 * The working memory is one allocation of a fixed size, and wiped before it is freed. */
#include <stdlib.h>

#define CHUNK (GROUPS * LANES)

typedef struct {
    point points[GROUPS];
    point others[GROUPS];
    mask valid[GROUPS];
    encoder encoder;
    ladder ladder;
    int8_t digits[DIGITS * LANES];
    uint8_t in[64 * CHUNK];
    uint8_t out[32 * CHUNK];
    uint8_t scalars[32 * LANES];
} workspace;

static workspace *begin_work(void) {
    void *memory = NULL;
    /* Vectors want their own alignment. */
    if (posix_memalign(&memory, 64, sizeof(workspace))) return NULL;
    memset(memory, 0, sizeof(workspace));
    return memory;
}

static int end_work(workspace *w, int result) {
    explicit_wipe(w, sizeof *w);
    free(w);
    return result;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* Groups of LANES that hold so many elements. */
static int groups_of(size_t count) { return (int)((count + LANES - 1) / LANES); }

/* Whether the octets of each of `count` elements are not all zero: 1 or 0, in constant time. */
static unsigned none_is_identity(const uint8_t *elements, size_t count) {
    uint64_t nonzero = 1;
    for (size_t at = 0; at < count; at++) {
        uint64_t w[4];
        memcpy(w, elements + 32 * at, sizeof w);
        const uint64_t any = w[0] | w[1] | w[2] | w[3];
        nonzero &= (any | (0 - any)) >> 63;
    }
    return (unsigned)nonzero;
}

/* Decode a chunk into points; 1 if all are valid. The pad, 32 zeros, decodes to the identity. */
static unsigned decode_chunk(workspace *w, point *to, const uint8_t *in, size_t count) {
    const int groups = groups_of(count);
    unsigned valid = (1u << LANES) - 1;
    memcpy(w->in, in, 32 * count);
    memset(w->in + 32 * count, 0, 32 * (CHUNK - count));
    for (int at = 0; at < groups; at += PAIR)
        decode(to + at, w->valid + at, w->in + (size_t)at * 32 * LANES);
    for (int at = 0; at < groups; at++) valid &= MASK_BITS(w->valid[at]);
    return valid == (1u << LANES) - 1;
}

static void map_chunk(workspace *w, const uint8_t *in, size_t count) {
    const int groups = groups_of(count);
    memcpy(w->in, in, 64 * count);
    memset(w->in + 64 * count, 0, 64 * (CHUNK - count));
    for (int at = 0; at < groups; at += PAIR)
        map_uniform(w->points + at, w->in + (size_t)at * 64 * LANES);
}

/* The digits of `lanes` scalars; those of a short group's other lanes are zero. */
static void recode_group(workspace *w, const uint8_t *scalars, size_t lanes, int same) {
    memset(w->scalars, 0, sizeof w->scalars);
    for (size_t l = 0; l < (same ? LANES : lanes); l++)
        memcpy(w->scalars + 32 * l, scalars + (same ? 0 : 32 * l), 32);
    for (int l = 0; l < LANES; l++) recode_half(w->digits, l, w->scalars + 32 * l);
}

static int multiply_batch(uint8_t *out, const uint8_t *in, const uint8_t *scalars, size_t count,
                          int uniform, int same) {
    workspace *w = begin_work();
    unsigned valid = 1;
    if (!w) return NO_MEMORY;
    if (same) recode_group(w, scalars, LANES, 1);
    for (size_t done = 0; done < count; done += CHUNK) {
        const size_t here = smaller(count - done, CHUNK);
        const int groups = groups_of(here);
        if (uniform)
            map_chunk(w, in + 64 * done, here);
        else
            valid &= decode_chunk(w, w->points, in + 32 * done, here);
        for (int at = 0; at < groups; at++) {
            const size_t first = done + (size_t)at * LANES;
            if (!same) recode_group(w, scalars + 32 * first, smaller(count - first, LANES), 0);
            multiply_point(&w->points[at], &w->points[at], w->digits, &w->ladder);
            w->valid[at] = MASK_ALL;
        }
        /* Half the scalar was multiplied; the encoding doubles. */
        encode_doubled(w->out, w->points, w->valid, groups, &w->encoder);
        memcpy(out + 32 * done, w->out, 32 * here);
        valid &= none_is_identity(w->out, here);
    }
    return end_work(w, valid ? DONE : MALFORMED);
}

static int from_uniform_batch(uint8_t *out, const uint8_t *in, size_t count) {
    workspace *w = begin_work();
    if (!w) return NO_MEMORY;
    for (size_t done = 0; done < count; done += CHUNK) {
        const size_t here = smaller(count - done, CHUNK);
        map_chunk(w, in + 64 * done, here);
        for (int at = 0; at < groups_of(here); at += PAIR)
            encode(w->out + (size_t)at * 32 * LANES, w->points + at);
        memcpy(out + 32 * done, w->out, 32 * here);
    }
    return end_work(w, DONE);
}

static int check_batch(const uint8_t *in, size_t count) {
    workspace *w = begin_work();
    unsigned valid = none_is_identity(in, count);
    if (!w) return NO_MEMORY;
    for (size_t done = 0; done < count; done += CHUNK)
        valid &= decode_chunk(w, w->points, in + 32 * done, smaller(count - done, CHUNK));
    return end_work(w, valid ? DONE : MALFORMED);
}

static int add_batch(uint8_t *out, const uint8_t *left, const uint8_t *right, size_t count) {
    workspace *w = begin_work();
    unsigned valid = 1;
    if (!w) return NO_MEMORY;
    for (size_t done = 0; done < count; done += CHUNK) {
        const size_t here = smaller(count - done, CHUNK);
        valid &= decode_chunk(w, w->points, left + 32 * done, here);
        valid &= decode_chunk(w, w->others, right + 32 * done, here);
        for (int at = 0; at < groups_of(here); at++)
            add_points(&w->points[at], &w->points[at], &w->others[at]);
        for (int at = 0; at < groups_of(here); at += PAIR)
            encode(w->out + (size_t)at * 32 * LANES, w->points + at);
        memcpy(out + 32 * done, w->out, 32 * here);
    }
    return end_work(w, valid ? DONE : MALFORMED);
}
