/* parameters.c: an op's parameters: how they are named, and constants of an expression in their place: numbers in their
 * range, lists in their length, words among those it knows. */
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
    [TD_DTYPE] = {"f64, f32, i64 or bool", -1, false},
    [TD_WORD] = {"one of its words", -1, false}};

const char *td_parameter_wants(td_parameter_kind kind) { return kinds[kind].wants; }

static const char *resolved(const char *name)
{
    for (int i = 0; i < ALIASES; i++) if (!strcmp(name, aliases[i].other)) return aliases[i].name;
    return name;
}

int td_parameter_count(const td_op *op)
{
    int n = 0;
    while (op->signature && n < TD_PARAMETERS && op->signature->parameter[n].name) n++;
    return n;
}

int td_parameter_named(const td_op *op, const char *name)
{
    for (int k = 0; k < td_parameter_count(op); k++) {
        const char *own = op->signature->parameter[k].name;
        if (!strcmp(own, name) || !strcmp(own, resolved(name))) return k;
    }
    return -1;
}

int td_word_named(const char *words, const char *name, int64_t length)
{
    for (int which = 0; words && *words; which++) {
        size_t n = strcspn(words, " ");
        if (n == (size_t)length && !strncmp(words, name, n)) return which;
        words += n + strspn(words + n, " ");
    }
    return -1;
}

static bool is_whole(double v, double most) { return v == floor(v) && fabs(v) <= most; }

static bool take_number(td_parameter_kind kind, double v, td_argument *a)
{
    a->number = v;
    if (kind == TD_NUMBER) return true;
    if (!is_whole(v, kinds[kind].most)) return false;
    a->list[0] = (int64_t)v;
    a->n = 1;
    return true;
}

static bool take_list(td_parameter_kind kind, const td_expr_list *l, td_argument *a)
{
    if (!kinds[kind].list || l->rank != 1 || l->n > TD_LIST) return false;
    for (int64_t i = 0; i < l->n; i++) {
        if (!is_whole(l->value[i], kinds[kind].most)) return false;
        a->list[i] = (int64_t)l->value[i];
    }
    a->n = (int)l->n;
    return true;
}

bool td_parameter_take(td_parameter_kind kind, const td_expr_node *node, const td_expr_list *list, td_argument *a)
{
    a->given = true;
    if (node->kind == TD_EXPR_NUMBER) return take_number(kind, node->number, a);
    if (node->kind == TD_EXPR_LIST) return take_list(kind, list, a);
    a->number = node->number;
    return node->kind == TD_EXPR_DTYPE && kind == TD_DTYPE;
}

/* ---- in words ----------------------------------------------------------------------------------------------------- */

static const char *operand_names(const td_op *op)
{
    static const char *const names[] = {"x, y, ...", "x", "x, y", "x, y, z"};
    return names[op->max_in >= 1 && op->max_in <= 3 ? op->max_in : 0];
}

const char *td_call_text(const td_op *op, char text[TD_CALL_TEXT])
{
    int at = snprintf(text, TD_CALL_TEXT, "%s(%s", op->name, operand_names(op));
    for (int k = 0; k < td_parameter_count(op) && at < TD_CALL_TEXT; k++) {
        const td_parameter *p = &op->signature->parameter[k];
        bool silent = p->needed || isnan(p->preset) || p->kind == TD_WORD;
        at += silent ? snprintf(text + at, (size_t)(TD_CALL_TEXT - at), ", %s", p->name)
                     : snprintf(text + at, (size_t)(TD_CALL_TEXT - at), ", %s=%g", p->name, p->preset);
    }
    if (at < TD_CALL_TEXT) snprintf(text + at, (size_t)(TD_CALL_TEXT - at), ")");
    return text;
}
