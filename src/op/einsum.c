/* einsum.c: sums of products by labels.
 *
 * An equation (equation.h) gives each axis of each operand a label; the result sums, over the labels it does not have,
 * the product of all operands. Operands are taken from the left, two at a time: what no later one needs is summed, and
 * what both have and nobody needs is the inner size of a matrix product. */
#include "op/equation.h"
#include "op/product.h"
#include "op/shape.h"

#include <string.h>

typedef uint64_t labels;    /* a set */

/* ---- shape -------------------------------------------------------------------------------------------------------- */

static td_status einsum_infer(td_infer *i)
{
    td_equation e;
    if (td_equation_read(i, &e)) return td_error(i->context);
    i->dtype = td_product_dtype(i->n_in, i->in);
    i->shape.rank = e.rank[e.n];
    for (int k = 0; k < i->shape.rank; k++) i->shape.size[k] = e.size[e.label[e.n][k]];
    return TD_OK;
}

/* ---- operands, and what has been made of them --------------------------------------------------------------------- */

typedef struct part {
    td_tensor *x;
    int        rank;
    int        label[TD_MAX_RANK];
} part;

static labels set_of(const part *p)
{
    labels s = 0;
    for (int k = 0; k < p->rank; k++) s |= (labels)1 << p->label[k];
    return s;
}

static bool has(labels s, int label) { return s >> label & 1; }

static void forget_axis(part *p, int axis)
{
    p->rank--;
    for (int k = axis; k < p->rank; k++) p->label[k] = p->label[k + 1];
}

/* Two axes with one label, if there are any. */
static bool repeated(const part *p, int *first, int *second)
{
    for (int i = 0; i < p->rank; i++)
        for (int j = i + 1; j < p->rank; j++)
            if (p->label[i] == p->label[j]) return *first = i, *second = j, true;
    return false;
}

/* Axes with one label become one: the diagonal, which is the last axis then. */
static void take_diagonals(part *p)
{
    for (int i, j; repeated(p, &i, &j);) {
        int label = p->label[i];
        p->x = td_diagonal(p->x, 0, i, j);
        forget_axis(p, j);
        forget_axis(p, i);
        p->label[p->rank++] = label;
    }
}

static void sum_but(part *p, labels kept)
{
    int axes[TD_MAX_RANK], n = 0;
    for (int k = 0; k < p->rank; k++)
        if (!has(kept, p->label[k])) axes[n++] = k;
    if (n) p->x = td_sum_axes(p->x, n, axes, false);
    while (n) forget_axis(p, axes[--n]);
}

/* An axis of size 1 that the other has too says nothing: it is left to the other. */
static void drop_ones(part *p, labels of_other)
{
    for (int k = p->rank - 1; k >= 0; k--)
        if (has(of_other, p->label[k]) && p->x->shape->size[k] == 1) {
            p->x = td_squeeze(p->x, k);
            forget_axis(p, k);
        }
}

static int axis_of(const part *p, int label)
{
    for (int k = 0; k < p->rank; k++)
        if (p->label[k] == label) return k;
    return -1;
}

static int list_of(labels s, int list[TD_LABELS])
{
    int n = 0;
    for (int k = 0; k < TD_LABELS; k++)
        if (has(s, k)) list[n++] = k;
    return n;
}

/* p's axes in the order of a list, with size 1 where p has no such label. */
static td_tensor *aligned(const part *p, int n, const int *list)
{
    int        order[TD_MAX_RANK] = { 0 }, rank = 0;
    td_tensor *x = p->x;
    for (int k = 0; k < n; k++)
        if (axis_of(p, list[k]) >= 0) order[rank++] = axis_of(p, list[k]);
    x = td_permute(x, order);
    for (int k = 0; k < n; k++)
        if (axis_of(p, list[k]) < 0) x = td_unsqueeze(x, k);
    return x;
}

/* p as a stack of matrices: the axes of each set become one, those of an empty stack none. */
static td_tensor *as_matrices(const part *p, const labels set[3])
{
    int     list[TD_LABELS], order[TD_MAX_RANK] = { 0 }, rank = 0;
    int64_t size[3] = { 1, 1, 1 };
    for (int s = 0; s < 3; s++)
        for (int k = 0, n = list_of(set[s], list); k < n; k++) {
            int axis = axis_of(p, list[k]);
            order[rank++] = axis;
            size[s] *= p->x->shape->size[axis];
        }
    td_tensor *x = td_permute(p->x, order);
    return set[0] ? td_reshape(x, 3, size) : td_reshape(x, 2, size + 1);
}

/* Labels of a product in the order it has them; false after td_fail if they are too many. */
static bool label_product(part *y, const labels set[3], td_context *c)
{
    int list[TD_LABELS], n = 0;
    for (int s = 0; s < 3; s++) n += list_of(set[s], list + n);
    if (n > TD_MAX_RANK)
        return !td_fail(c, TD_ESHAPE, "einsum: a product on the way has %d axes, more than %d", n, TD_MAX_RANK);
    y->rank = n;
    memcpy(y->label, list, (size_t)n * sizeof *list);
    return true;
}

static int64_t size_of(const part *a, const part *b, int label)
{
    int k = axis_of(a, label);
    return k >= 0 ? a->x->shape->size[k] : b->x->shape->size[axis_of(b, label)];
}

static td_tensor *matrix_product(const part *a, const part *b, const part *y, labels batch, labels inner)
{
    int64_t    size[TD_MAX_RANK];
    labels     of_a[3] = { batch, set_of(a) & ~batch & ~inner, inner }, of_b[3] = { batch, inner,
                                                                                    set_of(b) & ~batch & ~inner };
    td_tensor *x = td_mm(as_matrices(a, of_a), as_matrices(b, of_b));
    for (int k = 0; k < y->rank; k++) size[k] = size_of(a, b, y->label[k]);
    return td_reshape(x, y->rank, size);
}

/* The product of a and b, without what is neither in both nor kept. */
static part product_of(part a, part b, labels kept)
{
    part y = { 0 };
    drop_ones(&a, set_of(&b));
    drop_ones(&b, set_of(&a));
    sum_but(&a, kept | set_of(&b));
    sum_but(&b, kept | set_of(&a));
    labels both = set_of(&a) & set_of(&b), inner = both & ~kept, batch = both & kept;
    labels set[3] = { batch, set_of(&a) & ~both, set_of(&b) & ~both };
    if (a.x->context->status || !label_product(&y, set, a.x->context)) return (part){ .x = td_bad(a.x->context) };
    if (inner) y.x = matrix_product(&a, &b, &y, batch, inner);
    else y.x = td_mul(aligned(&a, y.rank, y.label), aligned(&b, y.rank, y.label));
    return y;
}

static part operand_part(const td_equation *e, int i, td_tensor *x)
{
    part p = { .x = x, .rank = e->rank[i] };
    memcpy(p.label, e->label[i], sizeof p.label);
    take_diagonals(&p);
    return p;
}

/* Labels of the result and of operands from `first` on. */
static labels needed(const td_equation *e, int first)
{
    labels s = 0;
    for (int i = first; i <= e->n; i++)
        for (int k = 0; k < e->rank[i]; k++) s |= (labels)1 << e->label[i][k];
    return s;
}

static td_tensor *einsum_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_context *c = in[0]->context;
    td_dtype    dtype = td_product_dtype(n, in);
    td_equation e;
    if (td_equation_read(&(td_infer){ .context = c, .n_in = n, .in = in, .attr = attr }, &e)) return td_bad(c);
    part p = operand_part(&e, 0, td_to(in[0], dtype));
    for (int i = 1; i < n && !c->status; i++) p = product_of(p, operand_part(&e, i, td_to(in[i], dtype)), needed(&e, i + 1));
    if (c->status) return td_bad(c);
    sum_but(&p, needed(&e, n));
    return aligned(&p, e.rank[n], e.label[n]);
}

/* ---- being called ------------------------------------------------------------------------------------------------- */

static bool write_text(td_context *c, const char *text, td_attr *attr)
{
    size_t length = strlen(text);
    if (length >= TD_EQUATION_TEXT)
        return !td_fail(c, TD_EVALUE, "einsum: an equation of %zu characters, at most %d", length, TD_EQUATION_TEXT - 1);
    memcpy(attr->list, text, length + 1);
    attr->n_list = (int8_t)(length / sizeof *attr->list + 1);
    return true;
}

td_tensor *td_einsum(const char *text, int n, td_tensor *const *in)
{
    td_attr attr = { 0 };
    if (n < 1 || td_stopped(in[0])) return n < 1 ? NULL : td_passed(in[0]);
    return write_text(in[0]->context, text, &attr) ? td_apply(&td_op_einsum, n, in, &attr) : td_bad(in[0]->context);
}

/* Labels as numbers, -1 for a comma, -2 for an arrow, -3 for an ellipsis. */
static td_tensor *call_einsum(const td_invocation *k)
{
    static const char *const  sign[] = { "...", "->", "," };
    const td_argument        *a = &k->argument[0];
    char                      text[4 * TD_LIST] = "";
    for (int i = 0; i < a->n; i++) {
        int64_t v = a->list[i];
        if (v < -3 || v > 51)
            return td_fail(k->in[0]->context, TD_EVALUE, "einsum: %lld is none of -3..51", (long long)v),
                td_bad(k->in[0]->context);
        strcat(text, v < 0 ? sign[v + 3] : (char[]){ td_letter_of((int)(v + 26) % 52), 0 });
    }
    return td_einsum(text, k->n, k->in);
}

/* Sizes by label, all small; now and then a 1 that broadcasts. */
static void sample_term(td_sample *s, td_sample_in *in, const char *term, const int64_t *size, int wide)
{
    for (; *term && *term != ',' && *term != '-'; term++) {
        if (td_is_label(*term)) in->size[in->rank++] = size[td_label_of(*term)];
        else if (*term == '.' && term[1] == '.' && term[2] == '.')
            for (int k = 0; k < wide; k++) in->size[in->rank++] = td_sample_below(s, 4) ? 2 + k : 1;
    }
}

static void einsum_sample(td_sample *s)
{
    static const char *const equations[] = {
        "ij,jk->ik", "ij,jk", "ii", "ii->i", "iji->j", "ij->ji", "ba", "ij->", "i,i", "i,j->ij", "bij,bjk->bik", "ij,ij->ij",
        "...ij,...jk->...ik", "...i,...i->...", "i...,i", "ij,jk,kl->il", "ijk,ilm,njm->nkl", "ij,i->j",
            " i , ij , j -> ", "iij,ji->j",
        "bhqd,bhkd->bhqk", "ijk->kij", "i,i,i", "Ab,bA->A", "ij...->...",
    };
    static const int64_t sizes[] = { 2, 3, 1, 4, 2, 3, 2, 0 };
    const char *text = equations[td_sample_below(s, sizeof equations / sizeof *equations)], *at = text;
    int64_t     size[52];
    int         wide = (int)td_sample_below(s, 3);
    for (int k = 0; k < 52; k++) size[k] = sizes[td_sample_below(s, td_sample_below(s, 8) ? 7 : 8)];
    memcpy(s->attr.list, text, strlen(text) + 1);
    s->attr.n_list = (int8_t)(strlen(text) / sizeof *s->attr.list + 1);
    for (s->n_in = 0; at; s->n_in++, at = (at = strchr(at, ',')) ? at + 1 : NULL) {
        sample_term(s, &s->in[s->n_in], at, size, wide);
        td_sample_floats(s, s->n_in, -4, 4);
    }
}

static const td_signature einsum_signature = {
    .example = "einsum(W, W, labels=[0, 1, -1, 2, 1, -2, 0, 2])", .call = call_einsum,
    .parameter = { { "labels", TD_SIZES, true, 0 } },
};
const td_op td_op_einsum = {
    .name = "einsum", .id = TD_ID_einsum, .min_in = 1, .max_in = TD_EQUATION_OPERANDS,
    .infer = einsum_infer, .compose = einsum_compose, .sample = einsum_sample, .signature = &einsum_signature,
};
