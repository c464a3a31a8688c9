/* Overwrite memory in a way that no compiler removes. */
#ifndef FEDQUERY_WIPE_H
#define FEDQUERY_WIPE_H
#include <string.h>

static inline void explicit_wipe(void *memory, size_t length) {
    memset(memory, 0, length);
    /* The compiler must assume that this reads the memory. */
    __asm__ volatile("" : : "r"(memory) : "memory");
}
#endif
