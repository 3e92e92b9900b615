/* op.h: an op made wrong on purpose, in one way.
 *
 * An op is data, so a mutant is a copy of it whose rule and kernel call the original's and then spoil what they gave.
 * Nothing else changes: engines find the definition by the op's id, so a mutant is judged like any op.  What is spoilt is
 * written in ops and recorded, so the tape's bound follows it: the tape computes a wrong formula rightly.  A composition is
 * taken as one op, whose rule is the derivative of what it is composed of. */
#ifndef TD_MUTANT_OP_H
#define TD_MUTANT_OP_H

#include "triad_engine.h"

typedef struct td_mutation td_mutation;

/* The op comes first: a rule and a kernel are handed the op and find the mutant behind it. */
typedef struct td_mutant {
    td_op              op;
    const td_op       *original;
    const td_mutation *mutation;
    int64_t           *changed;        /* borrowed; counts the times that there was something to change */
    uint64_t           seed;           /* the attributes', which hold the mutant's place instead (mutate/definition.c) */
} td_mutant;

/* Where a mutation takes hold: one of these is not NULL, but for the control's.  A tensor given back as it came, or a
 * false, says that there was nothing to change. */
struct td_mutation {
    const char *name, *what;
    double      a;                     /* its own */
    int         k;
    td_tensor *(*cotangent)(const td_mutation *m, td_tensor *g);       /* what the rule is given */
    td_tensor *(*saved)(const td_mutation *m, const td_pull *p, const td_tensor *reader, td_tensor *x);  /* reads */
    /* a step of it; NULL: as it is */
    td_tensor *(*node)(const td_mutation *m, const td_tensor *node, td_tensor *const *in);
    td_tensor *(*adjoint)(const td_mutation *m, const td_pull *p, int operand, td_tensor *gx);    /* what it finds */
    bool       (*hand)(const td_mutation *m, td_pull *p, td_tensor **gx);    /* and hands over; NULL entries: nothing */
    bool       (*value)(const td_mutation *m, const td_call *call);    /* what the kernel wrote */
    td_tensor *(*define)(const td_mutation *m, const td_op *op, td_tensor *y);    /* what op's definition gave */
};

enum { TD_MUTANT_OPERANDS = 16 };

/* A relative error of fewer units of roundoff is not planted: a few steps of a rule may make as large a one. */
#define TD_MUTANT_UNITS 256
/* Is a factor that differs from 1 by so much a mistake, in this dtype? */
bool td_mutant_counts(double difference, td_dtype dtype);

td_mutant td_mutant_of(const td_op *op, const td_mutation *m, int64_t *changed);

/* Of a mutation of the definition: m becomes a user's op, and attr says where m is. */
void      td_mutant_define(td_mutant *m, td_attr *attr);
/* Attributes as the original is to have them. */
td_attr   td_mutant_attr(const td_mutant *m, const td_attr *attr);

/* The mutations: adjoints, steps of rules, values, definitions; each list ends with a NULL name. */
extern const td_mutation td_mutations_adjoint[], td_mutations_rule[], td_mutations_value[], td_mutations_definition[];

/* The rule's recorded steps, nodes from `begin` on, made again with the mutation in them; gx are renewed with them. */
bool       td_mutant_rewrite(const td_mutation *m, const td_pull *p, int64_t begin, td_tensor **gx);
td_tensor *td_mutant_again(const td_tensor *node, td_tensor *const *in);

/* x after a loss of digits that no recorded op shows: an identity by its definition, whose kernel rounds to single. */
td_tensor *td_mutant_rounded(td_tensor *x);

#endif
