/* plain_ulp.c: no elementary function of any instruction set is farther from the true value than its bound; a sample.
 * All of f32 and a hundred million f64 are make check-exhaustive, which also writes tests/special.txt: a line
 *
 *     NAME a b x x x high low f64 f32
 *
 * is a special function at one place, its true value high + low by MPFR, and the bounds of its error. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ulp.h"

static bool holds(const ulp_function *f, const td_kernels *set, int dtype, const ulp_result *r)
{
    const ulp_case *worst = ulp_worst(r);
    double          bound = dtype == TD_K_F32 ? f->f32 : f->f64;
    if (worst->error <= bound) return true;
    printf("%s %s in %s: %.4g ulp at %a, %a (f = %a), bound %g\n", f->name, dtype == TD_K_F32 ? "f32" : "f64", set->name,
           worst->error, worst->x, worst->y, worst->got, bound);
    return false;
}

static bool function_holds(const ulp_function *f, const td_kernels *set)
{
    static ulp_result r;
    ulp_draw(f, set, TD_K_F64, 60000, &r);
    bool all = holds(f, set, TD_K_F64, &r);
    if (f->operands > 1) ulp_draw(f, set, TD_K_F32, 60000, &r);
    else ulp_every(f, set, 65537, 1, &r);
    return holds(f, set, TD_K_F32, &r) && all;
}

static int map_named(const char *name)
{
#define TD_MAP(which) if (!strcmp(name, #which)) return TD_MAP_##which;
#include "kernel/special.def"
#undef TD_MAP
    return -1;
}

typedef struct point { char name[64]; double a, b, x[3], high, low, f64, f32; } point;

/* In f32 too if the operands are f32. */
static bool point_holds(const td_kernels *set, const point *p)
{
    double wide, bound[2] = {p->f64, p->f32};
    float  narrow, x[3] = {(float)p->x[0], (float)p->x[1], (float)p->x[2]};
    int    map = map_named(p->name);
    bool   both = x[0] == p->x[0] && x[1] == p->x[1] && x[2] == p->x[2], all = map >= 0;
    for (int k = 0; k <= both && all; k++) {
        if (k) set->map[TD_K_F32][map](1, &narrow, (const void *const[]){x, x + 1, x + 2}, p->a, p->b);
        else set->map[TD_K_F64][map](1, &wide, (const void *const[]){p->x, p->x + 1, p->x + 2}, p->a, p->b);
        all = ulp_error(k ? TD_K_F32 : TD_K_F64, k ? (double)narrow : wide, (long double)p->high + p->low) <= bound[k];
    }
    if (!all) printf("%s %g %g at %a, %a, %a: %a\n", p->name, p->a, p->b, p->x[0], p->x[1], p->x[2], p->high);
    return all;
}

/* How many lines of tests/special.txt do not hold, -1: there are too few. */
static int special_points(const td_kernels *set)
{
    const char *folder = getenv("top_srcdir");
    char        path[1024];
    point       p;
    int         read = 0, wrong = 0;
    snprintf(path, sizeof path, "%s/tests/special.txt", folder ? folder : ".");
    FILE *file = fopen(path, "r");
    for (; file && fscanf(file, "%63s %lf %lf %lf %lf %lf %lf %lf %lf %lf", p.name, &p.a, &p.b, &p.x[0], &p.x[1], &p.x[2],
                          &p.high, &p.low, &p.f64, &p.f32) == 10; read++)
        wrong += !point_holds(set, &p);
    if (file) fclose(file);
    printf("%d places of special functions, %d beyond their bounds\n", read, wrong);
    return read < 400 ? -1 : wrong;
}

int main(void)
{
    bool here;
    int  wrong = 0, done = 0;
    if (LDBL_MANT_DIG < 64) return 77;
    const td_kernels *set;
    for (int i = 0; (set = td_kernels_at(i, &here)); i++)
        for (int k = 0; here && k < ulp_count; k++, done++) wrong += !function_holds(&ulp_functions[k], set);
    printf("%d functions, %d beyond their bounds\n", done, wrong);
    return wrong || !done || special_points(td_kernels_get()) != 0;
}
