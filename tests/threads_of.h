/* threads_of.h: see threads_of.c. */
#ifndef THREADS_OF_H
#define THREADS_OF_H

#include "triad.h"

int threads_of(const td_context *c);

#endif
