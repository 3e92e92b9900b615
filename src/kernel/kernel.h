/* kernel.h: the leaf loops, floor 0.  Plain numbers in contiguous memory; no tensor, no context, no error.
 *
 * The files of set.h are compiled once per instruction set from one text, and all loops of a set stand in one table of
 * function pointers; every table gives the same bits.  Rows of a table are indexed by dtype in the order of td_dtype: bool
 * (uint8_t 0 or 1), i64, f32, f64.  NULL: no such loop for that dtype.  Integers wrap.  f32 elementary functions compute in double and round once. */
#ifndef TD_KERNEL_H
#define TD_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

enum { TD_K_BOOL, TD_K_I64, TD_K_F32, TD_K_F64, TD_K_DTYPES };

/* ---- maps: y_i = f(x0_i, x1_i, x2_i; a, b) --------------------------------------------------------------------------
 * Chosen by the dtype of the last operand.  Scalars a, b are rounded to that dtype first.  Comparisons write bool.
 *
 * Made to be called on a block that is in cache, and to leave one there: any n >= 0, any alignment of the element; y may be
 * one of the operands if both have one element size, or overlap none.  Element i depends on the operands' i alone. */

enum {
#define TD_MAP(name) TD_MAP_##name,
#include "map.def"
#undef TD_MAP
    TD_MAP_COUNT
};
typedef void td_map_fn(int64_t n, void *y, const void *const *x, double a, double b);

/* y_i = x_(i stride), stride in elements. */
typedef void td_line_fn(int64_t n, void *y, const void *x, int64_t stride);

/* ---- past the caches --------------------------------------------------------------------------------------------- */

typedef struct td_past {
    /* to = from, for what is too large to be read from the caches again.  next[0..ahead): what will be read soon, as many
     * bytes each; they need not exist. */
    void (*write)(int64_t bytes, void *to, const void *from, int ahead, const void *const *next);
    void (*finish)(void);    /* before another thread may read what this one wrote */
} td_past;

/* ---- reductions -----------------------------------------------------------------------------------------------------
 * A line is cut into blocks of TD_BLOCK.  Number i of a block is joined to lane i % TD_BLOCK_LANES, in order, from 0 (of a
 * product 1); then lane l is joined by lane l + half, half = TD_BLOCK_LANES / 2, ... 2, 1.  Blocks are joined in a binary
 * tree, neighbours first.  So the bits depend on the line's length alone; they are part of the numerics version.  Extremes
 * and counts are the same in any order. */

#define TD_BLOCK 1024
#define TD_BLOCK_LANES 32
#define TD_PANEL 512     /* lines side by side, at most: 4 KiB of doubles, a page */

typedef struct td_partial {
    union {
        double  f;       /* float: the sum so far (f32 too), or the extreme */
        int64_t i;       /* integer: the same */
    };
    int64_t at;          /* argmax: position of the extreme in the line */
} td_partial;

/* One block of lines that stand side by side: number r of line c is row[r][c]. */
typedef struct td_panel {
    int64_t            n, width;    /* 1 <= n <= TD_BLOCK, 1 <= width <= TD_PANEL */
    int64_t            first;       /* where the block stands in the lines */
    bool               dense;       /* rows follow one another without a gap */
    const void *const *row;         /* [n] */
    const double      *shift;       /* [width] */
} td_panel;

typedef struct td_reduce {
    /* n >= 1 numbers without a gap, from position `first` of their line on, a multiple of TD_BLOCK.  Their blocks must be a
     * whole subtree of the line's: a power of two of them, or the last.  shift: sumexp and ties only. */
    void (*line)(int64_t n, const void *x, int64_t first, double shift, td_partial *out);
    void (*panel)(const td_panel *p, td_partial *out);
    /* *right, which follows, joined to *left */
    void (*merge)(td_partial *left, const td_partial *right);
} td_reduce;

enum {
    TD_REDUCE_sum,        /* bool and i64 in i64, f32 in double */
    TD_REDUCE_prod,       /* f32 in double; floats only */
    TD_REDUCE_squares,    /* sum of x^2, likewise */
    TD_REDUCE_max,        /* NaN wins; of several largest the first (zeros have signs) */
    TD_REDUCE_min,
    TD_REDUCE_argmax,     /* max with its position in `at` */
    TD_REDUCE_sumexp,     /* sum exp(x - shift), x <= shift, of f32 each rounded; floats only */
    TD_REDUCE_ties,       /* how many equal shift, in f; floats only */
    TD_REDUCE_COUNT
};

/* ---- gemm: C = A B --------------------------------------------------------------------------------------------------
 * c_ij is accumulated from 0 over k in order, one fma a step, whatever the tiling: a product may be cut along m and n at
 * will, and its pieces computed by anyone.  Strides are in elements and may be any; C overlaps neither operand.  m, n >= 1.
 *
 * A convolution is a product whose A is a view of the padded image with a window's strides (overlapping rows are fine); an
 * A that is no strided view has to be gathered by the caller, TD_GEMM_ROWS rows at a time. */

#define TD_GEMM_ROWS 96      /* a good piece of C: a multiple of every tile, */
#define TD_GEMM_COLS 256     /* and what is packed of B for it stays in a cache */

typedef struct td_gemm {
    int64_t     m, n, k;
    const void *a, *b;
    int64_t     a_row, a_col, b_row, b_col;
    void       *c;
    int64_t     c_row, c_col;
    const void *packed;      /* B as `pack` laid it out, or NULL */
    bool        more;        /* C holds sums of earlier steps, which are continued */
    bool        far;         /* A is in no cache, and too much of it to be there next time */
} td_gemm;

typedef struct td_gemm_kernel {
    void (*multiply)(const td_gemm *g);
    void (*pack)(const td_gemm *g, void *to);    /* B alone is looked at; k times n rounded up to `lanes` elements */
    /* A alone is looked at, k > 0; its rows run on, `row` elements apart, at least k rounded up to `lanes`. */
    void (*lay)(const td_gemm *g, int64_t row, void *to);
    int lanes, widest;       /* up to `widest` columns are packed side by side, rounded up to lanes: a row for each k */
} td_gemm_kernel;

/* ---- moves between strided places: index.h ----------------------------------------------------------------------- */

enum {
    TD_WALK_MOVE, TD_WALK_GATHER,
    TD_WALK_SCATTER, TD_WALK_PUT, TD_WALK_TIMES, TD_WALK_MOST, TD_WALK_LEAST,    /* to an index: ways to join */
    TD_WALK_TURN, TD_WALK_COUNT
};
struct td_walk;
/* Along the last axis of w, or the last two, from these three places on. */
typedef void td_walk_row(const struct td_walk *w, char *to, const char *from, const char *index);

/* Where the first of n indices stands that is not in 0..end-1; -1: there is none. */
typedef int64_t td_index_fn(int64_t n, const int64_t *index, int64_t end);

/* ---- rows and columns, [begin, end) of a block: softmax.h, norm.h, scan.h ----------------------------------------- */

struct td_columns;
typedef void td_columns_fn(const struct td_columns *c, int64_t begin, int64_t end);

enum { TD_ENTROPY_loss, TD_ENTROPY_slope, TD_ENTROPY_COUNT };
struct td_entropy;
typedef void td_entropy_fn(const struct td_entropy *e, int64_t begin, int64_t end);

enum { TD_NORM_layer, TD_NORM_adjoint, TD_NORM_weights, TD_NORM_COUNT };
struct td_rows;
typedef void td_rows_fn(const struct td_rows *r, int64_t begin, int64_t end);

enum { TD_SCAN_sum, TD_SCAN_prod, TD_SCAN_recurrence, TD_SCAN_max, TD_SCAN_min, TD_SCAN_argmax, TD_SCAN_logsumexp, TD_SCAN_COUNT };
struct td_scan;
typedef void td_scan_fn(const struct td_scan *s, int64_t begin, int64_t end);

/* ---- convolutions: conv.h ------------------------------------------------------------------------------------------ */

enum { TD_CONV_along, TD_CONV_across, TD_CONV_COUNT };
struct td_conv;
typedef void td_conv_fn(const struct td_conv *v, int64_t begin, int64_t end);

/* ---- windows: window.h --------------------------------------------------------------------------------------------- */

struct td_band;
struct td_extreme;
typedef void td_band_fn(const struct td_band *b, int64_t begin, int64_t end);
typedef void td_extreme_fn(const struct td_extreme *w, int64_t begin, int64_t end);

struct td_factor;      /* factor.h */

/* ---- an LSTM's gates: gates.h; dropout: drop.h --------------------------------------------------------------------- */

enum { TD_GATES_forward, TD_GATES_backward, TD_GATES_COUNT };
struct td_gates;
typedef void td_gates_fn(const struct td_gates *g);

struct td_drop;
typedef void td_drop_fn(const struct td_drop *d, int64_t begin, int64_t end);

/* ---- the table --------------------------------------------------------------------------------------------------- */

typedef struct td_kernels {
    const char *name;
    td_map_fn *const *const *map;                 /* [dtype][TD_MAP_name] */
    td_map_fn *const (*cast)[TD_K_DTYPES];        /* [from][to]; float to i64 truncates, saturates, NaN is 0 */
    td_line_fn *const *line;                      /* [dtype] */
    const td_past *past;
    const td_reduce (*reduce)[TD_K_DTYPES];       /* [TD_REDUCE_name][dtype] */
    const td_gemm_kernel *const *gemm;            /* [dtype], not bool */
    td_walk_row *const (*walk)[TD_K_DTYPES];      /* [TD_WALK_kind][dtype] */
    td_index_fn *outside;
    td_columns_fn *const *softmax;                /* [dtype], floats */
    td_entropy_fn *const (*entropy)[TD_K_DTYPES]; /* [TD_ENTROPY_what][dtype], floats */
    td_rows_fn *const (*norm)[TD_K_DTYPES];       /* [TD_NORM_what][dtype], floats */
    td_scan_fn *const (*scan)[TD_K_DTYPES];       /* [TD_SCAN_kind][dtype of x], not bool; recurrence, logsumexp: floats */
    const struct td_factor *factor;
    td_conv_fn *const (*conv)[TD_K_DTYPES];       /* [TD_CONV_way][dtype], floats */
    td_band_fn *const *band;                      /* [dtype], floats */
    td_extreme_fn *const *extreme;                /* [dtype], floats */
    td_gates_fn *const (*gates)[TD_K_DTYPES];     /* [TD_GATES_way][dtype], floats */
    td_drop_fn *const *drop;                      /* [dtype], floats */
} td_kernels;

/* The best table for this machine; and the one called name ("base", "avx2", "avx512"), NULL if this machine can't. */
const td_kernels *td_kernels_get(void);
const td_kernels *td_kernels_named(const char *name);
/* The i-th there is, NULL beyond the last; here: can this machine? */
const td_kernels *td_kernels_at(int i, bool *here);

#endif
