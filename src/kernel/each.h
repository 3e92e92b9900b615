/* each.h: a word for the compiler before a loop. */
#ifndef TD_KERNEL_EACH_H
#define TD_KERNEL_EACH_H

/* Before a loop whose elements don't depend on one another: the result may be one of the operands. */
#ifdef __clang__
#define EACH _Pragma("clang loop vectorize(assume_safety)")
#else
#define EACH _Pragma("GCC ivdep")
#endif

#endif
