/* test_messages.c: what is printed of a failure reads as an explanation to somebody who has never seen this library: what
 * kind it is, where, the numbers, the op and its line, what the mistake looks like, and the seed; in 80 columns.
 *
 * A message is a program that is wrong in one way, and the phrases that it must be told in.  The op of most of them is the
 * sine with another rule, by the twins of twins.c: all else about it is right. */
#include "hard.h"
#include "own.h"
#include "testing.h"

enum { ROOM = 8192, WIDTH = 80 };

/* ---- rules, wrong in one way each --------------------------------------------------------------------------------- */

static td_tensor *slope(td_pull *p) { return td_cos(p->in[0]); }
static void pull(td_pull *p, td_tensor *s) { td_pull_add(p, 0, td_mul(p->g, s)); }

static void negated(td_pull *p) { pull(p, td_neg(slope(p))); }
static void doubled(td_pull *p) { pull(p, td_mul_scalar(slope(p), 2)); }
static void halved(td_pull *p) { pull(p, td_mul_scalar(slope(p), 0.5)); }
static void rooted(td_pull *p) { pull(p, td_sqrt(slope(p))); }
static void absent(td_pull *p) { (void)p; }
static void held(td_pull *p) { pull(p, td_detach(slope(p))); }
static void absolute(td_pull *p) { td_pull_add(p, 0, td_mul(td_abs(p->g), slope(p))); }
static void squared(td_pull *p) { td_pull_add(p, 0, td_mul(td_mul(p->g, td_abs(p->g)), slope(p))); }
static void of_result(td_pull *p) { pull(p, td_cos(p->y)); }
static void not_a_number(td_pull *p) { pull(p, td_log(td_add_scalar(td_neg(td_square(p->in[0])), -1))); }
static void of_other_shape(td_pull *p) { td_pull_add(p, 0, td_sum(p->g)); }
static void constant_added(td_pull *p) { td_pull_add(p, 0, td_add_scalar(td_mul(p->g, slope(p)), 0x1p-40)); }
static void backwards(td_pull *p) { td_pull_add(p, 0, td_flip(td_mul(p->g, slope(p)), 1, (int[]){0})); }

static void shifted(td_pull *p)
{
    td_tensor *s = slope(p);
    int64_t    n = td_numel(s);
    pull(p, td_unslice(td_slice(s, 0, 0, n - 1, 1), 0, 1, n, 1, n));
}

static void transposed(td_pull *p) { pull(p, td_transpose(slope(p), 0, 1)); }

static void tail_left_out(td_pull *p)
{
    td_tensor *g = td_mul(p->g, slope(p));
    int64_t    n = td_numel(g);
    td_pull_add(p, 0, td_unslice(td_slice(g, 0, 0, n - 2, 1), 0, 0, n - 2, 1, n));
}

static void wrong_beyond(td_pull *p)
{
    td_tensor *s = slope(p), *large = td_to(td_gt(td_abs(p->in[0]), td_full(p->g->context, TD_F64, 0, NULL, 1.75)), TD_F64);
    pull(p, td_mul(s, td_add_scalar(large, 1)));
}

static void wrong_if_negative(td_pull *p)
{
    pull(p, td_mul(slope(p), td_to(td_gt(p->in[0], td_full(p->g->context, TD_F64, 0, NULL, 0)), TD_F64)));
}

/* ---- programs that are wrong themselves --------------------------------------------------------------------------- */

/* The op that takes the place of twin `which`, whose values and definition it has. */
typedef struct custom { td_op op; int which; bool sum; } custom;

static td_tensor *through(td_context *c, td_tensor *const *in, void *user)
{
    const custom *k = user;
    td_attr       attr = {.n_list = 1, .list = {k->which}};
    td_tensor    *y = td_error(c) ? in[0] : td_at(td_apply(&k->op, 1, in, &attr), "model.c", 41);
    return k->sum ? td_sum(y) : y;
}

static td_tensor *counting(td_context *c, td_tensor *const *in, void *user)
{
    static int calls;
    (void)user;
    return td_error(c) ? in[0] : td_mul_scalar(td_sum(in[0]), ++calls);
}

static td_tensor *odd_kink(td_context *c, td_tensor *const *in, void *user)
{
    (void)user;
    return td_error(c) ? in[0] : td_sum(td_sub(td_relu(in[0]), td_relu(td_neg(in[0]))));
}

/* ---- what was printed --------------------------------------------------------------------------------------------- */

typedef struct message {
    const char  *name;
    void       (*rule)(td_pull *p);          /* of the sine; or */
    td_program  *program;
    const char  *twin;                       /* in place of the sine, as it is */
    bool         undefined, sum;             /* no definition; the result is a sum */
    double       x[9];
    int          n, rows;                    /* rows: of a matrix; 0: a vector */
    td_verdict   verdict;
    const char  *says[5];
} message;

#define AT(...) .x = {__VA_ARGS__}, .n = (int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)), .verdict = TD_DISAGREE
#define FIVE AT(1.5, -0.5, 2, 0.75, -3)

static const message MESSAGES[] = {
    {"a sign", negated, FIVE,
     .says = {"disagree (wrong, off by 2): TAPE is alone, against dual and differences", "of result 1 along coordinate 1",
              "at fault: my sine (rule against definition)", "called at model.c:41", "the sign is wrong"}},
    {"a factor", doubled, FIVE, .says = {"TAPE is alone", "2 times what it should be: it is added twice"}},
    {"a lost use", halved, FIVE, .says = {"TAPE is alone", "0.5 times what it should be: one use of two is lost"}},
    {"a forgotten square", rooted, AT(1, -0.5, 0.25, 0.75, -1.25),
     .says = {"every coordinate is the root of what it should be: a square is forgotten"}},
    {"no term", absent, FIVE, .says = {"TAPE is alone", "nothing arrives at this operand"}},
    {"a slope held constant", held, FIVE,
     .says = {"slopes agree, second derivatives do not", "second derivative along coordinate",
              "takes the rule's slope for a constant"}},
    {"|g| for g", absolute, FIVE, .says = {"of wrong sign where not: the rule takes |g|"}},
    {"g |g| for g", squared, FIVE, .says = {"right for a cotangent g of ones, wrong for others"}},
    {"y for x", of_result, FIVE,
     .says = {"the slope at the result's values instead of the operand's", "a stale saved value"}},
    {"NaN", not_a_number, FIVE, .says = {"disagree (wrong): the tape's slope is nan", "5 of 5 coordinates are not finite"}},
    {"an adjoint of another shape", of_other_shape, FIVE,
     .says = {"disagree (wrong): a rule can't be run", "my sine: its rule gives operand 0", "it can't be run"}},
    {"something not multiplied by g", constant_added, FIVE,
     .says = {"the error, up to 9.09e-13, is the same for any cotangent g"}},
    {"flipped", backwards, FIVE, .says = {"the right numbers in wrong places"}},
    {"an index off", shifted, FIVE, .says = {"the right numbers stand 1 place too far on"}},
    {"transposed", transposed, AT(1, 2, 3, 4, 5, 6, 7, 8, 9), .rows = 3,
     .says = {"the right numbers, transposed: rows and columns are exchanged"}},
    {"a loop that ends early", tail_left_out, FIVE, .says = {"coordinates 3 to 4 are 0", "they are not written"}},
    {"wrong beyond", wrong_beyond, FIVE, .says = {"right where |x| <= 1.5, wrong where |x| >= 2"}},
    {"wrong elsewhere", wrong_if_negative, AT(1, 0.5, 2),
     .says = {"not at the inputs given, but with them changed: signs turned", "disagree: signs turned"}},
    {"a kernel", .twin = "exp, values 1e-11 too large", FIVE,
     .says = {"disagree (a note, off by 1e-11): a value", "value of result", "kernel against definition"}},
    {"no definition", doubled, .undefined = true, FIVE,
     .says = {"TAPE against differences", "has no definition", "variants of the inputs: not asked"}},
    {"other values each time", .program = counting, AT(1, 2),
     .says = {"a law is broken", "the program gives different values from run to run"}},
    {"an input overwritten", .program = overwriting, AT(1, 2),
     .says = {"the program overwrites an input", "input 0, number 0 is 0 should be 1"}},
    {"who is right, at a slope of 0", .twin = "softmax, its diagonal alone", .sum = true, AT(1, -2, 3, 0.5, 10),
     .says = {"TAPE is alone", "too, and the rule does not know: a term off the diagonal"}},
    {"conventions that do not add up", .program = odd_kink, .x = {0, 1}, .n = 2, .verdict = TD_AGREE,
     .says = {"a kink at coordinate 0: slopes 1 left, 1 right; tape 0, dual 0"}},
};

enum { MESSAGE_COUNT = sizeof MESSAGES / sizeof *MESSAGES };

static int twin_named(const char *name)
{
    int k = 0;
    while (name && k < TWIN_COUNT - 1 && strcmp(TWIN[k].name, name) != 0) k++;
    return k;
}

static td_check_result *check(const message *m)
{
    static custom k;      /* outlives the result, which names its op */
    k.which = twin_named(m->twin);
    k.sum = m->sum;
    twin_of(k.which, &k.op);
    if (!m->twin) k.op.name = "my sine";
    if (m->rule) k.op.vjp = m->rule;
    if (m->undefined) k.op.define = NULL;
    td_context      *c = td_open(NULL);
    td_tensor       *x = m->rows ? td_array(c, TD_F64, 2, SIZES(m->rows, m->n / m->rows), m->x)
                                 : td_array(c, TD_F64, 1, SIZES(m->n), m->x);
    td_check_result *r = td_check(m->program ? m->program : through, 1, &x, &k, NULL);
    close_clean(c);
    return r;
}

/* No line is wider than a terminal, no number is -nan or -0. */
static void check_shape_of(const char *name, const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        int width = (int)strcspn(line, "\n");
        CHECK(width < WIDTH, "%s: %d columns: %.*s", name, width, width, line);
        if (!line[width]) break;
    }
    CHECK(!strstr(text, "-nan") && !strstr(text, " -0\n") && !strstr(text, " -0 "), "%s: a sign that means nothing:\n%s",
          name, text);
    CHECK(strstr(text, "seed 0x"), "%s: no seed:\n%s", name, text);
}

/* The text as one line, so that a phrase may go over an end of line. */
static void join(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        bool space = *from == ' ' || *from == '\n';
        if (!space || (to > text && to[-1] != ' ')) *to++ = space ? ' ' : *from;
    }
    *to = 0;
}

static void check_says(const char *name, const char *text, const char *const *says, int n)
{
    char *line = calloc(1, ROOM);
    check_shape_of(name, text);
    if (line) join(memcpy(line, text, ROOM));
    for (int i = 0; i < n && says[i] && line; i++) {
        CHECK(strstr(line, says[i]), "%s: \"%s\" is not said:\n%s", name, says[i], text);
    }
    free(line);
}

static void check_message(const message *m)
{
    td_check_result *r = check(m);
    char            *text = r ? text_of(r, ROOM) : NULL;
    CHECK(text && r->verdict == m->verdict, "%s: %s", m->name, r ? td_verdict_name(r->verdict) : "no result");
    if (text) check_says(m->name, text, m->says, 5);
    free(text);
    td_check_free(r);
}

/* ---- C functions -------------------------------------------------------------------------------------------------- */

static int rosenbrock(const double *x, double *y, void *user)
{
    (void)user;
    y[0] = 100 * (x[1] - x[0] * x[0]) * (x[1] - x[0] * x[0]) + (1 - x[0]) * (1 - x[0]);
    return 0;
}

static int right_gradient(const double *x, double *g, void *user)
{
    (void)user;
    g[0] = -400 * x[0] * (x[1] - x[0] * x[0]) - 2 * (1 - x[0]);
    g[1] = 200 * (x[1] - x[0] * x[0]);
    return 0;
}

static int half_gradient(const double *x, double *g, void *user) { return right_gradient(x, g, user), g[1] /= 2, 0; }
static int short_gradient(const double *x, double *g, void *user)
{
    double kept = g[1];
    return right_gradient(x, g, user), g[1] = kept, 0;
}

static int crooked_hessian(const double *x, double *H, void *user)
{
    (void)user;
    H[0] = 1200 * x[0] * x[0] - 400 * x[1] + 2, H[1] = -400 * x[0], H[2] = 400 * x[0], H[3] = 200;
    return 0;
}

#define OF(...) {.name = "rosenbrock", .n = 2, .value = rosenbrock, __VA_ARGS__}

TEST(messages, so_is_each_of_a_c_function)
{
    static const struct { td_function f; const char *says[3]; } wrong[] = {
        {OF(.gradient = half_gradient), {"the gradient is alone, against differences", "at fault: gradient of rosenbrock",
                                         "the claim is 0.5 times the truth: a factor 2 is lost"}},
        {OF(.gradient = short_gradient), {"the gradient can't be right, whatever the function",
                                          "the gradient does not write an entry of its result: number 1"}},
        {OF(.gradient = right_gradient, .hessian = crooked_hessian), {"the Hessian is alone, against differences",
                                                                      "the sign is wrong"}}};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        td_check_result *r = td_check_function(&wrong[k].f, VALUES(-1.2, 1), NULL);
        char            *text = r ? text_of(r, ROOM) : NULL;
        CHECK(text && r->verdict == TD_DISAGREE, "%zu: %s", k, r ? td_verdict_name(r->verdict) : "no result");
        if (text) check_says(wrong[k].says[0], text, wrong[k].says, 3);
        free(text);
        td_check_free(r);
    }
}

TEST(messages, each_failure_is_explained)
{
    for (int i = 0; i < MESSAGE_COUNT; i++) check_message(&MESSAGES[i]);
}
