/* contract.h: sums of products over axes and labels, in the loops of the definition. */

/* sum over the paired axes of x y; a size 1 is met by every index of its pair */
static num tensordot(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape, *y = f->in[1].shape;
    int n = f->attr->axis, k = 0;
    const int64_t *of_x = f->attr->list, *of_y = f->attr->list + TD_MAX_RANK;
    int64_t to_x[TD_MAX_RANK], to_y[TD_MAX_RANK], common[TD_MAX_RANK], met[TD_MAX_RANK] = {0}, total = 1;
    uint32_t gone_x = 0, gone_y = 0;
    (void)i;
    for (int j = 0; j < n; j++) {
        gone_x |= 1u << of_x[j], gone_y |= 1u << of_y[j];
        common[j] = x->size[of_x[j]] == 1 ? y->size[of_y[j]] : x->size[of_x[j]];
        total *= common[j];
    }
    for (int j = 0; j < x->rank; j++) if (!(gone_x >> j & 1)) to_x[j] = at[k++];
    for (int j = 0; j < y->rank; j++) if (!(gone_y >> j & 1)) to_y[j] = at[k++];
    num s = num_of(0);
    for (int64_t t = 0; t < total; t++) {
        unravel(n, common, t, met);
        for (int j = 0; j < n; j++) {
            to_x[of_x[j]] = x->size[of_x[j]] == 1 ? 0 : met[j];
            to_y[of_y[j]] = y->size[of_y[j]] == 1 ? 0 : met[j];
        }
        s = num_add(s, num_mul(operand(f, 0)[position(x, to_x)], operand(f, 1)[position(y, to_y)]));
    }
    return s;
}

/* sum_k x[.., k] y[.., k]: rows of x by rows of y; with a 0-d operand the product */
static num inner(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape, *y = f->in[1].shape;
    (void)at;
    if (x->rank == 0) return num_mul(operand(f, 0)[0], operand(f, 1)[i]);
    if (y->rank == 0) return num_mul(operand(f, 0)[i], operand(f, 1)[0]);
    int64_t n = x->size[x->rank - 1], rows = product(y->size, 0, y->rank - 1);
    return inner_product(operand(f, 0) + i / rows * n, 1, operand(f, 1) + i % rows * n, 1, n);
}

/* The shape that two operands broadcast to. */
static td_shape broadcast_shape(const td_shape *x, const td_shape *y)
{
    td_shape s = {.rank = x->rank > y->rank ? x->rank : y->rank};
    for (int j = 1; j <= s.rank; j++) {
        int64_t a = j <= x->rank ? x->size[x->rank - j] : 1, b = j <= y->rank ? y->size[y->rank - j] : 1;
        s.size[s.rank - j] = a == 1 ? b : a;
    }
    return s;
}

/* sum_k x_k y_k along an axis */
static num vecdot(const td_application *f, const int64_t *at, int64_t i)
{
    td_shape whole = broadcast_shape(f->in[0].shape, f->in[1].shape);
    int64_t to[TD_MAX_RANK];
    int axis = f->attr->axis;
    num s = num_of(0);
    (void)i;
    for (int j = 0, k = 0; j < whole.rank; j++) to[j] = j == axis ? 0 : at[k++];
    for (to[axis] = 0; to[axis] < whole.size[axis]; to[axis]++)
        s = num_add(s, num_mul(operand(f, 0)[broadcast_position(f->in[0].shape, to, whole.rank)],
                               operand(f, 1)[broadcast_position(f->in[1].shape, to, whole.rank)]));
    return s;
}

/* (x2 y3 - x3 y2, x3 y1 - x1 y3, x1 y2 - x2 y1) */
static num cross(const td_application *f, const int64_t *at, int64_t i)
{
    num v[2][3];
    int64_t to[TD_MAX_RANK], which = at[f->attr->axis], a = (which + 1) % 3, b = (which + 2) % 3;
    (void)i;
    for (int j = 0; j < f->shape->rank; j++) to[j] = at[j];
    for (int k = 0; k < 2; k++)
        for (int j = 0; j < 3; j++) {
            to[f->attr->axis] = j;
            v[k][j] = operand(f, k)[broadcast_position(f->in[k].shape, to, f->shape->rank)];
        }
    return num_sub(num_mul(v[0][a], v[1][b]), num_mul(v[0][b], v[1][a]));
}

/* x_i y_j, at i times y's size plus j on every axis */
static num kron(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape, *y = f->in[1].shape;
    int64_t of_x[TD_MAX_RANK], of_y[TD_MAX_RANK];
    int rank = f->shape->rank;
    (void)i;
    for (int j = 0; j < rank; j++) {
        int own = j - (rank - y->rank);
        int64_t n = own < 0 ? 1 : y->size[own];
        of_x[j] = at[j] / n, of_y[j] = at[j] % n;
    }
    return num_mul(operand(f, 0)[position(x, of_x + rank - x->rank)], operand(f, 1)[position(y, of_y + rank - y->rank)]);
}

/* ---- einsum ------------------------------------------------------------------------------------------------------- */

enum { EINSUM_OPERANDS = 16 };

/* The labels of each operand, and of the result behind them, as characters; '1' to '8' for what an ellipsis covers, the last
 * of these always '8'. */
typedef struct labelled {
    int n;
    char of[EINSUM_OPERANDS + 1][TD_MAX_RANK + 1];
    int64_t size[128];                             /* of a label; 0: there is none such, or it is empty */
    bool there[128];
} labelled;

/* One term, up to a comma, an arrow or the end; returns where it ends. */
static const char *read_labels(const char *at, int ellipsis, char *to)
{
    for (; *at && *at != ',' && *at != '-'; at++) {
        if (*at == '.') {
            for (int j = 0; j < ellipsis; j++) *to++ = (char)('8' - ellipsis + 1 + j);
            at += 2;
        }
        else if (*at != ' ') *to++ = *at;
    }
    *to = 0;
    return at;
}

static int count_letters(const char *at)
{
    int n = 0;
    for (; *at && *at != ',' && *at != '-'; at++) n += *at != ' ' && *at != '.';
    return n;
}

/* What stands once, by the alphabet, behind what an ellipsis covers. */
static void once(const labelled *e, const int *count, char *to)
{
    for (int c = '1'; c <= '8'; c++) if (e->there[c]) *to++ = (char)c;
    for (int c = 'A'; c <= 'z'; c++) if (count[c] == 1) *to++ = (char)c;
    *to = 0;
}

static labelled labels_of(const td_application *f)
{
    labelled e = {.n = f->n_in};
    int count[128] = {0}, widest = 0;
    const char *at = (const char *)f->attr->list;
    for (int k = 0; k < e.n; k++) {
        const td_shape *s = f->in[k].shape;
        at = read_labels(at, s->rank - count_letters(at), e.of[k]) + (k + 1 < e.n);
        for (int j = 0; j < s->rank; j++) {
            unsigned char c = (unsigned char)e.of[k][j];
            if (!e.there[c] || e.size[c] == 1) e.size[c] = s->size[j];
            e.there[c] = true;
            count[c]++;
        }
    }
    while (widest < 8 && e.there['8' - widest]) widest++;
    if (*at) read_labels(at + 2, widest, e.of[e.n]);
    else once(&e, count, e.of[e.n]);
    return e;
}

/* The element of operand k where each label has its value. */
static num at_labels(const td_application *f, const labelled *e, int k, const int64_t *value)
{
    const td_shape *s = f->in[k].shape;
    int64_t at[TD_MAX_RANK];
    for (int j = 0; j < s->rank; j++) at[j] = s->size[j] == 1 ? 0 : value[(unsigned char)e->of[k][j]];
    return operand(f, k)[position(s, at)];
}

/* For each index of the result, the sum over all values of the other labels of the product of all operands. */
static void einsum(const td_application *f, int64_t piece)
{
    labelled e = labels_of(f);
    char summed[128], *end = summed;
    int64_t value[128] = {0}, size[128], at[128], total = 1;
    for (int c = 0; c < 128; c++) if (e.there[c] && !strchr(e.of[e.n], c)) *end++ = (char)c;
    int n = (int)(end - summed);
    for (int j = 0; j < n; j++) total *= size[j] = e.size[(unsigned char)summed[j]];
    (void)piece;
    for (int64_t i = 0; i < f->shape->numel; i++) {
        int64_t to[TD_MAX_RANK];
        num s = num_of(0);
        unravel(f->shape->rank, f->shape->size, i, to);
        for (int j = 0; j < f->shape->rank; j++) value[(unsigned char)e.of[e.n][j]] = to[j];
        for (int64_t t = 0; t < total; t++) {
            unravel(n, size, t, at);
            for (int j = 0; j < n; j++) value[(unsigned char)summed[j]] = at[j];
            num p = at_labels(f, &e, 0, value);
            for (int k = 1; k < e.n; k++) p = num_mul(p, at_labels(f, &e, k, value));
            s = num_add(s, p);
        }
        result(f)[i] = s;
    }
}

/* ---- products added to something, and chains of products ----------------------------------------------------------- */

/* beta input + alpha p; the input is nothing if beta is 0 */
static num added_to(const td_application *f, const int64_t *at, num p)
{
    num scaled = num_mul(num_of(f->attr->b), p);
    if (f->attr->a == 0) return scaled;
    num input = operand(f, 0)[broadcast_position(f->in[0].shape, at, f->shape->rank)];
    return num_add(num_mul(num_of(f->attr->a), input), scaled);
}

/* The entry (i, j) of matrix b in a stack of x by y. */
static num stacked_entry(const td_application *f, int64_t b, int64_t i, int64_t j)
{
    const td_shape *x = f->in[1].shape, *y = f->in[2].shape;
    int64_t k = x->size[x->rank - 1], m = x->size[x->rank - 2], n = y->rank > 1 ? y->size[y->rank - 1] : 1;
    return inner_product(operand(f, 1) + (b * m + i) * k, 1, operand(f, 2) + b * k * n + j, n, k);
}

static num added_matrix(const td_application *f, const int64_t *at, int64_t i)
{
    int rank = f->shape->rank;
    int64_t j = f->in[2].shape->rank > 1 ? at[rank - 1] : 0;
    (void)i;
    return added_to(f, at, stacked_entry(f, rank > 2 ? at[0] : 0, at[rank > 2], j));
}

static num added_sum(const td_application *f, const int64_t *at, int64_t i)
{
    num s = num_of(0);
    (void)i;
    for (int64_t b = 0; b < f->in[1].shape->size[0]; b++) s = num_add(s, stacked_entry(f, b, at[0], at[1]));
    return added_to(f, at, s);
}

static num added_outer(const td_application *f, const int64_t *at, int64_t i)
{
    (void)i;
    return added_to(f, at, num_mul(operand(f, 1)[at[0]], operand(f, 2)[at[1]]));
}

/* ---- a chain of products: row after row of the first, by each factor in turn --------------------------------------- */

static int64_t factor_columns(const td_application *f, int k)
{
    const td_shape *s = f->in[k].shape;
    return s->rank == 1 && k > 0 ? 1 : s->size[s->rank - 1];
}

static int64_t chain_rows(const td_application *f)
{
    const td_shape *s = f->in[0].shape;
    return f->shape->numel == 0 ? 0 : s->rank == 1 ? 1 : s->size[0];
}

static int64_t widest_factor(const td_application *f)
{
    int64_t n = 0;
    for (int k = 0; k < f->n_in; k++) if (factor_columns(f, k) > n) n = factor_columns(f, k);
    return n;
}

static int64_t two_rows(const td_application *f) { return 2 * widest_factor(f); }

static void chain_row(const td_application *f, int64_t i)
{
    int64_t n = factor_columns(f, 0), last = factor_columns(f, f->n_in - 1);
    num *row = scratch(f, i), *next = row + widest_factor(f);
    for (int64_t j = 0; j < n; j++) row[j] = operand(f, 0)[i * n + j];
    for (int k = 1; k < f->n_in; k++) {
        int64_t columns = factor_columns(f, k);
        for (int64_t j = 0; j < columns; j++) next[j] = inner_product(row, 1, operand(f, k) + j, columns, n);
        num *kept = row;
        row = next, next = kept, n = columns;
    }
    for (int64_t j = 0; j < last; j++) result(f)[i * last + j] = row[j];
}

static const definition
    define_tensordot = {.element = tensordot, .direct = true},
    define_inner = {.element = inner, .direct = true},
    define_vecdot = {.element = vecdot, .direct = true},
    define_cross = {.element = cross, .direct = true},
    define_kron = {.element = kron, .direct = true},
    define_einsum = {.piece = einsum},
    define_bmm = {.element = matrix_product, .direct = true},
    define_mv = {.element = matrix_product, .direct = true},
    define_addmm = {.element = added_matrix, .direct = true},
    define_addmv = {.element = added_matrix, .direct = true},
    define_baddbmm = {.element = added_matrix, .direct = true},
    define_addbmm = {.element = added_sum, .direct = true},
    define_addr = {.element = added_outer, .direct = true},
    define_multi_dot = {.piece = chain_row, .pieces = chain_rows, .scratch = two_rows};
