/* values.c: lists of numbers, nested as NumPy prints them: every list at one depth has the same length. */
#include "lex.h"

#include <math.h>
#include <stdlib.h>

static const int64_t MOST = (int64_t)1 << 24;      /* numbers in a text */

static bool keep(td_lexer *x, td_expr_list *l, double v)
{
    if (l->n == l->room) {
        int64_t room = l->room ? 2 * l->room : 16;
        double *more = l->n < MOST ? realloc(l->value, (size_t)room * sizeof *more) : NULL;
        if (!more) return td_lex_refuse(x, x->now.at, "more numbers than there is room for");
        l->value = more;
        l->room = room;
    }
    l->value[l->n++] = v;
    return true;
}

/* [+-] number | inf | nan */
static bool number(td_lexer *x, td_expr_list *l)
{
    bool minus = td_lex_accept(x, "-");
    if (!minus) td_lex_accept(x, "+");
    double v = x->now.kind == TD_TOKEN_NUMBER ? x->now.number : td_lex_named(x, "inf") ? INFINITY : NAN;
    if (isnan(v) && !td_lex_named(x, "nan")) return td_lex_refuse(x, x->now.at, "a number is missing");
    if (!keep(x, l, minus ? -v : v)) return false;
    td_lex_next(x);
    return true;
}

/* The rank is known from the first number on; a size from the first list of its depth that ends. */
typedef struct shape { int rank; int64_t size[TD_MAX_RANK]; } shape;

static bool end_of_list(td_lexer *x, shape *s, int depth, int64_t count)
{
    if (s->size[depth] < 0) s->size[depth] = count;
    if (s->size[depth] == count) return td_lex_expect(x, "]");
    return td_lex_refuse(x, x->now.at, "this list has %lld parts, another beside it %lld", (long long)count,
                         (long long)s->size[depth]);
}

/* Lists within lists go at most TD_MAX_RANK deep, and so does this. */
static bool list(td_lexer *x, td_expr_list *l, shape *s, int depth)
{
    int64_t count = 0, at = x->now.at;
    if (depth == TD_MAX_RANK) return td_lex_refuse(x, at, "lists %d deep are the most", TD_MAX_RANK);
    td_lex_next(x);
    while (!td_lex_is(x, "]")) {
        if (count++ && !td_lex_accept(x, ",")) return td_lex_refuse(x, x->now.at, "',' or ']' is missing");
        bool deeper = td_lex_is(x, "[");
        if (!deeper && s->rank < 0) s->rank = depth + 1;
        if (s->rank >= 0 && deeper != (depth + 1 < s->rank))
            return td_lex_refuse(x, x->now.at, "numbers and lists beside each other");
        if (deeper ? !list(x, l, s, depth + 1) : !number(x, l)) return false;
    }
    if (!count && s->rank < 0) s->rank = depth + 1;
    if (!count && depth + 1 < s->rank) return td_lex_refuse(x, at, "an empty list beside lists that are not");
    return end_of_list(x, s, depth, count);
}

bool td_lex_list(td_lexer *x, td_expr_list *out)
{
    shape s = {.rank = -1};
    for (int k = 0; k < TD_MAX_RANK; k++) s.size[k] = -1;
    *out = (td_expr_list){0};
    if (!list(x, out, &s, 0)) {
        free(out->value);
        *out = (td_expr_list){0};
        return false;
    }
    out->rank = s.rank;
    for (int k = 0; k < s.rank; k++) out->size[k] = s.size[k];
    return true;
}

/* One number is 0-d, several are a vector. */
static bool row(td_lexer *x, td_expr_list *out)
{
    if (!number(x, out)) return false;
    while (td_lex_accept(x, ",")) if (!number(x, out)) return false;
    out->rank = out->n > 1;
    out->size[0] = out->n;
    return true;
}

bool td_expr_values(const char *text, int64_t length, td_expr_list *out, td_expr_trouble *why)
{
    td_lexer x;
    *out = (td_expr_list){0};
    *why = (td_expr_trouble){0};
    td_lex_open(&x, text, length, why);
    bool good = td_lex_is(&x, "[") ? td_lex_list(&x, out) : row(&x, out);
    if (good && x.now.kind == TD_TOKEN_END && !x.failed) return true;
    td_lex_refuse(&x, x.now.at, "something follows the numbers");
    free(out->value);
    *out = (td_expr_list){0};
    return false;
}
