/* equation.h: einsum's equation, read (equation.c).
 *
 * The text travels in td_attr.list, ended by a zero. Labels are numbers: 0..25 for A..Z, 26..51 for a..z, 52..59 for the
 * axes under an ellipsis, the last of them 59, since those are aligned at the end. */
#ifndef TD_OP_EQUATION_H
#define TD_OP_EQUATION_H

#include "op/op.h"

enum { TD_EQUATION_OPERANDS = 16, TD_LABELS = 60, TD_EQUATION_TEXT = 8 * 2 * TD_MAX_RANK };

typedef struct td_equation {
    int     n;                                      /* operands; the result stands behind them */
    int     rank[TD_EQUATION_OPERANDS + 1];
    int     label[TD_EQUATION_OPERANDS + 1][TD_MAX_RANK];
    int     seen[TD_LABELS];                        /* how often */
    int64_t size[TD_LABELS];
} td_equation;

/* Reads i->attr->list for i->in; td_fail says what is wrong, and where. */
td_status td_equation_read(const td_infer *i, td_equation *e);

static inline bool td_is_label(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
static inline int  td_label_of(char c) { return c <= 'Z' ? c - 'A' : 26 + c - 'a'; }
static inline char td_letter_of(int label) { return (char)(label < 26 ? 'A' + label : label < 52 ? 'a' + label - 26 : '.'); }

#endif
