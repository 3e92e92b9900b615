/* all.h: the definitions of all ops over one number system, and the one function that runs them.
 *
 * Included once by each dual1.c-like file, after the header of its number system.  The table below names every op of
 * ops.def; one without a definition does not compile. */
#include <stdlib.h>
#include <string.h>

#include "../system.h"

#include "form.h"
#include "unary.h"
#include "elementary.h"
#include "activation.h"
#include "round.h"
#include "logic.h"
#include "binary.h"
#include "pair.h"
#include "reduce.h"
#include "shape.h"
#include "repeat.h"
#include "diagonal.h"
#include "assemble.h"
#include "index.h"
#include "scatter.h"
#include "place.h"
#include "along.h"
#include "mask.h"
#include "patch.h"
#include "linalg.h"
#include "contract.h"
#include "factor.h"
#include "spectral.h"
#include "nn.h"
#include "scan.h"
#include "conv.h"
#include "distance.h"
#include "order.h"
#include "pool.h"
#include "loss.h"
#include "classes.h"
#include "ctc.h"
#include "border.h"
#include "channel_norm.h"
#include "special.h"
#include "bessel.h"
#include "airy.h"
#include "attention.h"
#include "recurrent.h"
#include "bag.h"
#include "fft.h"
#include "difference.h"
#include "unpool.h"
#include "grid.h"

static const definition *const definition_of[TD_ID_COUNT] = {
#define TD_OP(name) [TD_ID_##name] = &define_##name,
#include "ops.def"
#undef TD_OP
};

static num element(const td_application *f, const definition *d, const int64_t *at, int64_t i)
{
    if (d->function) return d->function(operand(f, 0)[i]);
    if (d->unary) return d->unary(f->attr, operand(f, 0)[i]);
    if (d->binary) return d->binary(operand(f, 0)[i], operand(f, 1)[i]);
    if (d->element) return d->element(f, at, i);
    if (d->from) {
        int64_t k = d->from(f, at, i);
        return k < 0 ? fill_value(f) : operand(f, 0)[k];    /* 0.5 is 0 among integers */
    }
    group g = group_at(f, at, f->attr->keepdim);
    return d->reduce(f->attr, &g);
}

static void run_pieces(int64_t begin, int64_t end, void *argument)
{
    const td_application *f = argument;
    const definition *d = definition_of[f->op->id];
    int64_t at[TD_MAX_RANK] = {0};
    for (int64_t i = begin; d->piece && i < end; i++) d->piece(f, i);
    if (d->piece) return;
    unravel(f->shape->rank, f->shape->size, begin, at);
    for (int64_t i = begin; i < end; i++, advance(f->shape, at)) result(f)[i] = element(f, d, at, i);
}

static td_status check_indices(const td_application *f, int operand_number, int64_t low, int64_t end)
{
    for (int64_t i = 0; i < f->in[operand_number].shape->numel; i++) {
        double k = num_value(operand(f, operand_number)[i]);
        if (definition_of[f->op->id]->spared && definition_of[f->op->id]->spared(f, i)) continue;
        if (!(k >= (double)low && k < (double)end))
            return td_fail(f->context, TD_EVALUE, "%s: index %.0f at position %lld is out of range %lld..%lld",
                           f->op->name, k, (long long)i, (long long)low, (long long)end - 1);
    }
    return TD_OK;
}

static td_status check_all_indices(const td_application *f, const definition *d)
{
    int64_t below = d->indexed ? d->indexed(f) : -1;
    if (below >= 0) return check_indices(f, 1, 0, below);
    for (int k = 0; d->places && k < f->n_in; k++) {
        int64_t n = d->places(f, k);
        if (n >= 0 && check_indices(f, k, d->wraps ? -n : 0, n)) return td_error(f->context);
    }
    return TD_OK;
}

/* Pieces of about equal work, each reading about this many numbers. */
enum { WORK = 4096 };

static td_status run_definition(const td_application *f)
{
    const definition *d = definition_of[f->op->id];
    td_status status = check_all_indices(f, d);
    if (status) return status;
    int64_t n = !d->piece ? f->shape->numel : d->pieces ? d->pieces(f) : 1, work = 0;
    for (int i = 0; i < f->n_in; i++) work += f->in[i].shape->numel;
    td_application copy = *f;
    int64_t grain = d->reduce || d->piece ? 1 + WORK / (1 + work / (n + 1)) : d->element ? 1 + WORK / (1 + work / 8) : WORK;
    copy.scratch_numbers = d->scratch ? d->scratch(f) : 0;
    copy.scratch = d->scratch ? malloc((size_t)(copy.scratch_numbers * n + 1) * sizeof(num)) : NULL;
    if (d->scratch && !copy.scratch) return td_fail(f->context, TD_ENOMEM, "%s: out of memory", f->op->name);
    td_parallel(f->context, n, grain, run_pieces, &copy);
    free(copy.scratch);
    return d->refuses ? d->refuses(f) : TD_OK;
}
