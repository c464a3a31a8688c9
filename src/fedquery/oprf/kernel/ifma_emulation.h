/* The intrinsics that field_ifma.h uses, in plain C.
 *
 * With them the very source of the IFMA back end runs on any processor, under valgrind (which knows
 * no AVX-512) and under sanitizers; and it counts each operand that breaks the bounds on which the
 * arithmetic rests: 52 bits for a multiply-add, no wrap in a sum, none below zero. */
#ifndef FEDQUERY_IFMA_EMULATION_H
#define FEDQUERY_IFMA_EMULATION_H
#include <stdint.h>
#include <string.h>

typedef uint64_t __m512i __attribute__((vector_size(64)));
typedef struct {
    int8_t octets[16];
} __m128i;
typedef uint8_t __mmask8;

#define EMULATED static inline __attribute__((always_inline))
#define LANE for (int i = 0; i < 8; i++)
#define LOW_52 0xfffffffffffffULL

/* Not read where secrets are followed: a branch on the count would be one on a secret. */
static unsigned long bounds_broken;
#ifdef FEDQUERY_COUNT_BOUNDS
#define EXPECT(condition) (bounds_broken += !(condition))
#else
#define EXPECT(condition) ((void)0)
#endif

EMULATED __m512i _mm512_set1_epi64(long long x) {
    __m512i r;
    LANE r[i] = (uint64_t)x;
    return r;
}
EMULATED __m512i _mm512_setzero_si512(void) { return _mm512_set1_epi64(0); }
EMULATED __m512i _mm512_set_epi64(long long h, long long g, long long f, long long e, long long d,
                                  long long c, long long b, long long a) {
    return (__m512i){(uint64_t)a, (uint64_t)b, (uint64_t)c, (uint64_t)d,
                     (uint64_t)e, (uint64_t)f, (uint64_t)g, (uint64_t)h};
}
EMULATED __m512i _mm512_add_epi64(__m512i a, __m512i b) {
    LANE EXPECT(a[i] + b[i] >= a[i]);
    return a + b;
}
EMULATED __m512i _mm512_sub_epi64(__m512i a, __m512i b) {
    LANE EXPECT(b[i] <= a[i]);
    return a - b;
}
EMULATED __m512i _mm512_unpacklo_epi64(__m512i a, __m512i b) {
    return (__m512i){a[0], b[0], a[2], b[2], a[4], b[4], a[6], b[6]};
}
EMULATED __m512i _mm512_unpackhi_epi64(__m512i a, __m512i b) {
    return (__m512i){a[1], b[1], a[3], b[3], a[5], b[5], a[7], b[7]};
}
EMULATED __m512i _mm512_shuffle_i64x2(__m512i a, __m512i b, int pairs) {
    const int p = 2 * (pairs & 3), q = 2 * (pairs >> 2 & 3);
    const int s = 2 * (pairs >> 4 & 3), t = 2 * (pairs >> 6 & 3);
    return (__m512i){a[p], a[p + 1], a[q], a[q + 1], b[s], b[s + 1], b[t], b[t + 1]};
}
EMULATED __m512i _mm512_loadu_si512(const void *from) {
    __m512i r;
    memcpy(&r, from, sizeof r);
    return r;
}
EMULATED void _mm512_storeu_si512(void *to, __m512i a) { memcpy(to, &a, sizeof a); }
EMULATED __m512i _mm512_srli_epi64(__m512i a, int n) { return a >> n; }
EMULATED __m512i _mm512_slli_epi64(__m512i a, int n) { return a << n; }
EMULATED __m512i _mm512_and_si512(__m512i a, __m512i b) { return a & b; }
EMULATED __m512i _mm512_or_si512(__m512i a, __m512i b) { return a | b; }
EMULATED __m512i _mm512_mullo_epi64(__m512i a, __m512i b) {
    LANE EXPECT((unsigned __int128)a[i] * b[i] >> 64 == 0);
    return a * b;
}
EMULATED __m512i _mm512_madd52lo_epu64(__m512i sum, __m512i a, __m512i b) {
    LANE {
        EXPECT(a[i] >> 52 == 0 && b[i] >> 52 == 0);
        const unsigned __int128 p = (unsigned __int128)(a[i] & LOW_52) * (b[i] & LOW_52);
        sum[i] += (uint64_t)p & LOW_52;
    }
    return sum;
}
EMULATED __m512i _mm512_madd52hi_epu64(__m512i sum, __m512i a, __m512i b) {
    LANE {
        EXPECT(a[i] >> 52 == 0 && b[i] >> 52 == 0);
        const unsigned __int128 p = (unsigned __int128)(a[i] & LOW_52) * (b[i] & LOW_52);
        sum[i] += (uint64_t)(p >> 52);
    }
    return sum;
}
EMULATED uint64_t all_ones_if(__mmask8 m, int lane) { return 0 - (uint64_t)(m >> lane & 1); }
EMULATED __m512i _mm512_mask_blend_epi64(__mmask8 m, __m512i a, __m512i b) {
    LANE a[i] ^= (a[i] ^ b[i]) & all_ones_if(m, i);
    return a;
}
EMULATED __m512i _mm512_mask_mov_epi64(__m512i a, __mmask8 m, __m512i b) {
    return _mm512_mask_blend_epi64(m, a, b);
}
EMULATED unsigned nonzero(uint64_t x) { return (unsigned)((x | (0 - x)) >> 63); }
EMULATED __mmask8 _mm512_test_epi64_mask(__m512i a, __m512i b) {
    __mmask8 r = 0;
    LANE r |= (__mmask8)(nonzero(a[i] & b[i]) << i);
    return r;
}
EMULATED __mmask8 _mm512_testn_epi64_mask(__m512i a, __m512i b) {
    return (__mmask8)~_mm512_test_epi64_mask(a, b);
}
EMULATED __mmask8 _mm512_cmpeq_epi64_mask(__m512i a, __m512i b) {
    __mmask8 r = 0;
    LANE r |= (__mmask8)((1 ^ nonzero(a[i] ^ b[i])) << i);
    return r;
}
EMULATED __mmask8 _mm512_movepi64_mask(__m512i a) {
    __mmask8 r = 0;
    LANE r |= (__mmask8)((unsigned)(a[i] >> 63) << i);
    return r;
}
EMULATED __m512i _mm512_abs_epi64(__m512i a) {
    LANE {
        const uint64_t sign = 0 - (a[i] >> 63);
        a[i] = (a[i] ^ sign) - sign;
    }
    return a;
}
EMULATED __m512i _mm512_i64gather_epi64(__m512i at, const void *from, int scale) {
    __m512i r;
    (void)scale;
    LANE {
        uint64_t word;
        memcpy(&word, (const char *)from + at[i], 8);
        r[i] = word;
    }
    return r;
}
EMULATED void _mm512_i64scatter_epi64(void *to, __m512i at, __m512i value, int scale) {
    (void)scale;
    LANE {
        const uint64_t word = value[i];
        memcpy((char *)to + at[i], &word, 8);
    }
}
EMULATED __m128i _mm_loadl_epi64(const __m128i *from) {
    __m128i r = {{0}};
    memcpy(&r, from, 8);
    return r;
}
EMULATED __m512i _mm512_cvtepi8_epi64(__m128i a) {
    __m512i r;
    LANE r[i] = (uint64_t)(int64_t)a.octets[i];
    return r;
}
#endif
