/* core.h: what the rooms of libtriad share and nobody outside sees. */
#ifndef TD_CORE_H
#define TD_CORE_H

#include "triad_engine.h"

/* ---- arena: memory that is given back in the order of marks -------------------------------------------------------- */

typedef struct td_slab {
    char  *memory;                 /* owned */
    size_t size;
} td_slab;

typedef struct td_arena_state {
    td_slab  *chunk;               /* owned; chunks 0..count, the current one is `now` */
    size_t    count, capacity;
    size_t    now, used;           /* bytes used of the current chunk */
    size_t    held;                /* bytes of all chunks */
} td_arena_state;

/* The composition whose result a node is. */
typedef struct td_made {
    uint32_t     node;
    const td_op *op;
} td_made;

/* What a leaf held before td_assign, kept for nodes that are still to read it. */
typedef struct td_former {
    struct td_former *older;
    const td_tensor   *leaf;
    uint32_t           until;      /* how many nodes there were: those read this */
    void              *data;
} td_former;

#define TD_NODE_BLOCK 4096
#define TD_MESSAGE 512

struct td_context {
    const td_engine *engine;
    td_options       options;      /* defaults filled in */
    const struct td_kernels *kernels;      /* of the instruction set in use; never NULL */
    td_arena_state   arena;
    td_tensor     ***block;        /* owned: node i is block[i / TD_NODE_BLOCK][i % TD_NODE_BLOCK] */
    int64_t          node_count;
    size_t           block_count, block_capacity;
    int64_t          computed;     /* tape: nodes before this one were computed, or passed over as nobody had asked */
    int64_t          settled;      /* and before this one, all of them computed */
    td_former       *formers;      /* the newest first */
    td_tensor      **watched;      /* owned list of borrowed tensors that td_release must look at */
    size_t           watched_count, watched_capacity;
    struct td_made  *made;         /* owned list: which composition gave which node, in the order of nodes */
    size_t           made_count, made_capacity;
    td_tensor       *bad;          /* what functions return after an error */
    const td_shape  *shape0;       /* of 0-d tensors */
    td_status        status;
    int64_t          placed_nodes; /* nodes before this one have had their file and line */
    bool             handed, placed;    /* bad was handed out for the error; the message has its file and line */
    bool             no_grad, detached;
    uint64_t         stream;       /* of the random numbers: how many calls drew */
    char             message[TD_MESSAGE];
};

/* td_open, told the engine. */
td_context *td_context_new(const td_engine *engine, const td_options *options);

/* For options that name none (memory.c). */
extern const td_allocator td_default_allocator;
/* Bytes through the allocator of the options, counted against its limit. */
void *td_allocate(td_context *c, size_t bytes);            /* NULL after td_fail */
void  td_deallocate(td_context *c, void *memory, size_t bytes);
/* An owned table with room for one more: itself, or a copy twice as large in its place; NULL after td_fail, table kept. */
void *td_grown(td_context *c, void *table, size_t count, size_t *capacity, size_t item);
/* Arena memory that is not cleared; aligned to 64 bytes from 64 bytes up, else to 16. */
void *td_arena_raw(td_context *c, size_t bytes);

/* ---- shapes -------------------------------------------------------------------------------------------------------- */

/* Row-major shape of these sizes into *s; td_fail(TD_ESHAPE) with `who` in front if rank or product is out of range. */
td_status td_shape_make(td_context *c, const char *who, int rank, const int64_t *size, td_shape *s);
bool      td_shape_strides(td_shape *s);     /* row-major strides and numel from rank and size; false: too many elements */
bool      td_shape_same(const td_shape *a, const td_shape *b);      /* sizes */
bool      td_shape_is_contiguous(const td_shape *s);       /* its elements follow one another */
bool      td_shape_is_row_major(const td_shape *s);        /* moreover offset and strides are what td_shape_make gives */
/* Shape both broadcast to, in *out, which is neither of them; false if they don't. */
bool      td_shape_broadcast(const td_shape *a, const td_shape *b, td_shape *out);
/* axis in -rank..rank-1 to 0..rank-1; -1 after td_fail. */
int       td_axis(td_context *c, const char *who, int rank, int axis);
/* A set of axes from a list; false after td_fail (out of range, or twice). */
bool      td_axis_set(td_context *c, const char *who, int rank, int n, const int *axes, uint32_t *set);
/* The shape left by reducing over a set of axes. */
void      td_shape_reduce(const td_shape *x, uint32_t axes, bool keepdim, td_shape *out);

/* ---- tensors ------------------------------------------------------------------------------------------------------- */

/* What a function returns that just failed: the next td_at puts its place into the message. */
td_tensor *td_bad(td_context *c);
/* Put x among those that td_release looks at: it keeps a gradient, or was assigned to. */
td_status  td_watch(td_tensor *x);
/* Note that x is what this composition gave.  td_made_by: the outermost one that gave x, else its op. */
td_status    td_note_made(td_tensor *x, const td_op *op);
const td_op *td_made_by(const td_tensor *x);
/* Give file and line to the nodes made since this was last done. */
void       td_place(td_context *c, const char *file, int line);
/* Add "(file:line)" of x to a message that has no place yet. */
void       td_blame(const td_tensor *x);

/* A new node, op NULL for a leaf; NULL after td_fail. */
td_tensor *td_node_new(td_context *c, const td_op *op, int n, td_tensor *const *in);
const td_shape *td_shape_keep(td_context *c, const td_shape *s);    /* a lasting copy; the 0-d one is shared */
td_dtype   td_promote(td_dtype a, td_dtype b);
bool       td_is_float(td_dtype d);
/* Element at data as double, whatever its dtype; and back. */
double     td_load(const void *data, td_dtype d, int64_t i);
void       td_store(void *data, td_dtype d, int64_t i, double value);

/* Where the numbers of an evaluated tensor stand. */
td_window  td_window_of(const td_tensor *x);
/* The same of operand k of y: as they were when y was made. */
td_window  td_window_in(const td_tensor *y, int k);
/* The tensor whose storage x is a window on: x itself, if it is no view. */
static inline td_tensor *td_owner(td_tensor *x) { return x->base ? x->base : x; }
/* Copy a strided window to row-major memory of the same dtype. */
void       td_pack(const td_window *from, void *to);

/* ---- counter-based random numbers ----------------------------------------------------------------------------------- */

/* Philox4x32-10.  One block of four words for a key and a counter. */
void   td_philox(uint64_t key, uint64_t counter, uint64_t stream, uint32_t out[4]);
double td_philox_uniform(uint64_t key, uint64_t counter, uint64_t stream);    /* [0, 1), 53 bits, of words 0 and 1 */

/* ---- threads and floating-point environment ------------------------------------------------------------------------- */

/* How many threads would share pieces of work now: to choose among ways that give the same bits, and for nothing else. */
int td_threads(const td_context *c);

/* Round to nearest, denormals kept, no traps; then back to what the caller had. */
typedef struct td_fenv { unsigned char saved[64]; } td_fenv;
void td_fenv_enter(td_fenv *f);
void td_fenv_leave(const td_fenv *f);

#endif
