/* equation.c: einsum's equation, read; errors name the place in it. */
#include "op/equation.h"

#include <stdarg.h>
#include <string.h>

typedef struct reader {
    const td_infer *i;
    const char     *text, *at;
    td_equation       *e;
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

static void skip_spaces(reader *r)
{
    while (*r->at == ' ') r->at++;
}

/* Letters from here to the end of the term. */
static int letters_ahead(const char *at)
{
    int n = 0;
    for (; *at && *at != ',' && *at != '-'; at++) n += td_is_label(*at);
    return n;
}

static td_status read_ellipsis(reader *r, int term, int covers)
{
    if (strncmp(r->at, "...", 3)) return refuse(r, TD_EVALUE, "a dot that is no ellipsis");
    for (int k = covers; k > 0; k--) r->e->label[term][r->e->rank[term]++] = TD_LABELS - k;
    r->at += 3;
    return TD_OK;
}

/* Labels up to a comma, an arrow or the end; an ellipsis stands for `covers` axes. */
static td_status read_term(reader *r, int term, int covers)
{
    bool ellipsis = false;
    for (skip_spaces(r); *r->at && *r->at != ',' && *r->at != '-'; skip_spaces(r)) {
        if (r->e->rank[term] == TD_MAX_RANK) return refuse(r, TD_ESHAPE, "more than %d axes", TD_MAX_RANK);
        if (td_is_label(*r->at)) r->e->label[term][r->e->rank[term]++] = td_label_of(*r->at++);
        else if (*r->at != '.') return refuse(r, TD_EVALUE, "'%c' is no label", *r->at);
        else if (ellipsis) return refuse(r, TD_EVALUE, "a second ellipsis");
        else if (ellipsis = true, read_ellipsis(r, term, covers)) return td_error(r->i->context);
    }
    return TD_OK;
}

/* The size of the label of one axis: sizes of 1 broadcast between operands, and not within one. */
static td_status note_size(reader *r, int term, int axis)
{
    td_equation *e = r->e;
    int       label = e->label[term][axis];
    int64_t   size = r->i->in[term]->shape->size[axis], other = e->size[label];
    for (int k = 0; k < axis; k++)
        if (e->label[term][k] == label && r->i->in[term]->shape->size[k] != size)
            return refuse(r, TD_ESHAPE, "'%c' is repeated in operand %d, with sizes %lld and %lld", td_letter_of(label),
                          term,
                          (long long)r->i->in[term]->shape->size[k], (long long)size);
    if (e->seen[label] && other != size && other != 1 && size != 1)
        return refuse(r, TD_ESHAPE, "'%c' has size %lld in operand %d and %lld before", td_letter_of(label), (long long)size,
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
static int covered(const td_equation *e)
{
    int n = 0;
    while (n < TD_MAX_RANK && e->seen[TD_LABELS - 1 - n]) n++;
    return n;
}

/* Where a label stands from `at` on, the n-th time. */
static const char *place_of(const char *at, int label, int n)
{
    while (*at && !(td_is_label(*at) && td_label_of(*at) == label && --n == 0)) at++;
    return at;
}

static td_status read_result(reader *r)
{
    td_equation   *e = r->e;
    int         count[TD_LABELS] = { 0 };
    const char *start = r->at;
    if (read_term(r, e->n, covered(e))) return td_error(r->i->context);
    if (*r->at) return refuse(r, TD_EVALUE, "'%c' behind the result", *r->at);
    for (int k = 0; k < e->rank[e->n]; k++) {
        int label = e->label[e->n][k];
        if (!e->seen[label] || count[label]) r->at = place_of(start, label, 1 + count[label]);
        if (!e->seen[label]) return refuse(r, TD_EVALUE, "'%c' is in the result and in no operand", td_letter_of(label));
        if (count[label]++) return refuse(r, TD_EVALUE, "'%c' is twice in the result", td_letter_of(label));
    }
    return TD_OK;
}

/* Without an arrow: the axes under an ellipsis, then the labels that stand once, by the alphabet. */
static td_status usual_result(reader *r)
{
    td_equation *e = r->e;
    int       wide = covered(e), rank = wide;
    for (int k = 0; k < 52; k++) rank += e->seen[k] == 1;
    if (rank > TD_MAX_RANK) return refuse(r, TD_ESHAPE, "the result has %d axes, more than %d", rank, TD_MAX_RANK);
    for (int k = wide; k > 0; k--) e->label[e->n][e->rank[e->n]++] = TD_LABELS - k;
    for (int k = 0; k < 52; k++)
        if (e->seen[k] == 1) e->label[e->n][e->rank[e->n]++] = k;
    return TD_OK;
}

td_status td_equation_read(const td_infer *i, td_equation *e)
{
    const char *text = (const char *)i->attr->list;
    reader      r = { i, text, text, e };
    *e = (td_equation){ .n = i->n_in };
    for (int k = 0; k < i->n_in; k++) {
        if (read_operand(&r, k)) return td_error(i->context);
        if (k + 1 < i->n_in && *r.at++ != ',')
            return r.at--, refuse(&r, TD_EVALUE, "%d operands, of which %d are here", i->n_in, k + 1);
    }
    if (*r.at == ',') return refuse(&r, TD_EVALUE, "more than the %d operands given", i->n_in);
    if (!*r.at) return usual_result(&r);
    if (r.at[1] != '>') return refuse(&r, TD_EVALUE, "a '-' that begins no arrow");
    r.at += 2;
    return read_result(&r);
}
