/* own.h: what tests with ops and programs of their own share. */
#ifndef OWN_H
#define OWN_H

#include <stdio.h>
#include <stdlib.h>

#include "triad_engine.h"
#include "triad_verify.h"

/* Where the i-th number, counted in row-major order, stands in a window of any strides. */
static inline int64_t place(const td_shape *s, int64_t i)
{
    int64_t at = 0;
    for (int axis = s->rank - 1; axis >= 0; axis--) {
        at += i % s->size[axis] * s->stride[axis];
        i /= s->size[axis];
    }
    return at;
}

/* A program that leaves zeros in its input. */
static inline td_tensor *overwriting(td_context *c, td_tensor *const *in, void *user)
{
    (void)user;
    td_tensor *y = td_sum(in[0]);
    td_item(y);
    td_assign(in[0], td_zeros_like(in[0]));
    return td_error(c) ? in[0] : y;
}

/* What is printed of r, up to `room` bytes; the caller's. */
static inline char *text_of(const td_check_result *r, size_t room)
{
    char *text = calloc(1, room);
    FILE *file = text ? fmemopen(text, room, "w") : NULL;
    if (file) {
        td_check_print(r, file);
        fclose(file);
    }
    return text;
}

#endif
