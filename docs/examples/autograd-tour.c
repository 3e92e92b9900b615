/* autograd-tour.c: derivatives in four steps, from one number to a network that learns.
 *
 *     cc autograd-tour.c $(pkg-config --cflags --libs libtriad) -lm -o tour && ./tour
 *
 * Every step prints what it does and compares it with what one finds by hand, in double and in single precision.  The exit
 * status tells whether a number was off by more than one in its last stated digit. */
#include <math.h>
#include <stdio.h>

#include "triad.h"

#define RATE 0.03
#define STEPS 20

/* ---- what the steps share ----------------------------------------------------------------------------------------- */

/* A tensor of up to 16 numbers in the precision asked for. */
static td_tensor *make(td_context *c, td_dtype dtype, int rank, const int64_t *size, const double *value)
{
    float single[16];
    int64_t n = 1;
    for (int i = 0; i < rank; i++) n *= size[i];
    for (int64_t i = 0; i < n; i++) single[i] = (float)value[i];
    return td_array(c, dtype, rank, size, dtype == TD_F64 ? (const void *)value : single);
}

static void show(const char *name, td_tensor *x)
{
    printf("%s\n", name);
    td_print(x, stdout);
}

/* How many of the n numbers of x are further than `digit` from the stated ones. */
static int off(td_tensor *x, int n, const double *stated, double digit)
{
    double value[16];
    int wrong = 0;
    if (td_numel(x) != n || td_read(x, value)) return n;
    for (int i = 0; i < n; i++) {
        if (fabs(value[i] - stated[i]) <= digit) continue;
        printf("  number %d is %.9g, should be %.9g\n", i, value[i], stated[i]);
        wrong++;
    }
    return wrong;
}

/* x becomes x - RATE grad x; a training step is not part of what is differentiated. */
static void descend(td_context *c, td_tensor *x)
{
    bool was = td_grad_enabled(c, false);
    td_assign(x, td_sub(x, td_mul_scalar(td_grad(x), RATE)));
    td_grad_enabled(c, was);
    td_zero_grad(x);
}

/* ---- 1. a number: y = x^2, so dy/dx = 2x -------------------------------------------------------------------------- */

static int number(td_context *c, td_dtype dtype)
{
    td_tensor *x = td_require_grad(make(c, dtype, 0, NULL, (double[]){5}));
    show("x, a number whose gradient is wanted", x);

    td_tensor *y = td_pow_scalar(x, 2);
    show("y = x**2", y);

    td_backward(y);
    show("after y's backward pass, the gradient of x", td_grad(x));
    return off(y, 1, (double[]){25}, 0) + off(td_grad(x), 1, (double[]){10}, 0);
}

/* ---- 2. a vector: s = sum x_i^2, so ds/dx_i = 2 x_i --------------------------------------------------------------- */

static int vector(td_context *c, td_dtype dtype)
{
    td_tensor *x = td_require_grad(make(c, dtype, 1, (int64_t[]){3}, (double[]){1, 2, 3}));
    td_tensor *y = td_pow_scalar(x, 2);
    td_tensor *s = td_sum(y);
    show("x", x);
    show("s = the sum of x**2", s);

    td_backward(s);
    show("gradient of x", td_grad(x));

    td_status refused = td_backward(y);   /* a vector has no gradient until one says of which combination */
    printf("backward of x**2 itself is refused:\n%s\n", td_message(c));
    td_clear_error(c);
    return off(s, 1, (double[]){14}, 0) + off(td_grad(x), 3, (double[]){2, 4, 6}, 0) + (refused == TD_OK);
}

/* ---- 3. linear regression: the loss of y = W x, and one step down ------------------------------------------------- */

static const double W_VALUES[12] = {
    -0.6930, 0.7489,  0.3976,
    0.5207,  1.3825,  0.0206,
    -0.5965, 1.6456,  -0.9929,
    -0.2841, -1.7786, 0.0020,
};

static td_tensor *mean_square(td_tensor *y, td_tensor *target)
{
    return td_mean(td_square(td_sub(y, target)));
}

static int regression(td_context *c, td_dtype dtype)
{
    const double gradient[12] = {0.6976,  1.3952,  2.7904,  0.6841,  1.3681,  2.7362,
                                 -2.1385, -4.2769, -8.5538, -3.9167, -7.8333, -15.6666};
    td_tensor *x = make(c, dtype, 1, (int64_t[]){3}, (double[]){1, 2, 4});
    td_tensor *target = td_to(td_array(c, TD_I64, 1, (int64_t[]){4}, (int64_t[]){1, 2, 3, 4}), dtype);
    td_tensor *W = td_require_grad(make(c, dtype, 2, (int64_t[]){4, 3}, W_VALUES));
    show("W, drawn from the normal distribution", W);

    td_tensor *loss = mean_square(td_matmul(W, x), target);
    show("loss, the mean square of W x - target", loss);
    td_backward(loss);
    show("gradient of W", td_grad(W));
    int wrong = off(loss, 1, (double[]){20.8677}, 1e-4) + off(td_grad(W), 12, gradient, 1e-4);

    descend(c, W);
    loss = mean_square(td_matmul(W, x), target);
    show("loss after W -= 0.03 gradient", loss);
    return wrong + off(loss, 1, (double[]){9.7916}, 1e-4);
}

/* ---- 4. a network: y = W2 relu(W1 x) ------------------------------------------------------------------------------ */

typedef struct network {
    td_tensor *x, *target, *W1, *W2;
} network;

static network network_make(td_context *c, td_dtype dtype)
{
    const double W2[16] = {-0.2559, 0.5114, -0.2261, -0.3151, -0.9300, -0.2133, 1.1119, 0.4241,
                           1.0369,  0.2489, 0.3948,  0.1853,  -1.6661, 0.8553,  0.5064, 0.4988};
    network n = {
        .x = make(c, dtype, 1, (int64_t[]){3}, (double[]){1, 2, 4}),
        .target = make(c, dtype, 1, (int64_t[]){4}, (double[]){1, 2, 3, 4}),
        .W1 = td_require_grad(make(c, dtype, 2, (int64_t[]){4, 3}, W_VALUES)),
        .W2 = td_require_grad(make(c, dtype, 2, (int64_t[]){4, 4}, W2)),
    };
    return n;
}

static td_tensor *network_loss(const network *n)
{
    td_tensor *hidden = td_relu(td_matmul(n->W1, n->x));
    return mean_square(td_matmul(n->W2, hidden), n->target);
}

/* One step down; the loss before it.  What the step made is given back. */
static double network_step(td_context *c, const network *n)
{
    td_marker mark = td_mark(c);
    td_tensor *loss = network_loss(n);
    td_backward(loss);
    double before = td_item(loss);
    descend(c, n->W1);
    descend(c, n->W2);
    td_release(c, mark);
    return before;
}

/* Units 2 and 3 are off: with no way for x through them, their weights have no gradient. */
static int network_dead_units(const network *n)
{
    int wrong = 0;
    for (int unit = 2; unit <= 3; unit++) {
        wrong += off(td_select(td_grad(n->W1), 0, unit), 3, (double[3]){0}, 0);
        wrong += off(td_select(td_grad(n->W2), 1, unit), 4, (double[4]){0}, 0);
    }
    return wrong;
}

static int learning(td_context *c, td_dtype dtype)
{
    network n = network_make(c, dtype);
    show("what relu lets through of W1 x", td_relu(td_matmul(n.W1, n.x)));

    td_tensor *loss = network_loss(&n);
    show("loss of y = W2 relu(W1 x)", loss);
    td_backward(loss);
    show("gradient of W1: rows of zeros for the units that relu turned off", td_grad(n.W1));
    show("gradient of W2: columns of zeros for the same units", td_grad(n.W2));
    int wrong = off(loss, 1, (double[]){12.6723}, 1e-4) + network_dead_units(&n);
    td_zero_grad(n.W1);
    td_zero_grad(n.W2);

    double before = network_step(c, &n);
    for (int k = 1; k <= STEPS; k++) {
        double now = network_step(c, &n);
        if (k == 1 || k % 5 == 0) printf("loss after %2d steps  %.4f\n", k, now);
        if (k == 1) wrong += fabs(now - 2.3836) > 1e-4;
        wrong += now >= before && now > 1e-9;   /* below, it is rounding that moves it */
        before = now;
    }
    return wrong + (before > 1e-3);
}

/* ---- all of it, in both precisions -------------------------------------------------------------------------------- */

static int tour(td_dtype dtype)
{
    td_context *c = td_open(NULL);
    if (!c) return 1;
    int wrong = number(c, dtype) + vector(c, dtype) + regression(c, dtype) + learning(c, dtype);
    if (td_error(c)) {
        printf("%s\n", td_message(c));
        wrong++;
    }
    td_close(c);
    return wrong;
}

int main(void)
{
    printf("---- double precision ----\n");
    int wrong = tour(TD_F64);
    printf("---- single precision ----\n");
    wrong += tour(TD_F32);
    printf(wrong ? "%d numbers off\n" : "all as it should be\n", wrong);
    return wrong != 0;
}
