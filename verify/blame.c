/* blame.c: which op is it?
 *
 * Each application of the program is taken alone: leaves with the values its operands have, the op applied twice to the
 * same leaves and added (a rule that assigns where it should add is half wrong then; a large op is applied once), checked
 * like any program.  The first that disagrees is at fault, since everything before it was right.  A program that agrees is
 * asked op by op too: what is small beside the rounding of the whole is not beside that of one op.
 *
 * The program's applications are read from the dual engine, where compositions stand whole; within a guilty composition the
 * primitives are asked in the same way.  A rule may be right and yet compute with a wrong kernel: then the nodes of its
 * backward pass are compared with their definitions. */
#include "compare.h"
#include "explain.h"
#include "kernels.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_NODES = 20000 };

typedef struct application {
    const td_op   *op;
    const td_attr *attr;
    int            n;
} application;

static td_tensor *apply_once(td_context *c, td_tensor *const *in, void *user)
{
    const application *a = user;
    (void)c;
    return td_apply(a->op, a->n, in, a->attr);
}

static td_tensor *apply_twice(td_context *c, td_tensor *const *in, void *user)
{
    td_tensor *y = apply_once(c, in, user);
    bool smooth = td_dtype_of(y) == TD_F64 || td_dtype_of(y) == TD_F32;
    return smooth ? td_add(y, apply_once(c, in, user)) : y;
}

/* Twice, unless that is dear. */
static td_program *how_often(int n, const td_input *in)
{
    int64_t numbers = 0;
    for (int i = 0; i < n; i++) numbers += in[i].numel;
    return numbers > TD_LARGE ? apply_once : apply_twice;
}

typedef struct search {
    const td_check_options *o;
    td_blame               *out;
    td_count               *count;      /* what came of each application; NULL within a composition */
    application             guilty;     /* of the last conviction */
    td_input               *in;         /* owned; its operands, borrowed from the context they were found in */
} search;

static void convict(search *s, const td_tensor *y, const td_check_result *r, bool twice, const char *inside)
{
    td_blame *b = s->out;
    const td_finding *w = &r->worst;
    const char *file = b->found ? b->file : y->file;
    int line = b->found ? b->line : y->line;
    *b = (td_blame){.found = true, .op = y->op->name, .inside = inside, .asked = w->asked, .operand = w->input,
                    .coordinate = w->coordinate, .output = w->output, .twice = twice, .tape = w->tape, .dual = w->dual,
                    .file = file, .line = line};
    td_write_shapes(y, b->shapes);
}

static td_check_result *try_alone(const search *s, td_program *how, application *a, const td_input *in)
{
    td_problem p = {.f = how, .user = a, .n = a->n, .in = in, .seed = s->o->seed, .threads = s->o->threads, .alone = a->op,
                    .power = a->attr ? fmax(1, fabs(a->attr->a)) : 1};
    td_check_options o = *s->o;
    o.progress = NULL;
    o.coordinates = 0;             /* as many as the op can afford */
    o.skip |= TD_SKIP_DIFFERENCES | TD_SKIP_BLAME | TD_SKIP_REPEATS | TD_SKIP_VARIANTS;
    return td_check_problem(&p, &o);
}

/* What is wrong when applied once is shown so.  Right once and wrong twice: not the rule but the adding up. */
static void explain(search *s, application *a, const td_input *in, int64_t results, td_finding *once)
{
    td_blame *b = s->out;
    td_problem p = {.f = apply_once, .user = a, .n = a->n, .in = in, .seed = s->o->seed, .threads = s->o->threads};
    if (once->verdict != TD_DISAGREE) {
        snprintf(b->hint, sizeof b->hint, "right when applied once: two uses of an operand do not add up");
    } else if (once->asked == b->asked) {
        td_locate_output(&p, results, once);
        b->operand = once->input, b->coordinate = once->coordinate, b->output = once->output;
        b->tape = once->tape, b->dual = once->dual;
        b->twice = false;
        td_explain_finding(&p, once, results, b->hint, sizeof b->hint);
    }
}

/* r: what convicted it. */
static void explain_guilty(search *s, application *a, const td_input *in, int64_t results, td_check_result *r)
{
    td_check_result *once = s->out->twice ? try_alone(s, apply_once, a, in) : r;
    if (once) explain(s, a, in, results, &once->worst);
    if (once != r) td_check_free(once);
}

static void count(td_count *c, const td_check_result *r)
{
    td_verdict v = r ? r->verdict : TD_INCONCLUSIVE;
    if (v == TD_AGREE) c->agreed++;
    else if (v == TD_DISAGREE) c->disagreed++;
    else c->undecided++;
}

/* Is y's op guilty?  Leaves its operands and application in s if so. */
static bool is_guilty(search *s, td_tensor *y, const char *inside)
{
    application a = {y->op, y->attr, y->n_in};
    td_input *in = calloc((size_t)y->n_in + 1, sizeof *in);
    if (!in) return false;
    for (int i = 0; i < y->n_in; i++) {
        in[i] = td_input_of(y->in[i]);
        if (y->op->refuses >> i & 1) in[i].smooth = false;
    }
    td_program *how = how_often(a.n, in);
    td_check_result *r = try_alone(s, how, &a, in);
    bool guilty = r && r->verdict == TD_DISAGREE;
    if (s->count) count(s->count, r);
    if (guilty) {
        convict(s, y, r, how == apply_twice, inside);
        explain_guilty(s, &a, in, td_numel(y), r);
        free(s->in);
        s->in = in;
        s->guilty = a;
    } else {
        free(in);
    }
    td_check_free(r);
    return guilty;
}

/* The first guilty application among c's nodes. */
static bool walk(search *s, td_context *c, const char *inside)
{
    int64_t n = td_node_count(c);
    for (int64_t i = 0; i < n && i < MOST_NODES; i++) {
        td_tensor *y = td_node(c, i);
        if (s->o->progress) s->o->progress(s->o->progress_user, td_stage_name(TD_STAGE_BLAME), (double)i / (double)n);
        if (y->op && is_guilty(s, y, inside)) return true;
    }
    return false;
}

static td_context *record(const td_problem *p, const td_engine *engine, bool back)
{
    td_context *c = td_problem_open(p, engine);
    td_tensor **leaf = calloc((size_t)p->n + 1, sizeof *leaf);
    for (int i = 0; c && leaf && i < p->n; i++) {
        leaf[i] = td_problem_leaf(p, c, i);
        if (back && p->in[i].smooth) td_require_grad(leaf[i]);
    }
    td_tensor *y = c && leaf ? td_problem_run(p, c, leaf) : NULL;
    if (y && back) td_backward(td_sum(y));
    free(leaf);
    if (!c || !td_error(c)) return c;
    td_close(c);
    return NULL;
}

/* A composition is guilty as a whole: which of its primitives is it?  If none, it is the composition itself. */
static void look_inside(search *s)
{
    application whole = s->guilty;
    td_input *in = s->in;
    td_program *how = how_often(whole.n, in);
    td_problem p = {.f = how, .user = &whole, .n = whole.n, .in = in, .seed = s->o->seed, .threads = s->o->threads};
    td_context *c = record(&p, td_tape_engine(), false);
    s->in = NULL;
    s->count = NULL;
    if (c && walk(s, c, whole.op->name)) free(in);
    else s->in = in;
    td_close(c);
}

/* ---- a rule that is right, made of ops of which one computes wrongly --------------------------------------------- */

/* Is what y's kernel computed what its definition says of the same operands?  The op with the rule stays named. */
static bool kernel_is_wrong(search *s, td_tensor *y)
{
    td_blame b = {0};
    if (!td_kernel_is_wrong(y, &b)) return false;
    b.inside = s->out->op;
    b.file = s->out->file;
    b.line = s->out->line;
    *s->out = b;
    return true;
}

static void look_at_kernels(search *s)
{
    application *a = &s->guilty;
    td_program *how = how_often(a->n, s->in);
    td_problem p = {.f = how, .user = a, .n = a->n, .in = s->in, .seed = s->o->seed, .threads = s->o->threads};
    td_context *c = record(&p, td_tape_engine(), true);
    int64_t n = c ? td_node_count(c) : 0;
    for (int64_t i = 0; i < n && i < MOST_NODES; i++) {
        td_tensor *y = td_node(c, i);
        if (y->op && kernel_is_wrong(s, y)) break;
    }
    td_close(c);
}

static int64_t applications(const td_context *c)
{
    int64_t n = 0;
    for (int64_t i = 0; i < td_node_count(c); i++) n += td_node(c, i)->op != NULL;
    return n;
}

void td_blame_find(const td_problem *p, const td_check_options *options, td_blame *out, td_count *ops, int64_t *of)
{
    search s = {.o = options, .out = out, .count = ops};
    td_context *c = record(p, td_dual_engine(), false);
    *of = c ? applications(c) : 0;
    if (c && walk(&s, c, NULL) && s.guilty.op->compose) look_inside(&s);
    if (out->found && out->asked == TD_ASKED_SLOPE) look_at_kernels(&s);
    free(s.in);
    td_close(c);
}
