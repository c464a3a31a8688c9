/* All of a back end, over the field that was included before. */
#include "backend.h"
#include "scalar.h"
#include "wipe.h"
/* In this order: each uses what stands before it. */
#include "field.h"
#include "point.h"
#include "ristretto.h"
#include "batch.h"
#include "multiscalar.h"
#include "sha512.h"
#include "hashing.h"
#include "hash_batch.h"
#include "table.h"
