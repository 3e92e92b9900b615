/* box.h: what a worker tells the one who started it: a file that both hold open, nameless, of which both see the first
 * page all the time, even after the worker's death.  Behind that page stands what it says at the end.
 *
 * All that comes out of a box is checked: what ran there was somebody else's code. */
#ifndef TD_BOX_H
#define TD_BOX_H

#include "triad_verify.h"

enum { TD_BOX_VERSION = 1, TD_BOX_ROUTINE = 48, TD_BOX_BUFFER = 32, TD_BOX_NAME = 40 };

typedef enum td_phase { TD_PHASE_START, TD_PHASE_LOADING, TD_PHASE_READING, TD_PHASE_ASKING, TD_PHASE_CALLING,
                        TD_PHASE_DONE } td_phase;

/* Where a worker was when it broke down. */
typedef enum td_breakdown { TD_FAULT_NONE, TD_FAULT_BEYOND, TD_FAULT_BEFORE, TD_FAULT_NULL, TD_FAULT_WILD } td_breakdown;

/* The first page.  The worker writes, the other reads. */
typedef struct td_box_page {
    uint32_t          magic, version, size;
    volatile uint32_t phase;
    volatile int64_t  calls;
    volatile double   share;
    char              routine[TD_BOX_ROUTINE];     /* called now, or last */
    volatile int32_t  signal, fault, writes, starved;     /* writes: 1, or 0 for reads, or -1; starved: memory was refused */
    volatile int64_t  entry, numbers;              /* of the buffer: which number was touched, and how many it has */
    char              buffer[TD_BOX_BUFFER];
    volatile int64_t  payload;                     /* bytes behind the page; 0: none */
} td_box_page;

typedef struct td_box { int file; td_box_page *page; } td_box;     /* owned; file -1: closed */

bool  td_box_new(td_box *b);                       /* false: errno says why */
bool  td_box_join(td_box *b, int file);            /* of the worker: false if that is no box */
void  td_box_close(td_box *b);
bool  td_box_put(td_box *b, const void *bytes, size_t n);      /* appended to what it says */
/* All that was said; owned by the caller; NULL: nothing, or no memory. */
void *td_box_take(const td_box *b, size_t *n);

/* ---- what is said: wire.c ---------------------------------------------------------------------------------------- */

typedef enum td_said { TD_SAID_LIST = 1, TD_SAID_RESULT, TD_SAID_NOTHING, TD_SAID_TROUBLE } td_said;

/* A function that a library declares; text is printable. */
typedef struct td_entry {
    char    name[TD_BOX_NAME], signature[TD_BOX_NAME], reason[TD_REASON];      /* reason: why it can't be asked; "" */
    int64_t n, m;
    int32_t parts, sampled, f32, alone;            /* things to judge; is its point drawn? */
} td_entry;

enum { TD_MOST_ENTRIES = 4096 };

typedef struct td_list { int64_t n; char load[TD_REASON]; td_entry *entry; } td_list;     /* load: a law broken; owned */

/* Bytes, owned by the caller; NULL: no memory. */
void *td_wire_result(const td_check_result *r, size_t *n);
void *td_wire_list(const td_list *l, size_t *n);
void *td_wire_text(td_said kind, const char *text, size_t *n);

/* What bytes say; 0: they say nothing that can be understood. */
td_said td_wire_kind(const void *bytes, size_t n);
td_check_result *td_wire_read_result(const void *bytes, size_t n);     /* NULL: broken, or no memory */
bool    td_wire_read_list(const void *bytes, size_t n, td_list *out);
bool    td_wire_read_text(const void *bytes, size_t n, char text[TD_REASON]);
/* A copy that owns all its strings; NULL: no memory. */
td_check_result *td_result_copy(const td_check_result *r);
/* Each string replaced by what keep says: one that lives longer. */
void    td_result_keep_strings(td_check_result *r, const char *(*keep)(void *user, const char *text), void *user);

#endif
