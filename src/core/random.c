/* random.c: counter-based random numbers: a pure function of key, counter and stream, so that any element can be drawn by
 * any thread in any order.
 * Source: J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011 (Philox4x32-10). */
#include "core.h"

enum { ROUNDS = 10 };

static void philox_round(uint32_t x[4], const uint32_t key[2])
{
    uint64_t p = (uint64_t)0xD2511F53u * x[0], q = (uint64_t)0xCD9E8D57u * x[2];
    uint32_t y[4] = { (uint32_t)(q >> 32) ^ x[1] ^ key[0], (uint32_t)q, (uint32_t)(p >> 32) ^ x[3] ^ key[1], (uint32_t)p };
    for (int i = 0; i < 4; i++) x[i] = y[i];
}

void td_philox(uint64_t key, uint64_t counter, uint64_t stream, uint32_t out[4])
{
    uint32_t k[2] = { (uint32_t)key, (uint32_t)(key >> 32) };
    out[0] = (uint32_t)counter, out[1] = (uint32_t)(counter >> 32);
    out[2] = (uint32_t)stream, out[3] = (uint32_t)(stream >> 32);
    for (int r = 0; r < ROUNDS; r++) {
        philox_round(out, k);
        k[0] += 0x9E3779B9u;    /* golden ratio and sqrt 3 - 1, the paper's Weyl constants */
        k[1] += 0xBB67AE85u;
    }
}

double td_philox_uniform(uint64_t key, uint64_t counter, uint64_t stream)
{
    uint32_t w[4];
    td_philox(key, counter, stream, w);
    return (double)(((uint64_t)w[1] << 32 | w[0]) >> 11) * 0x1p-53;
}
