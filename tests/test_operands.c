/* test_operands.c: kernels that are right for packed operands alone, each in one way wrong for others.  y = x^2, of a vector. */
#include "testing.h"
#include "triad_engine.h"
#include "triad_verify.h"

#include <string.h>

static const double *from(const td_call *call) { return call->in[0].data; }
static double *to(const td_call *call) { return call->out.data; }
static int64_t stride(const td_call *call) { return call->in[0].shape->stride[0]; }
static int64_t count(const td_call *call) { return call->in[0].shape->numel; }

static td_status square(const td_call *call)
{
    for (int64_t i = 0; i < count(call); i++) to(call)[i] = from(call)[i * stride(call)] * from(call)[i * stride(call)];
    return TD_OK;
}

static td_status packed(const td_call *call)
{
    for (int64_t i = 0; i < count(call); i++) to(call)[i] = from(call)[i] * from(call)[i];
    return TD_OK;
}

/* Takes a stride of 0 for one that nobody filled in. */
static td_status filled_in(const td_call *call)
{
    int64_t step = stride(call) ? stride(call) : 1;
    for (int64_t i = 0; i < count(call); i++) to(call)[i] = from(call)[i * step] * from(call)[i * step];
    return TD_OK;
}

/* Keeps notes in the gaps. */
static td_status scribbling(const td_call *call)
{
    if (stride(call) > 1) ((double *)call->in[0].data)[1] = 7;
    return square(call);
}

static td_status overwriting(const td_call *call)
{
    td_status status = square(call);
    if (count(call)) ((double *)call->in[0].data)[0] += 1;
    return status;
}

static void vjp(td_pull *p) { td_pull_add(p, 0, td_mul(p->g, td_mul_scalar(p->in[0], 2))); }

static td_tensor *define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mul(in[0], in[0]);
}

static const struct { const char *name; td_status (*compute)(const td_call *call); const char *law; } OPS[] = {
    {"square", square, NULL}, {"packed", packed, "sliced"}, {"filled in", filled_in, "expanded"},
    {"scribbling", scribbling, "between"}, {"overwriting", overwriting, ""}};

static td_tensor *program(td_context *c, td_tensor *const *in, void *user)
{
    const td_op *op = user;
    return td_error(c) ? in[0] : td_apply(op, 1, in, NULL);
}

TEST(operands, each_layout_is_asked)
{
    for (size_t k = 0; k < sizeof OPS / sizeof *OPS; k++) {
        td_op op = {.name = OPS[k].name, .min_in = 1, .max_in = 1, .reads = TD_READS(0), .compute = OPS[k].compute,
                    .define = define, .vjp = vjp};
        td_context      *c = td_open(NULL);
        td_tensor       *x = VECTOR(c, 1.5, -0.5, 2, 0.75, -3);
        td_check_result *r = td_check(program, 1, &x, &op, &(td_check_options){.skip = TD_SKIP_BLAME | TD_SKIP_DIFFERENCES});
        const char      *law = r && r->worst.law ? r->worst.law : "";
        if (!OPS[k].law) CHECK(r && r->verdict == TD_AGREE, "%s: %s, %s", OPS[k].name, r ? td_verdict_name(r->verdict) : "", law);
        else CHECK(r && r->verdict == TD_DISAGREE && strstr(law, OPS[k].law), "%s: %s, '%s'", OPS[k].name,
                   r ? td_verdict_name(r->verdict) : "", law);
        td_check_free(r);
        close_clean(c);
    }
}
