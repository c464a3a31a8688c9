/* Overwrite memory in a way that no compiler removes. */
#ifndef FEDQUERY_WIPE_H
#define FEDQUERY_WIPE_H
#include <stdint.h>
#include <string.h>

static inline void explicit_wipe(void *memory, size_t length) {
    memset(memory, 0, length);
    /* The compiler must assume that this reads the memory. */
    __asm__ volatile("" : : "r"(memory) : "memory");
}

/* Deeper than the frames of any call of a back end, which take up to 23 thousand octets. */
#define TRACES_DEPTH 49152

/* Overwrite what a call that has returned left on the stack. Its compiler put limbs, hash states and
 * spilled registers there, which no wipe in the sources can name. */
static __attribute__((noinline, unused)) void wipe_stack(void) {
    uint8_t below[TRACES_DEPTH];
    explicit_wipe(below, sizeof below);
}
#endif
