/* ask.h: what a command line asks of a library, and who answers.
 *
 * The asker (survey.c, spawn.c, fate.c) starts a worker for each piece of work; a worker (worker.c, judge.c, load.c) is
 * the same program, executed again with the same words, for after OpenMP has run a fork alone is not safe.  The asker
 * never loads a library, unless it is to do all in one process. */
#ifndef TD_ASK_H
#define TD_ASK_H

#include "foreign/box.h"
#include "foreign/foreign.h"
#include "report/report.h"

typedef enum td_symbol { TD_SYMBOL_VALUE, TD_SYMBOL_GRADIENT, TD_SYMBOL_JACOBIAN, TD_SYMBOL_VJP, TD_SYMBOL_JVP,
                         TD_SYMBOL_HESSIAN, TD_SYMBOL_HVP, TD_SYMBOL_COMPLEX, TD_SYMBOL_CONSTRAINTS, TD_SYMBOL_OBJECT,
                         TD_SYMBOLS } td_symbol;

/* All borrowed. */
typedef struct td_ask {
    const char         *library;
    td_foreign_function d;         /* in words; routines are symbols */
    const char         *symbol[TD_SYMBOLS];        /* all NULL: the library has a list */
    const char         *at;        /* NULL, or a file of NumPy's with the point */
    const char         *only;      /* NULL, or the one function wanted */
    bool                in_process;
    double              timeout;   /* seconds without a call that returns */
    int64_t             memory;    /* bytes; 0: no limit */
    int64_t             first, cases;      /* points, where they are drawn; cases 0: as many as are usual */
    uint64_t            seed;
    unsigned            skip;      /* TD_SKIP_... */
    double              care;
    const char         *again;     /* these words without the choice of function and case */
    int                 n_word;    /* the words of the command, which a worker reads again */
    char *const        *word;
} td_ask;

typedef enum td_work { TD_WORK_LIST, TD_WORK_JUDGE, TD_WORK_THREADS, TD_WORK_TOGETHER, TD_WORKS } td_work;

/* One piece of work. */
typedef struct td_job {
    td_work work;
    int64_t function, number;      /* of the list; of the case */
    int     part, threads;
    int     reference;             /* a box whose outputs are to be met; -1: none */
} td_job;

/* ---- the asker ---------------------------------------------------------------------------------------------------- */

/* Judges what the library declares, into the report.  False: something could not be asked, which was said by `complain`.
 * */
bool td_foreign_survey(const td_ask *a, td_report *r, void (*complain)(const char *text));

/* How a worker ended. */
typedef struct td_end {
    bool    started, late, loud;   /* late: no call returned for too long; loud: it printed without end */
    int     status;                /* as of waitpid */
    int64_t printed;               /* bytes */
    char    said[TD_REASON];       /* the last of what it printed, printable */
} td_end;

enum { TD_MOST_PRINTED = 1 << 20 };

/* False: no worker could be started; errno says why.  tell, if not NULL, is called now and then. */
bool td_spawn(const td_ask *a, const td_job *j, td_box *box, td_end *end, void (*tell)(void *user, const td_box *b),
              void *user);

/* Why a worker that said nothing ended, as the result of a check.  NULL: no memory. */
td_check_result *td_fate_result(const td_ask *a, const td_job *j, const td_box *b, const td_end *e, const td_entry *f);
/* The same in words, where no routine was called yet. */
void td_fate_text(const td_ask *a, const td_box *b, const td_end *e, char text[TD_REASON]);

/* ---- the worker --------------------------------------------------------------------------------------------------- */

/* The whole of it.  Returns its exit status. */
int  td_worker_run(const td_ask *a, const td_job *j, int file);
/* The work alone, in this process: what is said lies in the box. */
void td_worker_work(const td_ask *a, const td_job *j, td_box *b);

typedef struct td_library {
    void                *handle;   /* owned */
    td_foreign_function *function; /* owned */
    int64_t              n;
    const char          *law;      /* broken by loading it; NULL: none */
    double              *at;       /* owned: the point of a file; NULL: none */
    int64_t              n_at;
} td_library;

/* False after a message in trouble. */
bool td_library_open(td_library *l, const td_ask *a, td_box *b, char trouble[TD_REASON]);
void td_library_close(td_library *l);

/* Each judges one part at one point; NULL: no memory, or a message in trouble. */
typedef struct td_bench {
    const td_ask              *ask;        /* all borrowed */
    const td_foreign_function *d;
    const td_job              *job;
    td_box                    *box;
    const td_watch            *watch;
    const td_door             *door;       /* called through now, or NULL */
    int64_t                    n_at;       /* numbers of the point that was given; -1: none was */
} td_bench;

td_check_result *td_judge_part(td_bench *w, char trouble[TD_REASON]);
td_check_result *td_judge_threads(td_bench *w, char trouble[TD_REASON]);
td_check_result *td_judge_together(td_bench *w, char trouble[TD_REASON]);

#endif
