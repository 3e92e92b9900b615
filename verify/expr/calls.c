/* calls.c: what ops take besides operands.  A row says the names, the order and the defaults of an op's parameters, which
 * are PyTorch's where that has them. */
#include "nodes.h"

#include <math.h>
#include <string.h>

static double number(const td_application *k, int i) { return k->argument[i].number; }
static int integer(const td_application *k, int i) { return (int)k->argument[i].number; }
static bool flag(const td_application *k, int i) { return k->argument[i].number != 0; }

/* Infinity, which only a preset can be, is the largest there is. */
static int64_t whole(const td_application *k, int i)
{
    return isfinite(k->argument[i].number) ? (int64_t)k->argument[i].number : INT64_MAX;
}

/* ---- reductions: over some axes, or all --------------------------------------------------------------------------- */

/* The axes that are given, else all of x's. */
static int axes_of(const td_application *k, int i, int axes[TD_LIST])
{
    const td_expr_argument *a = &k->argument[i];
    int n = a->given ? a->n : td_rank(k->in[0]);
    for (int j = 0; j < n; j++) axes[j] = a->given ? (int)a->list[j] : j;
    return n;
}

static td_tensor *reduce(const td_application *k)
{
    int axes[TD_LIST], n = axes_of(k, 0, axes);
    if (!k->argument[0].given && !k->argument[1].given) return k->face->all(k->in[0]);
    return k->face->some(k->in[0], n, axes, flag(k, 1));
}

/* With a number p, argument `which`; axes and keepdim are arguments too. */
static td_tensor *reduce_with(const td_application *k, int which, int axis, int keepdim)
{
    int axes[TD_LIST], n = axes_of(k, axis, axes);
    if (!k->argument[axis].given && !k->argument[keepdim].given) return k->face->all_with(k->in[0], number(k, which));
    return k->face->some_with(k->in[0], number(k, which), n, axes, flag(k, keepdim));
}

static td_tensor *spread(const td_application *k) { return reduce_with(k, 1, 0, 2); }
static td_tensor *length(const td_application *k) { return reduce_with(k, 0, 1, 2); }

static td_tensor *argmax(const td_application *k)
{
    return k->argument[0].given ? td_argmax_axis(k->in[0], integer(k, 0), flag(k, 1)) : td_argmax(k->in[0]);
}

static td_tensor *tie_share(const td_application *k)
{
    int axes[TD_LIST], n = axes_of(k, 0, axes);
    return td_tie_share_axes(k->in[0], n, axes);
}

/* ---- one operand and numbers -------------------------------------------------------------------------------------- */

static td_tensor *add_scalar(const td_application *k) { return td_add_scalar(k->in[0], number(k, 0)); }
static td_tensor *mul_scalar(const td_application *k) { return td_mul_scalar(k->in[0], number(k, 0)); }
static td_tensor *pow_scalar(const td_application *k) { return td_pow_scalar(k->in[0], number(k, 0)); }
static td_tensor *leaky_relu(const td_application *k) { return td_leaky_relu(k->in[0], number(k, 0)); }
static td_tensor *elu(const td_application *k) { return td_elu(k->in[0], number(k, 0)); }
static td_tensor *clamp(const td_application *k) { return td_clamp(k->in[0], number(k, 0), number(k, 1)); }
static td_tensor *dropout(const td_application *k) { return td_dropout(k->in[0], number(k, 0)); }
static td_tensor *cast(const td_application *k) { return td_to(k->in[0], (td_dtype)integer(k, 0)); }
static td_tensor *softmax(const td_application *k) { return td_softmax(k->in[0], integer(k, 0)); }
static td_tensor *log_softmax(const td_application *k) { return td_log_softmax(k->in[0], integer(k, 0)); }

static td_tensor *axpy(const td_application *k) { return td_axpy(number(k, 0), k->in[0], k->in[1]); }
static td_tensor *mm(const td_application *k) { return td_mm(k->in[0], k->in[1]); }

static td_tensor *layer_norm(const td_application *k)
{
    return td_layer_norm(k->in[0], integer(k, 0), k->n > 1 ? k->in[1] : NULL, k->n > 2 ? k->in[2] : NULL, number(k, 1));
}

static td_tensor *cumsum(const td_application *k) { return td_cumsum(k->in[0], integer(k, 0)); }
static td_tensor *cumprod(const td_application *k) { return td_cumprod(k->in[0], integer(k, 0)); }

/* ---- ops that other ops' rules are written with: no function of triad.h calls them -------------------------------- */

static td_tensor *apply(const td_application *k, td_attr attr)
{
    if (attr.axis < 0) attr.axis = (int16_t)(attr.axis + td_rank(k->in[0]));
    return td_apply(td_op_by_name(k->face->op), k->n, k->in, &attr);
}

static td_tensor *recurrence(const td_application *k)
{
    return apply(k, (td_attr){.axis = (int16_t)integer(k, 0), .n_list = 1, .list = {flag(k, 1)}});
}

static td_tensor *layer_norm_adj(const td_application *k)
{
    return apply(k, (td_attr){.axis = (int16_t)integer(k, 0), .a = number(k, 1)});
}

/* ---- shape -------------------------------------------------------------------------------------------------------- */

static td_tensor *reshape(const td_application *k) { return td_reshape(k->in[0], k->argument[0].n, k->argument[0].list); }
static td_tensor *expand(const td_application *k) { return td_expand(k->in[0], k->argument[0].n, k->argument[0].list); }
static td_tensor *transpose(const td_application *k) { return td_transpose(k->in[0], integer(k, 0), integer(k, 1)); }
static td_tensor *unsqueeze(const td_application *k) { return td_unsqueeze(k->in[0], integer(k, 0)); }
static td_tensor *select_one(const td_application *k) { return td_select(k->in[0], integer(k, 0), whole(k, 1)); }

static td_tensor *squeeze(const td_application *k)
{
    return k->argument[0].given ? td_squeeze(k->in[0], integer(k, 0)) : td_squeeze_all(k->in[0]);
}

/* The library reads as many as x's rank says. */
static td_tensor *wrong_count(td_tensor *x, const char *what, int has, int wants)
{
    td_fail(td_context_of(x), TD_ESHAPE, "%s: %d numbers for a tensor of rank %d, which wants %d", what, has, td_rank(x),
            wants);
    return x;
}

static td_tensor *permute(const td_application *k)
{
    int axes[TD_LIST], count = axes_of(k, 0, axes);
    td_tensor *x = k->in[0];
    return count == td_rank(x) ? td_permute(x, axes) : wrong_count(x, "permute", count, td_rank(x));
}

static td_tensor *pad(const td_application *k)
{
    td_tensor *x = k->in[0];
    int count = k->argument[0].n, wants = 2 * td_rank(x);
    return count == wants ? td_pad(x, k->argument[0].list, number(k, 1)) : wrong_count(x, "pad", count, wants);
}

static td_tensor *flip(const td_application *k)
{
    int axes[TD_LIST], count = axes_of(k, 0, axes);
    return td_flip(k->in[0], count, axes);
}

static td_tensor *slice(const td_application *k)
{
    return td_slice(k->in[0], integer(k, 0), whole(k, 1), whole(k, 2), whole(k, 3));
}

static td_tensor *unslice(const td_application *k)
{
    return td_unslice(k->in[0], integer(k, 0), whole(k, 1), whole(k, 2), whole(k, 3), whole(k, 4));
}

static td_tensor *concat(const td_application *k) { return td_concat(k->n, k->in, integer(k, 0)); }
static td_tensor *stack(const td_application *k) { return td_stack(k->n, k->in, integer(k, 0)); }

/* ---- index -------------------------------------------------------------------------------------------------------- */

static td_tensor *index_select(const td_application *k) { return td_index_select(k->in[0], integer(k, 0), k->in[1]); }
static td_tensor *index_add(const td_application *k) { return td_index_add(k->in[0], integer(k, 0), k->in[1], k->in[2]); }
static td_tensor *gather(const td_application *k) { return td_gather(k->in[0], integer(k, 0), k->in[1]); }
static td_tensor *scatter_add(const td_application *k)
{
    return td_scatter_add(k->in[0], integer(k, 0), k->in[1], k->in[2]);
}

/* ---- the table ---------------------------------------------------------------------------------------------------- */

#define OVER_AXES {{"axis", TD_AXES, false, NAN}, {"keepdim", TD_FLAG, false, 0}}

static const td_face faces[] = {
    {.op = "sum", .apply = reduce, .all = td_sum, .some = td_sum_axes, .parameter = OVER_AXES},
    {.op = "mean", .apply = reduce, .all = td_mean, .some = td_mean_axes, .parameter = OVER_AXES},
    {.op = "prod", .apply = reduce, .all = td_prod, .some = td_prod_axes, .parameter = OVER_AXES},
    {.op = "max", .apply = reduce, .all = td_max, .some = td_max_axes, .parameter = OVER_AXES},
    {.op = "min", .apply = reduce, .all = td_min, .some = td_min_axes, .parameter = OVER_AXES},
    {.op = "amax", .apply = reduce, .all = td_amax, .some = td_amax_axes, .parameter = OVER_AXES},
    {.op = "amin", .apply = reduce, .all = td_amin, .some = td_amin_axes, .parameter = OVER_AXES},
    {.op = "logsumexp", .apply = reduce, .all = td_logsumexp, .some = td_logsumexp_axes, .parameter = OVER_AXES},
    {.op = "var", .apply = spread, .all_with = td_var, .some_with = td_var_axes,
     .parameter = {{"axis", TD_AXES, false, NAN}, {"correction", TD_NUMBER, false, 1}, {"keepdim", TD_FLAG, false, 0}}},
    {.op = "std", .apply = spread, .all_with = td_std, .some_with = td_std_axes,
     .parameter = {{"axis", TD_AXES, false, NAN}, {"correction", TD_NUMBER, false, 1}, {"keepdim", TD_FLAG, false, 0}}},
    {.op = "norm", .apply = length, .all_with = td_norm, .some_with = td_norm_axes,
     .parameter = {{"p", TD_NUMBER, false, 2}, {"axis", TD_AXES, false, NAN}, {"keepdim", TD_FLAG, false, 0}}},
    {.op = "argmax", .apply = argmax, .parameter = {{"axis", TD_AXIS, false, NAN}, {"keepdim", TD_FLAG, false, 0}}},
    {.op = "tie_share", .apply = tie_share, .parameter = {{"axis", TD_AXES, false, NAN}}},
    {.op = "add_scalar", .apply = add_scalar, .parameter = {{"a", TD_NUMBER, true, 0}}},
    {.op = "mul_scalar", .apply = mul_scalar, .parameter = {{"a", TD_NUMBER, true, 0}}},
    {.op = "pow_scalar", .apply = pow_scalar, .parameter = {{"a", TD_NUMBER, true, 0}}},
    {.op = "axpy", .apply = axpy, .parameter = {{"a", TD_NUMBER, true, 0}}},
    {.op = "leaky_relu", .apply = leaky_relu, .parameter = {{"slope", TD_NUMBER, false, 0.01}}},
    {.op = "elu", .apply = elu, .parameter = {{"alpha", TD_NUMBER, false, 1}}},
    {.op = "clamp", .apply = clamp,
     .parameter = {{"min", TD_NUMBER, false, -INFINITY}, {"max", TD_NUMBER, false, INFINITY}}},
    {.op = "dropout", .apply = dropout, .parameter = {{"p", TD_NUMBER, false, 0.5}}},
    {.op = "cast", .apply = cast, .parameter = {{"dtype", TD_DTYPE, true, 0}}},
    {.op = "softmax", .apply = softmax, .parameter = {{"axis", TD_AXIS, true, 0}}},
    {.op = "log_softmax", .apply = log_softmax, .parameter = {{"axis", TD_AXIS, true, 0}}},
    {.op = "mm", .apply = mm},
    {.op = "layer_norm", .apply = layer_norm,
     .parameter = {{"n_axes", TD_INTEGER, false, 1}, {"eps", TD_NUMBER, false, 1e-5}}},
    {.op = "cumsum", .apply = cumsum, .parameter = {{"axis", TD_AXIS, true, 0}}},
    {.op = "cumprod", .apply = cumprod, .parameter = {{"axis", TD_AXIS, true, 0}}},
    {.op = "recurrence", .apply = recurrence, .parameter = {{"axis", TD_AXIS, true, 0}, {"back", TD_FLAG, false, 0}}},
    {.op = "layer_norm_adj", .apply = layer_norm_adj,
     .parameter = {{"axis", TD_AXIS, false, -1}, {"eps", TD_NUMBER, false, 1e-5}}},
    {.op = "reshape", .apply = reshape, .parameter = {{"size", TD_SIZES, true, 0}}},
    {.op = "expand", .apply = expand, .parameter = {{"size", TD_SIZES, true, 0}}},
    {.op = "permute", .apply = permute, .parameter = {{"axes", TD_AXES, true, 0}}},
    {.op = "transpose", .apply = transpose, .parameter = {{"axis0", TD_AXIS, true, 0}, {"axis1", TD_AXIS, true, 0}}},
    {.op = "squeeze", .apply = squeeze, .parameter = {{"axis", TD_AXIS, false, NAN}}},
    {.op = "unsqueeze", .apply = unsqueeze, .parameter = {{"axis", TD_AXIS, true, 0}}},
    {.op = "select", .apply = select_one, .parameter = {{"axis", TD_AXIS, true, 0}, {"index", TD_INTEGER, true, 0}}},
    {.op = "slice", .apply = slice,
     .parameter = {{"axis", TD_AXIS, false, 0}, {"start", TD_INTEGER, false, 0},
                    {"stop", TD_INTEGER, false, INFINITY}, {"step", TD_INTEGER, false, 1}}},
    {.op = "unslice", .apply = unslice,
     .parameter = {{"axis", TD_AXIS, true, 0}, {"start", TD_INTEGER, true, 0}, {"stop", TD_INTEGER, true, 0},
                    {"step", TD_INTEGER, true, 0}, {"n", TD_INTEGER, true, 0}}},
    {.op = "concat", .apply = concat, .parameter = {{"axis", TD_AXIS, false, 0}}},
    {.op = "stack", .apply = stack, .parameter = {{"axis", TD_AXIS, false, 0}}},
    {.op = "flip", .apply = flip, .parameter = {{"axes", TD_AXES, true, 0}}},
    {.op = "pad", .apply = pad, .parameter = {{"counts", TD_SIZES, true, 0}, {"value", TD_NUMBER, false, 0}}},
    {.op = "index_select", .apply = index_select, .parameter = {{"axis", TD_AXIS, false, 0}}},
    {.op = "index_add", .apply = index_add, .parameter = {{"axis", TD_AXIS, false, 0}}},
    {.op = "gather", .apply = gather, .parameter = {{"axis", TD_AXIS, false, 0}}},
    {.op = "scatter_add", .apply = scatter_add, .parameter = {{"axis", TD_AXIS, false, 0}}},
    {0}};

const td_face *td_face_of(const char *op)
{
    for (const td_face *f = faces; f->op; f++) if (!strcmp(f->op, op)) return f;
    return NULL;
}

static const char *operand_names(const td_op *op)
{
    static const char *const names[] = {"x, y, ...", "x", "x, y", "x, y, z"};
    return names[op->max_in >= 1 && op->max_in <= 3 ? op->max_in : 0];
}

const char *td_face_text(const td_op *op, const td_face *f, char text[TD_FACE_TEXT])
{
    int at = snprintf(text, TD_FACE_TEXT, "%s(%s", op->name, operand_names(op));
    for (int k = 0; f && k < TD_PARAMETERS && f->parameter[k].name && at < TD_FACE_TEXT; k++) {
        const td_parameter *p = &f->parameter[k];
        bool silent = p->needed || isnan(p->preset);
        at += silent ? snprintf(text + at, (size_t)(TD_FACE_TEXT - at), ", %s", p->name)
                     : snprintf(text + at, (size_t)(TD_FACE_TEXT - at), ", %s=%g", p->name, p->preset);
    }
    if (at < TD_FACE_TEXT) snprintf(text + at, (size_t)(TD_FACE_TEXT - at), ")");
    return text;
}
