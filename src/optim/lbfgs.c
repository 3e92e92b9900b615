/* lbfgs.c: the limited-memory method of Broyden, Fletcher, Goldfarb and Shanno.
 *
 * The direction is -H g by the two loops over the last changes of x and of g (J. Nocedal, "Updating quasi-Newton matrices
 * with limited storage", 1980; Nocedal and Wright, "Numerical optimization", 2006, algorithm 7.4), H0 the scale of the last
 * pair.  As PyTorch's without a line search: the step is the rate, at the very first min(1, 1 / |g|_1) of it.  All
 * parameters are one vector of doubles; sums are in order, so the bits depend on the sizes alone. */
#include "optim.h"

#include <math.h>
#include <string.h>

struct td_lbfgs {
    int     most_iterations, history, held;      /* held: pairs in s and y, oldest first */
    double  tolerance_grad, tolerance_change, scale, iterations, t;
    int64_t n;
    double *x, *g, *former, *d;                  /* n each, in the arena as all below */
    double *s, *y;                               /* history times n */
    double *rho, *alpha;                         /* history each */
};

static const td_optim_kind lbfgs = { "lbfgs", { NULL, NULL }, 0 };

static double dot(int64_t n, const double *a, const double *b)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static void add(int64_t n, double *y, double a, const double *x)
{
    for (int64_t i = 0; i < n; i++) y[i] += a * x[i];
}

static double largest(int64_t n, const double *x)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++) most = fabs(x[i]) > most ? fabs(x[i]) : most;
    return most;
}

static double size_1(int64_t n, const double *x)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += fabs(x[i]);
    return sum;
}

td_optimiser *td_lbfgs(int n, td_tensor *const *parameter, double lr, int max_iter, double tolerance_grad,
                       double tolerance_change, int history_size)
{
    td_optimiser *o = td_optim_new(&lbfgs, n, parameter, (td_optim_numbers){ .lr = lr });
    o = td_optim_check(o, max_iter > 0, "max_iter", max_iter);
    o = td_optim_check(o, history_size > 0, "history_size", history_size);
    if (!o) return NULL;
    struct td_lbfgs *l = td_arena(o->context, sizeof *l);
    if (!l) return NULL;
    *l = (struct td_lbfgs){ .most_iterations = max_iter, .history = history_size, .tolerance_grad = tolerance_grad,
                            .tolerance_change = tolerance_change, .scale = 1 };
    for (int i = 0; i < n; i++) l->n += td_numel(parameter[i]);
    size_t h = (size_t)history_size, m = (size_t)l->n;
    double *all = td_arena(o->context, ((4 + 2 * h) * m + 2 * h) * sizeof *all);
    if (!all) return NULL;
    l->x = all, l->g = all + m, l->former = all + 2 * m, l->d = all + 3 * m;
    l->s = all + 4 * m, l->y = l->s + h * m, l->rho = l->y + h * m, l->alpha = l->rho + h;
    o->lbfgs = l;
    return o;
}

/* ---- numbers and tensors ------------------------------------------------------------------------------------------- */

static td_status read_all(const td_optimiser *o, double *to, bool gradient)
{
    td_status status = td_error(o->context);
    for (int i = 0; !status && i < o->n; to += td_numel(o->parameter[i]), i++)
        status = td_read(gradient ? td_grad(o->parameter[i]) : o->parameter[i], to);
    return status;
}

static td_status write_all(const td_optimiser *o, const double *from)
{
    for (int i = 0; i < o->n; i++) {
        td_tensor *x = o->parameter[i];
        int64_t    n = td_numel(x);
        void      *to = td_overwrite(x);
        if (!to) return td_error(o->context);
        for (int64_t j = 0; j < n; j++) {
            if (td_dtype_of(x) == TD_F64) ((double *)to)[j] = from[j];
            else ((float *)to)[j] = (float)from[j];
        }
        from += n;
    }
    return TD_OK;
}

/* The loss where the parameters are, and its gradient in l->g. */
static td_status evaluate(td_optimiser *o, td_program *loss, void *user, double *value)
{
    td_context *c = o->context;
    td_marker   mark = td_mark(c);
    td_zero_grads(o->n, o->parameter);
    td_tensor *y = loss(c, o->parameter, user);
    td_status  status = td_backward(y);
    *value = td_item(y);
    if (!status) status = read_all(o, o->lbfgs->g, true);
    td_release(c, mark);
    return status;
}

/* ---- the method ---------------------------------------------------------------------------------------------------- */

/* The pair of the last step is kept if it bends upwards; the oldest goes if there is no room. */
static void remember(struct td_lbfgs *l)
{
    size_t m = (size_t)l->n;
    double ys = 0, yy = 0;
    for (int64_t i = 0; i < l->n; i++) {
        double y = l->g[i] - l->former[i];
        ys += y * (l->t * l->d[i]);
        yy += y * y;
    }
    if (!(ys > 1e-10)) return;
    if (l->held == l->history) {
        memmove(l->s, l->s + m, (size_t)(l->held - 1) * m * sizeof *l->s);
        memmove(l->y, l->y + m, (size_t)(l->held - 1) * m * sizeof *l->y);
        memmove(l->rho, l->rho + 1, (size_t)(l->held - 1) * sizeof *l->rho);
        l->held--;
    }
    double *s = l->s + (size_t)l->held * m, *y = l->y + (size_t)l->held * m;
    for (int64_t i = 0; i < l->n; i++) s[i] = l->t * l->d[i], y[i] = l->g[i] - l->former[i];
    l->rho[l->held++] = 1 / ys;
    l->scale = ys / yy;
}

/* d = -H g */
static void direct(struct td_lbfgs *l)
{
    size_t m = (size_t)l->n;
    for (int64_t i = 0; i < l->n; i++) l->d[i] = -l->g[i];
    for (int k = l->held - 1; k >= 0; k--) {
        l->alpha[k] = l->rho[k] * dot(l->n, l->s + (size_t)k * m, l->d);
        add(l->n, l->d, -l->alpha[k], l->y + (size_t)k * m);
    }
    for (int64_t i = 0; i < l->n; i++) l->d[i] *= l->scale;
    for (int k = 0; k < l->held; k++)
        add(l->n, l->d, l->alpha[k] - l->rho[k] * dot(l->n, l->y + (size_t)k * m, l->d), l->s + (size_t)k * m);
}

/* One step from where the loss is known; *end: there is nothing more to gain. */
static td_status iterate(td_optimiser *o, td_program *loss, void *user, bool last, double *value, bool *end)
{
    struct td_lbfgs *l = o->lbfgs;
    if (l->iterations > 0) remember(l);
    l->iterations++;
    direct(l);
    memcpy(l->former, l->g, (size_t)l->n * sizeof *l->g);
    l->t = l->iterations > 1 ? o->k.lr : fmin(1, 1 / size_1(l->n, l->g)) * o->k.lr;
    double slope = dot(l->n, l->g, l->d), before = *value;
    *end = slope > -l->tolerance_change || last;
    if (slope > -l->tolerance_change) return TD_OK;
    add(l->n, l->x, l->t, l->d);
    td_status status = write_all(o, l->x);
    if (!status && !last) status = evaluate(o, loss, user, value);
    if (status || last) return status;
    *end = largest(l->n, l->g) <= l->tolerance_grad || l->t * largest(l->n, l->d) <= l->tolerance_change ||
           fabs(*value - before) < l->tolerance_change;
    return TD_OK;
}

td_status td_lbfgs_run(td_optimiser *o, td_program *loss, void *user, double *first)
{
    struct td_lbfgs *l = o->lbfgs;
    double           value = NAN;
    td_status        status = read_all(o, l->x, false);
    if (!status) status = evaluate(o, loss, user, &value);
    if (!status && first) *first = value;
    bool end = largest(l->n, l->g) <= l->tolerance_grad;
    int most_evaluations = l->most_iterations * 5 / 4;          /* PyTorch's: fewer than the iterations, if these are few */
    for (int k = 1; !status && !end && k <= l->most_iterations; k++) {
        status = iterate(o, loss, user, k == l->most_iterations, &value, &end);
        end = end || k + 1 >= most_evaluations;
    }
    return status;
}

/* ---- saving -------------------------------------------------------------------------------------------------------- */

enum { HEAD = 4 };

static int64_t vectors(const struct td_lbfgs *l) { return (4 + 2 * (int64_t)l->history) * l->n + 2 * l->history; }
int64_t        td_lbfgs_count(const td_optimiser *o) { return HEAD + vectors(o->lbfgs); }

void td_lbfgs_store(const td_optimiser *o, double *numbers)
{
    const struct td_lbfgs *l = o->lbfgs;
    double                 head[HEAD] = { l->held, l->scale, l->iterations, l->t };
    memcpy(numbers, head, sizeof head);
    memcpy(numbers + HEAD, l->x, (size_t)vectors(l) * sizeof *numbers);
}

void td_lbfgs_restore(td_optimiser *o, const double *numbers)
{
    struct td_lbfgs *l = o->lbfgs;
    l->held = (int)numbers[0];
    l->scale = numbers[1];
    l->iterations = numbers[2];
    l->t = numbers[3];
    memcpy(l->x, numbers + HEAD, (size_t)vectors(l) * sizeof *numbers);
}
