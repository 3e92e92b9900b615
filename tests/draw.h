/* draw.h: random applications of any op, drawn from what the op says of itself.
 *
 * A case is fixed by (op, number): the shapes and attributes come from op->sample, or for an elementwise op from the open
 * interval on which it is smooth; the values from the same generator.  Contexts do not enter, so that one case can be made
 * again in any engine, dtype and number of threads. */
#ifndef DRAW_H
#define DRAW_H

#include <math.h>

#include "triad_engine.h"

#define DRAW_MOST 8192    /* numbers of one operand */

typedef struct drawn {
    const td_op *op;
    td_sample    sample;    /* its state is the seed of the values */
} drawn;

static inline int64_t draw_numel(const td_sample_in *in)
{
    int64_t n = 1;
    for (int i = 0; i < in->rank; i++) n *= in->size[i];
    return n;
}

/* Operand k of an elementwise op takes operand 0's sizes, some of them 1, some axes in front left out. */
static inline void draw_broadcast(td_sample *s, int k)
{
    td_sample_in *x = &s->in[k];
    int drop = (int)td_sample_below(s, s->in[0].rank + 1);
    if (td_sample_below(s, 2)) drop = 0;
    x->rank = s->in[0].rank - drop;
    for (int i = 0; i < x->rank; i++) x->size[i] = td_sample_below(s, 4) ? s->in[0].size[i + drop] : 1;
}

static inline void draw_elementwise(const td_op *op, td_sample *s)
{
    bool everywhere = op->low == op->high;
    s->n_in = op->min_in;
    td_sample_shape(s, 0, 0, 3);
    for (int k = 0; k < s->n_in; k++) {
        if (k) draw_broadcast(s, k);
        s->in[k].what = op->kind == TD_CHOICE && k == 0 ? TD_SAMPLE_BOOL : TD_SAMPLE_FLOAT;
        s->in[k].low = everywhere ? -3 : fmax(op->low, -3);
        s->in[k].high = everywhere ? 3 : fmin(op->high, 3);
    }
}

static inline drawn draw(const td_op *op, uint64_t number)
{
    drawn d = {.op = op};
    d.sample.state = 0x9e3779b97f4a7c15u * (uint64_t)op->id + 0xbf58476d1ce4e5b9u * number + 1;
    if (op->sample) op->sample(&d.sample);
    else draw_elementwise(op, &d.sample);
    for (int k = 0; k < d.sample.n_in; k++) {
        td_sample_in *in = &d.sample.in[k];
        if (in->what == TD_SAMPLE_FLOAT && in->low == in->high) in->low = -3, in->high = 3;
    }
    return d;
}

/* Strictly inside (low, high), in eighths where there is room, now and then the value before it or a zero: ties happen. */
static inline double draw_real(td_sample *s, const td_sample_in *in, double before)
{
    double x = td_sample_real(s, in->low, in->high), coarse = rint(8 * x) / 8;
    int64_t dice = td_sample_below(s, 8);
    if (dice == 0 && before > in->low && before < in->high) return before;
    if (dice == 1 && in->low < 0 && in->high > 0) return 0;
    return dice < 5 && coarse > in->low && coarse < in->high ? coarse : (double)(float)x;
}

/* Operand k as a leaf of c; floats in this dtype, and exactly the same numbers in either. */
static inline td_tensor *draw_operand(td_context *c, td_sample *s, int k, td_dtype dtype)
{
    const td_sample_in *in = &s->in[k];
    int64_t n = draw_numel(in);
    double  f64[DRAW_MOST], before = NAN;
    float   f32[DRAW_MOST];
    int64_t i64[DRAW_MOST];
    uint8_t boolean[DRAW_MOST];
    if (n > DRAW_MOST) {
        td_fail(c, TD_EVALUE, "draw: %lld numbers", (long long)n);
        return td_scalar(c, 0);
    }
    for (int64_t i = 0; i < n; i++) {
        if (in->what == TD_SAMPLE_INDEX) i64[i] = (int64_t)in->low + td_sample_below(s, (int64_t)(in->high - in->low));
        else if (in->what == TD_SAMPLE_BOOL) boolean[i] = (uint8_t)td_sample_below(s, 2);
        else f64[i] = before = draw_real(s, in, before), f32[i] = (float)(f64[i] += td_sample_added(in, i)), f64[i] = f32[i];
    }
    if (in->what == TD_SAMPLE_INDEX) return td_array(c, TD_I64, in->rank, in->size, i64);
    if (in->what == TD_SAMPLE_BOOL) return td_array(c, TD_BOOL, in->rank, in->size, boolean);
    return dtype == TD_F32 ? td_array(c, TD_F32, in->rank, in->size, f32) : td_array(c, TD_F64, in->rank, in->size, f64);
}

/* All operands of a case, in c. */
static inline void draw_operands(td_context *c, const drawn *d, td_dtype dtype, td_tensor **in)
{
    td_sample s = d->sample;
    for (int k = 0; k < s.n_in; k++) in[k] = draw_operand(c, &s, k, dtype);
}

static inline bool draw_is_float(const drawn *d, int k)
{
    return d->sample.in[k].what == TD_SAMPLE_FLOAT;
}

static inline td_tensor *draw_apply(const drawn *d, td_tensor *const *in)
{
    return td_apply(d->op, d->sample.n_in, in, &d->sample.attr);
}

#endif
