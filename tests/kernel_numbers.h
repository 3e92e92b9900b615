/* kernel_numbers.h: numbers for kernels, and hashes of what they make of them. */
#ifndef KERNEL_NUMBERS_H
#define KERNEL_NUMBERS_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"

enum { WILD = 6000, ORDINARY = 12000, MOST = 1 << 16, SIZES = 20, SCALARS = 5 };

static const int64_t CHUNK[SIZES] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 255, 1000, 1024};
static const double  SCALAR[SCALARS][2] = {{0.5, 2}, {2, 3}, {-1, 1}, {3, 3}, {-0.25, 1e300}};
static const char   *DTYPE[TD_K_DTYPES] = {"bool", "i64", "f32", "f64"};
static const int64_t BYTES[TD_K_DTYPES] = {1, 8, 4, 8};

/* ---- numbers ------------------------------------------------------------------------------------------------------ */

/* xorshift64*: Vigna, ACM TOMS 42 (2016) 30 */
static uint64_t draw(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1du;
}

static double draw_ordinary(uint64_t *state)
{
    return ((double)(draw(state) >> 11) * 0x1p-53 - 0.5) * (draw(state) % 4 ? 8 : 200);
}

static float f32_of(uint64_t bits)
{
    uint32_t low = (uint32_t)(bits >> 32);
    float    x;
    memcpy(&x, &low, sizeof x);
    return x;
}

static double f64_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static const double SPECIAL[] = {
    0, 1, 2, 3, 0.5, 0.25, 1.5, 10, 100, 88, 104, 709, 745, 1e5, 1e10, 1e22, 1e300, 1.5707963267948966, 3.1415926535897931,
    0x1p-1074, 0x1p-1022, 0x1.fffffffffffffp1023, 0x1p-149, 0x1p-126, 0x1.fffffep127, 0x1.0000000000001p0,
    0x1.fffffffffffffp-1, 0x1.000002p0, 0x1.fffffep-1, 0x1p-30, 0x1p-60, 0x1p52, 0x1p53, 0x1p62, 0x1p63, INFINITY, NAN,
};
enum { SPECIALS = 2 * sizeof SPECIAL / sizeof SPECIAL[0], PAIRS = SPECIALS * SPECIALS, COUNT = PAIRS + WILD + ORDINARY };

static double special(int i) { return i % 2 ? -SPECIAL[i / 2] : SPECIAL[i / 2]; }

/* Number i of operand k. */
static double number(int i, int k, int dtype, uint64_t *state)
{
    if (i < PAIRS) return special(k == 0 ? i / SPECIALS : k == 1 ? i % SPECIALS : (i * 7 + 3) % SPECIALS);
    if (i < PAIRS + WILD) return dtype == TD_K_F32 ? f32_of(draw(state)) : f64_of(draw(state));
    return draw_ordinary(state);
}

static void put(void *to, int dtype, int64_t i, double value, uint64_t bits)
{
    switch (dtype) {
    case TD_K_BOOL: ((uint8_t *)to)[i] = bits >> 40 & 1; break;
    case TD_K_I64: ((int64_t *)to)[i] = bits % 3 ? (int64_t)(bits % 41) - 20 : (int64_t)(bits >> 1); break;
    case TD_K_F32: ((float *)to)[i] = (float)value; break;
    default: ((double *)to)[i] = value;
    }
}

/* COUNT numbers for operand k. */
static void fill(void *to, int dtype, int k)
{
    uint64_t state = 0x9e3779b97f4a7c15u + (uint64_t)k;
    for (int i = 0; i < COUNT; i++) {
        double value = number(i, k, dtype, &state);
        put(to, dtype, i, value, draw(&state));
    }
}

/* ---- hashes ------------------------------------------------------------------------------------------------------- */

/* FNV-1a over words of 64 bits. */
static uint64_t mix(uint64_t h, uint64_t word) { return (h ^ word) * 0x100000001b3u; }
#define START 0xcbf29ce484222325u

static uint64_t hash_number(uint64_t h, const void *at, int dtype)
{
    uint64_t word = 0;
    double   value = dtype == TD_K_F32 ? *(const float *)at : dtype == TD_K_F64 ? *(const double *)at : 0;
    memcpy(&word, at, (size_t)BYTES[dtype]);
    h = mix(h, isnan(value) ? 0x7ff8000000000000u : word);
    return h ^ h >> 29;
}

static uint64_t hash(uint64_t h, const void *data, int dtype, int64_t n)
{
    for (int64_t i = 0; i < n; i++) h = hash_number(h, (const char *)data + i * BYTES[dtype], dtype);
    return h;
}

/* ---- memory of exactly the size ------------------------------------------------------------------------------------ */

static void *exact(int64_t bytes)
{
    void *p = malloc((size_t)bytes);
    if (p) return p;
    puts("no memory");
    exit(99);
}

static void *copy_of(const void *from, int64_t first, int64_t n, int dtype)
{
    return memcpy(exact(n * BYTES[dtype]), (const char *)from + first * BYTES[dtype], (size_t)(n * BYTES[dtype]));
}

static char numbers[3][MOST * 8];

/* `count` numbers, some of them special if they are many. */
static void *some(int operand, int64_t count, int d)
{
    return copy_of(numbers[operand], count < ORDINARY ? PAIRS + WILD : 0, count, d);
}

#endif
