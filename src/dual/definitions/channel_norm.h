/* channel_norm.h: normalisations of x (n, channels, ..): over a batch, over groups of channels, by a length, by neighbours.
 *
 * Sources: S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015, algorithm 1; Y. Wu, K. He, "Group normalization", ECCV 2018,
 * equations 1 to 6; B. Zhang, R. Sennrich, "Root mean square layer normalization", NeurIPS 2019, equation 4; A. Krizhevsky,
 * I. Sutskever, G. Hinton, "ImageNet classification with deep convolutional networks", NIPS 2012, 3.3. */

/* weight and bias are operands `first` and first + 1, if there are so many. */
static num scaled_and_shifted(const td_application *f, int first, num y, int64_t channel)
{
    if (f->n_in > first) y = num_mul(y, operand(f, first)[channel]);
    return f->n_in > first + 1 ? num_add(y, operand(f, first + 1)[channel]) : y;
}

/* (x_i - mean) / sqrt(var + eps) among the numbers of the group, var with divisor n */
static num standardised(const td_application *f, const group *g, num x)
{
    const td_attr biased = {.a = 0};
    num s = num_sqrt(num_add(variance(&biased, g), num_of(f->attr->a)));
    return num_div(num_sub(x, mean(f->attr, g)), s);
}

/* over all n, .. of a channel */
static num batch_normalised(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *s = f->shape;
    int64_t numbers = product(s->size, 2, s->rank);
    group g = {.x = operand(f, 0) + at[1] * numbers, .n = s->size[0] * numbers, .rank = 2,
               .size = {s->size[0], numbers}, .stride = {s->size[1] * numbers, 1}};
    return scaled_and_shifted(f, 1, standardised(f, &g, operand(f, 0)[i]), at[1]);
}

/* mean and var are operands 1 and 2 */
static num normalised_by_given(const td_application *f, const int64_t *at, int64_t i)
{
    num s = num_sqrt(num_add(operand(f, 2)[at[1]], num_of(f->attr->a)));
    return scaled_and_shifted(f, 3, num_div(num_sub(operand(f, 0)[i], operand(f, 1)[at[1]]), s), at[1]);
}

static num normalised_in_groups(const td_application *f, const int64_t *at, int64_t i, int64_t groups)
{
    const td_shape *s = f->shape;
    int64_t n = s->size[1] / groups * product(s->size, 2, s->rank);
    group g = {.x = operand(f, 0) + i / n * n, .n = n, .rank = 1, .size = {n}, .stride = {1}};
    return scaled_and_shifted(f, 1, standardised(f, &g, operand(f, 0)[i]), at[1]);
}

static num group_normalised(const td_application *f, const int64_t *at, int64_t i)
{
    return normalised_in_groups(f, at, i, f->attr->list[0]);
}

static num instance_normalised(const td_application *f, const int64_t *at, int64_t i)
{
    return normalised_in_groups(f, at, i, f->shape->size[1]);
}

/* x_i / sqrt(mean of x^2 + eps) weight, over one row */
static num by_root_mean_square(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t n = normalised_size(f);
    const num *x = operand(f, 0) + i / n * n;
    num s = num_of(0);
    (void)at;
    for (int64_t k = 0; k < n; k++) s = num_add(s, num_mul(x[k], x[k]));
    num y = num_div(operand(f, 0)[i], num_sqrt(num_add(num_div(s, num_of((double)n)), num_of(f->attr->a))));
    return f->n_in > 1 ? num_mul(y, operand(f, 1)[i % n]) : y;
}

/* x_c / (k + a / n sum of x_j^2)^b, the n channels j from c - n / 2 on, as far as there are */
static num by_neighbours(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->shape;
    int64_t n = f->attr->list[0];
    double k;
    num s = num_of(0);
    memcpy(&k, &f->attr->list[1], sizeof k);
    for (int64_t j = at[1] - n / 2; j < at[1] - n / 2 + n; j++) {
        if (j < 0 || j >= x->size[1]) continue;
        num z = operand(f, 0)[with(x, at, 1, j)];
        s = num_add(s, num_mul(z, z));
    }
    num base = num_add(num_of(k), num_mul(num_of(f->attr->a), num_div(s, num_of((double)n))));
    return num_div(operand(f, 0)[i], num_pow(base, num_of(f->attr->b)));
}

static const definition
    define_batch_norm = {.element = batch_normalised},
    define_batch_norm_given = {.element = normalised_by_given},
    define_group_norm = {.element = group_normalised},
    define_instance_norm = {.element = instance_normalised},
    define_rms_norm = {.element = by_root_mean_square},
    define_local_response_norm = {.element = by_neighbours};
