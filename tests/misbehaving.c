/* misbehaving.c: a plugin that does something to its process, which one CASE says; tests/misbehaving.sh builds each, and
 * knows what triad has to say of it. */
#define _GNU_SOURCE
#include <fenv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "triad_foreign.h"

enum { N = 4 };

#define IS(name) (!strcmp(CASE, name))

extern void nobody_has_this(void);

static int depth(volatile int *p)
{
    volatile int here[1000];
    here[0] = *p + 1;
    return depth(here) + here[0];
}

/* Denormal numbers off, as gcc before 13 does in the start-up code of what is linked with -ffast-math. */
static void denormals_off(void)
{
#if defined __SSE__
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#endif
}

static void misbehave(double *g)
{
    volatile int zero = 0;
    if (IS("abort")) abort();
    if (IS("exit")) exit(3);
    if (IS("_exit")) _exit(0);
    if (IS("null")) *(volatile int *)(intptr_t)zero = 1;
    if (IS("wild")) *(volatile int *)(intptr_t)(zero + 0x123456789000) = 1;
    if (IS("beyond")) g[N] = 1;
    if (IS("far beyond")) g[N + 300] = 1;
    if (IS("before")) g[-1] = 1;
    if (IS("endless")) while (!zero) {}
    if (IS("huge")) memset(malloc((size_t)1 << 45), 1, 100);
    if (IS("greedy")) for (;;) memset(malloc((size_t)1 << 24), 1, 100);
    if (IS("rounding")) fesetround(FE_UPWARD);
    if (IS("denormals")) denormals_off();
    if (IS("traps")) feenableexcept(FE_DIVBYZERO);
    if (IS("megabytes")) for (int i = 0; i < 100000; i++) printf("%d bottles of beer on the wall\n", i), fflush(stdout);
    if (IS("divides")) g[0] = 7 / zero;
    if (IS("kills itself")) kill(getpid(), SIGKILL);
    if (IS("stops itself")) kill(getpid(), SIGSTOP);
    if (IS("stack")) g[0] = depth(&(volatile int){0});
    if (IS("leaves a child") && !fork()) pause();
    if (IS("closes files")) for (int i = 0; i < 1024; i++) close(i);
#if defined UNDEFINED
    nobody_has_this();
#endif
}

static double value(int n, const double *x, void *user)
{
    double sum = 0;
    (void)user;
    for (int i = 0; i < n; i++) sum += x[i] * x[i];
    return sum;
}

static void gradient(int n, const double *x, double *g, void *user)
{
    (void)user;
    for (int i = 0; i < n; i++) g[i] = 2 * x[i];
    misbehave(g);
}

__attribute__((constructor)) static void load(void)
{
    if (IS("denormals at load")) denormals_off();
    if (IS("abort at load")) abort();
    if (IS("endless at load")) for (;;) pause();
}

static const td_foreign_function functions[] = {
    {.name = "good", .signature = "plain", .n = N, .value = TD_FN(td_plain_value, value),
     .gradient = TD_FN(td_plain_gradient, gradient)}};

#if defined WRONG_VERSION
const td_foreign triad_foreign = {TD_FOREIGN_MAGIC, 77, sizeof(td_foreign), sizeof functions[0], 1, functions};
#elif defined WRONG_MAGIC
const td_foreign triad_foreign = {0x6c6c6568, 1, sizeof(td_foreign), sizeof functions[0], 1, functions};
#elif defined WRONG_POINTER
const td_foreign triad_foreign = {TD_FOREIGN_MAGIC, 1, sizeof(td_foreign), sizeof functions[0], 3, (const void *)64};
#elif !defined NO_LIST
const td_foreign triad_foreign = TD_FOREIGN_LIST(functions);
#endif
