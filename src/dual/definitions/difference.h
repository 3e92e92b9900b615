/* difference.h: differences along an axis, and integrals by the trapezoidal rule.
 * Source: M. Abramowitz, I. A. Stegun, "Handbook of mathematical functions", 25.1.1 (differences), 25.4.1 (the rule). */

/* The line of operand k through y's index `at`; *step between its numbers.  `dropped`: y has not its axis. */
static const num *line_at(const td_application *f, int k, const int64_t *at, bool dropped, int64_t *step)
{
    const td_shape *x = f->in[k].shape;
    int64_t from[TD_MAX_RANK];
    int axis = f->attr->axis;
    for (int j = 0; j < x->rank; j++) from[j] = j == axis ? 0 : at[dropped && j > axis ? j - 1 : j];
    *step = product(x->size, axis + 1, x->rank);
    return operand(f, k) + position(x, from);
}

/* sum over k of (-1)^(n-k) binomial(n, k) x_(i+k); of truth values which of these are odd in number */
static num nth_difference(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t n = f->attr->list[0], step;
    const num *x = line_at(f, 0, at, false, &step) + at[f->attr->axis] * step;
    double binomial = 1;
    num y = num_of(0);
    (void)i;
    for (int64_t k = 0; k <= n; k++, binomial = binomial * (double)(n - k + 1) / (double)k) {
        num z = x[k * step];
        bool odd = (k & (n - k)) == 0;                /* E. Kummer, 1852 */
        if (f->dtype != TD_BOOL) y = num_add(y, num_mul(num_of((n - k) % 2 ? -binomial : binomial), z));
        else if (odd) y = verdict(y, z, true, false, true, true);
    }
    return y;
}

/* The integral over the first n intervals. */
static num trapezia(const td_application *f, const int64_t *at, bool dropped, int64_t n)
{
    int64_t step, other_step = 0;
    const num *y = line_at(f, 0, at, dropped, &step), *x = f->n_in > 1 ? line_at(f, 1, at, dropped, &other_step) : NULL;
    num s = num_of(0);
    for (int64_t k = 0; k < n; k++) {
        num width = x ? num_sub(x[(k + 1) * other_step], x[k * other_step]) : num_of(f->attr->a);
        s = num_add(s, num_mul(width, num_div(num_add(y[k * step], y[(k + 1) * step]), num_of(2))));
    }
    return s;
}

static num whole_integral(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t n = f->in[0].shape->size[f->attr->axis];
    (void)i;
    return n > 0 ? trapezia(f, at, true, n - 1) : num_of(0);
}

static num integral_so_far(const td_application *f, const int64_t *at, int64_t i)
{
    (void)i;
    return trapezia(f, at, false, at[f->attr->axis] + 1);
}

static const definition
    define_diff = {.element = nth_difference},
    define_trapezoid = {.element = whole_integral},
    define_cumulative_trapezoid = {.element = integral_so_far};
