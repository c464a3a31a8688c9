/* Written by constants.py; a test compares. Limbs of radix 2^51, and of radix 2^25.5. */
#ifndef FEDQUERY_CONSTANTS_H
#define FEDQUERY_CONSTANTS_H
#include <stdint.h>

static const uint64_t D_51[5] = {0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff};
static const uint64_t D_25[10] = {
    0x35978a3, 0xd37284, 0x3156ebd, 0x6a0a0e, 0x1c029, 0x179e898, 0x3a03cbb, 0x1ce7198, 0x2e2b6ff, 0x1480db3};
static const uint64_t D2_51[5] = {0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff};
static const uint64_t D2_25[10] = {
    0x2b2f159, 0x1a6e509, 0x22add7a, 0xd4141d, 0x38052, 0xf3d130, 0x3407977, 0x19ce331, 0x1c56dff, 0x901b67};
static const uint64_t SQRT_M1_51[5] = {0x61b274a0ea0b0, 0xd5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d};
static const uint64_t SQRT_M1_25[10] = {
    0x20ea0b0, 0x186c9d2, 0x8f189d, 0x35697f, 0xbd0c60, 0x1fbd7a7, 0x2804c9e, 0x1e16569, 0x4fc1d, 0xae0c92};
static const uint64_t SQRT_AD_MINUS_ONE_51[5] = {0x7f6a0497b2e1b, 0x1836f0a97afd2, 0x7d747f6be7638, 0x456079e7e6498, 0x376931bf2b834};
static const uint64_t SQRT_AD_MINUS_ONE_25[10] = {
    0x17b2e1b, 0x1fda812, 0x297afd2, 0x60dbc2, 0x2be7638, 0x1f5d1fd, 0x27e6498, 0x11581e7, 0x3f2b834, 0xdda4c6};
static const uint64_t INVSQRT_A_MINUS_D_51[5] = {0xfdaa805d40ea, 0x2eb482e57d339, 0x7610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff};
static const uint64_t INVSQRT_A_MINUS_D_25[10] = {
    0x5d40ea, 0x3f6aa0, 0x257d339, 0xbad20b, 0x274bc58, 0x1d840, 0x13dc8ff, 0x19442d8, 0x5cfaff, 0x1e1b224};
static const uint64_t ONE_MINUS_D_SQ_51[5] = {0x409c1945fc176, 0x719abc6a1fc4f, 0x1c37f90b20684, 0x6bccca55eedf, 0x29072a8b2b3e};
static const uint64_t ONE_MINUS_D_SQ_25[10] = {
    0x5fc176, 0x1027065, 0x2a1fc4f, 0x1c66af1, 0xb20684, 0x70dfe4, 0x255eedf, 0x1af332, 0x28b2b3e, 0xa41ca};
static const uint64_t D_MINUS_ONE_SQ_51[5] = {0x55aaa44ed4d20, 0x59603c3332635, 0x26d3baf4a7928, 0x120a66e6997a9, 0x5968b37af66c2};
static const uint64_t D_MINUS_ONE_SQ_25[10] = {
    0xed4d20, 0x156aa91, 0x3332635, 0x16580f0, 0x34a7928, 0x9b4eeb, 0x26997a9, 0x48299b, 0x3af66c2, 0x165a2cd};

/* The group order L, -1/L mod 2^64, and R = 2^256 and R^2 modulo L. */
static const uint64_t ORDER[4] = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0x0, 0x1000000000000000};
static const uint64_t ORDER_NEGATIVE_INVERSE = 0xd2b51da312547e1b;
static const uint64_t R_MOD_ORDER[4] = {0xd6ec31748d98951d, 0xc6ef5bf4737dcf70, 0xfffffffffffffffe, 0xfffffffffffffff};
static const uint64_t R2_MOD_ORDER[4] = {
    0xa40611e3449c0f01, 0xd00e1ba768859347, 0xceec73d217f5be65, 0x399411b7c309a3d};
#endif
