/* op.h: what the files of this room share. */
#ifndef TD_OP_OP_H
#define TD_OP_OP_H

#include "core/core.h"
#include "kernel/kernel.h"

/* All built-in ops, td_op_NAME. */
#define TD_OP(name) extern const td_op td_op_##name;
#include "ops.def"
#undef TD_OP

/* ---- applying (map.c) -------------------------------------------------------------------------------------------- */

/* The common fields of an elementwise op of n operands; its map kernel has its name. */
#define TD_ELEMENTWISE(NAME, n, KIND) \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = n, .max_in = n, .kind = KIND, .kernel = TD_MAP_##NAME, \
    .compute = td_map_compute

td_tensor *td_apply1(const td_op *op, td_tensor *x, const td_attr *attr);
td_tensor *td_apply2(const td_op *op, td_tensor *x, td_tensor *y);
/* A 0-d constant of x's dtype and context: what a rule says when it says 2 or 0. */
td_tensor *td_number(td_tensor *x, double value);
/* x itself if it is a float, else in f64. */
td_tensor *td_floating(td_tensor *x);
/* The operands of this set (bit i operand i; NULL is passed over), integers as f64, brought to one floating dtype in place. */
void       td_to_common_float(int n, td_tensor **in, unsigned set);
/* A key of random numbers of its own for each call (dropout.c). */
uint64_t   td_random_key(td_context *c);
/* gx += g slope, of an op with one operand. */
void       td_pull_slope(td_pull *p, td_tensor *slope);

/* ---- reading strided windows (map.c) ----------------------------------------------------------------------------- */

/* A window as a stream of its elements in row-major order: axes of size 1 dropped, axes that run on merged, so that the
 * inner axis is as long as can be.  Rank at least 1. */
typedef struct td_stream {
    const char *data;       /* borrowed */
    int64_t     bytes;      /* of an element */
    td_line_fn *line;       /* copies a run of them */
    int         rank;
    int64_t     size[TD_MAX_RANK], stride[TD_MAX_RANK];
} td_stream;

td_stream td_stream_of(const td_context *c, const td_window *w);
/* Where element i stands. */
const char *td_stream_at(const td_stream *s, int64_t i);
/* Elements first .. first + n of the stream: in place where they are contiguous, else copied to `buffer`. */
const void *td_stream_read(const td_stream *s, int64_t first, int64_t n, void *buffer);
/* Where each of these elements stands. */
void        td_stream_places(const td_stream *s, int64_t first, int64_t n, const void **place);

/* ---- computing --------------------------------------------------------------------------------------------------- */

/* compute of every elementwise op: the map kernel op->kernel, in blocks. */
td_status td_map_compute(const td_call *call);
/* compute of those that divide: the same, but integers are not divided by 0 (round.c). */
td_status td_divide_compute(const td_call *call);
/* out = the map `kernel` of operands, as td_map_compute. */
td_status td_map_run(const td_call *call, td_map_fn *kernel);

/* The leaf loop by which an elementwise node is computed, one block or all of it; NULL: it is computed in another way. */
td_map_fn *td_map_of(const td_tensor *y);

/* A reduction of call->in[0] over call->attr->axes by TD_REDUCE_kind (line.c).  `finish` writes result o into out from
 * the reduced line.  shift has a number for each result, or is NULL (0). */
typedef void td_finish(void *out, int64_t o, const td_partial *p, double shift);
td_status td_reduce_lines(const td_call *call, int kind, const double *shift, td_finish *finish, void *out);
/* A node that reduces all elements of its operand to one, by `line`s of a tree over blocks: how, and what ends it.  NULL:
 * it is something else. */
const td_reduce *td_reduce_of(const td_tensor *y, td_finish **finish);
/* Partials of a line's spans, each of TD_SPAN elements but the last, joined. */
enum { TD_SPAN = 16 * TD_BLOCK };
td_partial       td_reduce_join(const td_reduce *how, int64_t spans, const td_partial *part, int64_t stride);
/* How many elements of x go into one result. */
int64_t   td_line_length(const td_shape *x, uint32_t axes);

/* ---- being called by name (signature.c) --------------------------------------------------------------------------- */

double  td_as_number(const td_invocation *k, int parameter);
int     td_as_int(const td_invocation *k, int parameter);
bool    td_as_flag(const td_invocation *k, int parameter);
int64_t td_as_i64(const td_invocation *k, int parameter);       /* infinity is the largest there is */
/* The axes that are given, else all of x's; how many. */
const int64_t *td_as_sizes(const td_invocation *k, int parameter, int d, int64_t size[TD_LIST]);    /* d of them, one repeated; NULL: not given */
int     td_as_axes(const td_invocation *k, int parameter, td_tensor *x, int axes[TD_LIST]);
/* The parameter's list has as many numbers as op wants, else td_fail. */
bool    td_has_length(const td_invocation *k, int parameter, int wants);
/* call of a reduction: axes, keepdim and a are the parameters of kind TD_AXES (or TD_AXIS), TD_FLAG and TD_NUMBER. */
td_tensor *td_call_reduction(const td_invocation *k);
/* call of an op whose function is (operands, number) as td_attr.a: the parameter is the number. */
td_tensor *td_call_number(const td_invocation *k);

/* ---- sampling (sample.c) ----------------------------------------------------------------------------------------- */

/* A shape that broadcasts to that of operand 0. */
void td_sample_broadcast(td_sample *s, int operand);
void td_sample_floats(td_sample *s, int operand, double low, double high);
/* values, n of them and static, are met too: infinities, say (td_sample_in.also). */
void td_sample_also(td_sample *s, int operand, int n, const double *values);
/* Infinities and NaN are. */
void td_sample_endless(td_sample *s, int operand);
/* td_sample_shape of at most `room` elements, where each is dear to define: an integral, a long series. */
void td_sample_few(td_sample *s, int operand, int min_rank, int max_rank, int64_t room);
/* One of the values. */
double td_sample_choice(td_sample *s, int n, const double *values);

#endif
