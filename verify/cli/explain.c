/* explain.c: triad explain: which ops of a program and its gradient share a pass over memory, and why a pass ends.
 *
 * The expression is run on random inputs of the sizes given, the schedule tells of each pass (td_observe), and each is
 * printed when all are known: what it holds, what it moves, and the operand that it had to wait for. */
#include "cli.h"
#include "clock.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 1000, LINE = 76 };

typedef struct made {
    td_tensor *node;
    bool       stored;             /* came to memory */
} made;

typedef struct pass {
    int64_t n, read, written, flops;
    int     count;
    made   *op;                    /* owned */
} pass;

typedef struct job {
    td_context *c;
    td_expr    *e;
    int         n, passes;
    bool        starved;
    char        name[TD_EXPR_INPUTS][TD_EXPR_NAME + 1];
    td_tensor  *in[TD_EXPR_INPUTS];
    pass        pass[MOST];
} job;

/* ---- inputs: NAME=SIZES -------------------------------------------------------------------------------------------- */

/* "64,784"; "-" has no axes.  false: it is no list of sizes. */
static bool sizes_of(const char *text, int *rank, int64_t *size)
{
    *rank = 0;
    if (!strcmp(text, "-")) return true;
    for (;; text++) {
        char *end;
        if (*rank == TD_MAX_RANK || *text < '0' || *text > '9') return false;
        size[(*rank)++] = strtoll(text, &end, 10);
        if (!*end) return true;
        if (*end != ',') return false;
        text = end;
    }
}

static bool take_input(job *j, const char *word, td_dtype dtype)
{
    int64_t size[TD_MAX_RANK];
    int rank;
    size_t length = strcspn(word, "=");
    if (!word[length] || !length || length > TD_EXPR_NAME || !sizes_of(word + length + 1, &rank, size))
        return td_complain("explain wants NAME=SIZES, as in x=64,784 or b=-: %s", word), false;
    if (j->n == TD_EXPR_INPUTS) return td_complain("explain takes at most %d inputs", TD_EXPR_INPUTS), false;
    memcpy(j->name[j->n], word, length);
    j->in[j->n++] = td_require_grad((td_rand)(j->c, dtype, rank, size));
    return td_error(j->c) ? td_complain("%s", td_message(j->c)), false : true;
}

static bool parse(job *j, const char *text)
{
    const char *names[TD_EXPR_INPUTS];
    td_expr_trouble why;
    for (int i = 0; i < j->n; i++) names[i] = j->name[i];
    j->e = td_expr_parse(text, (int64_t)strlen(text), j->n, names, &why);
    return j->e ? true : (td_complain("%s, at byte %lld of the expression", why.why, (long long)why.at), false);
}

/* ---- what is told -------------------------------------------------------------------------------------------------- */

static void note(const td_pass *p, void *user)
{
    job *j = user;
    made *op = j->passes < MOST ? malloc((size_t)p->count * sizeof *op) : NULL;
    j->starved = j->starved || !op;
    for (int i = 0; op && i < p->count; i++) op[i] = (made){p->node[i], p->n && p->node[i]->flags & TD_STORED};
    if (op) j->pass[j->passes++] = (pass){p->n, p->read, p->written, p->flops, p->count, op};
}

/* The pass before `before` that made x; -1: none, it is an input or a few numbers. */
static int maker_of(const job *j, const td_tensor *x, int before)
{
    for (int i = before - 1; i >= 0; i--)
        for (int k = 0; k < j->pass[i].count; k++)
            if (j->pass[i].op[k].node == x) return i;
    return -1;
}

/* The operand that was there last; NULL: none was waited for. */
static const td_tensor *waited_for(const job *j, int at, int *latest)
{
    const td_tensor *last = NULL;
    *latest = -1;
    for (int k = 0; k < j->pass[at].count; k++) {
        const td_tensor *y = j->pass[at].op[k].node;
        for (int i = 0; i < y->n_in; i++) {
            const td_tensor *x = y->in[i]->base ? y->in[i]->base : y->in[i];
            int from = maker_of(j, x, at);
            if (from > *latest) *latest = from, last = x;
        }
    }
    return last;
}

static const char *why(const job *j, int at, int maker, const td_tensor *x)
{
    const pass *p = &j->pass[at], *from = &j->pass[maker];
    if (!from->n) return "which shares no loop";
    if (x->shape->numel != from->n) return "all of it";
    if (!p->n) return "in memory";
    return p->n == from->n ? "laid out otherwise, or that loop was full" : "over other elements";
}

/* ---- printing ------------------------------------------------------------------------------------------------------ */

static const char *amount(double v, char text[16])
{
    static const char *const unit[] = {"", "k", "M", "G", "T"};
    int i = 0;
    while (v >= 1000 && i < 4) v /= 1000, i++;
    snprintf(text, 16, i ? "%.3g %s" : "%.0f %s", v, unit[i]);
    return text;
}

static void print_ops(const pass *p)
{
    int column = printf("     ");
    for (int i = 0; i < p->count; i++) {
        const char *name = p->op[i].node->op->name;
        if (column + (int)strlen(name) + 2 > LINE) printf("\n"), column = printf("     ");
        column += printf(" %s%s", name, p->op[i].stored ? "*" : "");
    }
    printf("\n");
}

static void print_pass(const job *j, int at)
{
    const pass *p = &j->pass[at];
    char read[16], written[16], flops[16], shape[TD_SHAPE_TEXT];
    int maker;
    const td_tensor *x = waited_for(j, at, &maker);
    printf("%4d ", at + 1);
    if (p->n) printf("%d ops over %lld elements", p->count, (long long)p->n);
    else printf("%s %s alone", p->op[0].node->op->name, td_shape_text(p->op[0].node->shape, shape));
    printf(": reads %sB, writes %sB, %sflop\n", amount((double)p->read, read), amount((double)p->written, written),
           amount((double)p->flops, flops));
    if (p->n) print_ops(p);
    if (x) printf("      after pass %d: needs its %s, %s\n", maker + 1, x->op->name, why(j, at, maker, x));
}

/* Bytes a second of a copy that is larger than the caches: what a pass over memory can't beat. */
static double copy_speed(void)
{
    enum { BYTES = 64 << 20 };
    char *from = calloc(1, BYTES), *to = calloc(1, BYTES);
    double best = 0;
    for (int i = 0; from && to && i < 4; i++) {
        double start = td_clock_now();
        memcpy(to, from, BYTES);
        double speed = 2.0 * BYTES / (td_clock_now() - start);
        from[i] = to[BYTES - 1 - i];
        if (i && speed > best) best = speed;
    }
    free(from);
    free(to);
    return best;
}

static void print_sum(const job *j)
{
    td_stats s = td_stats_of(j->c);
    char bytes[16], flops[16], speed[16], held[16];
    double copy = copy_speed();
    printf("\n%lld nodes, %lld in %lld loops, %lld alone; %sB moved, %sflop, %sB at most held\n", (long long)s.nodes,
           (long long)s.fused, (long long)s.loops, (long long)s.alone, amount((double)s.bytes, bytes), amount((double)s.flops, flops),
           amount((double)s.peak, held));
    if (copy > 0)
        printf("from memory, at the %sB/s of a copy here and now, it takes %.3g us or more\n", amount(copy, speed),
               1e6 * (double)s.bytes / copy);
}

/* ---- the command --------------------------------------------------------------------------------------------------- */

static int explain(job *j, const td_args *a)
{
    for (int i = 1; i < a->n_name; i++) if (!take_input(j, a->name[i], a->f64 ? TD_F64 : TD_F32)) return TD_EXIT_TROUBLE;
    if (!parse(j, a->name[0])) return TD_EXIT_TROUBLE;
    if (!a->f64) td_expr_literals(j->e, TD_F32);
    td_observe(j->c, note, j);
    td_tensor *y = td_expr_program(j->c, j->in, j->e);
    if (y && !td_error(j->c) && td_numel(y) != 1) y = td_sum(y);
    if (y && td_requires_grad(y)) td_backward(y);
    else td_data(y);
    if (td_error(j->c)) return td_complain("%s", td_message(j->c));
    if (j->starved) return td_complain("more than %d passes, or out of memory", MOST);
    for (int i = 0; i < j->passes; i++) print_pass(j, i);
    if (!j->passes) printf("few numbers: each op is computed as it is recorded\n");
    print_sum(j);
    return TD_EXIT_AGREE;
}

static int run(const td_args *a)
{
    if (!a->n_name) return td_complain("explain wants an expression, such as 'sum(x^2)' x=100000; see triad explain --help");
    job *j = calloc(1, sizeof *j);
    if (j) j->c = td_open(NULL);
    int status = j && j->c ? explain(j, a) : td_complain("out of memory");
    for (int i = 0; j && i < j->passes; i++) free(j->pass[i].op);
    if (j) td_expr_free(j->e), td_close(j->c);
    free(j);
    return status;
}

static const td_option options[] = {
    {"--dtype", "f32|f64", "inputs and numbers in this dtype; default f64", td_set_dtype},
    {0}};

const td_command td_command_explain = {
    "explain", " EXPRESSION [NAME=SIZES...]", "which ops of a program share a pass over memory, and why passes end\n\n"
    "The expression and its gradients by all inputs are computed, on random numbers, and\n"
    "each pass over memory is told: the ops that share it, those whose results come to\n"
    "memory with a star, the bytes it moves, and the operand it had to wait for.\n"
    "  triad explain 'mean((tanh(x*w + b) - y)^2)' x=100000 w=100000 b=- y=100000\n",
    options, run};
