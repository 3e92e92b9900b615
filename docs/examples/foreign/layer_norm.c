/* layer_norm.c: a kernel pair in f32, forward and backward, judged.
 *
 * cc -shared -fPIC layer_norm.c $(pkg-config --cflags libtriad-verify) -o layer_norm.so -lm && triad check ./layer_norm.so
 *
 * Each row of x, ROWS by WIDTH, is normalised, scaled by w and shifted by b.  forward keeps mean and 1 / deviation for
 * backward, whose arguments stand in an order of its own. */
#include <math.h>

#include "triad_foreign.h"

void forward(float *y, float *mean, float *rstd, const float *x, const float *w, const float *b, int rows, int width)
{
    for (int r = 0; r < rows; r++) {
        const float *in = x + r * width;
        float m = 0, v = 0;
        for (int i = 0; i < width; i++) m += in[i] / width;
        for (int i = 0; i < width; i++) v += (in[i] - m) * (in[i] - m) / width;
        mean[r] = m;
        rstd[r] = 1 / sqrtf(v + 1e-5f);
        for (int i = 0; i < width; i++) y[r * width + i] = w[i] * (in[i] - m) * rstd[r] + b[i];
    }
}

/* With z the normalised row and h = w dy: dx = (h - mean(h) - z mean(h z)) / deviation. */
void backward(float *dx, float *dw, float *db, const float *dy, const float *x, const float *w, const float *mean,
              const float *rstd, int rows, int width)
{
    for (int i = 0; i < width; i++) dw[i] = db[i] = 0;
    for (int r = 0; r < rows; r++) {
        const float *g = dy + r * width, *in = x + r * width;
        float sum = 0, along = 0;
        for (int i = 0; i < width; i++) {
            float z = (in[i] - mean[r]) * rstd[r], h = w[i] * g[i];
            sum += h / width;
            along += h * z / width;
            dw[i] += g[i] * z;
            db[i] += g[i];
        }
        for (int i = 0; i < width; i++) {
            float z = (in[i] - mean[r]) * rstd[r];
            dx[r * width + i] = (w[i] * g[i] - sum - z * along) * rstd[r];
        }
    }
}

typedef void forward_type(float *, float *, float *, const float *, const float *, const float *, int, int);
typedef void backward_type(float *, float *, float *, const float *, const float *, const float *, const float *,
                           const float *, int, int);

static const td_foreign_function functions[] = {
    {.name = "layer_norm", .signature = "kernel", .flags = TD_FOREIGN_F32, .value = TD_FN(forward_type, forward),
     .vjp = TD_FN(backward_type, backward), .arrays = "x[3,8] w[8] b[8] -> y[3,8] | mean[3] rstd[3]",
     .forward = "y mean rstd x w b 3 8", .backward = "dx dw db dy x w mean rstd 3 8"}};
const td_foreign triad_foreign = TD_FOREIGN_LIST(functions);
