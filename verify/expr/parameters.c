/* parameters.c: constants of an expression as an op's parameters: numbers in their range, lists in their length. */
#include "nodes.h"

#include <math.h>
#include <string.h>

static const struct { const char *other, *name; } aliases[] = {
    {"dim", "axis"}, {"dims", "axes"}, {"dim0", "axis0"}, {"dim1", "axis1"}, {"shape", "size"}, {"negative_slope", "slope"},
    {"exponent", "a"}};
enum { ALIASES = sizeof aliases / sizeof aliases[0] };

/* What a parameter must be, and how large: no rank goes beyond 127, no double counts beyond 2^53. */
static const struct { const char *wants; double most; bool list; } kinds[] = {
    [TD_NUMBER] = {"a number", NAN, false},
    [TD_INTEGER] = {"a whole number", 0x1p53, false},
    [TD_FLAG] = {"0 or 1", 1, false},
    [TD_AXIS] = {"an axis", 127, false},
    [TD_AXES] = {"an axis, or a list of at most 16", 127, true},
    [TD_SIZES] = {"a whole number, or a list of at most 16", 0x1p53, true},
    [TD_DTYPE] = {"f64, f32, i64 or bool", -1, false}};

const char *td_parameter_wants(td_parameter_kind kind) { return kinds[kind].wants; }

static const char *resolved(const char *name)
{
    for (int i = 0; i < ALIASES; i++) if (!strcmp(name, aliases[i].other)) return aliases[i].name;
    return name;
}

int td_parameter_named(const td_face *f, const char *name)
{
    for (int k = 0; f && k < TD_PARAMETERS && f->parameter[k].name; k++) {
        if (!strcmp(f->parameter[k].name, name) || !strcmp(f->parameter[k].name, resolved(name))) return k;
    }
    return -1;
}

static bool is_whole(double v, double most) { return v == floor(v) && fabs(v) <= most; }

static bool take_number(td_parameter_kind kind, double v, td_expr_argument *a)
{
    a->number = v;
    if (kind == TD_NUMBER) return true;
    if (!is_whole(v, kinds[kind].most)) return false;
    a->list[0] = (int64_t)v;
    a->n = 1;
    return true;
}

static bool take_list(td_parameter_kind kind, const td_expr_list *l, td_expr_argument *a)
{
    if (!kinds[kind].list || l->rank != 1 || l->n > TD_LIST) return false;
    for (int64_t i = 0; i < l->n; i++) {
        if (!is_whole(l->value[i], kinds[kind].most)) return false;
        a->list[i] = (int64_t)l->value[i];
    }
    a->n = (int)l->n;
    return true;
}

bool td_parameter_take(td_parameter_kind kind, const td_expr_node *node, const td_expr_list *list, td_expr_argument *a)
{
    a->given = true;
    if (node->kind == TD_EXPR_NUMBER) return take_number(kind, node->number, a);
    if (node->kind == TD_EXPR_LIST) return take_list(kind, list, a);
    a->number = node->number;
    return node->kind == TD_EXPR_DTYPE && kind == TD_DTYPE;
}
