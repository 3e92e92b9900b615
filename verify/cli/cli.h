/* cli.h: what the subcommands share.
 *
 * Exit status: 0 all that was asked agreed, 1 something disagreed, 2 it could not be asked (usage, files, memory). */
#ifndef TD_CLI_H
#define TD_CLI_H

#include "expr/expr.h"
#include "foreign/ask.h"
#include "report/report.h"

enum { TD_EXIT_AGREE, TD_EXIT_DISAGREE, TD_EXIT_TROUBLE };

#define TD_CASES 60                /* of each op and dtype: more than 10,000 in all */

enum { TD_MOST_SHARDS = 10000, TD_MOST_JOBS = 256 };

/* What a command line may say; each command takes some of it. */
typedef struct td_args {
    const char **name;             /* owned, the strings borrowed as all here: ops and programs */
    int         n_name;
    bool        f64, f32;          /* which dtypes; both if none was asked for */
    int64_t     one_case;          /* -1: all */
    int64_t     cases;
    int64_t     count;             /* of programs; 0: not given */
    double      seconds;           /* 0: not given */
    uint64_t    seed;
    int64_t     shard, shards;     /* part shard, from 1, of so many; 0: the whole */
    int64_t     jobs;              /* 0: not given */
    const char *json, *html, *junit, *tap, *data;      /* NULL: not given */
    bool        programs, ops, faults, timings, names, table, all, help;
    double      care;              /* 0: not given */
    bool        cases_said;
    td_ask      ask;               /* of libraries; what is not in its options is filled in later */
    int         n_word;            /* all words of the command */
    char *const *word;
} td_args;

typedef struct td_option {
    const char *name;              /* "--cases"; NULL ends a list */
    const char *operand;           /* "N"; NULL: a flag */
    const char *help;
    bool      (*set)(td_args *a, const char *text);    /* false: text is no such thing */
} td_option;

typedef struct td_command {
    const char       *name, *operands, *help;
    const td_option  *options;
    int             (*run)(const td_args *a);
} td_command;

extern const td_command td_command_check, td_command_compare, td_command_explain, td_command_expr, td_command_fuzz,
                        td_command_isa, td_command_merge, td_command_mutate, td_command_ops, td_command_report,
                        td_command_version;

/* Fills *out; false after a message on stderr. */
bool td_args_parse(const td_command *command, int n, char *const *text, td_args *out);
void td_args_help(const td_command *command, FILE *file);

/* ---- libraries: foreign.c ---------------------------------------------------------------------------------------- */

extern const td_option td_foreign_options[];
void td_foreign_defaults(td_args *a);
bool td_is_library(const char *name);                  /* a path, not a name of ours */
/* false after messages: something could not be asked */
bool td_check_library(td_report *r, const td_args *a, const char *name);
void td_signatures_help(FILE *file);
int  td_foreign_worker(int n, char **text);

/* Setters of options, for the tables of the commands (args.c). */
bool td_set_dtype(td_args *a, const char *text), td_set_case(td_args *a, const char *text);
bool td_set_cases(td_args *a, const char *text), td_set_seed(td_args *a, const char *text);
bool td_set_html(td_args *a, const char *text), td_set_junit(td_args *a, const char *text);
bool td_set_tap(td_args *a, const char *text);
bool td_set_json(td_args *a, const char *text), td_set_data(td_args *a, const char *text);
bool td_set_programs(td_args *a, const char *text), td_set_faults(td_args *a, const char *text);
bool td_set_count(td_args *a, const char *text), td_set_seconds(td_args *a, const char *text);
bool td_set_jobs(td_args *a, const char *text);
bool td_set_shard(td_args *a, const char *text), td_set_names(td_args *a, const char *text);
bool td_set_table(td_args *a, const char *text), td_set_all(td_args *a, const char *text);
bool td_set_timings(td_args *a, const char *text), td_set_care(td_args *a, const char *text);

/* How far a long command is: a line on the terminal that standard error is, if it is one. */
typedef struct td_progress {
    bool             terminal, shown;
    double           start, next;
    const td_report *r;            /* borrowed: how many checks it has */
    int              done, tasks, jobs;    /* of which this one tells of itself */
} td_progress;
void td_progress_open(td_progress *p, const td_report *r, int tasks, int jobs);
void td_progress_tell(void *progress, const char *what, double share);
void td_progress_close(td_progress *p);

/* An empty report, as the command line wishes it. */
td_report td_report_for(const td_args *a, td_progress *p);
/* Asks all that the command line names, or its shard of it, and settles the report; p is what r->progress tells. */
bool td_run_tasks(td_report *r, const td_args *a, td_progress *p);

/* A survey that several processes can share (jobs.c): part `number` of so many, whose rows say where they belong. */
typedef struct td_share {
    bool      (*run)(td_report *r, const void *of, int number, int jobs);
    const void *of;                /* borrowed */
} td_share;
bool td_run_jobs(td_report *r, const td_share *p, int jobs);
int  td_jobs_usual(void);

/* All that is left of a file, of n bytes; owned by the caller.  NULL: it could not be read, or there is no memory. */
char *td_read_all(FILE *file, size_t *n);

/* "triad: ..." on stderr; returns TD_EXIT_TROUBLE. */
int td_complain(const char *format, ...) TD_PRINTF(1, 2);
/* Views of a report in files (views.c): rows of an option table, and who writes what they ask for. */
#define TD_VIEW_OPTIONS \
    {"--html", "FILE", "write the report there as one page of HTML", td_set_html}, \
    {"--junit", "FILE", "as JUnit XML: each op or program and dtype is a test", td_set_junit}, \
    {"--tap", "FILE", "as TAP, likewise; of all these - is standard output", td_set_tap}
/* Standard output is a terminal that has it, and NO_COLOR is not set (https://no-color.org). */
bool td_colour_is_wanted(void);
/* One view goes to standard output, which then carries nothing else. */
bool td_view_alone(const td_args *a);
/* false after a message: two views can't share standard output, or a file */
bool td_views_sound(const td_args *a);
/* Each view that was asked for, whole or not at all; false after a message on stderr. */
bool td_write_views(const td_report *r, const td_args *a);
/* 1 if something disagreed, unless all of it is below the care that was given. */
int  td_exit_of(const td_report *r);

/* ---- programs of the main job (programs.c and its like) ---------------------------------------------------------- */

/* Where a program puts its checks. */
typedef struct td_session {
    td_report  *report;
    const char *data;              /* folder of the data sets */
    td_dtype    dtype;
    const char *name;              /* of the program now running */
    int64_t     checks;            /* it has made */
    char        trouble[TD_REASON];    /* why it could not run; else "" */
} td_session;

typedef struct td_example {
    const char *name;
    bool      (*run)(td_session *s);   /* false: s->trouble */
} td_example;

extern const td_example td_examples[];     /* ends with a NULL name */

bool td_session_check(td_session *s, td_program *f, int n, td_tensor *const *in, void *user);
void td_session_note(td_session *s, const char *format, ...) TD_PRINTF(2, 3);
/* false, with c's message as the trouble, if c has an error */
bool td_session_sound(td_session *s, const td_context *c);
bool td_run_tour_regression(td_session *s), td_run_tour_network(td_session *s);
bool td_run_iris_logistic(td_session *s), td_run_iris_network(td_session *s);
bool td_run_rosenbrock(td_session *s), td_run_gaussian(td_session *s);
/* Runs an example, or says on stderr why it can't be run. */
bool td_run_example(td_report *r, const td_example *e, const td_args *a, td_dtype dtype);
/* iris.csv in the folder: x becomes (150, 4), y the species 0, 1, 2; false: s->trouble */
enum { TD_IRIS = 150, TD_IRIS_COLUMNS = 4, TD_IRIS_SPECIES = 3 };
typedef struct td_iris { double x[TD_IRIS * TD_IRIS_COLUMNS]; int64_t species[TD_IRIS]; } td_iris;
bool td_iris_read(td_session *s, td_iris *out);

#endif
