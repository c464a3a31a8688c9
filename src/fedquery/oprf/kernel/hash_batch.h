/* Batches of messages: LANES at a time, a short last group filled with empty messages. */

/* Write the results of a group: `length` octets of each lane that stands for a message. */
static void take_lanes(uint8_t *out, uint8_t from[LANES][64], size_t length, size_t lanes) {
    for (size_t l = 0; l < lanes; l++) memcpy(out + length * l, from[l], length);
}

static int expand_batch(uint8_t *out, const octets *in, size_t count, octets dst_prime) {
    digest after_z_pad;
    messages m;
    uint8_t expanded[LANES][64];
    absorb_z_pad(&after_z_pad);
    for (size_t done = 0; done < count; done += LANES) {
        const size_t lanes = smaller(count - done, LANES);
        memset(m.length, 0, sizeof m.length);
        for (size_t l = 0; l < lanes; l++) append(&m, (int)l, in[done + l].at, in[done + l].length);
        expand_message_xmd(expanded, &after_z_pad, &m, dst_prime.at, dst_prime.length);
        take_lanes(out + 64 * done, expanded, 64, lanes);
    }
    explicit_wipe(&m, sizeof m);
    explicit_wipe(expanded, sizeof expanded);
    return DONE;
}

static int expand_pairs_batch(uint8_t *out, octets prefix, size_t first, const uint8_t *left,
                              const uint8_t *right, size_t count, octets dst_prime) {
    static const uint8_t ELEMENT_LENGTH[2] = {0, 32};
    digest after_z_pad;
    messages m;
    uint8_t expanded[LANES][64];
    absorb_z_pad(&after_z_pad);
    for (size_t done = 0; done < count; done += LANES) {
        const size_t lanes = smaller(count - done, LANES);
        memset(m.length, 0, sizeof m.length);
        for (size_t l = 0; l < lanes; l++) {
            const size_t at = done + l, index = first + at;
            const uint8_t number[2] = {(uint8_t)(index >> 8), (uint8_t)index};
            append(&m, (int)l, prefix.at, prefix.length);
            append(&m, (int)l, number, sizeof number);
            append(&m, (int)l, ELEMENT_LENGTH, sizeof ELEMENT_LENGTH);
            append(&m, (int)l, left + 32 * at, 32);
            append(&m, (int)l, ELEMENT_LENGTH, sizeof ELEMENT_LENGTH);
            append(&m, (int)l, right + 32 * at, 32);
            append(&m, (int)l, "Composite", 9);
        }
        expand_message_xmd(expanded, &after_z_pad, &m, dst_prime.at, dst_prime.length);
        take_lanes(out + 64 * done, expanded, 64, lanes);
    }
    return DONE;
}

static int finalize_batch(uint8_t *out, const octets *inputs, const uint8_t *elements,
                          size_t count) {
    static const uint8_t ELEMENT_LENGTH[2] = {0, 32};
    digest initial;
    messages m;
    uint8_t outputs[LANES][64];
    sha512_begin(&initial);
    for (size_t done = 0; done < count; done += LANES) {
        const size_t lanes = smaller(count - done, LANES);
        memset(m.length, 0, sizeof m.length);
        for (size_t l = 0; l < lanes; l++) {
            const octets *input = &inputs[done + l];
            const uint8_t length[2] = {(uint8_t)(input->length >> 8), (uint8_t)input->length};
            append(&m, (int)l, length, sizeof length);
            append(&m, (int)l, input->at, input->length);
            append(&m, (int)l, ELEMENT_LENGTH, sizeof ELEMENT_LENGTH);
            append(&m, (int)l, elements + 32 * (done + l), 32);
            append(&m, (int)l, "Finalize", 8);
        }
        hash_messages(outputs, &initial, 0, &m);
        take_lanes(out + 64 * done, outputs, 64, lanes);
    }
    explicit_wipe(&m, sizeof m);
    explicit_wipe(outputs, sizeof outputs);
    return DONE;
}

static int derive_batch(uint8_t *first, size_t first_length, octets first_label, uint8_t *second,
                        size_t second_length, octets second_label, const uint8_t *outputs,
                        size_t count) {
    digest inner, outer;
    messages m;
    uint8_t keys[LANES][64], derived[LANES][64];
    for (size_t done = 0; done < count; done += LANES) {
        const size_t lanes = smaller(count - done, LANES);
        memset(keys, 0, sizeof keys);
        memcpy(keys, outputs + 64 * done, 64 * lanes);
        /* Both labels share the two blocks of the key. */
        absorb_key(&inner, keys, 0x36, &m);
        absorb_key(&outer, keys, 0x5c, &m);
        hmac_sha512(derived, &inner, &outer, first_label.at, first_label.length, &m);
        take_lanes(first + first_length * done, derived, first_length, lanes);
        hmac_sha512(derived, &inner, &outer, second_label.at, second_label.length, &m);
        take_lanes(second + second_length * done, derived, second_length, lanes);
    }
    explicit_wipe(&inner, sizeof inner);
    explicit_wipe(&outer, sizeof outer);
    explicit_wipe(&m, sizeof m);
    explicit_wipe(keys, sizeof keys);
    explicit_wipe(derived, sizeof derived);
    return DONE;
}
