/* function.c: td_check_function: is the derivative claimed for this C function right?
 *
 * Every claim answers the same questions w'J u.  They are compared with each other, with the complex step, which is asked
 * like a claim, and with differences.  A claim that disagrees is said to be wrong after a second family of steps, or a
 * second measurement of its own rounding, says so too.  A claim that nobody outside of the claims supports is
 * inconclusive. The gradient with Hessian and HVP for claims is judged in the same way, as second derivatives. */
#include "compare.h"
#include "figures.h"
#include "function/trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIRECTIONS = 8, COTANGENTS = 2, MOST_ENTRIES = 65536, COORDINATES = 256 };

/* ---- what is offered --------------------------------------------------------------------------------------------- */

#define PLAIN(f, member) .one = (f)->member, .one_f32 = (f)->f32.member
#define WITH(f, member) .two = (f)->member, .two_f32 = (f)->f32.member
#define BOTH(f, member) .both = (f)->member, .both_f32 = (f)->f32.member

static void add_claim(td_map *f, td_claim c, bool adds)
{
    const td_routine *r = &c.routine;
    bool in_f32 = r->one_f32 || r->two_f32 || r->both_f32, in_f64 = r->one || r->two || r->both || r->complex_one;
    c.routine.adds = adds;
    if (f->door->f32 ? in_f32 : in_f64) f->claim[f->n_claim++] = c;
}

static td_map first_map(const td_function *f, td_door *door, const double *x, uint64_t seed)
{
    int64_t n = f->n, m = f->m ? f->m : 1;
    td_map map = {.door = door, .n = n, .m = m, .x = x, .seed = seed, .asked = TD_ASKED_SLOPE,
                  .value = {"value", n, 0, m, PLAIN(f, value)}};
    td_claim matrix = {TD_CLAIM_MATRIX, f->column_major, {"Jacobian", n, 0, m * n, PLAIN(f, jacobian)}};
    td_claim gradient = {TD_CLAIM_MATRIX, false, {"gradient", n, 0, n, PLAIN(f, gradient)}};
    td_claim vjp = {TD_CLAIM_VJP, false, {"VJP", n, m, n, WITH(f, vjp)}};
    td_claim jvp = {TD_CLAIM_JVP, false, {"JVP", n, n, m, WITH(f, jvp)}};
    td_claim complex_step = {TD_CLAIM_COMPLEX, false, {"complex step", 2 * n, 0, 2 * m, .complex_one = f->complex_value}};
    const char *name = m == 1 ? "gradient with the value" : "Jacobian with the value";
    td_claim both = {TD_CLAIM_MATRIX, f->column_major, {name, n, 0, m * n, .head = m, BOTH(f, both)}};
    if (m == 1) add_claim(&map, gradient, f->adds);
    add_claim(&map, matrix, f->adds);
    add_claim(&map, vjp, f->adds);
    add_claim(&map, jvp, f->adds);
    add_claim(&map, both, false);
    if (!door->f32) add_claim(&map, complex_step, false);
    return map;
}

static td_map second_map(const td_function *f, td_door *door, const double *x, uint64_t seed)
{
    int64_t n = f->n;
    td_map map = {.door = door, .n = n, .m = n, .x = x, .seed = seed, .asked = TD_ASKED_SECOND,
                  .value = {"gradient", n, 0, n, PLAIN(f, gradient)}};
    td_claim hessian = {TD_CLAIM_MATRIX, false, {"Hessian", n, 0, n * n, PLAIN(f, hessian)}};
    td_claim hvp = {TD_CLAIM_JVP, false, {"HVP", n, n, n, WITH(f, hvp)}};
    add_claim(&map, hessian, f->adds);
    add_claim(&map, hvp, f->adds);
    return map;
}

td_map td_function_map(const td_function *f, td_door *door, const double *x, uint64_t seed, bool second)
{
    return second ? second_map(f, door, x, seed) : first_map(f, door, x, seed);
}

static bool has_value(const td_map *f)
{
    return f->door->f32 ? f->value.one_f32 != NULL : f->value.one != NULL;
}

/* ---- what is asked ----------------------------------------------------------------------------------------------- */

static void draw(td_direction *d, int64_t count, bool each, int64_t size, uint64_t seed)
{
    for (int64_t i = 0; i < count; i++) {
        d[i] = each ? (td_direction){0, i, i, i + 1, 0} : (td_direction){0, -1, 0, size, td_hash(seed, (uint64_t)i)};
    }
}

static bool plan(td_trial *t)
{
    const td_map *f = t->f;
    bool each_u = f->n <= t->coordinates, each_w = f->m <= MOST_ENTRIES / (each_u ? f->n : DIRECTIONS);
    int64_t n_u = each_u ? f->n : DIRECTIONS, n_w = each_w ? f->m : COTANGENTS;
    t->direction = malloc((size_t)(n_u + n_w) * sizeof *t->direction);
    if (!t->direction) return false;
    draw(t->direction, n_u, each_u, f->n, f->seed ^ 1);
    draw(t->direction + n_u, n_w, each_w, f->m, f->seed ^ 2);
    t->q = (td_questions){n_u, n_w, t->direction, t->direction + n_u};
    t->all = n_u * n_w;
    t->whole = each_u && each_w;
    t->y0 = calloc((size_t)f->m, sizeof *t->y0);
    t->answer = calloc((size_t)t->all * TD_MOST_CLAIMS, sizeof *t->answer);
    t->slope = calloc((size_t)t->all, sizeof *t->slope);
    t->wrong = calloc((size_t)t->all * TD_MOST_CLAIMS, sizeof *t->wrong);
    for (int64_t i = 0; t->slope && i < t->all; i++) t->slope[i].value = NAN;
    return t->y0 && t->answer && t->slope && t->wrong;
}

static void clear(td_trial *t)
{
    free(t->direction);
    free(t->y0);
    free(t->answer);
    free(t->slope);
    free(t->wrong);
}

/* ---- claims against each other ----------------------------------------------------------------------------------- */

static bool is_outside(const td_claim *c) { return c->kind == TD_CLAIM_COMPLEX; }

/* The rounding of claim i measured again: no bound may get smaller. */
static bool refine(td_trial *t, int i)
{
    td_answer *again = t->refined[i] ? NULL : malloc((size_t)t->all * sizeof *again);
    if (t->refined[i]) return true;
    bool ok = again != NULL;
    for (uint64_t k = 1; ok && k <= 4; k++) {
        ok = td_claim_answer(t->f, &t->f->claim[i], &t->q, td_hash(t->f->seed, 100 + k), again);
        for (int64_t e = 0; ok && e < t->all; e++) {
            td_answer *a = &t->answer[i * t->all + e];
            a->bound = fmax(a->bound, again[e].bound);
        }
    }
    t->refined[i] = true;
    free(again);
    return ok;
}

static bool compare_pair(td_trial *t, int a, int b)
{
    const td_answer *x = t->answer + a * t->all, *y = t->answer + b * t->all;
    for (int64_t e = 0; e < t->all; e++) {
        td_verdict v = td_compare(x[e], y[e]);
        if (v == TD_DISAGREE) {
            if (!refine(t, a) || !refine(t, b)) return false;
            v = td_compare(x[e], y[e]);
        }
        td_trial_count(t, v);
        if (v == TD_AGREE && (is_outside(&t->f->claim[a]) || is_outside(&t->f->claim[b]) || t->skip_differences)) {
            t->supported[a]++, t->supported[b]++;
        }
        if (v == TD_AGREE) t->r->strain = fmax(t->r->strain, td_strain(x[e], y[e]));
        if (t->f->asked == TD_ASKED_SLOPE) t->r->ulps[td_ulp_bin(x[e], y[e], t->f->door->f32)]++;
        if (v == TD_DISAGREE) td_trial_pair(t, a, b, e);
    }
    return true;
}

static bool compare_claims(td_trial *t)
{
    for (int a = 0; a < t->f->n_claim; a++) {
        for (int b = a + 1; b < t->f->n_claim; b++) if (!compare_pair(t, a, b)) return false;
    }
    return true;
}

/* ---- claims against differences ---------------------------------------------------------------------------------- */

/* A claim that moves by more than 1 % under steps of a few units jumps here: at a kink, as it may, and then it is taken as
 * it stands; elsewhere it can't be said to agree with anything. */
static void compare_slope(td_trial *t, const td_curves *c, int i, int64_t e)
{
    const td_slope *s = &t->slope[e];
    td_answer claim = t->answer[i * t->all + e];
    const char *reason = "";
    if (s->kind == TD_SLOPE_KINK) claim.bound = fmin(claim.bound, 4 * td_unit(t->f) * fabs(claim.value));
    double size = fmax(fabs(s->value), fabs(claim.value));
    td_fd_outcome o = td_compare_slope(s, claim, size, &reason);
    if (o == TD_FD_AGREED && claim.bound > size / 100) {
        o = TD_FD_UNDECIDED;
        reason = "the claim itself moves by more than 1 % when x moves in its last place";
    }
    if (o == TD_FD_UNDECIDED && td_curves_flat(c, e / t->q.n_u, s, claim)) o = TD_FD_AGREED;
    td_trial_differed(t, i, e, o, reason);
}

static bool difference(td_trial *t, int64_t q)
{
    td_curves *c = td_curves_open(t->f, t->y0, &t->q, &t->q.u[q]);
    if (!c) return false;
    for (int64_t k = 0; k < t->q.n_w; k++) {
        int64_t e = k * t->q.n_u + q;
        td_answer claim[TD_MOST_CLAIMS];
        for (int i = 0; i < t->f->n_claim; i++) claim[i] = t->answer[i * t->all + e];
        t->slope[e] = td_curves_ask(c, k, claim, t->f->n_claim);
        for (int i = 0; i < t->f->n_claim; i++) compare_slope(t, c, i, e);
    }
    td_curves_close(c);
    return !t->f->door->starved;
}

/* ---- one map ----------------------------------------------------------------------------------------------------- */

/* The value that comes with a derivative is the value. */
static bool compare_values(td_trial *t, const td_routine *r)
{
    double *out = malloc((size_t)(r->out + r->head) * sizeof *out);
    bool ok = out != NULL;
    if (ok && td_door_call(t->f->door, r, t->f->x, NULL, out, TD_POISON_NAN)) {
        ok = td_again_compare(t->f, &t->f->value, NULL, t->y0, out + r->out,
                              "gives another value when the derivative is asked for, too");
    }
    free(out);
    return ok;
}

static bool ask_claims(td_trial *t)
{
    for (int i = 0; i < t->f->n_claim; i++) {
        const td_claim *c = &t->f->claim[i];
        if (!td_claim_answer(t->f, c, &t->q, td_hash(t->f->seed, 100), t->answer + i * t->all)) return false;
        if (!td_claim_laws(t->f, c) || (c->routine.head && !compare_values(t, &c->routine))) return false;
    }
    return true;
}

static void compare_symmetry(td_trial *t)
{
    for (int64_t j = 0; j < t->f->n; j++) {
        for (int64_t i = 0; i < j; i++) {
            td_answer a = t->answer[j * t->f->n + i], b = t->answer[i * t->f->n + j];
            if (td_compare(a, b) == TD_DISAGREE) td_trial_asymmetry(t, i, j, a, b);
        }
    }
}

static bool judge(td_trial *t)
{
    const td_map *f = t->f;
    if (!plan(t)) return false;
    if (!td_door_call(f->door, &f->value, f->x, NULL, t->y0, TD_POISON_NAN)) {
        td_trial_give_up(t, "the function has no value at the point");
        return !f->door->starved;
    }
    bool second = f->asked == TD_ASKED_SECOND;
    td_clock_enter(t->clock, second ? TD_STAGE_SECOND : TD_STAGE_CLAIMS);
    if (!td_again(f, &f->value, NULL, t->y0) || !ask_claims(t)) return false;
    if (!td_again(f, &f->value, NULL, t->y0) || !compare_claims(t)) return false;
    if (second && t->whole) compare_symmetry(t);
    if (!second) td_clock_enter(t->clock, TD_STAGE_DIFFERENCES);
    for (int64_t q = 0; !t->skip_differences && q < t->q.n_u; q++) {
        td_clock_tell(t->clock, (double)q / (double)t->q.n_u);
        if (!difference(t, q)) return false;
    }
    td_clock_enter(t->clock, TD_STAGE_BLAME);
    if (!td_trial_conclude(t)) return false;
    if (t->figures) td_trial_figures(t);
    return true;
}

static bool try_map(td_map *f, const td_function *function, const td_check_options *o, td_check_result *r)
{
    td_clock clock = {.o = o, .seconds = r->seconds};
    td_trial t = {.f = f, .function = function, .r = r, .clock = &clock,
                  .coordinates = o->coordinates > 0 ? o->coordinates : COORDINATES,
                  .skip_differences = o->skip & TD_SKIP_DIFFERENCES, .figures = o->figures};
    bool ok = judge(&t);
    td_clock_leave(&clock);
    clear(&t);
    return ok;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

td_check_result *td_function_result(const td_function *f, uint64_t seed)
{
    td_check_result *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->input = calloc(1, sizeof *r->input);
    if (!r->input) {
        free(r);
        return NULL;
    }
    td_finding nothing = {.input = -1, .coordinate = -1, .output = -1, .tape = {NAN, NAN}, .dual = {NAN, NAN},
                          .differences = {NAN, NAN}, .left = NAN, .right = NAN};
    r->worst = r->input->worst = nothing;
    r->n = 1;
    r->input->coordinates = f->n;
    r->seed = seed;
    return r;
}

static void inconclusive(td_check_result *r, const char *reason)
{
    r->verdict = r->worst.verdict = r->input->verdict = TD_INCONCLUSIVE;
    snprintf(r->worst.reason, sizeof r->worst.reason, "%s", reason);
}

static bool is_finite(const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) if (!isfinite(x[i])) return false;
    return true;
}

static bool run(const td_function *f, td_door *door, const double *x, const td_check_options *o, td_check_result *r)
{
    td_map first = first_map(f, door, x, o->seed), second = second_map(f, door, x, o->seed);
    first.repeats = second.repeats = &r->repeats;
    bool curved = second.n_claim && first.m == 1 && !(o->skip & TD_SKIP_SECOND);
    if (f->n < 1 || f->m < 0 || !has_value(&first)) inconclusive(r, "no value routine of this dtype, or n < 1");
    else if (!is_finite(x, f->n)) inconclusive(r, "the point is not finite");
    else if (!first.n_claim) inconclusive(r, "no derivative is claimed");
    else if (!try_map(&first, f, o, r)) return false;
    else if (curved && has_value(&second) && r->verdict != TD_DISAGREE) return try_map(&second, f, o, r);
    else if (curved && !has_value(&second)) snprintf(r->second_reason, sizeof r->second_reason, "no gradient is offered");
    return true;
}

td_check_result *td_judge_function(const td_function *f, const double *x, const td_check_options *options, td_door *door)
{
    td_check_options o = options ? *options : (td_check_options){0};
    td_check_result *r = td_function_result(f, o.seed);
    double *point = malloc((size_t)(f->n > 0 ? f->n : 1) * sizeof *point);
    door->f32 = f->dtype == TD_F32;
    door->user = f->user;
    door->entry = -1;
    for (int64_t i = 0; point && i < f->n; i++) point[i] = door->f32 ? (double)(float)x[i] : x[i];
    if (r && (!point || !run(f, door, point, &o, r))) {
        td_check_free(r);
        r = NULL;
    }
    if (r) r->calls = door->calls, r->worst.grade = r->input->worst.grade = td_grade_of(&r->worst, o.care);
    free(point);
    return r;
}

td_check_result *td_check_function(const td_function *f, const double *x, const td_check_options *options)
{
    td_door door = {0};
    td_check_result *r = td_judge_function(f, x, options, &door);
    td_door_close(&door);
    return r;
}
