/* linalg.h: sums of products, in the loops of the definition. */

/* sum_k x[k] y[k] with steps; a long one at once where the number system can: the same sum, bounded as a whole */
static num inner_product(const num *x, int64_t x_step, const num *y, int64_t y_step, int64_t n)
{
    num s = num_of(0);
#ifdef NUM_DOT
    if (n >= NUM_DOT && num_dot(x, x_step, y, y_step, n, &s)) return s;
#endif
    for (int64_t k = 0; k < n; k++) s = num_add(s, num_mul(x[k * x_step], y[k * y_step]));
    return s;
}

/* Which matrix of a stack: s's leading axes, broadcast to the index `at` of `rank` leading axes of the result. */
static int64_t matrix_of(const td_shape *s, const int64_t *at, int rank)
{
    td_shape stack = {.rank = s->rank > 2 ? s->rank - 2 : 0};
    for (int j = 0; j < stack.rank; j++) stack.size[j] = s->size[j];
    return broadcast_position(&stack, at, rank);
}

/* y[.., i, j] = sum_k x[.., i, k] y[.., k, j]; a 1-d left operand is a row, a 1-d right one a column, their axes not in y */
static num matrix_product(const td_application *f, const int64_t *at, int64_t index)
{
    const td_shape *a = f->in[0].shape, *b = f->in[1].shape;
    int stack = f->shape->rank - (a->rank > 1) - (b->rank > 1);
    int64_t k = a->size[a->rank - 1], m = a->rank > 1 ? a->size[a->rank - 2] : 1, n = b->rank > 1 ? b->size[b->rank - 1] : 1;
    int64_t i = a->rank > 1 ? at[stack] : 0, j = b->rank > 1 ? at[f->shape->rank - 1] : 0;
    const num *row = operand(f, 0) + (matrix_of(a, at, stack) * m + i) * k;
    const num *column = operand(f, 1) + matrix_of(b, at, stack) * k * n + j;
    (void)index;
    return inner_product(row, 1, column, n, k);
}

static num outer(const td_application *f, const int64_t *at, int64_t i)
{
    (void)i;
    return num_mul(operand(f, 0)[at[0]], operand(f, 1)[at[1]]);
}

/* y[.., j] = sum_k x[.., k] weight[j, k] + bias[j] */
static num linear(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t n = f->in[1].shape->size[0], k = f->in[1].shape->size[1], j = i % n;
    num y = inner_product(operand(f, 0) + i / n * k, 1, operand(f, 1) + j * k, 1, k);
    (void)at;
    return f->n_in > 2 ? num_add(y, operand(f, 2)[j]) : y;
}

static const definition
    define_mm = {.element = matrix_product, .direct = true},
    define_matmul = {.element = matrix_product, .direct = true},
    define_dot = {.element = matrix_product, .direct = true},
    define_outer = {.element = outer, .direct = true},
    define_linear = {.element = linear, .direct = true};
