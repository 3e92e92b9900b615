/* triad_verify.h: is this gradient right?  This file is the manual of libtriad-verify (GPL, for it links GSL).
 *
 *     td_check_result *r = td_check(f, n, inputs, user, NULL);
 *     if (r && r->verdict == TD_DISAGREE) td_check_print(r, stdout);
 *     td_check_free(r);
 *
 * Three witnesses who share no knowledge of derivatives are asked the same questions about the program f:
 *
 *     tape          reverse mode; its bound is a replay of the recorded nodes in running-error arithmetic
 *     dual          definitions over dual numbers, each with a running-error bound
 *     differences   GSL's central rule on plain evaluations, with a measured error bar
 *
 * A question is a direction u in one input (one coordinate, or a random one through all of them) together with a random
 * cotangent w of the result.  The tape answers <J^T w, u>, the dual engine <w, J u>, differences the slope at 0 of
 * t -> <w, f(x + t u)>.  Second derivatives are asked likewise: <H a, b> of <w, f> from the tape's recorded backward pass,
 * against second-order dual numbers, and against itself with a and b exchanged.
 *
 * No tolerance is chosen by anybody: two answers differ when they differ by more than the sum of their own bounds.  A
 * witness may say that it can't tell, and why; that is counted and never read as agreement. */
#ifndef TRIAD_VERIFY_H
#define TRIAD_VERIFY_H

#include "triad.h"

#ifdef __cplusplus
extern "C" {
#endif

/* TD_KINK, of a finding only: the engines agree and differences see two one-sided slopes; see left, right. */
typedef enum td_verdict { TD_AGREE, TD_DISAGREE, TD_INCONCLUSIVE, TD_KINK } td_verdict;

/* Who stands alone against the others; of values the tape's are the kernels', the dual engine's the definitions'.
 * TD_UNCLEAR: they differ, and no two of them agree well enough to say. */
typedef enum td_alone { TD_NOBODY, TD_ALONE_TAPE, TD_ALONE_DUAL, TD_ALONE_DIFFERENCES, TD_UNCLEAR,
                       TD_ALONE_CLAIM } td_alone;      /* a claimed derivative of td_check_function */

typedef enum td_asked { TD_ASKED_VALUE, TD_ASKED_SLOPE, TD_ASKED_SECOND, TD_ASKED_SYMMETRY, TD_ASKED_LAW } td_asked;

/* How bad a proven difference is: the share of the slope (or value) that it is.  Nothing is acquitted by its grade. */
typedef enum td_grade { TD_UNGRADED,
                        TD_NOTE,                       /* less than options.care, 1e-5 unless said */
                        TD_PRECISION,                  /* less than a tenth */
                        TD_WRONG } td_grade;           /* more; also what has no size: a broken law, a NaN, a refusal */

/* What a witness says.  The truth lies within bound of value; a bound of NaN or infinity: it can't tell. */
typedef struct td_answer { double value, bound; } td_answer;

#define TD_REASON 200

/* A comparison and how it came out: the worst one of an input, or of a result. */
typedef struct td_finding {
    td_verdict verdict;
    td_alone   alone;
    td_asked   asked;
    const char *law;                      /* of TD_ASKED_LAW: what does not hold; tape is what came, dual what should */
    const char *variant;                  /* of the inputs, at which it was found; NULL: the inputs given */
    int        input;                     /* -1: the result itself */
    int64_t    coordinate;                /* row-major, of the input or of the result; -1: along a random direction */
    int64_t    output;                    /* a slope's entry of the result, of which alone the numbers are then; -1: they
                                             are a sum over the result, weighted at random */
    int        cotangent;                 /* which of the random weightings */
    td_answer  tape, dual, differences;   /* differences: bound NaN if it was not asked or can't tell */
    double     left, right;               /* one-sided slopes where there is a kink, else NaN */
    bool       quad;                      /* these and differences were measured in quad precision */
    char       reason[TD_REASON];
    const char *by, *against;             /* of td_check_function: who gave tape and dual ("Jacobian", "VJP"); else NULL */
    td_grade   grade;                     /* of a disagreement */
} td_finding;

/* The op at fault, found by applying each op of the program alone. */
typedef struct td_blame {
    bool        found;
    const char *op;                       /* lives as long as the program */
    const char *inside;                   /* the composition, or the op with the rule, that op is part of; or NULL */
    td_asked    asked;                    /* value: its kernel; slope: its rule; second: its rule's rule */
    int         operand;                  /* -1: the result */
    int64_t     coordinate;
    int64_t     output;                   /* as in td_finding */
    bool        twice;                    /* the numbers are of the op applied twice to its operands, and added */
    td_answer   tape, dual;
    char        shapes[TD_REASON];        /* "(2,3) (3) -> (2,3)" */
    const char *file;                     /* where it was called; NULL: unknown */
    int         line;
    char        hint[TD_REASON];          /* "" or what the ratio of the answers suggests */
} td_blame;

typedef struct td_check_input {
    td_verdict verdict;
    int64_t    coordinates;               /* how many there are; 0 for an integer or bool input */
    int64_t    asked;                     /* coordinates asked one by one */
    int64_t    directions;                /* random directions asked, through all coordinates, if not all were asked */
    int64_t    agreed, disagreed, undecided;    /* of the questions: asked + directions, once for each cotangent */
    int64_t    fd_agreed, fd_kinks, fd_disagreed, fd_undecided;   /* differences; kinks: inside the one-sided slopes */
    int64_t    fd_outside;                /* kinks whose convention lies outside them, and nobody objects nearby */
    int64_t    quad_agreed, quad_kinks, quad_disagreed, quad_undecided;   /* differences in quad precision: of
                                             what those left undecided, and of one question more; kinks: all */
    td_finding kink;                      /* the first of these; verdict TD_KINK if there was one */
    double     resolution;                /* a larger error of a slope, relative to its mass, would have been seen;
                                             0: nothing was decided */
    double     resolution_one;            /* the same among coordinates asked one by one */
    td_finding worst;                     /* the largest difference measured in bounds */
    char       fd_reason[TD_REASON];      /* why differences could not tell, the first time; else "" */
    char       quad_reason[TD_REASON];    /* the same of differences in quad */
} td_check_input;

/* A point, or a way of giving the inputs, made from the inputs given. */
typedef struct td_variant {
    const char *name;                     /* "signs turned" */
    bool        asked;
    td_verdict  verdict;                  /* where asked; inconclusive: outside the domain, or undecided */
    const char *reason;                   /* why it was not asked */
} td_variant;

enum { TD_VARIANTS = 10 };

/* Where the time of a check goes.  Differences and second derivatives are asked last, variants and blame in turn. */
typedef enum td_stage { TD_STAGE_TAPE, TD_STAGE_DUAL, TD_STAGE_LAWS, TD_STAGE_REPEATS, TD_STAGE_OPERANDS,
                        TD_STAGE_DIFFERENCES, TD_STAGE_QUAD, TD_STAGE_SECOND, TD_STAGE_VARIANTS, TD_STAGE_BLAME,
                        TD_STAGE_CLAIMS } td_stage;    /* of td_check_function, which has no tape and no dual engine */

enum { TD_STAGES = TD_STAGE_CLAIMS + 1 };

typedef struct td_count { int64_t agreed, disagreed, undecided; } td_count;

/* ---- what a report draws ------------------------------------------------------------------------------------------
 * Kept where options.figures asks for it; numbers of 4 digits. */

enum { TD_TRACE_STEPS = 32, TD_SPOTS = 256, TD_PLANES = 4, TD_ULP_BINS = 16, TD_PACES = 4 };

/* One slope, measured with many steps h.  NaN: no value there, or no such witness. */
typedef struct td_tracing {
    int    n;                             /* steps, growing; 0: nothing was traced */
    double step[TD_TRACE_STEPS];
    double off[2][TD_TRACE_STEPS];        /* from the central difference to the tape's slope, and to the dual one */
    double remainder[3][TD_TRACE_STEPS];  /* |f(x + h u) - f(x)|, less h times the tape's slope, less h^2 / 2 times its
                                             second derivative: of order 1, 2, 3 in h if these are right */
    double order[3];                      /* as it is, above the noise; NaN: nothing rises above it */
    double noise;                         /* by how much a value may be off, as measured */
    double rounding;                      /* and the tape's slope, by its bound; 0: it has none */
    double fine, chosen, coarse;          /* the steps whose slopes agree go from fine to coarse; NaN: none do */
} td_tracing;

/* The slope along a coordinate: the share of it by which two answers differ. */
typedef struct td_spot { int input; int64_t coordinate; double error; td_verdict verdict; } td_spot;

/* How an input is laid out to be looked at: its last axis is the columns. */
typedef struct td_plane { int input; int64_t rows, columns; } td_plane;

typedef struct td_figures {
    td_finding asked;                     /* the question that is drawn, as all witnesses answer it */
    td_tracing trace;
    int        n_plane, n_spot;
    td_plane   plane[TD_PLANES];
    td_spot    spot[TD_SPOTS];            /* of more coordinates the worst of each stretch */
} td_figures;

/* The time of value and gradient on so many threads, all overhead included. */
typedef struct td_pace { int threads; double seconds; } td_pace;

/* ---- a check and its result -------------------------------------------------------------------------------------- */

typedef struct td_check_result {
    td_verdict      verdict;
    td_finding      worst;                /* the first that decided the verdict */
    td_blame        blame;
    bool            refused;              /* every engine refused the program alike; message in worst.reason */
    int             n;
    td_check_input *input;                /* owned */
    int64_t         values_agreed, values_disagreed, values_undecided;
    int64_t         second_agreed, second_disagreed, second_undecided;
    char            second_reason[TD_REASON];   /* why a second derivative could not be decided, the first time; else "" */
    td_count        laws;                 /* of the cotangent: linear, 0 to 0, any layout, added up */
    td_count        repeats;              /* run again, interleaved, 1, 2, 3, 8 threads, without gradients: the same bits.
                                             A race that shows with probability p a run is seen by k runs with
                                             1 - (1 - p)^k; there are 8 */
    td_count        operands;             /* transposed, sliced, constant: the same bits */
    td_count        ops;                  /* of the program's applications, asked alone; up to the guilty one */
    int64_t         applications;         /* how many there are; 0: none was asked alone */
    td_count        variants;             /* of the inputs: signs turned, scaled, 0, tied, equal, tails, one tensor for two
                                             inputs; undecided: outside the domain */
    td_variant      variant[TD_VARIANTS]; /* each of them, asked or not */
    double          strain;               /* the largest |tape - dual| / (sum of bounds) met: 1 is the limit */
    uint64_t        seed;
    double          seconds[TD_STAGES];   /* by the clock on the wall; it differs from run to run */
    int64_t         calls;                /* of routines of the function, by td_check_function; else 0 */
    int64_t         ulps[TD_ULP_BINS];    /* how many slopes differ by 0, by up to 1/2, 1, 2, 4, ... units in the last place
                                             of their dtype, by more; of two engines or two claims */
    int             n_pace;
    td_pace         pace[TD_PACES];       /* where repeats were asked; differs from run to run, too */
    td_figures     *figures;              /* owned; NULL unless options.figures */
} td_check_result;

enum {
    TD_SKIP_DIFFERENCES = 1,
    TD_SKIP_SECOND      = 2,
    TD_SKIP_BLAME       = 4,
    TD_SKIP_LAWS        = 8,
    TD_SKIP_REPEATS     = 16,
    TD_SKIP_VARIANTS    = 32,
    TD_SKIP_QUAD        = 64,      /* skipped with differences, too */
    TD_SKIP_OPS         = 128      /* each op of the program is not asked alone, unless the program disagrees */
};

/* Zero means the default in every field. */
typedef struct td_check_options {
    uint64_t seed;             /* of cotangents, directions, and of the contexts in which f runs */
    int64_t  coordinates;      /* at most so many are asked one by one, in all inputs together; default 256, of n over
                                  4096 2^20 / n, over 2^14 none */
    int64_t  differences;      /* at most so many questions an input are put to differences; default 6, 2 of large ones */
    unsigned skip;             /* TD_SKIP_... */
    int      threads;          /* as in td_options */
    double   care;             /* a wish: a proven difference of a smaller share is graded a note; default 1e-5 */
    bool     figures;          /* collect what a report draws: some 50 evaluations more */
    void   (*progress)(void *user, const char *stage, double share);   /* NULL, or called now and then, by one thread at
                                  a time: what is being asked, and the share of that stage which is done */
    void    *progress_user;
} td_check_options;

/* Check f at these inputs: tensors of any contexts, of which values, dtypes and shapes are read.  f32 programs are
 * differenced in f64.  f is run many times, under every engine, and must compute the same each time; with other inputs
 * too, unless TD_SKIP_VARIANTS.  NULL if there is no
 * memory; every other trouble is in the result. */
TD_API td_check_result *td_check(td_program *f, int n, td_tensor *const *inputs, void *user,
                                 const td_check_options *options);
TD_API void td_check_free(td_check_result *r);           /* NULL is allowed */

/* A few lines of text: the verdict, and of what is not agreed everything that is known. */
TD_API td_status   td_check_print(const td_check_result *r, FILE *file);
/* Seconds a stage. */
TD_API td_status   td_check_print_timings(const td_check_result *r, FILE *file);
TD_API const char *td_stage_name(td_stage s);                        /* "tape", "dual", "laws", ... */
TD_API const char *td_grade_name(td_grade g);                        /* "ungraded", "note", "precision", "wrong" */
TD_API const char *td_verdict_name(td_verdict v);                    /* "agree", "disagree", "inconclusive", "kink" */
TD_API const char *td_alone_name(td_alone a);                        /* "nobody", "tape", "dual", "differences", "unclear" */
TD_API const char *td_asked_name(td_asked a);                        /* "value", "slope", "second derivative", ... */

/* ---- any C function with a claimed derivative --------------------------------------------------------------------------
 *
 *     td_function f = {.name = "rosenbrock", .n = 2, .value = value, .gradient = gradient};
 *     td_check_result *r = td_check_function(&f, x, NULL);
 *
 * f: R^n -> R^m, and any of the derivatives below.  No tape and no definition exists here.  What can be compared: the claims
 * with each other (exact algebra, rounding bounds); each with differences of value, entry by entry of the Jacobian while
 * n <= coordinates and m n is small, else along random directions and, where those disagree, bisection; with complex_value.
 * Moreover, of each routine: it writes all of its result and nothing else, does not change its arguments, answers twice
 * alike whatever stood in the result before (other bits within its rounding are counted, not convicted), gives the same
 * value
 * whether a derivative is asked with it or not, and J'w and Jv are linear and 0 at 0.  The claim's own rounding is measured
 * from how it moves with x; ten times that, and 4 roundings a term, is its bound.
 *
 * A routine returns 0, or anything else where it has no value (outside of the domain, say).  Matrices: entry (j, i) of J,
 * the derivative of y_j by x_i, stands at J[j n + i], or at J[i m + j] with column_major. */
#ifdef __cplusplus
struct td_complex;
typedef struct td_complex td_complex;
#else
typedef double _Complex td_complex;
#endif

typedef struct td_function_f32 {
    int (*value)(const float *x, float *y, void *user);
    int (*gradient)(const float *x, float *g, void *user);
    int (*jacobian)(const float *x, float *J, void *user);
    int (*vjp)(const float *x, const float *w, float *g, void *user);
    int (*jvp)(const float *x, const float *v, float *y, void *user);
    int (*hessian)(const float *x, float *H, void *user);
    int (*hvp)(const float *x, const float *v, float *Hv, void *user);
    int (*both)(const float *x, float *y, float *J, void *user);
} td_function_f32;

typedef struct td_function {
    const char *name;              /* for the report; may be NULL */
    int64_t     n, m;              /* m: 0 means 1 */
    td_dtype    dtype;             /* TD_F32: the routines in f32 are used; anything else: those in double */
    bool        column_major;      /* of jacobian and both; the default is row-major, as in C */
    bool        adds;              /* routines of derivatives add to what stands in their result; else they overwrite it */
    int (*value)(const double *x, double *y, void *user);
    int (*gradient)(const double *x, double *g, void *user);                       /* m = 1: n numbers */
    int (*jacobian)(const double *x, double *J, void *user);                       /* m n numbers */
    int (*vjp)(const double *x, const double *w, double *g, void *user);           /* g = J'w, n numbers */
    int (*jvp)(const double *x, const double *v, double *y, void *user);           /* y = J v, m numbers */
    int (*hessian)(const double *x, double *H, void *user);                        /* m = 1: n n numbers */
    int (*hvp)(const double *x, const double *v, double *Hv, void *user);          /* m = 1: n numbers */
    int (*both)(const double *x, double *y, double *J, void *user);                /* value and Jacobian in one call */
    int (*complex_value)(const td_complex *x, td_complex *y, void *user);          /* value, continued to complex x */
    td_function_f32 f32;           /* all of the above in f32 */
    void       *user;              /* borrowed; passed on */
} td_function;

/* Check f at x (n numbers; rounded to f32 for an f32 function).  The result has one input, x; in its findings `by` says
 * whose answer `tape` is.  calls counts how often routines were called.  options->differences is not used: all is
 * put to differences, unless skipped.  NULL if there is no memory; every other trouble is in the result. */
TD_API td_check_result *td_check_function(const td_function *f, const double *x, const td_check_options *options);

#ifdef __cplusplus
}
#endif
#endif
