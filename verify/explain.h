/* explain.h: where a gradient is wrong, and what that looks like in words. */
#ifndef TD_EXPLAIN_H
#define TD_EXPLAIN_H

#include "witness.h"

/* The cotangents with which a gradient is looked at: all ones, and random signs and magnitudes. */
enum { TD_EVEN, TD_RANDOM, TD_LOOKS };

/* A gradient claimed and true, coordinate by coordinate; differences up to limit mean nothing. */
typedef struct td_look { double *claim, *truth, *limit; } td_look;

typedef struct td_evidence {
    int64_t         n;             /* coordinates looked at */
    const int64_t  *at;            /* borrowed, as all here: which they are; all of them if whole */
    bool            whole;
    td_look         look[TD_LOOKS];
    const td_input *x;             /* the operand */
    const td_input *other;         /* another operand of as many elements, or NULL */
    int64_t         results;       /* how many elements the op's result has */
    const td_finding *f;           /* what convicted, one entry of the Jacobian where that is known */
} td_evidence;

/* Of a slope that convicts, asked of p, whose result has so many entries: the entry that shows it, and that alone. */
void td_locate_output(const td_problem *p, int64_t results, td_finding *f);

/* What a finding about p looks like, one sentence; "" if nothing is known, or there is no memory. */
void td_explain_finding(const td_problem *p, const td_finding *f, int64_t results, char *text, size_t size);
/* Shared by patterns: the same but for the limit; NaN is NaN's equal. */
bool td_near(double a, double b, double limit);
bool td_look_wrong(const td_look *l, int64_t i);
/* The right numbers in wrong places? */
bool td_explain_place(const td_evidence *e, char *text, size_t size);
/* Of a slope, from evidence: the strongest pattern that fits. */
void td_explain(const td_evidence *e, char *text, size_t size);
/* The same where nothing is known but the numbers: both looks are the same, and of x only the shape is read. */
void td_explain_numbers(const td_evidence *e, char *text, size_t size);

#endif
