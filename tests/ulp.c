/* ulp.c: errors of the kernels on drawn operands, and on all of f32. */
#include "ulp.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { CHUNK = 4096 };

/* ---- one error ------------------------------------------------------------------------------------------------------ */

typedef struct format { int digits, least, most; } format;      /* 2^least: the last place of subnormals */

static format format_of(int dtype)
{
    return dtype == TD_K_F32 ? (format){FLT_MANT_DIG, -149, FLT_MAX_EXP} : (format){DBL_MANT_DIG, -1074, DBL_MAX_EXP};
}

/* Beyond the largest number everything stands at the next power of two, as rounding has it. */
static long double within(long double x, int most)
{
    long double limit = ldexpl(1, most);
    return fabsl(x) > limit ? copysignl(limit, x) : x;
}

double ulp_error(int dtype, double got, long double want)
{
    format      to = format_of(dtype);
    int         exponent;
    long double true_value = within(want, to.most);
    if (isnan(want) || isnan(got)) return isnan(want) && isnan(got) ? 0 : INFINITY;
    if (!signbit(got) != !signbit(want) && (got == 0 || want == 0)) return INFINITY;
    frexpl(fabsl(true_value), &exponent);
    if (exponent > to.most) exponent = to.most;
    exponent -= to.digits;
    long double distance = fabsl(within(got, to.most) - true_value);
    return (double)ldexpl(distance, true_value == 0 || exponent < to.least ? -to.least : -exponent);
}

/* ---- the largest ---------------------------------------------------------------------------------------------------- */

/* cases is a heap once it is full, the least error first: no parent is above its children 2 i + 1 and 2 i + 2. */
static void sink(ulp_result *r, int i)
{
    ulp_case c = r->cases[i];
    for (int child; (child = 2 * i + 1) < ULP_KEPT; i = child) {
        if (child + 1 < ULP_KEPT && r->cases[child + 1].error < r->cases[child].error) child++;
        if (r->cases[child].error >= c.error) break;
        r->cases[i] = r->cases[child];
    }
    r->cases[i] = c;
}

static void keep(ulp_result *r, ulp_case c)
{
    if (r->kept == ULP_KEPT) {
        r->cases[0] = c;
        sink(r, 0);
        return;
    }
    r->cases[r->kept++] = c;
    for (int i = ULP_KEPT / 2; r->kept == ULP_KEPT && i-- > 0;) sink(r, i);
}

/* Of the values and their places; NaNs are one value.  A sum: no step waits for the one before. */
static uint64_t hash_of(double value, int64_t place)
{
    uint64_t word = 1;
    if (!isnan(value)) memcpy(&word, &value, sizeof word);
    return (word ^ (uint64_t)place * 0x9e3779b97f4a7c15u) * 0x2545f4914f6cdd1du;
}

static inline void count(ulp_result *r, double x, double y, double got, double error)
{
    r->hash += hash_of(got, r->tested++);
    r->off += error > 0.5;
    if (r->kept < ULP_KEPT || error > r->cases[0].error) keep(r, (ulp_case){x, y, got, error});
}

const ulp_case *ulp_worst(const ulp_result *r)
{
    const ulp_case *worst = r->cases;
    for (int i = 1; i < r->kept; i++)
        if (r->cases[i].error > worst->error) worst = &r->cases[i];
    return worst;
}

/* ---- operands ------------------------------------------------------------------------------------------------------- */

/* xorshift64*: Vigna, ACM TOMS 42 (2016) 30 */
static uint64_t draw(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1du;
}

static double uniform(uint64_t *state, double low, double high)
{
    return low + (high - low) * ((double)(draw(state) >> 11) * 0x1p-53);
}

static double any_f64(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static float any_f32(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Arguments close to a multiple of a step, or hard to reduce: 2^797 6381956970095103 is of all doubles the closest to a
 * multiple of pi/2 (W. Kahan), the others are hard to round for exp, log and sin (V. Lefevre and J.-M. Muller, "Worst cases
 * for correct rounding of the elementary functions in double precision", 2001). */
static double hard(const ulp_function *f, uint64_t *state)
{
    static const double known[] = {0x1.6ac5b262ca1ffp849, 0x1.9e9cbbfd6080bp-31, 0x1.62a88613629b5p678,
                                   0x1.e0000000001c2p-20};
    uint64_t bits = draw(state);
    double   x = bits % 64 ? round(uniform(state, 0, bits % 2 ? 64 : 0x1p24)) * f->step : known[bits / 64 % 4];
    x *= 1 + (double)(int)(bits >> 8 & 31) * DBL_EPSILON - 16 * DBL_EPSILON;
    return bits >> 16 & 1 ? -x : x;
}

/* Beside one of the largest errors so far. */
static double neighbour(const ulp_result *r, uint64_t *state)
{
    double x = r->cases[draw(state) % (uint64_t)r->kept].x;
    return x * (1 + uniform(state, -1, 1) * exp2(uniform(state, -20, -3)));
}

static double operand(const ulp_function *f, int64_t i, int dtype, const ulp_result *r, uint64_t *state)
{
    if (i % 8 == 7 && r->kept) return neighbour(r, state);
    switch (i % 4) {
    case 0: return dtype == TD_K_F32 ? any_f32((uint32_t)(draw(state) >> 32)) : any_f64(draw(state));
    case 1: return hard(f, state);
    case 2: return copysign(exp2(uniform(state, -40, log2(f->high))), uniform(state, -1, 1));
    default: return uniform(state, f->low, f->high);
    }
}

/* An exponent with which |x|^y is a number of the type, an integer for every other x < 0. */
static double exponent(double x, int dtype, uint64_t *state)
{
    double most = format_of(dtype).most, size = log2(fabs(x)), y = uniform(state, -1.1 * most, 1.1 * most) / size;
    if (!isfinite(y)) return uniform(state, -3, 3);
    return x < 0 && draw(state) >> 63 ? round(y) : y;
}

/* ---- chunks --------------------------------------------------------------------------------------------------------- */

static void run(const ulp_function *f, const td_kernels *set, int dtype, void *out, const void *x, const void *y)
{
    set->map[dtype][f->map](CHUNK, out, (const void *const[]){x, y}, f->a, 0);
}

void ulp_draw(const ulp_function *f, const td_kernels *set, int dtype, int64_t n, ulp_result *r)
{
    double   x[CHUNK], y[CHUNK], got[CHUNK];
    float    x32[CHUNK], y32[CHUNK], got32[CHUNK];
    bool     narrow = dtype == TD_K_F32;
    uint64_t state = 0x9e3779b97f4a7c15u;
    memset(r, 0, sizeof *r);
    while (r->tested < n) {
        for (int i = 0; i < CHUNK; i++) {
            x[i] = operand(f, i, dtype, r, &state);
            if (narrow) x[i] = x32[i] = (float)x[i];
            y[i] = exponent(x[i], dtype, &state);
            if (narrow) y[i] = y32[i] = (float)y[i];
        }
        if (narrow) run(f, set, dtype, got32, x32, y32);
        else run(f, set, dtype, got, x, y);
        for (int i = 0; i < CHUNK; i++) {
            double value = narrow ? (double)got32[i] : got[i];
            count(r, x[i], y[i], value, ulp_error(dtype, value, f->reference(x[i], y[i], f->a)));
        }
    }
}

static double in_f32(double x)
{
    double least = x < -0x1p128 ? -0x1p128 : x;
    return least > 0x1p128 ? 0x1p128 : least;
}

/* ulp_error for f32 against a double, without a branch: a loop over it becomes vector code. */
static double plain_error(float got, double want)
{
    const uint64_t least = 1023 - 126, most = 1023 + 127;
    double   value = in_f32(got), true_value = in_f32(want), place;
    uint64_t bits, got_bits;
    memcpy(&bits, &true_value, sizeof bits);
    memcpy(&got_bits, &value, sizeof got_bits);
    bool     zero = (value == 0) | (true_value == 0), other_sign = (bits ^ got_bits) >> 63, nan = want != want;
    uint64_t field = bits >> 52 & 0x7ff, raised = field < least ? least : field;
    bits = ((raised > most ? most : raised) - 23) << 52;
    memcpy(&place, &bits, sizeof place);
    double error = zero & other_sign ? INFINITY : fabs(value - true_value) / place;
    double same = nan & (got != got) ? 0 : error;
    return same >= 0 ? same : INFINITY;
}

void ulp_every(const ulp_function *f, const td_kernels *set, int64_t stride, int64_t checked, ulp_result *r)
{
    float  x32[CHUNK], got[CHUNK];
    double x[CHUNK], want[CHUNK], error[CHUNK];
    memset(r, 0, sizeof *r);
    for (int64_t first = 0; first < INT64_C(1) << 32; first += CHUNK * stride) {
        int64_t left = ((INT64_C(1) << 32) - first + stride - 1) / stride, n = left < CHUNK ? left : CHUNK;
        for (int i = 0; i < CHUNK; i++) x[i] = x32[i] = any_f32((uint32_t)(first + i * stride));
        run(f, set, TD_K_F32, got, x32, x32);
        run(f, set, TD_K_F64, want, x, x);
        for (int i = 0; i < CHUNK; i++) error[i] = plain_error(got[i], want[i]);
        for (int64_t i = (checked - r->tested % checked) % checked; i < n; i += checked)
            error[i] = ulp_error(TD_K_F32, got[i], f->reference(x[i], x[i], f->a));
        for (int64_t i = 0; i < n; i++) count(r, x[i], x[i], got[i], error[i]);
    }
}
