/* Scalars modulo L by Montgomery multiplication with R = 2^256, four words of 64 bits. */
#include "scalar.h"

#include <string.h>

#include "constants.h"
#include "wipe.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "octets are read as little-endian words: use libsodium on this machine"
#endif

typedef unsigned __int128 u128;
typedef struct {
    uint64_t w[4];
} scalar;

static scalar load_scalar(const uint8_t *in) {
    scalar r;
    memcpy(r.w, in, sizeof r.w);
    return r;
}

static void store_scalar(uint8_t *out, const scalar *a) { memcpy(out, a->w, sizeof a->w); }

/* Hide where a mask comes from, so that no compiler makes a branch of it. */
static uint64_t all_ones_if(uint64_t bit) {
    uint64_t m = 0 - bit;
    __asm__("" : "+r"(m));
    return m;
}

/* a - L with its borrow, in r. */
static uint64_t minus_order(scalar *r, const scalar *a) {
    u128 borrow = 0;
    for (int i = 0; i < 4; i++) {
        const u128 d = (u128)a->w[i] - ORDER[i] - borrow;
        r->w[i] = (uint64_t)d;
        borrow = d >> 127;
    }
    return (uint64_t)borrow;
}

/* Bring a + 2^256 * top, which is below 2 L, below L. */
static scalar below_order(const scalar *a, uint64_t top) {
    scalar less, r;
    const uint64_t keep = all_ones_if(minus_order(&less, a) & (top ^ 1));
    for (int i = 0; i < 4; i++) r.w[i] = (a->w[i] & keep) | (less.w[i] & ~keep);
    return r;
}

/* a * b / R mod L, for a below R and b below L: then it is below 2 L before the last step. */
static scalar montgomery(const scalar *a, const scalar *b) {
    uint64_t t[6] = {0};
    for (int i = 0; i < 4; i++) {
        u128 c = 0;
        for (int j = 0; j < 4; j++) {
            c += (u128)a->w[i] * b->w[j] + t[j];
            t[j] = (uint64_t)c;
            c >>= 64;
        }
        c += t[4];
        t[4] = (uint64_t)c;
        t[5] = (uint64_t)(c >> 64);
        const uint64_t m = t[0] * ORDER_NEGATIVE_INVERSE;
        c = ((u128)m * ORDER[0] + t[0]) >> 64;
        for (int j = 1; j < 4; j++) {
            c += (u128)m * ORDER[j] + t[j];
            t[j - 1] = (uint64_t)c;
            c >>= 64;
        }
        c += t[4];
        t[3] = (uint64_t)c;
        t[4] = t[5] + (uint64_t)(c >> 64);
    }
    const scalar r = {{t[0], t[1], t[2], t[3]}};
    return below_order(&r, t[4]);
}

static scalar sum(const scalar *a, const scalar *b) {
    scalar r;
    u128 c = 0;
    for (int i = 0; i < 4; i++) {
        c += (u128)a->w[i] + b->w[i];
        r.w[i] = (uint64_t)c;
        c >>= 64;
    }
    return below_order(&r, (uint64_t)c);
}

static scalar r1(void) {
    scalar r;
    memcpy(r.w, R_MOD_ORDER, sizeof r.w);
    return r;
}

static scalar r2(void) {
    scalar r;
    memcpy(r.w, R2_MOD_ORDER, sizeof r.w);
    return r;
}

void scalar_reduce(uint8_t *out, const uint8_t *wide, size_t count) {
    const scalar one = r1(), square = r2();
    for (size_t at = 0; at < count; at++) {
        /* low + 2^256 * high = low * R / R + high * R^2 / R. */
        scalar low = load_scalar(wide + 64 * at), high = load_scalar(wide + 64 * at + 32);
        low = montgomery(&low, &one);
        high = montgomery(&high, &square);
        low = sum(&low, &high);
        store_scalar(out + 32 * at, &low);
        explicit_wipe(&low, sizeof low);
        explicit_wipe(&high, sizeof high);
    }
}

void scalar_add(uint8_t *out, const uint8_t *left, const uint8_t *right, size_t count) {
    for (size_t at = 0; at < 32 * count; at += 32) {
        scalar a = load_scalar(left + at), b = load_scalar(right + at);
        a = sum(&a, &b);
        store_scalar(out + at, &a);
        explicit_wipe(&a, sizeof a);
        explicit_wipe(&b, sizeof b);
    }
}

void scalar_subtract(uint8_t *out, const uint8_t *left, const uint8_t *right, size_t count) {
    for (size_t at = 0; at < 32 * count; at += 32) {
        scalar a = load_scalar(left + at), b = load_scalar(right + at), less;
        u128 borrow = 0;
        /* L - b lies in 1 to L, so the sum is below 2 L. */
        for (int i = 0; i < 4; i++) {
            const u128 d = (u128)ORDER[i] - b.w[i] - borrow;
            less.w[i] = (uint64_t)d;
            borrow = d >> 127;
        }
        a = sum(&a, &less);
        store_scalar(out + at, &a);
        explicit_wipe(&a, sizeof a);
        explicit_wipe(&b, sizeof b);
        explicit_wipe(&less, sizeof less);
    }
}

void scalar_multiply(uint8_t *out, const uint8_t *left, const uint8_t *right, size_t count) {
    const scalar square = r2();
    for (size_t at = 0; at < 32 * count; at += 32) {
        scalar a = load_scalar(left + at), b = load_scalar(right + at);
        a = montgomery(&a, &b);
        a = montgomery(&a, &square);
        store_scalar(out + at, &a);
        explicit_wipe(&a, sizeof a);
        explicit_wipe(&b, sizeof b);
    }
}

/* a^(L - 2) in Montgomery form; the exponent is public, its bits are read from the top. */
static scalar inverse(const scalar *a) {
    scalar exponent, r = r1();
    memcpy(exponent.w, ORDER, sizeof exponent.w);
    exponent.w[0] -= 2;
    for (int bit = 252; bit >= 0; bit--) {
        r = montgomery(&r, &r);
        if (exponent.w[bit >> 6] >> (bit & 63) & 1) r = montgomery(&r, a);
    }
    return r;
}

int scalar_invert(uint8_t *out, const uint8_t *in, size_t count) {
    const scalar square = r2(), one = {{1, 0, 0, 0}};
    scalar running = r1(), own, before;
    /* First the running products, in Montgomery form: out_i = x_0 * ... * x_(i-1). */
    for (size_t at = 0; at < 32 * count; at += 32) {
        store_scalar(out + at, &running);
        own = load_scalar(in + at);
        own = montgomery(&own, &square);
        running = montgomery(&running, &own);
    }
    running = inverse(&running);
    /* With u = 1 / (x_0 * ... * x_i): 1 / x_i = u * out_i, and u * x_i is the next u. */
    for (size_t at = 32 * count; at; at -= 32) {
        before = load_scalar(out + at - 32);
        before = montgomery(&before, &running);
        before = montgomery(&before, &one);
        store_scalar(out + at - 32, &before);
        own = load_scalar(in + at - 32);
        own = montgomery(&own, &square);
        running = montgomery(&running, &own);
    }
    explicit_wipe(&running, sizeof running);
    explicit_wipe(&own, sizeof own);
    explicit_wipe(&before, sizeof before);
    /* With a zero among them all of `out` is zero, and of no use. */
    return scalar_is_nonzero(in, count);
}

int scalar_is_canonical(const uint8_t *in, size_t count) {
    uint64_t canonical = 1;
    for (size_t at = 0; at < count; at++) {
        scalar less;
        const scalar a = load_scalar(in + 32 * at);
        canonical &= minus_order(&less, &a);
    }
    return (int)canonical;
}

int scalar_is_nonzero(const uint8_t *in, size_t count) {
    uint64_t nonzero = 1;
    for (size_t at = 0; at < count; at++) {
        const scalar a = load_scalar(in + 32 * at);
        const uint64_t any = a.w[0] | a.w[1] | a.w[2] | a.w[3];
        nonzero &= (any | (0 - any)) >> 63;
    }
    return (int)nonzero;
}
