/* past.c: a result larger than the caches goes to memory past them.
 *
 * An ordinary store first reads the line it is about to overwrite, a third to a half of the traffic of a plain map.
 * No vector expression says "do not", hence intrinsics; elsewhere it is a copy. */
#include "set.h"

#include <stdint.h>
#include <string.h>

#if defined __AVX512F__
#include <immintrin.h>
#define REGISTER __m512i
#define LOAD(p) _mm512_loadu_si512(p)
#define STORE(p, v) _mm512_stream_si512((void *)(p), v)
#elif defined __AVX2__
#include <immintrin.h>
#define REGISTER __m256i
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define STORE(p, v) _mm256_stream_si256((__m256i *)(p), v)
#elif defined __SSE2__
#include <emmintrin.h>
#define REGISTER __m128i
#define LOAD(p) _mm_loadu_si128((const __m128i *)(p))
#define STORE(p, v) _mm_stream_si128((__m128i *)(p), v)
#endif

enum { LINE = 64 };

#ifdef REGISTER

static void write_line(char *to, const char *from)
{
    for (int i = 0; i < LINE; i += (int)sizeof(REGISTER)) STORE(to + i, LOAD(from + i));
}

/* Up to the first whole line as it comes, and so is what is left over. */
static void write_past(int64_t bytes, void *to_, const void *from_, int ahead, const void *const *next)
{
    char       *to = to_;
    const char *from = from_;
    int64_t     head = (int64_t)(-(uintptr_t)to % LINE), i = head < bytes ? head : bytes;
    memcpy(to, from, (size_t)i);
    for (; i + LINE <= bytes; i += LINE) {
        for (int k = 0; k < ahead; k++) __builtin_prefetch((const char *)next[k] + i);
        write_line(to + i, from + i);
    }
    memcpy(to + i, from + i, (size_t)(bytes - i));
}

/* No lock orders these stores, only a fence does. */
static void finish(void) { _mm_sfence(); }

#else

static void write_past(int64_t bytes, void *to, const void *from, int ahead, const void *const *next)
{
    (void)ahead, (void)next;
    memcpy(to, from, (size_t)bytes);
}

static void finish(void) {}

#endif

const td_past TD_OF_SET(td_past) = { write_past, finish };
