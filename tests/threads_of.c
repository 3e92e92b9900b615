/* threads_of.c: how many threads a context may use, which no public header tells: for programs that are wrong on some. */
#include "threads_of.h"

#include "core/core.h"

int threads_of(const td_context *c) { return c->options.threads; }
