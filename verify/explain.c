/* explain.c: mistakes have shapes.
 *
 * A wrong formula is off by a factor, a wrong loop leaves a stretch out, a wrong index moves the right numbers to wrong
 * places, a wrong branch is wrong on one side of a threshold.  Each pattern is a function that says a sentence if all
 * coordinates fit it; the table is in order of strength, and the first that fits speaks. */
#include "explain.h"

#include <math.h>
#include <stdio.h>

bool td_near(double a, double b, double limit)
{
    return fabs(a - b) <= limit || (isnan(a) && isnan(b)) || a == b;
}

bool td_look_wrong(const td_look *l, int64_t i)
{
    return !td_near(l->claim[i], l->truth[i], l->limit[i]);
}

static bool wrong(const td_evidence *e, int64_t i)
{
    return td_look_wrong(&e->look[TD_EVEN], i) || td_look_wrong(&e->look[TD_RANDOM], i);
}

static int64_t count_wrong(const td_evidence *e)
{
    int64_t n = 0;
    for (int64_t i = 0; i < e->n; i++) n += wrong(e, i);
    return n;
}

static int64_t count_wrong_in(const td_evidence *e, int look)
{
    int64_t n = 0;
    for (int64_t i = 0; i < e->n; i++) n += td_look_wrong(&e->look[look], i);
    return n;
}

static double x_at(const td_evidence *e, int64_t i)
{
    return td_input_at(e->x, e->at[i]);
}

/* ---- a factor ---------------------------------------------------------------------------------------------------- */

/* The rule at the largest true slope gives the factor; all the others must have it. */
static bool constant_factor(const td_evidence *e, int look, double *ratio)
{
    const td_look *l = &e->look[look];
    int64_t at = 0;
    for (int64_t i = 1; i < e->n; i++) if (fabs(l->truth[i]) > fabs(l->truth[at])) at = i;
    if (e->n == 0 || !(fabs(l->truth[at]) > l->limit[at])) return false;
    double r = *ratio = l->claim[at] / l->truth[at], slack = l->limit[at] / fabs(l->truth[at]);
    for (int64_t i = 0; i < e->n; i++) {
        if (!td_near(l->claim[i], r * l->truth[i], (1 + fabs(r)) * (l->limit[i] + slack * fabs(l->truth[i])))) return false;
    }
    return isfinite(r);
}

static bool is_factor(double r, double factor)
{
    return factor != 1 && fabs(r - factor) <= 1e-6 * fabs(factor);
}

static bool by_known_factor(const td_evidence *e, double r, char *text, size_t size)
{
    double n = (double)e->n, results = (double)e->results, share = results / n, many = n / results;
    const struct { bool fits; double factor; const char *text; } known[] = {
        {true, -1, "the sign is wrong"},
        {share > 1, 1 / share, "one over the number of times it is broadcast: a mean over the broadcast axis, not a sum"},
        {share > 1, share, "the number of times it is broadcast: added that often"},
        {many > 1, many, "the number of elements reduced: a division by n is missing"},
        {many > 1, 1 / many, "one over the number of elements reduced: divided by n once too often"},
        {n > 2, n, "the operand's size: a division by n is missing"},
        {n > 2, 1 / n, "one over the operand's size: divided by n once too often"},
        {n > 2, (n - 1) / n, "(n - 1) / n: n where n - 1 belongs"},
        {n > 2, n / (n - 1), "n / (n - 1): n - 1 where n belongs"},
        {true, 2, "it is added twice, or a factor 1/2 is missing"},
        {true, 0.5, "one use of two is lost, or a factor 2 is missing"}};
    for (size_t i = 0; e->whole && i < sizeof known / sizeof known[0]; i++) {
        if (!known[i].fits || !is_factor(r, known[i].factor)) continue;
        snprintf(text, size, "every coordinate is %.6g times what it should be: %s", r, known[i].text);
        return true;
    }
    return false;
}

static bool by_factor(const td_evidence *e, char *text, size_t size)
{
    double r, even;
    if (!constant_factor(e, TD_RANDOM, &r) || r == 0) return false;
    if (constant_factor(e, TD_EVEN, &even) ? fabs(r - even) > 1e-3 * fabs(r) : count_wrong_in(e, TD_EVEN) > 0) return false;
    if (by_known_factor(e, r, text, size)) return true;
    if (fabs(r - 1) < 1e-3) {
        snprintf(text, size, "every coordinate is 1 %c %.3g times what it should be: a constant of too few digits, perhaps",
                 r < 1 ? '-' : '+', fabs(r - 1));
        return true;
    }
    snprintf(text, size, "every coordinate is %.9g times what it should be: a constant factor", r);
    return true;
}

static double squared(double v) { return v * v; }
static double root(double v) { return v < 0 ? NAN : sqrt(v); }
static double reciprocal(double v) { return 1 / v; }

/* The claim is a simple function of the truth, entry by entry. */
static bool by_power(const td_evidence *e, char *text, size_t size)
{
    static const struct { double (*of)(double); const char *text; } ways[] = {
        {squared, "the square of what it should be"},
        {root, "the root of what it should be: a square is forgotten, perhaps"},
        {reciprocal, "one over what it should be"}};
    const td_look *l = &e->look[TD_EVEN];
    for (size_t k = 0; k < sizeof ways / sizeof ways[0] && e->results == e->n && e->n > 1; k++) {
        bool fits = true;
        for (int64_t i = 0; i < e->n && fits; i++) {
            double v = ways[k].of(l->truth[i]);
            fits = fabs(l->claim[i] - v) <= 1e-9 * fabs(v) && l->truth[i] != 0;
        }
        if (!fits) continue;
        snprintf(text, size, "every coordinate is %s", ways[k].text);
        return true;
    }
    return false;
}

/* A sum left out: with a cotangent of ones it can't be told from a mean, with another it can. */
static bool sum_left_out(const td_evidence *e, char *text, size_t size)
{
    double r, random, share = (double)e->results / (double)e->n;
    if (!e->whole || !(share > 1) || constant_factor(e, TD_RANDOM, &random)) return false;
    if (!constant_factor(e, TD_EVEN, &r) || !is_factor(r, 1 / share)) return false;
    snprintf(text, size, "only one of the %.6g places it is broadcast to counts: the sum over the broadcast axis is missing",
             share);
    return true;
}

/* ---- a cotangent misused ----------------------------------------------------------------------------------------- */

/* Right for g = 1, wrong where g is something else. */
static bool not_linear(const td_evidence *e, char *text, size_t size)
{
    const td_look *l = &e->look[TD_RANDOM];
    bool signs = true;
    if (count_wrong_in(e, TD_EVEN) || e->results != e->n) return false;
    for (int64_t i = 0; i < e->n && signs; i++) {
        signs = !td_look_wrong(l, i) || td_near(l->claim[i], -l->truth[i], l->limit[i]);
    }
    snprintf(text, size, signs ? "right where the cotangent g is positive, of wrong sign where not: the rule takes |g|" :
             "right for a cotangent g of ones, wrong for others: the rule clips g, squares it, or forgets it");
    return true;
}

/* ---- what is not there ------------------------------------------------------------------------------------------- */

static bool is_missing(const td_evidence *e, int64_t i)
{
    return e->look[TD_EVEN].claim[i] == 0 && e->look[TD_RANDOM].claim[i] == 0;
}

static bool nothing_arrives(const td_evidence *e, char *text, size_t size)
{
    int64_t bad = 0, at = -1;
    for (int64_t i = 0; i < e->n; i++) {
        if (!is_missing(e, i)) return false;
        if (wrong(e, i) && !bad++) at = i;
    }
    if (bad > 1 || e->n == 1) snprintf(text, size, "nothing arrives at this operand: its term is missing, or cut off");
    else snprintf(text, size, "the only slope that is not 0, at coordinate %lld, where x = %.9g, is missing",
                  (long long)e->at[at], x_at(e, at));
    return true;
}

static bool not_written(const td_evidence *e, char *text, size_t size)
{
    int64_t first = -1, last = -1;
    for (int64_t i = 0; i < e->n; i++) {
        if (!wrong(e, i)) continue;
        if (!is_missing(e, i)) return false;
        if (first < 0) first = i;
        last = i;
    }
    bool end = first == 0 || last == e->n - 1;
    if (!e->whole || !end || first < 0 || count_wrong(e) != last - first + 1) return false;
    snprintf(text, size, first == last ? "coordinate %lld is 0 and the others right: it is not written" :
             "coordinates %lld to %lld are 0 and the others right: they are not written", (long long)first, (long long)last);
    return true;
}

/* A number that is none, where there should be one. */
static bool not_finite(const td_evidence *e, char *text, size_t size)
{
    int64_t bad = 0, at = -1;
    const td_look *l = &e->look[TD_EVEN];
    for (int64_t i = 0; i < e->n; i++) if (!isfinite(l->claim[i]) && isfinite(l->truth[i]) && !bad++) at = i;
    if (!bad) return false;
    snprintf(text, size, "%lld of %lld coordinates are not finite, the first is %lld, where x = %.9g: a log, root or "
             "quotient out of its domain, or 0 times inf", (long long)bad, (long long)e->n, (long long)e->at[at], x_at(e, at));
    return true;
}

/* The same error for any cotangent. */
static bool added(const td_evidence *e, char *text, size_t size)
{
    const td_look *a = &e->look[TD_EVEN], *b = &e->look[TD_RANDOM];
    double most = 0;
    for (int64_t i = 0; i < e->n; i++) {
        double one = a->claim[i] - a->truth[i], other = b->claim[i] - b->truth[i];
        if (!td_near(one, other, a->limit[i] + b->limit[i])) return false;
        if (fabs(one) > fabs(most)) most = one;
    }
    snprintf(text, size, "the error, up to %.3g, is the same for any cotangent g: something is added that is not multiplied "
             "by g", most);
    return true;
}

/* ---- ties -------------------------------------------------------------------------------------------------------- */

/* How many entries share x_i's value, itself and the other operand's included. */
static int64_t ties_of(const td_evidence *e, int64_t i)
{
    double v = x_at(e, i);
    int64_t n = e->other && td_input_at(e->other, e->at[i]) == v ? 2 : 1;
    for (int64_t j = 0; j < e->n && n == 1; j++) n += j != i && x_at(e, j) == v;
    for (int64_t j = 0; j < e->n && n > 1 && !e->other; j++) n += j != i && x_at(e, j) == v;
    return e->other || n == 1 ? n : n - 1;
}

/* Each of t ties has t times its share. */
static bool ties_count_whole(const td_evidence *e, char *text, size_t size)
{
    const td_look *l = &e->look[TD_EVEN];
    int64_t ties = 0;
    for (int64_t i = 0; i < e->n; i++) {
        if (!wrong(e, i)) continue;
        int64_t t = ties_of(e, i);
        if (t < 2 || !td_near(l->claim[i], (double)t * l->truth[i], (double)(t + 1) * l->limit[i])) return false;
        ties = t;
    }
    if (!ties) return false;
    snprintf(text, size, "each of %lld ties gets the whole adjoint: it is to be shared among them", (long long)ties);
    return true;
}

static bool at_ties(const td_evidence *e, char *text, size_t size)
{
    int64_t bad = 0, at = -1, free = 0;
    for (int64_t i = 0; i < e->n; i++) {
        bool tie = ties_of(e, i) > 1;
        if (wrong(e, i) && !tie) return false;
        if (wrong(e, i) && !bad++) at = i;
        free += !tie;
    }
    if (!bad || !free) return false;
    snprintf(text, size, "wrong only where two entries are equal (%lld such coordinates, the first %lld, x = %.9g): "
             "a tie is not shared", (long long)bad, (long long)e->at[at], x_at(e, at));
    return true;
}

/* ---- on one side of a threshold ---------------------------------------------------------------------------------- */

static double itself(double x) { return x; }
static double negated(double x) { return -x; }
static double minus_size(double x) { return -fabs(x); }

static const struct { double (*measure)(double x); const char *what, *right, *wrong; double sign; } sides[] = {
    {fabs, "|x|", "<=", ">=", 1}, {minus_size, "|x|", ">=", "<=", -1},
    {itself, "x", "<=", ">=", 1}, {negated, "x", ">=", "<=", -1}};

static bool beyond(const td_evidence *e, size_t side, char *text, size_t size)
{
    double right = -INFINITY, bad = INFINITY;
    for (int64_t i = 0; i < e->n; i++) {
        const td_look *l = &e->look[TD_RANDOM];
        double v = sides[side].measure(x_at(e, i));
        if (wrong(e, i)) bad = fmin(bad, v);
        else if (l->truth[i] != 0 || l->claim[i] != 0) right = fmax(right, v);
    }
    if (!(bad > right) || !isfinite(right)) return false;
    snprintf(text, size, "right where %s %s %.6g, wrong where %s %s %.6g: a branch or a formula that fails there",
             sides[side].what, sides[side].right, sides[side].sign * right, sides[side].what, sides[side].wrong,
             sides[side].sign * bad);
    return true;
}

static bool one_side(const td_evidence *e, char *text, size_t size)
{
    for (size_t k = 0; k < sizeof sides / sizeof sides[0]; k++) if (beyond(e, k, text, size)) return true;
    return false;
}

/* A result depends on more than its own coordinate. */
static bool off_diagonal(const td_evidence *e, char *text, size_t size)
{
    const td_finding *f = e->f;
    if (e->results != e->n || f->output < 0 || f->output == f->coordinate || f->tape.value != 0) return false;
    snprintf(text, size, "result %lld depends on coordinate %lld too, and the rule does not know: a term off the diagonal "
             "is missing", (long long)f->output, (long long)f->coordinate);
    return true;
}

/* ---- none of these ----------------------------------------------------------------------------------------------- */

static bool few(const td_evidence *e, char *text, size_t size)
{
    int64_t bad = count_wrong(e), at = 0;
    if (bad == e->n) return false;
    while (!wrong(e, at)) at++;
    const td_look *l = &e->look[td_look_wrong(&e->look[TD_EVEN], at) ? TD_EVEN : TD_RANDOM];
    snprintf(text, size, "%lld of %lld coordinates are wrong, the first is %lld: %.9g instead of %.9g%s", (long long)bad,
             (long long)e->n, (long long)e->at[at], l->claim[at], l->truth[at],
             l == &e->look[TD_EVEN] ? ", summed over the result" : ", with random weights");
    return true;
}

static bool all(const td_evidence *e, char *text, size_t size)
{
    double least = INFINITY, most = -INFINITY;
    const td_look *l = &e->look[TD_RANDOM];
    for (int64_t i = 0; i < e->n; i++) {
        double r = (l->claim[i] - l->truth[i]) / l->truth[i];
        if (!isfinite(r)) continue;
        least = fmin(least, r), most = fmax(most, r);
    }
    if (!(least < most)) return false;
    bool fine = fmax(fabs(least), fabs(most)) < 1e-2;
    snprintf(text, size, "all %lld coordinates are wrong, by %.2g to %.2g of what they should be: %s", (long long)e->n, least,
             most, fine ? "a series cut short, or too few digits" : "a term is missing, or the formula is another");
    return true;
}

typedef bool pattern(const td_evidence *e, char *text, size_t size);

static void first_that_fits(pattern *const *patterns, const td_evidence *e, char *text, size_t size)
{
    text[0] = 0;
    if (!count_wrong(e)) return;
    while (*patterns && !(*patterns)(e, text, size)) patterns++;
}

void td_explain(const td_evidence *e, char *text, size_t size)
{
    static pattern *const patterns[] = {
        not_finite, nothing_arrives, added, ties_count_whole, by_factor, by_power, sum_left_out, not_written, at_ties,
        not_linear, td_explain_place, one_side, off_diagonal, few, all, NULL};
    first_that_fits(patterns, e, text, size);
}

void td_explain_numbers(const td_evidence *e, char *text, size_t size)
{
    static pattern *const patterns[] = {by_factor, not_written, td_explain_place, NULL};
    first_that_fits(patterns, e, text, size);
}
