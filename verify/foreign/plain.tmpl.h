/* plain.tmpl.h: routines called by value and by reference.  T: the type of numbers; F(name): name for that type.
 *
 * ASK calls a member of the declaration that returns nothing, or a status if it is said to. */
#define ASK(member, types, ...)                                                              \
    (s->d->flags & TD_FOREIGN_STATUS ? ((int (*) types)s->d->member)(__VA_ARGS__)             \
                                     : (((void (*) types)s->d->member)(__VA_ARGS__), 0))

/* ---- plain ------------------------------------------------------------------------------------------------------- */

static int F(plain_value)(const T *x, T *y, void *user)
{
    const td_subject *s = user;
    y[0] = ((T (*)(int, const T *, void *))s->d->value)((int)s->f.n, x, s->d->user);
    return 0;
}

static int F(plain_gradient)(const T *x, T *g, void *user)
{
    const td_subject *s = user;
    return ASK(gradient, (int, const T *, T *, void *), (int)s->f.n, x, g, s->d->user);
}

static int F(plain_hessian)(const T *x, T *H, void *user)
{
    const td_subject *s = user;
    return ASK(hessian, (int, const T *, T *, void *), (int)s->f.n, x, H, s->d->user);
}

static int F(plain_hvp)(const T *x, const T *v, T *Hv, void *user)
{
    const td_subject *s = user;
    return ASK(hvp, (int, const T *, const T *, T *, void *), (int)s->f.n, x, v, Hv, s->d->user);
}

/* ---- m values ---------------------------------------------------------------------------------------------------- */

static int F(vector_value)(const T *x, T *y, void *user)
{
    const td_subject *s = user;
    return ASK(value, (int, int, const T *, T *, void *), (int)s->f.n, (int)s->f.m, x, y, s->d->user);
}

static int F(vector_jacobian)(const T *x, T *J, void *user)
{
    const td_subject *s = user;
    return ASK(jacobian, (int, int, const T *, T *, void *), (int)s->f.n, (int)s->f.m, x, J, s->d->user);
}

static int F(vector_vjp)(const T *x, const T *w, T *g, void *user)
{
    const td_subject *s = user;
    return ASK(vjp, (int, int, const T *, const T *, T *, void *), (int)s->f.n, (int)s->f.m, x, w, g, s->d->user);
}

static int F(vector_jvp)(const T *x, const T *v, T *y, void *user)
{
    const td_subject *s = user;
    return ASK(jvp, (int, int, const T *, const T *, T *, void *), (int)s->f.n, (int)s->f.m, x, v, y, s->d->user);
}

/* ---- Fortran ----------------------------------------------------------------------------------------------------- */

static int F(fortran_value)(const T *x, T *y, void *user)
{
    const td_subject *s = user;
    int n = (int)s->f.n, m = (int)s->f.m;
    return ASK(value, (const int *, const int *, const T *, T *), &n, &m, x, y);
}

static int F(fortran_jacobian)(const T *x, T *J, void *user)
{
    const td_subject *s = user;
    int n = (int)s->f.n, m = (int)s->f.m;
    return ASK(jacobian, (const int *, const int *, const T *, T *), &n, &m, x, J);
}

static int F(fortran_vjp)(const T *x, const T *w, T *g, void *user)
{
    const td_subject *s = user;
    int n = (int)s->f.n, m = (int)s->f.m;
    return ASK(vjp, (const int *, const int *, const T *, const T *, T *), &n, &m, x, w, g);
}

static int F(fortran_jvp)(const T *x, const T *v, T *y, void *user)
{
    const td_subject *s = user;
    int n = (int)s->f.n, m = (int)s->f.m;
    return ASK(jvp, (const int *, const int *, const T *, const T *, T *), &n, &m, x, v, y);
}

static int F(fortran_scalar)(const T *x, T *y, void *user)
{
    const td_subject *s = user;
    int n = (int)s->f.n;
    return ASK(value, (const int *, const T *, T *), &n, x, y);
}

static int F(fortran_function)(const T *x, T *y, void *user)
{
    const td_subject *s = user;
    int n = (int)s->f.n;
    y[0] = ((T (*)(const int *, const T *))s->d->value)(&n, x);
    return 0;
}

static int F(fortran_gradient)(const T *x, T *g, void *user)
{
    const td_subject *s = user;
    int n = (int)s->f.n;
    return ASK(gradient, (const int *, const T *, T *), &n, x, g);
}

static int F(fortran_hessian)(const T *x, T *H, void *user)
{
    const td_subject *s = user;
    int n = (int)s->f.n;
    return ASK(hessian, (const int *, const T *, T *), &n, x, H);
}

static int F(fortran_hvp)(const T *x, const T *v, T *Hv, void *user)
{
    const td_subject *s = user;
    int n = (int)s->f.n;
    return ASK(hvp, (const int *, const T *, const T *, T *), &n, x, v, Hv);
}
