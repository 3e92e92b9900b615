/* view.h: what the views share: the order of failures, the command that shows one again, and text made harmless.
 *
 * Nothing here is known of a format but how its text is escaped.  Text comes from messages and file names: it may hold
 * any byte, and may be cut in the middle of a character. */
#ifndef TD_VIEW_H
#define TD_VIEW_H

#include "report.h"

/* Owned by the caller; n_failure of them, borrowed.  NULL: no memory. */
const td_failure **td_failures_worst_first(const td_report *r);
bool               td_failure_same_row(const td_failure *one, const td_failure *other);
/* A check by its row and its number in it. */
typedef struct td_check_id { const char *name, *command; td_dtype dtype; bool program; int64_t number; } td_check_id;
td_check_id        td_failure_id(const td_failure *f);
td_check_id        td_exhibit_id(const td_exhibit *e);
/* "triad check softmax --dtype f64 --case 1 --seed 0" */
void               td_check_command(const td_report *r, const td_check_id *c, FILE *file);
void               td_failure_command(const td_report *r, const td_failure *f, FILE *file);
/* The reason that row i has at offset `member` of td_row; NULL if there is none, or a row before has the same. */
const char        *td_reason_met(const td_report *r, int64_t i, size_t member);

/* ---- a row as one test of a test suite --------------------------------------------------------------------------- */

/* A note: all that disagrees is smaller than the care that was given, and so the exit status is 0. */
typedef enum td_outcome { TD_ROW_PASSED, TD_ROW_FAILED, TD_ROW_NOTED, TD_ROW_SKIPPED } td_outcome;
td_outcome  td_row_outcome(const td_report *r, const td_row *row);
const char *td_row_open(const td_row *row);             /* why it is skipped */
double      td_row_seconds(const td_row *row);
/* "60 checks: 57 agree, 1 disagrees, 2 inconclusive", with no end of line */
void        td_row_account(const td_row *row, FILE *file);
/* The account, and of the row's failures the worst in full.  order: all failures, worst first. */
void        td_row_text(const td_report *r, const td_row *row, const td_failure *const *order, FILE *file);

/* ---- harmless text ----------------------------------------------------------------------------------------------- */

/* text as UTF-8 that XML and YAML allow: what is neither, and every control character, becomes U+FFFD. */
void  td_text_plain(const char *text, FILE *file);
/* The same with & < > " ' escaped. */
void  td_text_markup(const char *text, FILE *file);
/* The same as the inside of a JSON string. */
void  td_text_json(const char *text, FILE *file);
/* The same on one line, with # and \ escaped: the description of a test in TAP. */
void  td_text_line(const char *text, FILE *file);

/* What was written to file, as a string. */
typedef struct td_caught { FILE *file; char *text; size_t size; } td_caught;
bool  td_catch(td_caught *c);                           /* false: no memory */
char *td_caught_text(td_caught *c);                     /* owned by the caller; NULL: no memory */

#endif
