/* foreign.h: other people's functions under judgement.
 *
 * What is declared (triad_foreign.h, or words on a command line) becomes a subject by its signature: a td_function whose
 * routines call the foreign ones as they want to be called.  A signature is a row of one table (signature.c): its parts
 * are what can be judged of one declaration.  Nothing here trusts what is declared before td_foreign_refusal has read it.
 * */
#ifndef TD_FOREIGN_INTERNAL_H
#define TD_FOREIGN_INTERNAL_H

#include "foreign/arrays.h"
#include "function/function.h"
#include "triad_foreign.h"

typedef struct td_subject {
    const td_foreign_function *d;  /* borrowed */
    td_function f;                 /* user: the subject itself */
    td_door    *door;              /* borrowed: where adapters say what they see, and lend buffers */
    uint64_t    seed;              /* of what a declaration leaves open: multipliers, constant inputs */
    double     *room;              /* owned: numbers of the adapter's own */
    int        *row, *column;      /* owned: triplets */
    td_kernel  *kernel;            /* owned */
    char        law[TD_REASON];    /* room for a law that names something */
} td_subject;

/* One thing to judge. */
typedef struct td_part {
    const char *suffix;            /* of the name; "" */
    /* Fills s->f.  Why it can't be asked, or NULL; "" if there is nothing to ask. */
    const char *(*fill)(td_subject *s);
} td_part;

enum { TD_NEEDS_N = 1, TD_NEEDS_VALUE = 2, TD_NEEDS_OBJECT = 4, TD_NEEDS_ARRAYS = 8, TD_NEEDS_BACKWARD = 16,
       TD_ONLY_F64 = 32, TD_NEEDS_M = 64, TD_SIZES_FIT_INT = 128 };

typedef struct td_foreign_signature {
    const char    *name, *help;    /* "plain", "double f(int n, ...)" */
    unsigned       needs;
    const td_part *part;           /* ends with a NULL suffix */
} td_foreign_signature;

extern const td_foreign_signature *const td_signatures[];      /* ends with NULL */

const td_foreign_signature *td_signature_by_name(const char *name);
/* Why this declaration can't be asked, in words that say what to add; NULL: it can. */
const char *td_foreign_refusal(const td_foreign_function *d);

/* False after a message in trouble. */
bool td_subject_open(td_subject *s, const td_foreign_function *d, int part, td_door *door, uint64_t seed,
                     char trouble[TD_REASON]);
void td_subject_close(td_subject *s);
/* Room for n numbers of the adapter's own; false: no memory. */
bool td_subject_room(td_subject *s, int64_t n);
/* "w[5]" of coordinate i, or of result i; "" if it has no other name. */
void td_subject_place(const td_subject *s, bool result, int64_t i, char *text, size_t size);

extern const td_foreign_signature td_signature_plain, td_signature_vector, td_signature_kernel, td_signature_fortran,
    td_signature_fortran_scalar, td_signature_fortran_function, td_signature_nlopt, td_signature_nlopt_vector,
    td_signature_lbfgs, td_signature_minpack, td_signature_minpack_square, td_signature_ipopt, td_signature_gsl_multimin,
    td_signature_gsl_multiroot, td_signature_gsl_multifit;

#endif
