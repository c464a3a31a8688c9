/* What each back end offers: batches of any size from 0 on, in contiguous octets. */
#ifndef FEDQUERY_BACKEND_H
#define FEDQUERY_BACKEND_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *at;
    size_t length;
} octets;

/* What a batch came to. Which element is to blame is not said. */
enum { MALFORMED = 0, DONE = 1, NO_MEMORY = -1 };

typedef struct {
    const char *name;

    /* Multiply elements (32 octets each; 64 uniform ones where `uniform`) by scalars below L: by one
     * for all where `same`, else each by its own. MALFORMED if an element does not decode, or a
     * product is the identity. Constant time but for that word. */
    int (*multiply)(uint8_t *out, const uint8_t *in, const uint8_t *scalars, size_t count,
                    int uniform, int same);

    /* Map 64 uniform octets to an element each. Constant time. */
    int (*from_uniform)(uint8_t *out, const uint8_t *in, size_t count);

    /* MALFORMED if an element does not decode, or is the identity. */
    int (*check)(const uint8_t *in, size_t count);

    /* Add pairwise; the identity is lawful. MALFORMED if an element does not decode. */
    int (*add)(uint8_t *out, const uint8_t *left, const uint8_t *right, size_t count);

    /* Sum the products of elements and scalars, for PUBLIC values only: its time depends on them.
     * MALFORMED if an element does not decode or is the identity, or a scalar is zero. */
    int (*combine)(uint8_t *out, const uint8_t *elements, const uint8_t *scalars, size_t count);

    /* expand_message_xmd (RFC 9380, 5.3.1) to 64 octets of messages of at most `longest` octets. */
    int (*expand)(uint8_t *out, const octets *in, size_t count, octets dst_prime);

    /* Expand the transcript of each pair of a proof (RFC 9497, 2.2.1): prefix, index, both. */
    int (*expand_pairs)(uint8_t *out, octets prefix, size_t first, const uint8_t *left,
                        const uint8_t *right, size_t count, octets dst_prime);

    /* Hash inputs with their elements to outputs of 64 octets (RFC 9497, 3.3.1, Finalize). */
    int (*finalize)(uint8_t *out, const octets *inputs, const uint8_t *elements, size_t count);

    /* HKDF-Expand-SHA512 of outputs with two labels, to `first_length` and `second_length`. */
    int (*derive)(uint8_t *first, size_t first_length, octets first_label, uint8_t *second,
                  size_t second_length, octets second_label, const uint8_t *outputs, size_t count);

    /* SHA-256 of a prefix of at most 128 octets and each input, 32 octets each. */
    int (*sha256)(uint8_t *out, octets prefix, const octets *inputs, size_t count);

    /* Overwrite what the call before left on this thread's stack and in vector registers. */
    void (*wipe_traces)(void);

    size_t longest; /* octets that a message or an input may have */
} backend;

extern const backend backend_portable;
#if defined(__x86_64__)
extern const backend backend_avx2;
extern const backend backend_ifma;
#endif
#endif
