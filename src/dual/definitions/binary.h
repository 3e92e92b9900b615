/* binary.h: y_i from x_i and z_i, and where. */

static num sum_of_two(num x, num y) { return num_add(x, y); }
static num difference(num x, num y) { return num_sub(x, y); }
static num product_of_two(num x, num y) { return num_mul(x, y); }
static num quotient(num x, num y) { return num_div(x, y); }
static num power(num x, num p) { return num_pow(x, p); }
static num smaller(num x, num y) { return num_neg(larger(num_neg(x), num_neg(y))); }
static num is_equal(num x, num y) { return verdict(x, y, false, true, false, false); }
static num is_not_equal(num x, num y) { return verdict(x, y, true, false, true, true); }
static num is_less(num x, num y) { return verdict(x, y, true, false, false, false); }
static num is_less_or_equal(num x, num y) { return verdict(x, y, true, true, false, false); }
static num is_greater(num x, num y) { return verdict(x, y, false, false, true, false); }
static num is_greater_or_equal(num x, num y) { return verdict(x, y, false, true, true, false); }

static num scaled_and_added(const td_application *f, const int64_t *at, int64_t i)
{
    (void)at;
    return num_add(num_mul(num_of(f->attr->a), operand(f, 0)[i]), operand(f, 1)[i]);
}

static num chosen(const td_application *f, const int64_t *at, int64_t i)
{
    (void)at;
    num condition = operand(f, 0)[i], x = operand(f, 1)[i], y = operand(f, 2)[i];
    switch (num_order(condition, num_of(0.5))) {
    case MORE: return num_choose(x, y);
    case UNSURE: return num_value(condition) > 0.5 ? num_either(x, y) : num_either(y, x);
    default: return num_choose(y, x);
    }
}

static const definition
    define_add = {.binary = sum_of_two, .direct = true},
    define_sub = {.binary = difference, .direct = true},
    define_mul = {.binary = product_of_two, .direct = true},
    define_div = {.binary = quotient, .direct = true},
    define_axpy = {.element = scaled_and_added, .direct = true},
    define_pow = {.binary = power},
    define_maximum = {.binary = larger, .direct = true},
    define_minimum = {.binary = smaller, .direct = true},
    define_eq = {.binary = is_equal, .direct = true},
    define_ne = {.binary = is_not_equal, .direct = true},
    define_lt = {.binary = is_less, .direct = true},
    define_le = {.binary = is_less_or_equal, .direct = true},
    define_gt = {.binary = is_greater, .direct = true},
    define_ge = {.binary = is_greater_or_equal, .direct = true},
    define_where = {.element = chosen, .direct = true};
