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
    size_t    now;
    char     *next, *end;          /* the current chunk from its first free byte on */
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

/* What a composition, or a walk back (op NULL), made: nodes first .. end.  The same key gives the same again (again.c). */
typedef struct td_span {
    const td_op   *op;
    const td_attr *attr;           /* NULL of a walk back */
    int64_t        first, end;
    int64_t        low;            /* a td_assign after this node makes it another */
    size_t         made_from, made;    /* how many entries of context.made there were before and at its end */
    td_tensor    **key, **key_end; /* in the arena: what it was made of, then what it gave */
    uint64_t       told;           /* while it is made: how often random numbers or values were asked for before */
    size_t         place;          /* while it is made: where in the table */
    int            n_key;
} td_span;

#define TD_NODE_BLOCK 4096
#define TD_MESSAGE 512
#define TD_FEW 256                 /* elements that are quicker to compute than to come back for */

struct td_context {
    const td_engine *engine;
    td_options       options;      /* defaults filled in */
    const struct td_kernels *kernels;      /* of the instruction set in use; never NULL */
    td_arena_state   arena;
    td_tensor     ***block;        /* owned: node i is block[i / TD_NODE_BLOCK][i % TD_NODE_BLOCK] */
    int64_t          node_count;
    size_t           block_count, block_capacity;
    int64_t          remains;      /* nodes from node_count to before this one stand as td_release left them */
    td_span         *span;         /* owned: to span_now those of nodes there are, span_next .. span_count those that remain */
    size_t           span_now, span_next, span_count, span_capacity;
    td_tensor      **key;          /* owned: room for the key of a span */
    size_t           key_capacity;
    td_stats         stats;        /* but for nodes that there are, and bytes held */
    struct td_observer_of { void (*tell)(const struct td_pass *p, void *user); void *user; } observer;
    uint64_t         reads;        /* how often values were asked for */
    int64_t          few;          /* tape: nodes of no more elements are computed as soon as they are made; -1: none are */
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
    int64_t          fenced;       /* nodes before this one may not be assigned to: td_checkpoint runs a program */
    bool             handed, placed;    /* bad was handed out for the error; the message has its file and line */
    bool             no_grad, detached;
    bool             calm;         /* the caller's rounding mode and the like are put aside */
    uint32_t         assigned;     /* how many nodes there were at the last td_assign */
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
/* Arena memory that is not cleared, aligned to a power of two up to 64; NULL after td_fail. */
void *td_arena_more(td_context *c, size_t bytes, size_t alignment);    /* in another chunk */
static inline void *td_arena_aligned(td_context *c, size_t bytes, size_t alignment)
{
    td_arena_state *a = &c->arena;
    size_t          free_bytes = (size_t)(a->end - a->next), pad = -(uintptr_t)a->next & (alignment - 1);
    if (free_bytes < pad || free_bytes - pad < bytes) return td_arena_more(c, bytes, alignment);
    char *p = a->next + pad;
    a->next = p + bytes;
    if (c->remains > c->node_count) c->remains = c->node_count;
    return p;
}
static inline size_t td_arena_alignment(size_t bytes) { return bytes >= 64 ? 64 : 16; }
static inline void  *td_arena_raw(td_context *c, size_t bytes) { return td_arena_aligned(c, bytes, td_arena_alignment(bytes)); }
/* Go on to `end`, in this chunk or a later one. */
void td_arena_reach_later(td_context *c, char *end);
static inline void td_arena_reach(td_context *c, char *end)
{
    if (end >= c->arena.next && end <= c->arena.end) c->arena.next = end;
    else td_arena_reach_later(c, end);
}
/* Where the arena stands, and back to there. */
typedef struct td_arena_mark { size_t chunk, used; } td_arena_mark;
td_arena_mark td_arena_here(const td_context *c);
void          td_arena_back(td_context *c, td_arena_mark mark);

/* ---- shapes -------------------------------------------------------------------------------------------------------- */

/* Row-major shape of these sizes into *s; td_fail(TD_ESHAPE) with `who` in front if rank or product is out of range. */
td_status td_shape_make(td_context *c, const char *who, int rank, const int64_t *size, td_shape *s);
bool      td_shape_strides(td_shape *s);     /* row-major strides and numel from rank and size; false: too many elements */
bool      td_shape_same(const td_shape *a, const td_shape *b);      /* sizes */
bool      td_shape_is_contiguous(const td_shape *s);       /* its elements follow one another */
bool      td_shape_is_row_major(const td_shape *s);        /* moreover offset and strides are what td_shape_make gives */
static inline size_t td_shape_bytes(const td_shape *s, int dtype)
{
    static const uint8_t width[] = { [TD_BOOL] = 1, [TD_I64] = 8, [TD_F32] = 4, [TD_F64] = 8 };
    return (size_t)s->numel * width[dtype];
}
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

/* A leaf and memory for its values, which the caller fills before td_leaf_settle; NULL after td_fail. */
td_tensor *td_leaf_new(td_context *c, const char *who, td_dtype dtype, int rank, const int64_t *size, void **values);
td_tensor *td_leaf_settle(td_context *c, td_tensor *x, void *values);
/* A new node, op NULL for a leaf; NULL after td_fail.  A result of few numbers has its memory with it. */
td_tensor *td_node_new(td_context *c, const td_op *op, int n, td_tensor *const *in, const td_shape *shape, td_dtype dtype,
                       bool view);
/* Numbers of a result that are few are one piece of memory with its node, from when it is made: so where a node ends follows
 * from what it is, not from when it was computed.  How many bytes they are; -1: they are elsewhere, if there are any. */
static inline int64_t td_numbers_within(const td_context *c, const td_op *op, const td_shape *shape, int dtype, bool view)
{
    return op && !view && shape->numel <= c->few ? (int64_t)td_shape_bytes(shape, dtype) : -1;
}
/* Bytes of a node before its numbers, which are aligned as it is. */
static inline size_t td_node_alignment(int64_t within)
{
    return within > 0 ? td_arena_alignment((size_t)within) : sizeof(void *);
}
static inline size_t td_node_head(int n_in, int64_t within)
{
    size_t bytes = sizeof(td_tensor) + (size_t)n_in * sizeof(td_tensor *);
    return bytes + (-bytes & (td_node_alignment(within) - 1));
}
/* Node i of those there are. */
static inline td_tensor *td_node_at(const td_context *c, int64_t i)
{
    return c->block[(uint64_t)i / TD_NODE_BLOCK][(uint64_t)i % TD_NODE_BLOCK];
}
/* ---- what a released step left (again.c) ---------------------------------------------------------------------------- */

/* The node that stands where the next one would, if td_release left one and it is of op and has these operands and
 * attributes, or of a leaf this dtype and these sizes: it is taken in again, its memory and all.  NULL: there is none. */
td_tensor *td_node_again(td_context *c, const td_op *op, int n, td_tensor *const *in, const td_attr *attr);
td_tensor *td_leaf_again(td_context *c, td_dtype dtype, int rank, const int64_t *size);
/* The same of all nodes that this composition, or this walk back, made: what it gave, or NULL. */
td_tensor **td_span_again(td_context *c, const td_op *op, int n, td_tensor *const *key, const td_attr *attr);
/* Room for n tensors, which is c->key; NULL after td_fail. */
td_tensor **td_span_room(td_context *c, size_t n);
/* Note a span that ends here: before it is made, and after.  c->key has n tensors that it was made of, then n_got that it
 * gave; attr lasts.  Returns where what it gave stands; NULL after td_fail. */
td_span     td_span_begin(const td_context *c, const td_op *op, const td_attr *attr);
td_tensor **td_span_keep(td_context *c, td_span *s, int n, int n_got);
/* Spans of nodes from this one on are over. */
void        td_spans_end(td_context *c, int64_t node);
/* x is no longer what it was when the span that it is in was made. */
void        td_spans_without(const td_tensor *x);
/* What td_release leaves when it goes back to `node`. */
void        td_again_from(td_context *c, int64_t node);

/* ---- making nodes --------------------------------------------------------------------------------------------------- */

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
/* td_uniform's numbers, of stream 0 of this key: no call counts as a draw. */
td_tensor *td_uniform_keyed(td_context *c, td_dtype dtype, const td_shape *s, double low, double high, uint64_t key);
double td_philox_uniform(uint64_t key, uint64_t counter, uint64_t stream);    /* [0, 1), 53 bits, of words 0 and 1 */

/* ---- threads and floating-point environment ------------------------------------------------------------------------- */

/* How many threads would share pieces of work now: to choose among ways that give the same bits, and for nothing else. */
int td_threads(const td_context *c);

/* Round to nearest, denormals kept, no traps; then back to what the caller had. */
typedef struct td_fenv { unsigned char saved[64]; } td_fenv;
void td_fenv_enter(td_fenv *f);
void td_fenv_leave(const td_fenv *f);
/* Is there nothing to put aside?  Then a few sums need no entering; the exceptions they raise stay raised. */
bool td_fenv_is_plain(void);

#endif
