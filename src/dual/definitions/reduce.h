/* reduce.h: y from the numbers of a group. */

static num sum(const td_attr *p, const group *x)
{
    (void)p;
    num s = num_of(0);
    for (int64_t i = 0; i < x->n; i++) s = num_add(s, nth(x, i));
    return s;
}

static num mean(const td_attr *p, const group *x) { return num_div(sum(p, x), num_of((double)x->n)); }

/* sum (x - mean)^2; of one number 0, however it is rounded */
static num squared_deviations(const group *x)
{
    if (x->n == 1) {
        num d = num_mul(num_of(0), nth(x, 0));
        return num_mul(d, d);
    }
    num m = mean(NULL, x), s = num_of(0);
    for (int64_t i = 0; i < x->n; i++) {
        num d = num_sub(nth(x, i), m);
        s = num_add(s, num_mul(d, d));
    }
    return s;
}

/* that over max(n - correction, 0) */
static num variance(const td_attr *p, const group *x)
{
    return num_div(squared_deviations(x), num_of(fmax((double)x->n - p->a, 0)));
}

/* its root; slope 0 where the variance is 0 */
static num deviation(const td_attr *p, const group *x)
{
    num v = variance(p, x);
    return num_order(v, num_of(0)) == TIE ? num_choose(num_of(0), v) : num_root(v);
}

static num multiplied(const td_attr *p, const group *x)
{
    (void)p;
    num y = num_of(1);
    for (int64_t i = 0; i < x->n; i++) y = num_mul(y, nth(x, i));
    return y;
}

/* slope 0 where all are -inf */
static num log_sum_exp(const td_attr *p, const group *x)
{
    (void)p;
    num s = num_of(0);
    for (int64_t i = 0; i < x->n; i++) s = num_add(s, num_exp(nth(x, i)));
    if (num_order(s, num_of(0)) == TIE) return num_choose(num_of(-INFINITY), s);
    return num_log(s);
}

/* ---- largest and smallest: of the numbers as they are, negated, or without sign ---------------------------------- */

typedef num reading(const group *x, int64_t i);
static num plain(const group *x, int64_t i) { return nth(x, i); }
static num negated(const group *x, int64_t i) { return num_neg(nth(x, i)); }

/* Is x to be taken instead of y, found before it?  A NaN is above all, the first of equals stays. */
static enum order rivalry(num x, num y)
{
    enum order o = num_order(x, y);
    if (o == NONE) return isnan(num_value(y)) ? LESS : MORE;
    return o;
}

/* The first largest, with all the slope; `where` may be NULL. */
static num first_largest(const group *x, reading *read, num *where)
{
    num y = read(x, 0), k = num_of(0);
    for (int64_t i = 1; i < x->n; i++) {
        num z = read(x, i), here = num_of((double)i);
        enum order o = rivalry(z, y);
        bool above = o == MORE || (o == UNSURE && num_value(z) > num_value(y));
        num best = above ? z : y, other = above ? y : z, best_at = above ? here : k, other_at = above ? k : here;
        y = o == UNSURE ? num_either(best, other) : num_choose(best, other);
        k = o == UNSURE ? num_either(best_at, other_at) : best_at;
    }
    if (where) *where = k;
    return y;
}

/* Is z one of those that are the largest, y?  A NaN is, where there is one. */
static bool is_equal_or_nan(num z, num y)
{
    enum order o = num_order(z, y);
    return o == TIE || (o == NONE && isnan(num_value(z)));
}

/* The largest y, with the slope split evenly among its equals z: y - sum (y - z) / ties. */
static num shared_largest(const group *x, reading *read)
{
    num y = first_largest(x, read, NULL), s = num_of(0);
    bool finite = isfinite(num_value(y));
    double ties = 0;
    for (int64_t i = 0; i < x->n; i++) {
        num z = read(x, i);
        if (num_order(z, y) == UNSURE) return y;
        ties += is_equal_or_nan(z, y);
    }
    if (ties <= 1) return y;
    for (int64_t i = 0; i < x->n; i++) {
        num z = read(x, i);
        if (is_equal_or_nan(z, y)) s = num_add(s, num_div(finite ? num_sub(y, z) : z, num_of(ties)));
    }
    return num_choose(finite ? num_sub(y, s) : s, y);
}

static num max_first(const td_attr *p, const group *x) { (void)p; return first_largest(x, plain, NULL); }
static num min_first(const td_attr *p, const group *x) { (void)p; return num_neg(first_largest(x, negated, NULL)); }
static num max_shared(const td_attr *p, const group *x) { (void)p; return shared_largest(x, plain); }
static num min_shared(const td_attr *p, const group *x) { (void)p; return num_neg(shared_largest(x, negated)); }

static num where_largest(const td_attr *p, const group *x)
{
    (void)p;
    num k;
    first_largest(x, plain, &k);
    return k;
}

static num where_least(const td_attr *p, const group *x)
{
    (void)p;
    num k;
    first_largest(x, negated, &k);
    return k;
}

/* ---- tie_share ------------------------------------------------------------------------------------------------------- */

/* 0, and known to be if anything is known of z. */
static num nothing_if_known(num z) { return num_mul(num_of(0), num_constant(z)); }

/* How x stands among the numbers of its line, itself left out: what is sure, and what the values say. */
typedef struct standing { double none, above, ties, unsure, likely_above, likely_ties; num doubt; } standing;

static standing standing_of(const group *g, const num *x)
{
    standing s = {.doubt = num_of(0)};
    for (int64_t k = 0; k < g->n; k++) {
        num z = nth(g, k);
        enum order o = num_order(z, *x);
        double distance = num_value(z) - num_value(*x);
        s.none += isnan(num_value(z));
        if (o == UNSURE) s.doubt = num_add(s.doubt, nothing_if_known(z));
        if (place(g, k) == x) continue;
        s.above += o == MORE, s.ties += o == TIE, s.unsure += o == UNSURE;
        s.likely_above += o == UNSURE && distance > 0, s.likely_ties += o == UNSURE && distance == 0;
    }
    return s;
}

/* 1 / t if x is one of the t largest, else 0; NaN with a NaN.  Where that is in doubt it may be 0 and, of s others that are
 * equal for sure, 1 / (1 + s). */
static num tie_share(const td_application *f, const int64_t *at, int64_t i)
{
    group g = group_at(f, at, true);
    standing s = standing_of(&g, operand(f, 0) + i);
    num sure = num_div(num_of(1), num_of(1 + s.ties)), zero = num_of(0);
    if (s.none) return num_add(num_of(NAN), s.doubt);
    if (s.above) return s.doubt;
    if (!s.unsure) return num_add(sure, s.doubt);
    num guess = s.likely_above ? zero : num_div(num_of(1), num_of(1 + s.ties + s.likely_ties));
    return num_add(num_either(num_either(guess, zero), sure), s.doubt);
}

/* ---- counts ------------------------------------------------------------------------------------------------------ */

static num count_not_zero(const group *x, reading *read)
{
    num s = num_of(0);
    for (int64_t i = 0; i < x->n; i++) s = num_add(s, verdict(read(x, i), num_of(0), true, false, true, true));
    return s;
}

static num counted(const td_attr *p, const group *x) { (void)p; return count_not_zero(x, plain); }

/* Is the count of what is not 0 above none; is it all there are? */
static num is_any(const td_attr *p, const group *x)
{
    return verdict(counted(p, x), num_of(0.5), false, false, true, false);
}

static num is_all(const td_attr *p, const group *x)
{
    return verdict(counted(p, x), num_of((double)x->n - 0.5), false, false, true, false);
}

/* ---- what is left without NaN ------------------------------------------------------------------------------------ */

static num sum_of_numbers(const group *x, int64_t *count)
{
    num s = num_of(0);
    *count = 0;
    for (int64_t i = 0; i < x->n; i++) {
        num z = nth(x, i);
        bool none = isnan(num_value(z)) && num_order(z, z) == NONE;
        s = none ? num_choose(s, z) : num_add(s, z);
        *count += !none;
    }
    return s;
}

static num sum_but_nan(const td_attr *p, const group *x)
{
    int64_t count;
    (void)p;
    return sum_of_numbers(x, &count);
}

static num mean_but_nan(const td_attr *p, const group *x)
{
    int64_t count;
    (void)p;
    num s = sum_of_numbers(x, &count);
    return num_div(s, num_of((double)count));
}

/* ---- norms: of the numbers of a group, or of what lies between two ------------------------------------------------- */

static num magnitude_of(const group *x, int64_t i) { return magnitude(nth(x, i)); }
static num less_magnitude_of(const group *x, int64_t i) { return num_neg(magnitude_of(x, i)); }

static num apart(const group *x, int64_t i)
{
    int64_t offset = 0;
    for (int64_t j = x->rank - 1, k = i; j >= 0; k /= x->size[j--]) offset += k % x->size[j] * x->other_stride[j];
    return num_add(num_sub(nth(x, i), x->other[offset]), num_of(x->shift));
}

static num size_apart(const group *x, int64_t i) { return magnitude(apart(x, i)); }
static num less_size_apart(const group *x, int64_t i) { return num_neg(size_apart(x, i)); }

/* The numbers that a norm is taken of, their sizes, and these negated. */
typedef struct measure { reading *number, *size, *less; } measure;
static const measure
    of_numbers = {plain, magnitude_of, less_magnitude_of},
    of_distances = {apart, size_apart, less_size_apart};

/* |x|^p; of the usual orders without pow */
static num size_to(num x, double p)
{
    return p == 1 ? magnitude(x) : p == 2 ? num_mul(x, x) : num_pow(magnitude(x), num_of(p));
}

/* Is one of them exactly 0? */
static bool touches_zero(const group *x, reading *read)
{
    for (int64_t i = 0; i < x->n; i++)
        if (num_order(read(x, i), num_of(0)) == TIE) return true;
    return false;
}

/* (sum |x|^p)^(1/p), its limits for p = 0 and p = +-inf; slope 0 where it is 0, which it is for p < 0 where an x is.
 * Source: N. Higham, "Accuracy and Stability of Numerical Algorithms", 2002, 6.1. */
static num length(double p, const group *x, const measure *m)
{
    num s = num_of(0);
    if (p == 0) return count_not_zero(x, m->number);
    if (isinf(p) && p > 0) return x->n ? shared_largest(x, m->size) : s;
    if (isinf(p)) return num_neg(shared_largest(x, m->less));
    for (int64_t i = 0; i < x->n; i++) s = num_add(s, size_to(m->number(x, i), p));
    if (p < 0 && touches_zero(x, m->number)) return num_choose(num_of(0), s);
    if (p > 0 && num_order(s, num_of(0)) == TIE) return num_choose(num_of(0), s);
    if (p == 1) return s;
    return p == 2 ? num_root(s) : num_pow(s, num_div(num_of(1), num_of(p)));
}

static num norm(const td_attr *p, const group *x) { return length(p->a, x, &of_numbers); }

static const definition
    define_sum = {.reduce = sum, .direct = true},
    define_mean = {.reduce = mean, .direct = true},
    define_var = {.reduce = variance},
    define_std = {.reduce = deviation},
    define_prod = {.reduce = multiplied},
    define_max = {.reduce = max_first, .direct = true},
    define_min = {.reduce = min_first, .direct = true},
    define_amax = {.reduce = max_shared, .direct = true},
    define_amin = {.reduce = min_shared, .direct = true},
    define_tie_share = {.element = tie_share, .direct = true},
    define_argmax = {.reduce = where_largest, .direct = true},
    define_argmin = {.reduce = where_least, .direct = true},
    define_any = {.reduce = is_any, .direct = true},
    define_all = {.reduce = is_all, .direct = true},
    define_count_nonzero = {.reduce = counted, .direct = true},
    define_nansum = {.reduce = sum_but_nan, .direct = true},
    define_nanmean = {.reduce = mean_but_nan, .direct = true},
    define_logsumexp = {.reduce = log_sum_exp},
    define_norm = {.reduce = norm};
