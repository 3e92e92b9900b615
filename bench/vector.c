/* vector.c: loops around the vector functions of libmvec and SLEEF. */
#include "vector.h"

#include <string.h>

const char *const bench_vector_name[BENCH_VECTORS] = { "libmvec", "SLEEF" };

#if defined __x86_64__ && defined __GNUC__

#include <dlfcn.h>
#include <immintrin.h>

#define T double
#define V __m512d
#define TARGET __attribute__((target("avx512f")))
#define F(name) d8_##name
#include "vector.tmpl.h"

#define T float
#define V __m512
#define TARGET __attribute__((target("avx512f")))
#define F(name) f16_##name
#include "vector.tmpl.h"

#define T double
#define V __m256d
#define TARGET __attribute__((target("avx2,fma")))
#define F(name) d4_##name
#include "vector.tmpl.h"

#define T float
#define V __m256
#define TARGET __attribute__((target("avx2,fma")))
#define F(name) f8_##name
#include "vector.tmpl.h"

/* A set and a number: how each library spells it, and the loops. */
static const struct width {
    const char *set;
    td_dtype    dtype;
    const char *abi, *abi_end, *sleef, *sleef_end;
    void      (*loop)(const bench_vector *), (*sigmoid)(const bench_vector *);
} width[] = {
    { "avx512", TD_F64, "_ZGVeN8v_", "", "d8", "avx512f", d8_loop, d8_sigmoid },
    { "avx512", TD_F32, "_ZGVeN16v_", "f", "f16", "avx512f", f16_loop, f16_sigmoid },
    { "avx2", TD_F64, "_ZGVdN4v_", "", "d4", "avx2", d4_loop, d4_sigmoid },
    { "avx2", TD_F32, "_ZGVdN8v_", "f", "f8", "avx2", f8_loop, f8_sigmoid },
};

static const char *const file[BENCH_VECTORS][2] = {
    [BENCH_LIBMVEC] = { "libmvec.so.1" }, [BENCH_SLEEF] = { "libsleef.so.3", "libsleef.so" },
};

/* Loaded libraries stay: asking again is cheap. */
static void *handle_of(int library, const char **found)
{
    for (int i = 0; i < 2 && file[library][i]; i++) {
        void *handle = dlopen(file[library][i], RTLD_NOW | RTLD_LOCAL);
        *found = handle ? file[library][i] : NULL;
        if (handle) return handle;
    }
    return NULL;
}

const char *bench_vector_file(int library)
{
    const char *found = NULL;
    handle_of(library, &found);
    return found;
}

static void spell(char symbol[64], int library, const struct width *w, const char *name, const char *accuracy)
{
    if (library == BENCH_LIBMVEC) snprintf(symbol, 64, "%s%s%s", w->abi, name, w->abi_end);
    else snprintf(symbol, 64, "Sleef_%s%s_%s%s", name, w->sleef, accuracy, w->sleef_end);
}

bool bench_vector_of(bench_vector *v, int library, const char *set, td_dtype d, const char *name, const char *accuracy)
{
    const char *found;
    char        symbol[64];
    void       *handle = handle_of(library, &found);
    bool        sigmoid = !strcmp(name, "sigmoid");
    for (size_t i = 0; handle && i < sizeof width / sizeof *width; i++) {
        const struct width *w = &width[i];
        if (strcmp(set, w->set) || d != w->dtype) continue;
        spell(symbol, library, w, sigmoid ? "exp" : name, accuracy);
        v->loop = sigmoid ? w->sigmoid : w->loop;
        v->function = dlsym(handle, symbol);
        return v->function != NULL;
    }
    return false;
}

#else

bool bench_vector_of(bench_vector *v, int library, const char *set, td_dtype d, const char *name, const char *accuracy)
{
    (void)v, (void)library, (void)set, (void)d, (void)name, (void)accuracy;
    return false;
}

const char *bench_vector_file(int library)
{
    (void)library;
    return NULL;
}

#endif

void bench_vector_run(void *vector)
{
    const bench_vector *v = vector;
    v->loop(v);
}
