/* programs.c: the tour's regression and network, Rosenbrock's function, and the training they share. */
#include "programs.h"

#include <math.h>
#include <stdlib.h>

td_tensor *td_numbers(td_context *c, td_dtype dtype, int rank, const int64_t *size, const double *values)
{
    return td_to(td_array(c, TD_F64, rank, size, values), dtype);
}

td_tensor *td_leaf(td_context *c, td_tensor *x)
{
    int64_t size[TD_MAX_RANK];
    for (int i = 0; i < td_rank(x); i++) size[i] = td_size(x, i);
    return td_array(c, td_dtype_of(x), td_rank(x), size, td_data(x));
}

/* ---- training ---------------------------------------------------------------------------------------------------- */

double td_descend(td_context *c, td_program *f, int n, td_tensor *const *in, void *user, double rate)
{
    td_marker mark = td_mark(c);
    for (int i = 0; i < n; i++) td_require_grad(in[i]);
    td_tensor *loss = f(c, in, user);
    double value = td_item(loss);
    td_backward(loss);
    bool was = td_grad_enabled(c, false);
    for (int i = 0; i < n; i++) {
        td_assign(in[i], td_sub(in[i], td_mul_scalar(td_grad(in[i]), rate)));
        td_zero_grad(in[i]);
    }
    td_grad_enabled(c, was);
    td_release(c, mark);
    return value;
}

static double loss_of(td_context *c, const td_training *t, td_tensor *const *in)
{
    td_marker mark = td_mark(c);
    double value = td_item(t->f(c, in, t->user));
    td_release(c, mark);
    return value;
}

/* The middle of training is where the loss has come half the way down. */
bool td_train(td_session *s, td_context *c, const td_training *t, td_tensor *const *in)
{
    double first = loss_of(c, t, in), loss = first;
    bool middle = false;
    int step = 0;
    if (!td_session_check(s, t->f, t->n, in, t->user)) return false;
    for (; !(loss < t->below) && step < t->most && !td_error(c); step++) {
        td_descend(c, t->f, t->n, in, t->user, t->rate);
        loss = loss_of(c, t, in);
        if (middle || !(loss < (first + t->below) / 2)) continue;
        middle = true;
        if (!td_session_check(s, t->f, t->n, in, t->user)) return false;
    }
    if (!td_session_sound(s, c)) return false;
    td_session_note(s, "loss %.4f at first, %.4f after %d steps (below %.2f)", first, loss, step, t->below);
    if (!(loss < t->below)) {
        snprintf(s->trouble, sizeof s->trouble, "loss %.6g after %d steps, wanted below %.6g", loss, step, t->below);
        return false;
    }
    return td_session_check(s, t->f, t->n, in, t->user);
}

/* Opens a tape, runs body, closes it. */
typedef bool body(td_session *s, td_context *c);
static bool on_a_tape(td_session *s, body *b)
{
    td_context *c = td_open(NULL);
    bool ok = c && b(s, c);
    ok = td_session_sound(s, c) && ok;
    td_close(c);
    return ok;
}

/* ---- the tour ---------------------------------------------------------------------------------------------------- */

static const double tour_x[] = {1, 2, 4}, tour_target[] = {1, 2, 3, 4};
static const double tour_w[] = {-0.6930, 0.7489, 0.3976, 0.5207, 1.3825, 0.0206,
                                -0.5965, 1.6456, -0.9929, -0.2841, -1.7786, 0.0020};
static const double tour_w2[] = {0.2415, -0.5162, 0.7113, -0.3001, -0.8214, 0.4482, 0.1530, 0.9120,
                                 0.3349, 0.6071, -0.2278, 0.5402, 0.7046, -0.1195, 0.8803, -0.4627};

static td_tensor *tour_input(td_context *c, td_tensor *like)
{
    return td_numbers(c, td_dtype_of(like), 1, (int64_t[]){3}, tour_x);
}

static td_tensor *tour_loss(td_context *c, td_tensor *y)
{
    return td_mse_loss(y, td_numbers(c, td_dtype_of(y), 1, (int64_t[]){4}, tour_target), NULL, TD_REDUCTION_MEAN);
}

static td_tensor *regression(td_context *c, td_tensor *const *in, void *user)
{
    (void)user;
    return tour_loss(c, td_matmul(in[0], tour_input(c, in[0])));
}

static td_tensor *network(td_context *c, td_tensor *const *in, void *user)
{
    (void)user;
    return tour_loss(c, td_matmul(in[1], td_relu(td_matmul(in[0], tour_input(c, in[0])))));
}

static bool tour_regression(td_session *s, td_context *c)
{
    td_tensor *w = td_leaf(c, td_numbers(c, s->dtype, 2, (int64_t[]){4, 3}, tour_w));
    return td_train(s, c, &(td_training){regression, NULL, 1, 0.03, 0.01, 100}, &w);
}

static bool tour_network(td_session *s, td_context *c)
{
    td_tensor *w[2] = {td_leaf(c, td_numbers(c, s->dtype, 2, (int64_t[]){4, 3}, tour_w)),
                       td_leaf(c, td_numbers(c, s->dtype, 2, (int64_t[]){4, 4}, tour_w2))};
    return td_train(s, c, &(td_training){network, NULL, 2, 0.03, 0.01, 500}, w);
}

bool td_run_tour_regression(td_session *s) { return on_a_tape(s, tour_regression); }
bool td_run_tour_network(td_session *s) { return on_a_tape(s, tour_network); }

/* ---- Rosenbrock: sum 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2 ------------------------------------------------------- */

static td_tensor *rosenbrock(td_context *c, td_tensor *const *in, void *user)
{
    int64_t n = td_size(in[0], 0);
    (void)c;
    (void)user;
    td_tensor *head = td_slice(in[0], 0, 0, n - 1, 1), *tail = td_slice(in[0], 0, 1, n, 1);
    td_tensor *valley = td_square(td_sub(tail, td_square(head)));
    return td_sum(td_add(td_mul_scalar(valley, 100), td_square(td_rsub(1, head))));
}

static bool rosenbrock_body(td_session *s, td_context *c)
{
    static const double start[] = {-1.2, 1, -1.2, 1, 0.5, 1.5, -0.3, 0.8, 1, 1};
    td_tensor *x = td_leaf(c, td_numbers(c, s->dtype, 1, (int64_t[]){10}, start));
    return td_train(s, c, &(td_training){rosenbrock, NULL, 1, 0.0005, 8, 20000}, &x);
}

bool td_run_rosenbrock(td_session *s) { return on_a_tape(s, rosenbrock_body); }
