/* The back end for AVX2: four elements at a time. Called only where the processor has it. */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#endif
#include "field_avx2.h"
#include "kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
