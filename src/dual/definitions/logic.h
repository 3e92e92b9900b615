/* logic.h: what is true of numbers, and of bits.  Shifts are of 64 bits in two's complement. */
#include <string.h>

/* May x be 0, or not? */
static bool is_doubtful(num x) { return num_order(x, num_of(0)) == UNSURE; }
/* In doubt as it seems, so that what is computed from it stays of one piece. */
static bool is_not_zero(num x) { return is_doubtful(x) ? num_value(x) != 0 : num_order(x, num_of(0)) != TIE; }

static num logic(num x, num y, bool holds)
{
    return is_doubtful(x) || is_doubtful(y) ? num_either(num_of(holds), num_of(!holds)) : num_of(holds);
}

/* One that is false decides, and of the other kind one that is true, whatever the other is. */
static bool is_false_for_sure(num x) { return !is_not_zero(x) && !is_doubtful(x); }
static bool is_true_for_sure(num x) { return is_not_zero(x) && !is_doubtful(x); }
static num true_and_true(num x, num y)
{
    return is_false_for_sure(x) || is_false_for_sure(y) ? num_of(0) : logic(x, y, is_not_zero(x) && is_not_zero(y));
}
static num true_or_true(num x, num y)
{
    return is_true_for_sure(x) || is_true_for_sure(y) ? num_of(1) : logic(x, y, is_not_zero(x) || is_not_zero(y));
}
static num true_of_one(num x, num y) { return logic(x, y, is_not_zero(x) != is_not_zero(y)); }
static num not_true(num x) { return logic(x, x, !is_not_zero(x)); }

/* By how x compares with infinity: any known number can be told from it. */
static num has_nan(num x) { return verdict(x, num_of(INFINITY), false, false, false, true); }
static num is_infinite(num x) { return verdict(magnitude(x), num_of(INFINITY), false, true, false, false); }
static num is_a_number(num x) { return verdict(magnitude(x), num_of(INFINITY), true, false, false, false); }

static num is_negative(num x)
{
    bool bit = signbit(num_value(x));
    return is_doubtful(x) ? num_either(num_of(bit), num_of(!bit)) : num_of(bit);
}

static int64_t whole(num x) { return (int64_t)num_value(x); }
static num of_whole(int64_t k) { return num_of((double)k); }

static num bits_of_both(num x, num y) { return of_whole(whole(x) & whole(y)); }
static num bits_of_either(num x, num y) { return of_whole(whole(x) | whole(y)); }
static num bits_of_one(num x, num y) { return of_whole(whole(x) ^ whole(y)); }
static num bits_turned(num x) { return of_whole(-1 - whole(x)); }

/* x 2^n modulo 2^64; no bit is left of a count that is negative or beyond 63 */
static num moved_left(num x, num n)
{
    int64_t count = whole(n);
    uint64_t bits = count < 0 || count > 63 ? 0 : (uint64_t)whole(x) << count;
    int64_t y;
    memcpy(&y, &bits, sizeof y);
    return of_whole(y);
}

/* floor(x / 2^n); of such a count 0 or -1 */
static num moved_right(num x, num n)
{
    int64_t count = whole(n);
    double power = ldexp(1, (int)(count < 0 || count > 63 ? 63 : count));
    return num_of(floor(num_value(x) / power));
}

static const definition
    define_logical_and = {.binary = true_and_true, .direct = true},
    define_logical_or = {.binary = true_or_true, .direct = true},
    define_logical_xor = {.binary = true_of_one, .direct = true},
    define_logical_not = {.function = not_true, .direct = true},
    define_isnan = {.function = has_nan, .direct = true},
    define_isinf = {.function = is_infinite, .direct = true},
    define_isfinite = {.function = is_a_number, .direct = true},
    define_signbit = {.function = is_negative, .direct = true},
    define_bitwise_and = {.binary = bits_of_both, .direct = true},
    define_bitwise_or = {.binary = bits_of_either, .direct = true},
    define_bitwise_xor = {.binary = bits_of_one, .direct = true},
    define_bitwise_not = {.function = bits_turned, .direct = true},
    define_bitwise_left_shift = {.binary = moved_left, .direct = true},
    define_bitwise_right_shift = {.binary = moved_right, .direct = true};
