/* The back end for any 64-bit machine: one element at a time. */
#include "field_portable.h"
#include "kernel.h"
