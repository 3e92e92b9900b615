/* triad_engine.h: the seam.  For those who write an engine, an op, a checker; a user of triad.h needs none of it.
 *
 * How a call flows.  td_mul(a, b) calls td_apply(&td_op_mul, 2, {a, b}, NULL), the one door.  The door passes on a
 * standing error, brings elementwise operands to one dtype and shape (by applying `cast` and `expand`), asks op->infer
 * for dtype and shape of the result, makes the node and hands it to the context's engine: eval and tape compute it (at
 * once, or when read), dual runs the op's definition over dual numbers.  An op that is a composition of others
 * (op->compose) is spelt out for eval and tape, and arrives whole at an engine that asks for wholes. */
#ifndef TRIAD_ENGINE_H
#define TRIAD_ENGINE_H

#include "triad.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct td_op td_op;

/* ---- a tensor, seen from inside ----------------------------------------------------------------------------------- */

typedef struct td_shape {
    int     rank;
    int64_t numel;                 /* product of size[0..rank); checked against overflow when made */
    int64_t offset;                /* of the first element in its storage; elements, not bytes */
    int64_t size[TD_MAX_RANK];
    int64_t stride[TD_MAX_RANK];   /* elements; 0 where expanded */
} td_shape;

/* What an application is told besides its operands; ops.def says which op reads which fields. */
typedef struct td_attr {
    double   a, b;
    uint64_t seed;
    uint32_t axes;                 /* a set: bit i is axis i */
    int16_t  axis;
    bool     keepdim;
    int8_t   n_list;
    int64_t  list[2 * TD_MAX_RANK];
} td_attr;

enum {
    TD_REQUIRES = 1,               /* its gradient may be asked for */
    TD_KEEPS    = 2,               /* its gradient is kept: td_require_grad was called on it */
    TD_VIEW     = 4,               /* a window on base's storage */
    TD_NEEDED   = 8,               /* scratch of a sweep */
    TD_WATCHED  = 16,              /* td_release must look at it */
    TD_FAILED   = 32,              /* its values could not be computed, or an operand's */
    TD_DONE     = 64,              /* eval, tape: its values are there */
    TD_STORED   = 128              /* scratch of the schedule: its values must come to memory */
};

/* A node.  All pointers are borrowed from the context's arena but `file`, which lives as long as the program. */
struct td_tensor {
    td_context     *context;
    const td_op    *op;            /* NULL: a leaf */
    const td_attr  *attr;          /* of a result never NULL */
    const td_shape *shape;         /* never NULL, often shared */
    td_tensor      *base;          /* of a view: the tensor that owns the storage */
    void           *data;          /* the engine's: values of dtype (eval, tape; of a view: a packed copy), numbers (dual) */
    td_tensor      *grad;          /* kept gradient; NULL: nothing reached it */
    const char     *file;          /* NULL: unknown */
    int32_t         line;
    uint32_t        index;         /* its place in the context: operands stand before results */
    uint32_t        assigned;      /* of a leaf: how many nodes there were at its last td_assign; of a view: when packed */
    uint16_t        n_in;
    uint8_t         dtype;         /* td_dtype */
    uint8_t         flags;
    td_tensor      *in[];
};

/* A strided window on plain numbers. */
typedef struct td_window {
    void           *data;          /* the element at index 0,0,...; offset already added */
    const td_shape *shape;
    td_dtype        dtype;
} td_window;

/* ---- an op -------------------------------------------------------------------------------------------------------- */

/* infer: read operands and attributes, refuse what does not fit (td_fail), else fill dtype and shape. */
typedef struct td_infer {
    td_context       *context;
    const td_op      *op;
    int               n_in;
    td_tensor *const *in;
    const td_attr    *attr;
    td_dtype          dtype;       /* preset: in[0]'s */
    td_shape          shape;       /* preset: in[0]'s sizes.  Set rank and size; unless view, the door does the rest */
    bool              view;        /* set it for a window on in[0]'s storage, and shape.stride and shape.offset with it */
} td_infer;

/* compute: fill out (contiguous) from in (any strides, dtypes as inferred).  Indices out of range and the like: td_fail. */
typedef struct td_call {
    td_context      *context;
    const td_op     *op;
    const td_attr   *attr;
    int              n_in;
    const td_window *in;
    td_window        out;
} td_call;

/* vjp: given y = op(in) and the adjoint g of y, add each operand's adjoint with td_pull_add, written in ops.
 * No need to look whether an operand wants it, unless its adjoint is dear: td_pull_wants. */
typedef struct td_pull {
    td_tensor        *y, *g;
    td_tensor *const *in;
    const td_attr    *attr;
    int               n_in;
    td_tensor       **adjoint;     /* private to td_pull_add */
} td_pull;
TD_API void td_pull_add(td_pull *p, int operand, td_tensor *adjoint);
TD_API bool td_pull_wants(const td_pull *p, int operand);

typedef enum td_kind {
    TD_PLAIN,                      /* operands taken as they are */
    TD_ARITHMETIC,                 /* elementwise: promoted, broadcast; integers stay, bool becomes i64 */
    TD_FLOATING,                   /* elementwise: promoted, broadcast; integers become f64 */
    TD_COMPARISON,                 /* elementwise: promoted, broadcast; the result is bool */
    TD_CHOICE                      /* elementwise: operand 0 stays bool, the others promoted, all broadcast */
} td_kind;

/* One random application of an op, for tests and checks: shapes, attributes and where the values may lie. */
#define TD_SAMPLE_IN 9
typedef struct td_sample_in {
    int     rank;
    int64_t size[TD_MAX_RANK];
    enum { TD_SAMPLE_FLOAT, TD_SAMPLE_INDEX, TD_SAMPLE_BOOL } what;
    double  low, high;             /* floats: values in [low, high]; index: integers in [low, high) */
    double  diagonal, step;        /* of a matrix, or a stack of them: diagonal + i step added to entry (i, i + shift), */
    int     shift;                 /* modulo the columns.  0, 0: nothing is */
    int     n_also;                /* of a float: in one tensor of four some numbers, or all, are of these instead, */
    const double *also;            /* infinities and NaN too, in low..high or not.  Static */
} td_sample_in;
typedef struct td_sample {
    uint64_t     state;            /* of td_sample_below and td_sample_real */
    int          n_in;
    td_sample_in in[TD_SAMPLE_IN];
    td_attr      attr;
} td_sample;
TD_API int64_t td_sample_below(td_sample *s, int64_t n);                /* 0 <= integer < n */
TD_API double  td_sample_real(td_sample *s, double low, double high);
TD_API void    td_sample_shape(td_sample *s, int operand, int min_rank, int max_rank);   /* sizes 0, 1, odd, tile edges */

TD_API double  td_sample_added(const td_sample_in *in, int64_t i);      /* by diagonal and step, at row-major position i */

/* How an op is called by name, as in `triad expr`: what it takes besides operands, with the order, names and presets of its C
 * function, which are PyTorch's where that has them. */
typedef enum td_parameter_kind {
    TD_NUMBER, TD_INTEGER, TD_FLAG, TD_AXIS,
    TD_AXES,                       /* an axis or a list of them */
    TD_SIZES,                      /* a whole number or a list of them */
    TD_DTYPE,
    TD_WORD                        /* one of the signature's words; the number is which */
} td_parameter_kind;

enum { TD_PARAMETERS = 10, TD_LIST = 2 * TD_MAX_RANK };

typedef struct td_parameter {
    const char       *name;        /* NULL: there are no more */
    td_parameter_kind kind;
    bool              needed;
    double            preset;      /* number, where it is not given */
} td_parameter;

typedef struct td_argument {
    bool    given;
    double  number;                /* of a list the first; of a dtype or word which */
    int     n;                     /* of axes, sizes */
    int64_t list[TD_LIST];
} td_argument;

typedef struct td_invocation {
    const td_op       *op;
    int                n;
    td_tensor *const  *in;
    const td_argument *argument;   /* as many as there are parameters */
} td_invocation;

typedef struct td_signature {
    const char  *example;          /* a call with operands x (3), y (3), W (2,3), s () of floats, i (2) i64, b (3) bool */
    td_tensor *(*call)(const td_invocation *k);          /* NULL: operands alone, td_apply */
    td_parameter parameter[TD_PARAMETERS + 1];
    const char  *words;                                  /* of parameters of kind TD_WORD: "constant reflect circular" */
} td_signature;

/* What an op is.  Built-in ops are `td_op_NAME`, listed in ops.def; a user's own op is one more of these, id 0, with
 * td_apply as its door.  Fields not named are zero. */
struct td_op {
    const char *name;
    int         id;                /* TD_ID_NAME; 0 for a user's op */
    int         min_in, max_in;    /* how many operands; max_in < 0: any number */
    td_kind     kind;
    int         kernel;            /* for compute's own use: which leaf loop */
    bool        flat;              /* derivative 0 everywhere, on purpose: sign, comparisons, argmax */
    bool        steps;             /* jumps again and again, as floor: differences over several jumps see another slope */
    double      low, high;         /* elementwise: the open interval on which op is smooth but for kinks; 0, 0: everywhere */
    unsigned    reads;             /* what vjp reads: bit i operand i's values, 30 those from 30 on, TD_READS_RESULT the result's */
    unsigned    refuses;           /* bit i: there is no derivative by operand i, and who asks for one is refused */
    td_status  (*infer)(td_infer *i);                        /* NULL: elementwise, or same dtype and shape as in[0] */
    td_status  (*compute)(const td_call *call);              /* NULL: a view, or a composition */
    td_tensor *(*compose)(int n, td_tensor *const *in, const td_attr *attr);   /* NULL: a primitive */
    void       (*vjp)(td_pull *p);                           /* NULL: derivative 0 */
    void       (*sample)(td_sample *s);                      /* NULL: elementwise, drawn from low and high */
    const td_signature *signature;                           /* NULL: operands of any one shape and nothing else */
    /* a user's op only: its definition as a composition of ops, run by the dual engine; NULL: the dual engine can't tell */
    td_tensor *(*define)(int n, td_tensor *const *in, const td_attr *attr);
};
#define TD_READS(operand) (1u << (operand))
#define TD_READS_RESULT   (1u << 31)

enum {
    TD_ID_user,
#define TD_OP(name) TD_ID_##name,
#include "ops.def"
#undef TD_OP
    TD_ID_COUNT
};
TD_API const td_op *td_op_by_id(int id);                /* 1 <= id < TD_ID_COUNT */
TD_API const td_op *td_op_by_name(const char *name);    /* NULL: no such op */

/* The door.  attr may be NULL, which is all zeros, and is copied. */
TD_API td_tensor *td_apply(const td_op *op, int n, td_tensor *const *in, const td_attr *attr);
/* The first error sticks.  Returns status. */
TD_API td_status  td_fail(td_context *c, td_status status, const char *format, ...) TD_PRINTF(3, 4);
/* "(2,3)" into text; returns text. */
#define TD_SHAPE_TEXT 192
TD_API const char *td_shape_text(const td_shape *s, char text[TD_SHAPE_TEXT]);

/* ---- an engine ---------------------------------------------------------------------------------------------------- */

struct td_engine {
    const char *name;
    bool        whole;                                  /* compositions arrive whole; else spelt out in primitives */
    td_status (*leaf)(td_tensor *x, void *values);      /* x has dtype and shape; values row-major, in the arena: adopt them */
    td_status (*apply)(td_tensor *y);                   /* y is a new node with operands, attributes, dtype, shape */
    const void *(*read)(td_tensor *x);                  /* row-major values of x's dtype; NULL after td_fail */
    void      (*settle)(td_context *c);                 /* compute all that is pending; NULL: nothing ever is */
};

/* The values of a leaf, to be written over, as td_assign does: what was computed from it keeps what it had.  NULL after td_fail. */
TD_API void *td_overwrite(td_tensor *x);

/* For engines: memory that lives as the node made last; zero-filled; NULL after td_fail(TD_ENOMEM). */
TD_API void *td_arena(td_context *c, size_t bytes);

/* Nodes in the order they were made. */
TD_API int64_t    td_node_count(const td_context *c);
TD_API td_tensor *td_node(const td_context *c, int64_t index);
TD_API bool       td_no_grad(const td_context *c);         /* is a no-grad scope open: results are constants */
TD_API const td_engine *td_engine_of(const td_context *c);

/* How a tape computes: told after each pass over memory.  Nodes of few numbers are not told of; TD_SCHEDULE_FUSED has none. */
typedef struct td_pass {
    int64_t           n;           /* elements of a loop; 0: one node, computed alone */
    int               count;
    td_tensor *const *node;        /* in their order; those flagged TD_STORED came to memory, and every node alone */
    int64_t           read, written, flops;     /* bytes of operands from outside; of results */
} td_pass;
typedef void td_observer(const td_pass *p, void *user);
TD_API void td_observe(td_context *c, td_observer *observer, void *user);    /* NULL: nobody any more */

TD_API bool       td_has_detached(const td_context *c);    /* was td_detach or a no-grad scope used: differences can't follow */

/* body(begin, end, argument) over [0, n) in pieces of `grain`, on at most the context's number of threads.  The pieces
 * depend on n and grain alone.  A body must not touch what another piece writes. */
typedef void td_body(int64_t begin, int64_t end, void *argument);
TD_API void td_parallel(const td_context *c, int64_t n, int64_t grain, td_body *body, void *argument);

/* ---- dual numbers ------------------------------------------------------------------------------------------------- */

/* A context of td_dual_engine carries TD_LANES tangents at once; one of td_dual2_engine carries two directions a, b
 * (lanes 0, 1) and the mixed second derivative ab (lane 2).  Every number has a bound on its own rounding error. */
#define TD_LANES 4
TD_API td_status td_set_tangent(td_tensor *leaf, int lane, const double *v);    /* numel values; else tangents are 0 */
TD_API td_status td_read_lane(td_tensor *y, int lane, double *value, double *bound);   /* lane -1: the value itself; bound may be NULL */

/* A context of td_quad_engine runs definitions in quad precision (113 bits) and carries no derivative.  Its lane 0 is what a
 * value has beyond its nearest double, which is lane -1: setting it moves a leaf by less than a double can, and the bound
 * read with it is that of both together.  NULL: there is no quad precision in this build. */
TD_API const td_engine *td_quad_engine(void);

/* ---- replay ------------------------------------------------------------------------------------------------------- */

/* The nodes of a tape, forward and backward alike, run once more through their definitions in running-error arithmetic
 * with each node's own unit roundoff: gives what each tensor should be, and how far rounding may have carried the tape
 * from it, whatever the order of summation.  A node without a definition has bound NaN. */
typedef struct td_replay td_replay;
TD_API td_replay *td_replay_new(td_context *tape, int64_t count);     /* nodes 0..count; NULL if out of memory */
TD_API void       td_replay_free(td_replay *r);
TD_API td_status  td_replay_read(const td_replay *r, const td_tensor *y, double *value, double *bound);   /* numel each */
/* One node alone, from the values its operands have on the tape. */
TD_API td_status  td_replay_node(td_tensor *y, double *value, double *bound);

#ifdef __cplusplus
}
#endif
#endif
