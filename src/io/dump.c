/* dump.c: the recorded graph of a tensor, as DOT (graphviz.org): operands above, results below.
 *
 * Operands stand before results, so one walk back from x marks what x is made of and one walk forward writes it. */
#include "core/core.h"

/* Mark x and all it was made from (on), or take the marks away. */
static void mark(td_tensor *x, bool on)
{
    td_context *c = x->context;
    if (on) x->flags |= TD_NEEDED;
    for (int64_t i = x->index; i >= 0; i--) {
        td_tensor *y = td_node(c, i);
        if (!on) y->flags &= (uint8_t)~TD_NEEDED;
        else if (y->flags & TD_NEEDED)
            for (int k = 0; k < y->n_in; k++) y->in[k]->flags |= TD_NEEDED;
    }
}

/* Text within a quoted string of DOT. */
static void put_quoted(const char *text, FILE *file)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') fputc('\\', file);
        fputc(*text, file);
    }
}

static void put_node(const td_tensor *x, FILE *file)
{
    char text[TD_SHAPE_TEXT];
    fprintf(file, "    n%lld [label=\"", (long long)x->index);
    put_quoted(x->op ? x->op->name : x->flags & TD_KEEPS ? "variable" : "constant", file);
    fprintf(file, "\\n%s %s", td_shape_text(x->shape, text), td_dtype_name(td_dtype_of(x)));
    if (x->file) {
        fputs("\\n", file);
        put_quoted(x->file, file);
        fprintf(file, ":%d", (int)x->line);
    }
    fprintf(file, "\"%s%s];\n", x->op ? "" : ", shape=box", x->flags & TD_REQUIRES ? ", penwidth=2" : "");
    for (int k = 0; k < x->n_in; k++)
        fprintf(file, "    n%lld -> n%lld;\n", (long long)x->in[k]->index, (long long)x->index);
}

td_status td_dump(td_tensor *x, FILE *file)
{
    if (!x) return TD_ENOMEM;
    td_context *c = x->context;
    if (td_error(c)) return td_error(c);
    mark(x, true);
    fputs("digraph triad {\n    node [shape=ellipse];\n", file);
    for (int64_t i = 0; i <= x->index; i++)
        if (td_node(c, i)->flags & TD_NEEDED) put_node(td_node(c, i), file);
    fputs("}\n", file);
    mark(x, false);
    return ferror(file) ? td_fail(c, TD_EIO, "td_dump: the file can't be written") : TD_OK;
}
