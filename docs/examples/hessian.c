/* hessian.c: derivatives as functions.  Newton's method finds the bottom of Rosenbrock's valley.
 *
 *     cc hessian.c $(pkg-config --cflags --libs libtriad) -lm -o hessian && ./hessian
 *
 * A program from tensors to one number is written once; td_grad_of, td_hvp and td_hessian ask for its derivatives. */
#include <math.h>
#include <stdio.h>

#include "triad.h"

/* (1 - x0)^2 + steep (x1 - x0^2)^2, smallest at (1, 1) where it is 0.  H. H. Rosenbrock, 1960, with steep = 100. */
static td_tensor *rosenbrock(td_context *c, td_tensor *const *in, void *user)
{
    const double *steep = user;
    td_tensor *x0 = td_select(in[0], 0, 0), *x1 = td_select(in[0], 0, 1);
    td_tensor *hill = td_square(td_sub(td_scalar(c, 1), x0));
    td_tensor *valley = td_square(td_sub(x1, td_square(x0)));
    return td_add(hill, td_mul_scalar(valley, *steep));
}

/* x -= H^-1 g for two unknowns, by Cramer's rule. */
static void newton(double *x, const double *g, const double *h)
{
    double det = h[0] * h[3] - h[1] * h[2];
    x[0] -= (g[0] * h[3] - g[1] * h[1]) / det;
    x[1] -= (g[1] * h[0] - g[0] * h[2]) / det;
}

/* One step from x; false after an error. */
static bool step(td_context *c, int k, double *x)
{
    double steep = 100;
    td_marker mark = td_mark(c);
    td_tensor *at = td_array(c, TD_F64, 1, (int64_t[]){2}, x), *gradient, *hessian;
    td_tensor *value = td_grad_of(rosenbrock, c, 1, &at, &steep, &gradient);
    td_hessian(rosenbrock, c, 1, &at, &steep, &hessian);
    if (td_error(c)) return false;

    double g[2], h[4];
    printf("%d  f(%8.5f, %8.5f) = %.3e\n", k, x[0], x[1], td_item(value));
    td_read(gradient, g);
    td_read(hessian, h);
    newton(x, g, h);
    td_release(c, mark);
    return !td_error(c);
}

int main(void)
{
    td_context *c = td_open(NULL);
    if (!c) return 1;
    double steep = 100, x[2] = {-1.2, 1};
    td_tensor *start = td_array(c, TD_F64, 1, (int64_t[]){2}, x), *hessian, *product;
    td_hessian(rosenbrock, c, 1, &start, &steep, &hessian);
    printf("Hessian at the start\n");
    td_print(hessian, stdout);

    td_tensor *v = td_array(c, TD_F64, 1, (int64_t[]){2}, (double[]){1, -1});
    td_hvp(rosenbrock, c, 1, &start, &steep, &v, &product);
    printf("its product with (1, -1), made without it\n");
    td_print(product, stdout);

    for (int k = 0; k < 8 && step(c, k, x); k++) continue;
    if (td_error(c)) printf("%s\n", td_message(c));
    bool good = !td_error(c) && fabs(x[0] - 1) < 1e-12 && fabs(x[1] - 1) < 1e-12;
    td_close(c);
    return good ? 0 : 1;
}
