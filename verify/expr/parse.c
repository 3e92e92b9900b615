/* parse.c: text to nodes, by precedence climbing (M. Richards, "BCPL", 1969; K. Clarke, "The top-down parsing of
 * expressions", 1986).
 *
 *     comparison    x < y                     they do not chain
 *     sum           x + y - z
 *     product       x * y / z @ w
 *     sign          -x
 *     power         x ^ y ^ z, x ** y         from the right; -x^2 is -(x^2)
 *     operand       3  1.5e-3  0x1p-4  [[1,2],[3,4]]  name  pi  (x)  sum(x, axis=0, keepdim=1)
 *
 * A node is kept when its operands have been, so nodes stand in the order in which they are run.  What goes deeper is
 * counted, so that no text exhausts the stack. */
#include "lex.h"
#include "nodes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct parser {
    td_lexer           x;
    td_expr           *e;
    int                n_names, depth;
    const char *const *names;
} parser;

/* All below return a node's place, or FAILED after a refusal. */
enum { FAILED = -1 };

static int parse(parser *p, int level);

/* ---- room --------------------------------------------------------------------------------------------------------- */

/* Room for one more of n things; the list as it then is, or NULL. */
static void *grown(parser *p, void *list, int n, int *room, size_t size)
{
    if (n < *room) return list;
    int more = *room ? 2 * *room : 16;
    void *longer = realloc(list, (size_t)more * size);
    if (!longer) return td_lex_refuse(&p->x, p->x.now.at, "out of memory"), NULL;
    *room = more;
    return longer;
}

static int keep_node(parser *p, td_expr_node node)
{
    td_expr *e = p->e;
    if (e->n_node == TD_EXPR_NODES) {
        td_lex_refuse(&p->x, node.at, "more than %d operands and operators", TD_EXPR_NODES);
        return FAILED;
    }
    td_expr_node *list = grown(p, e->node, e->n_node, &e->node_room, sizeof *list);
    if (!list) return FAILED;
    e->node = list;
    node.next = -1;
    e->node[e->n_node] = node;
    return e->n_node++;
}

/* ---- operands ----------------------------------------------------------------------------------------------------- */

static int number(parser *p)
{
    td_token t = p->x.now;
    td_lex_next(&p->x);
    return keep_node(p, (td_expr_node){.kind = TD_EXPR_NUMBER, .at = t.at, .number = t.number, .first = -1});
}

static int list(parser *p)
{
    td_expr *e = p->e;
    int64_t at = p->x.now.at;
    td_expr_list *lists = grown(p, e->list, e->n_list, &e->list_room, sizeof *lists);
    if (!lists) return FAILED;
    e->list = lists;
    if (!td_lex_list(&p->x, &e->list[e->n_list])) return FAILED;
    return keep_node(p, (td_expr_node){.kind = TD_EXPR_LIST, .at = at, .index = e->n_list++, .first = -1});
}

static const struct { const char *name; td_expr_kind kind; double value; } words[] = {
    {"pi", TD_EXPR_NUMBER, 3.14159265358979323846}, {"e", TD_EXPR_NUMBER, 2.71828182845904523536},
    {"inf", TD_EXPR_NUMBER, INFINITY}, {"nan", TD_EXPR_NUMBER, NAN}, {"True", TD_EXPR_NUMBER, 1},
    {"False", TD_EXPR_NUMBER, 0}, {"bool", TD_EXPR_DTYPE, TD_BOOL}, {"i64", TD_EXPR_DTYPE, TD_I64},
    {"f32", TD_EXPR_DTYPE, TD_F32}, {"f64", TD_EXPR_DTYPE, TD_F64}};
enum { WORDS = sizeof words / sizeof words[0] };

/* A name that was given goes before a constant. */
static int name(parser *p)
{
    td_token t = p->x.now;
    for (int i = 0; i < p->n_names; i++) {
        if (!td_lex_named(&p->x, p->names[i])) continue;
        p->e->reads[i] = true;
        td_lex_next(&p->x);
        return keep_node(p, (td_expr_node){.kind = TD_EXPR_INPUT, .at = t.at, .index = i, .first = -1});
    }
    for (int i = 0; i < WORDS; i++) {
        if (!td_lex_named(&p->x, words[i].name)) continue;
        td_lex_next(&p->x);
        return keep_node(p, (td_expr_node){.kind = words[i].kind, .at = t.at, .number = words[i].value, .first = -1});
    }
    td_lex_refuse(&p->x, t.at, "nothing is called '%.*s'; give it a value: %.*s=...", (int)t.length, p->x.text + t.at,
                  (int)t.length, p->x.text + t.at);
    return FAILED;
}

/* ---- calls -------------------------------------------------------------------------------------------------------- */

/* An op that is being called: what its arguments have been so far. */
typedef struct calling { const td_op *op; td_expr_call c; int64_t at; int n, first, last, next_parameter; } calling;

static bool refuse_call(parser *p, const calling *k, int64_t at, const char *why)
{
    char text[TD_CALL_TEXT];
    return td_lex_refuse(&p->x, at, "%s: %s", why, td_call_text(k->op, text));
}

static bool take_operand(parser *p, calling *k, int value)
{
    if (p->e->node[value].kind == TD_EXPR_DTYPE) return td_lex_refuse(&p->x, p->e->node[value].at, "a dtype is no operand");
    if (k->n++) p->e->node[k->last].next = value;
    else k->first = value;
    k->last = value;
    return true;
}

/* Node `value` as parameter `which`. */
static bool take_parameter(parser *p, calling *k, int which, int value)
{
    const td_expr_node *node = &p->e->node[value];
    const td_parameter *q = &k->op->signature->parameter[which];
    td_argument *a = &k->c.argument[which];
    if (a->given) return td_lex_refuse(&p->x, node->at, "%s is given twice", q->name);
    if (td_parameter_take(q->kind, node, node->kind == TD_EXPR_LIST ? &p->e->list[node->index] : NULL, a)) return true;
    return td_lex_refuse(&p->x, node->at, "%s must be %s", q->name, td_parameter_wants(q->kind));
}

/* The present token as parameter `which`, which is a word. */
static bool take_word(parser *p, calling *k, int which)
{
    const char *name = k->op->signature->parameter[which].name, *known = k->op->signature->words;
    td_argument *a = &k->c.argument[which];
    td_token t = p->x.now;
    int word = t.kind == TD_TOKEN_NAME ? td_word_named(known, p->x.text + t.at, t.length) : -1;
    if (word < 0) return td_lex_refuse(&p->x, t.at, "%s must be one of: %s", name, known);
    if (a->given) return td_lex_refuse(&p->x, t.at, "%s is given twice", name);
    *a = (td_argument){.given = true, .number = word};
    td_lex_next(&p->x);
    return true;
}

/* What stands here as parameter `which`. */
static bool parameter(parser *p, calling *k, int which)
{
    if (k->op->signature->parameter[which].kind == TD_WORD) return take_word(p, k, which);
    int value = parse(p, TD_LEVEL_COMPARISON);
    return value != FAILED && take_parameter(p, k, which, value);
}

/* name = value */
static bool keyword(parser *p, calling *k)
{
    char text[TD_EXPR_NAME + 1];
    snprintf(text, sizeof text, "%.*s", (int)p->x.now.length, p->x.text + p->x.now.at);
    int which = td_parameter_named(k->op, text);
    if (which < 0) return refuse_call(p, k, p->x.now.at, "no such parameter");
    td_lex_next(&p->x);
    td_lex_next(&p->x);
    return parameter(p, k, which);
}

/* Operands first, as many as op takes; then parameters in their order. */
static bool positional(parser *p, calling *k)
{
    if (k->op->max_in < 0 || k->n < k->op->max_in) {
        int value = parse(p, TD_LEVEL_COMPARISON);
        return value != FAILED && take_operand(p, k, value);
    }
    int which = k->next_parameter++;
    if (which >= td_parameter_count(k->op)) return refuse_call(p, k, p->x.now.at, "too many arguments");
    return parameter(p, k, which);
}

/* A name before "=" alone, which is another sign than "==". */
static bool is_keyword(const parser *p)
{
    td_lexer ahead = p->x;
    td_expr_trouble ignored = {0};
    if (p->x.now.kind != TD_TOKEN_NAME) return false;
    ahead.trouble = &ignored;
    td_lex_next(&ahead);
    return td_lex_is(&ahead, "=");
}

static bool arguments(parser *p, calling *k)
{
    for (bool more = false; more || !td_lex_is(&p->x, ")"); ) {
        if (is_keyword(p) ? !keyword(p, k) : !positional(p, k)) return false;
        more = td_lex_accept(&p->x, ",");
        if (!more) break;
    }
    return td_lex_expect(&p->x, ")");
}

/* All that is needed is there; what was not given gets its preset. */
static bool complete(parser *p, calling *k)
{
    if (k->n < (k->op->min_in > 1 ? k->op->min_in : 1)) return refuse_call(p, k, k->at, "too few operands");
    for (int i = 0; i < td_parameter_count(k->op); i++) {
        const td_parameter *q = &k->op->signature->parameter[i];
        if (k->c.argument[i].given) continue;
        if (q->needed) return td_lex_refuse(&p->x, k->at, "%s wants %s=...", k->op->name, q->name);
        k->c.argument[i].number = q->preset;
    }
    return true;
}

/* op is known; the present token is "(" */
static int call(parser *p, const td_op *op, int64_t at)
{
    td_expr *e = p->e;
    calling k = {.op = op, .at = at, .first = -1};
    td_lex_next(&p->x);
    if (!arguments(p, &k) || !complete(p, &k)) return FAILED;
    td_expr_call *calls = grown(p, e->call, e->n_call, &e->call_room, sizeof *calls);
    if (!calls) return FAILED;
    e->call = calls;
    e->call[e->n_call] = k.c;
    return keep_node(p, (td_expr_node){.kind = TD_EXPR_CALL, .at = at, .op = op, .index = e->n_call++, .first = k.first});
}

static int name_or_call(parser *p)
{
    char text[TD_EXPR_NAME + 1];
    td_token t = p->x.now;
    td_lexer ahead = p->x;
    td_expr_trouble ignored = {0};
    ahead.trouble = &ignored;
    td_lex_next(&ahead);
    if (!td_lex_is(&ahead, "(")) return name(p);
    snprintf(text, sizeof text, "%.*s", (int)t.length, p->x.text + t.at);
    const td_op *op = td_op_by_name(text);
    if (!op) {
        td_lex_refuse(&p->x, t.at, "there is no op '%s'; triad ops lists them", text);
        return FAILED;
    }
    td_lex_next(&p->x);
    return call(p, op, t.at);
}

/* ---- expressions -------------------------------------------------------------------------------------------------- */

static int enclosed(parser *p)
{
    td_lex_next(&p->x);
    int value = parse(p, TD_LEVEL_COMPARISON);
    return value != FAILED && td_lex_expect(&p->x, ")") ? value : FAILED;
}

static int operand(parser *p)
{
    if (p->x.now.kind == TD_TOKEN_NUMBER) return number(p);
    if (p->x.now.kind == TD_TOKEN_NAME) return name_or_call(p);
    if (td_lex_is(&p->x, "(")) return enclosed(p);
    if (td_lex_is(&p->x, "[")) return list(p);
    bool end = p->x.now.kind == TD_TOKEN_END;
    td_lex_refuse(&p->x, p->x.now.at, "%s", end ? "the expression ends too early" : "an operand is missing");
    return FAILED;
}

static int refuse_dtype(parser *p, int64_t at)
{
    td_lex_refuse(&p->x, at, "a dtype is no operand");
    return FAILED;
}

/* A number's sign is part of it. */
static int negated(parser *p)
{
    int64_t at = p->x.now.at;
    td_lex_next(&p->x);
    int value = parse(p, TD_LEVEL_SIGN);
    if (value == FAILED) return FAILED;
    td_expr_node *node = &p->e->node[value];
    if (node->kind == TD_EXPR_DTYPE) return refuse_dtype(p, at);
    if (node->kind != TD_EXPR_NUMBER)
        return keep_node(p, (td_expr_node){.kind = TD_EXPR_OPERATOR, .at = at, .op = td_op_by_name("neg"), .first = value});
    node->number = -node->number;
    return value;
}

static int prefixed(parser *p)
{
    if (td_lex_is(&p->x, "-")) return negated(p);
    if (!td_lex_accept(&p->x, "+")) return operand(p);
    return parse(p, TD_LEVEL_SIGN);
}

static const td_operator *operator_here(const parser *p)
{
    for (const td_operator *o = td_operators; o->sign; o++) if (td_lex_is(&p->x, o->sign)) return o;
    return NULL;
}

/* Two numbers are one; they are the last two nodes. */
static int joined(parser *p, const td_operator *o, int64_t at, int left, int right)
{
    td_expr_node *node = p->e->node;
    bool numbers = node[left].kind == TD_EXPR_NUMBER && node[right].kind == TD_EXPR_NUMBER;
    if (node[left].kind == TD_EXPR_DTYPE || node[right].kind == TD_EXPR_DTYPE) return refuse_dtype(p, at);
    if (numbers && o->fold && right == left + 1 && right == p->e->n_node - 1) {
        node[left].number = o->fold(node[left].number, node[right].number);
        p->e->n_node--;
        return left;
    }
    node[left].next = right;
    const td_op *op = td_op_by_name(o->op);
    return keep_node(p, (td_expr_node){.kind = TD_EXPR_OPERATOR, .at = at, .by = o, .op = op, .first = left});
}

/* Operators that bind at least as tightly as level. */
static int climb(parser *p, int level)
{
    int left = prefixed(p), compared = 0;
    for (const td_operator *o = operator_here(p); left != FAILED && o && o->level >= level; o = operator_here(p)) {
        int64_t at = p->x.now.at;
        if (o->level == TD_LEVEL_COMPARISON && compared++) {
            td_lex_refuse(&p->x, at, "comparisons do not chain; set parentheses");
            return FAILED;
        }
        td_lex_next(&p->x);
        int right = parse(p, o->level + (o->level != TD_LEVEL_POWER));
        left = right == FAILED ? FAILED : joined(p, o, at, left, right);
    }
    return left;
}

static int parse(parser *p, int level)
{
    if (p->depth == TD_EXPR_DEPTH) {
        td_lex_refuse(&p->x, p->x.now.at, "nested more than %d deep", TD_EXPR_DEPTH);
        return FAILED;
    }
    p->depth++;
    int node = climb(p, level);
    p->depth--;
    return p->x.failed ? FAILED : node;
}

/* ---- from outside ------------------------------------------------------------------------------------------------- */

void td_expr_free(td_expr *e)
{
    if (!e) return;
    for (int i = 0; i < e->n_list; i++) free(e->list[i].value);
    free(e->list);
    free(e->node);
    free(e->call);
    free(e);
}

static bool whole(parser *p)
{
    p->e->root = parse(p, TD_LEVEL_COMPARISON);
    if (p->e->root == FAILED) return td_lex_refuse(&p->x, p->x.now.at, "no expression");
    if (p->x.now.kind != TD_TOKEN_END) return td_lex_refuse(&p->x, p->x.now.at, "an operator is missing before this");
    return p->e->node[p->e->root].kind != TD_EXPR_DTYPE || td_lex_refuse(&p->x, 0, "a dtype is no expression");
}

td_expr *td_expr_parse(const char *text, int64_t length, int n_names, const char *const *names, td_expr_trouble *why)
{
    parser p = {.e = calloc(1, sizeof *p.e), .n_names = n_names, .names = names};
    *why = (td_expr_trouble){0};
    p.x.trouble = why;
    bool good = p.e || td_lex_refuse(&p.x, 0, "out of memory");
    if (good && length > TD_EXPR_LENGTH) good = td_lex_refuse(&p.x, 0, "%d bytes are the most", TD_EXPR_LENGTH);
    if (good && n_names > TD_EXPR_INPUTS) good = td_lex_refuse(&p.x, 0, "%d inputs are the most", TD_EXPR_INPUTS);
    if (good) {
        p.e->literals = TD_F64;
        td_lex_open(&p.x, text, length, why);
        good = whole(&p);
    }
    if (good) return p.e;
    td_expr_free(p.e);
    return NULL;
}

bool td_expr_reads(const td_expr *e, int input) { return e->reads[input]; }
void td_expr_literals(td_expr *e, td_dtype dtype) { e->literals = dtype; }
