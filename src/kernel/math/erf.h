/* erf.h: erf, erfc, the normal distribution function and gelu.
 *
 * Near 0 an odd polynomial; beyond, e^(-x^2) times a smooth function of 1 / (x + K), as W. J. Cody, "Rational Chebyshev
 * approximations for the error function", 1969, and M. M. Shepherd and J. G. Laframboise, "Chebyshev approximation of
 * (1 + 2x) exp(x^2) erfc x", 1981, do it.  Polynomials are minimax by Sollya's fpminimax or remez, on intervals that are a
 * little longer than used. */
#ifndef TD_KERNEL_MATH_ERF_H
#define TD_KERNEL_MATH_ERF_H

#include "exp.h"

/* e^(x - rest) for -700 < x <= 0, every step rounded */
TD_M_INLINE double td_m_decay(double x, double rest)
{
    double m = fma(x, TD_M_LOG2_E, TD_M_ROUND), k = m - TD_M_ROUND;
    double r = fma(-k, TD_M_LOG_2_LOW, fma(-k, TD_M_LOG_2_HIGH, x) - rest);
    return td_m_scale(td_m_exp_rounded(r), m);
}

/* 1 / (a + k) is t (1 + off): what follows is steep near a = 1, and the rounding of both would count */
typedef struct td_m_inverse { double t, off; } td_m_inverse;

TD_M_INLINE td_m_inverse td_m_inverse_above(double a, double k)
{
    double above = k + a, t = 1 / above;
    return (td_m_inverse){t, fma(-t, a - (above - k), fma(-t, above, 1))};
}

/* 1 - e^(-a^2) S(z), z = 1 / (a + 3.5) - 11/64; absolute error 2^-58 */
TD_M_INLINE double td_m_erf_far(double a, double u)
{
    td_m_inverse i = td_m_inverse_above(a, 3.5);
    double z = fma(i.t, i.off, i.t - 0.171875);
    double p = td_m_pairs11(z, z * z, 0x1.1987da223fff2p4, 0x1.6498ab3a9a272p6, 0x1.6dc6d7b4d1ceep8, 0x1.2585f454c330bp10,
                            0x1.53614923c26dap11, 0x1.aac76744d5c2p11, -0x1.3efddfc13893dp11, -0x1.2933119ed2269p14,
                            -0x1.1aa128be6bdd2p14, 0x1.63229b8274ee7p16, 0x1.6f37c5ba2215ap14);
    double s = fma(fma(p, z, 0x1.6d2696ff39971p1), z, 0x1.cd3558481af1ap-3);
    return fma(-td_m_decay(-u, fma(a, a, -u)), s, 1);
}

/* erf a = a (c + u (d + u P(u))), u = a^2, a <= 0.86; relative error 2^-60.6 */
#define TD_M_ERF_C 0x1.20dd750429b6dp0
#define TD_M_ERF_C_LOW 0x1.0f75d748778fp-56
#define TD_M_ERF_D -0x1.812746b0379e3p-2

TD_M_INLINE double td_m_erf_rest(double u)
{
    return td_m_pairs10(u, u * u, 0x1.ce2f21a04287cp-4, -0x1.b82ce312752eep-6, 0x1.565bcd0ac35c6p-8,
                            -0x1.c02db330bc5dfp-11, 0x1.f9a309a54451ep-14, -0x1.f4cf9e885e1c4p-17, 0x1.b9bace4771db6p-20,
                            -0x1.5d9e5a4b6fa19p-23, 0x1.e38cdc25db1b8p-27, -0x1.d5d7878222175p-31);
}

TD_M_INLINE double td_m_erf_near(double a, double u)
{
    return fma(a, TD_M_ERF_C, a * fma(fma(td_m_erf_rest(u), u, TD_M_ERF_D), u, TD_M_ERF_C_LOW));
}

TD_M_INLINE double td_m_erf(double x)
{
    double size = fabs(x), a = 6 < size ? 6 : size, u = a * a;
    double near = td_m_erf_near(a, u), far = td_m_erf_far(a, u);
    return copysign(a > 0.8535 ? far : near, x);
}

/* ---- erfc and its like, f64 ---------------------------------------------------------------------------------------- *
 * top erfc(x / scale): top - x (near + x^2 S) for |x| <= limit, and for larger x
 * e^(-square x^2) (tail + q Q(q)) / (1 + slope x), q = (x - shift) / (x + shift); beyond -limit what is left of 2 top. */

typedef struct td_m_complement {
    double top, square, limit, most;            /* most: it is 0 from there on */
    double near, near_rest, odd[10];
    double slope, shift, tail, tail_rest, quotient[21];
} td_m_complement;

/* relative error of x (near + ...) 2^-62, of the tail 2^-59 */
static const td_m_complement td_m_of_erfc = {
    .top = 1, .square = 1, .limit = 0.6, .most = 27.5,
    .near = 0x1.20dd750429b6dp0, .near_rest = 0x1.172b95571e808p-56,
    .odd = { -0x1.812746b0379e5p-2, 0x1.ce2f21a0429aap-4, -0x1.b82ce31277313p-6, 0x1.565bcd09f83c6p-8,
             -0x1.c02db2ae74113p-11, 0x1.f9a2e85202645p-14, -0x1.f4cadfd6bc7bep-17, 0x1.b95305bb6f012p-20,
             -0x1.58518ef435b9fp-23, 0x1.970a8aa2be222p-27 },
    .slope = 2, .shift = 4, .tail = 0x1.3ba5916e9fd7fp0, .tail_rest = -0x1.9c0f2fb7ab03p-55,
    .quotient = { -0x1.1df1ad154a28dp-3, 0x1.f7f5df66fd628p-7, 0x1.16ecefcfa523dp-4, -0x1.9ddb23c3e827p-4,
                  0x1.7fee004e15d53p-4, -0x1.0fb06dfe62dcap-4, 0x1.3079edf5f94afp-5, -0x1.0962387f42621p-6,
                  0x1.49c672b561337p-8, -0x1.8d4aa00c95979p-11, -0x1.a1df4d408c12ep-13, 0x1.3be0be6da3c2ep-13,
                  -0x1.9953ddff1f92ep-16, -0x1.789fd33432899p-17, 0x1.7eeb5db25135fp-18, 0x1.40e05ae586348p-22,
                  -0x1.b7890f5f6638cp-21, 0x1.2292d53da9c79p-24, 0x1.b89cf8b4df871p-24, -0x1.ac113d1b27f73p-27,
                  -0x1.438222125fe1bp-27 },
};

/* the normal distribution function at -x: erfc(x / sqrt 2) / 2 */
static const td_m_complement td_m_of_normal = {
    .top = 0.5, .square = 0.5, .limit = 0.86, .most = 39,
    .near = 0x1.9884533d43651p-2, .near_rest = -0x1.cd19c008be977p-56,
    .odd = { -0x1.1058377e2cedfp-4, 0x1.46d0429769019p-7, -0x1.37403f6b93342p-10, 0x1.e42b0d4b1acb4p-14,
             -0x1.3ce8f9baf07cep-17, 0x1.6589f172a1f0fp-21, -0x1.621cc37f3ebafp-25, 0x1.380af066a94f5p-29,
             -0x1.e69a97775fbbap-34, 0x1.1eaaa9454c79bp-38 },
    .slope = 1.5, .shift = 5.5, .tail = 0x1.4d249b937bc5fp-1, .tail_rest = 0x1.f5e544014a198p-56,
    .quotient = { -0x1.0f1fcca39df61p-4, -0x1.3d3f9b58b44b2p-10, 0x1.6b54a2d65d09dp-5, -0x1.e0ef2a32221c6p-5,
                  0x1.a4a35515f3969p-5, -0x1.19a6e74be25d6p-5, 0x1.272861cd07022p-6, -0x1.d2c845f4b03ap-8,
                  0x1.e1859948b2b77p-10, -0x1.8f4c911b1674ep-14, -0x1.429e7477bcf33p-13, 0x1.fdf5024dae93ap-15,
                  0x1.2fe307e0a26abp-21, -0x1.fea73c848b122p-18, 0x1.9d9c7351f6fdap-20, 0x1.91182fad100b1p-21,
                  -0x1.5c545f28ec742p-22, -0x1.219da39b3b1b9p-24, 0x1.b9eb8d3c03be9p-25, 0x1.570bb711f7345p-28,
                  -0x1.822b614fb844ap-28 },
};

/* y (top - x (near + x^2 S)) */
TD_M_INLINE double td_m_complement_near(const td_m_complement *f, double x, double xx, double y)
{
    const double *c = f->odd;
    double s = fma(xx, td_m_pairs9(xx, xx * xx, c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9]), c[0]);
    td_m_pair p = td_m_two_product(x, f->near), sum = td_m_fast_sum(f->top, -p.high);
    double    low = fma(-x, fma(xx, s, f->near_rest), sum.low - p.low);
    return fma(y, sum.high, y * low);
}

/* (tail + q Q(q)) / (1 + slope a) */
TD_M_INLINE td_m_pair td_m_complement_ratio(const td_m_complement *f, double a)
{
    td_m_inverse i = td_m_inverse_above(a, f->shift);
    double twice = -2 * f->shift, q = fma(twice * i.t, i.off, fma(twice, i.t, 1));
    double qq = q * q, q4 = qq * qq, q8 = q4 * q4;
    const double *c = f->quotient;
    double first = td_m_poly8(q, qq, q4, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
    double second = td_m_poly8(q, qq, q4, c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15]);
    double third = td_m_poly5(q, qq, q4, c[16], c[17], c[18], c[19], c[20]);
    double p = fma(fma(third, q8, second), q8, first);
    td_m_pair sum = td_m_fast_sum(f->tail, q * p);
    sum.low += f->tail_rest;
    double wide = fma(f->slope, a, 1), rest = fma(f->slope, a, 1 - wide);
    return td_m_loose_quotient(sum, (td_m_pair){wide, rest});
}

/* y f(x) */
TD_M_INLINE double td_m_complement_times(const td_m_complement *f, double x, double y)
{
    double size = fabs(x), a = f->most < size ? f->most : size, half = f->square * a, u = half * a;
    td_m_exp_reduced reduced = td_m_exp_reduce(-u);
    td_m_halves      two = td_m_halve(reduced.m);
    td_m_pair        e = td_m_fast_sum(1, reduced.r), ratio = td_m_complement_ratio(f, a);
    e.low += td_m_exp_beyond(reduced.r, reduced.rest);
    e.low = fma(-fma(half, a, -u), e.high + e.low, e.low);                  /* what u rounded off */
    td_m_pair e_ratio = td_m_two_product(e.high, ratio.high);
    e_ratio.low += fma(e.high, ratio.low, e.low * ratio.high);
    double tail = fma(y, e_ratio.high, y * e_ratio.low) * two.first * two.second;
    double far = (e_ratio.high + e_ratio.low) * two.first * two.second, most = 2 * f->top - far;
    double left = fma(y, most, y * ((2 * f->top - most) - far));
    double beyond = x < 0 ? left : tail;
    return size <= f->limit ? td_m_complement_near(f, x, x * x, y) : beyond;
}

TD_M_INLINE double td_m_erfc(double x) { return td_m_complement_times(&td_m_of_erfc, x, 1); }
TD_M_INLINE double td_m_ndtr(double x) { return td_m_complement_times(&td_m_of_normal, -x, 1); }

TD_M_INLINE double td_m_gelu(double x)
{
    double w = td_m_within(x, td_m_of_normal.most), y = copysign(td_m_complement_times(&td_m_of_normal, -w, w), x);
    return x < td_m_of_normal.most ? y : x;
}

/* ---- f32 ----------------------------------------------------------------------------------------------------------- */

/* x S(x^2 - 7.75) for |x| <= 3.925, where it rounds to 1; relative error 2^-32.3 */
TD_M_INLINE float td_m_erff(float x)
{
    double w = td_m_withinf(x, 3.925f), z = fma(w, w, -7.75), zz = z * z, z4 = zz * zz, z8 = z4 * z4;
    double first = td_m_poly8(z, zz, z4, 0x1.6fcd22af9ca02p-2, -0x1.7b26f0b91ce6bp-6, 0x1.237b68eb5808bp-9,
                              -0x1.ea8391fca8p-13, 0x1.a51ff19d005c2p-16, -0x1.642c2c5fb30dcp-19, 0x1.2240ecb98ff64p-22,
                              -0x1.c16bfeea8dbc5p-26);
    double second = td_m_poly8(z, zz, z4, 0x1.48220b760b29fp-29, -0x1.c2f21a05baa4ep-33, 0x1.2159db5e0ae4ep-36,
                               -0x1.566159f3a76fep-40, 0x1.87689ac5564d6p-44, -0x1.cd851a1c07cd1p-48, 0x1.c04fb62a44f8bp-52,
                               -0x1.f08d5692d0e76p-57);
    double third = td_m_poly3(z, zz, 0x1.04b20209272a3p-60, -0x1.32d08eb8c17f1p-63, 0x1.cfdd27b6c462fp-68);
    return (float)(w * fma(fma(third, z8, second), z8, first));
}

/* e^(-square a^2) (c_0 + ... + c_12 q^12) / (1 + slope a), q = (a - shift) / (a + shift), by one division */
TD_M_INLINE double td_m_short_tail(double a, double square, double slope, double shift, const double c[13])
{
    double wide = fma(slope, a, 1), above = a + shift, inverse = 1 / (wide * above);
    double q = (a - shift) * wide * inverse, qq = q * q, q4 = qq * qq, q8 = q4 * q4;
    double p = fma(td_m_poly5(q, qq, q4, c[8], c[9], c[10], c[11], c[12]), q8,
                   td_m_poly8(q, qq, q4, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]));
    return td_m_short_exp(-square * a * a) * p * (above * inverse);
}

/* relative error of the rational parts 2^-34.7 and 2^-33.8 */
TD_M_INLINE float td_m_erfcf(float x)
{
    static const double c[] = { 0x1.40c522d7e0edbp0, -0x1.15c084d66356dp-3, -0x1.85a15c1acda79p-5, 0x1.09836c5e8b798p-3,
                                -0x1.e88b7d6e529b3p-4, 0x1.17c976994591dp-4, -0x1.857708fe3c19ep-6, 0x1.4c13df1efd4b7p-9,
                                0x1.f093b56487686p-10, -0x1.9e3178bef58e3p-11, -0x1.09ce9fe45c241p-13,
                                0x1.09b6f1025ace2p-13, 0x1.15aef6693fec3p-15 };
    double tail = td_m_short_tail(fabsf(td_m_withinf(x, 10.5f)), 1, 2, 3, c), left = 2 - tail;
    return (float)(x < 0 ? left : tail);
}

TD_M_INLINE double td_m_short_ndtr(float x)
{
    static const double c[] = { 0x1.525e241b4b31cp-1, -0x1.ea57dfbb65bcdp-5, -0x1.516e11bfc6c2ep-5, 0x1.4293c9a242b78p-4,
                                -0x1.0508c0d30ac43p-4, 0x1.fe5f32675df15p-6, -0x1.fc6f6de2abc6p-8, -0x1.89aa5992f8809p-11,
                                0x1.2a34f50767de2p-10, -0x1.c923e96a3066p-14, -0x1.2ebb80f821656p-13,
                                0x1.0b3802ae5cff9p-16, 0x1.dcbad10b187a8p-17 };
    double tail = td_m_short_tail(fabsf(td_m_withinf(x, 15)), 0.5, 1.5, 4, c), right = 1 - tail;
    return x < 0 ? tail : right;
}

TD_M_INLINE float td_m_ndtrf(float x) { return (float)td_m_short_ndtr(x); }

TD_M_INLINE float td_m_geluf(float x)
{
    float w = td_m_withinf(x, 15), y = (float)(w * td_m_short_ndtr(x));
    return x < 15 ? y : x;
}

#endif
