/* The back end for AVX-512 IFMA: eight elements at a time. Called only where the processor has it.
 * With FEDQUERY_EMULATED it is the same source for any processor, for tests. */
#if defined(FEDQUERY_EMULATED)
#include "field_ifma.h"
#include "kernel.h"
#elif defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,bmi2"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,bmi2")
#endif
#include "field_ifma.h"
#include "kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
