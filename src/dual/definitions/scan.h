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

static const definition
    define_cumsum = {.piece = cumulative_sum, .pieces = lines, .direct = true},
    define_cumprod = {.piece = cumulative_product, .pieces = lines},
    define_recurrence = {.piece = recurrence, .pieces = lines};
