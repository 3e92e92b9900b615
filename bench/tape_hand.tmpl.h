/* tape_hand.tmpl.h: what the loop by hand does with a block, before its tanh and after it.
 *
 *     T, V             the number and the vector
 *     TARGET           what the vectors need
 *     F(name)          the functions' names
 *
 * n is a multiple of a vector.  Sums are kept in vectors for the length of a block. */

TARGET static void F(before)(int64_t n, void *to, const void *from, double w, double b)
{
    const T *x = from;
    T       *t = to;
    for (int64_t i = 0; i < n; i += LANES) {
        V v;
        memcpy(&v, x + i, sizeof v);
        v = v * (T)w + (T)b;
        memcpy(t + i, &v, sizeof v);
    }
}

TARGET static void F(after)(int64_t n, const void *tanh, const void *in, const void *wanted, double sum[3])
{
    const T *t = tanh, *x = in, *y = wanted;
    V        loss = { 0 }, gw = { 0 }, gb = { 0 };
    for (int64_t i = 0; i < n; i += LANES) {
        V tv, xv, yv;
        memcpy(&tv, t + i, sizeof tv);
        memcpy(&xv, x + i, sizeof xv);
        memcpy(&yv, y + i, sizeof yv);
        V e = tv - yv, g = e - e * tv * tv;
        loss += e * e;
        gw += g * xv;
        gb += g;
    }
    for (size_t k = 0; k < LANES; k++) sum[0] += loss[k], sum[1] += gw[k], sum[2] += gb[k];
}

#undef T
#undef V
#undef TARGET
#undef F
