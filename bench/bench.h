/* bench.h: what the benchmarks share.
 *
 * A program measures races: rivals do the same work in turn, round by round, in one process, so that a machine which slows
 * down or is shared does so for all of them alike.  One of the rivals is a limit: a loop that does nothing but what the
 * machine can do fastest (fma without memory, a read or a copy without arithmetic).  What is told is the median, over the
 * rounds, of the ratio of two times of the same round. */
#ifndef BENCH_H
#define BENCH_H

#include "triad_engine.h"

/* ---- a program: its arguments, its table, its JSON (output.c) ----------------------------------------------------- */

typedef struct bench {
    const char *program, *name, *title;
    const char *folder;         /* of the JSON and the figures */
    const char *only;           /* do the works whose name has this in it; NULL: all */
    const char *cblas;          /* auto, no, or a list of libraries */
    const char *plugin;         /* a peer of one's own (plugin.h); NULL: none */
    bool        quick;
    bool        busy;           /* others use the machine: races of one thread count the processor's time, not the clock's */
    int         threads;        /* most */
    double      budget;         /* seconds for a race */
    FILE       *json;           /* owned */
    const char *comma;          /* before the next element of the JSON */
    int         claims, missed, wrong;
} bench;

/* Reads --quick, --busy, --threads N, --only TEXT, --folder DIR, --cblas LIST, --plugin FILE; false after a word about
 * what is wrong. */
bool bench_open(bench *b, int argc, char **argv, const char *name, const char *title);
/* Ends the JSON; the program's exit status. */
int  bench_close(bench *b);
/* Is this work among those asked for? */
bool bench_wants(const bench *b, const char *work);

/* Words about the machine, a peer, a limit: printed, and kept in the JSON under `key`. */
void bench_note(bench *b, const char *key, const char *format, ...) TD_PRINTF(3, 4);
/* A rival's result is not what it should be: kept as a note, and the program fails. */
void bench_wrong(bench *b, const char *format, ...) TD_PRINTF(2, 3);
/* What was to be reached: printed as met or missed.  at: where it stands, or NULL. */
void bench_claim(bench *b, const char *what, const char *at, double value, double wanted);

/* ---- races (race.c) ------------------------------------------------------------------------------------------------ */

enum { BENCH_ROUNDS = 25, BENCH_RIVALS = 16, BENCH_NAME = 32 };

typedef struct bench_rival {
    char    name[BENCH_NAME];
    void  (*run)(void *with);
    void   *with;
    double  amount;                 /* units of work in a call: operations, bytes, elements */
    int64_t calls;                  /* in a sample: enough to last */
    double  took[BENCH_ROUNDS];     /* seconds a call */
    double  median, fastest, slowest;
} bench_rival;

typedef struct bench_race {
    char        work[BENCH_NAME];
    const char *dtype, *unit;
    int         threads;
    int         n, rounds;
    bench_rival rival[BENCH_RIVALS];
} bench_race;

double bench_seconds(void);
double bench_thread_seconds(void);           /* that the processor spent on this thread */
double bench_median(int n, double *x);       /* sorts x */
double bench_mean(int n, const double *x);   /* geometric */

/* Its number. */
int    bench_enter(bench_race *r, const char *name, void (*run)(void *), void *with, double amount);
/* Runs the race and writes its rows to the JSON. */
void   bench_run(bench *b, bench_race *r);
/* "f64, 2 threads" */
const char *bench_where(char text[BENCH_NAME], td_dtype d, int threads);
/* Units a second, by the median time. */
double bench_rate(const bench_race *r, int rival);
/* How fast `rival` is, as a part of `other`: the median over the rounds of the ratio of their rates. */
double bench_part(const bench_race *r, int rival, int other);
/* The fastest of rivals [first, n); -1: none. */
int    bench_best(const bench_race *r, int first);

/* ---- triad's work (again.c) ---------------------------------------------------------------------------------------- */

enum { BENCH_CALLS = 32 };

/* What an expression computes, to be computed again and again into the memory it has: the cost of the ops without that of
 * making nodes, which peers with an output argument do not pay either. */
typedef struct bench_again {
    td_context *c;
    int         n;
    td_call     call[BENCH_CALLS];
    td_window   in[BENCH_CALLS][4];
} bench_again;

/* A context that computes at once with so many threads, on an instruction set (NULL: the best); NULL if it can't be had. */
td_context *bench_context(const char *set, int threads);
/* All that c computed since it had `first` nodes; false if that is too much, or an error stands (which is printed). */
bool bench_again_of(bench_again *a, td_context *c, int64_t first);
void bench_again_run(void *again);

/* ---- limits (limits.c) --------------------------------------------------------------------------------------------- */

enum { BENCH_READ, BENCH_WRITE, BENCH_COPY, BENCH_COPY_PAST, BENCH_STREAMS };    /* the last: past the caches */
extern const char *const bench_stream_name[BENCH_STREAMS];

/* fma without memory, on one instruction set and all threads of c. */
typedef struct bench_peak {
    td_context *c;
    int         threads;
    void      (*run)(int64_t steps, void *kept);
    int64_t     steps;              /* of each thread */
    double      flops;              /* in a call */
} bench_peak;
bool bench_peak_of(bench_peak *p, td_context *c, int threads, const char *set, td_dtype d);    /* false: no such here */
void bench_peak_run(void *peak);

/* One pass over memory, with the widest loads and stores there are. */
typedef struct bench_stream {
    td_context *c;
    int         threads, kind;
    int64_t     passes;             /* in a call, which pay for entering the threads */
    char       *to;
    const char *from;
    size_t      bytes;              /* of `from`, a multiple of 512; both aligned to 64 */
} bench_stream;
void   bench_stream_run(void *stream);
double bench_stream_bytes(const bench_stream *s);    /* moved in a call, read and written */

/* The instruction sets of this machine that have fma, from the best down, at most two; how many. */
enum { BENCH_SETS = 2 };
int    bench_sets(const char *set[BENCH_SETS]);
/* The clock of the core now, from a chain of additions that each take one cycle. */
double bench_hertz(void);
/* Bytes of cache per core of level 1 or 2. */
int64_t bench_cache(int level);
/* Memory that is there, filled with ones in f32, which are 2^-7 or so in f64; aligned to a page; NULL if there is none. */
void *bench_memory(size_t bytes);

/* ---- peers --------------------------------------------------------------------------------------------------------- */

typedef struct bench_product {      /* c = a b, row-major, without gaps; a (m,k) or, transposed, (k,m); b (k,n) or (n,k) */
    td_dtype dtype;
    bool     a_transposed, b_transposed;
    int      m, n, k;
    const void *a, *b;
    void    *c;
} bench_product;

typedef struct bench_blas bench_blas;
enum { BENCH_PEERS = 8 };
/* Loads what b->cblas asks for, each told to be at its best; how many. */
int         bench_blas_load(bench *b, bench_blas *peer[BENCH_PEERS]);
void        bench_blas_free(int n, bench_blas *peer[BENCH_PEERS]);
const char *bench_blas_name(const bench_blas *peer);
bool        bench_blas_can(const bench_blas *peer, const bench_product *p);    /* and before long */
void        bench_blas_threads(const bench_blas *peer, int threads);
void        bench_blas_run(const bench_blas *peer, const bench_product *p);
/* Was this process started to try a library?  Then it has done so, and is done. */
bool        bench_blas_tried(int argc, char **argv);

/* ---- figures (svg.c) ----------------------------------------------------------------------------------------------- */

enum { BENCH_POINTS = 64, BENCH_SERIES = 10 };

typedef struct bench_series {
    char   name[BENCH_NAME];
    bool   limit;                   /* dashed, without marks */
    int    n;
    double x[BENCH_POINTS], y[BENCH_POINTS];
} bench_series;

typedef struct bench_figure {
    const char  *title, *caption, *x_label, *y_label;
    bool         log_x;
    double       line;              /* bench_dots: a value to compare with, drawn across; 0: none */
    int          n;
    bench_series series[BENCH_SERIES];
    int          rows;              /* bench_dots: what stands at y = 0, 1, ... */
    char         row[BENCH_POINTS][BENCH_NAME];
} bench_figure;

bench_series *bench_series_of(bench_figure *f, const char *name);     /* the one of that name, made if there is none */
void bench_point(bench_series *s, double x, double y);
/* NAME-PART.svg in the folder: y over x; or one row a work, with a mark for each series at x. */
void bench_lines(bench *b, const bench_figure *f, const char *part);
void bench_dots(bench *b, const bench_figure *f, const char *part);

#endif
