/* diagonal.h: diagonals and triangles.  list[0] is the offset, list[1] and list[2] the axes of rows i and columns j. */

/* y's last index d is the d-th place (i, j) with j - i = offset, from the top. */
static int64_t on_diagonal(const td_application *f, const int64_t *at, int64_t i)
{
    const int64_t *p = f->attr->list;
    int64_t from[TD_MAX_RANK], d = at[f->shape->rank - 1];
    int rank = f->in[0].shape->rank, k = 0;
    (void)i;
    for (int j = 0; j < rank; j++) if (j != p[1] && j != p[2]) from[j] = at[k++];
    from[p[1]] = p[0] < 0 ? d - p[0] : d;
    from[p[2]] = p[0] < 0 ? d : d + p[0];
    return position(f->in[0].shape, from);
}

/* Where j - i is the offset a number of x, else 0. */
static int64_t put_on_diagonal(const td_application *f, const int64_t *at, int64_t i)
{
    const int64_t *p = f->attr->list;
    int64_t from[TD_MAX_RANK], row = at[p[1]], column = at[p[2]];
    int k = 0;
    (void)i;
    if (column - row != p[0]) return -1;
    for (int j = 0; j < f->shape->rank; j++) if (j != p[1] && j != p[2]) from[k++] = at[j];
    from[k] = row < column ? row : column;
    return position(f->in[0].shape, from);
}

/* Of a vector the matrix that has it on a diagonal, of a matrix the diagonal: numbered from its top. */
static int64_t diagonal_or_matrix(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t offset = f->attr->list[0], above = offset < 0 ? -offset : 0, left = offset < 0 ? 0 : offset;
    (void)i;
    if (f->in[0].shape->rank == 2) return (at[0] + above) * f->in[0].shape->size[1] + at[0] + left;
    return at[1] - at[0] == offset ? at[0] - above : -1;
}

static int64_t lower_triangle(const td_application *f, const int64_t *at, int64_t i)
{
    int last = f->shape->rank - 1;
    return at[last] - at[last - 1] <= f->attr->list[0] ? i : -1;
}

static int64_t upper_triangle(const td_application *f, const int64_t *at, int64_t i)
{
    int last = f->shape->rank - 1;
    return at[last] - at[last - 1] >= f->attr->list[0] ? i : -1;
}

/* sum of x_ii */
static num traced(const td_application *f, const int64_t *at, int64_t i)
{
    const int64_t *size = f->in[0].shape->size;
    num sum = num_of(0);
    (void)at, (void)i;
    for (int64_t k = 0; k < size[0] && k < size[1]; k++) sum = num_add(sum, operand(f, 0)[k * size[1] + k]);
    return sum;
}

static const definition
    define_diagonal = {.from = on_diagonal, .direct = true},
    define_undiagonal = {.from = put_on_diagonal, .direct = true},
    define_diag_embed = {.from = put_on_diagonal, .direct = true},
    define_diag = {.from = diagonal_or_matrix, .direct = true},
    define_tril = {.from = lower_triangle, .direct = true},
    define_triu = {.from = upper_triangle, .direct = true},
    define_trace = {.element = traced, .direct = true};
