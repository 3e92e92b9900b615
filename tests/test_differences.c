/* test_differences.c: where triad differs from PyTorch on purpose, triad is right: the lines of tests/differences.txt, which
 * tests/differences.py writes and explains.
 *
 * The tape is held to the right numbers by the bound of its replay in running-error arithmetic.  What shows them right is a
 * formula in elementary functions: its elements and the central quotients of its differences come out of 4000 bits of MPFR
 * as they stand in the line.  (Without MPFR only that is left out.)  And PyTorch's numbers must be others. */
#include "expected.h"

#ifdef TD_MPFR
#include <mpfr.h>

#include "expr/nodes.h"
#endif

enum { FACTOR = 4, ULPS = 8 };      /* of the tape's bound, docs/verification.md; what test_reference.c grants PyTorch */

/* ---- the tape ----------------------------------------------------------------------------------------------------- */

/* The same number, or so near that the tape's rounding explains it; a bound that leaves fewer than half of the digits
 * explains nothing. */
static bool is_right(double right, double value, double bound)
{
    if (same_value(right, value) || !isfinite(right)) return same_value(right, value);
    return bound <= 0x1p-26 * fmax(fabs(right), 1) && fabs(value - right) <= FACTOR * bound + 0x1p-52 * fabs(right);
}

static void check_numbers(const line *l, const asked *a, const char *what, td_tensor *x, int64_t n, const double *right)
{
    static double value[MOST], exact[MOST], bound[MOST];
    CHECK(td_numel(x) == n, "%s:%d: %s has %lld numbers: %s", l->file, l->number, what, (long long)td_numel(x),
          td_message(a->c));
    if (td_numel(x) != n || td_read(x, value) || td_replay_read(a->replay, x, exact, bound)) return;
    for (int64_t i = 0; i < n; i++)
        CHECK(is_right(right[i], value[i], bound[i]), "%s:%d: %s: %s, number %lld: %.17g, right is %.17g (bound %.1e)",
              l->file, l->number, l->field[0], what, (long long)i, value[i], right[i], bound[i]);
}

/* The gradient by operand k that the line has after `from`: how many numbers, -1: none. */
static int64_t gradient_of(const line *l, const asked *a, int k, const char *from, double *value)
{
    char start[48];
    snprintf(start, sizeof start, "%s%s'", from, a->name[k]);
    const char *text = field_of(l, start);
    return text ? read_numbers(text, value) : -1;
}

static void check_tape(const line *l, asked *a, const array *right)
{
    static double slope[MOST];
    if (!ask(l, a)) return;
    CHECK(td_dtype_of(a->y) == right->dtype, "%s:%d: %s: a %s", l->file, l->number, l->field[0],
          td_dtype_name(td_dtype_of(a->y)));
    check_numbers(l, a, "value", a->y, right->n, right->value);
    for (int k = 0; k < a->n; k++) {
        int64_t n = gradient_of(l, a, k, "", slope);
        if (n >= 0) check_numbers(l, a, a->name[k], a->grad[k], n, slope);
    }
}

static td_tensor *qr_complete(td_tensor *x)
{
    td_tensor *r;
    return td_qr(x, true, &r);
}

static void check_refusal(const line *l, asked *a, const char *words)
{
    td_expr_trouble why = {0};
    if (!strcmp(l->field[0], "qr_complete(x)")) {
        a->y = qr_complete(a->in[0]);
    } else {
        a->e = td_expr_parse(l->field[0], (int64_t)strlen(l->field[0]), a->n, a->names, &why);
        CHECK(a->e, "%s:%d: %s: %s", l->file, l->number, l->field[0], why.why);
        if (a->e) td_item(td_sum(td_expr_program(a->c, a->in, a->e)));
    }
    CHECK(td_error(a->c) && strstr(td_message(a->c), words), "%s:%d: %s is not refused for %s: %s", l->file, l->number,
          l->field[0], words, td_message(a->c));
}

/* ---- PyTorch ------------------------------------------------------------------------------------------------------ */

/* Whole numbers are compared as they are, others but for the rounding that test_reference.c grants. */
static bool same_number(double right, double theirs)
{
    if (same_value(right, theirs) || !isfinite(right)) return same_value(right, theirs);
    return floor(right) != right && fabs(right - theirs) <= ULPS * 0x1p-52 * fabs(right);
}

static bool is_other(int64_t n, const double *right, int64_t m, const double *theirs)
{
    bool other = n != m;
    for (int64_t i = 0; i < n && !other; i++) other = !same_number(right[i], theirs[i]);
    return other;
}

static bool differs(const line *l, const asked *a, const array *right)
{
    static array theirs;
    static double slope[MOST], other[MOST];
    const char *text = field_of(l, "torch =");
    if (!text) return field_of(l, "torch error") || field_of(l, "torch open");
    bool found = !read_array(text, &theirs) || theirs.dtype != right->dtype ||
                 is_other(right->n, right->value, theirs.n, theirs.value);
    for (int k = 0; k < a->n && !found; k++) {
        int64_t n = gradient_of(l, a, k, "", slope), m = gradient_of(l, a, k, "torch ", other);
        found = n >= 0 && m >= 0 && is_other(n, slope, m, other);
    }
    return found;
}

/* ---- formulas ----------------------------------------------------------------------------------------------------- */

#ifdef TD_MPFR
enum { BITS = 4000, STEP = -1400, LIMIT = -1100, NUMBERS = 24, PARTS = 8 };

static int larger(mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr b, mpfr_rnd_t round)
{
    return mpfr_nan_p(a) || mpfr_nan_p(b) ? mpfr_add(y, a, b, round) : mpfr_max(y, a, b, round);
}

static const struct {
    const char *name;
    int (*one)(mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t round);
    int (*two)(mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr b, mpfr_rnd_t round);
} known[] = {
    {"neg", mpfr_neg, NULL}, {"abs", mpfr_abs, NULL}, {"exp", mpfr_exp, NULL}, {"log", mpfr_log, NULL},
    {"sqrt", mpfr_sqrt, NULL}, {"sin", mpfr_sin, NULL}, {"erfc", mpfr_erfc, NULL}, {"trunc", mpfr_rint_trunc, NULL},
    {"digamma", mpfr_digamma, NULL}, {"airy_ai", mpfr_ai, NULL}, {"bessel_j0", mpfr_j0, NULL}, {"bessel_j1", mpfr_j1, NULL},
    {"bessel_y0", mpfr_y0, NULL}, {"bessel_y1", mpfr_y1, NULL}, {"add", NULL, mpfr_add}, {"sub", NULL, mpfr_sub},
    {"mul", NULL, mpfr_mul}, {"div", NULL, mpfr_div}, {"pow", NULL, mpfr_pow}, {"maximum", NULL, larger}};

static void apply(const line *l, const char *name, mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr b)
{
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        if (strcmp(known[k].name, name)) continue;
        if (known[k].one) known[k].one(y, a, MPFR_RNDN);
        else known[k].two(y, a, b, MPFR_RNDN);
        return;
    }
    CHECK(false, "%s:%d: formulas know no %s", l->file, l->number, name);
}

/* A formula, its text, and where it is asked: numbers of the operands, and t. */
typedef struct shown {
    int         n, parts;
    char        name[NUMBERS][40];
    const char *names[NUMBERS];
    mpfr_t      at[NUMBERS];
    char        text[PARTS][256];
    td_expr    *part[PARTS];
} shown;

/* Adds a part's value to y: one loop over its nodes.  `pi` is MPFR's. */
static void add_part(const line *l, const shown *s, int part, mpfr_t y)
{
    const td_expr *e = s->part[part];
    mpfr_t        *value = calloc((size_t)e->n_node, sizeof *value);
    for (int i = 0; value && i < e->n_node; i++) {
        const td_expr_node *node = &e->node[i];
        int second = node->first < 0 || e->node[node->first].next < 0 ? node->first : e->node[node->first].next;
        mpfr_init2(value[i], BITS);
        if (node->kind == TD_EXPR_INPUT) mpfr_set(value[i], s->at[node->index], MPFR_RNDN);
        else if (node->kind == TD_EXPR_NUMBER) mpfr_set_d(value[i], node->number, MPFR_RNDN);
        else apply(l, node->op->name, value[i], value[node->first], value[second]);
        if (node->kind == TD_EXPR_NUMBER && !strncmp(s->text[part] + node->at, "pi", 2)) mpfr_const_pi(value[i], MPFR_RNDN);
    }
    if (value) mpfr_add(y, y, value[e->root], MPFR_RNDN);
    for (int i = 0; value && i < e->n_node; i++) mpfr_clear(value[i]);
    free(value);
}

static void total(const line *l, const shown *s, mpfr_t y)
{
    mpfr_set_zero(y, 1);
    for (int part = 0; part < s->parts; part++) add_part(l, s, part, y);
}

/* The quotient of the sum's differences at number k; less than the step is 0. */
static double slope_at(const line *l, shown *s, int k)
{
    mpfr_t up, down, step;
    mpfr_inits2(BITS, up, down, step, (mpfr_ptr)NULL);
    mpfr_set_si_2exp(step, 1, STEP, MPFR_RNDN);
    mpfr_add(s->at[k], s->at[k], step, MPFR_RNDN);
    total(l, s, up);
    mpfr_mul_2ui(step, step, 1, MPFR_RNDN);
    mpfr_sub(s->at[k], s->at[k], step, MPFR_RNDN);
    total(l, s, down);
    mpfr_sub(up, up, down, MPFR_RNDN);
    mpfr_div(up, up, step, MPFR_RNDN);
    double slope = mpfr_cmpabs(up, step) < 0 ? 0 : mpfr_get_d(up, MPFR_RNDN);
    mpfr_div_2ui(step, step, 1, MPFR_RNDN);
    mpfr_add(s->at[k], s->at[k], step, MPFR_RNDN);
    mpfr_clears(up, down, step, (mpfr_ptr)NULL);
    return slope;
}

static void name_numbers(const asked *a, shown *s)
{
    static double value[MOST];
    for (int k = 0; k < a->n; k++) {
        int64_t n = td_numel(a->in[k]);
        if (td_read(a->in[k], value)) continue;
        for (int64_t i = 0; i < n && s->n < NUMBERS - 1; i++, s->n++) {
            snprintf(s->name[s->n], sizeof s->name[0], n == 1 ? "%s" : "%s%lld", a->name[k], (long long)i);
            mpfr_init2(s->at[s->n], BITS);
            mpfr_set_d(s->at[s->n], value[i], MPFR_RNDN);
        }
    }
    strcpy(s->name[s->n], "t");
    mpfr_init2(s->at[s->n], BITS);
    mpfr_set_si_2exp(s->at[s->n++], 1, LIMIT, MPFR_RNDN);
    for (int i = 0; i < s->n; i++) s->names[i] = s->name[i];
}

static void read_parts(const line *l, const char *text, shown *s)
{
    td_expr_trouble why = {0};
    for (; text && *text && s->parts < PARTS; s->parts++) {
        size_t n = strcspn(text, ";");
        snprintf(s->text[s->parts], sizeof s->text[0], "%.*s", (int)n, text);
        s->part[s->parts] = td_expr_parse(text, (int64_t)n, s->n, s->names, &why);
        CHECK(s->part[s->parts], "%s:%d: %s: %s", l->file, l->number, s->text[s->parts], why.why);
        if (!s->part[s->parts]) return;
        text += n + (text[n] == ';');
    }
}

static void compare_formula(const line *l, const asked *a, const array *right, shown *s)
{
    static double slope[MOST];
    mpfr_t y;
    mpfr_init2(y, BITS);
    CHECK(s->parts == right->n, "%s:%d: %d formulas for %lld numbers", l->file, l->number, s->parts, (long long)right->n);
    for (int i = 0; i < s->parts && i < right->n; i++) {
        mpfr_set_zero(y, 1);
        add_part(l, s, i, y);
        CHECK(same_value(mpfr_get_d(y, MPFR_RNDN), right->value[i]), "%s:%d: %s is %.17g by MPFR, not %.17g", l->file,
              l->number, s->text[i], mpfr_get_d(y, MPFR_RNDN), right->value[i]);
    }
    for (int k = 0, first = 0; k < a->n; first += (int)td_numel(a->in[k++])) {
        int64_t n = gradient_of(l, a, k, "", slope);
        for (int i = 0; i < n; i++) {
            double by = slope_at(l, s, first + i);
            CHECK(same_value(by, slope[i]), "%s:%d: the slope of %s by %s is %.17g by MPFR, not %.17g", l->file, l->number,
                  l->field[0], s->name[first + i], by, slope[i]);
        }
    }
    mpfr_clear(y);
}

static void check_formula(const line *l, const asked *a, const array *right)
{
    static shown s;
    const char *text = field_of(l, "by ");
    if (!text) return;
    s = (shown){0};
    name_numbers(a, &s);
    read_parts(l, text, &s);
    compare_formula(l, a, right, &s);
    for (int i = 0; i < s.parts; i++) td_expr_free(s.part[i]);
    for (int i = 0; i < s.n; i++) mpfr_clear(s.at[i]);
    mpfr_free_cache();
}
#else
static void check_formula(const line *l, const asked *a, const array *right) { (void)l, (void)a, (void)right; }
#endif

/* ---- all lines ---------------------------------------------------------------------------------------------------- */

static void check_line(const line *l)
{
    static array right;
    asked a = {.c = td_open(NULL)};
    const char *words = field_of(l, "refused "), *result = field_of(l, "=");
    bool read = read_operands(l, &a) && (words || (result && read_array(result, &right)));
    CHECK(read, "%s:%d: an operand or the result can't be read", l->file, l->number);
    CHECK(words || field_of(l, "by ") || field_of(l, "as "), "%s:%d: nothing shows it", l->file, l->number);
    if (read && words) {
        check_refusal(l, &a, words);
    } else if (read) {
        check_tape(l, &a, &right);
        check_formula(l, &a, &right);
        CHECK(differs(l, &a, &right), "%s:%d: %s: PyTorch's numbers are the same", l->file, l->number, l->field[0]);
    }
    forget(&a);
}

TEST(differences, are_right)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/tests/differences.txt", tests_folder());
    int cases = each_case(path, check_line);
    CHECK(cases >= 60, "only %d cases were read", cases);
}
