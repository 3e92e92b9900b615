/* print.c: a tensor as text, in PyTorch's layout.
 *
 * Two sweeps over what will be shown: one learns the style and the width that all elements share, one writes.  The rules
 * (when scientific, how wide, where a line breaks) are those of torch/_tensor_str.py, so that a notebook's output can be
 * laid beside ours.  A decimal point is a point in every locale. */
#include <math.h>
#include <string.h>

#include "core/core.h"

enum { SHOWN_WHOLE = 1000, EDGE = 3, LINE = 80, TEXT = 64 };

typedef struct printer {
    FILE           *file;      /* borrowed */
    const void     *data;      /* borrowed */
    const td_shape *shape;     /* row-major */
    td_dtype        dtype;
    bool            brief;     /* more than SHOWN_WHOLE: EDGE elements at either end of each axis */
    bool            integral, scientific;
    double          least, most;    /* of the finite magnitudes but 0 */
    int             width;
    int             column;
} printer;

/* ---- one element -------------------------------------------------------------------------------------------------- */

/* Whatever the locale puts between the digits becomes a point. */
static void plain_point(char *text)
{
    size_t whole = strspn(text, "-0123456789"), gap = strcspn(text + whole, "0123456789e");
    if (gap == 0) return;
    text[whole] = '.';
    memmove(text + whole + 1, text + whole + gap, strlen(text + whole + gap) + 1);
}

static void float_text(const printer *p, double v, char text[TEXT])
{
    if (isnan(v)) snprintf(text, TEXT, "nan");
    else if (isinf(v)) snprintf(text, TEXT, v < 0 ? "-inf" : "inf");
    else if (p->scientific) snprintf(text, TEXT, "%.4e", v), plain_point(text);
    else if (p->integral) snprintf(text, TEXT, "%.0f.", v);
    else snprintf(text, TEXT, "%.4f", v), plain_point(text);
}

static void element_text(const printer *p, int64_t at, char text[TEXT])
{
    if (p->dtype == TD_BOOL) snprintf(text, TEXT, ((const uint8_t *)p->data)[at] ? "True" : "False");
    else if (p->dtype == TD_I64) snprintf(text, TEXT, "%lld", (long long)((const int64_t *)p->data)[at]);
    else float_text(p, td_load(p->data, p->dtype, at), text);
}

/* ---- the elements that are shown ---------------------------------------------------------------------------------- */

/* Is the middle of an axis of n left out?  And the index shown after i. */
static bool    is_cut(const printer *p, int64_t n) { return p->brief && n > 2 * EDGE; }
static int64_t next_shown(const printer *p, int64_t i, int64_t n)
{
    return is_cut(p, n) && i == EDGE - 1 ? n - EDGE : i + 1;
}

typedef void looker(printer *p, int64_t at);

/* Depth is the rank, at most TD_MAX_RANK. */
static void look_at_shown(printer *p, looker *look, int axis, int64_t first)
{
    const td_shape *s = p->shape;
    if (axis == s->rank) {
        look(p, first);
        return;
    }
    for (int64_t i = 0; i < s->size[axis]; i = next_shown(p, i, s->size[axis]))
        look_at_shown(p, look, axis + 1, first + i * s->stride[axis]);
}

static void look_range(printer *p, int64_t at)
{
    double v = td_load(p->data, p->dtype, at), size = fabs(v);
    if (v == 0 || !isfinite(v)) return;
    if (size < p->least) p->least = size;
    if (size > p->most) p->most = size;
    if (v != ceil(v)) p->integral = false;
}

static void look_width(printer *p, int64_t at)
{
    char text[TEXT];
    if (td_is_float(p->dtype)) {
        double v = td_load(p->data, p->dtype, at);
        if (v == 0 || !isfinite(v)) return;
    }
    element_text(p, at, text);
    if ((int)strlen(text) > p->width) p->width = (int)strlen(text);
}

static void choose_style(printer *p)
{
    p->integral = true;
    p->least = INFINITY;
    if (td_is_float(p->dtype)) {
        look_at_shown(p, look_range, 0, 0);
        p->scientific = p->most / p->least > 1000 || p->most > 1e8 || (!p->integral && p->least < 1e-4);
    }
    p->width = 1;
    look_at_shown(p, look_width, 0, 0);
}

/* ---- writing ------------------------------------------------------------------------------------------------------ */

static void put(printer *p, const char *text)
{
    fputs(text, p->file);
    p->column += (int)strlen(text);
}

static void put_spaces(printer *p, int n)
{
    while (n-- > 0) put(p, " ");
}

static void put_break(printer *p, int lines, int indent)
{
    while (lines-- > 0) fputc('\n', p->file);
    p->column = 0;
    put_spaces(p, indent);
}

static void put_element(printer *p, int64_t at)
{
    char text[TEXT];
    element_text(p, at, text);
    put_spaces(p, p->width - (int)strlen(text));
    put(p, text);
}

static void put_row(printer *p, int indent, int64_t first)
{
    int64_t n = p->shape->size[p->shape->rank - 1], in_line = (LINE - indent) / (p->width + 2), done = 0;
    if (in_line < 1) in_line = 1;
    put(p, "[");
    for (int64_t i = 0; i < n; i = next_shown(p, i, n)) {
        bool cut = is_cut(p, n) && i == n - EDGE;    /* the dots stand for an element of the line */
        for (int dots = cut; dots >= 0; dots--, done++) {
            if (done) put(p, done % in_line ? ", " : ",");
            if (done && done % in_line == 0) put_break(p, 1, indent + 1);
            if (dots) put(p, " ...");
            else put_element(p, first + i);
        }
    }
    put(p, "]");
}

static void put_block(printer *p, int axis, int indent, int64_t first)
{
    const td_shape *s = p->shape;
    int64_t         n = s->size[axis];
    int             lines = s->rank - 1 - axis;
    if (lines == 0) {
        put_row(p, indent, first);
        return;
    }
    put(p, "[");
    for (int64_t i = 0; i < n; i = next_shown(p, i, n)) {
        if (i) put(p, ","), put_break(p, lines, indent + 1);
        if (is_cut(p, n) && i == n - EDGE) put(p, "...,"), put_break(p, lines, indent + 1);
        put_block(p, axis + 1, indent + 1, first + i * s->stride[axis]);
    }
    put(p, "]");
}

static void put_suffix(printer *p, const char *text, int indent)
{
    put(p, ",");
    if (p->column + 3 + (int)strlen(text) > LINE) put_break(p, 1, indent);
    else put(p, " ");
    put(p, text);
}

/* ---- what follows the numbers ------------------------------------------------------------------------------------- */

/* A gradient is shown as the values it is, though it is recorded like any result. */
static bool is_gradient(const td_tensor *x)
{
    const td_context *c = x->context;
    for (size_t i = 0; i < c->watched_count; i++)
        if (c->watched[i]->grad == x) return true;
    return false;
}

static void put_size(printer *p, int indent)
{
    char text[TD_SHAPE_TEXT + 16], *end = text + sizeof text;
    int  at = snprintf(text, sizeof text, "size=(");
    for (int k = 0; k < p->shape->rank; k++)
        at += snprintf(text + at, (size_t)(end - text - at), "%s%lld", k ? ", " : "", (long long)p->shape->size[k]);
    snprintf(text + at, (size_t)(end - text - at), ")");
    put_suffix(p, text, indent);
}

/* pow_scalar, the name of one way to apply pow, is shown as pow. */
static void put_op(printer *p, const char *name, int indent)
{
    static const char tail[] = "_scalar";
    char   text[TEXT];
    size_t n = strlen(name), cut = sizeof tail - 1;
    if (n > cut && strcmp(name + n - cut, tail) == 0) n -= cut;
    snprintf(text, sizeof text, "op=%.*s", n < TEXT ? (int)n : TEXT, name);
    put_suffix(p, text, indent);
}

static void put_suffixes(printer *p, const td_tensor *x, int indent)
{
    char text[TEXT];
    bool empty = p->shape->numel == 0;
    if (empty && p->shape->rank != 1) put_size(p, indent);
    if (p->dtype == TD_F32 || (empty && p->dtype != TD_F64)) {
        snprintf(text, sizeof text, "dtype=%s", td_dtype_name(p->dtype));
        put_suffix(p, text, indent);
    }
    if (!(x->flags & TD_REQUIRES) || is_gradient(x)) return;
    if (x->op) put_op(p, td_made_by(x)->name, indent);
    else put_suffix(p, "requires_grad", indent);
}

td_status td_print(td_tensor *x, FILE *file)
{
    const void *data = td_data(x);
    if (!data) return x ? td_error(x->context) : TD_ENOMEM;
    td_shape shape = *x->shape;
    td_shape_strides(&shape);
    printer p = { .file = file, .data = data, .shape = &shape, .dtype = td_dtype_of(x), .brief = shape.numel > SHOWN_WHOLE };
    put(&p, "tensor(");
    int indent = p.column;
    if (shape.numel) choose_style(&p);
    if (shape.numel == 0) put(&p, "[]");
    else if (shape.rank == 0) put_element(&p, 0);
    else put_block(&p, 0, indent, 0);
    put_suffixes(&p, x, indent);
    put(&p, ")");
    put_break(&p, 1, 0);
    return ferror(file) ? td_fail(x->context, TD_EIO, "td_print: the file can't be written") : TD_OK;
}
