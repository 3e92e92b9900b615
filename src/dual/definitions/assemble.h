/* assemble.h: wholes of several tensors, or of one and its powers. */

/* The block that row and column are in, if it is one, has them counted from its corner; else 0. */
static num block_diagonal(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t row = at[0], column = at[1];
    (void)i;
    for (int k = 0; k < f->n_in; k++) {
        const td_shape *s = f->in[k].shape;
        int64_t m = s->rank == 2 ? s->size[0] : 1, n = s->rank == 0 ? 1 : s->size[s->rank - 1];
        if (row < m) return column >= 0 && column < n ? operand(f, k)[row * n + column] : num_of(0);
        row -= m, column -= n;
    }
    return num_of(0);
}

/* x_i^j, a product of j factors */
static num vandermonde(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t j = f->attr->list[1] ? at[1] : f->shape->size[1] - 1 - at[1];
    num y = num_of(1);
    (void)i;
    for (; j > 0; j--) y = num_mul(y, operand(f, 0)[at[0]]);
    return y;
}

static const definition
    define_block_diag = {.element = block_diagonal, .direct = true},
    define_vander = {.element = vandermonde};
