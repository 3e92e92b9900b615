/* fft.h: discrete Fourier transforms as their sums, y_k = scale sum over j of x_j e^(-+ 2 pi i j k / n), along one axis or two.
 *
 * One text for all: z is read from the operands where they have it, is 0 beyond them, and of a half spectrum the conjugate of
 * its mirror image. */

typedef struct complex_num { num re, im; } complex_num;

/* cos and sin of 2 pi j k / n; multiples of a quarter exactly */
static complex_num turned(int64_t j, int64_t k, int64_t n)
{
    static const double quarter[] = {1, 0, -1, 0};
    int64_t r = j % n * (k % n) % n;
    if (4 * r % n == 0) return (complex_num){num_of(quarter[4 * r / n]), num_of(quarter[(4 * r / n + 3) % 4])};
    num angle = num_mul(circle(), num_div(num_of((double)(2 * r)), num_of((double)n)));
    return (complex_num){num_cos(angle), num_sin(angle)};
}

static complex_num complex_product(complex_num x, complex_num y)
{
    return (complex_num){num_sub(num_mul(x.re, y.re), num_mul(x.im, y.im)), num_add(num_mul(x.re, y.im), num_mul(x.im, y.re))};
}

/* A transform: along axis `last`, and if `both` the one before too. */
typedef struct transform {
    int     last, direction;
    bool    both, half;            /* half: the operands are a half spectrum */
    int64_t n_last, n_first;
    num     scale;
} transform;

/* Number (j, k) along the two axes of the line through `at`. */
static complex_num spectrum_at(const td_application *f, const transform *t, const int64_t *at, int64_t j, int64_t k)
{
    const td_shape *s = f->in[0].shape;
    bool mirrored = t->half && 2 * k > t->n_last;
    int64_t where[TD_MAX_RANK];
    for (int i = 0; i < s->rank; i++) where[i] = at[i];
    where[t->last] = mirrored ? t->n_last - k : k;
    if (t->both) where[t->last - 1] = mirrored ? (t->n_first - j) % t->n_first : j;
    bool there = where[t->last] < s->size[t->last] && (!t->both || where[t->last - 1] < s->size[t->last - 1]);
    if (!there) return (complex_num){num_of(0), num_of(0)};
    int64_t i = position(s, where);
    num im = f->n_in > 1 ? operand(f, 1)[i] : num_of(0);
    return (complex_num){operand(f, 0)[i], mirrored ? num_neg(im) : im};
}

/* The sum at the index `at` of the result: its real part, or the other. */
static num transformed(const td_application *f, const transform *t, const int64_t *at, bool imaginary)
{
    num sum = num_of(0);
    for (int64_t j = 0; j < t->n_first; j++)
        for (int64_t k = 0; k < t->n_last; k++) {
            complex_num turn = turned(at[t->last], k, t->n_last);
            if (t->both) turn = complex_product(turn, turned(at[t->last - 1], j, t->n_first));
            if (t->direction < 0) turn.im = num_neg(turn.im);
            complex_num z = spectrum_at(f, t, at, j, k);
            sum = num_add(sum, num_mul(z.re, imaginary ? turn.im : turn.re));
            num crossed = num_mul(z.im, imaginary ? turn.re : turn.im);
            sum = imaginary ? num_add(sum, crossed) : num_sub(sum, crossed);
        }
    return num_mul(t->scale, sum);
}

/* norm: 0 divides on the way back by how many numbers there are, 1 on the way forward, 2 by the root both ways */
static num norm_of(int64_t norm, int direction, int64_t n)
{
    if (norm == 2) return num_div(num_of(1), num_sqrt(num_of((double)n)));
    return (direction < 0) == (norm == 1) ? num_div(num_of(1), num_of((double)n)) : num_of(1);
}

/* list: direction, what is halved (1 the result, 2 the operand), norm, lengths of the last axis and the one before */
static num fourier(const td_application *f, const int64_t *at, int64_t i)
{
    const td_attr  *p = f->attr;
    const td_shape *s = f->in[0].shape;
    bool packed = p->list[1] != 2;
    transform t = {.last = p->axes ? s->rank - 1 : p->axis, .direction = (int)p->list[0], .both = p->axes != 0,
                   .half = p->list[1] == 2, .n_first = 1};
    int64_t have = s->size[t.last];
    (void)i;
    t.n_last = p->list[3] ? p->list[3] : t.half ? 2 * (have - 1) : have;
    if (t.both) t.n_first = p->list[4] ? p->list[4] : s->size[t.last - 1];
    t.scale = norm_of(p->list[2], t.direction, t.n_last * t.n_first);
    return transformed(f, &t, at + packed, packed && at[0] == 1);
}

static num dft(const td_application *f, const int64_t *at, int64_t i)
{
    int axis = f->attr->axis;
    transform t = {.last = axis, .direction = (int)f->attr->list[0], .n_first = 1, .n_last = f->in[0].shape->size[axis],
                   .scale = num_of(f->attr->a)};
    (void)i;
    return transformed(f, &t, at + 1, at[0] == 1);
}

static const definition
    define_dft = {.element = dft, .normwise = LINE},
    define_fft = {.element = fourier, .normwise = LINE},
    define_ifft = {.element = fourier, .normwise = LINE},
    define_rfft = {.element = fourier, .normwise = LINE},
    define_irfft = {.element = fourier, .normwise = LINE},
    define_fft2 = {.element = fourier, .normwise = LINE},
    define_ifft2 = {.element = fourier, .normwise = LINE},
    define_rfft2 = {.element = fourier, .normwise = LINE},
    define_irfft2 = {.element = fourier, .normwise = LINE};
