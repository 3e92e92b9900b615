/* expr.h: one-line programs: text becomes nodes once, and the nodes are a td_program that any engine runs.
 *
 * Nodes stand in the order in which they are computed, operands before results, so that running them is one loop.  Nothing
 * that text says is believed: depth, nodes, names and numbers are counted, and each refusal tells the place.  An expression
 * is never written after it was parsed, so any number of contexts may run it at once. */
#ifndef TD_EXPR_EXPR_H
#define TD_EXPR_EXPR_H

#include "triad_engine.h"

enum {
    TD_EXPR_LENGTH = 1 << 16,      /* bytes of an expression */
    TD_EXPR_NODES  = 4096,
    TD_EXPR_DEPTH  = 256,          /* of parentheses, calls, signs, powers within each other */
    TD_EXPR_NAME   = 63,           /* bytes of a name */
    TD_EXPR_DIGITS = 400,          /* bytes of a number */
    TD_EXPR_INPUTS = 32            /* names that can be given */
};

#define TD_EXPR_WHY 160

/* Where a text is refused, and why. */
typedef struct td_expr_trouble {
    int64_t at;                    /* byte of the text */
    char    why[TD_EXPR_WHY];
} td_expr_trouble;

/* ---- lists of numbers: values.c ----------------------------------------------------------------------------------- */

typedef struct td_expr_list {
    int     rank;
    int64_t size[TD_MAX_RANK];
    int64_t n, room;
    double *value;                 /* owned; row-major */
} td_expr_list;

/* Text as numbers: `3`, `1,2,4`, `[[1,2],[3,4]]`.  False: *why, and nothing is owned. */
bool td_expr_values(const char *text, int64_t length, td_expr_list *out, td_expr_trouble *why);

/* ---- expressions -------------------------------------------------------------------------------------------------- */

typedef struct td_expr td_expr;

/* names[0..n_names) are what may stand for inputs, in their order.  NULL: *why. */
td_expr *td_expr_parse(const char *text, int64_t length, int n_names, const char *const *names, td_expr_trouble *why);
void     td_expr_free(td_expr *e);                       /* NULL is allowed */
bool     td_expr_reads(const td_expr *e, int input);     /* does its name stand in the text? */
void     td_expr_literals(td_expr *e, td_dtype dtype);   /* of numbers in the text that are operands; at first f64 */

/* A td_program; user is the expression. */
td_tensor *td_expr_program(td_context *c, td_tensor *const *in, void *user);
/* The same; *at becomes the place in the text of the op at which c's error arose. */
td_tensor *td_expr_run(const td_expr *e, td_context *c, td_tensor *const *in, int64_t *at);

/* How an op is called, "sum(x, axis, keepdim=0)"; returns text. */
enum { TD_CALL_TEXT = 160 };
const char *td_call_text(const td_op *op, char text[TD_CALL_TEXT]);

#endif
