/* SHA-256 (FIPS 180-4) of LANES messages at once, as sha512.h does it. */

typedef uint32_t halves __attribute__((vector_size(4 * LANES)));

static const uint32_t SHA256_K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static const uint32_t SHA256_INITIAL[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                           0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

#define SHA256_BLOCK 64
#define ROTATE32(x, n) ((x) >> (n) | (x) << (32 - (n)))

/* FIPS 180-4, 6.2.2: one block of each lane; blocks of lanes lie `stride` octets apart. */
NOINLINE void sha256_block(halves h[8], const uint8_t *block, size_t stride) {
    halves w[16], s[8];
    for (int i = 0; i < 16; i++) {
        for (int l = 0; l < LANES; l++) {
            uint32_t word;
            memcpy(&word, block + (size_t)l * stride + 4 * i, 4);
            w[i][l] = __builtin_bswap32(word);
        }
    }
    for (int i = 0; i < 8; i++) s[i] = h[i];
    for (int round = 0; round < 64; round += 16) {
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            if (round) {
                const halves x = w[(i + 1) & 15], y = w[(i + 14) & 15];
                w[i] += (ROTATE32(x, 7) ^ ROTATE32(x, 18) ^ x >> 3) + w[(i + 9) & 15] +
                        (ROTATE32(y, 17) ^ ROTATE32(y, 19) ^ y >> 10);
            }
            const halves a = s[(0 - i) & 7], b = s[(1 - i) & 7], c = s[(2 - i) & 7];
            const halves e = s[(4 - i) & 7], f = s[(5 - i) & 7], g = s[(6 - i) & 7];
            const halves t1 = s[(7 - i) & 7] + (ROTATE32(e, 6) ^ ROTATE32(e, 11) ^ ROTATE32(e, 25)) +
                              (g ^ (e & (f ^ g))) + SHA256_K[round + i] + w[i];
            const halves t2 = (ROTATE32(a, 2) ^ ROTATE32(a, 13) ^ ROTATE32(a, 22)) +
                              ((a & b) | (c & (a | b)));
            s[(3 - i) & 7] += t1;
            s[(7 - i) & 7] = t1 + t2;
        }
    }
    for (int i = 0; i < 8; i++) h[i] += s[i];
    explicit_wipe(w, sizeof w);
}

/* Hash the prefix and each input, `count` of them, to 32 octets each. */
static int sha256_batch(uint8_t *out, octets prefix, const octets *inputs, size_t count) {
    messages m;
    halves h[8];
    for (size_t done = 0; done < count; done += LANES) {
        const size_t lanes = smaller(count - done, LANES);
        size_t blocks[LANES], most = 0;
        memset(m.length, 0, sizeof m.length);
        for (size_t l = 0; l < LANES; l++) {
            append(&m, (int)l, prefix.at, prefix.length);
            if (l < lanes) append(&m, (int)l, inputs[done + l].at, inputs[done + l].length);
            const size_t length = m.length[l];
            const uint64_t bits = __builtin_bswap64((uint64_t)length * 8);
            /* FIPS 180-4, 5.1.1: a one bit, zeros, and the length in 64 bits. */
            blocks[l] = (length + 9 + SHA256_BLOCK - 1) / SHA256_BLOCK;
            if (blocks[l] > most) most = blocks[l];
            memset(m.octets[l] + length, 0, blocks[l] * SHA256_BLOCK - length);
            m.octets[l][length] = 0x80;
            memcpy(m.octets[l] + blocks[l] * SHA256_BLOCK - 8, &bits, 8);
        }
        for (int i = 0; i < 8; i++)
            for (int l = 0; l < LANES; l++) h[i][l] = SHA256_INITIAL[i];
        for (size_t at = 0; at < most; at++) {
            sha256_block(h, m.octets[0] + at * SHA256_BLOCK, sizeof m.octets[0]);
            for (size_t l = 0; l < lanes; l++) {
                if (blocks[l] != at + 1) continue;
                for (int i = 0; i < 8; i++) {
                    const uint32_t word = __builtin_bswap32(h[i][l]);
                    memcpy(out + 32 * (done + l) + 4 * i, &word, 4);
                }
            }
        }
    }
    explicit_wipe(&m, sizeof m);
    explicit_wipe(h, sizeof h);
    return DONE;
}
