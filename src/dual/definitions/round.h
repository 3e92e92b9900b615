/* round.h: whole numbers: rounding, and division with a remainder.
 * Source: D. E. Knuth, "The art of computer programming" 1, 1.2.4; rounding to even at halves: IEEE 754. */

/* The whole number k = step(x), which is the same for all of k + low .. k + high; a constant between its jumps. */
static num stepped(num x, double (*step)(double), double low, double high)
{
    double v = num_value(x), k = step(v);
    if (!(fabs(v) < 0x1p52)) return num_constant(x);          /* whole already, infinite or NaN */
    enum order below = num_order(x, num_of(k + low)), above = num_order(x, num_of(k + high));
    if (below == LESS) return num_of(k - 1);                  /* more digits than v has decide otherwise */
    if (above == MORE) return num_of(k + 1);
    if (below == UNSURE) return num_either(num_of(k), num_of(k - 1));
    if (above == UNSURE) return num_either(num_of(k), num_of(k + 1));
    return num_of(k);
}

static num next_below(num x) { return stepped(x, floor, 0, 1); }
static num next_above(num x) { return stepped(x, ceil, -1, 0); }
static num nearest(num x) { return stepped(x, rint, -0.5, 0.5); }

/* Where a step says that x stands; in doubt on the other side of the jump, too; how many there are. */
static int whole_parts(num x, num (*step)(num), int64_t k[2])
{
    num y = step(x);
    double v = num_value(y), up = v + 1, down = v - 1;
    k[0] = (int64_t)v;
    if (num_order(y, num_of(v)) == TIE) return 1;
    k[1] = (int64_t)(num_order(y, num_of(up)) == UNSURE ? up : down);
    return 2;
}

/* towards zero: 0 lies between -1 and 1 */
static num towards_zero(num x)
{
    double v = num_value(x);
    if (fabs(v) < 1) return stepped(x, trunc, -1, 1);
    return v < 0 ? next_above(x) : next_below(x);
}

static num part_after_point(num x) { return num_sub(x, towards_zero(x)); }

/* round(10^d x) / 10^d */
static num nearest_decimal(const td_attr *p, num x)
{
    num power = num_pow(num_of(10), num_of(fabs(p->a)));
    if (p->a < 0) return num_mul(nearest(num_div(x, power)), power);
    return num_div(nearest(num_mul(x, power)), power);
}

static num rest_towards_zero(num x, num y)
{
    if (isinf(num_value(y)) && isfinite(num_value(x))) return x;
    return num_sub(x, num_mul(towards_zero(num_div(x, y)), y));
}

static num rest_below(num x, num y) { return num_sub(x, num_mul(next_below(num_div(x, y)), y)); }
static num quotient_below(num x, num y) { return next_below(num_div(x, y)); }

static const definition
    define_floor = {.function = next_below, .direct = true},
    define_ceil = {.function = next_above, .direct = true},
    define_trunc = {.function = towards_zero, .direct = true},
    define_round = {.function = nearest, .direct = true},
    define_round_decimals = {.unary = nearest_decimal, .direct = true},
    define_frac = {.function = part_after_point, .direct = true},
    define_fmod = {.binary = rest_towards_zero},
    define_remainder = {.binary = rest_below},
    define_floor_divide = {.binary = quotient_below};
