/* grid.h: images looked up at places between their numbers.
 * Source: M. Jaderberg, K. Simonyan, A. Zisserman, K. Kavukcuoglu, "Spatial transformer networks", NIPS 2015, equations
 * 1 and 5; interpolated here one axis after the other. */

/* Coordinate of number k of n, as the result's dtype has it. */
static num grid_coordinate(const td_application *f, int64_t k, int64_t n)
{
    double to = f->attr->keepdim ? (double)(n - 1) : (double)n, at = (double)(2 * k + !f->attr->keepdim);
    double v = to > 0 ? at / to - 1 : 0;
    return num_of(f->dtype == TD_F32 ? (double)(float)v : v);
}

/* theta (coordinates, 1), x first */
static num affine_point(const td_application *f, const int64_t *at, int64_t i)
{
    int d = f->attr->n_list;
    const num *row = operand(f, 0) + (at[0] * d + at[d + 1]) * (d + 1);
    num y = row[d];
    (void)i;
    for (int j = 0; j < d; j++) y = num_add(y, num_mul(row[j], grid_coordinate(f, at[d - j], f->attr->list[d - 1 - j])));
    return y;
}

/* ---- grid_sample ---------------------------------------------------------------------------------------------------- */

enum { GRID_ZEROS, GRID_BORDER, GRID_REFLECTION };

/* x in a mirror at low and one at low + room: over every second span it runs back. */
static num mirrored_between(num x, double low, double room)
{
    if (room == 0) return num_of(0);
    num ahead = num_div(num_sub(x, num_of(low)), num_of(room)), y = num_of(0);
    int64_t k[2];
    int count = whole_parts(ahead, next_below, k);
    for (int c = 0; c < count; c++) {
        num rest = num_sub(num_sub(x, num_of(low)), num_mul(num_of((double)k[c]), num_of(room)));
        if (k[c] % 2) rest = num_sub(num_of(room), rest);
        y = c ? num_either(y, rest) : rest;
    }
    return num_add(y, num_of(low));
}

/* Where grid point `row` stands among the n numbers of axis j of d. */
static num grid_place(const td_application *f, int64_t row, int j, int d, int64_t n)
{
    const td_attr *p = f->attr;
    num g = num_add(operand(f, 1)[row * d + d - 1 - j], num_of(1));
    num x = p->keepdim ? num_mul(num_div(g, num_of(2)), num_of((double)(n - 1)))
                       : num_div(num_sub(num_mul(g, num_of((double)n)), num_of(1)), num_of(2));
    bool mirrors = p->list[1] == GRID_REFLECTION && isfinite(num_value(x));
    if (mirrors) x = p->keepdim ? mirrored_between(x, 0, (double)(n - 1)) : mirrored_between(x, -0.5, (double)n);
    return p->list[1] == GRID_ZEROS ? x : clamp(&(td_attr){.b = (double)(n - 1)}, x);
}

typedef struct lookup {
    const num     *image;              /* of one channel */
    const int64_t *size;
    int            d;
    bool           nearest;
    num            place[3];
} lookup;

static num looked_up(const lookup *l, int j, int64_t offset);

/* With number k of axis j. */
static num number_of_axis(const lookup *l, int j, int64_t offset, int64_t k)
{
    return k < 0 || k >= l->size[j] ? num_of(0) : looked_up(l, j + 1, offset * l->size[j] + k);
}

/* The image from axis j on, at `offset` of the axes before. */
static num looked_up(const lookup *l, int j, int64_t offset)
{
    int64_t k[2];
    num x = j < l->d ? l->place[j] : num_of(0), y = x;
    if (j == l->d) return l->image[offset];
    if (isnan(num_value(x)) && !l->nearest) return x;
    if (!(fabs(num_value(x)) < 0x1p52)) return num_of(0);
    int count = whole_parts(x, l->nearest ? nearest : next_below, k);
    for (int c = 0; c < count; c++) {
        num low = number_of_axis(l, j, offset, k[c]), z = low;
        if (!l->nearest) {
            num high = number_of_axis(l, j, offset, k[c] + 1);
            num past = num_sub(x, num_of((double)k[c])), ahead = num_sub(num_of((double)(k[c] + 1)), x);
            z = num_add(num_mul(low, ahead), num_mul(high, past));
        }
        y = c ? num_either(y, z) : z;
    }
    return y;
}

static num sampled_by_grid(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape, *g = f->in[1].shape;
    lookup l = {.size = x->size + 2, .d = x->rank - 2, .nearest = f->attr->list[0]};
    int64_t row = at[0];
    (void)i;
    for (int j = 0; j < l.d; j++) row = row * g->size[1 + j] + at[2 + j];
    for (int j = 0; j < l.d; j++) l.place[j] = grid_place(f, row, j, l.d, l.size[j]);
    l.image = operand(f, 0) + (at[0] * x->size[1] + at[1]) * product(x->size, 2, x->rank);
    return looked_up(&l, 0, 0);
}

static const definition
    define_affine_grid = {.element = affine_point},
    define_grid_sample = {.element = sampled_by_grid};
