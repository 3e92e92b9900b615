/* buffer.h: numbers lent to somebody else's routine, and what became of them.
 *
 * A buffer ends where it ends: fence bytes stand on both sides, and in a guarded one a page behind it, and one before it,
 * may not be touched at all, so that a routine that goes too far is stopped where it does. */
#ifndef TD_BUFFER_H
#define TD_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct td_buffer {
    const char       *name;        /* "x", "its result" */
    int64_t           n;
    bool              f32, guarded;
    unsigned char    *block;       /* owned; NULL: not open */
    size_t            room;        /* of the block, in bytes */
    void             *body;        /* the numbers, within the block */
    struct td_buffer *next;        /* of a list of those that are lent */
} td_buffer;

typedef struct td_buffers {        /* how they are made, and all of them that are open */
    bool       guarded;
    size_t     align;              /* of the first number; 0: as its type wants */
    td_buffer *first;
} td_buffers;

/* What stands in a result before a call. */
typedef enum td_poison { TD_POISON_NAN, TD_POISON_NUMBER } td_poison;

/* An open buffer of this size and type is used again.  All bytes become fence.  False: no memory. */
bool    td_buffer_open(td_buffers *all, td_buffer *b, const char *name, int64_t n, bool f32);
void    td_buffer_close(td_buffers *all, td_buffer *b);
size_t  td_buffer_width(const td_buffer *b);                   /* of a number */
void    td_buffer_set(td_buffer *b, int64_t i, double v);
double  td_buffer_get(const td_buffer *b, int64_t i);
void    td_buffer_put(td_buffer *b, const double *values);     /* all of them */
void    td_buffer_take(const td_buffer *b, double *values);    /* likewise */
void    td_buffer_poison(td_buffer *b, td_poison p);
int64_t td_buffer_first_poisoned(const td_buffer *b);          /* still a marked NaN; -1: none */
int64_t td_buffer_first_changed(const td_buffer *b, const double *values);
bool    td_buffer_fenced(const td_buffer *b);                  /* nothing was written around it */
extern const double td_poison_number;                          /* in f32 too */

#endif
