/* activation.h: further activations, as their papers print them.  Sources: op/activation.c and op/hinge.c name them. */

/* scale (x > 0 ? x : alpha (e^x - 1)) */
static num selu(num x)
{
    num alpha = num_of(1.6732632423543772848170429916717), scale = num_of(1.0507009873554804934193349852946);
    return num_mul(scale, num_value(x) > 1 ? x : positive_or(x, num_mul(alpha, num_expm1(x))));
}

static num celu(const td_attr *p, num x)
{
    num alpha = num_of(p->a);
    return num_value(x) > 1 ? x : positive_or(x, num_mul(alpha, num_expm1(num_div(x, alpha))));
}

static num log_logistic(num x) { return num_neg(softplus(num_neg(x))); }
static num softsign(num x) { return num_div(x, num_add(num_of(1), magnitude(x))); }
static num tanhshrink(num x) { return num_sub(x, num_tanh(x)); }
static num mish(num x) { return num_mul(x, num_tanh(softplus(x))); }

/* x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) */
static num gelu_by_tanh(num x)
{
    num root = num_sqrt(num_div(num_of(2), num_acos(num_of(-1))));
    num curve = num_add(x, num_mul(num_of(0.044715), num_mul(x, num_mul(x, x))));
    return num_mul(num_mul(num_of(0.5), x), num_add(num_of(1), num_tanh(num_mul(root, curve))));
}

/* ---- straight pieces --------------------------------------------------------------------------------------------- */

/* low_value up to low, high_value from high on, else middle */
static num pieces(num x, double low, double high, num low_value, num middle, num high_value)
{
    switch (num_order(x, num_of(low))) {
    case LESS:
    case TIE: return num_choose(low_value, middle);
    case UNSURE: return num_value(x) > low ? num_either(middle, low_value) : num_either(low_value, middle);
    default: break;
    }
    switch (num_order(x, num_of(high))) {
    case MORE:
    case TIE: return num_choose(high_value, middle);
    case UNSURE: return num_value(x) < high ? num_either(middle, high_value) : num_either(high_value, middle);
    default: return middle;
    }
}

static num hardtanh(const td_attr *p, num x) { return pieces(x, p->a, p->b, num_of(p->a), x, num_of(p->b)); }
static num relu6(num x) { return pieces(x, 0, 6, num_of(0), x, num_of(6)); }

static num hardsigmoid(num x)
{
    return pieces(x, -3, 3, num_of(0), num_div(num_add(x, num_of(3)), num_of(6)), num_of(1));
}

static num hardswish(num x)
{
    return pieces(x, -3, 3, num_of(0), num_div(num_mul(x, num_add(x, num_of(3))), num_of(6)), x);
}

static num threshold(const td_attr *p, num x) { return pieces(x, p->a, INFINITY, num_of(p->b), x, x); }

/* `outside` of the interval [-lambda, lambda], inside 0 */
static num shrunk(const td_attr *p, num x, num outside)
{
    return pieces(magnitude(x), p->a, INFINITY, num_of(0), outside, outside);
}

static num softshrink(const td_attr *p, num x)
{
    num lambda = num_of(p->a);
    return shrunk(p, x, num_value(x) > 0 ? num_sub(x, lambda) : num_add(x, lambda));
}

static num hardshrink(const td_attr *p, num x) { return shrunk(p, x, x); }

/* ---- with weights, with halves ----------------------------------------------------------------------------------- */

static num with_weight(const td_application *f, const int64_t *at, int64_t i)
{
    num x = operand(f, 0)[i], w = operand(f, 1)[f->in[1].shape->numel == 1 ? 0 : at[1]];
    return positive_or(x, num_mul(w, x));
}

static num gated(const td_application *f, const int64_t *at, int64_t i)
{
    (void)i;
    int64_t other[TD_MAX_RANK];
    for (int k = 0; k < f->shape->rank; k++) other[k] = at[k];
    other[f->attr->axis] += f->shape->size[f->attr->axis];
    const td_shape *s = f->in[0].shape;
    return num_mul(operand(f, 0)[position(s, at)], logistic(operand(f, 0)[position(s, other)]));
}

/* log(1 + e^(a x)) / a; beyond the threshold x */
static num stretched_softplus(const td_attr *p, num x)
{
    num a = num_of(p->a), z = num_mul(a, x), y = num_div(softplus(z), a);
    enum order o = num_order(z, num_of(p->b));
    bool far = num_value(z) > p->b;
    if (o == UNSURE) return far ? num_either(x, y) : num_either(y, x);
    return o == MORE ? num_choose(x, y) : y;
}

static const definition
    define_softplus_beta = {.unary = stretched_softplus},
    define_selu = {.function = selu},
    define_celu = {.unary = celu},
    define_logsigmoid = {.function = log_logistic},
    define_softsign = {.function = softsign},
    define_tanhshrink = {.function = tanhshrink},
    define_mish = {.function = mish},
    define_gelu_tanh = {.function = gelu_by_tanh},
    define_hardtanh = {.unary = hardtanh, .direct = true},
    define_relu6 = {.function = relu6, .direct = true},
    define_hardsigmoid = {.function = hardsigmoid, .direct = true},
    define_hardswish = {.function = hardswish, .direct = true},
    define_threshold = {.unary = threshold, .direct = true},
    define_softshrink = {.unary = softshrink, .direct = true},
    define_hardshrink = {.unary = hardshrink, .direct = true},
    define_prelu = {.element = with_weight, .direct = true},
    define_glu = {.element = gated};
