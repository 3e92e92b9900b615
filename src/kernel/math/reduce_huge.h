/* reduce_huge.h: x modulo pi/2 for arguments too large for a few constants.  Plain scalar code with a table: it serves rare
 * lanes only.
 *
 * x = M 2^e with an integer M < 2^53.  Those bits of 2/pi that make M 2^e 2/pi a multiple of 4 don't matter; of the next
 * 224 the product with M is formed modulo 2^224: two bits of quadrant, then the fraction.  A double comes no closer to
 * a multiple of pi/2 than 2^-62 or so, which leaves more than 100 good bits.
 * Source: M. H. Payne and R. N. Hanek, "Radian reduction for trigonometric functions", 1983; J.-M. Muller, "Elementary
 * Functions", 3rd edition, 11.4. */
#ifndef TD_KERNEL_MATH_REDUCE_HUGE_H
#define TD_KERNEL_MATH_REDUCE_HUGE_H

#include "bits.h"

#define TD_M_HALF_PI 0x1.921fb54442d18p+0
#define TD_M_HALF_PI_LOW 0x1.1a62633145c07p-54      /* the rest of pi/2 */

/* x = n pi/2 + r, |r| <= pi/4 or a little more; n modulo 4 in the last two bits of quadrant */
typedef struct td_m_quarter { td_m_pair r; uint64_t quadrant; } td_m_quarter;

enum { TD_M_HUGE_LIMBS = 7 };

/* 224 bits of 2/pi, the first of them that of weight 2^-first, most significant limb first; first >= -63 */
static inline void td_m_two_over_pi(int first, uint32_t *limb)
{
    static const uint32_t digits[40] = {     /* two words of zeros before the point, then 2/pi */
    0x00000000, 0x00000000, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561,
    0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484, 0xe99c7026, 0xb45f7e41,
    0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b, 0x1ff897ff, 0xde05980f, 0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7,
    0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b, 0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1, 0x1f8d5d08, 0x56033046, 0xfc7b6bab,
    };
    int word = (first + 63) / 32, shift = (first + 63) % 32;
    for (int i = 0; i < TD_M_HUGE_LIMBS; i++) {
        uint64_t two = (uint64_t)digits[word + i] << 32 | digits[word + i + 1];
        limb[i] = (uint32_t)(two >> (32 - shift));
    }
}

/* limb = limb m modulo 2^224 */
static inline void td_m_limbs_times(uint32_t *limb, uint64_t m)
{
    uint32_t product[TD_M_HUGE_LIMBS] = {0};
    for (int part = 0; part < 2; part++) {
        uint64_t factor = (uint32_t)(m >> 32 * part), carry = 0;
        for (int i = TD_M_HUGE_LIMBS - 1; i >= part; i--) {
            carry += factor * limb[i] + product[i - part];
            product[i - part] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    memcpy(limb, product, sizeof product);
}

/* the limbs as a fraction of 2^224, in two parts */
static inline td_m_pair td_m_limbs_fraction(const uint32_t *limb)
{
    td_m_pair sum = {0, 0};
    double    weight = 0x1p-32;
    for (int i = 0; i < TD_M_HUGE_LIMBS; i++, weight *= 0x1p-32) {
        td_m_pair next = td_m_fast_sum(sum.high, limb[i] * weight);
        sum = (td_m_pair){next.high, sum.low + next.low};
    }
    return sum;
}

/* for finite |x| >= 2^-10 */
static inline td_m_quarter td_m_reduce_huge(double x)
{
    uint64_t u = td_m_bits(x), m = (u & 0x000fffffffffffff) | 0x0010000000000000;
    int      exponent = (int)(u >> 52 & 0x7ff) - 1075;
    uint32_t limb[TD_M_HUGE_LIMBS];
    td_m_two_over_pi(exponent - 1, limb);
    td_m_limbs_times(limb, m);

    /* The quarters stand in the first two bits, rounded to the nearest; what remains may be negative. */
    uint32_t quadrant = (limb[0] + 0x20000000) >> 30, flip = limb[0] & 0x20000000 ? UINT32_MAX : 0;
    limb[0] = ((limb[0] ^ flip) & 0x1fffffff);
    for (int i = 1; i < TD_M_HUGE_LIMBS; i++) limb[i] ^= flip;
    td_m_pair f = td_m_limbs_fraction(limb);
    double    sign = (flip != 0) == (x > 0) ? -4 : 4;
    td_m_pair r = td_m_two_product(f.high, TD_M_HALF_PI);
    r = td_m_fast_sum(r.high, r.low + fma(f.high, TD_M_HALF_PI_LOW, f.low * TD_M_HALF_PI));
    return (td_m_quarter){{sign * r.high, sign * r.low}, x < 0 ? 4 - quadrant : quadrant};
}

#endif
