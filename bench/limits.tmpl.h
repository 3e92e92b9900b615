/* limits.tmpl.h: the loops of limits.c for one instruction set.
 *
 *     TARGET                  what the functions are compiled for
 *     VD, VF, VI              vectors of double, of float, of bits, or the numbers themselves
 *     SET_D, SET_F, SET_I     all lanes one number
 *     FMA_D, FMA_F            a b + c, rounded once
 *     STORE_PAST(p, v)        a store past the caches, or a plain one
 *     F(name)                 the functions' names
 *     NAME, FENCE()           the name of the set; what follows stores past the caches
 *
 * Pointers are aligned to 64 bytes and sizes multiples of 512.  What a loop ends with goes to *kept, or the compiler would
 * see that nobody asks for it. */

TARGET static void F(fma_f64)(int64_t steps, void *kept)
{
    VD x[CHAINS], a = SET_D(0.999), b = SET_D(0.001);
    for (int c = 0; c < CHAINS; c++) x[c] = SET_D(c);
    for (int64_t i = 0; i < steps; i++) {
        UNROLL for (int c = 0; c < CHAINS; c++) x[c] = FMA_D(x[c], a, b);
    }
    for (int c = 1; c < CHAINS; c++) x[0] = FMA_D(x[0], a, x[c]);
    memcpy(kept, &x[0], sizeof x[0]);
}

TARGET static void F(fma_f32)(int64_t steps, void *kept)
{
    VF x[CHAINS], a = SET_F(0.999F), b = SET_F(0.001F);
    for (int c = 0; c < CHAINS; c++) x[c] = SET_F((float)c);
    for (int64_t i = 0; i < steps; i++) {
        UNROLL for (int c = 0; c < CHAINS; c++) x[c] = FMA_F(x[c], a, b);
    }
    for (int c = 1; c < CHAINS; c++) x[0] = FMA_F(x[0], a, x[c]);
    memcpy(kept, &x[0], sizeof x[0]);
}

TARGET static void F(read)(void *kept, const void *from, size_t bytes)
{
    const VI *p = from, *end = p + bytes / sizeof *p;
    VI        x[STREAMS] = { { 0 } };
    for (; p < end; p += STREAMS) {
        UNROLL for (int s = 0; s < STREAMS; s++) x[s] |= p[s];
    }
    for (int s = 1; s < STREAMS; s++) x[0] |= x[s];
    memcpy(kept, &x[0], sizeof x[0]);
}

TARGET static void F(write)(void *to, const void *from, size_t bytes)
{
    VI *p = to, *end = p + bytes / sizeof *p, x = *(const VI *)from;
    for (; p < end; p += STREAMS) {
        UNROLL for (int s = 0; s < STREAMS; s++) p[s] = x;
    }
}

TARGET static void F(copy)(void *to, const void *from, size_t bytes)
{
    VI       *p = to, *end = p + bytes / sizeof *p;
    const VI *q = from;
    for (; p < end; p += STREAMS, q += STREAMS) {
        UNROLL for (int s = 0; s < STREAMS; s++) p[s] = q[s];
    }
}

TARGET static void F(copy_past)(void *to, const void *from, size_t bytes)
{
    VI       *p = to, *end = p + bytes / sizeof *p;
    const VI *q = from;
    for (; p < end; p += STREAMS, q += STREAMS) {
        UNROLL for (int s = 0; s < STREAMS; s++) STORE_PAST(p + s, q[s]);
    }
    FENCE();
}

static const bench_loops F(loops) = {
    .name = NAME,
    .fma = { F(fma_f32), F(fma_f64) },
    .flops = { 2 * CHAINS * sizeof(VF) / sizeof(float), 2 * CHAINS * sizeof(VD) / sizeof(double) },
    .stream = { F(read), F(write), F(copy), F(copy_past) },
};
