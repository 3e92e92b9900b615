/* flags.c: the control word of the floating-point unit, where the compiler lets us see it, and else the rounding mode.
 *
 * A shared object linked with -ffast-math by gcc before 13 turns denormal numbers off for whoever loads it (gcc bug
 * 55522). */
#include "foreign/flags.h"

#include <fenv.h>
#include <stddef.h>

#if defined __SSE__
enum { DENORMALS = 0x8040, TRAPS = 0x1f80, EXCEPTIONS = 0x3f };      /* MXCSR; where a trap is off its mask is on */
static unsigned control(void) { return __builtin_ia32_stmxcsr() & ~(unsigned)EXCEPTIONS; }
static void set_control(unsigned w) { __builtin_ia32_ldmxcsr(w); }
#elif defined __aarch64__
enum { DENORMALS = 1 << 24, TRAPS = 0x9f00 };                       /* FPCR */
static unsigned control(void) { unsigned long w; __asm__("mrs %0, fpcr" : "=r"(w)); return (unsigned)w; }
static void set_control(unsigned w) { __asm__("msr fpcr, %0" : : "r"((unsigned long)w)); }
#else
enum { DENORMALS = 0, TRAPS = 0 };
static unsigned control(void) { return 0; }
static void set_control(unsigned w) { (void)w; }
#endif

td_flags td_flags_now(void) { return (td_flags){control(), fegetround()}; }

void td_flags_set(td_flags f)
{
    fesetround(f.rounding);
    set_control(f.control);
}

const char *td_flags_change(td_flags was, td_flags is)
{
    unsigned changed = was.control ^ is.control;
    if (changed & DENORMALS) return "turns denormal numbers off for whoever called it (flush to zero)";
    if (was.rounding != is.rounding) return "changes the rounding mode of whoever called it";
    if (changed & TRAPS) return "turns floating-point traps on for whoever called it";
    return changed ? "changes the floating-point control word of whoever called it" : NULL;
}
