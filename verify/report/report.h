/* report.h: one results structure, of which text, JSON, HTML, JUnit and TAP are views.
 *
 * A row sums up the checks of one op or one program in one dtype; a failure keeps a check that disagreed whole.  Nothing in
 * it depends on the time, the machine or the number of threads, but seconds, which are written only where asked for. */
#ifndef TD_REPORT_H
#define TD_REPORT_H

#include "cases.h"

typedef struct td_row {
    char       name[40];
    char       note[96];           /* of a program: what it reached */
    bool       program;
    td_dtype   dtype;
    int64_t    checks, agreed, disagreed, inconclusive, refused;
    int64_t    notes;              /* of the disagreed: graded a note */
    int64_t    values_agreed, values_undecided;
    int64_t    coordinates, asked, directions;
    int64_t    slopes_agreed, slopes_undecided;
    int64_t    fd_agreed, fd_kinks, fd_outside, fd_disagreed, fd_undecided;
    int64_t    quad_agreed, quad_kinks, quad_disagreed, quad_undecided;
    int64_t    second_agreed, second_undecided;
    td_count   laws, repeats, operands, ops, variants;
    double     seconds[TD_STAGES];
    double     strain;             /* the largest |tape - dual| / (sum of bounds) among those that agreed */
    double     resolution, resolution_one;     /* the largest of all checks */
    char       open[TD_REASON];    /* why something was not decided, the first time */
    char       fd_open[TD_REASON];
    char       quad_open[TD_REASON];
    char       second_open[TD_REASON];
} td_row;

typedef struct td_failure {
    char             name[40];
    bool             program;
    td_dtype         dtype;
    int64_t          number;       /* of the case, or of the check within the program */
    td_check_result *result;       /* owned */
} td_failure;

typedef struct td_report {
    uint64_t    seed;
    int64_t     cases;             /* asked of each op and dtype */
    int64_t     n_row, row_room;
    td_row     *row;               /* owned */
    int64_t     n_failure, failure_room;
    td_failure *failure;           /* owned */
    bool        starved;           /* memory ran out: the report is not whole */
    double      care;              /* as in td_check_options */
    bool        timings;           /* write seconds, too */
    void      (*progress)(void *user, const char *what, double share);     /* NULL, or told what is checked now */
    void       *progress_user;     /* borrowed */
    FILE       *detail;            /* borrowed; NULL, or where each check is written in full as it is added */
} td_report;

#define TD_MOST_FAILURES 200       /* kept whole; beyond, only counted */

void    td_report_clear(td_report *r);
/* The row of this name and dtype, made if there is none; NULL (and starved) without memory. */
td_row *td_report_row(td_report *r, const char *name, bool program, td_dtype dtype);
/* Adds a check to its row, and takes it. */
void    td_report_add(td_report *r, td_row *row, int64_t number, td_check_result *c);
td_verdict td_report_verdict(const td_report *r);
td_verdict td_row_verdict(const td_row *row);

/* Check `cases` cases of op from number `first` on; second derivatives in every `second`-th case, 0: never. */
void td_survey_op(td_report *r, const td_op *op, td_dtype dtype, int64_t first, int64_t cases, int64_t second);

/* Views.  A view that can't be written whole returns TD_EIO. */
td_status td_report_text(const td_report *r, FILE *file);
td_status td_report_json(const td_report *r, FILE *file);
td_status td_report_html(const td_report *r, FILE *file);
td_status td_report_junit(const td_report *r, FILE *file);
td_status td_report_tap(const td_report *r, FILE *file);
/* The failures alone, worst first, each with the command that shows it again. */
td_status td_report_failures(const td_report *r, FILE *file);

/* ---- in words: finding.c ----------------------------------------------------------------------------------------- */

/* "disagree (wrong, off by 0.28): TAPE is alone, against dual and differences", with no end of line */
void td_finding_headline(const td_finding *f, FILE *file);
/* What was asked, what each said, why; lines that begin with indent. */
void td_finding_text(const char *indent, const td_finding *f, FILE *file);
void td_blame_text(const char *indent, const td_blame *b, FILE *file);
/* Parts of these.  What was asked, "slope of result 1 along coordinate 0 of input 0"; it may break into lines. */
void td_finding_asked(const td_finding *f, FILE *file);
void td_blame_asked(const char *indent, const td_blame *b, FILE *file);
void td_blame_headline(const td_blame *b, FILE *file);       /* "at fault: softmax (rule against definition)" */
void td_finding_names(const td_finding *f, const char *name[2]);      /* who gave tape and dual */
bool td_is_there(td_answer a);
enum { TD_DIGITS = 40 };
const char *td_number_text(double v, char text[TD_DIGITS]);  /* all digits; NaN has no sign and neither has 0 */
/* text as lines of less than 80 columns. */
void td_sentence(const char *indent, const char *text, FILE *file);

#endif
