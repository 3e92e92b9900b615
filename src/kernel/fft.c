/* fft.c: mixed radices by T. G. Stockham's autosort form (W. T. Cochran et al., "What is the fast Fourier transform?",
 * 1967), other lengths by L. I. Bluestein's chirp (1970).
 *
 * Roots of unity are each computed from their angle, within an ulp, never from one another: errors then grow as the root of
 * log n.  No fma, so that the plain text becomes vector code; the bits are those of the text. */
#include "fft.h"

#include <string.h>

#include "special/wide.h"

/* ---- roots of unity ------------------------------------------------------------------------------------------------- */

/* cos and sin of 2 pi k / n, 0 <= k < n: brought into the first eighth, where the angle's own rounding is made up for */
static void root_of_unity(int64_t k, int64_t n, double *cosine, double *sine)
{
    int64_t far = 2 * k > n ? n - k : k, near = 4 * far > n ? n - 2 * far : 2 * far;    /* angles pi far 2 / n, pi near / n */
    bool    swap = 4 * near > n;
    wide    angle = swap ? w_times(wide_pi, (double)(n - 2 * near)) : w_times(wide_pi, (double)(2 * near));
    angle = w_over(angle, (double)(2 * n));
    double s = td_m_sin_usual(angle.high), c = td_m_cos_usual(angle.high);
    double sin_near = s + angle.low * c, cos_near = c - angle.low * s;
    double x = swap ? sin_near : cos_near, y = swap ? cos_near : sin_near;
    *cosine = 4 * far > n ? -x : x;
    *sine = 2 * k > n ? -y : y;
}

/* ---- by radices ------------------------------------------------------------------------------------------------------ */

/* n as a product of odd primes, 4 and 2; false: it is none.  The odd ones come first: then what is a sum of operands and their
 * negatives, as at n / 2 and n / 4, is computed as one, and is exactly 0 where they are. */
static bool factor(td_fourier *p, int64_t n)
{
    static const int radix[] = {13, 11, 7, 5, 3, 4, 2};
    p->steps = 0;
    for (int i = 0; i < (int)(sizeof radix / sizeof *radix); i++)
        for (; n % radix[i] == 0 && n > 1; n /= radix[i]) p->radix[p->steps++] = radix[i];
    return n <= 1;
}

typedef struct line { double *re, *im; } line;

/* One step: of x[q + s (k + m t)], t < r, the r-point transform, times w^(k u), to y[q + s (r k + u)]; q < s, k < m. */
typedef struct step {
    const td_fourier *plan;
    line          x, y;
    int64_t       s, m, whole;    /* whole: how many roots there are */
    int           r;
} step;

static void step_2(const step *f, int64_t k)
{
    const double wr = f->plan->cosine[k * f->s], wi = -f->plan->sine[k * f->s];
    const double *ar = f->x.re + f->s * k, *ai = f->x.im + f->s * k, *br = ar + f->s * f->m, *bi = ai + f->s * f->m;
    double       *yr = f->y.re + f->s * 2 * k, *yi = f->y.im + f->s * 2 * k;
    for (int64_t q = 0; q < f->s; q++) {
        double dr = ar[q] - br[q], di = ai[q] - bi[q];
        yr[q] = ar[q] + br[q];
        yi[q] = ai[q] + bi[q];
        yr[q + f->s] = dr * wr - di * wi;
        yi[q + f->s] = dr * wi + di * wr;
    }
}

static void step_4(const step *f, int64_t k)
{
    const int64_t s = f->s, m = s * f->m;
    const double *c = f->plan->cosine, *d = f->plan->sine;
    const double  w1r = c[k * s], w1i = -d[k * s], w2r = c[2 * k * s], w2i = -d[2 * k * s], w3r = c[3 * k * s], w3i = -d[3 * k * s];
    const double *xr = f->x.re + s * k, *xi = f->x.im + s * k;
    double       *yr = f->y.re + s * 4 * k, *yi = f->y.im + s * 4 * k;
    for (int64_t q = 0; q < s; q++) {
        double ar = xr[q] + xr[q + 2 * m], ai = xi[q] + xi[q + 2 * m], br = xr[q] - xr[q + 2 * m], bi = xi[q] - xi[q + 2 * m];
        double cr = xr[q + m] + xr[q + 3 * m], ci = xi[q + m] + xi[q + 3 * m];
        double dr = xi[q + m] - xi[q + 3 * m], di = xr[q + 3 * m] - xr[q + m];      /* -i times the difference */
        double er = ar - cr, ei = ai - ci, gr = br + dr, gi = bi + di, hr = br - dr, hi = bi - di;
        yr[q] = ar + cr;
        yi[q] = ai + ci;
        yr[q + s] = gr * w1r - gi * w1i;
        yi[q + s] = gr * w1i + gi * w1r;
        yr[q + 2 * s] = er * w2r - ei * w2i;
        yi[q + 2 * s] = er * w2i + ei * w2r;
        yr[q + 3 * s] = hr * w3r - hi * w3i;
        yi[q + 3 * s] = hr * w3i + hi * w3r;
    }
}

/* any r: the r-point transform as it is defined */
static void step_any(const step *f, int64_t k)
{
    const int64_t s = f->s, turn = f->whole / f->r;
    const double *xr = f->x.re + s * k, *xi = f->x.im + s * k;
    for (int u = 0; u < f->r; u++) {
        const int64_t at = k * u * s % f->whole;
        const double  wr = f->plan->cosine[at], wi = -f->plan->sine[at];
        double       *yr = f->y.re + s * (f->r * k + u), *yi = f->y.im + s * (f->r * k + u);
        for (int64_t q = 0; q < s; q++) {
            double re = xr[q], im = xi[q];
            for (int t = 1; t < f->r; t++) {
                double c = f->plan->cosine[t * u % f->r * turn], d = -f->plan->sine[t * u % f->r * turn];
                double vr = xr[q + s * f->m * t], vi = xi[q + s * f->m * t];
                re += vr * c - vi * d;
                im += vr * d + vi * c;
            }
            yr[q] = re * wr - im * wi;
            yi[q] = re * wi + im * wr;
        }
    }
}

/* Of length `whole`, the roots' number; the result is in x again. */
static void by_radices(const td_fourier *p, line x, int64_t whole, double *work)
{
    const line start = x;
    line       y = {work, work + whole};
    int64_t    s = 1, n = whole;
    for (int i = 0; i < p->steps; i++) {
        step f = {p, x, y, s, n / p->radix[i], whole, p->radix[i]};
        for (int64_t k = 0; k < f.m; k++)
            if (f.r == 4) step_4(&f, k);
            else if (f.r == 2) step_2(&f, k);
            else step_any(&f, k);
        n = f.m;
        s *= f.r;
        line other = x;
        x = y, y = other;
    }
    if (x.re == start.re) return;
    memcpy(start.re, x.re, (size_t)whole * sizeof(double));
    memcpy(start.im, x.im, (size_t)whole * sizeof(double));
}

/* ---- by a chirp: j k = (j^2 + k^2 - (k - j)^2) / 2, so a transform is a convolution with e^(pi i j^2 / n) ----------------- */

/* What needs no roots but 1, i, -1, -i: a chirp would mix there what does not belong together, a small real part and a large
 * imaginary one. */
typedef struct quarters { double re[4], im[4]; } quarters;    /* sums of x_j with j = 0, 1, 2, 3 modulo 4 */

static quarters sum_quarters(line x, int64_t n)
{
    quarters s = {{0}, {0}};
    for (int64_t j = 0; j < n; j++) s.re[j % 4] += x.re[j], s.im[j % 4] += x.im[j];
    return s;
}

static void put_quarters(line x, int64_t n, const quarters *s)
{
    double even_re = s->re[0] + s->re[2], odd_re = s->re[1] + s->re[3], even_im = s->im[0] + s->im[2], odd_im = s->im[1] + s->im[3];
    double a_re = s->re[0] - s->re[2], a_im = s->im[0] - s->im[2], b_re = s->re[1] - s->re[3], b_im = s->im[1] - s->im[3];
    x.re[0] = even_re + odd_re, x.im[0] = even_im + odd_im;
    if (n % 2 == 0) x.re[n / 2] = even_re - odd_re, x.im[n / 2] = even_im - odd_im;
    if (n % 4 != 0) return;
    x.re[n / 4] = a_re + b_im, x.im[n / 4] = a_im - b_re;
    x.re[3 * n / 4] = a_re - b_im, x.im[3 * n / 4] = a_im + b_re;
}

static void by_chirp(const td_fourier *p, line x, double *work)
{
    const quarters exact = sum_quarters(x, p->n);
    const int64_t n = p->n, m = p->m;
    const double *c = p->chirp_cosine, *d = p->chirp_sine;
    line          z = {work, work + m};
    memset(work, 0, (size_t)(2 * m) * sizeof(double));
    for (int64_t j = 0; j < n; j++) {
        z.re[j] = x.re[j] * c[j] + x.im[j] * d[j];
        z.im[j] = x.im[j] * c[j] - x.re[j] * d[j];
    }
    by_radices(p, z, m, work + 2 * m);
    for (int64_t j = 0; j < m; j++) {
        double re = z.re[j] * p->answer_re[j] - z.im[j] * p->answer_im[j];
        z.im[j] = z.re[j] * p->answer_im[j] + z.im[j] * p->answer_re[j];
        z.re[j] = re;
    }
    by_radices(p, (line){z.im, z.re}, m, work + 2 * m);
    for (int64_t j = 0; j < n; j++) {
        x.re[j] = z.re[j] * c[j] + z.im[j] * d[j];
        x.im[j] = z.im[j] * c[j] - z.re[j] * d[j];
    }
    put_quarters(x, n, &exact);
}

/* The chirp, once around, transformed; 1 / m for the way back is in it. */
static void plan_chirp(td_fourier *p, double *work)
{
    const int64_t n = p->n, m = p->m;
    const double  share = 1 / (double)m;
    memset(p->answer_re, 0, (size_t)m * sizeof(double));
    memset(p->answer_im, 0, (size_t)m * sizeof(double));
    for (int64_t j = 0, square = 0; j < n; j++) {      /* square: j^2 modulo 2n */
        root_of_unity(square, 2 * n, &p->chirp_cosine[j], &p->chirp_sine[j]);
        square = (square + 2 * j + 1) % (2 * n);
        int64_t back = j ? m - j : 0;
        p->answer_re[j] = p->answer_re[back] = p->chirp_cosine[j] * share;
        p->answer_im[j] = p->answer_im[back] = p->chirp_sine[j] * share;
    }
    by_radices(p, (line){p->answer_re, p->answer_im}, m, work);
}

/* ---- plans ------------------------------------------------------------------------------------------------------------ */

/* 0 if radices do; else a power of two, at least 2n - 1 */
static int64_t chirp_length(int64_t n)
{
    td_fourier  p;
    int64_t m = 1;
    if (factor(&p, n)) return 0;
    while (m < 2 * n - 1) m *= 2;
    return m;
}

int64_t td_fft_room(int64_t n)
{
    int64_t m = chirp_length(n);
    return m ? 2 * m + 2 * n + 2 * m + 2 * m : 2 * n;    /* roots, chirp, answer, work for it */
}

int64_t td_fft_work(int64_t n)
{
    int64_t m = chirp_length(n);
    return m ? 4 * m : 2 * n;
}

void td_fft_plan(td_fourier *p, int64_t n, double *room)
{
    *p = (td_fourier){.n = n, .m = chirp_length(n)};
    int64_t roots = p->m ? p->m : n;
    factor(p, roots);
    p->cosine = room;
    p->sine = room + roots;
    for (int64_t k = 0; k < roots; k++) root_of_unity(k, roots, &p->cosine[k], &p->sine[k]);
    if (!p->m) return;
    p->chirp_cosine = p->sine + roots;
    p->chirp_sine = p->chirp_cosine + n;
    p->answer_re = p->chirp_sine + n;
    p->answer_im = p->answer_re + p->m;
    plan_chirp(p, p->answer_im + p->m);
}

void td_fft_run(const td_fourier *p, double *re, double *im, double *work)
{
    if (p->m) by_chirp(p, (line){re, im}, work);
    else by_radices(p, (line){re, im}, p->n, work);
}
