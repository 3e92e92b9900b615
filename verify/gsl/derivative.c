/* derivative.c: derivatives of the program at the point that the tape holds.
 *
 * A walk back from y with cotangent w gives J'w.  It is recorded itself and linear in w, so walking back over it once more,
 * from direction v, gives J v: the adjoint of w -> J'w at v (J. Townsend, "A new trick for calculating Jacobian vector
 * products", 2017).  The program is not run again for either.  Each walk is released when its numbers are read. */
#include "gsl.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

/* A column costs about so many rows, 2 to 4 as measured: it walks over the walk back, which holds more than the program. */
enum { COLUMN_COSTS = 3 };

/* Numbers that may lie on the tape between two releases of a Jacobian made by columns. */
static const int64_t ROOM = (int64_t)1 << 22;

/* ---- one walk back ------------------------------------------------------------------------------------------------ */

/* J'w on the tape: the gradients of x and t; false if nothing of the program depends on them. */
static bool walk(td_gsl *g, td_tensor *w)
{
    td_zero_grad(g->in[0]);
    if (g->p.time) td_zero_grad(g->in[1]);
    if (!td_requires_grad(g->y)) return false;
    g->counts.walks++;
    td_backward_from(g->y, w);
    return true;
}

/* Gradients that were read are dropped, and what made them. */
static int leave(td_gsl *g, td_marker mark)
{
    int status = td_error(g->tape) ? td_gsl_broken(g, g->tape) : GSL_SUCCESS;
    td_zero_grad(g->in[0]);
    if (g->p.time) td_zero_grad(g->in[1]);
    td_release(g->tape, mark);
    return status;
}

static void take(td_tensor *x, int64_t n, double *out)
{
    const double *v = td_data(td_grad(x));
    if (v && n) memcpy(out, v, (size_t)n * sizeof *out);
}

int td_gsl_pull(td_gsl *g, const double *w, double *out, double *dt)
{
    td_marker mark = td_mark(g->tape);
    memset(out, 0, (size_t)g->p.n * sizeof *out);
    if (dt) *dt = 0;
    if (walk(g, td_array(g->tape, TD_F64, 1, &g->p.m, w))) {
        take(g->in[0], g->p.n, out);
        if (dt) take(g->in[1], 1, dt);
    }
    int status = leave(g, mark);
    if (!status) status = td_gsl_finite(g, "the derivative", g->p.n, out);
    return status || !dt ? status : td_gsl_finite(g, "the derivative by time", 1, dt);
}

/* ---- columns: a walk over the walk back --------------------------------------------------------------------------- */

typedef struct columns { td_gsl *g; int64_t first, end; } columns;

/* w -> entries first to end of J'w: a program, whose derivative by w is the same columns of J, transposed. */
static td_tensor *pulled(td_context *c, td_tensor *const *w, void *user)
{
    const columns *k = user;
    td_gsl *g = k->g;
    if (!walk(g, w[0])) return td_zeros(c, TD_F64, 1, (int64_t[]){k->end - k->first});
    td_tensor *all = td_grad(g->in[0]);
    td_zero_grad(g->in[0]);
    return td_slice(all, 0, k->first, k->end, 1);
}

static void spread(const double *from, int64_t n, td_numbers_at to)
{
    for (int64_t i = 0; i < n; i++) to.data[(size_t)i * to.stride] = from[i];
}

int td_gsl_push(td_gsl *g, const double *v, td_numbers_at out)
{
    td_context *c = g->tape;
    td_marker mark = td_mark(c);
    columns all = {g, 0, g->p.n};
    td_tensor *w = td_zeros(c, TD_F64, 1, &g->p.m), *direction = td_array(c, TD_F64, 1, &g->p.n, v), *product = NULL;
    g->counts.walks++;
    td_vjp(pulled, c, 1, &w, &all, direction, &product);
    const double *numbers = product ? td_data(product) : NULL;
    if (numbers) spread(numbers, g->p.m, out);
    int status = numbers ? td_gsl_finite(g, "the derivative", g->p.m, numbers) : GSL_SUCCESS;
    int left = leave(g, mark);
    return left ? left : status;
}

static int some_columns(columns *k, double *J, size_t tda)
{
    td_gsl *g = k->g;
    td_marker mark = td_mark(g->tape);
    td_tensor *w = td_zeros(g->tape, TD_F64, 1, &g->p.m), *transposed = NULL;
    g->counts.walks += k->end - k->first;
    td_jacobian(pulled, g->tape, 1, &w, k, &transposed);
    const double *numbers = transposed ? td_data(transposed) : NULL;
    int64_t n = k->end - k->first, m = g->p.m;
    for (int64_t i = 0; numbers && i < n; i++) spread(numbers + i * m, m, (td_numbers_at){J + k->first + i, tda});
    int status = numbers ? td_gsl_finite(g, "the Jacobian, by columns", n * m, numbers) : GSL_SUCCESS;
    int left = leave(g, mark);
    return left ? left : status;
}

static int by_columns(td_gsl *g, double *J, size_t tda)
{
    int64_t n = g->p.n, most = ROOM / g->p.m > 1 ? ROOM / g->p.m : 1;
    int status = GSL_SUCCESS;
    for (int64_t i = 0; i < n && !status; i += most) {
        columns k = {g, i, i + most < n ? i + most : n};
        status = some_columns(&k, J, tda);
    }
    return status;
}

/* ---- all of J ----------------------------------------------------------------------------------------------------- */

static int by_rows(td_gsl *g, double *J, size_t tda, double *dt)
{
    int status = GSL_SUCCESS;
    for (int64_t k = 0; k < g->p.m && !status; k++) {
        g->unit[k] = 1;
        status = td_gsl_pull(g, g->unit, J + (size_t)k * tda, dt ? dt + k : NULL);
        g->unit[k] = 0;
    }
    return status;
}

int td_gsl_jacobian(td_gsl *g, double *J, size_t tda, double *dt)
{
    return COLUMN_COSTS * g->p.n < g->p.m && !dt ? by_columns(g, J, tda) : by_rows(g, J, tda, dt);
}

/* Column j is J'(J e_j): m + n numbers are held, however large J is. */
int td_gsl_normal(td_gsl *g, double *JTJ, size_t tda)
{
    int64_t n = g->p.n;
    double *room = calloc((size_t)(2 * n + g->p.m) + 1, sizeof *room), *e = room, *down = room + n, *across = down + n;
    int status = room ? GSL_SUCCESS : td_gsl_fail(g, GSL_ENOMEM, "out of memory");
    for (int64_t j = 0; j < n && !status; j++) {
        e[j] = 1;
        status = td_gsl_push(g, e, (td_numbers_at){across, 1});
        if (!status) status = td_gsl_pull(g, across, down, NULL);
        for (int64_t i = j; i < n && !status; i++) JTJ[(size_t)i * tda + (size_t)j] = down[i];
        e[j] = 0;
    }
    free(room);
    return status;
}

/* ---- second derivatives: dual numbers of second order ------------------------------------------------------------- */

static bool open_dual(td_gsl *g)
{
    if (g->dual) return true;
    g->dual = td_open(&(td_options){.engine = td_dual2_engine(), .threads = g->p.threads, .memory = g->p.memory});
    if (!g->dual) return false;
    for (int i = 1; i < g->n_in; i++) {
        td_tensor *x = g->in[i];
        int64_t size[TD_MAX_RANK];
        for (int k = 0; k < td_rank(x); k++) size[k] = td_size(x, k);
        g->in_dual[i] = td_array(g->dual, td_dtype_of(x), td_rank(x), size, td_data(x));
    }
    g->begin_dual = td_mark(g->dual);
    return true;
}

/* The mixed second derivative along v and v once more. */
static int read_bend(td_gsl *g, td_tensor *y, td_numbers_at out)
{
    td_context *c = g->dual;
    double *bend = NULL;
    int status = GSL_SUCCESS;
    if (!y && !td_error(c)) return td_gsl_fail(g, GSL_EFAILED, "the program returned NULL");
    if (!td_error(c) && td_numel(y) != g->p.m)
        return td_gsl_fail(g, GSL_EBADLEN, "the program gives %lld numbers, the problem says %lld", (long long)td_numel(y),
                           (long long)g->p.m);
    if (!td_error(c)) bend = malloc(((size_t)g->p.m + 1) * sizeof *bend);
    if (!bend || td_read_lane(y, 2, bend, NULL)) status = td_error(c) ? td_gsl_broken(g, c) : td_gsl_broken(g, NULL);
    if (!status) spread(bend, g->p.m, out), status = td_gsl_finite(g, "the second derivative", g->p.m, bend);
    free(bend);
    return status;
}

int td_gsl_second(td_gsl *g, const double *x, const double *v, td_numbers_at out)
{
    if (g->refused) return g->status = g->refused;
    if (!open_dual(g)) return td_gsl_broken(g, NULL);
    td_context *c = g->dual;
    td_release(c, g->begin_dual);
    td_seed(c, 0);
    g->in_dual[0] = td_array(c, TD_F64, 1, &g->p.n, x);
    for (int lane = 0; lane < 2; lane++) td_set_tangent(g->in_dual[0], lane, v);
    if (td_error(c)) return td_gsl_broken(g, c);
    g->counts.second++;
    return read_bend(g, g->p.f(c, g->in_dual, g->p.user), out);
}
