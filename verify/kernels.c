/* kernels.c: what a kernel gave, beside what its op's definition says of the very operands it had.
 *
 * Where rounding is carried from node to node a bound can be lost: at an overflow, at a comparison that is too close, at a
 * root near 0.  One node, from the numbers that its operands are, nearly always has one.  So a kernel can be wrong for
 * certain where the gradient as a whole can't be judged. */
#include "compare.h"
#include "kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_NODES = 20000 };

static int64_t first_wrong(const double *value, const double *should, const double *bound, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        if (td_compare((td_answer){value[i], 0}, (td_answer){should[i], bound[i]}) == TD_DISAGREE) return i;
    }
    return -1;
}

void td_write_shapes(const td_tensor *y, char *text)
{
    char one[TD_SHAPE_TEXT];
    int used = 0;
    for (int i = 0; i < y->n_in && used < TD_REASON; i++) {
        used += snprintf(text + used, (size_t)(TD_REASON - used), "%s ", td_shape_text(y->in[i]->shape, one));
    }
    if (used < TD_REASON) snprintf(text + used, (size_t)(TD_REASON - used), "-> %s", td_shape_text(y->shape, one));
}

bool td_kernel_is_wrong(td_tensor *y, td_blame *out)
{
    int64_t n = td_numel(y), at = -1;
    double *value = malloc((size_t)(3 * n + 1) * sizeof *value), *should = value + n, *bound = value + 2 * n;
    if (value && !td_read(y, value) && !td_replay_node(y, should, bound)) at = first_wrong(value, should, bound, n);
    if (at >= 0) {
        *out = (td_blame){.found = true, .op = y->op->name, .asked = TD_ASKED_VALUE, .operand = -1, .coordinate = at,
                          .output = -1, .tape = {value[at], 0}, .dual = {should[at], bound[at]}, .file = y->file,
                          .line = y->line};
        td_write_shapes(y, out->shapes);
    }
    free(value);
    return at >= 0;
}

static bool is_bounded(const td_replay *r, const td_tensor *y)
{
    int64_t n = td_numel(y);
    double *bound = malloc((size_t)(n + 1) * sizeof *bound);
    bool all = bound && td_replay_read(r, y, NULL, bound) == TD_OK;
    for (int64_t i = 0; all && i < n; i++) all = isfinite(bound[i]);
    free(bound);
    return all;
}

static bool any_in_doubt(td_context *c)
{
    int64_t n = td_node_count(c);
    td_replay *r = td_replay_new(c, n);
    bool doubt = false;
    for (int64_t i = 0; r && i < n && !doubt; i++) {
        td_tensor *y = td_node(c, i);
        int64_t numel = td_numel(y);
        bool whole = td_dtype_of(y) == TD_I64 || td_dtype_of(y) == TD_BOOL;
        double *bound = whole ? malloc((size_t)(numel + 1) * sizeof *bound) : NULL;
        bool known = bound && td_replay_read(r, y, NULL, bound) == TD_OK;
        for (int64_t k = 0; known && k < numel; k++) doubt = doubt || !(bound[k] == 0);
        free(bound);
    }
    td_replay_free(r);
    return doubt;
}

bool td_rounding_decides(const td_problem *p)
{
    td_context *c = td_problem_open(p, td_tape_engine());
    td_tensor **leaf = calloc((size_t)p->n + 1, sizeof *leaf);
    for (int i = 0; c && leaf && i < p->n; i++) leaf[i] = td_problem_leaf(p, c, i);
    bool ran = c && leaf && td_problem_run(p, c, leaf) && !td_error(c), decides = ran && any_in_doubt(c);
    td_close(c);
    free(leaf);
    return decides;
}

bool td_kernels_ask(td_context *tape, const td_replay *r, int64_t nodes, td_blame *out)
{
    for (int64_t i = 0; i < nodes && i < MOST_NODES && !td_error(tape); i++) {
        td_tensor *y = td_node(tape, i);
        if (y->op && !(y->flags & TD_VIEW) && !is_bounded(r, y) && td_kernel_is_wrong(y, out)) return true;
    }
    return false;
}
