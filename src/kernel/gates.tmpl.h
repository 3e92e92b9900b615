/* gates.tmpl.h: gates.h for one element type.
 * Parameters: T float or double, D its td_dtype, FMA of T, F(name) the name of this instance; all end here. */

static void F(function)(int kind, int64_t n, const T *x, T *y)
{
    TD_OF_SET(td_map)[D][kind](n, y, (const void *const[]){ x }, 0, 0);
}

static void F(forward_some)(const td_gates *g, int64_t from, int64_t n)
{
    T        in[RUN], forget[RUN], new[RUN], out[RUN];
    const T *p = (const T *)g->p + from, *before = (const T *)g->before + from;
    T       *c = (T *)g->c + from, *h = (T *)g->h + from;
    F(function)(TD_MAP_sigmoid, n, p, in);
    F(function)(TD_MAP_sigmoid, n, p + g->n, forget);
    F(function)(TD_MAP_tanh, n, p + 2 * g->n, new);
    F(function)(TD_MAP_sigmoid, n, p + 3 * g->n, out);
    EACH for (int64_t i = 0; i < n; i++) c[i] = FMA(forget[i], before[i], in[i] * new[i]);
    F(function)(TD_MAP_tanh, n, c, h);
    EACH for (int64_t i = 0; i < n; i++) h[i] = out[i] * h[i];
}

static void F(forward)(const td_gates *g)
{
    for (int64_t i = 0; i < g->n; i += RUN) F(forward_some)(g, i, g->n - i < RUN ? g->n - i : RUN);
}

/* y = sigmoid p, slope = y sigmoid(-p) */
static void F(opened)(int64_t n, const T *p, T *y, T *slope)
{
    T minus[RUN];
    F(function)(TD_MAP_sigmoid, n, p, y);
    EACH for (int64_t i = 0; i < n; i++) minus[i] = -p[i];
    F(function)(TD_MAP_sigmoid, n, minus, slope);
    EACH for (int64_t i = 0; i < n; i++) slope[i] = y[i] * slope[i];
}

static void F(backward_some)(const td_gates *g, int64_t from, int64_t n)
{
    T        in[RUN], in_slope[RUN], forget[RUN], forget_slope[RUN], out[RUN], out_slope[RUN], new[RUN], bent[RUN];
    const T *p = (const T *)g->p + from, *before = (const T *)g->before + from, *c = (const T *)g->c + from;
    const T *of_h = (const T *)g->of_h + from, *of_c = (const T *)g->of_c + from, *of_p = (const T *)g->of_p + from;
    const T *through = (const T *)g->through + from;
    T       *slope = (T *)g->slope + from, *carried = (T *)g->carried + from;
    int64_t  m = g->n;
    F(opened)(n, p, in, in_slope);
    F(opened)(n, p + m, forget, forget_slope);
    F(opened)(n, p + 3 * m, out, out_slope);
    F(function)(TD_MAP_tanh, n, p + 2 * m, new);
    F(function)(TD_MAP_tanh, n, c, bent);
    EACH for (int64_t i = 0; i < n; i++) {
        T h = of_h[i] + through[i], memory = FMA(h * out[i], FMA(-bent[i], bent[i], 1), of_c[i] + carried[i]);
        slope[i] = FMA(memory * new[i], in_slope[i], of_p[i]);
        slope[i + m] = FMA(memory * before[i], forget_slope[i], of_p[i + m]);
        slope[i + 2 * m] = FMA(memory * in[i], FMA(-new[i], new[i], 1), of_p[i + 2 * m]);
        slope[i + 3 * m] = FMA(h * bent[i], out_slope[i], of_p[i + 3 * m]);
        carried[i] = memory * forget[i];
    }
}

static void F(backward)(const td_gates *g)
{
    for (int64_t i = 0; i < g->n; i += RUN) F(backward_some)(g, i, g->n - i < RUN ? g->n - i : RUN);
}

#undef T
#undef D
#undef FMA
#undef F
