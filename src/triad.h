/* triad.h: tensors, programs and their derivatives.  This file is the manual of libtriad.
 *
 *     td_context *c = td_open(NULL);                                    a tape
 *     td_tensor  *x = td_require_grad(td_array(c, TD_F64, 1, (int64_t[]){3}, (double[]){1, 2, 3}));
 *     td_tensor  *y = td_sum(td_square(x));
 *     td_backward(y);
 *     td_print(td_grad(x), stdout);                                     tensor([2., 4., 6.])
 *     if (td_error(c)) fprintf(stderr, "%s\n", td_message(c));
 *     td_close(c);                                                      frees all that c handed out
 *
 * Memory.   A context owns everything it hands out: tensors, their numbers, messages.  td_mark and td_release give back
 *           what was made since.
 * Errors.   The first error of a context sticks; later calls pass it on and do nothing.  Functions that return a tensor
 *           then return one on which every read is harmless (td_data NULL, td_item NaN); ask td_error once, at the end.
 *           The library never prints, exits or aborts.
 * Values    may be computed late.  Shapes and dtypes are checked at once; numbers exist when they are read
 *           (td_data, td_item, td_print, td_save_npy, the end of td_backward).
 * Shapes.   Row-major, rank 0 to TD_MAX_RANK, any size may be 0.  Negative axes count from the end.  Elementwise
 *           functions broadcast as NumPy does.
 * Dtypes    promote as NumPy's: bool < i64 < f32 < f64, except i64 with f32, which is f64.  Functions whose result is
 *           not an integer (div, exp, mean, ...) take integers as f64.  Arithmetic on bool is done in i64.
 * Bits.     Results do not depend on the number of threads, nor on the instruction set, the compiler or its options.  They
 *           do on the order of calls, since a gradient is summed in it; in td_add(td_sin(x), td_cos(x)) C leaves that
 *           order to the compiler.
 * Threads.  One thread at a time in a context; contexts are independent. */
#ifndef TRIAD_H
#define TRIAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define TD_API __attribute__((visibility("default")))
#define TD_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define TD_API
#define TD_PRINTF(text, first)
#endif

#define TD_MAX_RANK 8

typedef struct td_context td_context;
typedef struct td_tensor td_tensor;
typedef struct td_engine td_engine;

typedef enum td_dtype { TD_BOOL, TD_I64, TD_F32, TD_F64 } td_dtype;   /* uint8_t 0 or 1, int64_t, float, double */

typedef enum td_status {
    TD_OK,
    TD_ESHAPE,    /* shapes, ranks or axes that do not fit */
    TD_EDTYPE,    /* a dtype the function does not take */
    TD_EVALUE,    /* an argument or an index out of its range */
    TD_EDOMAIN,   /* a value for which no NaN can stand */
    TD_ESTATE,    /* asked of the wrong context, or at the wrong time */
    TD_ENOMEM,
    TD_EIO
} td_status;

/* A program: from inputs to one result, written once, run under every engine.  `user` is the caller's own. */
typedef td_tensor *td_program(td_context *c, td_tensor *const *in, void *user);

/* ---- contexts ---------------------------------------------------------------------------------------------------- */

typedef struct td_allocator {
    void *(*allocate)(void *user, size_t bytes);            /* as malloc */
    void (*release)(void *user, void *memory, size_t bytes);
    void *user;
} td_allocator;

/* How a tape computes what is read.  Fused: elementwise ops over the same elements, with the reductions that end them, in
 * one pass over memory; plain: one op after another; auto: fused where there are many elements, unless the environment says
 * TD_SCHEDULE=plain or fused.  The bits are the same. */
typedef enum td_schedule { TD_SCHEDULE_AUTO, TD_SCHEDULE_PLAIN, TD_SCHEDULE_FUSED } td_schedule;

/* Zero means the default in every field: `td_options o = {0}` is td_open(NULL). */
typedef struct td_options {
    const td_engine *engine;      /* default td_tape_engine() */
    uint64_t         seed;        /* of the random numbers */
    int              threads;     /* most threads to use; default what OpenMP would */
    size_t           memory;      /* most bytes to hold; beyond it TD_ENOMEM */
    td_allocator     allocator;   /* default malloc and free */
    td_schedule      schedule;
} td_options;

TD_API const td_engine *td_tape_engine(void);    /* records, for reverse mode */
TD_API const td_engine *td_eval_engine(void);    /* computes and records nothing */
TD_API const td_engine *td_dual_engine(void);    /* definitions over dual numbers, f64 (triad_engine.h) */
TD_API const td_engine *td_dual2_engine(void);   /* definitions over second-order dual numbers */

TD_API td_context *td_open(const td_options *options);   /* NULL: a tape.  NULL if there is no memory for it. */
TD_API void        td_close(td_context *c);              /* NULL is allowed */
TD_API td_status   td_error(const td_context *c);        /* TD_OK or the first error */
TD_API const char *td_message(const td_context *c);      /* "" or the first error in words, with the numbers */
TD_API void        td_clear_error(td_context *c);
TD_API td_context *td_context_of(const td_tensor *x);

/* Give back what was made since a mark: tensors made before stay, with their values.  Gradients made since are dropped.
 * Marks nest.  td_mark computes what is still pending.  A loop that releases and makes the same calls again is quicker: they
 * find what was made before in its place. */
typedef struct td_marker { int64_t node; size_t chunk, used; } td_marker;
TD_API td_marker td_mark(td_context *c);
TD_API void      td_release(td_context *c, td_marker mark);

/* What a context has done so far.  Nodes of few numbers that are computed as they are recorded are counted among the nodes
 * alone; so are views. */
typedef struct td_stats {
    int64_t nodes;        /* recorded, those that were released too */
    int64_t alone;        /* computed one by one */
    int64_t loops, fused; /* passes over memory that computed several nodes, and how many they were */
    int64_t bytes;        /* that loops and nodes alone read from memory and wrote to it: each operand, each result once */
    int64_t flops;        /* of theirs: one an element of an elementwise op or a reduction, two a multiply-add of mm */
    size_t  held, peak;   /* bytes of memory: now, and at most */
} td_stats;
TD_API td_stats td_stats_of(const td_context *c);

/* The instruction set whose kernels c uses: the best of this machine, or what the environment says in TD_ISA; a set that is
 * unknown, or not of this machine, is an error that the new context has.  The bits are the same with any of them. */
TD_API const char *td_isa(const td_context *c);          /* "base", "avx2", "avx512" */
TD_API const char *td_isa_at(int i, bool *here);         /* the i-th there are kernels for, NULL beyond; is it of this machine? */

TD_API const char *td_version(void);             /* "0.1.0" */
TD_API int         td_numerics_version(void);    /* changes when any result changes a bit */
/* Configured with LAPACK, which factors matrices of 128 rows and columns or more: their bits are that library's, and its threads'. */
TD_API bool        td_has_lapack(void);

/* ---- making tensors ---------------------------------------------------------------------------------------------- */

TD_API td_tensor *td_array(td_context *c, td_dtype dtype, int rank, const int64_t *size, const void *values);  /* copies, row-major */
TD_API td_tensor *td_scalar(td_context *c, double value);                                  /* 0-d f64 */
TD_API td_tensor *td_full(td_context *c, td_dtype dtype, int rank, const int64_t *size, double value);
TD_API td_tensor *td_zeros(td_context *c, td_dtype dtype, int rank, const int64_t *size);
TD_API td_tensor *td_ones(td_context *c, td_dtype dtype, int rank, const int64_t *size);
TD_API td_tensor *td_zeros_like(td_tensor *x);
TD_API td_tensor *td_ones_like(td_tensor *x);
TD_API td_tensor *td_full_like(td_tensor *x, double value);
TD_API td_tensor *td_linspace(td_context *c, td_dtype dtype, double start, double end, int64_t steps);   /* both ends */
TD_API td_tensor *td_logspace(td_context *c, td_dtype dtype, double start, double end, int64_t steps, double base);   /* base^linspace */
TD_API td_tensor *td_eye(td_context *c, td_dtype dtype, int64_t n, int64_t m);              /* (n,m), 1 on the diagonal */
TD_API td_tensor *td_arange(td_context *c, td_dtype dtype, double start, double stop, double step);   /* [start, stop) */

/* Random numbers: counter-based (Philox4x32-10; Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011), the
 * same for any number of threads and in every engine.  The n-th call after td_seed draws stream n. */
TD_API void       td_seed(td_context *c, uint64_t seed);
TD_API td_tensor *td_rand(td_context *c, td_dtype dtype, int rank, const int64_t *size);    /* uniform on [0, 1) */
TD_API td_tensor *td_randn(td_context *c, td_dtype dtype, int rank, const int64_t *size);   /* standard normal (Box-Muller) */
TD_API td_tensor *td_rand_like(td_tensor *x);
TD_API td_tensor *td_randn_like(td_tensor *x);
TD_API td_tensor *td_uniform(td_context *c, td_dtype dtype, int rank, const int64_t *size, double low, double high);   /* [low, high) */
TD_API td_tensor *td_normal(td_context *c, td_dtype dtype, int rank, const int64_t *size, double mean, double std);
TD_API td_tensor *td_randint(td_context *c, int64_t low, int64_t high, int rank, const int64_t *size);   /* i64 in [low, high) */
TD_API td_tensor *td_randperm(td_context *c, int64_t n);                                    /* 0..n-1 in random order, i64 */
TD_API td_tensor *td_bernoulli(td_tensor *p);                  /* like p: 1 with probability p_i, else 0; a constant */
TD_API td_tensor *td_multinomial(td_tensor *weights, int64_t n, bool replacement);   /* (m) or (l,m) -> (n) or (l,n) i64: indices drawn by weight; a constant */

/* First values of a layer's weight (out, in, ...): a fan is a size times the product of those after the second.
 * Xavier (Glorot and Bengio 2010): variance 2 gain^2 / (fan in + fan out).  Kaiming (He and others 2015): gain^2 / fan. */
TD_API td_tensor *td_xavier_uniform(td_context *c, td_dtype dtype, int rank, const int64_t *size, double gain);
TD_API td_tensor *td_xavier_normal(td_context *c, td_dtype dtype, int rank, const int64_t *size, double gain);
TD_API td_tensor *td_kaiming_uniform(td_context *c, td_dtype dtype, int rank, const int64_t *size, double gain, bool fan_out);
TD_API td_tensor *td_kaiming_normal(td_context *c, td_dtype dtype, int rank, const int64_t *size, double gain, bool fan_out);
TD_API double     td_gain(const char *nonlinearity, double slope);   /* PyTorch's calculate_gain: "relu", "tanh", ...; NaN for an unknown one */

/* ---- asking tensors ---------------------------------------------------------------------------------------------- */

TD_API td_dtype    td_dtype_of(const td_tensor *x);
TD_API const char *td_dtype_name(td_dtype dtype);              /* "f64" */
TD_API size_t      td_dtype_size(td_dtype dtype);              /* bytes */
TD_API int         td_rank(const td_tensor *x);
TD_API int64_t     td_size(const td_tensor *x, int axis);      /* negative axes count from the end; -1 for no such axis */
TD_API int64_t     td_numel(const td_tensor *x);

/* Reads: here values must exist.  td_data: row-major and contiguous whatever x is a view of, valid until its context is
 * closed or the tensor released; NULL after an error.  td_item: x must have one element.  td_read: into the caller's buffer
 * of td_numel(x) doubles. */
TD_API const void *td_data(td_tensor *x);
TD_API double      td_item(td_tensor *x);
TD_API td_status   td_read(td_tensor *x, double *out);

/* tensor([[1.0000, 2.5000]], requires_grad), in PyTorch's layout; a result names the op that made it. */
TD_API td_status td_print(td_tensor *x, FILE *file);
/* The recorded graph of x as DOT. */
TD_API td_status td_dump(td_tensor *x, FILE *file);

/* NumPy's .npy, versions 1 to 3, dtypes <f4 <f8 <i4 <i8 |b1 and big-endian, either order in memory; writes 1.0, row-major.
 * A file is written whole or not at all. */
TD_API td_tensor *td_load_npy(td_context *c, const char *path);
TD_API td_status  td_save_npy(td_tensor *x, const char *path);

/* ---- differentiating --------------------------------------------------------------------------------------------- */

TD_API td_tensor *td_require_grad(td_tensor *x);          /* x itself; also keeps the gradient of a result */
TD_API bool       td_requires_grad(const td_tensor *x);
TD_API td_tensor *td_detach(td_tensor *x);                /* same values, a constant to every engine */
TD_API bool       td_grad_enabled(td_context *c, bool on);   /* false: results are constants; returns what it was */

/* Adds dy/dx to td_grad(x) for every x that td_require_grad marked.  y must have one element; td_backward_from takes the
 * adjoint of any y.  The graph is kept and the gradients are recorded themselves, so they can be differentiated again. */
TD_API td_status  td_backward(td_tensor *y);
TD_API td_status  td_backward_from(td_tensor *y, td_tensor *adjoint);
TD_API td_tensor *td_grad(td_tensor *x);                  /* zeros if nothing reached x */
TD_API void       td_zero_grad(td_tensor *x);

/* Overwrite the values of x, made by td_array and the like, by those of value (same shape; a training step).  What was
 * computed from x keeps the values it had; differentiating it again is an error, if that needs the old values. */
TD_API td_status td_assign(td_tensor *x, td_tensor *value);

/* The functional face.  Each runs f(c, in, user) on a tape c and returns its value; in[i] may be any tensors of c.
 * Derivatives are recorded, so each of these can be used inside another program.  Derivatives with respect to integer
 * inputs are NULL.  After an error the outputs are untouched.
 *
 * td_grad_of   grad[i] = df/din[i], for a program with one element as result
 * td_vjp       grad[i] = (df/din[i])^T adjoint
 * td_jvp       *tangent = sum_i (df/din[i]) v[i]; v[i] NULL for zero
 * td_hvp       hv[i] = sum_j (d^2 f / din[i] din[j]) v[j], one element as result
 * td_jacobian  jac[i] of shape (result's shape, in[i]'s shape)
 * td_hessian   hess[i*n + j] of shape (in[i]'s shape, in[j]'s shape), one element as result */
TD_API td_tensor *td_grad_of(td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor **grad);
TD_API td_tensor *td_vjp(td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor *adjoint, td_tensor **grad);
TD_API td_tensor *td_jvp(td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor *const *v, td_tensor **tangent);
TD_API td_tensor *td_hvp(td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor *const *v, td_tensor **hv);
TD_API td_tensor *td_jacobian(td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor **jac);
TD_API td_tensor *td_hessian(td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor **hess);

/* f(c, in, user), of which a tape keeps the result alone: a walk back runs f again, so that memory for one such piece at a time
 * is enough.  Gradients have the same bits, those of tensors that f reads without their being in `in`, too.  f is run at once,
 * and all that is pending computed before.  It must do the same each time, which it does with triad's random numbers; what it
 * assigns to must be its own; `user` must last.  Derivatives of derivatives run f once more for each operand.
 * td_check has no rounding bound of such a piece, and leaves it open: check the program without.
 * TD_ESTATE: f did something else the second time; td_assign to a tensor from outside. */
TD_API td_tensor *td_checkpoint(td_program *f, td_context *c, int n, td_tensor *const *in, void *user);

/* ---- training -------------------------------------------------------------------------------------------------------
 * An optimiser changes leaves (td_require_grad) by their gradients, all elements of one in one pass.  It belongs to their
 * context, with its state: make it before the mark of a step.  Formulas and presets are PyTorch 2.14's; a parameter that no
 * gradient reached is left alone.  NULL after an error.
 *
 *     td_optimiser *o = td_adam(n, parameter, 1e-3, 0.9, 0.999, 1e-8, 0, false);
 *     for (...) td_optim_step_with(o, loss, user, &value);
 *
 * td_optim_step       from the gradients there are
 * td_optim_step_with  sets gradients to zero, runs loss(c, parameter, user), walks back, steps and releases what it made;
 *                   *value (or NULL) is the loss before.  L-BFGS asks for the loss several times a step
 * td_save_optimiser state, number of steps and rate as one line of numbers in .npy; td_load_optimiser into one made alike */
typedef struct td_optimiser td_optimiser;
TD_API td_optimiser *td_sgd(int n, td_tensor *const *parameter, double lr, double momentum, double dampening,
                            double weight_decay, bool nesterov);
TD_API td_optimiser *td_adam(int n, td_tensor *const *parameter, double lr, double beta1, double beta2, double eps,
                             double weight_decay, bool amsgrad);
TD_API td_optimiser *td_adamw(int n, td_tensor *const *parameter, double lr, double beta1, double beta2, double eps,
                              double weight_decay, bool amsgrad);
TD_API td_optimiser *td_rmsprop(int n, td_tensor *const *parameter, double lr, double alpha, double eps, double weight_decay,
                                double momentum, bool centered);
TD_API td_optimiser *td_adagrad(int n, td_tensor *const *parameter, double lr, double lr_decay, double weight_decay,
                                double initial, double eps);
TD_API td_optimiser *td_lbfgs(int n, td_tensor *const *parameter, double lr, int max_iter, double tolerance_grad,
                              double tolerance_change, int history_size);
TD_API td_status     td_optim_step(td_optimiser *o);
TD_API td_status     td_optim_step_with(td_optimiser *o, td_program *loss, void *user, double *value);
TD_API double        td_learning_rate(const td_optimiser *o);
TD_API void          td_set_learning_rate(td_optimiser *o, double lr);
TD_API td_status     td_save_optimiser(td_optimiser *o, const char *path);
TD_API td_status     td_load_optimiser(td_optimiser *o, const char *path);

/* Gradients set to zero; shortened so that the norm of order p of all of them together is at most max_norm, which it returns
 * as it was; held within -limit and limit. */
TD_API void          td_zero_grads(int n, td_tensor *const *parameter);
TD_API double        td_clip_grad_norm(int n, td_tensor *const *parameter, double max_norm, double p);
TD_API td_status     td_clip_grad_value(int n, td_tensor *const *parameter, double limit);

/* Learning rates after t steps, from the first one, lr: for td_set_learning_rate. */
TD_API double td_lr_step(double lr, int64_t t, int64_t step_size, double gamma);             /* gamma^(t / step_size) of it */
TD_API double td_lr_multistep(double lr, int64_t t, int n, const int64_t *milestone, double gamma);
TD_API double td_lr_exponential(double lr, int64_t t, double gamma);
TD_API double td_lr_cosine(double lr, int64_t t, int64_t t_max, double eta_min);             /* half a wave to eta_min */
TD_API double td_lr_linear(double lr, int64_t t, double start_factor, double end_factor, int64_t total);    /* a warmup */
TD_API double td_lr_one_cycle(double max_lr, int64_t t, int64_t total, double pct_start, double div_factor, double final_div_factor);

/* ---- ops: elementwise, one operand --------------------------------------------------------------------------------
 * x any shape, integers as f64 unless marked (i): those keep integers.  Slopes at kinks and ends are PyTorch 2.14's. */

TD_API td_tensor *td_neg(td_tensor *x);            /* (i) -x */
TD_API td_tensor *td_abs(td_tensor *x);            /* (i) |x|; slope 0 at 0 */
TD_API td_tensor *td_sign(td_tensor *x);           /* (i) -1, 0 or 1; slope 0 */
TD_API td_tensor *td_square(td_tensor *x);         /* (i) x^2 */
TD_API td_tensor *td_sqrt(td_tensor *x);           /* slope inf at 0; NaN below */
TD_API td_tensor *td_rsqrt(td_tensor *x);          /* 1 / sqrt x */
TD_API td_tensor *td_reciprocal(td_tensor *x);     /* 1 / x */
TD_API td_tensor *td_exp(td_tensor *x);
TD_API td_tensor *td_exp2(td_tensor *x);           /* 2^x */
TD_API td_tensor *td_expm1(td_tensor *x);          /* exp x - 1, accurate near 0 */
TD_API td_tensor *td_log(td_tensor *x);            /* -inf at 0, NaN below */
TD_API td_tensor *td_log1p(td_tensor *x);          /* log(1 + x), accurate near 0 */
TD_API td_tensor *td_sin(td_tensor *x);            /* radians */
TD_API td_tensor *td_cos(td_tensor *x);
TD_API td_tensor *td_tan(td_tensor *x);
TD_API td_tensor *td_sinh(td_tensor *x);
TD_API td_tensor *td_cosh(td_tensor *x);
TD_API td_tensor *td_tanh(td_tensor *x);
TD_API td_tensor *td_asin(td_tensor *x);           /* [-pi/2, pi/2]; slope inf at +-1 */
TD_API td_tensor *td_acos(td_tensor *x);           /* [0, pi]; slope -inf at +-1 */
TD_API td_tensor *td_atan(td_tensor *x);
TD_API td_tensor *td_sigmoid(td_tensor *x);        /* 1 / (1 + exp(-x)) */
TD_API td_tensor *td_softplus(td_tensor *x);       /* log(1 + exp x) */
TD_API td_tensor *td_relu(td_tensor *x);           /* (i) max(x, 0); slope 0 at 0 */
TD_API td_tensor *td_softplus_beta(td_tensor *x, double beta, double threshold);   /* log(1 + exp(beta x)) / beta; x where beta x > threshold */
/* x <= 0 ? s x : x: with a slope s for each element, drawn from [lower, upper), or, unless training, the one in the middle. */
TD_API td_tensor *td_rrelu(td_tensor *x, double lower, double upper, bool training);
TD_API td_tensor *td_leaky_relu(td_tensor *x, double slope);   /* x > 0 ? x : slope x */
TD_API td_tensor *td_elu(td_tensor *x, double alpha);          /* x > 0 ? x : alpha (exp x - 1) */
TD_API td_tensor *td_ndtr(td_tensor *x);           /* Phi(x), the normal distribution function: erfc(-x / sqrt 2) / 2 */
TD_API td_tensor *td_gelu(td_tensor *x);           /* x Phi(x); Hendrycks and Gimpel 2016 */
TD_API td_tensor *td_silu(td_tensor *x);           /* x sigmoid(x) */
TD_API td_tensor *td_clamp(td_tensor *x, double min, double max);   /* -INFINITY or INFINITY for no bound; slope 0 at the bounds */
TD_API td_tensor *td_to(td_tensor *x, td_dtype dtype);         /* (i) cast; x itself if it has that dtype already */
TD_API td_tensor *td_copy(td_tensor *x);           /* (i) values of its own, row-major */

/* more of one operand */
TD_API td_tensor *td_log2(td_tensor *x);           /* exact at powers of 2 */
TD_API td_tensor *td_log10(td_tensor *x);
TD_API td_tensor *td_asinh(td_tensor *x);
TD_API td_tensor *td_acosh(td_tensor *x);          /* NaN below 1; slope inf at 1 */
TD_API td_tensor *td_atanh(td_tensor *x);          /* NaN beyond +-1; inf with slope inf there */
TD_API td_tensor *td_erf(td_tensor *x);            /* 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x */
TD_API td_tensor *td_erfc(td_tensor *x);           /* 1 - erf x, without the difference */
TD_API td_tensor *td_erfinv(td_tensor *x);         /* erf(y) = x; within 8 ulp; +-inf with slope inf at +-1 */
TD_API td_tensor *td_sinc(td_tensor *x);           /* sin(pi x) / (pi x), 1 at 0 */
TD_API td_tensor *td_entr(td_tensor *x);           /* -x log x, 0 at 0 with slope inf, -inf below */
TD_API td_tensor *td_logit(td_tensor *x, double eps);   /* log(x / (1 - x)) of x held in [eps, 1 - eps]; eps < 0: not held */
TD_API td_tensor *td_floor(td_tensor *x);          /* (i) slope 0, here and in the next four */
TD_API td_tensor *td_ceil(td_tensor *x);           /* (i) */
TD_API td_tensor *td_trunc(td_tensor *x);          /* (i) towards 0 */
TD_API td_tensor *td_round(td_tensor *x);          /* (i) halves to even */
TD_API td_tensor *td_round_decimals(td_tensor *x, int decimals);   /* round(x 10^d) / 10^d */
TD_API td_tensor *td_frac(td_tensor *x);           /* x - trunc x; slope 1 */
TD_API td_tensor *td_isnan(td_tensor *x);          /* bool, as all of these: no derivative */
TD_API td_tensor *td_isinf(td_tensor *x);
TD_API td_tensor *td_isfinite(td_tensor *x);
TD_API td_tensor *td_signbit(td_tensor *x);        /* true of -0 too */
TD_API td_tensor *td_logical_not(td_tensor *x);    /* x == 0 */
TD_API td_tensor *td_bitwise_not(td_tensor *x);    /* (i) integers alone; of bool the logical one */
TD_API td_tensor *td_nan_to_num(td_tensor *x, double nan, double posinf, double neginf);   /* posinf, neginf NaN: the largest of x's dtype.  Slope 0 where replaced */

/* activations */
TD_API td_tensor *td_selu(td_tensor *x);           /* 1.0507 elu(x, 1.67326); Klambauer and others 2017 */
TD_API td_tensor *td_celu(td_tensor *x, double alpha);      /* x > 0 ? x : alpha (exp(x / alpha) - 1); alpha not 0 */
TD_API td_tensor *td_logsigmoid(td_tensor *x);     /* -log(1 + exp(-x)) */
TD_API td_tensor *td_softsign(td_tensor *x);       /* x / (1 + |x|) */
TD_API td_tensor *td_tanhshrink(td_tensor *x);     /* x - tanh x */
TD_API td_tensor *td_mish(td_tensor *x);           /* x tanh(softplus x) */
TD_API td_tensor *td_gelu_tanh(td_tensor *x);      /* PyTorch's gelu with approximate="tanh" */
TD_API td_tensor *td_hardtanh(td_tensor *x, double min_val, double max_val);   /* x within both; slope 0 at the ends */
TD_API td_tensor *td_relu6(td_tensor *x);          /* x within 0 and 6; slope 0 at both */
TD_API td_tensor *td_hardsigmoid(td_tensor *x);    /* (x + 3) / 6 within 0 and 1 */
TD_API td_tensor *td_hardswish(td_tensor *x);      /* 0 to -3, x from 3 on, between x (x + 3) / 6; slope 0 at -3, 1 at 3 */
TD_API td_tensor *td_softshrink(td_tensor *x, double lambd);   /* x - lambd sign x; 0, slope 0, where |x| <= lambd */
TD_API td_tensor *td_hardshrink(td_tensor *x, double lambd);   /* x; 0, slope 0, where |x| <= lambd */
TD_API td_tensor *td_threshold(td_tensor *x, double threshold, double value);   /* x > threshold ? x : value */
TD_API td_tensor *td_prelu(td_tensor *x, td_tensor *weight);   /* x > 0 ? x : w x; one weight, or one for each index of axis 1 */
TD_API td_tensor *td_glu(td_tensor *x, int axis);  /* its first half along axis times the sigmoid of the second */

/* with a number, which takes x's dtype: an f32 tensor stays f32.  Integers become f64 unless the number is an integer. */
TD_API td_tensor *td_add_scalar(td_tensor *x, double s);       /* x + s */
TD_API td_tensor *td_deg2rad(td_tensor *x);        /* pi x / 180 */
TD_API td_tensor *td_rad2deg(td_tensor *x);        /* 180 x / pi */
TD_API td_tensor *td_mul_scalar(td_tensor *x, double s);       /* x s   */
TD_API td_tensor *td_div_scalar(td_tensor *x, double s);       /* x / s */
TD_API td_tensor *td_pow_scalar(td_tensor *x, double p);       /* x^p   */
TD_API td_tensor *td_rsub(double s, td_tensor *x);             /* s - x */
TD_API td_tensor *td_rdiv(double s, td_tensor *x);             /* s / x */

/* ---- ops: elementwise, two operands, broadcast and promoted ------------------------------------------------------- */

TD_API td_tensor *td_add(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_sub(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_mul(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_div(td_tensor *x, td_tensor *y);          /* true division */
TD_API td_tensor *td_axpy(double a, td_tensor *x, td_tensor *y);        /* a x + y in one pass: BLAS's, not in place */
TD_API td_tensor *td_pow(td_tensor *x, td_tensor *p);          /* slopes at x = 0: ops.def */
TD_API td_tensor *td_maximum(td_tensor *x, td_tensor *y);      /* NaN if either is; half the slope each at a tie */
TD_API td_tensor *td_minimum(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_eq(td_tensor *x, td_tensor *y);           /* bool; no derivative */
TD_API td_tensor *td_ne(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_lt(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_le(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_gt(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_ge(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_where(td_tensor *condition, td_tensor *x, td_tensor *y);   /* condition bool */

TD_API td_tensor *td_hypot(td_tensor *x, td_tensor *y);        /* sqrt(x^2 + y^2), neither square overflows; slopes 0 at (0, 0) */
TD_API td_tensor *td_atan2(td_tensor *y, td_tensor *x);        /* the angle of (x, y) in [-pi, pi]; slopes 0 at (0, 0) */
TD_API td_tensor *td_copysign(td_tensor *x, td_tensor *y);     /* |x| with the sign of y, -0 too; slope 0 at x = 0, and in y */
TD_API td_tensor *td_logaddexp(td_tensor *x, td_tensor *y);    /* log(e^x + e^y) */
TD_API td_tensor *td_logaddexp2(td_tensor *x, td_tensor *y);   /* log2(2^x + 2^y) */
TD_API td_tensor *td_xlogy(td_tensor *x, td_tensor *y);        /* x log y; at x = 0 it is 0 for every y but NaN */
TD_API td_tensor *td_xlog1py(td_tensor *x, td_tensor *y);      /* x log(1 + y), likewise */
TD_API td_tensor *td_ldexp(td_tensor *x, td_tensor *y);        /* x 2^y */
TD_API td_tensor *td_fmod(td_tensor *x, td_tensor *y);         /* (i) x - y trunc(x / y), exact.  An integer by 0 is an error, here and below */
TD_API td_tensor *td_remainder(td_tensor *x, td_tensor *y);    /* (i) x - y floor(x / y): the sign of y, as Python's % */
TD_API td_tensor *td_floor_divide(td_tensor *x, td_tensor *y); /* (i) floor(x / y); slope 0 */
TD_API td_tensor *td_fmax(td_tensor *x, td_tensor *y);         /* (i) the number if one is NaN; half the slope each at a tie */
TD_API td_tensor *td_fmin(td_tensor *x, td_tensor *y);         /* (i) */
TD_API td_tensor *td_heaviside(td_tensor *x, td_tensor *values);   /* (i) 0 below 0, values at 0, 1 above; 0 at NaN */
TD_API td_tensor *td_lerp(td_tensor *x, td_tensor *end, td_tensor *weight);   /* x + weight (end - x) */
TD_API td_tensor *td_addcmul(td_tensor *x, td_tensor *y, td_tensor *z, double value);   /* x + value y z */
TD_API td_tensor *td_addcdiv(td_tensor *x, td_tensor *y, td_tensor *z, double value);   /* x + value y / z */
TD_API td_tensor *td_logical_and(td_tensor *x, td_tensor *y);  /* bool; what is not 0 is true, NaN too */
TD_API td_tensor *td_logical_or(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_logical_xor(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_bitwise_and(td_tensor *x, td_tensor *y);  /* integers alone; of two bools the logical one */
TD_API td_tensor *td_bitwise_or(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_bitwise_xor(td_tensor *x, td_tensor *y);
TD_API td_tensor *td_bitwise_left_shift(td_tensor *x, td_tensor *n);    /* modulo 2^64; 0 unless 0 <= n < 64 */
TD_API td_tensor *td_bitwise_right_shift(td_tensor *x, td_tensor *n);   /* towards minus infinity; 0 or -1 unless 0 <= n < 64 */

/* ---- ops: reductions ----------------------------------------------------------------------------------------------
 * Over all axes to a 0-d tensor, or `_axes`: over axes[0..n), kept with size 1 if keepdim; n = 0 reduces nothing. */

TD_API td_tensor *td_sum(td_tensor *x);
TD_API td_tensor *td_sum_axes(td_tensor *x, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_mean(td_tensor *x);
TD_API td_tensor *td_mean_axes(td_tensor *x, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_prod(td_tensor *x);
TD_API td_tensor *td_prod_axes(td_tensor *x, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_var(td_tensor *x, double correction);     /* sum (x - mean)^2 / (n - correction); 1 is Bessel's */
TD_API td_tensor *td_var_axes(td_tensor *x, double correction, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_std(td_tensor *x, double correction);     /* slope 0 where it is 0 */
TD_API td_tensor *td_std_axes(td_tensor *x, double correction, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_max(td_tensor *x);                        /* ties share the slope evenly */
TD_API td_tensor *td_max_axes(td_tensor *x, int n, const int *axes, bool keepdim);   /* the first of ties takes it */
TD_API td_tensor *td_min(td_tensor *x);
TD_API td_tensor *td_min_axes(td_tensor *x, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_amax(td_tensor *x);                       /* ties share evenly, here and in _axes */
TD_API td_tensor *td_amax_axes(td_tensor *x, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_amin(td_tensor *x);
TD_API td_tensor *td_amin_axes(td_tensor *x, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_argmax(td_tensor *x);                     /* i64, the first; row-major position */
TD_API td_tensor *td_argmax_axis(td_tensor *x, int axis, bool keepdim);
TD_API td_tensor *td_argmin(td_tensor *x);                     /* of the first least */
TD_API td_tensor *td_argmin_axis(td_tensor *x, int axis, bool keepdim);
TD_API td_tensor *td_any(td_tensor *x);                        /* bool: is one not 0?  A NaN is not 0 */
TD_API td_tensor *td_any_axes(td_tensor *x, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_all(td_tensor *x);                        /* bool: is none 0? */
TD_API td_tensor *td_all_axes(td_tensor *x, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_count_nonzero(td_tensor *x);              /* i64 */
TD_API td_tensor *td_count_nonzero_axes(td_tensor *x, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_nansum(td_tensor *x);                     /* of what is no NaN; slope 0 in a NaN */
TD_API td_tensor *td_nansum_axes(td_tensor *x, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_nanmean(td_tensor *x);                    /* NaN if there is nothing else */
TD_API td_tensor *td_nanmean_axes(td_tensor *x, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_tie_share(td_tensor *x);                  /* like x: 1/t where x is one of the t largest, else 0; slope 0 */
TD_API td_tensor *td_tie_share_axes(td_tensor *x, int n, const int *axes);
TD_API td_tensor *td_logsumexp(td_tensor *x);
TD_API td_tensor *td_logsumexp_axes(td_tensor *x, int n, const int *axes, bool keepdim);
/* linalg.vector_norm: (sum |x|^p)^(1/p) for any p; 0 counts what is not 0, INFINITY and -INFINITY are the largest and least size.
 * Slope 0 where the norm is 0 (for p < 0: where an x is); p < 0 not over nothing.  Over two axes, p = 2 is Frobenius's. */
TD_API td_tensor *td_norm(td_tensor *x, double p);
TD_API td_tensor *td_norm_axes(td_tensor *x, double p, int n, const int *axes, bool keepdim);
/* linalg.matrix_norm for p = 1, -1 (the largest, the least sum of sizes of a column), INFINITY, -INFINITY (of a row); equals share
 * the slope.  2, -2: td_spectral_norm; 'nuc' is td_nuclear_norm.  For others TD_EVALUE. */
TD_API td_tensor *td_matrix_norm(td_tensor *x, double p, int row_axis, int column_axis, bool keepdim);

/* Two results: the second through a pointer. */
TD_API td_tensor *td_var_mean(td_tensor *x, double correction, int n, const int *axes, bool keepdim, td_tensor **mean);
TD_API td_tensor *td_std_mean(td_tensor *x, double correction, int n, const int *axes, bool keepdim, td_tensor **mean);
TD_API td_tensor *td_aminmax(td_tensor *x, int n, const int *axes, bool keepdim, td_tensor **max);

/* ---- ops: order statistics ------------------------------------------------------------------------------------------
 * Numbers stand as on the line, -0 is 0, NaN is behind all of them; equals keep the order they came in, descending too.  The
 * slope goes to the element that was taken; `indices`, i64, may be NULL.  A radix sort: O(n) a line, lines in parallel. */

TD_API td_tensor *td_sort(td_tensor *x, int axis, bool descending, td_tensor **indices);
TD_API td_tensor *td_argsort(td_tensor *x, int axis, bool descending);
TD_API td_tensor *td_msort(td_tensor *x);                      /* along the first axis */
TD_API td_tensor *td_topk(td_tensor *x, int64_t k, int axis, bool largest, td_tensor **indices);   /* sorted */
TD_API td_tensor *td_kthvalue(td_tensor *x, int64_t k, int axis, bool keepdim, td_tensor **indices);   /* k from 1 on, smallest first */
TD_API td_tensor *td_median(td_tensor *x);                     /* the lower of two in the middle, NaN if there is one; equals share the slope */
TD_API td_tensor *td_median_axes(td_tensor *x, int n, const int *axes, bool keepdim);   /* the first in order of equals takes it */
TD_API td_tensor *td_nanmedian(td_tensor *x);                  /* NaN passed over */
TD_API td_tensor *td_nanmedian_axes(td_tensor *x, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_mode(td_tensor *x, int axis, bool keepdim, td_tensor **indices);   /* the smallest of the most frequent, the last of equals */
TD_API td_tensor *td_unique(td_tensor *x);                     /* reads x: its different values, sorted, a constant */

typedef enum td_quantile_rule {        /* between two places */
    TD_QUANTILE_LINEAR, TD_QUANTILE_LOWER, TD_QUANTILE_HIGHER,
    TD_QUANTILE_NEAREST,               /* the even one if both are as near */
    TD_QUANTILE_MIDPOINT
} td_quantile_rule;
/* What stands at place q (n - 1) of the sorted elements, counted from 0.  0 <= q <= 1, else TD_EVALUE. */
TD_API td_tensor *td_quantile(td_tensor *x, double q, td_quantile_rule rule, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_nanquantile(td_tensor *x, double q, td_quantile_rule rule, int n, const int *axes, bool keepdim);

/* At each of q, a number or a vector (k): (k, ..) with the sizes of td_quantile behind.  q has a slope, too, at a whole place
 * that to its right; NaN where q is not in 0..1. */
TD_API td_tensor *td_quantile_tensor(td_tensor *x, td_tensor *q, td_quantile_rule rule, int n, const int *axes, bool keepdim);
TD_API td_tensor *td_nanquantile_tensor(td_tensor *x, td_tensor *q, td_quantile_rule rule, int n, const int *axes, bool keepdim);

/* No slopes, but bincount's in its weights.  searchsorted: i64, how many of a sorted line are below each value, or (right) not
 * above it; sorted is (n), or (..,n) for values (..,m).  bincount: weights may be NULL; it reads x to know how many bins there are, and
 * refuses negative numbers.  histc: a count of x in each of equal bins, in x's dtype; min = max stands for the least and largest x. */
TD_API td_tensor *td_searchsorted(td_tensor *sorted, td_tensor *values, bool right);
TD_API td_tensor *td_bucketize(td_tensor *x, td_tensor *boundaries, bool right);
TD_API td_tensor *td_bincount(td_tensor *x, td_tensor *weights, int64_t minlength);
TD_API td_tensor *td_histc(td_tensor *x, int64_t bins, double min, double max);

/* ---- ops: distances ------------------------------------------------------------------------------------------------
 * Orders p as in td_norm; slope 0 at distance 0, and equals share that of INFINITY. */

TD_API td_tensor *td_dist(td_tensor *x, td_tensor *y, double p);          /* norm of x - y, broadcast, over everything */
TD_API td_tensor *td_cdist(td_tensor *x, td_tensor *y, double p);         /* (..,m,k) (..,n,k) -> (..,m,n): rows with rows */
TD_API td_tensor *td_pairwise_distance(td_tensor *x, td_tensor *y, double p, double eps, bool keepdim);   /* norm of x - y + eps, last axis */
TD_API td_tensor *td_normalize(td_tensor *x, double p, int axis, double eps);      /* x / max(norm along axis, eps) */
TD_API td_tensor *td_cosine_similarity(td_tensor *x, td_tensor *y, int axis, double eps);   /* sum x y / (max(|x|, eps) max(|y|, eps)) */

/* ---- ops: shape --------------------------------------------------------------------------------------------------- */

TD_API td_tensor *td_reshape(td_tensor *x, int rank, const int64_t *size);   /* one size may be -1; a view where strides allow */
TD_API td_tensor *td_transpose(td_tensor *x, int axis0, int axis1);          /* view */
TD_API td_tensor *td_permute(td_tensor *x, const int *axes);                 /* view; axes[td_rank(x)] */
TD_API td_tensor *td_expand(td_tensor *x, int rank, const int64_t *size);    /* view; -1 keeps a size */
TD_API td_tensor *td_squeeze(td_tensor *x, int axis);                        /* view; x itself if that size is not 1 */
TD_API td_tensor *td_squeeze_all(td_tensor *x);
TD_API td_tensor *td_unsqueeze(td_tensor *x, int axis);                      /* view */
TD_API td_tensor *td_slice(td_tensor *x, int axis, int64_t start, int64_t stop, int64_t step);   /* view; Python's rules, step >= 1 */
TD_API td_tensor *td_select(td_tensor *x, int axis, int64_t index);          /* view; the axis is dropped */
TD_API td_tensor *td_concat(int n, td_tensor *const *x, int axis);
TD_API td_tensor *td_stack(int n, td_tensor *const *x, int axis);
TD_API td_tensor *td_flip(td_tensor *x, int n, const int *axes);
TD_API td_tensor *td_pad(td_tensor *x, const int64_t *before_after, double value);   /* 2 td_rank(x) counts, first axis first */
TD_API td_tensor *td_unslice(td_tensor *x, int axis, int64_t start, int64_t stop, int64_t step, int64_t n);   /* td_slice's adjoint */

/* ---- ops: shape, more ----------------------------------------------------------------------------------------------
 * Views where the strides allow, unless it says "copy". */

TD_API td_tensor *td_view(td_tensor *x, int rank, const int64_t *size);      /* td_reshape that refuses where it would have to copy */
TD_API td_tensor *td_flatten(td_tensor *x, int start_axis, int end_axis);    /* these axes become one; of a 0-d tensor (1) */
TD_API td_tensor *td_unflatten(td_tensor *x, int axis, int rank, const int64_t *size);   /* the axis becomes several; one may be -1 */
TD_API td_tensor *td_ravel(td_tensor *x);                                    /* (numel) */
TD_API td_tensor *td_movedim(td_tensor *x, int n, const int *source, const int *destination);
TD_API td_tensor *td_moveaxis(td_tensor *x, int n, const int *source, const int *destination);    /* td_movedim */
TD_API td_tensor *td_swapaxes(td_tensor *x, int axis0, int axis1);           /* td_transpose */
TD_API td_tensor *td_squeeze_axes(td_tensor *x, int n, const int *axes);     /* those of them of size 1 */
TD_API td_tensor *td_expand_as(td_tensor *x, td_tensor *other);
TD_API td_tensor *td_broadcast_to(td_tensor *x, int rank, const int64_t *size);   /* td_expand */
TD_API void       td_broadcast_tensors(int n, td_tensor *const *x, td_tensor **y);     /* y[n]: the views of one shape */
TD_API td_tensor *td_atleast_1d(td_tensor *x);
TD_API td_tensor *td_atleast_2d(td_tensor *x);                               /* (n) -> (1,n) */
TD_API td_tensor *td_atleast_3d(td_tensor *x);                               /* (n) -> (1,n,1), (m,n) -> (m,n,1) */
TD_API td_tensor *td_narrow(td_tensor *x, int axis, int64_t start, int64_t length);
TD_API td_tensor *td_repeat(td_tensor *x, int n, const int64_t *counts);     /* copy; the whole, counts[i] times along axis i; n >= td_rank(x) */
TD_API td_tensor *td_tile(td_tensor *x, int n, const int64_t *counts);       /* td_repeat, with counts 1 in front if there are few */
TD_API td_tensor *td_repeat_interleave(td_tensor *x, int64_t count, int axis);    /* copy; each element so many times */
TD_API td_tensor *td_repeat_interleave_each(td_tensor *x, td_tensor *counts, int axis);   /* element j counts[j] times; counts (n) i64 is read */
TD_API td_tensor *td_roll(td_tensor *x, int n, const int64_t *shifts, const int *axes);   /* copy; what leaves at the end comes in at the front */
TD_API td_tensor *td_roll_all(td_tensor *x, int64_t shift);                  /* of td_ravel(x), in x's shape */
TD_API td_tensor *td_rot90(td_tensor *x, int64_t k, int axis0, int axis1);   /* k quarter turns from axis0 towards axis1 */
TD_API td_tensor *td_fliplr(td_tensor *x);                                   /* copy; axis 1 reversed */
TD_API td_tensor *td_flipud(td_tensor *x);                                   /* copy; axis 0 reversed */
TD_API td_tensor *td_diagonal(td_tensor *x, int64_t offset, int axis0, int axis1);   /* view; x[i, i + offset] becomes the last axis */
TD_API td_tensor *td_undiagonal(td_tensor *x, int64_t offset, int axis0, int axis1, int64_t m, int64_t n);  /* td_diagonal's adjoint: into zeros, m by n */
TD_API td_tensor *td_diag_embed(td_tensor *x, int64_t offset, int axis0, int axis1);   /* into zeros, square; axes of the result */
TD_API td_tensor *td_diag(td_tensor *x, int64_t offset);                     /* of a vector the matrix, of a matrix the diagonal */
TD_API td_tensor *td_tril(td_tensor *x, int64_t diagonal);                   /* copy; 0 where j > i + diagonal, in the last two axes */
TD_API td_tensor *td_triu(td_tensor *x, int64_t diagonal);                   /* copy; 0 where j < i + diagonal */
TD_API td_tensor *td_trace(td_tensor *x);                                    /* (m,n) -> () */
TD_API td_tensor *td_hstack(int n, td_tensor *const *x);                     /* along axis 1, vectors along axis 0 */
TD_API td_tensor *td_vstack(int n, td_tensor *const *x);                     /* of td_atleast_2d, along axis 0 */
TD_API td_tensor *td_dstack(int n, td_tensor *const *x);                     /* of td_atleast_3d, along axis 2 */
TD_API td_tensor *td_block_diag(int n, td_tensor *const *x);                 /* matrices, vectors (rows) and numbers along a diagonal of zeros */
TD_API td_tensor *td_vander(td_tensor *x, int64_t n, bool increasing);       /* (m) -> (m,n): powers n-1 .. 0, or 0 .. n-1 */
/* y[n], y[i] varies along axis i (and repeats x[i], a vector or a number); indexing "ij", or "xy": axes 0 and 1 exchanged */
TD_API void       td_meshgrid(int n, td_tensor *const *x, const char *indexing, td_tensor **y);

/* Parts along an axis, views, into part[0..room); how many, 0 after an error.  More than `room` is an error. */
TD_API int td_split(td_tensor *x, int64_t size, int axis, int room, td_tensor **part);      /* of `size`, the last may be smaller */
TD_API int td_split_sizes(td_tensor *x, int n, const int64_t *sizes, int axis, td_tensor **part);
TD_API int td_chunk(td_tensor *x, int64_t chunks, int axis, td_tensor **part);              /* at most so many of one size */
TD_API int td_tensor_split(td_tensor *x, int64_t sections, int axis, td_tensor **part);     /* exactly so many, the first ones larger by 1 */
TD_API int td_tensor_split_at(td_tensor *x, int n, const int64_t *indices, int axis, td_tensor **part);    /* n + 1, cut before these */
TD_API int td_unbind(td_tensor *x, int axis, int room, td_tensor **part);                   /* td_select of each */

/* ---- ops: index --------------------------------------------------------------------------------------------------- */

TD_API td_tensor *td_index_select(td_tensor *x, int axis, td_tensor *index);                     /* index (n), i64 */
TD_API td_tensor *td_index_add(td_tensor *x, int axis, td_tensor *index, td_tensor *source);
TD_API td_tensor *td_gather(td_tensor *x, int axis, td_tensor *index);
TD_API td_tensor *td_scatter_add(td_tensor *x, int axis, td_tensor *index, td_tensor *source);   /* in source order: same bits always */
TD_API td_tensor *td_embedding(td_tensor *weight, td_tensor *index);

/* ---- ops: index, more ------------------------------------------------------------------------------------------------
 * "Negative too": an index -n <= i < 0 counts from the end.  Where several elements go to one place the last of them in
 * row-major order is the one that stays, and takes the slope.  `reduce` is "sum", "prod", "mean", "amax" or "amin". */

TD_API td_tensor *td_take(td_tensor *x, td_tensor *index);                   /* of td_ravel(x), in the index's shape; negative too */
TD_API td_tensor *td_take_along_dim(td_tensor *x, td_tensor *index, int axis);   /* td_gather of operands broadcast off the axis; negative too */
TD_API td_tensor *td_put(td_tensor *x, td_tensor *index, td_tensor *source, bool accumulate);   /* into td_ravel(x); as many as indices; negative too */
TD_API td_tensor *td_index(td_tensor *x, int n, td_tensor *const *index);    /* x[index[0], ..], indices broadcast; negative too */
TD_API td_tensor *td_index_put(td_tensor *x, int n, td_tensor *const *index, td_tensor *values, bool accumulate);   /* x[index[0], ..] = values, broadcast */
TD_API td_tensor *td_index_copy(td_tensor *x, int axis, td_tensor *index, td_tensor *source);
TD_API td_tensor *td_index_fill(td_tensor *x, int axis, td_tensor *index, double value);   /* negative too */
TD_API td_tensor *td_index_fill_tensor(td_tensor *x, int axis, td_tensor *index, td_tensor *value);   /* value 0-d, in x's dtype */
TD_API td_tensor *td_index_reduce(td_tensor *x, int axis, td_tensor *index, td_tensor *source, const char *reduce, bool include_self);
TD_API td_tensor *td_scatter(td_tensor *x, int axis, td_tensor *index, td_tensor *source);   /* the source no smaller than the index */
TD_API td_tensor *td_scatter_value(td_tensor *x, int axis, td_tensor *index, double value);
TD_API td_tensor *td_scatter_reduce(td_tensor *x, int axis, td_tensor *index, td_tensor *source, const char *reduce, bool include_self);
TD_API td_tensor *td_select_scatter(td_tensor *x, td_tensor *source, int axis, int64_t index);
TD_API td_tensor *td_slice_scatter(td_tensor *x, td_tensor *source, int axis, int64_t start, int64_t stop, int64_t step);
TD_API td_tensor *td_diagonal_scatter(td_tensor *x, td_tensor *source, int64_t offset, int axis0, int axis1);
TD_API td_tensor *td_masked_fill(td_tensor *x, td_tensor *mask, double value);   /* x broadcasts with the mask */
TD_API td_tensor *td_masked_fill_tensor(td_tensor *x, td_tensor *mask, td_tensor *value);   /* value 0-d, in x's dtype */
/* The sizes of these depend on numbers.  What they depend on is read when they are called, and is a constant from then on: a
 * tape replays it, differences of a program that moves it can't follow. */
TD_API td_tensor *td_nonzero(td_tensor *x);                                  /* (count, rank) i64: where x is not 0, row-major; NaN is not 0 */
TD_API td_tensor *td_masked_select(td_tensor *x, td_tensor *mask);           /* (count): x where the mask is true, row-major; broadcast */
TD_API td_tensor *td_masked_scatter(td_tensor *x, td_tensor *mask, td_tensor *source);   /* the first elements of the source, where the mask is true */
TD_API td_tensor *td_wrap_index(td_tensor *index, int64_t n);                /* i < 0 ? i + n : i; checks -n <= i < n */
TD_API td_tensor *td_index_next(td_tensor *index, int axis, bool backwards); /* along axis, where next the same index stands; the size if nowhere */
TD_API td_tensor *td_one_hot(td_tensor *index, int64_t num_classes);         /* (..) -> (.., num_classes) i64; -1: one more than the largest, which is read */

/* ---- ops: scans ----------------------------------------------------------------------------------------------------
 * Along an axis, in order; of f32 carried in double and rounded for each element.  bool is counted in i64. */

TD_API td_tensor *td_cumsum(td_tensor *x, int axis);          /* y_k = x_0 + ... + x_k */
TD_API td_tensor *td_cumprod(td_tensor *x, int axis);         /* y_k = x_0 ... x_k; slopes right with any number of zeros */
TD_API td_tensor *td_logcumsumexp(td_tensor *x, int axis);    /* y_k = log(e^x_0 + ... + e^x_k) */
TD_API td_tensor *td_cummax(td_tensor *x, int axis, td_tensor **indices);   /* the largest so far, the last of equals, its place (i64; may be NULL) */
TD_API td_tensor *td_cummin(td_tensor *x, int axis, td_tensor **indices);
TD_API td_tensor *td_recurrence(td_tensor *a, td_tensor *b, int axis);    /* y_0 = b_0, y_k = a_k y_(k-1) + b_k; floats of one shape */

/* The n-th difference of neighbours along the axis; of bool, whether they differ.  prepend and append, or NULL, stand before
 * and behind x. */
TD_API td_tensor *td_diff(td_tensor *x, int64_t n, int axis, td_tensor *prepend, td_tensor *append);
/* The integral of y along the axis by the trapezoidal rule, and those up to each number but the first.  x: where y was taken, a
 * vector along the axis or of y's rank, which is expanded; NULL: dx apart. */
TD_API td_tensor *td_trapezoid(td_tensor *y, td_tensor *x, double dx, int axis);
TD_API td_tensor *td_cumulative_trapezoid(td_tensor *y, td_tensor *x, double dx, int axis);

/* ---- ops: linear algebra ------------------------------------------------------------------------------------------ */

TD_API td_tensor *td_matmul(td_tensor *x, td_tensor *y);      /* PyTorch's rules for 1-d, 2-d and batched */
TD_API td_tensor *td_mm(td_tensor *a, td_tensor *b);          /* (..,m,k) (..,k,n) -> (..,m,n), the same leading sizes */
TD_API td_tensor *td_dot(td_tensor *x, td_tensor *y);         /* (n) (n) -> () */
TD_API td_tensor *td_outer(td_tensor *x, td_tensor *y);       /* (m) (n) -> (m,n) */
TD_API td_tensor *td_linear(td_tensor *x, td_tensor *weight, td_tensor *bias);   /* x weight^T + bias; bias may be NULL */

/* ---- ops: products over axes ---------------------------------------------------------------------------------------- */

/* Sums of products by labels: "ij,jk->ik" is a matrix product, "ii" a trace, "ij->ji" a transpose.
 *
 *     equation   a label, A-Z or a-z, for each axis of each operand, operands separated by commas; behind an arrow those of
 *                the result.  "..." stands for any axes an operand has besides, aligned at the end, which broadcast.
 *                Spaces are skipped; at most 127 characters
 *     x          n operands, at most 16; axes of one label have one size, or 1, which broadcasts
 *     ->         the product of all operands, summed over the labels the result does not have.  A label twice in one operand
 *                is its diagonal.  Without an arrow the result has the axes under an ellipsis and then the labels that stand once, A-Z
 *                before a-z
 *
 * Operands are taken from the left, two at a time, by matrix products.  Errors name the position in the equation. */
TD_API td_tensor *td_einsum(const char *equation, int n, td_tensor *const *x);
/* Over pairs of axes, axes_x[k] with axes_y[k]; the other axes of x, then of y. */
TD_API td_tensor *td_tensordot(td_tensor *x, td_tensor *y, int n, const int *axes_x, const int *axes_y);
TD_API td_tensor *td_inner(td_tensor *x, td_tensor *y);       /* over the last axes; with a 0-d operand mul */
TD_API td_tensor *td_vecdot(td_tensor *x, td_tensor *y, int axis);          /* sum of x y over axis of what they broadcast to */
TD_API td_tensor *td_cross(td_tensor *x, td_tensor *y, int axis);           /* vector product along an axis of size 3 */
TD_API td_tensor *td_kron(td_tensor *x, td_tensor *y);        /* Kronecker product; at most 4 axes */
TD_API td_tensor *td_bmm(td_tensor *x, td_tensor *y);         /* (b,m,k) (b,k,n) -> (b,m,n) */
TD_API td_tensor *td_mv(td_tensor *x, td_tensor *y);          /* (m,k) (k) -> (m) */
/* beta input + alpha x y.  The input broadcasts to the product; with beta = 0 it is not looked at. */
TD_API td_tensor *td_addmm(td_tensor *input, td_tensor *x, td_tensor *y, double beta, double alpha);      /* (m,k) (k,n) */
TD_API td_tensor *td_addmv(td_tensor *input, td_tensor *x, td_tensor *y, double beta, double alpha);      /* (m,k) (k) */
TD_API td_tensor *td_addr(td_tensor *input, td_tensor *x, td_tensor *y, double beta, double alpha);       /* (m) (n): outer */
TD_API td_tensor *td_baddbmm(td_tensor *input, td_tensor *x, td_tensor *y, double beta, double alpha);    /* (b,m,k) (b,k,n) */
TD_API td_tensor *td_addbmm(td_tensor *input, td_tensor *x, td_tensor *y, double beta, double alpha);     /* their sum over b */
TD_API td_tensor *td_multi_dot(int n, td_tensor *const *x);   /* x[0] x[1] ..., 2 to 64, bracketed to cost least; ends may be vectors */
TD_API td_tensor *td_chain_matmul(int n, td_tensor *const *x);              /* multi_dot's other name */

/* ---- ops: systems and determinants ----------------------------------------------------------------------------------
 * Of matrices (n,n), or stacks of them (..,n,n), each for itself; f32 or f64, f32 computed in double and rounded once.  Where
 * two operands take part leading sizes broadcast.  Blocked, by our own matrix products: the same bits for any number of threads.
 *
 * Where there is more than one result, the first is returned and the others are written through pointers.
 *
 * Sources: G. Golub, C. Van Loan, "Matrix Computations"; of the rules M. Giles, "Collected matrix derivative results for forward
 * and reverse mode algorithmic differentiation", 2008. */

/* a = L L^T; upper: L^T is returned.  Of the symmetric part of a, (a + a^T)/2, so that the adjoint is symmetric, as
 * PyTorch's is, and every entry of a has the slope that it says.  TD_EDOMAIN where a leading minor is not positive, with its order. */
TD_API td_tensor *td_cholesky(td_tensor *a, bool upper);
/* x of a x = b, left, or x a = b; a triangular: the other triangle is not read, nor with unitriangular the diagonal.  Infinities
 * where a number on the diagonal is 0. */
TD_API td_tensor *td_solve_triangular(td_tensor *a, td_tensor *b, bool upper, bool left, bool unitriangular);
TD_API td_tensor *td_cholesky_solve(td_tensor *b, td_tensor *l, bool upper);    /* (l l^T)^-1 b; upper: (l^T l)^-1 b */
TD_API td_tensor *td_cholesky_inverse(td_tensor *l, bool upper);                /* (l l^T)^-1; upper: (l^T l)^-1 */
/* x of a x = b, left, or x a = b.  b is a vector (n), vectors of a's leading sizes, or matrices.  TD_EDOMAIN where a pivot is 0. */
TD_API td_tensor *td_solve(td_tensor *a, td_tensor *b, bool left);
TD_API td_tensor *td_inv(td_tensor *a);                       /* TD_EDOMAIN where a pivot is 0 */
/* (m,n) with partial pivoting, the first of the largest.  lu: both factors in one matrix, and pivots (min(m,n)) i64: row i was
 * exchanged with row pivots[i], counted from 1, in this order. */
TD_API td_tensor *td_lu_factor(td_tensor *a, td_tensor **pivots);
TD_API td_tensor *td_lu(td_tensor *a, td_tensor **l, td_tensor **u);            /* a = p l u; returns p, which has slope 0 */
TD_API td_tensor *td_lu_solve(td_tensor *lu, td_tensor *pivots, td_tensor *b);  /* x of a x = b */
TD_API td_tensor *td_pivot_rows(td_tensor *x, td_tensor *pivots, bool back);    /* rows exchanged as pivots say, or back again */
/* Slopes are cofactors, so they are right at singular matrices too, and so are their own, to any order. */
TD_API td_tensor *td_det(td_tensor *a);
TD_API td_tensor *td_cofactor(td_tensor *a);                  /* det's slopes: (-1)^(i+j) times the minor without row i, column j */
/* Returns the sign, -1, 0 or 1, and the log of the size; -inf with infinite slopes where a is singular. */
TD_API td_tensor *td_slogdet(td_tensor *a, td_tensor **logabs);
TD_API td_tensor *td_logdet(td_tensor *a);                    /* NaN where det a is negative */

TD_API td_tensor *td_matrix_power(td_tensor *a, int64_t n);   /* n may be negative: powers of the inverse */
TD_API td_tensor *td_matrix_exp(td_tensor *a);                /* by scaling and squaring: N. Higham, 2005 */

/* ---- ops: orthogonal factors ----------------------------------------------------------------------------------------
 * Of matrices (m,n), or stacks of them (..,m,n), k = min(m,n); f32 or f64, f32 computed in double and rounded once.
 *
 * Signs.    Vectors of eigh and svd may be turned round.  The first of the largest numbers of each (of svd, of each column of
 *           u) is positive, and so is the diagonal of qr's r, which makes q and r unique.  PyTorch leaves signs to LAPACK.
 *           A cotangent that depends on a sign asks for what is not there; nothing warns of it.
 * Repeated  eigenvalues and singular values have slopes, which are right for what does not depend on how equals are told
 *           apart (their sum, their largest).  Their vectors have none: infinite or NaN, as soon as a cotangent reaches them.
 * Symmetry. eigh and eigvalsh are functions of the symmetric part, (a + a^T)/2, as cholesky is; adjoints are symmetric.
 *
 * Eigenvalues and singular values by Jacobi's rotations, one after the other: O(n^3) for each of some 6 to 10 sweeps; of large
 * matrices by LAPACK where triad was configured so (td_has_lapack), which is 4 to 6 times as fast at n = 200. */

/* a = q r, q (m,k) with orthogonal columns, r (k,n) upper.  Slopes where the first k columns are independent.  complete with
 * m > n is refused, TD_EVALUE: its further columns are anyone's choice. */
TD_API td_tensor *td_qr(td_tensor *a, bool complete, td_tensor **r);
/* The x (n,j) of least length among those of least |a x - b|, b (m,j); a of full rank, else infinities. */
TD_API td_tensor *td_lstsq(td_tensor *a, td_tensor *b);
TD_API td_tensor *td_eigh(td_tensor *a, td_tensor **vectors);        /* eigenvalues, the least first; vectors in columns */
TD_API td_tensor *td_eigvalsh(td_tensor *a);
TD_API td_tensor *td_svd(td_tensor *a, td_tensor **s, td_tensor **vt);      /* a = u diag(s) vt; u (m,k), s from the largest on, vt (k,n) */
TD_API td_tensor *td_svdvals(td_tensor *a);
TD_API td_tensor *td_pinv(td_tensor *a);     /* singular values up to max(m,n) epsilon of the largest count as 0; slopes at constant rank */
TD_API td_tensor *td_nuclear_norm(td_tensor *a);                     /* sum of the singular values */
TD_API td_tensor *td_spectral_norm(td_tensor *a, double p);          /* 2 the largest, -2 the least of them */
TD_API td_tensor *td_cond(td_tensor *a, double p);                   /* |a| |a^-1| for p = 2, -2, 1, -1, INFINITY, -INFINITY */
TD_API td_tensor *td_matrix_rank(td_tensor *a, double rtol);         /* i64; rtol 0: max(m,n) epsilon */

/* ---- ops: neural networks ----------------------------------------------------------------------------------------- */

TD_API td_tensor *td_softmax(td_tensor *x, int axis);
TD_API td_tensor *td_log_softmax(td_tensor *x, int axis);
TD_API td_tensor *td_layer_norm(td_tensor *x, int n_axes, td_tensor *weight, td_tensor *bias, double eps);   /* over the last n_axes; weight, bias may be NULL */
TD_API td_tensor *td_layer_norm_adj(td_tensor *x, td_tensor *g, int n_axes, td_tensor *weight, double eps);    /* g like x: layer_norm's gradient in x */
TD_API td_tensor *td_layer_norm_adj_w(td_tensor *x, td_tensor *g, int n_axes, double eps);   /* (2,n): that in weight, that in bias */
TD_API td_tensor *td_dropout(td_tensor *x, double p);                            /* the mask is the context's next random stream */

/* ---- ops: convolutions ----------------------------------------------------------------------------------------------
 * x is (n, channels, size..), or without n; weight (out, channels / groups, kernel..), of the transposed ones (channels,
 * out / groups, kernel..); bias (out) or NULL.  Lists have a number for each spatial axis; NULL is PyTorch's preset: stride 1,
 * padding 0, dilation 1, output_padding 0.  The result's axis has (size + 2 padding - dilation (kernel - 1) - 1) / stride + 1
 * numbers, rounded down; transposed (size - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1. */

TD_API td_tensor *td_conv1d(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride, const int64_t *padding,
                            const int64_t *dilation, int64_t groups);
TD_API td_tensor *td_conv2d(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride, const int64_t *padding,
                            const int64_t *dilation, int64_t groups);
TD_API td_tensor *td_conv3d(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride, const int64_t *padding,
                            const int64_t *dilation, int64_t groups);
TD_API td_tensor *td_conv_transpose1d(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride,
                                      const int64_t *padding, const int64_t *output_padding, int64_t groups,
                                      const int64_t *dilation);
TD_API td_tensor *td_conv_transpose2d(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride,
                                      const int64_t *padding, const int64_t *output_padding, int64_t groups,
                                      const int64_t *dilation);
TD_API td_tensor *td_conv_transpose3d(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride,
                                      const int64_t *padding, const int64_t *output_padding, int64_t groups,
                                      const int64_t *dilation);
/* padding "same": stride 1 and zeros around x so that its sizes stay.  "valid" is padding NULL. */
TD_API td_tensor *td_conv_same(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *dilation, int64_t groups);

/* ---- ops: pooling ---------------------------------------------------------------------------------------------------
 * x is (n, channels, size..), or without n.  Lists as above; stride NULL: the kernel's sizes.  With ceil_mode a last window that
 * begins inside x or its padding before it is taken too.  padding: at most half of the kernel. */

/* Largest of each window; a NaN is largest, of several the last; of several equals the first has it all.  *indices, unless NULL:
 * i64, which of a channel's numbers (row-major) it was. */
TD_API td_tensor *td_max_pool1d(td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
                                const int64_t *dilation, bool ceil_mode, td_tensor **indices);
TD_API td_tensor *td_max_pool2d(td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
                                const int64_t *dilation, bool ceil_mode, td_tensor **indices);
TD_API td_tensor *td_max_pool3d(td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
                                const int64_t *dilation, bool ceil_mode, td_tensor **indices);
/* Sum of a window over divisor (0: how many numbers it has, those of the padding if count_include_pad). */
TD_API td_tensor *td_avg_pool1d(td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
                                bool ceil_mode, bool count_include_pad);
TD_API td_tensor *td_avg_pool2d(td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
                                bool ceil_mode, bool count_include_pad, int64_t divisor);
TD_API td_tensor *td_avg_pool3d(td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
                                bool ceil_mode, bool count_include_pad, int64_t divisor);
/* Window j of m over n numbers is floor(j n / m) .. ceil((j + 1) n / m). */
TD_API td_tensor *td_adaptive_avg_pool1d(td_tensor *x, const int64_t *output_size);
TD_API td_tensor *td_adaptive_avg_pool2d(td_tensor *x, const int64_t *output_size);
TD_API td_tensor *td_adaptive_avg_pool3d(td_tensor *x, const int64_t *output_size);
TD_API td_tensor *td_adaptive_max_pool1d(td_tensor *x, const int64_t *output_size, td_tensor **indices);
TD_API td_tensor *td_adaptive_max_pool2d(td_tensor *x, const int64_t *output_size, td_tensor **indices);
TD_API td_tensor *td_adaptive_max_pool3d(td_tensor *x, const int64_t *output_size, td_tensor **indices);
/* (sum of x^p over a window)^(1/p); p must be even or x positive where x^p is to be, as in PyTorch. */
TD_API td_tensor *td_lp_pool1d(td_tensor *x, double p, const int64_t *kernel, const int64_t *stride, bool ceil_mode);
TD_API td_tensor *td_lp_pool2d(td_tensor *x, double p, const int64_t *kernel, const int64_t *stride, bool ceil_mode);
TD_API td_tensor *td_lp_pool3d(td_tensor *x, double p, const int64_t *kernel, const int64_t *stride, bool ceil_mode);

/* Numbers back where max pooling took them from, 0 elsewhere; indices as that gives them, of several to one place the last
 * stays.  output_size NULL: (n - 1) stride - 2 padding + kernel; else by less than a stride another. */
TD_API td_tensor *td_max_unpool1d(td_tensor *x, td_tensor *indices, const int64_t *kernel, const int64_t *stride,
                                  const int64_t *padding, const int64_t *output_size);
TD_API td_tensor *td_max_unpool2d(td_tensor *x, td_tensor *indices, const int64_t *kernel, const int64_t *stride,
                                  const int64_t *padding, const int64_t *output_size);
TD_API td_tensor *td_max_unpool3d(td_tensor *x, td_tensor *indices, const int64_t *kernel, const int64_t *stride,
                                  const int64_t *padding, const int64_t *output_size);

/* ---- ops: windows, borders, sizes ----------------------------------------------------------------------------------- */

/* A view: windows of `size` along axis, `step` apart, as an axis more at the end (Tensor.unfold).  Its adjoint adds where they
 * overlap: td_fold_axis, n the size that axis had. */
TD_API td_tensor *td_unfold_axis(td_tensor *x, int axis, int64_t size, int64_t step);
TD_API td_tensor *td_fold_axis(td_tensor *x, int axis, int64_t step, int64_t n);
/* torch.nn.functional.unfold and fold: (n,c,h,w) to and from (n, c kernel, positions), two numbers each; NULL: 1, 0, 1. */
TD_API td_tensor *td_unfold(td_tensor *x, const int64_t *kernel, const int64_t *dilation, const int64_t *padding,
                            const int64_t *stride);
TD_API td_tensor *td_fold(td_tensor *x, const int64_t *output_size, const int64_t *kernel, const int64_t *dilation,
                          const int64_t *padding, const int64_t *stride);
/* torch.nn.functional.pad: count numbers, before and after the last axis, before and after the one before it, ...; a negative
 * one takes numbers away.  Reflected without the border itself; circular: what is at the other end. */
TD_API td_tensor *td_constant_pad(td_tensor *x, int count, const int64_t *pad, double value);
TD_API td_tensor *td_reflection_pad(td_tensor *x, int count, const int64_t *pad);
TD_API td_tensor *td_replication_pad(td_tensor *x, int count, const int64_t *pad);
TD_API td_tensor *td_circular_pad(td_tensor *x, int count, const int64_t *pad);
/* torch.nn.functional.interpolate of x (n, channels, 1 to 3 axes): linear is linear, bilinear or trilinear by x's axes; cubic of
 * two.  size, or if NULL scale: a number for each axis.  align_corners for linear and cubic. */
typedef enum { TD_NEAREST, TD_NEAREST_EXACT, TD_LINEAR, TD_CUBIC, TD_AREA } td_interpolation;
TD_API td_tensor *td_interpolate(td_tensor *x, const int64_t *size, const double *scale, td_interpolation mode,
                                 bool align_corners);
TD_API td_tensor *td_pixel_shuffle(td_tensor *x, int64_t factor);        /* (.., c r r, h, w) -> (.., c, h r, w r) */
TD_API td_tensor *td_pixel_unshuffle(td_tensor *x, int64_t factor);      /* and back */

/* torch.nn.functional.affine_grid: theta (n,2,3) or (n,3,4), sizes (n,c,h,w) or (n,c,d,h,w) of which the first two are not read
 * -> (n,h,w,2) or (n,d,h,w,3): theta applied to the coordinates of each number, x first, that run from -1 to 1: over all
 * numbers, or, align_corners, from the first to the last. */
TD_API td_tensor *td_affine_grid(td_tensor *theta, int rank, const int64_t *size, bool align_corners);
/* torch.nn.functional.grid_sample: x (n,c,h,w) at the coordinates of a grid (n,..,..,2), or with one axis more each -> (n,c,..,..).
 * Slopes where a coordinate meets a number are those to its right, where it meets a border 0.  An infinite coordinate lies
 * outside; a NaN gives NaN, nearest 0. */
typedef enum { TD_GRID_BILINEAR, TD_GRID_NEAREST } td_grid_mode;
typedef enum { TD_GRID_ZEROS, TD_GRID_BORDER, TD_GRID_REFLECTION } td_grid_padding;
TD_API td_tensor *td_grid_sample(td_tensor *x, td_tensor *grid, td_grid_mode mode, td_grid_padding padding, bool align_corners);

/* ---- ops: normalisations --------------------------------------------------------------------------------------------
 * (x - mean) / sqrt(var + eps) weight + bias, var with divisor n; x is (n, channels, ..), weight and bias (channels) or NULL. */

/* training: mean and var of each channel over all else, and into *new_mean, *new_var (unless NULL; needs the running ones) the
 * running ones moved by momentum towards them, var with divisor n - 1.  Else the running ones are taken. */
TD_API td_tensor *td_batch_norm(td_tensor *x, td_tensor *running_mean, td_tensor *running_var, td_tensor *weight,
                                td_tensor *bias, bool training, double momentum, double eps, td_tensor **new_mean,
                                td_tensor **new_var);
TD_API td_tensor *td_group_norm(td_tensor *x, int64_t groups, td_tensor *weight, td_tensor *bias, double eps);
TD_API td_tensor *td_instance_norm(td_tensor *x, td_tensor *weight, td_tensor *bias, double eps);
/* x / sqrt(mean of x^2 + eps) weight over the last n_axes; eps < 0: that of x's dtype. */
TD_API td_tensor *td_rms_norm(td_tensor *x, int n_axes, td_tensor *weight, double eps);
/* x / (k + alpha mean of x^2 over `size` channels around)^beta */
TD_API td_tensor *td_local_response_norm(td_tensor *x, int64_t size, double alpha, double beta, double k);

/* ---- ops: losses ---------------------------------------------------------------------------------------------------
 * Terms, one for each number, row or class as said, then their mean, their sum, or the terms themselves.  Of nothing the mean is
 * NaN.  Operands of terms that are numbers broadcast and promote; weights that may be NULL are 1. */

typedef enum td_reduction {
    TD_REDUCTION_MEAN, TD_REDUCTION_SUM, TD_REDUCTION_NONE,
    TD_REDUCTION_BATCHMEAN         /* of td_kl_div alone: the sum over the size of axis 0 */
} td_reduction;

#define TD_IGNORE_INDEX (-100)     /* a target that counts for nothing, where no other is named */

/* number by number: x a prediction, y a target */
/* w |x - y|; the mean is over the sum of w */
TD_API td_tensor *td_l1_loss(td_tensor *x, td_tensor *y, td_tensor *weight, td_reduction reduction);
/* w (x - y)^2; likewise */
TD_API td_tensor *td_mse_loss(td_tensor *x, td_tensor *y, td_tensor *weight, td_reduction reduction);
/* d = |x - y|: d^2 / 2 below delta, delta (d - delta / 2) from there on */
TD_API td_tensor *td_huber_loss(td_tensor *x, td_tensor *y, double delta, td_tensor *weight, td_reduction reduction);
/* Huber's with delta = beta, over beta; 0: |x - y| */
TD_API td_tensor *td_smooth_l1_loss(td_tensor *x, td_tensor *y, double beta, td_reduction reduction);
/* -w (y log p + (1 - y) log(1 - p)), logarithms no less than -100 */
TD_API td_tensor *td_binary_cross_entropy(td_tensor *p, td_tensor *y, td_tensor *weight, td_reduction reduction);
/* of p = sigmoid x, without limit; y log p times pos_weight */
TD_API td_tensor *td_binary_cross_entropy_with_logits(td_tensor *x, td_tensor *y, td_tensor *weight, td_tensor *pos_weight,
                                                      td_reduction reduction);
/* y (log y - x), or e^y (y - x) of a target that is a logarithm */
TD_API td_tensor *td_kl_div(td_tensor *x, td_tensor *y, bool log_target, td_reduction reduction);
/* e^x - y x, or x - y log(x + eps); full: and Stirling's log y! where y > 1 */
TD_API td_tensor *td_poisson_nll_loss(td_tensor *x, td_tensor *y, bool log_input, bool full, double eps, td_reduction
                                      reduction);
/* (log v + (x - y)^2 / v) / 2, v = max(var, eps); full: and log(2 pi) / 2 */
TD_API td_tensor *td_gaussian_nll_loss(td_tensor *x, td_tensor *y, td_tensor *var, bool full, double eps, td_reduction
                                       reduction);
/* log(1 + exp(-y x)) */
TD_API td_tensor *td_soft_margin_loss(td_tensor *x, td_tensor *y, td_reduction reduction);
/* max(0, margin - y (x1 - x2)) */
TD_API td_tensor *td_margin_ranking_loss(td_tensor *x1, td_tensor *x2, td_tensor *y, double margin, td_reduction reduction);
/* labels y: x where 1, max(0, margin - x) where -1 */
TD_API td_tensor *td_hinge_embedding_loss(td_tensor *x, td_tensor *y, double margin, td_reduction reduction);

/* Row by row: the last axis is gone from the terms. */
/* max(0, margin + d(a,p) - d(a,n)), d = |x - y + eps|_p; swap: the less of d(a,n) and d(p,n) */
TD_API td_tensor *td_triplet_margin_loss(td_tensor *anchor, td_tensor *positive, td_tensor *negative, double margin, double
                                         p, double eps, bool swap, td_reduction reduction);
/* (n,d) or (d), labels y: 1 - cos where 1, max(0, cos - margin) where -1 */
TD_API td_tensor *td_cosine_embedding_loss(td_tensor *x1, td_tensor *x2, td_tensor *y, double margin, td_reduction
                                           reduction);

/* Class by class: x (c), (n,c) or (n,c,...), a target of the same sizes without c of classes 0..c-1 (i64), weight (c).  A target
 * equal to ignore_index counts for nothing. */
/* -w_t x_t; the mean is over the sum of w_t */
TD_API td_tensor *td_nll_loss(td_tensor *x, td_tensor *target, td_tensor *weight, int64_t ignore_index, td_reduction
                              reduction);
/* nll_loss of log softmax x; a target of floats has x's sizes and holds probabilities */
TD_API td_tensor *td_cross_entropy_loss(td_tensor *x, td_tensor *target, td_tensor *weight, int64_t ignore_index, double
                                        label_smoothing, td_reduction reduction);
/* w_t / c sum over k not t of max(0, margin - x_t + x_k)^p, p 1 or 2; x (c), (n,c) */
TD_API td_tensor *td_multi_margin_loss(td_tensor *x, td_tensor *target, int p, double margin, td_tensor *weight, td_reduction
                                       reduction);
/* target like x: classes, up to the first that is negative */
TD_API td_tensor *td_multilabel_margin_loss(td_tensor *x, td_tensor *target, td_reduction reduction);
/* binary_cross_entropy_with_logits, its mean over the last axis */
TD_API td_tensor *td_multilabel_soft_margin_loss(td_tensor *x, td_tensor *y, td_tensor *weight, td_reduction reduction);

/* td_cross_entropy_loss by options, zero in every field, or NULL, for PyTorch's defaults.  (n,c), classes (n) and the mean are one
 * kernel. */
typedef struct td_cross_entropy_options {
    td_tensor   *weight;
    double       label_smoothing;
    bool         ignores;          /* ignore_index is given, else TD_IGNORE_INDEX */
    int64_t      ignore_index;
    td_reduction reduction;
} td_cross_entropy_options;
TD_API td_tensor *td_cross_entropy(td_tensor *logits, td_tensor *target, const td_cross_entropy_options *options);
/* (n,c), (n), g (): (softmax - onehot) g / n */
TD_API td_tensor *td_cross_entropy_adj(td_tensor *logits, td_tensor *target, td_tensor *g);

/* Connectionist temporal classification: log_probs (t,n,c) of t times, n sequences, c classes, targets (n,s), how many times and
 * targets count of each sequence (n), (n), all i64.  A term is -log of the probability of all ways to emit the targets, with
 * `blank` between them; the mean is of terms over their number of targets.  Where there is no way, inf, or 0 if zero_infinity.
 * TD_EDOMAIN where the blank is among the targets that count. */
TD_API td_tensor *td_ctc_loss(td_tensor *log_probs, td_tensor *targets, td_tensor *input_lengths, td_tensor *target_lengths,
                              int64_t blank, bool zero_infinity, td_reduction reduction);
/* ---- ops: special functions, elementwise ----------------------------------------------------------------------------
 * To half a unit in the last place but where docs/ulp.md says otherwise; f32 in f64, rounded once.  NaN outside the domain.
 * Formulas: NIST Digital Library of Mathematical Functions.  A derivative in a, b or s is refused: td_detach them. */

TD_API td_tensor *td_lgamma(td_tensor *x);                     /* log |gamma x| */
TD_API td_tensor *td_digamma(td_tensor *x);
TD_API td_tensor *td_polygamma(td_tensor *x, int n);           /* digamma's n-th derivative, 0 <= n <= 100 */
TD_API td_tensor *td_zeta(td_tensor *s, td_tensor *q);         /* sum over k >= 0 of (q + k)^-s, s > 1; differentiable in q */
TD_API td_tensor *td_gammainc(td_tensor *a, td_tensor *x);     /* lower, regularised; a <= 1e6; differentiable in x */
TD_API td_tensor *td_gammaincc(td_tensor *a, td_tensor *x);    /* upper: 1 - gammainc, without cancellation */
TD_API td_tensor *td_betainc(td_tensor *a, td_tensor *b, td_tensor *x);    /* regularised; a, b <= 1e6; differentiable in x */
TD_API td_tensor *td_erfcx(td_tensor *x);                      /* e^(x^2) erfc x */
TD_API td_tensor *td_log_ndtr(td_tensor *x);                   /* log of the normal distribution function */
TD_API td_tensor *td_ndtri(td_tensor *x);                      /* its inverse: the y with ndtr(y) = x */
TD_API td_tensor *td_dawson(td_tensor *x);                     /* e^(-x^2) int_0^x e^(t^2) dt */
TD_API td_tensor *td_exp1(td_tensor *x);                       /* E_1(x), x > 0 */
TD_API td_tensor *td_expi(td_tensor *x);                       /* Ei(x) */
TD_API td_tensor *td_expn(td_tensor *x, int n);                /* E_n(x), x > 0, 0 <= n <= 100 */
TD_API td_tensor *td_lambertw(td_tensor *x, int branch);       /* y e^y = x; branch 0 or -1 */

/* ---- ops: attention ------------------------------------------------------------------------------------------------ */

/* query (..,l,e), key (..,s,e), value (..,s,v): softmax(scale query key^T) value, (..,l,v).  mask (..,l,s), or NULL: of bools, where
 * false takes a key away, or of floats that are added; is_causal: key j counts for queries i >= j, without a mask.  A query
 * without a key gives 0.  scale 0: 1 / sqrt e. */
TD_API td_tensor *td_scaled_dot_product_attention(td_tensor *query, td_tensor *key, td_tensor *value, td_tensor *mask,
                                                  double dropout_p, bool is_causal, double scale);

/* Weights of multi-head attention, PyTorch's: E numbers for `heads` heads.  NULL: none.  Masks of bools take keys away where
 * true, of floats are added: mask (l,s), (n,l,s) or (n heads,l,s), padding (n,s). */
typedef struct td_multi_head {
    int64_t    heads;
    td_tensor *in_weight, *in_bias;        /* (3E,E), (3E): of query, key, value */
    td_tensor *out_weight, *out_bias;      /* (E,E), (E); no weight: heads side by side */
    td_tensor *mask, *padding;
} td_multi_head;
/* query (n,l,E), key and value (n,s,E) -> (n,l,E); _weights: the heads' mean shares, (n,l,s). */
TD_API td_tensor *td_multi_head_attention(td_tensor *query, td_tensor *key, td_tensor *value, const td_multi_head *how);
TD_API td_tensor *td_multi_head_attention_weights(td_tensor *query, td_tensor *key, td_tensor *value, const td_multi_head *how);

/* ---- ops: recurrent layers -----------------------------------------------------------------------------------------
 * PyTorch's: x (t,n,i), gates r z n of a GRU, i f g o of an LSTM one below the other in w_ih (g h,i), w_hh (g h,h), b_ih and b_hh
 * (g h), both NULL or none.  A layer starts from h (n,h), an LSTM's from its memory c (n,h) too, and gives h of all times,
 * (t,n,h); an LSTM's h and c, (2,t,n,h). */

TD_API td_tensor *td_rnn_layer(td_tensor *x, td_tensor *h, td_tensor *w_ih, td_tensor *w_hh, td_tensor *b_ih, td_tensor *b_hh,
                               bool relu, bool reverse);
TD_API td_tensor *td_gru_layer(td_tensor *x, td_tensor *h, td_tensor *w_ih, td_tensor *w_hh, td_tensor *b_ih, td_tensor *b_hh,
                               bool reverse);
TD_API td_tensor *td_lstm_layer(td_tensor *x, td_tensor *h, td_tensor *c, td_tensor *w_ih, td_tensor *w_hh, td_tensor *b_ih,
                                td_tensor *b_hh, bool reverse);
/* One step: x (n,i), h (n,h) -> the next h; of an LSTM the next c in *c_next, which may be NULL. */
TD_API td_tensor *td_rnn_cell(td_tensor *x, td_tensor *h, td_tensor *w_ih, td_tensor *w_hh, td_tensor *b_ih, td_tensor *b_hh,
                              bool relu);
TD_API td_tensor *td_gru_cell(td_tensor *x, td_tensor *h, td_tensor *w_ih, td_tensor *w_hh, td_tensor *b_ih, td_tensor *b_hh);
TD_API td_tensor *td_lstm_cell(td_tensor *x, td_tensor *h, td_tensor *c, td_tensor *w_ih, td_tensor *w_hh, td_tensor *b_ih,
                               td_tensor *b_hh, td_tensor **c_next);

/* Layers upon layers.  weights: for each layer, for each direction, w_ih, w_hh, and b_ih, b_hh if there are biases.  First states
 * are (layers directions,n,h), NULL for 0; the last ones come out likewise, where not NULL.  Results (t,n,directions h), or
 * (n,t,..) as x if batch_first. */
typedef struct td_recurrent {
    int               layers;
    bool              bidirectional, batch_first, biases, relu;
    double            dropout;             /* between layers */
    td_tensor *const *weights;
} td_recurrent;
TD_API td_tensor *td_rnn(td_tensor *x, td_tensor *h, const td_recurrent *how, td_tensor **h_n);
TD_API td_tensor *td_gru(td_tensor *x, td_tensor *h, const td_recurrent *how, td_tensor **h_n);
TD_API td_tensor *td_lstm(td_tensor *x, td_tensor *h, td_tensor *c, const td_recurrent *how, td_tensor **h_n, td_tensor **c_n);

/* ---- ops: dropouts, bags -------------------------------------------------------------------------------------------
 * Masks are the context's next random stream. */

TD_API td_tensor *td_dropout1d(td_tensor *x, double p);            /* (n,c,l): whole channels; dropout2d and 3d likewise */
TD_API td_tensor *td_dropout2d(td_tensor *x, double p);
TD_API td_tensor *td_dropout3d(td_tensor *x, double p);
TD_API td_tensor *td_alpha_dropout(td_tensor *x, double p);        /* to selu's lowest value, mean and variance kept */
TD_API td_tensor *td_feature_alpha_dropout(td_tensor *x, double p);

typedef enum td_bag_mode { TD_BAG_SUM, TD_BAG_MEAN, TD_BAG_MAX } td_bag_mode;
/* Rows of weight (v,d) summed by bags: index (b,n), or (n) with offsets (b) where bags begin, increasing from 0; per_sample_weights
 * like index, of sums.  padding_index: an index that counts for nothing, -1 for none.  There is no max_norm, which would change
 * the weight itself. */
TD_API td_tensor *td_embedding_bag(td_tensor *weight, td_tensor *index, td_tensor *offsets, td_tensor *per_sample_weights,
                                   td_bag_mode mode, int64_t padding_index);
TD_API td_tensor *td_embedding_padded(td_tensor *weight, td_tensor *index, int64_t padding_index);   /* that row has no gradient */
/* ---- ops: Fourier transforms ----------------------------------------------------------------------------------------
 * A complex tensor is a pair of real ones, f32 or f64; im may be NULL, which is 0.  Any length; f32 is computed in f64.  n <= 0,
 * size NULL: as long as x; else x is cut or padded with zeros.  y_re, y_im: views of one tensor.  About 5 n log2 n operations
 * a line; a prime factor above 13 makes that 10 times as many. */

typedef enum td_fft_norm {
    TD_FFT_BACKWARD,               /* 1 / n on the way back */
    TD_FFT_FORWARD,                /* 1 / n on the way forward */
    TD_FFT_ORTHO                   /* 1 / sqrt n both ways */
} td_fft_norm;

TD_API void td_fft(td_tensor *re, td_tensor *im, int64_t n, int axis, td_fft_norm norm, td_tensor **y_re, td_tensor **y_im);
TD_API void td_ifft(td_tensor *re, td_tensor *im, int64_t n, int axis, td_fft_norm norm, td_tensor **y_re, td_tensor **y_im);
TD_API void td_rfft(td_tensor *x, int64_t n, int axis, td_fft_norm norm, td_tensor **y_re, td_tensor **y_im);    /* n/2 + 1 numbers */
TD_API td_tensor *td_irfft(td_tensor *re, td_tensor *im, int64_t n, int axis, td_fft_norm norm);   /* n <= 0: 2 (size - 1) */
/* over the last two axes; size: two lengths */
TD_API void td_fft2(td_tensor *re, td_tensor *im, const int64_t *size, td_fft_norm norm, td_tensor **y_re, td_tensor **y_im);
TD_API void td_ifft2(td_tensor *re, td_tensor *im, const int64_t *size, td_fft_norm norm, td_tensor **y_re, td_tensor **y_im);
TD_API void td_rfft2(td_tensor *x, const int64_t *size, td_fft_norm norm, td_tensor **y_re, td_tensor **y_im);
TD_API td_tensor *td_irfft2(td_tensor *re, td_tensor *im, const int64_t *size, td_fft_norm norm);

/* ---- ops: Bessel functions and orthogonal polynomials, elementwise ----------------------------------------------------
 * Orders n = 0 .. 34, degrees n = 0 .. 200.  Y and K for x >= 0; i0e, i1e times e^-|x|, scaled_ times e^x. */

TD_API td_tensor *td_bessel_j0(td_tensor *x);
TD_API td_tensor *td_bessel_j1(td_tensor *x);
TD_API td_tensor *td_bessel_y0(td_tensor *x);
TD_API td_tensor *td_bessel_y1(td_tensor *x);
TD_API td_tensor *td_i0(td_tensor *x);
TD_API td_tensor *td_i1(td_tensor *x);
TD_API td_tensor *td_i0e(td_tensor *x);
TD_API td_tensor *td_i1e(td_tensor *x);
TD_API td_tensor *td_modified_bessel_i0(td_tensor *x);    /* i0 */
TD_API td_tensor *td_modified_bessel_i1(td_tensor *x);    /* i1 */
TD_API td_tensor *td_modified_bessel_k0(td_tensor *x);
TD_API td_tensor *td_modified_bessel_k1(td_tensor *x);
TD_API td_tensor *td_scaled_modified_bessel_k0(td_tensor *x);
TD_API td_tensor *td_scaled_modified_bessel_k1(td_tensor *x);
TD_API td_tensor *td_bessel_j(td_tensor *x, int n);
TD_API td_tensor *td_bessel_y(td_tensor *x, int n);
TD_API td_tensor *td_bessel_i(td_tensor *x, int n);
TD_API td_tensor *td_bessel_k(td_tensor *x, int n);
TD_API td_tensor *td_spherical_bessel_j0(td_tensor *x);
TD_API td_tensor *td_spherical_bessel_j(td_tensor *x, int n);
TD_API td_tensor *td_legendre_polynomial_p(td_tensor *x, int n);
TD_API td_tensor *td_chebyshev_polynomial_t(td_tensor *x, int n);
TD_API td_tensor *td_chebyshev_polynomial_u(td_tensor *x, int n);
TD_API td_tensor *td_chebyshev_polynomial_v(td_tensor *x, int n);
TD_API td_tensor *td_chebyshev_polynomial_w(td_tensor *x, int n);
TD_API td_tensor *td_hermite_polynomial_h(td_tensor *x, int n);
TD_API td_tensor *td_hermite_polynomial_he(td_tensor *x, int n);
TD_API td_tensor *td_gegenbauer_polynomial_c(td_tensor *x, int n, double alpha);
TD_API td_tensor *td_laguerre_polynomial_l(td_tensor *x, int n, double alpha);

/* ---- ops: Airy functions, complete elliptic integrals, elementwise --------------------------------------------------- */

TD_API td_tensor *td_airy_ai(td_tensor *x);    /* NaN below -2^33, where its phase is lost */
TD_API td_tensor *td_airy_bi(td_tensor *x);
TD_API td_tensor *td_ellipk(td_tensor *m);     /* K of the parameter m = k^2 <= 1; inf at 1 */
TD_API td_tensor *td_ellipe(td_tensor *m);     /* E; slope -inf at 1 */

/* ---- where a call stands in your source ---------------------------------------------------------------------------
 * Each function above that makes a tensor is also a macro of the same name that notes file and line, for messages. */
TD_API td_tensor *td_at(td_tensor *x, const char *file, int line);

#ifndef TD_NO_LOCATION
#define td_array(...) td_at((td_array)(__VA_ARGS__), __FILE__, __LINE__)
#define td_scalar(...) td_at((td_scalar)(__VA_ARGS__), __FILE__, __LINE__)
#define td_full(...) td_at((td_full)(__VA_ARGS__), __FILE__, __LINE__)
#define td_zeros(...) td_at((td_zeros)(__VA_ARGS__), __FILE__, __LINE__)
#define td_ones(...) td_at((td_ones)(__VA_ARGS__), __FILE__, __LINE__)
#define td_zeros_like(...) td_at((td_zeros_like)(__VA_ARGS__), __FILE__, __LINE__)
#define td_ones_like(...) td_at((td_ones_like)(__VA_ARGS__), __FILE__, __LINE__)
#define td_arange(...) td_at((td_arange)(__VA_ARGS__), __FILE__, __LINE__)
#define td_rand(...) td_at((td_rand)(__VA_ARGS__), __FILE__, __LINE__)
#define td_randn(...) td_at((td_randn)(__VA_ARGS__), __FILE__, __LINE__)
#define td_full_like(...) td_at((td_full_like)(__VA_ARGS__), __FILE__, __LINE__)
#define td_linspace(...) td_at((td_linspace)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logspace(...) td_at((td_logspace)(__VA_ARGS__), __FILE__, __LINE__)
#define td_eye(...) td_at((td_eye)(__VA_ARGS__), __FILE__, __LINE__)
#define td_rand_like(...) td_at((td_rand_like)(__VA_ARGS__), __FILE__, __LINE__)
#define td_randn_like(...) td_at((td_randn_like)(__VA_ARGS__), __FILE__, __LINE__)
#define td_uniform(...) td_at((td_uniform)(__VA_ARGS__), __FILE__, __LINE__)
#define td_normal(...) td_at((td_normal)(__VA_ARGS__), __FILE__, __LINE__)
#define td_randint(...) td_at((td_randint)(__VA_ARGS__), __FILE__, __LINE__)
#define td_randperm(...) td_at((td_randperm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bernoulli(...) td_at((td_bernoulli)(__VA_ARGS__), __FILE__, __LINE__)
#define td_multinomial(...) td_at((td_multinomial)(__VA_ARGS__), __FILE__, __LINE__)
#define td_xavier_uniform(...) td_at((td_xavier_uniform)(__VA_ARGS__), __FILE__, __LINE__)
#define td_xavier_normal(...) td_at((td_xavier_normal)(__VA_ARGS__), __FILE__, __LINE__)
#define td_kaiming_uniform(...) td_at((td_kaiming_uniform)(__VA_ARGS__), __FILE__, __LINE__)
#define td_kaiming_normal(...) td_at((td_kaiming_normal)(__VA_ARGS__), __FILE__, __LINE__)
#define td_load_npy(...) td_at((td_load_npy)(__VA_ARGS__), __FILE__, __LINE__)
#define td_detach(...) td_at((td_detach)(__VA_ARGS__), __FILE__, __LINE__)
#define td_grad_of(...) td_at((td_grad_of)(__VA_ARGS__), __FILE__, __LINE__)
#define td_vjp(...) td_at((td_vjp)(__VA_ARGS__), __FILE__, __LINE__)
#define td_jvp(...) td_at((td_jvp)(__VA_ARGS__), __FILE__, __LINE__)
#define td_hvp(...) td_at((td_hvp)(__VA_ARGS__), __FILE__, __LINE__)
#define td_jacobian(...) td_at((td_jacobian)(__VA_ARGS__), __FILE__, __LINE__)
#define td_checkpoint(...) td_at((td_checkpoint)(__VA_ARGS__), __FILE__, __LINE__)
#define td_hessian(...) td_at((td_hessian)(__VA_ARGS__), __FILE__, __LINE__)
#define td_neg(...) td_at((td_neg)(__VA_ARGS__), __FILE__, __LINE__)
#define td_abs(...) td_at((td_abs)(__VA_ARGS__), __FILE__, __LINE__)
#define td_sign(...) td_at((td_sign)(__VA_ARGS__), __FILE__, __LINE__)
#define td_square(...) td_at((td_square)(__VA_ARGS__), __FILE__, __LINE__)
#define td_sqrt(...) td_at((td_sqrt)(__VA_ARGS__), __FILE__, __LINE__)
#define td_rsqrt(...) td_at((td_rsqrt)(__VA_ARGS__), __FILE__, __LINE__)
#define td_reciprocal(...) td_at((td_reciprocal)(__VA_ARGS__), __FILE__, __LINE__)
#define td_exp(...) td_at((td_exp)(__VA_ARGS__), __FILE__, __LINE__)
#define td_exp2(...) td_at((td_exp2)(__VA_ARGS__), __FILE__, __LINE__)
#define td_expm1(...) td_at((td_expm1)(__VA_ARGS__), __FILE__, __LINE__)
#define td_log(...) td_at((td_log)(__VA_ARGS__), __FILE__, __LINE__)
#define td_log1p(...) td_at((td_log1p)(__VA_ARGS__), __FILE__, __LINE__)
#define td_sin(...) td_at((td_sin)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cos(...) td_at((td_cos)(__VA_ARGS__), __FILE__, __LINE__)
#define td_tan(...) td_at((td_tan)(__VA_ARGS__), __FILE__, __LINE__)
#define td_sinh(...) td_at((td_sinh)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cosh(...) td_at((td_cosh)(__VA_ARGS__), __FILE__, __LINE__)
#define td_tanh(...) td_at((td_tanh)(__VA_ARGS__), __FILE__, __LINE__)
#define td_asin(...) td_at((td_asin)(__VA_ARGS__), __FILE__, __LINE__)
#define td_acos(...) td_at((td_acos)(__VA_ARGS__), __FILE__, __LINE__)
#define td_atan(...) td_at((td_atan)(__VA_ARGS__), __FILE__, __LINE__)
#define td_sigmoid(...) td_at((td_sigmoid)(__VA_ARGS__), __FILE__, __LINE__)
#define td_softplus(...) td_at((td_softplus)(__VA_ARGS__), __FILE__, __LINE__)
#define td_relu(...) td_at((td_relu)(__VA_ARGS__), __FILE__, __LINE__)
#define td_leaky_relu(...) td_at((td_leaky_relu)(__VA_ARGS__), __FILE__, __LINE__)
#define td_elu(...) td_at((td_elu)(__VA_ARGS__), __FILE__, __LINE__)
#define td_ndtr(...) td_at((td_ndtr)(__VA_ARGS__), __FILE__, __LINE__)
#define td_gelu(...) td_at((td_gelu)(__VA_ARGS__), __FILE__, __LINE__)
#define td_silu(...) td_at((td_silu)(__VA_ARGS__), __FILE__, __LINE__)
#define td_clamp(...) td_at((td_clamp)(__VA_ARGS__), __FILE__, __LINE__)
#define td_to(...) td_at((td_to)(__VA_ARGS__), __FILE__, __LINE__)
#define td_copy(...) td_at((td_copy)(__VA_ARGS__), __FILE__, __LINE__)
#define td_log2(...) td_at((td_log2)(__VA_ARGS__), __FILE__, __LINE__)
#define td_log10(...) td_at((td_log10)(__VA_ARGS__), __FILE__, __LINE__)
#define td_asinh(...) td_at((td_asinh)(__VA_ARGS__), __FILE__, __LINE__)
#define td_acosh(...) td_at((td_acosh)(__VA_ARGS__), __FILE__, __LINE__)
#define td_atanh(...) td_at((td_atanh)(__VA_ARGS__), __FILE__, __LINE__)
#define td_erf(...) td_at((td_erf)(__VA_ARGS__), __FILE__, __LINE__)
#define td_erfc(...) td_at((td_erfc)(__VA_ARGS__), __FILE__, __LINE__)
#define td_erfinv(...) td_at((td_erfinv)(__VA_ARGS__), __FILE__, __LINE__)
#define td_sinc(...) td_at((td_sinc)(__VA_ARGS__), __FILE__, __LINE__)
#define td_entr(...) td_at((td_entr)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logit(...) td_at((td_logit)(__VA_ARGS__), __FILE__, __LINE__)
#define td_floor(...) td_at((td_floor)(__VA_ARGS__), __FILE__, __LINE__)
#define td_ceil(...) td_at((td_ceil)(__VA_ARGS__), __FILE__, __LINE__)
#define td_trunc(...) td_at((td_trunc)(__VA_ARGS__), __FILE__, __LINE__)
#define td_round(...) td_at((td_round)(__VA_ARGS__), __FILE__, __LINE__)
#define td_round_decimals(...) td_at((td_round_decimals)(__VA_ARGS__), __FILE__, __LINE__)
#define td_frac(...) td_at((td_frac)(__VA_ARGS__), __FILE__, __LINE__)
#define td_isnan(...) td_at((td_isnan)(__VA_ARGS__), __FILE__, __LINE__)
#define td_isinf(...) td_at((td_isinf)(__VA_ARGS__), __FILE__, __LINE__)
#define td_isfinite(...) td_at((td_isfinite)(__VA_ARGS__), __FILE__, __LINE__)
#define td_signbit(...) td_at((td_signbit)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logical_not(...) td_at((td_logical_not)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bitwise_not(...) td_at((td_bitwise_not)(__VA_ARGS__), __FILE__, __LINE__)
#define td_nan_to_num(...) td_at((td_nan_to_num)(__VA_ARGS__), __FILE__, __LINE__)
#define td_selu(...) td_at((td_selu)(__VA_ARGS__), __FILE__, __LINE__)
#define td_celu(...) td_at((td_celu)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logsigmoid(...) td_at((td_logsigmoid)(__VA_ARGS__), __FILE__, __LINE__)
#define td_softsign(...) td_at((td_softsign)(__VA_ARGS__), __FILE__, __LINE__)
#define td_tanhshrink(...) td_at((td_tanhshrink)(__VA_ARGS__), __FILE__, __LINE__)
#define td_mish(...) td_at((td_mish)(__VA_ARGS__), __FILE__, __LINE__)
#define td_gelu_tanh(...) td_at((td_gelu_tanh)(__VA_ARGS__), __FILE__, __LINE__)
#define td_hardtanh(...) td_at((td_hardtanh)(__VA_ARGS__), __FILE__, __LINE__)
#define td_relu6(...) td_at((td_relu6)(__VA_ARGS__), __FILE__, __LINE__)
#define td_hardsigmoid(...) td_at((td_hardsigmoid)(__VA_ARGS__), __FILE__, __LINE__)
#define td_hardswish(...) td_at((td_hardswish)(__VA_ARGS__), __FILE__, __LINE__)
#define td_softshrink(...) td_at((td_softshrink)(__VA_ARGS__), __FILE__, __LINE__)
#define td_hardshrink(...) td_at((td_hardshrink)(__VA_ARGS__), __FILE__, __LINE__)
#define td_threshold(...) td_at((td_threshold)(__VA_ARGS__), __FILE__, __LINE__)
#define td_prelu(...) td_at((td_prelu)(__VA_ARGS__), __FILE__, __LINE__)
#define td_glu(...) td_at((td_glu)(__VA_ARGS__), __FILE__, __LINE__)
#define td_add_scalar(...) td_at((td_add_scalar)(__VA_ARGS__), __FILE__, __LINE__)
#define td_deg2rad(...) td_at((td_deg2rad)(__VA_ARGS__), __FILE__, __LINE__)
#define td_rad2deg(...) td_at((td_rad2deg)(__VA_ARGS__), __FILE__, __LINE__)
#define td_mul_scalar(...) td_at((td_mul_scalar)(__VA_ARGS__), __FILE__, __LINE__)
#define td_div_scalar(...) td_at((td_div_scalar)(__VA_ARGS__), __FILE__, __LINE__)
#define td_pow_scalar(...) td_at((td_pow_scalar)(__VA_ARGS__), __FILE__, __LINE__)
#define td_rsub(...) td_at((td_rsub)(__VA_ARGS__), __FILE__, __LINE__)
#define td_rdiv(...) td_at((td_rdiv)(__VA_ARGS__), __FILE__, __LINE__)
#define td_add(...) td_at((td_add)(__VA_ARGS__), __FILE__, __LINE__)
#define td_sub(...) td_at((td_sub)(__VA_ARGS__), __FILE__, __LINE__)
#define td_mul(...) td_at((td_mul)(__VA_ARGS__), __FILE__, __LINE__)
#define td_axpy(...) td_at((td_axpy)(__VA_ARGS__), __FILE__, __LINE__)
#define td_div(...) td_at((td_div)(__VA_ARGS__), __FILE__, __LINE__)
#define td_pow(...) td_at((td_pow)(__VA_ARGS__), __FILE__, __LINE__)
#define td_maximum(...) td_at((td_maximum)(__VA_ARGS__), __FILE__, __LINE__)
#define td_minimum(...) td_at((td_minimum)(__VA_ARGS__), __FILE__, __LINE__)
#define td_eq(...) td_at((td_eq)(__VA_ARGS__), __FILE__, __LINE__)
#define td_ne(...) td_at((td_ne)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lt(...) td_at((td_lt)(__VA_ARGS__), __FILE__, __LINE__)
#define td_le(...) td_at((td_le)(__VA_ARGS__), __FILE__, __LINE__)
#define td_gt(...) td_at((td_gt)(__VA_ARGS__), __FILE__, __LINE__)
#define td_ge(...) td_at((td_ge)(__VA_ARGS__), __FILE__, __LINE__)
#define td_where(...) td_at((td_where)(__VA_ARGS__), __FILE__, __LINE__)
#define td_hypot(...) td_at((td_hypot)(__VA_ARGS__), __FILE__, __LINE__)
#define td_atan2(...) td_at((td_atan2)(__VA_ARGS__), __FILE__, __LINE__)
#define td_copysign(...) td_at((td_copysign)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logaddexp(...) td_at((td_logaddexp)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logaddexp2(...) td_at((td_logaddexp2)(__VA_ARGS__), __FILE__, __LINE__)
#define td_xlogy(...) td_at((td_xlogy)(__VA_ARGS__), __FILE__, __LINE__)
#define td_xlog1py(...) td_at((td_xlog1py)(__VA_ARGS__), __FILE__, __LINE__)
#define td_ldexp(...) td_at((td_ldexp)(__VA_ARGS__), __FILE__, __LINE__)
#define td_fmod(...) td_at((td_fmod)(__VA_ARGS__), __FILE__, __LINE__)
#define td_remainder(...) td_at((td_remainder)(__VA_ARGS__), __FILE__, __LINE__)
#define td_floor_divide(...) td_at((td_floor_divide)(__VA_ARGS__), __FILE__, __LINE__)
#define td_fmax(...) td_at((td_fmax)(__VA_ARGS__), __FILE__, __LINE__)
#define td_fmin(...) td_at((td_fmin)(__VA_ARGS__), __FILE__, __LINE__)
#define td_heaviside(...) td_at((td_heaviside)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lerp(...) td_at((td_lerp)(__VA_ARGS__), __FILE__, __LINE__)
#define td_addcmul(...) td_at((td_addcmul)(__VA_ARGS__), __FILE__, __LINE__)
#define td_addcdiv(...) td_at((td_addcdiv)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logical_and(...) td_at((td_logical_and)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logical_or(...) td_at((td_logical_or)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logical_xor(...) td_at((td_logical_xor)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bitwise_and(...) td_at((td_bitwise_and)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bitwise_or(...) td_at((td_bitwise_or)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bitwise_xor(...) td_at((td_bitwise_xor)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bitwise_left_shift(...) td_at((td_bitwise_left_shift)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bitwise_right_shift(...) td_at((td_bitwise_right_shift)(__VA_ARGS__), __FILE__, __LINE__)
#define td_sum(...) td_at((td_sum)(__VA_ARGS__), __FILE__, __LINE__)
#define td_sum_axes(...) td_at((td_sum_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_mean(...) td_at((td_mean)(__VA_ARGS__), __FILE__, __LINE__)
#define td_mean_axes(...) td_at((td_mean_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_prod(...) td_at((td_prod)(__VA_ARGS__), __FILE__, __LINE__)
#define td_prod_axes(...) td_at((td_prod_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_var(...) td_at((td_var)(__VA_ARGS__), __FILE__, __LINE__)
#define td_var_axes(...) td_at((td_var_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_std(...) td_at((td_std)(__VA_ARGS__), __FILE__, __LINE__)
#define td_std_axes(...) td_at((td_std_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_max(...) td_at((td_max)(__VA_ARGS__), __FILE__, __LINE__)
#define td_max_axes(...) td_at((td_max_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_min(...) td_at((td_min)(__VA_ARGS__), __FILE__, __LINE__)
#define td_min_axes(...) td_at((td_min_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_amax(...) td_at((td_amax)(__VA_ARGS__), __FILE__, __LINE__)
#define td_amax_axes(...) td_at((td_amax_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_amin(...) td_at((td_amin)(__VA_ARGS__), __FILE__, __LINE__)
#define td_amin_axes(...) td_at((td_amin_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_argmax(...) td_at((td_argmax)(__VA_ARGS__), __FILE__, __LINE__)
#define td_argmax_axis(...) td_at((td_argmax_axis)(__VA_ARGS__), __FILE__, __LINE__)
#define td_argmin(...) td_at((td_argmin)(__VA_ARGS__), __FILE__, __LINE__)
#define td_argmin_axis(...) td_at((td_argmin_axis)(__VA_ARGS__), __FILE__, __LINE__)
#define td_any(...) td_at((td_any)(__VA_ARGS__), __FILE__, __LINE__)
#define td_any_axes(...) td_at((td_any_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_all(...) td_at((td_all)(__VA_ARGS__), __FILE__, __LINE__)
#define td_all_axes(...) td_at((td_all_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_count_nonzero(...) td_at((td_count_nonzero)(__VA_ARGS__), __FILE__, __LINE__)
#define td_count_nonzero_axes(...) td_at((td_count_nonzero_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_nansum(...) td_at((td_nansum)(__VA_ARGS__), __FILE__, __LINE__)
#define td_nansum_axes(...) td_at((td_nansum_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_nanmean(...) td_at((td_nanmean)(__VA_ARGS__), __FILE__, __LINE__)
#define td_nanmean_axes(...) td_at((td_nanmean_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_tie_share(...) td_at((td_tie_share)(__VA_ARGS__), __FILE__, __LINE__)
#define td_tie_share_axes(...) td_at((td_tie_share_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logsumexp(...) td_at((td_logsumexp)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logsumexp_axes(...) td_at((td_logsumexp_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_norm(...) td_at((td_norm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_norm_axes(...) td_at((td_norm_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_matrix_norm(...) td_at((td_matrix_norm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_var_mean(...) td_at((td_var_mean)(__VA_ARGS__), __FILE__, __LINE__)
#define td_std_mean(...) td_at((td_std_mean)(__VA_ARGS__), __FILE__, __LINE__)
#define td_aminmax(...) td_at((td_aminmax)(__VA_ARGS__), __FILE__, __LINE__)
#define td_sort(...) td_at((td_sort)(__VA_ARGS__), __FILE__, __LINE__)
#define td_argsort(...) td_at((td_argsort)(__VA_ARGS__), __FILE__, __LINE__)
#define td_msort(...) td_at((td_msort)(__VA_ARGS__), __FILE__, __LINE__)
#define td_topk(...) td_at((td_topk)(__VA_ARGS__), __FILE__, __LINE__)
#define td_kthvalue(...) td_at((td_kthvalue)(__VA_ARGS__), __FILE__, __LINE__)
#define td_median(...) td_at((td_median)(__VA_ARGS__), __FILE__, __LINE__)
#define td_median_axes(...) td_at((td_median_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_nanmedian(...) td_at((td_nanmedian)(__VA_ARGS__), __FILE__, __LINE__)
#define td_nanmedian_axes(...) td_at((td_nanmedian_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_mode(...) td_at((td_mode)(__VA_ARGS__), __FILE__, __LINE__)
#define td_unique(...) td_at((td_unique)(__VA_ARGS__), __FILE__, __LINE__)
#define td_quantile(...) td_at((td_quantile)(__VA_ARGS__), __FILE__, __LINE__)
#define td_nanquantile(...) td_at((td_nanquantile)(__VA_ARGS__), __FILE__, __LINE__)
#define td_searchsorted(...) td_at((td_searchsorted)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bucketize(...) td_at((td_bucketize)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bincount(...) td_at((td_bincount)(__VA_ARGS__), __FILE__, __LINE__)
#define td_histc(...) td_at((td_histc)(__VA_ARGS__), __FILE__, __LINE__)
#define td_dist(...) td_at((td_dist)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cdist(...) td_at((td_cdist)(__VA_ARGS__), __FILE__, __LINE__)
#define td_pairwise_distance(...) td_at((td_pairwise_distance)(__VA_ARGS__), __FILE__, __LINE__)
#define td_normalize(...) td_at((td_normalize)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cosine_similarity(...) td_at((td_cosine_similarity)(__VA_ARGS__), __FILE__, __LINE__)
#define td_reshape(...) td_at((td_reshape)(__VA_ARGS__), __FILE__, __LINE__)
#define td_transpose(...) td_at((td_transpose)(__VA_ARGS__), __FILE__, __LINE__)
#define td_permute(...) td_at((td_permute)(__VA_ARGS__), __FILE__, __LINE__)
#define td_expand(...) td_at((td_expand)(__VA_ARGS__), __FILE__, __LINE__)
#define td_squeeze(...) td_at((td_squeeze)(__VA_ARGS__), __FILE__, __LINE__)
#define td_squeeze_all(...) td_at((td_squeeze_all)(__VA_ARGS__), __FILE__, __LINE__)
#define td_unsqueeze(...) td_at((td_unsqueeze)(__VA_ARGS__), __FILE__, __LINE__)
#define td_slice(...) td_at((td_slice)(__VA_ARGS__), __FILE__, __LINE__)
#define td_select(...) td_at((td_select)(__VA_ARGS__), __FILE__, __LINE__)
#define td_concat(...) td_at((td_concat)(__VA_ARGS__), __FILE__, __LINE__)
#define td_stack(...) td_at((td_stack)(__VA_ARGS__), __FILE__, __LINE__)
#define td_flip(...) td_at((td_flip)(__VA_ARGS__), __FILE__, __LINE__)
#define td_pad(...) td_at((td_pad)(__VA_ARGS__), __FILE__, __LINE__)
#define td_unslice(...) td_at((td_unslice)(__VA_ARGS__), __FILE__, __LINE__)
#define td_view(...) td_at((td_view)(__VA_ARGS__), __FILE__, __LINE__)
#define td_flatten(...) td_at((td_flatten)(__VA_ARGS__), __FILE__, __LINE__)
#define td_unflatten(...) td_at((td_unflatten)(__VA_ARGS__), __FILE__, __LINE__)
#define td_ravel(...) td_at((td_ravel)(__VA_ARGS__), __FILE__, __LINE__)
#define td_movedim(...) td_at((td_movedim)(__VA_ARGS__), __FILE__, __LINE__)
#define td_moveaxis(...) td_at((td_moveaxis)(__VA_ARGS__), __FILE__, __LINE__)
#define td_swapaxes(...) td_at((td_swapaxes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_squeeze_axes(...) td_at((td_squeeze_axes)(__VA_ARGS__), __FILE__, __LINE__)
#define td_expand_as(...) td_at((td_expand_as)(__VA_ARGS__), __FILE__, __LINE__)
#define td_broadcast_to(...) td_at((td_broadcast_to)(__VA_ARGS__), __FILE__, __LINE__)
#define td_atleast_1d(...) td_at((td_atleast_1d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_atleast_2d(...) td_at((td_atleast_2d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_atleast_3d(...) td_at((td_atleast_3d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_narrow(...) td_at((td_narrow)(__VA_ARGS__), __FILE__, __LINE__)
#define td_repeat(...) td_at((td_repeat)(__VA_ARGS__), __FILE__, __LINE__)
#define td_tile(...) td_at((td_tile)(__VA_ARGS__), __FILE__, __LINE__)
#define td_repeat_interleave(...) td_at((td_repeat_interleave)(__VA_ARGS__), __FILE__, __LINE__)
#define td_repeat_interleave_each(...) td_at((td_repeat_interleave_each)(__VA_ARGS__), __FILE__, __LINE__)
#define td_roll(...) td_at((td_roll)(__VA_ARGS__), __FILE__, __LINE__)
#define td_roll_all(...) td_at((td_roll_all)(__VA_ARGS__), __FILE__, __LINE__)
#define td_rot90(...) td_at((td_rot90)(__VA_ARGS__), __FILE__, __LINE__)
#define td_fliplr(...) td_at((td_fliplr)(__VA_ARGS__), __FILE__, __LINE__)
#define td_flipud(...) td_at((td_flipud)(__VA_ARGS__), __FILE__, __LINE__)
#define td_diagonal(...) td_at((td_diagonal)(__VA_ARGS__), __FILE__, __LINE__)
#define td_undiagonal(...) td_at((td_undiagonal)(__VA_ARGS__), __FILE__, __LINE__)
#define td_diag_embed(...) td_at((td_diag_embed)(__VA_ARGS__), __FILE__, __LINE__)
#define td_diag(...) td_at((td_diag)(__VA_ARGS__), __FILE__, __LINE__)
#define td_tril(...) td_at((td_tril)(__VA_ARGS__), __FILE__, __LINE__)
#define td_triu(...) td_at((td_triu)(__VA_ARGS__), __FILE__, __LINE__)
#define td_trace(...) td_at((td_trace)(__VA_ARGS__), __FILE__, __LINE__)
#define td_hstack(...) td_at((td_hstack)(__VA_ARGS__), __FILE__, __LINE__)
#define td_vstack(...) td_at((td_vstack)(__VA_ARGS__), __FILE__, __LINE__)
#define td_dstack(...) td_at((td_dstack)(__VA_ARGS__), __FILE__, __LINE__)
#define td_block_diag(...) td_at((td_block_diag)(__VA_ARGS__), __FILE__, __LINE__)
#define td_vander(...) td_at((td_vander)(__VA_ARGS__), __FILE__, __LINE__)
#define td_index_select(...) td_at((td_index_select)(__VA_ARGS__), __FILE__, __LINE__)
#define td_index_add(...) td_at((td_index_add)(__VA_ARGS__), __FILE__, __LINE__)
#define td_gather(...) td_at((td_gather)(__VA_ARGS__), __FILE__, __LINE__)
#define td_scatter_add(...) td_at((td_scatter_add)(__VA_ARGS__), __FILE__, __LINE__)
#define td_embedding(...) td_at((td_embedding)(__VA_ARGS__), __FILE__, __LINE__)
#define td_take(...) td_at((td_take)(__VA_ARGS__), __FILE__, __LINE__)
#define td_take_along_dim(...) td_at((td_take_along_dim)(__VA_ARGS__), __FILE__, __LINE__)
#define td_put(...) td_at((td_put)(__VA_ARGS__), __FILE__, __LINE__)
#define td_index(...) td_at((td_index)(__VA_ARGS__), __FILE__, __LINE__)
#define td_index_put(...) td_at((td_index_put)(__VA_ARGS__), __FILE__, __LINE__)
#define td_index_copy(...) td_at((td_index_copy)(__VA_ARGS__), __FILE__, __LINE__)
#define td_index_fill(...) td_at((td_index_fill)(__VA_ARGS__), __FILE__, __LINE__)
#define td_index_reduce(...) td_at((td_index_reduce)(__VA_ARGS__), __FILE__, __LINE__)
#define td_scatter(...) td_at((td_scatter)(__VA_ARGS__), __FILE__, __LINE__)
#define td_scatter_reduce(...) td_at((td_scatter_reduce)(__VA_ARGS__), __FILE__, __LINE__)
#define td_select_scatter(...) td_at((td_select_scatter)(__VA_ARGS__), __FILE__, __LINE__)
#define td_slice_scatter(...) td_at((td_slice_scatter)(__VA_ARGS__), __FILE__, __LINE__)
#define td_diagonal_scatter(...) td_at((td_diagonal_scatter)(__VA_ARGS__), __FILE__, __LINE__)
#define td_masked_fill(...) td_at((td_masked_fill)(__VA_ARGS__), __FILE__, __LINE__)
#define td_nonzero(...) td_at((td_nonzero)(__VA_ARGS__), __FILE__, __LINE__)
#define td_masked_select(...) td_at((td_masked_select)(__VA_ARGS__), __FILE__, __LINE__)
#define td_masked_scatter(...) td_at((td_masked_scatter)(__VA_ARGS__), __FILE__, __LINE__)
#define td_wrap_index(...) td_at((td_wrap_index)(__VA_ARGS__), __FILE__, __LINE__)
#define td_index_next(...) td_at((td_index_next)(__VA_ARGS__), __FILE__, __LINE__)
#define td_one_hot(...) td_at((td_one_hot)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cumsum(...) td_at((td_cumsum)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cumprod(...) td_at((td_cumprod)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logcumsumexp(...) td_at((td_logcumsumexp)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cummax(...) td_at((td_cummax)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cummin(...) td_at((td_cummin)(__VA_ARGS__), __FILE__, __LINE__)
#define td_recurrence(...) td_at((td_recurrence)(__VA_ARGS__), __FILE__, __LINE__)
#define td_matmul(...) td_at((td_matmul)(__VA_ARGS__), __FILE__, __LINE__)
#define td_mm(...) td_at((td_mm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_dot(...) td_at((td_dot)(__VA_ARGS__), __FILE__, __LINE__)
#define td_outer(...) td_at((td_outer)(__VA_ARGS__), __FILE__, __LINE__)
#define td_linear(...) td_at((td_linear)(__VA_ARGS__), __FILE__, __LINE__)
#define td_einsum(...) td_at((td_einsum)(__VA_ARGS__), __FILE__, __LINE__)
#define td_tensordot(...) td_at((td_tensordot)(__VA_ARGS__), __FILE__, __LINE__)
#define td_inner(...) td_at((td_inner)(__VA_ARGS__), __FILE__, __LINE__)
#define td_vecdot(...) td_at((td_vecdot)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cross(...) td_at((td_cross)(__VA_ARGS__), __FILE__, __LINE__)
#define td_kron(...) td_at((td_kron)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bmm(...) td_at((td_bmm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_mv(...) td_at((td_mv)(__VA_ARGS__), __FILE__, __LINE__)
#define td_addmm(...) td_at((td_addmm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_addmv(...) td_at((td_addmv)(__VA_ARGS__), __FILE__, __LINE__)
#define td_addr(...) td_at((td_addr)(__VA_ARGS__), __FILE__, __LINE__)
#define td_baddbmm(...) td_at((td_baddbmm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_addbmm(...) td_at((td_addbmm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_multi_dot(...) td_at((td_multi_dot)(__VA_ARGS__), __FILE__, __LINE__)
#define td_chain_matmul(...) td_at((td_chain_matmul)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cholesky(...) td_at((td_cholesky)(__VA_ARGS__), __FILE__, __LINE__)
#define td_solve_triangular(...) td_at((td_solve_triangular)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cholesky_solve(...) td_at((td_cholesky_solve)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cholesky_inverse(...) td_at((td_cholesky_inverse)(__VA_ARGS__), __FILE__, __LINE__)
#define td_solve(...) td_at((td_solve)(__VA_ARGS__), __FILE__, __LINE__)
#define td_inv(...) td_at((td_inv)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lu_factor(...) td_at((td_lu_factor)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lu(...) td_at((td_lu)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lu_solve(...) td_at((td_lu_solve)(__VA_ARGS__), __FILE__, __LINE__)
#define td_pivot_rows(...) td_at((td_pivot_rows)(__VA_ARGS__), __FILE__, __LINE__)
#define td_det(...) td_at((td_det)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cofactor(...) td_at((td_cofactor)(__VA_ARGS__), __FILE__, __LINE__)
#define td_slogdet(...) td_at((td_slogdet)(__VA_ARGS__), __FILE__, __LINE__)
#define td_logdet(...) td_at((td_logdet)(__VA_ARGS__), __FILE__, __LINE__)
#define td_matrix_power(...) td_at((td_matrix_power)(__VA_ARGS__), __FILE__, __LINE__)
#define td_matrix_exp(...) td_at((td_matrix_exp)(__VA_ARGS__), __FILE__, __LINE__)
#define td_qr(...) td_at((td_qr)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lstsq(...) td_at((td_lstsq)(__VA_ARGS__), __FILE__, __LINE__)
#define td_eigh(...) td_at((td_eigh)(__VA_ARGS__), __FILE__, __LINE__)
#define td_eigvalsh(...) td_at((td_eigvalsh)(__VA_ARGS__), __FILE__, __LINE__)
#define td_svd(...) td_at((td_svd)(__VA_ARGS__), __FILE__, __LINE__)
#define td_svdvals(...) td_at((td_svdvals)(__VA_ARGS__), __FILE__, __LINE__)
#define td_pinv(...) td_at((td_pinv)(__VA_ARGS__), __FILE__, __LINE__)
#define td_nuclear_norm(...) td_at((td_nuclear_norm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_spectral_norm(...) td_at((td_spectral_norm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cond(...) td_at((td_cond)(__VA_ARGS__), __FILE__, __LINE__)
#define td_matrix_rank(...) td_at((td_matrix_rank)(__VA_ARGS__), __FILE__, __LINE__)
#define td_softmax(...) td_at((td_softmax)(__VA_ARGS__), __FILE__, __LINE__)
#define td_log_softmax(...) td_at((td_log_softmax)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cross_entropy(...) td_at((td_cross_entropy)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cross_entropy_adj(...) td_at((td_cross_entropy_adj)(__VA_ARGS__), __FILE__, __LINE__)
#define td_layer_norm(...) td_at((td_layer_norm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_layer_norm_adj(...) td_at((td_layer_norm_adj)(__VA_ARGS__), __FILE__, __LINE__)
#define td_layer_norm_adj_w(...) td_at((td_layer_norm_adj_w)(__VA_ARGS__), __FILE__, __LINE__)
#define td_dropout(...) td_at((td_dropout)(__VA_ARGS__), __FILE__, __LINE__)
#define td_conv1d(...) td_at((td_conv1d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_conv2d(...) td_at((td_conv2d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_conv3d(...) td_at((td_conv3d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_conv_transpose1d(...) td_at((td_conv_transpose1d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_conv_transpose2d(...) td_at((td_conv_transpose2d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_conv_transpose3d(...) td_at((td_conv_transpose3d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_conv_same(...) td_at((td_conv_same)(__VA_ARGS__), __FILE__, __LINE__)
#define td_max_pool1d(...) td_at((td_max_pool1d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_max_pool2d(...) td_at((td_max_pool2d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_max_pool3d(...) td_at((td_max_pool3d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_avg_pool1d(...) td_at((td_avg_pool1d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_avg_pool2d(...) td_at((td_avg_pool2d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_avg_pool3d(...) td_at((td_avg_pool3d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_adaptive_avg_pool1d(...) td_at((td_adaptive_avg_pool1d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_adaptive_avg_pool2d(...) td_at((td_adaptive_avg_pool2d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_adaptive_avg_pool3d(...) td_at((td_adaptive_avg_pool3d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_adaptive_max_pool1d(...) td_at((td_adaptive_max_pool1d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_adaptive_max_pool2d(...) td_at((td_adaptive_max_pool2d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_adaptive_max_pool3d(...) td_at((td_adaptive_max_pool3d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lp_pool1d(...) td_at((td_lp_pool1d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lp_pool2d(...) td_at((td_lp_pool2d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lp_pool3d(...) td_at((td_lp_pool3d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_unfold_axis(...) td_at((td_unfold_axis)(__VA_ARGS__), __FILE__, __LINE__)
#define td_fold_axis(...) td_at((td_fold_axis)(__VA_ARGS__), __FILE__, __LINE__)
#define td_unfold(...) td_at((td_unfold)(__VA_ARGS__), __FILE__, __LINE__)
#define td_fold(...) td_at((td_fold)(__VA_ARGS__), __FILE__, __LINE__)
#define td_constant_pad(...) td_at((td_constant_pad)(__VA_ARGS__), __FILE__, __LINE__)
#define td_reflection_pad(...) td_at((td_reflection_pad)(__VA_ARGS__), __FILE__, __LINE__)
#define td_replication_pad(...) td_at((td_replication_pad)(__VA_ARGS__), __FILE__, __LINE__)
#define td_circular_pad(...) td_at((td_circular_pad)(__VA_ARGS__), __FILE__, __LINE__)
#define td_interpolate(...) td_at((td_interpolate)(__VA_ARGS__), __FILE__, __LINE__)
#define td_pixel_shuffle(...) td_at((td_pixel_shuffle)(__VA_ARGS__), __FILE__, __LINE__)
#define td_pixel_unshuffle(...) td_at((td_pixel_unshuffle)(__VA_ARGS__), __FILE__, __LINE__)
#define td_batch_norm(...) td_at((td_batch_norm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_group_norm(...) td_at((td_group_norm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_instance_norm(...) td_at((td_instance_norm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_rms_norm(...) td_at((td_rms_norm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_local_response_norm(...) td_at((td_local_response_norm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_l1_loss(...) td_at((td_l1_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_mse_loss(...) td_at((td_mse_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_huber_loss(...) td_at((td_huber_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_smooth_l1_loss(...) td_at((td_smooth_l1_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_binary_cross_entropy(...) td_at((td_binary_cross_entropy)(__VA_ARGS__), __FILE__, __LINE__)
#define td_binary_cross_entropy_with_logits(...) td_at((td_binary_cross_entropy_with_logits)(__VA_ARGS__), __FILE__, __LINE__)
#define td_kl_div(...) td_at((td_kl_div)(__VA_ARGS__), __FILE__, __LINE__)
#define td_poisson_nll_loss(...) td_at((td_poisson_nll_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_gaussian_nll_loss(...) td_at((td_gaussian_nll_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_soft_margin_loss(...) td_at((td_soft_margin_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_margin_ranking_loss(...) td_at((td_margin_ranking_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_hinge_embedding_loss(...) td_at((td_hinge_embedding_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_triplet_margin_loss(...) td_at((td_triplet_margin_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cosine_embedding_loss(...) td_at((td_cosine_embedding_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_nll_loss(...) td_at((td_nll_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cross_entropy_loss(...) td_at((td_cross_entropy_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_multi_margin_loss(...) td_at((td_multi_margin_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_multilabel_margin_loss(...) td_at((td_multilabel_margin_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_multilabel_soft_margin_loss(...) td_at((td_multilabel_soft_margin_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_ctc_loss(...) td_at((td_ctc_loss)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lgamma(...) td_at((td_lgamma)(__VA_ARGS__), __FILE__, __LINE__)
#define td_digamma(...) td_at((td_digamma)(__VA_ARGS__), __FILE__, __LINE__)
#define td_polygamma(...) td_at((td_polygamma)(__VA_ARGS__), __FILE__, __LINE__)
#define td_zeta(...) td_at((td_zeta)(__VA_ARGS__), __FILE__, __LINE__)
#define td_gammainc(...) td_at((td_gammainc)(__VA_ARGS__), __FILE__, __LINE__)
#define td_gammaincc(...) td_at((td_gammaincc)(__VA_ARGS__), __FILE__, __LINE__)
#define td_betainc(...) td_at((td_betainc)(__VA_ARGS__), __FILE__, __LINE__)
#define td_erfcx(...) td_at((td_erfcx)(__VA_ARGS__), __FILE__, __LINE__)
#define td_log_ndtr(...) td_at((td_log_ndtr)(__VA_ARGS__), __FILE__, __LINE__)
#define td_ndtri(...) td_at((td_ndtri)(__VA_ARGS__), __FILE__, __LINE__)
#define td_dawson(...) td_at((td_dawson)(__VA_ARGS__), __FILE__, __LINE__)
#define td_exp1(...) td_at((td_exp1)(__VA_ARGS__), __FILE__, __LINE__)
#define td_expi(...) td_at((td_expi)(__VA_ARGS__), __FILE__, __LINE__)
#define td_expn(...) td_at((td_expn)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lambertw(...) td_at((td_lambertw)(__VA_ARGS__), __FILE__, __LINE__)
#define td_scaled_dot_product_attention(...) td_at((td_scaled_dot_product_attention)(__VA_ARGS__), __FILE__, __LINE__)
#define td_multi_head_attention(...) td_at((td_multi_head_attention)(__VA_ARGS__), __FILE__, __LINE__)
#define td_multi_head_attention_weights(...) td_at((td_multi_head_attention_weights)(__VA_ARGS__), __FILE__, __LINE__)
#define td_rnn_layer(...) td_at((td_rnn_layer)(__VA_ARGS__), __FILE__, __LINE__)
#define td_gru_layer(...) td_at((td_gru_layer)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lstm_layer(...) td_at((td_lstm_layer)(__VA_ARGS__), __FILE__, __LINE__)
#define td_rnn_cell(...) td_at((td_rnn_cell)(__VA_ARGS__), __FILE__, __LINE__)
#define td_gru_cell(...) td_at((td_gru_cell)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lstm_cell(...) td_at((td_lstm_cell)(__VA_ARGS__), __FILE__, __LINE__)
#define td_rnn(...) td_at((td_rnn)(__VA_ARGS__), __FILE__, __LINE__)
#define td_gru(...) td_at((td_gru)(__VA_ARGS__), __FILE__, __LINE__)
#define td_lstm(...) td_at((td_lstm)(__VA_ARGS__), __FILE__, __LINE__)
#define td_dropout1d(...) td_at((td_dropout1d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_dropout2d(...) td_at((td_dropout2d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_dropout3d(...) td_at((td_dropout3d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_alpha_dropout(...) td_at((td_alpha_dropout)(__VA_ARGS__), __FILE__, __LINE__)
#define td_feature_alpha_dropout(...) td_at((td_feature_alpha_dropout)(__VA_ARGS__), __FILE__, __LINE__)
#define td_embedding_bag(...) td_at((td_embedding_bag)(__VA_ARGS__), __FILE__, __LINE__)
#define td_embedding_padded(...) td_at((td_embedding_padded)(__VA_ARGS__), __FILE__, __LINE__)
#define td_irfft(...) td_at((td_irfft)(__VA_ARGS__), __FILE__, __LINE__)
#define td_irfft2(...) td_at((td_irfft2)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bessel_j0(...) td_at((td_bessel_j0)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bessel_j1(...) td_at((td_bessel_j1)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bessel_y0(...) td_at((td_bessel_y0)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bessel_y1(...) td_at((td_bessel_y1)(__VA_ARGS__), __FILE__, __LINE__)
#define td_i0(...) td_at((td_i0)(__VA_ARGS__), __FILE__, __LINE__)
#define td_i1(...) td_at((td_i1)(__VA_ARGS__), __FILE__, __LINE__)
#define td_i0e(...) td_at((td_i0e)(__VA_ARGS__), __FILE__, __LINE__)
#define td_i1e(...) td_at((td_i1e)(__VA_ARGS__), __FILE__, __LINE__)
#define td_modified_bessel_i0(...) td_at((td_modified_bessel_i0)(__VA_ARGS__), __FILE__, __LINE__)
#define td_modified_bessel_i1(...) td_at((td_modified_bessel_i1)(__VA_ARGS__), __FILE__, __LINE__)
#define td_modified_bessel_k0(...) td_at((td_modified_bessel_k0)(__VA_ARGS__), __FILE__, __LINE__)
#define td_modified_bessel_k1(...) td_at((td_modified_bessel_k1)(__VA_ARGS__), __FILE__, __LINE__)
#define td_scaled_modified_bessel_k0(...) td_at((td_scaled_modified_bessel_k0)(__VA_ARGS__), __FILE__, __LINE__)
#define td_scaled_modified_bessel_k1(...) td_at((td_scaled_modified_bessel_k1)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bessel_j(...) td_at((td_bessel_j)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bessel_y(...) td_at((td_bessel_y)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bessel_i(...) td_at((td_bessel_i)(__VA_ARGS__), __FILE__, __LINE__)
#define td_bessel_k(...) td_at((td_bessel_k)(__VA_ARGS__), __FILE__, __LINE__)
#define td_spherical_bessel_j0(...) td_at((td_spherical_bessel_j0)(__VA_ARGS__), __FILE__, __LINE__)
#define td_spherical_bessel_j(...) td_at((td_spherical_bessel_j)(__VA_ARGS__), __FILE__, __LINE__)
#define td_airy_ai(...) td_at((td_airy_ai)(__VA_ARGS__), __FILE__, __LINE__)
#define td_airy_bi(...) td_at((td_airy_bi)(__VA_ARGS__), __FILE__, __LINE__)
#define td_ellipk(...) td_at((td_ellipk)(__VA_ARGS__), __FILE__, __LINE__)
#define td_ellipe(...) td_at((td_ellipe)(__VA_ARGS__), __FILE__, __LINE__)
#define td_legendre_polynomial_p(...) td_at((td_legendre_polynomial_p)(__VA_ARGS__), __FILE__, __LINE__)
#define td_chebyshev_polynomial_t(...) td_at((td_chebyshev_polynomial_t)(__VA_ARGS__), __FILE__, __LINE__)
#define td_chebyshev_polynomial_u(...) td_at((td_chebyshev_polynomial_u)(__VA_ARGS__), __FILE__, __LINE__)
#define td_chebyshev_polynomial_v(...) td_at((td_chebyshev_polynomial_v)(__VA_ARGS__), __FILE__, __LINE__)
#define td_chebyshev_polynomial_w(...) td_at((td_chebyshev_polynomial_w)(__VA_ARGS__), __FILE__, __LINE__)
#define td_hermite_polynomial_h(...) td_at((td_hermite_polynomial_h)(__VA_ARGS__), __FILE__, __LINE__)
#define td_hermite_polynomial_he(...) td_at((td_hermite_polynomial_he)(__VA_ARGS__), __FILE__, __LINE__)
#define td_gegenbauer_polynomial_c(...) td_at((td_gegenbauer_polynomial_c)(__VA_ARGS__), __FILE__, __LINE__)
#define td_laguerre_polynomial_l(...) td_at((td_laguerre_polynomial_l)(__VA_ARGS__), __FILE__, __LINE__)
#define td_quantile_tensor(...) td_at((td_quantile_tensor)(__VA_ARGS__), __FILE__, __LINE__)
#define td_nanquantile_tensor(...) td_at((td_nanquantile_tensor)(__VA_ARGS__), __FILE__, __LINE__)
#define td_softplus_beta(...) td_at((td_softplus_beta)(__VA_ARGS__), __FILE__, __LINE__)
#define td_rrelu(...) td_at((td_rrelu)(__VA_ARGS__), __FILE__, __LINE__)
#define td_diff(...) td_at((td_diff)(__VA_ARGS__), __FILE__, __LINE__)
#define td_trapezoid(...) td_at((td_trapezoid)(__VA_ARGS__), __FILE__, __LINE__)
#define td_cumulative_trapezoid(...) td_at((td_cumulative_trapezoid)(__VA_ARGS__), __FILE__, __LINE__)
#define td_max_unpool1d(...) td_at((td_max_unpool1d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_max_unpool2d(...) td_at((td_max_unpool2d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_max_unpool3d(...) td_at((td_max_unpool3d)(__VA_ARGS__), __FILE__, __LINE__)
#define td_affine_grid(...) td_at((td_affine_grid)(__VA_ARGS__), __FILE__, __LINE__)
#define td_grid_sample(...) td_at((td_grid_sample)(__VA_ARGS__), __FILE__, __LINE__)
#define td_index_fill_tensor(...) td_at((td_index_fill_tensor)(__VA_ARGS__), __FILE__, __LINE__)
#define td_scatter_value(...) td_at((td_scatter_value)(__VA_ARGS__), __FILE__, __LINE__)
#define td_masked_fill_tensor(...) td_at((td_masked_fill_tensor)(__VA_ARGS__), __FILE__, __LINE__)
#endif

#ifdef __cplusplus
}
#endif
#endif
