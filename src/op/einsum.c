/* einsum.c: sums of products by labels.
 *
 * An equation gives each axis of each operand a label; the result sums, over the labels it does not have, the product of all
 * operands.  Operands are taken from the left, two at a time: what no later one needs is summed, and what both have and
 * nobody needs is the inner size of a matrix product.
 *
 * The text of the equation travels in td_attr.list, ended by a zero.  Labels are numbers: 0..25 for A..Z, 26..51 for a..z,
 * 52..59 for the axes under an ellipsis, the last of them 59, since those are aligned at the end. */
#include "op/product.h"
#include "op/shape.h"

#include <stdarg.h>
#include <string.h>

enum { MOST_OPERANDS = 16, LABELS = 60, BEHIND_ELLIPSIS = LABELS, MOST_TEXT = 8 * 2 * TD_MAX_RANK };

typedef uint64_t labels;    /* a set */

typedef struct equation {
    int     n;                                      /* operands; the result stands behind them */
    int     rank[MOST_OPERANDS + 1];
    int     label[MOST_OPERANDS + 1][TD_MAX_RANK];
    int     seen[LABELS];                           /* how often */
    int64_t size[LABELS];
} equation;

/* ---- reading an equation ------------------------------------------------------------------------------------------ */

typedef struct reader {
    const td_infer *i;
    const char     *text, *at;
    equation       *e;
} reader;

static td_status refuse(const reader *r, td_status status, const char *format, ...) TD_PRINTF(3, 4);
static td_status refuse(const reader *r, td_status status, const char *format, ...)
{
    char    why[256];
    va_list list;
    va_start(list, format);
    vsnprintf(why, sizeof why, format, list);
    va_end(list);
    return td_fail(r->i->context, status, "einsum: \"%s\", position %d: %s", r->text, (int)(r->at - r->text), why);
}

static bool is_label(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
static int  label_of(char c) { return c <= 'Z' ? c - 'A' : 26 + c - 'a'; }
static char letter_of(int label) { return (char)(label < 26 ? 'A' + label : label < 52 ? 'a' + label - 26 : '.'); }

static void skip_spaces(reader *r)
{
    while (*r->at == ' ') r->at++;
}

/* Letters from here to the end of the term. */
static int letters_ahead(const char *at)
{
    int n = 0;
    for (; *at && *at != ',' && *at != '-'; at++) n += is_label(*at);
    return n;
}

static td_status read_ellipsis(reader *r, int term, int covers)
{
    if (strncmp(r->at, "...", 3)) return refuse(r, TD_EVALUE, "a dot that is no ellipsis");
    for (int k = covers; k > 0; k--) r->e->label[term][r->e->rank[term]++] = BEHIND_ELLIPSIS - k;
    r->at += 3;
    return TD_OK;
}

/* Labels up to a comma, an arrow or the end; an ellipsis stands for `covers` axes. */
static td_status read_term(reader *r, int term, int covers)
{
    bool ellipsis = false;
    for (skip_spaces(r); *r->at && *r->at != ',' && *r->at != '-'; skip_spaces(r)) {
        if (r->e->rank[term] == TD_MAX_RANK) return refuse(r, TD_ESHAPE, "more than %d axes", TD_MAX_RANK);
        if (is_label(*r->at)) r->e->label[term][r->e->rank[term]++] = label_of(*r->at++);
        else if (*r->at != '.') return refuse(r, TD_EVALUE, "'%c' is no label", *r->at);
        else if (ellipsis) return refuse(r, TD_EVALUE, "a second ellipsis");
        else if (ellipsis = true, read_ellipsis(r, term, covers)) return td_error(r->i->context);
    }
    return TD_OK;
}

/* The size of the label of one axis: sizes of 1 broadcast between operands, and not within one. */
static td_status note_size(reader *r, int term, int axis)
{
    equation *e = r->e;
    int       label = e->label[term][axis];
    int64_t   size = r->i->in[term]->shape->size[axis], other = e->size[label];
    for (int k = 0; k < axis; k++)
        if (e->label[term][k] == label && r->i->in[term]->shape->size[k] != size)
            return refuse(r, TD_ESHAPE, "'%c' is repeated in operand %d, with sizes %lld and %lld", letter_of(label), term,
                          (long long)r->i->in[term]->shape->size[k], (long long)size);
    if (e->seen[label] && other != size && other != 1 && size != 1)
        return refuse(r, TD_ESHAPE, "'%c' has size %lld in operand %d and %lld before", letter_of(label), (long long)size,
                      term, (long long)other);
    if (!e->seen[label]++ || other == 1) e->size[label] = size;
    return TD_OK;
}

static td_status read_operand(reader *r, int term)
{
    char            text[TD_SHAPE_TEXT];
    const td_shape *s = r->i->in[term]->shape;
    int             letters = letters_ahead(r->at);
    if (read_term(r, term, s->rank < letters ? 0 : s->rank - letters)) return td_error(r->i->context);
    if (r->e->rank[term] != s->rank)
        return refuse(r, TD_ESHAPE, "operand %d is %s, with %d labels", term, td_shape_text(s, text), letters);
    for (int k = 0; k < s->rank; k++)
        if (note_size(r, term, k)) return td_error(r->i->context);
    return TD_OK;
}

/* Axes under the widest ellipsis. */
static int covered(const equation *e)
{
    int n = 0;
    while (n < TD_MAX_RANK && e->seen[BEHIND_ELLIPSIS - 1 - n]) n++;
    return n;
}

/* Where a label stands from `at` on, the n-th time. */
static const char *place_of(const char *at, int label, int n)
{
    while (*at && !(is_label(*at) && label_of(*at) == label && --n == 0)) at++;
    return at;
}

static td_status read_result(reader *r)
{
    equation   *e = r->e;
    int         count[LABELS] = { 0 };
    const char *start = r->at;
    if (read_term(r, e->n, covered(e))) return td_error(r->i->context);
    if (*r->at) return refuse(r, TD_EVALUE, "'%c' behind the result", *r->at);
    for (int k = 0; k < e->rank[e->n]; k++) {
        int label = e->label[e->n][k];
        if (!e->seen[label] || count[label]) r->at = place_of(start, label, 1 + count[label]);
        if (!e->seen[label]) return refuse(r, TD_EVALUE, "'%c' is in the result and in no operand", letter_of(label));
        if (count[label]++) return refuse(r, TD_EVALUE, "'%c' is twice in the result", letter_of(label));
    }
    return TD_OK;
}

/* Without an arrow: the axes under an ellipsis, then the labels that stand once, by the alphabet. */
static td_status usual_result(reader *r)
{
    equation *e = r->e;
    int       wide = covered(e), rank = wide;
    for (int k = 0; k < 52; k++) rank += e->seen[k] == 1;
    if (rank > TD_MAX_RANK) return refuse(r, TD_ESHAPE, "the result has %d axes, more than %d", rank, TD_MAX_RANK);
    for (int k = wide; k > 0; k--) e->label[e->n][e->rank[e->n]++] = BEHIND_ELLIPSIS - k;
    for (int k = 0; k < 52; k++)
        if (e->seen[k] == 1) e->label[e->n][e->rank[e->n]++] = k;
    return TD_OK;
}

static td_status read_equation(const td_infer *i, equation *e)
{
    const char *text = (const char *)i->attr->list;
    reader      r = { i, text, text, e };
    *e = (equation){ .n = i->n_in };
    for (int k = 0; k < i->n_in; k++) {
        if (read_operand(&r, k)) return td_error(i->context);
        if (k + 1 < i->n_in && *r.at++ != ',') return r.at--, refuse(&r, TD_EVALUE, "%d operands, of which %d are here", i->n_in, k + 1);
    }
    if (*r.at == ',') return refuse(&r, TD_EVALUE, "more than the %d operands given", i->n_in);
    if (!*r.at) return usual_result(&r);
    if (r.at[1] != '>') return refuse(&r, TD_EVALUE, "a '-' that begins no arrow");
    r.at += 2;
    return read_result(&r);
}

/* ---- shape -------------------------------------------------------------------------------------------------------- */

static td_status einsum_infer(td_infer *i)
{
    equation e;
    if (read_equation(i, &e)) return td_error(i->context);
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

static int list_of(labels s, int list[LABELS])
{
    int n = 0;
    for (int k = 0; k < LABELS; k++)
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
    int     list[LABELS], order[TD_MAX_RANK] = { 0 }, rank = 0;
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
    int list[LABELS], n = 0;
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
    labels     of_a[3] = { batch, set_of(a) & ~batch & ~inner, inner }, of_b[3] = { batch, inner, set_of(b) & ~batch & ~inner };
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

static part operand_part(const equation *e, int i, td_tensor *x)
{
    part p = { .x = x, .rank = e->rank[i] };
    memcpy(p.label, e->label[i], sizeof p.label);
    take_diagonals(&p);
    return p;
}

/* Labels of the result and of operands from `first` on. */
static labels needed(const equation *e, int first)
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
    equation    e;
    if (read_equation(&(td_infer){ .context = c, .n_in = n, .in = in, .attr = attr }, &e)) return td_bad(c);
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
    if (length >= MOST_TEXT)
        return !td_fail(c, TD_EVALUE, "einsum: an equation of %zu characters, at most %d", length, MOST_TEXT - 1);
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
            return td_fail(k->in[0]->context, TD_EVALUE, "einsum: %lld is none of -3..51", (long long)v), td_bad(k->in[0]->context);
        strcat(text, v < 0 ? sign[v + 3] : (char[]){ letter_of((int)(v + 26) % 52), 0 });
    }
    return td_einsum(text, k->n, k->in);
}

/* Sizes by label, all small; now and then a 1 that broadcasts. */
static void sample_term(td_sample *s, td_sample_in *in, const char *term, const int64_t *size, int wide)
{
    for (; *term && *term != ',' && *term != '-'; term++) {
        if (is_label(*term)) in->size[in->rank++] = size[label_of(*term)];
        else if (*term == '.' && term[1] == '.' && term[2] == '.')
            for (int k = 0; k < wide; k++) in->size[in->rank++] = td_sample_below(s, 4) ? 2 + k : 1;
    }
}

static void einsum_sample(td_sample *s)
{
    static const char *const equations[] = {
        "ij,jk->ik", "ij,jk", "ii", "ii->i", "iji->j", "ij->ji", "ba", "ij->", "i,i", "i,j->ij", "bij,bjk->bik", "ij,ij->ij",
        "...ij,...jk->...ik", "...i,...i->...", "i...,i", "ij,jk,kl->il", "ijk,ilm,njm->nkl", "ij,i->j", " i , ij , j -> ", "iij,ji->j",
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
    .name = "einsum", .id = TD_ID_einsum, .min_in = 1, .max_in = MOST_OPERANDS,
    .infer = einsum_infer, .compose = einsum_compose, .sample = einsum_sample, .signature = &einsum_signature,
};
