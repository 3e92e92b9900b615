/* gamma.c: the logarithm of the gamma function, its derivatives, the zeta function of two arguments.
 *
 * For x >= 24 Stirling's series, whose smallest term is below 2^-106 there; smaller x are shifted up by the recurrence, and
 * x < 0 goes by reflection.  DLMF 5.5, 5.11, 5.15, 25.11. */
#include "special.h"

enum { FAR = 24, TERMS = 15 };

static const wide half_log_2_pi = {0x1.d67f1c864beb5p-1, -0x1.65b5a1b7ff5dfp-55};
static const wide log_pi = {0x1.250d048e7a1bdp+0, 0x1.7abf2ad8d5088p-57};

/* ---- log gamma ------------------------------------------------------------------------------------------------------ */

/* B_2k / (2k (2k - 1)), k = 1, 2, ... */
static const wide stirling[TERMS] = {
    {0x1.5555555555555p-4, 0x1.5555555555555p-58},  {-0x1.6c16c16c16c17p-9, 0x1.f49f49f49f49fp-64},
    {0x1.a01a01a01a01ap-11, 0x1.a01a01a01a01ap-71}, {-0x1.3813813813814p-11, 0x1.fb1fb1fb1fb20p-65},
    {0x1.b951e2b18ff23p-11, 0x1.5c3a9ce01b952p-65}, {-0x1.f6ab0d9993c7dp-10, 0x1.f82553c999b0ep-64},
    {0x1.a41a41a41a41ap-8, 0x1.0690690690690p-62},  {-0x1.e4286cb0f5398p-6, 0x1.1efcdab896745p-61},
    {0x1.6fe96381e0680p-3, -0x1.79e2405a71f88p-61}, {-0x1.6476701181f3ap+0, 0x1.24246319da678p-56},
    {0x1.ace44322ce006p+3, -0x1.62c2b1bbcdd32p-51}, {-0x1.39b2525cccc1bp+7, 0x1.52604768a30fcp-47},
    {0x1.12234e81b4e82p+11, -0x1.2c5f92c5f92c6p-43}, {-0x1.1a198ae1c4ab8p+15, 0x1.4c012227b696ep-41},
    {0x1.51a2089a6e11ap+19, 0x1.c219ee4fdc447p-36},
};

/* (x - 1/2) log x - x + log(2 pi) / 2 + B_2 / (1 2 x) + B_4 / (3 4 x^3) + ... */
static wide stirling_at(wide x)
{
    wide t = w_div(w_of(1), x), tail = w_mul(t, w_horner(w_square(t), TERMS, stirling));
    wide sum = w_sub(w_mul(w_plus(x, -0.5), w_log(x)), x);
    return w_add(w_add(sum, half_log_2_pi), tail);
}

/* log gamma(1 + z) less log(1 + z) `ones` times, |z| <= 1/64: -z euler + sum of (zeta(k) - ones) (-z)^k / k */
static wide near_one(double z, int ones)
{
    static const double zeta_less[2][10] = {
        {0x1.a51a6625307d3p-1, 0x1.9a4d55beab2d7p-2, 0x1.151322ac7d848p-2, 0x1.a8b9c17aa6149p-3, 0x1.5b40cb100c306p-3,
         0x1.2703a1dcea3aep-3, 0x1.010b36af86397p-3, 0x1.c806706d57db4p-4, 0x1.9a01e385d5f8fp-4, 0x1.748c33114c6d6p-4},
        {0x1.4a34cc4a60fa6p-2, 0x1.13e001a557607p-4, 0x1.51322ac7d8483p-6, 0x1.e404fc218f5f2p-8, 0x1.7add6eadb6c30p-9,
         0x1.38ac5c2bf8e08p-10, 0x1.0b36af86396e9p-11, 0x1.d3fd4c76d2fc8p-13, 0x1.a127b0f17d65ap-14,
         0x1.78de5bd7c81efp-15}};
    double s = 0;
    for (int k = 9; k >= 0; k--) s = fma(s, -z, zeta_less[ones][k]);
    return w_plus(w_times(w_plus(w_neg(wide_euler), ones), z), z * z * s);
}

wide td_w_lgamma(wide x)
{
    wide product = w_of(1);
    if (x.low == 0 && fabs(x.high - 1) <= 0x1p-6) return near_one(x.high - 1, 0);
    if (x.low == 0 && fabs(x.high - 2) <= 0x1p-6) return near_one(x.high - 2, 1);
    bool shifted = x.high < FAR;
    for (; x.high < FAR; x = w_plus(x, 1)) product = w_mul(product, x);
    wide y = stirling_at(x);
    return shifted ? w_sub(y, w_log(product)) : y;
}

/* log |gamma x|; for x < 0 log(pi / |x sin pi x|) - log gamma(-x) */
double td_f_lgamma(double x)
{
    const double overflow = 0x1.74c25ffa4f81fp+1014;    /* gamma's logarithm is beyond the largest number */
    wide sine, cosine;
    if (isnan(x)) return x;
    if (fabs(x) > overflow || (x <= 0 && floor(x) == x)) return INFINITY;
    if (fabs(x) < 0x1p-60) return -td_m_log(fabs(x));
    if (x > 0) return w_double(td_w_lgamma(w_of(x)));
    w_turn_pi(x, &sine, &cosine);
    wide below = w_times(sine, x);
    if (below.high < 0) below = w_neg(below);
    return w_double(w_sub(w_sub(log_pi, w_log(below)), td_w_lgamma(w_of(-x))));
}

/* ---- digamma -------------------------------------------------------------------------------------------------------- */

/* B_2k / 2k */
static const wide slopes[TERMS] = {
    {0x1.5555555555555p-4, 0x1.5555555555555p-58},   {-0x1.1111111111111p-7, -0x1.1111111111111p-63},
    {0x1.0410410410410p-8, 0x1.0410410410410p-62},   {-0x1.1111111111111p-8, -0x1.1111111111111p-64},
    {0x1.f07c1f07c1f08p-8, -0x1.f07c1f07c1f08p-63},  {-0x1.5995995995996p-6, 0x1.9a99a99a99a9ap-60},
    {0x1.5555555555555p-4, 0x1.5555555555555p-58},   {-0x1.c5e5e5e5e5e5ep-2, -0x1.7979797979798p-56},
    {0x1.86e7f9b9fe6e8p+1, -0x1.9180646019180p-57},  {-0x1.a74ca514ca515p+4, 0x1.ad759ad759ad7p-51},
    {0x1.1975cc0ed7304p+8, -0x1.28cfc4a33f129p-46},  {-0x1.c2f0566566566p+11, -0x1.5995995995996p-43},
    {0x1.ac572aaaaaaabp+15, -0x1.5555555555555p-39}, {-0x1.dc0b1a5cfbe16p+19, -0x1.73ef85973ef86p-35},
    {0x1.31fad7cbf3c00p+24, -0x1.e8188007a0620p-31},
};

/* x > 0: log x - 1 / 2x - B_2 / (2 x^2) - B_4 / (4 x^4) - ..., shifted up */
wide td_w_digamma(wide x)
{
    wide below = w_of(0);
    for (; x.high < FAR; x = w_plus(x, 1)) below = w_add(below, w_div(w_of(1), x));
    wide t = w_div(w_of(1), x), tt = w_square(t);
    wide tail = w_add(w_times(t, 0.5), w_mul(tt, w_horner(tt, TERMS, slopes)));
    return w_sub(w_sub(w_log(x), tail), below);
}

/* for x < 0 digamma(1 - x) - pi cot(pi x) */
double td_f_digamma(double x)
{
    wide sine, cosine;
    if (isnan(x) || x == INFINITY) return x;
    if (x == 0) return copysign(INFINITY, -x);
    if (x < 0 && floor(x) == x) return NAN;
    if (fabs(x) < 0x1p-60) return -1 / x;
    if (x > 0) return w_double(td_w_digamma(w_of(x)));
    w_turn_pi(x, &sine, &cosine);
    wide cotangent = w_div(w_mul(wide_pi, cosine), sine);
    return w_double(w_sub(td_w_digamma(td_m_two_sum(1, -x)), cotangent));
}

/* ---- zeta and polygamma --------------------------------------------------------------------------------------------- */

/* B_2k / (2k)! */
static const wide zeta_terms[TERMS] = {
    {0x1.5555555555555p-4, 0x1.5555555555555p-58},   {-0x1.6c16c16c16c17p-10, 0x1.f49f49f49f49fp-65},
    {0x1.1566abc011567p-15, -0x1.50ffbaa655100p-69}, {-0x1.bbd779334ef0bp-21, 0x1.4e65f77088199p-75},
    {0x1.66a8f2bf70ebep-26, -0x1.75a7bb0599f07p-80}, {-0x1.22805d644267fp-31, 0x1.16a73200360d2p-88},
    {0x1.d6db2c4e09162p-37, -0x1.1ed444b9ec588p-95}, {-0x1.7da4e1f79955cp-42, -0x1.2ff894d037a17p-96},
    {0x1.355871d652e9ep-47, -0x1.88d4ccd141422p-101}, {-0x1.f57d968caacf1p-53, 0x1.9c31f0af5255fp-108},
    {0x1.967e1f09c376fp-58, -0x1.3ea5a927db8abp-116}, {-0x1.497d9033a2b5cp-63, -0x1.b843f32aad364p-117},
    {0x1.0b132d7c6ad06p-68, 0x1.01d4526c8e75ep-122}, {-0x1.b0f72d59f1c16p-74, -0x1.f30b7489fb679p-128},
    {0x1.5ef2da4cca26dp-79, 0x1.6b993adfdd467p-133},
};

/* What follows sum_{k<n} (q + k)^-s, over b = a^-s, a = q + n: a / (s - 1) + 1/2 + sum of B_2j / (2j)! s ... (s + 2j - 2) a^(1 - 2j) */
static wide euler_maclaurin(double s, wide a)
{
    wide t = w_div(w_of(1), a), tt = w_square(t), factor = w_times(t, s), sum = w_plus(w_div(a, td_m_two_sum(s, -1)), 0.5);
    for (int j = 0; j < TERMS; j++) {
        sum = w_add(sum, w_mul(zeta_terms[j], factor));
        wide next = w_mul(td_m_two_sum(s, 2 * j + 1), td_m_two_sum(s, 2 * j + 2));
        factor = w_mul(w_mul(factor, next), tt);
    }
    return sum;
}

/* (q / a)^s, 0 < q < a; by squaring where s is a small whole number */
static wide ratio_power(wide q, wide a, double s)
{
    if (floor(s) != s || s > 128) {
        wide fall = w_times(w_sub(w_log(q), w_log(a)), s);
        return fall.high < -600 ? w_of(0) : w_exp(fall);
    }
    wide power = w_of(1), base = w_div(q, a);
    for (int n = (int)s; n; n /= 2, base = w_square(base))
        if (n % 2) power = w_mul(power, base);
    return power;
}

/* zeta(s, q) q^s, s > 1, q > 0.  Terms are added until the rest is known by Euler and Maclaurin or is nothing. */
static wide zeta_over_first(double s, wide q)
{
    wide   sum = w_of(0), term = w_of(1), a = q;
    double far = fmax(FAR, s / 2);
    while (a.high < far && term.high > 0x1p-70) {
        sum = w_add(sum, term);
        a = w_plus(a, 1);
        term = ratio_power(q, a, s);
    }
    return term.high > 0x1p-70 ? w_add(sum, w_mul(term, euler_maclaurin(s, a))) : sum;
}

/* c zeta(s, q), q > 0, c at most 100!, so that it may be large where zeta is 0 to a double.  q^-s leaves every range long before
 * s is large, unless q is near 1. */
static double zeta_above(double s, wide q, wide c)
{
    const double range = 1600;
    wide log_q = w_log(q);
    if ((s - 1) * log_q.high > range) return 0;
    if (s * log_q.high < -range) return INFINITY;
    return w_times_exp(w_mul(zeta_over_first(s, q), c), w_times(log_q, -s));
}

/* in 106 bits where it is far from the ends of the range */
static wide w_zeta(double s, wide q)
{
    wide exponent = w_times(w_log(q), -s);
    if (fabs(exponent.high) > 600) return w_of(zeta_above(s, q, w_of(1)));
    return w_mul(zeta_over_first(s, q), w_exp(exponent));
}

/* c zeta(s, q), q < 0, s an integer: what is missing of the sum over all integers + q is a zeta too */
static double zeta_below(double s, double q, wide c)
{
    wide low = td_m_two_sum(q, -floor(q)), high = w_sub(w_of(1), low), beyond = td_m_two_sum(1, -q);
    wide first = w_zeta(s, low);
    wide second = w_sub(w_zeta(s, high), w_zeta(s, beyond));
    if (isinf(first.high)) return first.high;
    return w_double(w_mul(2 * floor(s / 2) == s ? w_add(first, second) : w_sub(first, second), c));
}

/* c times the sum over k >= 0 of (q + k)^-s */
static double zeta_times(double s, double q, wide c)
{
    if (isnan(s) || isnan(q)) return NAN;
    if (s == 1) return INFINITY;
    if (s < 1) return NAN;
    if (q <= 0 && floor(q) == q) return INFINITY;
    if (q < 0 && (floor(s) != s || !(s < 0x1p53) || !(q > -0x1p52))) return NAN;
    if (q == INFINITY) return 0;
    if (s == INFINITY && q >= 0) return q > 1 ? 0 : q == 1 ? 1 : INFINITY;
    return q > 0 ? zeta_above(s, w_of(q), c) : zeta_below(s, q, c);
}

double td_f_zeta(double s, double q) { return zeta_times(s, q, w_of(1)); }

/* (-1)^(n+1) n! zeta(n + 1, x) */
double td_f_polygamma(double x, double n)
{
    wide factorial = w_of(1);
    if (n == 0) return td_f_digamma(x);
    if (!(n > 0 && n <= 100)) return NAN;
    for (int k = 2; k <= n; k++) factorial = w_times(factorial, k);
    double size = zeta_times(n + 1, x, factorial);
    return 2 * floor(n / 2) == n ? -size : size;
}
