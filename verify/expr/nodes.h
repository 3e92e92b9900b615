/* nodes.h: an expression from inside: what parse.c makes and run.c walks. */
#ifndef TD_EXPR_NODES_H
#define TD_EXPR_NODES_H

#include "expr.h"

/* ---- operators: operators.c --------------------------------------------------------------------------------------- */

enum { TD_LEVEL_COMPARISON = 1, TD_LEVEL_SUM, TD_LEVEL_PRODUCT, TD_LEVEL_SIGN, TD_LEVEL_POWER };

typedef struct td_operator {
    const char *sign;              /* NULL ends the table */
    int         level;
    const char *op;
    double    (*fold)(double a, double b);                       /* of two numbers; NULL: not before it is run */
    td_tensor *(*before)(double a, td_tensor *y);                /* with a number in front; NULL: as a tensor */
    td_tensor *(*after)(td_tensor *x, double b);                 /* and behind */
} td_operator;

extern const td_operator td_operators[];

/* ---- calls: parameters.c ----------------------------------------------------------------------------------------------- */

int         td_parameter_count(const td_op *op);
int         td_parameter_named(const td_op *op, const char *name);       /* or by another name of the same; -1: none */
int         td_word_named(const char *words, const char *name, int64_t length);      /* which; -1: none of them */
const char *td_parameter_wants(td_parameter_kind kind);                  /* "an axis" */

/* ---- nodes -------------------------------------------------------------------------------------------------------- */

typedef enum td_expr_kind {
    TD_EXPR_NUMBER, TD_EXPR_LIST, TD_EXPR_INPUT, TD_EXPR_DTYPE, TD_EXPR_OPERATOR, TD_EXPR_CALL
} td_expr_kind;

typedef struct td_expr_node {
    td_expr_kind       kind;
    int64_t            at;         /* byte of the text */
    double             number;     /* of a number or dtype */
    int                index;      /* of an input, list or call */
    const td_operator *by;         /* of an operator */
    const td_op       *op;         /* of an operator or call */
    int                first;      /* operand; -1: none */
    int                next;       /* operand of the same result; -1: this is the last */
} td_expr_node;

typedef struct td_expr_call { td_argument argument[TD_PARAMETERS]; } td_expr_call;

/* A number, list (of this node) or dtype as a parameter of this kind; false: it is none. */
bool td_parameter_take(td_parameter_kind kind, const td_expr_node *node, const td_expr_list *list, td_argument *out);

struct td_expr {
    td_expr_node *node;            /* owned, as all here */
    td_expr_list *list;
    td_expr_call *call;
    int           n_node, n_list, n_call, node_room, list_room, call_room;
    int           root;
    td_dtype      literals;
    bool          reads[TD_EXPR_INPUTS];
};

#endif
