/* The hashing of RFC 9497 and of fedquery's tags, LANES messages at once.
 *
 * Lengths are not secret: they show in the time. A message that is longer than MESSAGE_CAP is not
 * for this code; the caller hashes it elsewhere. */

#define MESSAGE_BLOCKS 6
#define MESSAGE_CAP 512 /* of the caller's part; its framing and the padding fit beside it */

/* One message for each lane, padded in place. */
typedef struct {
    uint8_t octets[LANES][MESSAGE_BLOCKS * SHA512_BLOCK];
    size_t length[LANES];
} messages;

INLINE void append(messages *m, int lane, const void *octets, size_t length) {
    memcpy(m->octets[lane] + m->length[lane], octets, length);
    m->length[lane] += length;
}

/* Hash each lane's message after `before` octets that the state has taken already. */
static void hash_messages(uint8_t out[LANES][64], const digest *state, size_t before, messages *m) {
    digest d = *state;
    size_t blocks[LANES], most = 0;
    for (int l = 0; l < LANES; l++) {
        const size_t length = m->length[l];
        const uint64_t bits = __builtin_bswap64((uint64_t)(before + length) * 8);
        /* FIPS 180-4, 5.1.2: a one bit, zeros, and the length in 128 bits. */
        blocks[l] = (length + 17 + SHA512_BLOCK - 1) / SHA512_BLOCK;
        if (blocks[l] > most) most = blocks[l];
        memset(m->octets[l] + length, 0, blocks[l] * SHA512_BLOCK - length);
        m->octets[l][length] = 0x80;
        memcpy(m->octets[l] + blocks[l] * SHA512_BLOCK - 8, &bits, 8);
    }
    for (size_t at = 0; at < most; at++) {
        sha512_block(&d, m->octets[0] + at * SHA512_BLOCK, sizeof m->octets[0]);
        for (int l = 0; l < LANES; l++) {
            if (blocks[l] != at + 1) continue;
            for (int i = 0; i < 8; i++) {
                const uint64_t word = __builtin_bswap64(d.h[i][l]);
                memcpy(out[l] + 8 * i, &word, 8);
            }
        }
    }
    explicit_wipe(&d, sizeof d);
}

/* RFC 9380, 5.3.1, expand_message_xmd to 64 octets (ell = 1) of what the lanes of `m` hold.
 * `after_z_pad` has taken the 128 zero octets; dst_prime ends with its length. */
static void expand_message_xmd(uint8_t out[LANES][64], const digest *after_z_pad, messages *m,
                               const uint8_t *dst_prime, size_t dst_length) {
    static const uint8_t LENGTH_AND_ZERO[3] = {0, 64, 0}, ONE = 1;
    uint8_t b0[LANES][64];
    digest initial;
    for (int l = 0; l < LANES; l++) {
        append(m, l, LENGTH_AND_ZERO, sizeof LENGTH_AND_ZERO);
        append(m, l, dst_prime, dst_length);
    }
    hash_messages(b0, after_z_pad, SHA512_BLOCK, m);
    for (int l = 0; l < LANES; l++) {
        m->length[l] = 0;
        append(m, l, b0[l], 64);
        append(m, l, &ONE, 1);
        append(m, l, dst_prime, dst_length);
    }
    sha512_begin(&initial);
    hash_messages(out, &initial, 0, m);
    explicit_wipe(b0, sizeof b0);
}

static void absorb_z_pad(digest *d) {
    static const uint8_t Z_PAD[SHA512_BLOCK];
    sha512_begin(d);
    sha512_block(d, Z_PAD, 0);
}

/* The state after a block of the key of each lane, 64 octets, xored with one octet (RFC 2104). */
static void absorb_key(digest *d, uint8_t key[LANES][64], uint8_t pad, messages *m) {
    for (int l = 0; l < LANES; l++) {
        memset(m->octets[l], pad, SHA512_BLOCK);
        for (int i = 0; i < 64; i++) m->octets[l][i] ^= key[l][i];
    }
    sha512_begin(d);
    sha512_block(d, m->octets[0], sizeof m->octets[0]);
}

/* HMAC-SHA512 of one text under the key of each lane whose two states these are. */
static void hmac_sha512(uint8_t out[LANES][64], const digest *inner, const digest *outer,
                        const uint8_t *text, size_t length, messages *m) {
    for (int l = 0; l < LANES; l++) {
        m->length[l] = 0;
        append(m, l, text, length);
    }
    hash_messages(out, inner, SHA512_BLOCK, m);
    for (int l = 0; l < LANES; l++) {
        m->length[l] = 0;
        append(m, l, out[l], 64);
    }
    hash_messages(out, outer, SHA512_BLOCK, m);
}
