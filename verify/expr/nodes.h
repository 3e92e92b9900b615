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

/* ---- calls: calls.c ----------------------------------------------------------------------------------------------- */

typedef enum td_parameter_kind {
    TD_NUMBER, TD_INTEGER, TD_FLAG, TD_AXIS,
    TD_AXES,             /* an axis or a list of them */
    TD_SIZES,            /* a whole number or a list of them */
    TD_DTYPE
} td_parameter_kind;

enum { TD_PARAMETERS = 5, TD_LIST = 2 * TD_MAX_RANK };

typedef struct td_parameter {
    const char       *name;        /* NULL: there are no more */
    td_parameter_kind kind;
    bool              needed;
    double            preset;      /* number, where it is not given */
} td_parameter;

typedef struct td_expr_argument {
    bool    given;
    double  number;                /* of a list the first; of a dtype which */
    int     n;                     /* of axes, sizes */
    int64_t list[TD_LIST];
} td_expr_argument;

typedef struct td_face td_face;

typedef struct td_application {
    const td_face     *face;
    int                n;
    td_tensor *const  *in;
    const td_expr_argument *argument;   /* as many as the face has parameters */
} td_application;

/* What an op takes besides operands, and how it is called with them.  Ops without such a row take operands alone. */
struct td_face {
    const char  *op;               /* NULL ends the table */
    td_parameter parameter[TD_PARAMETERS];
    td_tensor *(*apply)(const td_application *k);
    td_tensor *(*all)(td_tensor *x);                             /* of reductions: both faces */
    td_tensor *(*some)(td_tensor *x, int n, const int *axes, bool keepdim);
    td_tensor *(*all_with)(td_tensor *x, double a);              /* of those with a number */
    td_tensor *(*some_with)(td_tensor *x, double a, int n, const int *axes, bool keepdim);
};

const td_face *td_face_of(const char *op);               /* NULL: operands alone */
/* "sum(x, axis, keepdim=0)"; returns text. */
enum { TD_FACE_TEXT = 120 };
const char    *td_face_text(const td_op *op, const td_face *f, char text[TD_FACE_TEXT]);

/* ---- parameters: parameters.c ------------------------------------------------------------------------------------- */

int         td_parameter_named(const td_face *f, const char *name);      /* or by another name of the same; -1: none */
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

typedef struct td_expr_call { const td_face *face; td_expr_argument argument[TD_PARAMETERS]; } td_expr_call;

/* A number, list (of this node) or dtype as a parameter of this kind; false: it is none. */
bool td_parameter_take(td_parameter_kind kind, const td_expr_node *node, const td_expr_list *list, td_expr_argument *out);

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
