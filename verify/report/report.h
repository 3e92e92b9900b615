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
    const char *command;           /* borrowed: of a foreign function, how it is asked; NULL: as td_failure_command says */
    td_dtype   dtype;
    int64_t    checks, agreed, disagreed, inconclusive, refused;
    int64_t    notes;              /* of the disagreed: graded a note */
    int64_t    values_agreed, values_undecided;
    int64_t    coordinates, asked, directions;
    int64_t    slopes_agreed, slopes_undecided;
    int64_t    fd_agreed, fd_kinks, fd_outside, fd_disagreed, fd_undecided;
    int64_t    quad_agreed, quad_kinks, quad_disagreed, quad_undecided;
    int64_t    second_agreed, second_undecided;
    int64_t    order;              /* in which rows stand in one run of the whole */
    int64_t    grim;               /* the worst check so far: its number, -1: none, its verdict and weight */
    td_verdict grim_verdict;
    double     grim_weight;
    int64_t    ulps[TD_ULP_BINS];
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
    const char      *command;      /* as in td_row */
    td_dtype         dtype;
    int64_t          number;       /* of the case, or of the check within the program */
    td_check_result *result;       /* owned */
} td_failure;

/* A check that is looked at closely: the worst of its row, with what is drawn of it. */
typedef struct td_exhibit {
    char        name[40];
    bool        program;
    const char *command;           /* as in td_row */
    td_dtype    dtype;
    int64_t     number;            /* as in td_failure */
    int64_t     order;             /* of its row */
    td_verdict  verdict;
    double      weight;            /* of two with this verdict the larger is the worse: share, or strain */
    td_finding  worst;
    td_blame    blame;
    td_figures *figures;           /* owned */
    int         n_pace;
    td_pace     pace[TD_PACES];
} td_exhibit;

typedef struct td_report {
    uint64_t    seed;
    int64_t     cases;             /* asked of each op and dtype */
    int64_t     shard, shards;     /* this is part shard, from 1, of so many; 0: the whole */
    int64_t     task;              /* of a part: the order of the rows made now */
    int64_t     checks;            /* added so far */
    bool        figures;           /* collect exhibits */
    int         threads;           /* of each check; 0: as usual */
    int64_t     n_row, row_room;
    td_row     *row;               /* owned */
    int64_t     n_failure, failure_room;
    td_failure *failure;           /* owned */
    int64_t     n_exhibit, exhibit_room;
    td_exhibit *exhibit;           /* owned */
    int64_t     n_word, word_room;
    char      **word;              /* owned, and each: strings that findings borrow, of a report that was read */
    bool        starved;           /* memory ran out: the report is not whole */
    bool        unasked;           /* something could not be asked at all, and standard error said so */
    double      care;              /* as in td_check_options */
    bool        colour;            /* the terminal shows it, and it is wanted */
    bool        timings;           /* write seconds, too */
    const char *again;             /* borrowed; NULL, or the command that shows every failure again */
    void      (*progress)(void *user, const char *what, double share);     /* NULL, or told what is checked now */
    void       *progress_user;     /* borrowed */
    FILE       *detail;            /* borrowed; NULL, or where each check is written in full as it is added */
} td_report;

enum { TD_MOST_FAILURES = 200,     /* kept whole; beyond, only counted */
       TD_MOST_EXHIBITS = 40, TD_MOST_AGREEING = 24 };     /* of which so many, the nearest to their bounds, may agree */

void    td_report_clear(td_report *r);
/* The row of this name and dtype, made if there is none; NULL (and starved) without memory. */
td_row *td_report_row(td_report *r, const char *name, bool program, td_dtype dtype);
/* Adds a check to its row, and takes it. */
void    td_report_add(td_report *r, td_row *row, int64_t number, td_check_result *c);
/* Takes c as an exhibit of its row, if it is worse than the one there is; counts nothing. */
void    td_report_show(td_report *r, const td_row *row, int64_t number, td_check_result *c);
bool    td_exhibit_is_of(const td_exhibit *e, const td_row *row);
/* Of two checks with the same verdict the heavier is the worse: by its share, or its strain. */
double  td_check_weight(const td_check_result *c);
bool    td_check_is_worse(td_verdict a, double weight, td_verdict b, double than);
/* When all is added: the worst exhibits stay, worst first. */
void    td_report_settle(td_report *r);
/* NULL: no memory. */
td_exhibit *td_report_exhibit_new(td_report *r);
td_failure *td_report_failure_new(td_report *r);
/* text kept as long as the report; NULL: no memory, and starved. */
const char *td_report_word(td_report *r, const char *text);
bool        td_report_word_keep(td_report *r, char *word);     /* takes it; false: no memory, and it stays the caller's */
bool        td_failure_is_of(const td_failure *f, const td_row *row);
/* What all rows have together; resolution_one is the largest that is less than 1. */
td_row     td_report_sum(const td_report *r);
/* resolution_one of the row in the middle. */
double     td_report_typical(const td_report *r);
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

/* ---- parts ------------------------------------------------------------------------------------------------------- */

/* The report that td_report_json wrote, in text of n bytes.  False: why (TD_REASON bytes) says what is wrong; *out is
 * clear. */
bool td_report_read(const char *text, size_t n, td_report *out, char *why);
/* All that part holds goes over to all, whose rows must be others.  False: no memory; both are to be cleared. */
bool td_report_take_in(td_report *all, td_report *part);
/* When all parts are in: what one run would have been.  False: no memory. */
bool td_report_put_together(td_report *all);

/* ---- in words: finding.c ----------------------------------------------------------------------------------------- */

/* "disagree (wrong, off by 0.28): TAPE is alone, against dual and differences", with no end of line */
void td_finding_headline(const td_finding *f, FILE *file);
/* What was asked, what each said, why; lines that begin with indent. */
void td_finding_text(const char *indent, const td_finding *f, FILE *file);
void td_blame_text(const char *indent, const td_blame *b, FILE *file);
/* The same of a C function, whose finding has `by`. */
void td_claim_text(const char *indent, const td_blame *b, FILE *file);
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
