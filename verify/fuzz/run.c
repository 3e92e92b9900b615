/* run.c: the one td_program that interprets steps; which steps, by number. */
#include "fuzz/steps.h"

const char TD_STEPS_FILE[] = "program";

td_tensor *td_steps_program(td_context *c, td_tensor *const *in, void *user)
{
    const td_steps *p = user;
    td_tensor *result[TD_MOST_STEPS] = {0};
    for (int k = 0; k < p->n_step && !td_error(c); k++) {
        const td_step *s = &p->step[k];
        td_tensor *operand[TD_STEP_IN];
        for (int i = 0; i < s->n; i++) operand[i] = s->in[i] < 0 ? in[~s->in[i]] : result[s->in[i]];
        result[k] = td_at(td_apply(s->op, s->n, operand, &s->attr), TD_STEPS_FILE, k + 1);
        if (td_error(c)) return result[k];
    }
    return result[p->n_step - 1];
}

static bool is_smooth(td_dtype d)
{
    return d == TD_F32 || d == TD_F64;
}

td_problem td_steps_problem(td_steps *p, td_input in[TD_MOST_INPUTS], uint64_t seed)
{
    for (int i = 0; i < p->n_input; i++) {
        const td_step_input *x = &p->input[i];
        in[i] = (td_input){x->dtype, x->rank, {0}, x->numel, is_smooth(x->dtype), &x->number};
        for (int a = 0; a < x->rank; a++) in[i].size[a] = x->size[a];
    }
    return (td_problem){.f = td_steps_program, .user = p, .n = p->n_input, .in = in, .seed = seed, .threads = 1};
}

void td_step_number(td_step_input *in, int64_t i, double v)
{
    switch (in->dtype) {
    case TD_F64: in->number.f64[i] = v; break;
    case TD_F32: in->number.f32[i] = (float)v; break;
    case TD_I64: in->number.i64[i] = (int64_t)v; break;
    default: in->number.truth[i] = v != 0;
    }
}

td_tensor *td_step_leaf(td_context *c, const td_step_input *in)
{
    return td_array(c, in->dtype, in->rank, in->size, &in->number);
}

/* Short ones oftener than long ones: they are as likely to meet a fault, and cheaper. */
int td_steps_seeds(uint64_t seed, int64_t number, uint64_t out[TD_MOST_SEEDS])
{
    uint64_t key = td_hash(seed ^ UINT64_C(0xf022), (uint64_t)number);
    int most = 3 + (int)(key % (TD_MOST_SEEDS - 4)), n = 1 + 3 + (int)(td_hash(key, 0) % (uint64_t)(most - 2));
    for (int k = 0; k < n; k++) out[k] = td_hash(key, 1 + (uint64_t)k);
    return n;
}
