/* scan.h: y_k from what stands before x_k along an axis; after it, where the scan goes down. */

/* Line i, from the end where its scan begins. */
static strip nth_scan(const td_application *f, int64_t i)
{
    strip l = nth_line(f, i);
    if (!f->attr->list[0]) return l;
    int64_t last = (l.n - 1) * l.step;
    return (strip){l.x + last, l.y + last, l.n, -l.step};
}

/* x_0 + ... + x_k */
static void cumulative_sum(const td_application *f, int64_t i)
{
    strip l = nth_scan(f, i);
    num s = num_of(0);
    for (int64_t k = 0; k < l.n; k++) l.y[k * l.step] = s = num_add(s, l.x[k * l.step]);
}

/* x_0 ... x_k */
static void cumulative_product(const td_application *f, int64_t i)
{
    strip l = nth_scan(f, i);
    num p = num_of(1);
    for (int64_t k = 0; k < l.n; k++) l.y[k * l.step] = p = num_mul(p, l.x[k * l.step]);
}

/* b_k + a_k (b_(k-1) + a_(k-1) (... + a_1 b_0)); down, the factor of a step is that of the number before */
static void recurrence(const td_application *f, int64_t i)
{
    strip l = nth_scan(f, i);
    const num *b = operand(f, 1) + (l.x - operand(f, 0));
    int64_t from = f->attr->list[0] ? -1 : 0;
    num y = b[0];
    l.y[0] = y;
    for (int64_t k = 1; k < l.n; k++)
        l.y[k * l.step] = y = num_add(num_mul(l.x[(k + from) * l.step], y), b[k * l.step]);
}

/* log (e^x_0 + ... + e^x_k); slope 0 where all of them are -inf */
static void cumulative_log_sum_exp(const td_application *f, int64_t i)
{
    strip l = nth_scan(f, i);
    num s = num_of(0);
    for (int64_t k = 0; k < l.n; k++) {
        s = num_add(s, num_exp(l.x[k * l.step]));
        bool none = num_order(s, num_of(0)) == TIE;
        l.y[k * l.step] = none ? num_choose(num_of(-INFINITY), s) : num_log(s);
    }
}

/* The largest of x_0 ... x_k, the last of equals with all the slope, or the last NaN; or its index along the axis.  The
 * smallest, where they are negated. */
static void largest_so_far(const td_application *f, int64_t i, bool negate, bool index)
{
    strip l = nth_scan(f, i);
    num y = num_of(0), at = y;
    for (int64_t k = 0; k < l.n; k++) {
        num x = l.x[k * l.step], z = negate ? num_neg(x) : x;
        num here = num_of((double)(f->attr->list[0] ? l.n - 1 - k : k));
        enum order o = k ? num_order(z, y) : MORE;
        bool taken = o == MORE || o == TIE || (o == NONE && isnan(num_value(z))) || (o == UNSURE && num_value(z) >= num_value(y));
        num best = taken ? z : y, other = taken && k ? y : z, best_at = taken ? here : at, other_at = taken && k ? at : here;
        y = o == UNSURE ? num_either(best, other) : num_choose(best, other);
        at = o == UNSURE ? num_either(best_at, other_at) : best_at;
        l.y[k * l.step] = index ? at : negate ? num_neg(y) : y;
    }
}

static void cumulative_largest(const td_application *f, int64_t i) { largest_so_far(f, i, false, false); }
static void cumulative_least(const td_application *f, int64_t i) { largest_so_far(f, i, true, false); }
static void place_of_largest(const td_application *f, int64_t i) { largest_so_far(f, i, false, true); }
static void place_of_least(const td_application *f, int64_t i) { largest_so_far(f, i, true, true); }

static const definition
    define_logcumsumexp = {.piece = cumulative_log_sum_exp, .pieces = lines},
    define_cummax = {.piece = cumulative_largest, .pieces = lines, .direct = true},
    define_cummin = {.piece = cumulative_least, .pieces = lines, .direct = true},
    define_cumargmax = {.piece = place_of_largest, .pieces = lines, .direct = true},
    define_cumargmin = {.piece = place_of_least, .pieces = lines, .direct = true},
    define_cumsum = {.piece = cumulative_sum, .pieces = lines, .direct = true},
    define_cumprod = {.piece = cumulative_product, .pieces = lines},
    define_recurrence = {.piece = recurrence, .pieces = lines};
