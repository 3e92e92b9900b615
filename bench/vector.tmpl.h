/* vector.tmpl.h: y = f(x), and y = 1 / (1 + f(-x)), for a function of vectors.
 *
 *     T, V             the number and the vector
 *     TARGET           what the vectors need
 *     F(name)          the functions' names */

typedef V F(function)(V);

TARGET static void F(loop)(const bench_vector *v)
{
    F(function) *f;
    memcpy(&f, &v->function, sizeof f);
    for (int64_t i = 0; i < v->n; i += sizeof(V) / sizeof(T)) {
        V x;
        memcpy(&x, (const T *)v->x + i, sizeof x);
        x = f(x);
        memcpy((T *)v->y + i, &x, sizeof x);
    }
}

TARGET static void F(sigmoid)(const bench_vector *v)
{
    F(function) *f;
    memcpy(&f, &v->function, sizeof f);
    for (int64_t i = 0; i < v->n; i += sizeof(V) / sizeof(T)) {
        V x;
        memcpy(&x, (const T *)v->x + i, sizeof x);
        x = 1 / (1 + f(-x));
        memcpy((T *)v->y + i, &x, sizeof x);
    }
}

#undef T
#undef V
#undef TARGET
#undef F
