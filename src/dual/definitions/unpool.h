/* unpool.h: numbers sent to where their indices say in a channel, zeros elsewhere; the last sent to a place stays.
 * Source: M. D. Zeiler, G. W. Taylor, R. Fergus, "Adaptive deconvolutional networks for mid and high level feature
 * learning", ICCV 2011, section 2.2. */

static int64_t places_of_channel(const td_application *f, int k)
{
    return k == 1 ? product(f->shape->size, 2, f->shape->rank) : -1;
}

static num unpooled(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape;
    int64_t channel = at[0] * x->size[1] + at[1], n = product(x->size, 2, x->rank);
    int64_t here = i % product(f->shape->size, 2, f->shape->rank);
    num y = num_of(0);
    for (int64_t j = channel * n; j < (channel + 1) * n; j++) {
        num z = num_choose(operand(f, 0)[j], y);
        if (index_at(f, j) == here) y = index_is_sure(f, j) ? z : num_either(z, y);
        else if (index_may_be(f, j, here)) y = num_either(y, z);
    }
    return y;
}

static const definition
    define_max_unpool1d = {.element = unpooled, .places = places_of_channel, .direct = true},
    define_max_unpool2d = {.element = unpooled, .places = places_of_channel, .direct = true},
    define_max_unpool3d = {.element = unpooled, .places = places_of_channel, .direct = true};
