/* adapter.c: making an adapter, and running its program at a point. */
#include "gsl.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DATA = 60 };

/* ---- what went wrong ---------------------------------------------------------------------------------------------- */

int td_gsl_fail(td_gsl *g, int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(g->message, sizeof g->message, format, arguments);
    va_end(arguments);
    return g->status = status;
}

int td_gsl_broken(td_gsl *g, td_context *c)
{
    int status = !c || td_error(c) == TD_ENOMEM ? GSL_ENOMEM : GSL_EFAILED;
    td_gsl_fail(g, status, "%s", c ? td_message(c) : "out of memory");
    if (c) td_clear_error(c);
    return status;
}

int td_gsl_finite(td_gsl *g, const char *what, int64_t n, const double *v)
{
    for (int64_t i = 0; i < n; i++) {
        double bad = isnan(v[i]) ? NAN : v[i];
        if (!isfinite(bad)) return td_gsl_fail(g, GSL_EBADFUNC, "%s: number %lld is %g", what, (long long)i, bad);
    }
    return GSL_SUCCESS;
}

int td_gsl_status(const td_gsl *g) { return g->status; }
const char *td_gsl_message(const td_gsl *g) { return g->message; }
td_gsl_counts td_gsl_counted(const td_gsl *g) { return g->counts; }
void td_gsl_forget(td_gsl *g) { g->there = g->walked = false; }

void td_gsl_clear(td_gsl *g)
{
    g->status = 0;
    g->message[0] = 0;
}

/* ---- making one --------------------------------------------------------------------------------------------------- */

void td_gsl_free(td_gsl *g)
{
    if (!g) return;
    td_close(g->tape);
    td_close(g->dual);
    free(g->in);
    free(g->in_dual);
    free(g->gradient);
    free(g->gathered);
    free(g->unit);
    free(g);
}

/* A copy of x, of any context, in c. */
static td_tensor *copied(td_context *c, td_tensor *x)
{
    int64_t size[TD_MAX_RANK];
    for (int i = 0; i < td_rank(x); i++) size[i] = td_size(x, i);
    return td_array(c, td_dtype_of(x), td_rank(x), size, td_data(x));
}

static int check_problem(td_gsl *g)
{
    const td_gsl_problem *p = &g->p;
    if (!p->f) return td_gsl_fail(g, GSL_EINVAL, "the problem has no program");
    if (p->n < 0 || p->m < 0)
        return td_gsl_fail(g, GSL_EINVAL, "%lld unknowns, %lld numbers", (long long)p->n, (long long)p->m);
    if (p->n > INT32_MAX || p->m > INT32_MAX) return td_gsl_fail(g, GSL_EINVAL, "more than 2^31 - 1 unknowns or numbers");
    if (p->n_data < 0 || p->n_data > MOST_DATA)
        return td_gsl_fail(g, GSL_EINVAL, "%d tensors of data: 0 to %d can be given", p->n_data, MOST_DATA);
    return GSL_SUCCESS;
}

static int take_data(td_gsl *g)
{
    for (int i = 0; i < g->p.n_data; i++) {
        td_tensor *x = g->p.data[i];
        if (!x) return td_gsl_fail(g, GSL_EINVAL, "data %d: NULL", i);
        if (!td_data(x) && td_numel(x)) return td_gsl_fail(g, GSL_EINVAL, "data %d: %s", i, td_message(td_context_of(x)));
        g->in[g->n_in - g->p.n_data + i] = copied(g->tape, x);
    }
    g->begin = td_mark(g->tape);
    return td_error(g->tape) ? td_gsl_broken(g, g->tape) : GSL_SUCCESS;
}

td_gsl *td_gsl_new(const td_gsl_problem *problem)
{
    td_gsl *g = calloc(1, sizeof *g);
    if (!g) return NULL;
    g->p = *problem;
    if (!g->p.m || g->p.time) g->p.m = g->p.time ? g->p.n : 1;
    g->refused = check_problem(g);
    if (g->refused) return g;
    size_t n = (size_t)g->p.n, m = (size_t)g->p.m;
    g->n_in = 1 + g->p.time + g->p.n_data;
    g->tape = td_open(&(td_options){.threads = g->p.threads, .memory = g->p.memory});
    g->in = calloc((size_t)g->n_in, sizeof(td_tensor *));
    g->in_dual = calloc((size_t)g->n_in, sizeof(td_tensor *));
    g->gradient = calloc(n + 1, sizeof *g->gradient);
    g->gathered = calloc(2 * n + 1, sizeof *g->gathered);
    g->unit = calloc(m + 1, sizeof *g->unit);
    if (g->tape && g->in && g->in_dual && g->gradient && g->gathered && g->unit) {
        g->refused = take_data(g);
        return g;
    }
    td_gsl_free(g);
    return NULL;
}

/* ---- running the program ------------------------------------------------------------------------------------------ */

const double *td_gsl_packed(size_t n, const double *x, size_t stride, double *room)
{
    if (stride == 1 || n == 0) return n ? x : room;
    for (size_t i = 0; i < n; i++) room[i] = x[i * stride];
    return room;
}

/* To the bit: a NaN is itself, and -0 is not 0. */
static bool is_there(td_gsl *g, const double *x, double t)
{
    if (!g->there) return false;
    if (g->p.time && memcmp(td_data(g->in[1]), &t, sizeof t)) return false;
    return !g->p.n || !memcmp(td_data(g->in[0]), x, (size_t)g->p.n * sizeof *x);
}

static int check_result(td_gsl *g, td_tensor *y)
{
    td_context *c = g->tape;
    if (!y && !td_error(c)) return td_gsl_fail(g, GSL_EFAILED, "the program returned NULL");
    if (td_error(c)) return td_gsl_broken(g, c);
    if (td_numel(y) == g->p.m) return GSL_SUCCESS;
    return td_gsl_fail(g, GSL_EBADLEN, "the program gives %lld numbers, the problem says %lld", (long long)td_numel(y),
                       (long long)g->p.m);
}

int td_gsl_run(td_gsl *g, const double *x, double t)
{
    if (g->refused) return g->status = g->refused;
    if (is_there(g, x, t)) return GSL_SUCCESS;
    td_context *c = g->tape;
    td_gsl_forget(g);
    td_release(c, g->begin);
    td_seed(c, 0);
    g->in[0] = td_require_grad(td_array(c, TD_F64, 1, &g->p.n, x));
    if (g->p.time) g->in[1] = td_require_grad(td_scalar(c, t));
    if (td_error(c)) return td_gsl_broken(g, c);
    g->counts.runs++;
    td_tensor *y = g->p.f(c, g->in, g->p.user);
    int status = check_result(g, y);
    if (status) return status;
    g->y = td_reshape(td_to(y, TD_F64), 1, &g->p.m);
    if (!td_data(g->y) && td_error(c)) return td_gsl_broken(g, c);
    g->there = true;
    return GSL_SUCCESS;
}

int td_gsl_values(td_gsl *g, td_numbers_at out)
{
    const double *y = td_data(g->y);
    for (int64_t i = 0; i < g->p.m; i++) out.data[(size_t)i * out.stride] = y[i];
    return td_gsl_finite(g, "the program's value", g->p.m, y);
}
