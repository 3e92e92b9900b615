/* rules.tmpl.h: the steps of the optimisers, element by element.
 * Parameters: T float or double, ROOT its square root, F(name) the name of a rule for T.
 *
 * The formulas are PyTorch 2.14's, rounding included: a product and a sum are two roundings. */

/* momentum b = m b + (1 - dampening) g, at the first step g; Nesterov: g + m b.  Sutskever and others 2013 */
static void F(sgd)(const td_optim_numbers *k, int64_t begin, int64_t end, void *parameter, const void *gradient,
                   void *const *s)
{
    const T  lr = (T)k->lr, decay = (T)k->decay, m = (T)k->first, taken = (T)(1 - k->dampening), *grad = gradient;
    T       *x = parameter, *b = s[0];
    for (int64_t i = begin; i < end; i++) {
        T g = grad[i] + decay * x[i];
        b[i] = k->started ? m * b[i] + taken * g : g;
        T step = k->flag ? g + m * b[i] : b[i];
        x[i] -= lr * step;
    }
}

static void F(plain_sgd)(const td_optim_numbers *k, int64_t begin, int64_t end, void *parameter, const void *gradient,
                         void *const *s)
{
    const T  lr = (T)k->lr, decay = (T)k->decay, *grad = gradient;
    T       *x = parameter;
    (void)s;
    for (int64_t i = begin; i < end; i++) x[i] -= lr * (grad[i] + decay * x[i]);
}

/* D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015; with the largest v so far (amsgrad): S. J.
 * Reddi and others 2018.  s: m, v, the largest v. */
static void F(adam_step)(const td_optim_numbers *k, T *x, T g, T *m, T *v, T *most)
{
    *m += (T)(1 - k->first) * (g - *m);
    *v = (T)k->second * *v + (T)(1 - k->second) * g * g;
    if (k->flag) *most = *most > *v ? *most : *v;
    T root = ROOT(k->flag ? *most : *v) * (T)k->scale2 + (T)k->eps;
    *x -= (T)(k->lr * k->scale1) * (*m / root);
}

static void F(adam)(const td_optim_numbers *k, int64_t begin, int64_t end, void *parameter, const void *gradient,
                    void *const *s)
{
    const T *grad = gradient;
    T       *x = parameter, *m = s[0], *v = s[1], *most = s[2];
    for (int64_t i = begin; i < end; i++) F(adam_step)(k, &x[i], grad[i] + (T)k->decay * x[i], &m[i], &v[i], &most[i]);
}

/* I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2019 */
static void F(adamw)(const td_optim_numbers *k, int64_t begin, int64_t end, void *parameter, const void *gradient,
                     void *const *s)
{
    const T *grad = gradient, kept = (T)(1 - k->lr * k->decay);
    T       *x = parameter, *m = s[0], *v = s[1], *most = s[2];
    for (int64_t i = begin; i < end; i++) {
        x[i] *= kept;
        F(adam_step)(k, &x[i], grad[i], &m[i], &v[i], &most[i]);
    }
}

/* T. Tieleman and G. Hinton, lecture 6.5, 2012; centered: A. Graves 2013.  s: mean square, mean, momentum */
static void F(rmsprop)(const td_optim_numbers *k, int64_t begin, int64_t end, void *parameter, const void *gradient,
                       void *const *s)
{
    const T  alpha = (T)k->second, rest = (T)(1 - k->second), *grad = gradient;
    T       *x = parameter, *square = s[0], *mean = s[1], *b = s[2];
    for (int64_t i = begin; i < end; i++) {
        T g = grad[i] + (T)k->decay * x[i], spread;
        square[i] = alpha * square[i] + rest * g * g;
        if (k->flag) mean[i] += rest * (g - mean[i]);
        spread = k->flag ? square[i] - mean[i] * mean[i] : square[i];
        b[i] = (T)k->first * b[i] + g / (ROOT(spread) + (T)k->eps);
        x[i] -= (T)k->lr * b[i];
    }
}

/* J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods", 2011.  s: sum of squares */
static void F(adagrad)(const td_optim_numbers *k, int64_t begin, int64_t end, void *parameter, const void *gradient,
                       void *const *s)
{
    const T  lr = (T)k->rate, *grad = gradient;
    T       *x = parameter, *sum = s[0];
    for (int64_t i = begin; i < end; i++) {
        T g = grad[i] + (T)k->decay * x[i];
        sum[i] += g * g;
        x[i] -= lr * (g / (ROOT(sum[i]) + (T)k->eps));
    }
}
