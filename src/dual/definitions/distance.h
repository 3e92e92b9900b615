/* distance.h: norms of matrices, and of what lies between two vectors. */

/* The group of two operands over the axes that `over` has, each operand repeated along its sizes 1.  `at` is the element's
 * index on the other axes. */
static group between(const td_application *f, const td_shape *over)
{
    group g = {.x = operand(f, 0), .other = operand(f, 1), .n = over->numel, .rank = over->rank};
    for (int j = 0; j < over->rank; j++) {
        g.size[j] = over->size[j];
        for (int k = 0; k < 2; k++) {
            const td_shape *s = f->in[k].shape;
            int axis = s->rank - over->rank + j;
            int64_t *stride = k ? &g.other_stride[j] : &g.stride[j];
            *stride = axis < 0 || s->size[axis] == 1 ? 0 : product(s->size, axis + 1, s->rank);
        }
    }
    return g;
}

/* The norm of x - y, over everything */
static num distance(const td_application *f, const int64_t *at, int64_t i)
{
    td_shape both = common_shape(f->in[0].shape, f->in[1].shape);
    group g = between(f, &both);
    (void)at, (void)i;
    return length(f->attr->a, &g, &of_distances);
}

/* The norm of row i of x less row j of y, in each matrix of a stack */
static num distance_of_rows(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape, *y = f->in[1].shape;
    int stack = f->shape->rank - 2;
    int64_t n = x->size[x->rank - 1];
    (void)i;
    group g = {.n = n, .rank = 1, .size = {n}, .stride = {1}, .other_stride = {1}};
    g.x = operand(f, 0) + (matrix_of(x, at, stack) * x->size[x->rank - 2] + at[stack]) * n;
    g.other = operand(f, 1) + (matrix_of(y, at, stack) * y->size[y->rank - 2] + at[stack + 1]) * n;
    return length(f->attr->a, &g, &of_distances);
}

/* Where line `at` of operand k begins, of a line along `axis` of the shape both operands have together, and its step.
 * `at` has the line's axis as a size 1, or not at all. */
static const num *joint_line(const td_application *f, int k, const td_shape *both, int axis, const int64_t *at, int64_t *step)
{
    const td_shape *s = f->in[k].shape;
    bool dropped = f->shape->rank < both->rank;
    int missing = both->rank - s->rank;
    int64_t start = 0;
    *step = 0;
    for (int j = missing; j < both->rank; j++) {
        int64_t n = s->size[j - missing], stride = n == 1 ? 0 : product(s->size, j - missing + 1, s->rank);
        if (j == axis) *step = stride;
        else start += stride * at[j - (dropped && j > axis)];
    }
    return operand(f, k) + start;
}

static group line_between(const td_application *f, const int64_t *at)
{
    td_shape both = common_shape(f->in[0].shape, f->in[1].shape);
    group g = {.n = both.size[f->attr->axis], .rank = 1, .size = {both.size[f->attr->axis]}};
    g.x = joint_line(f, 0, &both, f->attr->axis, at, &g.stride[0]);
    g.other = joint_line(f, 1, &both, f->attr->axis, at, &g.other_stride[0]);
    return g;
}

/* The norm of x - y + eps along the last axis */
static num distance_of_pair(const td_application *f, const int64_t *at, int64_t i)
{
    group g = line_between(f, at);
    (void)i;
    g.shift = f->attr->b;
    return length(f->attr->a, &g, &of_distances);
}

/* sum x y / (max(|x|, eps) max(|y|, eps)) along an axis */
static num cosine(const td_application *f, const int64_t *at, int64_t i)
{
    group x = line_between(f, at), y = x;
    (void)i;
    y.x = x.other;
    y.stride[0] = x.other_stride[0];
    num s = inner_product(x.x, x.stride[0], y.x, y.stride[0], x.n);
    num along_x = floored(length(2, &x, &of_numbers), f->attr->b), along_y = floored(length(2, &y, &of_numbers), f->attr->b);
    return num_div(s, num_mul(along_x, along_y));
}

/* x / max(norm of x along an axis, eps) */
static void of_norm_one(const td_application *f, int64_t i)
{
    strip l = nth_line(f, i);
    group g = {.x = l.x, .n = l.n, .rank = 1, .size = {l.n}, .stride = {l.step}};
    num s = floored(length(f->attr->a, &g, &of_numbers), f->attr->b);
    for (int64_t k = 0; k < l.n; k++) l.y[k * l.step] = num_div(l.x[k * l.step], s);
}

/* ---- matrix norms: extremes of sums of sizes along rows or columns ------------------------------------------------- */

/* The largest of n, s apart, with equals sharing the slope, and the smallest, for the sign -1; the numbers are column sums
 * (of an m by n matrix) of sizes. */
typedef struct matrix_columns {
    const num *x;
    int64_t    m, n, down, across;
    double     sign;
} matrix_columns;

static num column_sum(const matrix_columns *c, int64_t j)
{
    num s = num_of(0);
    for (int64_t i = 0; i < c->m; i++) s = num_add(s, magnitude(c->x[i * c->down + j * c->across]));
    return num_mul(num_of(c->sign), s);
}

/* y - sum (y - z) / ties over the sums z that equal the largest, y */
static num extreme_column(const matrix_columns *c)
{
    num y = column_sum(c, 0), s = num_of(0);
    double ties = 0;
    for (int64_t j = 1; j < c->n; j++) {
        num z = column_sum(c, j);
        enum order o = rivalry(z, y);
        bool above = o == MORE || (o == UNSURE && num_value(z) > num_value(y));
        y = o == UNSURE ? above ? num_either(z, y) : num_either(y, z) : above ? num_choose(z, y) : num_choose(y, z);
    }
    for (int64_t j = 0; j < c->n; j++) {
        if (num_order(column_sum(c, j), y) == UNSURE) return y;
        ties += is_equal_or_nan(column_sum(c, j), y);
    }
    if (ties <= 1) return y;
    for (int64_t j = 0; j < c->n; j++) {
        num z = column_sum(c, j);
        if (is_equal_or_nan(z, y)) s = num_add(s, num_div(num_sub(y, z), num_of(ties)));
    }
    return isfinite(num_value(y)) ? num_choose(num_sub(y, s), y) : y;
}

/* The largest sum of a column's sizes for order 1, of a row's for inf; the smallest for -1 and -inf.
 * Source: G. Golub, C. Van Loan, "Matrix Computations", 2013, 2.3.2. */
static num norm_of_matrix(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *s = f->in[0].shape;
    int row = (int)f->attr->list[0], column = (int)f->attr->list[1], k = 0;
    bool turned = isinf(f->attr->a);
    matrix_columns c = {.x = operand(f, 0), .sign = f->attr->a > 0 ? 1 : -1};
    (void)i;
    for (int j = 0; j < s->rank; j++) {
        if (j == row || j == column) k += f->attr->keepdim;
        else c.x += at[k++] * product(s->size, j + 1, s->rank);
    }
    int down = turned ? column : row, across = turned ? row : column;
    c.m = s->size[down], c.n = s->size[across];
    c.down = product(s->size, down + 1, s->rank), c.across = product(s->size, across + 1, s->rank);
    return c.n ? num_mul(num_of(c.sign), extreme_column(&c)) : num_of(0);
}

static const definition
    define_matrix_norm = {.element = norm_of_matrix},
    define_dist = {.element = distance},
    define_cdist = {.element = distance_of_rows},
    define_pairwise_distance = {.element = distance_of_pair},
    define_normalize = {.piece = of_norm_one, .pieces = lines},
    define_cosine_similarity = {.element = cosine};
