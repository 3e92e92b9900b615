/* plain_ulp.c: no elementary function of any instruction set is farther from the true value than its bound; a sample.
 * All of f32 and a hundred million f64 are make check-exhaustive. */
#include <float.h>
#include <math.h>
#include <stdio.h>

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

int main(void)
{
    bool here;
    int  wrong = 0, done = 0;
    if (LDBL_MANT_DIG < 64) return 77;
    const td_kernels *set;
    for (int i = 0; (set = td_kernels_at(i, &here)); i++)
        for (int k = 0; here && k < ulp_count; k++, done++) wrong += !function_holds(&ulp_functions[k], set);
    printf("%d functions, %d beyond their bounds\n", done, wrong);
    return wrong || !done;
}
