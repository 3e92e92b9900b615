/* replay.c: the nodes of a tape once more, through their definitions in running-error arithmetic.
 *
 * Nodes stand in the order they were made, so one loop from the front has every operand before its result; the backward
 * pass is nodes like any other.  Leaves are exact.  A result's number system goes by its dtype. */
#include <math.h>
#include <stdlib.h>

#include "system.h"

struct td_replay {
    int64_t count;
    void  **numbers;                   /* owned, and each of them; by the node's index */
};

static const td_numbers *numbers_for(const td_tensor *y)
{
    return y->dtype == TD_F32 ? &td_numbers_bound32 : &td_numbers_bound64;
}

/* Memory for x's numbers; NULL after td_fail. */
static void *numbers_new(const td_tensor *x)
{
    void *numbers = malloc(((size_t)x->shape->numel + 1) * numbers_for(x)->size);
    if (!numbers) td_fail(x->context, TD_ENOMEM, "replay: out of memory");
    return numbers;
}

/* The values on the tape, as exact numbers; NULL after td_fail. */
static void *numbers_from_tape(td_tensor *x)
{
    const void *values = td_data(x);
    void *numbers = values ? numbers_new(x) : NULL;
    if (numbers) numbers_for(x)->load(numbers, x->shape->numel, (td_dtype)x->dtype, values);
    return numbers;
}

/* y's numbers from its operands', which are exact if it stands alone; NULL after td_fail. */
static void *defined(td_tensor *y, void *const *operands, bool alone)
{
    static const td_attr none;
    td_operand *in = malloc((y->n_in + 1u) * sizeof *in);
    void *out = in ? numbers_new(y) : NULL;
    if (!in) td_fail(y->context, TD_ENOMEM, "replay: out of memory");
    for (int i = 0; in && i < y->n_in; i++)
        in[i] = (td_operand){y->in[i]->shape, (td_dtype)y->in[i]->dtype, operands[i]};
    td_application f = {.context = y->context, .op = y->op, .attr = y->attr ? y->attr : &none, .n_in = y->n_in, .in = in,
                        .shape = y->shape, .alone = alone, .dtype = (td_dtype)y->dtype, .out = out};
    if (out && numbers_for(y)->define(&f)) {
        free(out);
        out = NULL;
    }
    free(in);
    return out;
}

/* A user's op: what its definition comes to; without one, what the tape has, and no bound. */
static void *by_user(td_tensor *y, void *const *operands)
{
    void *numbers = y->op->define ? numbers_new(y) : numbers_from_tape(y);
    if (!numbers) return NULL;
    if (!y->op->define) numbers_for(y)->forget(numbers, y->shape->numel);
    else if (td_bound_users(y, operands, numbers)) free(numbers), numbers = NULL;
    return numbers;
}

static void read_out(const td_tensor *y, const void *numbers, double *value, double *bound)
{
    for (int64_t i = 0; i < y->shape->numel; i++) {
        double e, v = numbers_for(y)->read(numbers, i, -1, &e);
        if (value) value[i] = v;
        if (bound) bound[i] = e;
    }
}

/* ---- a whole tape ------------------------------------------------------------------------------------------------ */

static void *replayed(const td_replay *r, td_tensor *y, void **operands)
{
    if (!y->op) return numbers_from_tape(y);
    for (int i = 0; i < y->n_in; i++) operands[i] = r->numbers[y->in[i]->index];
    return y->op->id == TD_ID_user ? by_user(y, operands) : defined(y, operands, false);
}

static int most_operands(const td_context *tape, int64_t count)
{
    int most = 0;
    for (int64_t i = 0; i < count; i++)
        if (td_node(tape, i)->n_in > most) most = td_node(tape, i)->n_in;
    return most;
}

td_replay *td_replay_new(td_context *tape, int64_t count)
{
    if (td_error(tape)) return NULL;
    if (count < 0 || count > td_node_count(tape)) {
        td_fail(tape, TD_EVALUE, "td_replay_new: %lld nodes asked for, there are %lld", (long long)count,
                (long long)td_node_count(tape));
        return NULL;
    }
    td_replay *r = calloc(1, sizeof *r);
    void **operands = malloc(((size_t)most_operands(tape, count) + 1) * sizeof *operands);
    if (r) r->numbers = calloc((size_t)count + 1, sizeof *r->numbers);
    bool complete = r && r->numbers && operands;
    if (!complete) td_fail(tape, TD_ENOMEM, "replay: out of memory");
    while (complete && r->count < count) {
        void *numbers = replayed(r, td_node(tape, r->count), operands);
        complete = numbers != NULL;
        if (complete) r->numbers[r->count++] = numbers;
    }
    free(operands);
    if (complete) return r;
    td_replay_free(r);
    return NULL;
}

void td_replay_free(td_replay *r)
{
    if (!r) return;
    for (int64_t i = 0; i < r->count; i++) free(r->numbers[i]);
    free(r->numbers);
    free(r);
}

td_status td_replay_read(const td_replay *r, const td_tensor *y, double *value, double *bound)
{
    if (y->index >= (uint64_t)r->count)
        return td_fail(y->context, TD_ESTATE, "td_replay_read: node %lu was made after the %lld replayed",
                       (unsigned long)y->index, (long long)r->count);
    read_out(y, r->numbers[y->index], value, bound);
    return TD_OK;
}

/* ---- one node ---------------------------------------------------------------------------------------------------- */

static void *from_tape_values(td_tensor *y)
{
    void **operands = calloc(y->n_in + 1u, sizeof *operands);
    bool complete = operands != NULL;
    if (!operands) td_fail(y->context, TD_ENOMEM, "replay: out of memory");
    for (int i = 0; complete && i < y->n_in; i++) complete = (operands[i] = numbers_from_tape(y->in[i])) != NULL;
    void *numbers = !complete ? NULL : y->op->id == TD_ID_user ? by_user(y, operands) : defined(y, operands, true);
    for (int i = 0; operands && i < y->n_in; i++) free(operands[i]);
    free(operands);
    return numbers;
}

td_status td_replay_node(td_tensor *y, double *value, double *bound)
{
    if (td_error(y->context)) return td_error(y->context);
    void *numbers = y->op ? from_tape_values(y) : numbers_from_tape(y);
    if (!numbers) return td_error(y->context);
    read_out(y, numbers, value, bound);
    free(numbers);
    return TD_OK;
}
