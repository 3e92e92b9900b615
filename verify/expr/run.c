/* run.c: an expression as a program: one loop over its nodes, under whatever engine the context has. */
#include "nodes.h"

/* A run's own memory is the context's arena, and goes with it. */
typedef struct run {
    const td_expr     *e;
    td_context        *c;
    td_tensor *const  *in;
    td_tensor        **value;      /* of each node that is computed */
    td_tensor        **operand;    /* of the one that is computed now */
} run;

/* A number or a list becomes a tensor where an operand is wanted. */
static td_tensor *literal(const run *r, const td_expr_node *node)
{
    if (node->kind == TD_EXPR_NUMBER) return td_full(r->c, r->e->literals, 0, NULL, node->number);
    const td_expr_list *l = &r->e->list[node->index];
    return td_to(td_array(r->c, TD_F64, l->rank, l->size, l->n ? l->value : &(double){0}), r->e->literals);
}

static td_tensor *value_of(const run *r, int i)
{
    const td_expr_node *node = &r->e->node[i];
    if (node->kind == TD_EXPR_INPUT) return r->in[node->index];
    return node->kind == TD_EXPR_OPERATOR || node->kind == TD_EXPR_CALL ? r->value[i] : literal(r, node);
}

static td_tensor *operate(const run *r, const td_expr_node *node)
{
    int left = node->first, right = r->e->node[left].next;
    const td_expr_node *x = &r->e->node[left], *y = right < 0 ? x : &r->e->node[right];
    if (right < 0) return td_apply(node->op, 1, (td_tensor *[]){value_of(r, left)}, NULL);
    if (x->kind == TD_EXPR_NUMBER && node->by->before) return node->by->before(x->number, value_of(r, right));
    if (y->kind == TD_EXPR_NUMBER && node->by->after) return node->by->after(value_of(r, left), y->number);
    td_tensor *a = value_of(r, left), *b = value_of(r, right);
    return td_apply(node->op, 2, (td_tensor *[]){a, b}, NULL);
}

static td_tensor *call(const run *r, const td_expr_node *node)
{
    const td_expr_call *k = &r->e->call[node->index];
    int n = 0;
    for (int i = node->first; i >= 0; i = r->e->node[i].next) r->operand[n++] = value_of(r, i);
    if (td_error(r->c)) return r->operand[0];
    const td_signature *by = node->op->signature;
    td_invocation a = {node->op, n, r->operand, k->argument};
    return by && by->call ? by->call(&a) : td_apply(node->op, n, r->operand, NULL);
}

td_tensor *td_expr_run(const td_expr *e, td_context *c, td_tensor *const *in, int64_t *at)
{
    size_t n = (size_t)e->n_node;
    run r = {.e = e, .c = c, .in = in, .value = td_arena(c, 2 * n * sizeof(td_tensor *))};
    if (!r.value) return NULL;
    r.operand = r.value + n;
    for (int i = 0; i < e->n_node; i++) {
        const td_expr_node *node = &e->node[i];
        if (node->kind == TD_EXPR_OPERATOR) r.value[i] = operate(&r, node);
        else if (node->kind == TD_EXPR_CALL) r.value[i] = call(&r, node);
        if (td_error(c)) return *at = node->at, r.value[i];
    }
    *at = e->node[e->root].at;
    return value_of(&r, e->root);
}

td_tensor *td_expr_program(td_context *c, td_tensor *const *in, void *user)
{
    int64_t at;
    return td_expr_run(user, c, in, &at);
}
