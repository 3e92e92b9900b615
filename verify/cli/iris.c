/* iris.c: programs on Fisher's irises: 150 flowers, four lengths in centimetres, three species.
 *
 * Lengths are centred and scaled column by column.  The data enter the programs as constants, the parameters are what is
 * differentiated and trained, by plain gradient steps on all 150 at once. */
#include "programs.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading iris.csv -------------------------------------------------------------------------------------------- */

static const char *const species[TD_IRIS_SPECIES] = {"setosa", "versicolor", "virginica"};

/* "5.1": digits, a point, digits; not strtod, which would ask the locale. */
static const char *read_decimal(const char *text, double *out)
{
    double value = 0, unit = 1;
    bool digits = false;
    for (; *text >= '0' && *text <= '9'; text++) value = 10 * value + (*text - '0'), digits = true;
    if (*text == '.') for (text++; *text >= '0' && *text <= '9'; text++) value = 10 * value + (*text - '0'), unit *= 10;
    *out = value / unit;
    return digits ? text : NULL;
}

static bool read_flower(const char *line, double *x, int64_t *y)
{
    for (int k = 0; k < TD_IRIS_COLUMNS; k++) {
        line = read_decimal(line, &x[k]);
        if (!line || *line++ != ',') return false;
    }
    for (int64_t k = 0; k < TD_IRIS_SPECIES; k++) {
        if (!strncmp(line, species[k], strlen(species[k]))) return *y = k, true;
    }
    return false;
}

static void standardise(td_iris *d)
{
    for (int k = 0; k < TD_IRIS_COLUMNS; k++) {
        double mean = 0, square = 0;
        double *x = d->x + k;
        for (int i = 0; i < TD_IRIS; i++) mean += x[i * TD_IRIS_COLUMNS] / TD_IRIS;
        for (int i = 0; i < TD_IRIS; i++) square += pow(x[i * TD_IRIS_COLUMNS] - mean, 2) / TD_IRIS;
        for (int i = 0; i < TD_IRIS; i++) x[i * TD_IRIS_COLUMNS] = (x[i * TD_IRIS_COLUMNS] - mean) / sqrt(square);
    }
}

bool td_iris_read(td_session *s, td_iris *out)
{
    char path[1024], line[256];
    snprintf(path, sizeof path, "%s/iris.csv", s->data);
    FILE *file = fopen(path, "r");
    if (!file) {
        snprintf(s->trouble, sizeof s->trouble, "%.120s: %s; say --data DIR", path, strerror(errno));
        return false;
    }
    int n = 0;
    bool ok = fgets(line, sizeof line, file) != NULL;
    while (ok && n < TD_IRIS && fgets(line, sizeof line, file)) {
        ok = read_flower(line, &out->x[n * TD_IRIS_COLUMNS], &out->species[n]);
        n += ok;
    }
    fclose(file);
    if (ok && n == TD_IRIS) return true;
    snprintf(s->trouble, sizeof s->trouble, "%.120s: line %d is no measurement of an iris", path, n + 2);
    return false;
}

/* ---- models ------------------------------------------------------------------------------------------------------ */

static td_tensor *flowers(td_context *c, const td_iris *d, td_dtype dtype)
{
    return td_numbers(c, dtype, 2, (int64_t[]){TD_IRIS, TD_IRIS_COLUMNS}, d->x);
}

static td_tensor *target(td_context *c, const td_iris *d)
{
    return td_array(c, TD_I64, 1, (int64_t[]){TD_IRIS}, d->species);
}

/* Multinomial logistic regression: in = weight (3,4), bias (3). */
static td_tensor *logistic(td_context *c, td_tensor *const *in, void *user)
{
    const td_iris *d = user;
    return td_cross_entropy(td_linear(flowers(c, d, td_dtype_of(in[0])), in[0], in[1]), target(c, d), NULL);
}

/* Two layers: in = weight (8,4), bias (8), weight (3,8), bias (3). */
static td_tensor *network(td_context *c, td_tensor *const *in, void *user)
{
    const td_iris *d = user;
    td_tensor *hidden = td_tanh(td_linear(flowers(c, d, td_dtype_of(in[0])), in[0], in[1]));
    return td_cross_entropy(td_linear(hidden, in[2], in[3]), target(c, d), NULL);
}

static td_tensor *small_random(td_context *c, td_dtype dtype, int rank, int64_t rows, int64_t columns)
{
    return td_copy(td_mul_scalar(td_randn(c, dtype, rank, (int64_t[]){rows, columns}), 0.5));
}

static bool train(td_session *s, td_training t, int n, const int (*shape)[3], td_tensor **in)
{
    td_iris *d = malloc(sizeof *d);
    td_context *c = td_open(&(td_options){.seed = 1});
    bool ok = d && c && td_iris_read(s, d);
    if (ok) standardise(d);
    for (int i = 0; ok && i < n; i++) in[i] = td_leaf(c, small_random(c, s->dtype, shape[i][0], shape[i][1], shape[i][2]));
    t.user = d;
    ok = ok && td_train(s, c, &t, in) && td_session_sound(s, c);
    td_close(c);
    free(d);
    return ok;
}

bool td_run_iris_logistic(td_session *s)
{
    static const int shape[2][3] = {{2, 3, 4}, {1, 3, 0}};
    td_tensor *in[2];
    return train(s, (td_training){logistic, NULL, 2, 0.5, 0.15, 2000}, 2, shape, in);
}

bool td_run_iris_network(td_session *s)
{
    static const int shape[4][3] = {{2, 8, 4}, {1, 8, 0}, {2, 3, 8}, {1, 3, 0}};
    td_tensor *in[4];
    return train(s, (td_training){network, NULL, 4, 0.2, 0.10, 4000}, 4, shape, in);
}

/* ---- the likelihood of a Gaussian -------------------------------------------------------------------------------- */

/* Petal length and width as draws from a normal distribution in the plane: in = mean (2), log of the standard deviations
 * (2), and r (), of which tanh r is the correlation.  The covariance's determinant and inverse are written out, so no
 * factorisation is needed.  -> the mean negative log-likelihood without its constant. */
static td_tensor *gaussian(td_context *c, td_tensor *const *in, void *user)
{
    const td_iris *d = user;
    td_tensor *x = td_slice(flowers(c, d, td_dtype_of(in[0])), 1, 2, 4, 1);
    td_tensor *z = td_mul(td_sub(x, in[0]), td_exp(td_neg(in[1])));
    td_tensor *z0 = td_select(z, 1, 0), *z1 = td_select(z, 1, 1), *rho = td_tanh(in[2]);
    td_tensor *rest = td_rsub(1, td_square(rho));
    td_tensor *cross = td_mul_scalar(td_mul(rho, td_mul(z0, z1)), 2);
    td_tensor *square = td_div(td_sub(td_add(td_square(z0), td_square(z1)), cross), td_mul_scalar(rest, 2));
    return td_add(td_add(td_mean(square), td_sum(in[1])), td_mul_scalar(td_log(rest), 0.5));
}

bool td_run_gaussian(td_session *s)
{
    td_iris *d = malloc(sizeof *d);
    td_context *c = td_open(NULL);
    bool ok = d && c && td_iris_read(s, d);
    if (ok) {
        td_tensor *in[3] = {td_leaf(c, td_numbers(c, s->dtype, 1, (int64_t[]){2}, (double[]){2, 1})),
                            td_leaf(c, td_numbers(c, s->dtype, 1, (int64_t[]){2}, (double[]){1, 0})),
                            td_leaf(c, td_numbers(c, s->dtype, 0, NULL, (double[]){0.1}))};
        ok = td_train(s, c, &(td_training){gaussian, d, 3, 0.02, 0, 5000}, in) && td_session_sound(s, c);
    }
    td_close(c);
    free(d);
    return ok;
}
