/* test_kernels.c: how ops cut their work and reach their kernels, held bit for bit to a plain loop over one number at a
 * time.
 *
 * Sizes stand at, one below and one above the places where the way of working changes. */
#include <stdint.h>

#include "kernel/kernel.h"
#include "testing.h"

static bool same_bits(double x, double y) { return !memcmp(&x, &y, sizeof x) || (isnan(x) && isnan(y)); }

static double drawn(int64_t i) { return (double)((uint64_t)i * 2654435761u % 20011) / 1000 - 10; }

/* ---- maps: a result past the caches ------------------------------------------------------------------------------- */

/* x + y, y read backwards; the result has 16 MiB and a little, or as little less. */
static void check_large_sum(int64_t n, int threads)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = threads});
    double     *x = malloc((size_t)n * sizeof *x);
    for (int64_t i = 0; x && i < n; i++) x[i] = drawn(i);
    td_tensor    *t = td_array(c, TD_F64, 1, &n, x);
    const double *y = td_data(td_add(t, td_flip(t, 1, (int[]){0})));
    CHECK(x && y, "%s", td_message(c));
    for (int64_t i = 0; x && y && i < n; i++)
        if (!same_bits(y[i], x[i] + x[n - 1 - i])) {
            CHECK(0, "%lld elements, %d threads: element %lld is %.17g, not %.17g", (long long)n, threads, (long long)i,
                  y[i], x[i] + x[n - 1 - i]);
            break;
        }
    free(x);
    td_close(c);
}

TEST(kernels, large_results_are_what_small_ones_would_be)
{
    for (int more = -1; more <= 1; more++) check_large_sum((2 << 20) + more, 1);
    for (int threads = 1; threads <= 3; threads++) check_large_sum((2 << 20) + 1027, threads);
}

/* ---- turned matrices ------------------------------------------------------------------------------------------------ */

static void check_turn(td_dtype d, int64_t m, int64_t n, int threads)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = threads});
    td_tensor  *x = td_to(td_mul_scalar(td_rand(c, TD_F32, 2, (int64_t[]){m, n}), 2), d);
    double     *from = malloc((size_t)(m * n) * sizeof *from), *to = malloc((size_t)(m * n) * sizeof *to);
    int64_t     wrong = from && to && !td_read(x, from) && !td_read(td_copy(td_transpose(x, 0, 1)), to) ? 0 : m * n;
    for (int64_t i = 0; i < m && !td_error(c); i++)
        for (int64_t j = 0; j < n; j++) wrong += to[j * m + i] != from[i * n + j];
    CHECK(!wrong, "%s (%lld,%lld), %d threads: %lld numbers are wrong", td_dtype_name(d), (long long)m, (long long)n, threads,
          (long long)wrong);
    free(from), free(to);
    td_close(c);
}

/* Tiles, what is left of them, and results that go past the caches: with rows of whole lines of the cache. */
TEST(kernels, a_turned_matrix_keeps_its_numbers)
{
    static const int64_t SIZE[] = {8, 15, 16, 17, 64, 65, 130};
    enum { SIZES = sizeof SIZE / sizeof *SIZE };
    for (int d = TD_BOOL; d <= TD_F64; d++)
        for (int i = 0; i < SIZES * SIZES; i++) check_turn((td_dtype)d, SIZE[i / SIZES], SIZE[i % SIZES], 1 + i % 2);
    check_turn(TD_F64, 1456, 1450, 2);
    check_turn(TD_F32, 2064, 2051, 1);
}

/* ---- reductions: the bits depend on the line's length alone ---------------------------------------------------------- */

enum { BLOCK = 1024, LANES = 32 };

typedef double joins(double a, double b);

static double plus(double a, double b) { return a + b; }
static double times(double a, double b) { return a * b; }

static double plain_block(const double *x, int64_t n, joins *join, double start)
{
    double lane[LANES];
    for (int l = 0; l < LANES; l++) lane[l] = start;
    for (int64_t i = 0; i < n; i++) lane[i % LANES] = join(lane[i % LANES], x[i]);
    for (int half = LANES / 2; half; half /= 2)
        for (int l = 0; l < half; l++) lane[l] = join(lane[l], lane[l + half]);
    return lane[0];
}

/* The largest power of two of blocks is the left part of the tree, what is left the right. */
static double plain_line(const double *x, int64_t n, joins *join, double start)
{
    int64_t left = BLOCK;
    if (n <= BLOCK) return plain_block(x, n, join, start);
    while (2 * left < n) left *= 2;
    return join(plain_line(x, left, join, start), plain_line(x + left, n - left, join, start));
}

static int64_t plain_argmax(const double *x, int64_t n)
{
    int64_t at = 0;
    for (int64_t i = 0; i < n; i++)
        if (x[i] > x[at] || (isnan(x[i]) && !isnan(x[at]))) at = i;
    return at;
}

static double plain_least(const double *x, int64_t n)
{
    int64_t at = 0;
    for (int64_t i = 0; i < n; i++)
        if (x[i] < x[at] || (isnan(x[i]) && !isnan(x[at]))) at = i;
    return x[at];
}

/* Some lines of one length, and the ways in which a tensor can hold them.  Number i of line o stands at index (a, b, c, d)
 * of a tensor of these sizes, of which the axes of the set are reduced. */
typedef struct way {
    const char *name;
    int64_t     size[4];
    uint32_t    axes;
    bool        reversed;      /* read through a view with its axes in reverse order */
} way;

enum { WAYS = 6 };

/* The divisor of n nearest below its root. */
static int64_t divisor(int64_t n)
{
    int64_t d = 1;
    for (int64_t k = 1; k * k <= n; k++)
        if (n % k == 0) d = k;
    return d;
}

static void make_ways(way *w, int64_t lines, int64_t length)
{
    int64_t p = divisor(lines), q = divisor(length > 0 ? length : 1);
    w[0] = (way){"lines without gaps", {1, lines, 1, length}, 1u << 3, false};
    w[1] = (way){"columns", {1, length, 1, lines}, 1u << 1, false};
    w[2] = (way){"a middle axis", {p, length, 1, lines / p}, 1u << 1, false};
    w[3] = (way){"two axes, one inside", {q, lines, 1, length / q}, 1u | 1u << 3, false};
    w[4] = (way){"two axes, outside", {q, p, length / q, lines / p}, 1u | 1u << 2, false};
    w[5] = (way){"two axes, seen in reverse", {p, q, lines / p, length / q}, 1u << 1 | 1u << 3, true};
}

static double       *line_data;      /* [lines][length], what the ways hold */
static const double *line_at(int64_t length, int64_t o) { return line_data + o * length; }

/* Which line, and which number of it, stands at an index. */
static void who_stands(const way *w, const int64_t *at, int64_t *line, int64_t *number)
{
    *line = *number = 0;
    for (int k = 0; k < 4; k++) {
        int     axis = w->reversed ? 3 - k : k;
        int64_t *which = w->axes >> axis & 1 ? number : line;
        *which = *which * w->size[axis] + at[axis];
    }
}

static td_tensor *held(td_context *c, const way *w, td_dtype d, int64_t length)
{
    int64_t numel = w->size[0] * w->size[1] * w->size[2] * w->size[3], at[4];
    double *x = malloc((size_t)numel * sizeof *x + 1);
    for (int64_t i = 0; x && i < numel; i++) {
        int64_t rest = i, line, number;
        for (int k = 3; k >= 0; k--) at[k] = rest % w->size[k], rest /= w->size[k];
        who_stands(w, at, &line, &number);
        x[i] = line_at(length, line)[number];
    }
    td_tensor *t = td_to(td_array(c, TD_F64, 4, w->size, x), d);
    td_data(t);
    free(x);
    return w->reversed ? td_permute(t, (int[]){3, 2, 1, 0}) : t;
}

static void compare_line(const char *op, const way *w, td_dtype d, int64_t length, int64_t o, double got, double wanted)
{
    if (d == TD_F32) wanted = (double)(float)wanted;
    CHECK(same_bits(got, wanted), "%s of %s, %s, line %lld of length %lld: %.17g, not %.17g", op, w->name, td_dtype_name(d),
          (long long)o, (long long)length, got, wanted);
}

static void check_way(const way *w, td_dtype d, int64_t lines, int64_t length, int threads)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = threads});
    td_tensor  *x = held(c, w, d, length);
    int         axes[4], n = 0;
    for (int k = 0; k < 4; k++)
        if (w->axes >> k & 1) axes[n++] = w->reversed ? 3 - k : k;
    double *y[4];
    for (int k = 0; k < 4; k++) y[k] = malloc((size_t)lines * sizeof **y + 1);
    td_read(td_sum_axes(x, n, axes, false), y[0]);
    if (length) {
        td_read(td_amax_axes(x, n, axes, false), y[1]);
        td_read(td_amin_axes(x, n, axes, false), y[2]);
        td_read(td_max_axes(x, n, axes, false), y[3]);      /* what stands at argmax */
    }
    CHECK(!td_error(c), "%s", td_message(c));
    for (int64_t o = 0; o < lines; o++) {
        const double *line = line_at(length, o);
        compare_line("sum", w, d, length, o, y[0][o], plain_line(line, length, plus, 0));
        if (!length) continue;
        compare_line("amax", w, d, length, o, y[1][o], line[plain_argmax(line, length)]);
        compare_line("amin", w, d, length, o, y[2][o], plain_least(line, length));
        compare_line("max", w, d, length, o, y[3][o], line[plain_argmax(line, length)]);
    }
    for (int k = 0; k < 4; k++) free(y[k]);
    td_close(c);
}

/* Numbers of d of very different size, so that no order of summation is exact; or few different ones, among them zeros of
 * both signs, infinities and, rarely, NaN. */
static void draw_lines(int64_t lines, int64_t length, td_dtype d, bool odd)
{
    static const double ODD[] = {0, -0.0, -1, -0.0, 0, -2, -INFINITY, -1, -0.0, -3, 0};
    line_data = malloc((size_t)(lines * length) * sizeof *line_data + 1);
    for (int64_t i = 0; i < lines * length; i++) {
        double v = ldexp(drawn(i * 7 + length) / 3, (int)(i * 5 % 71) - 35);
        if (d == TD_F32) v = (double)(float)v;
        if (odd) v = i % 977 == 976 ? (double)NAN : i % 1471 == 1470 ? (double)INFINITY : ODD[(i * i + i / 13) % 11];
        line_data[i] = v;
    }
}

static void check_ways(int64_t lines, int64_t length, int threads)
{
    way w[WAYS];
    make_ways(w, lines, length);
    for (int draw = 0; draw < 4; draw++) {
        td_dtype d = draw / 2 ? TD_F32 : TD_F64;
        draw_lines(lines, length, d, draw % 2);
        for (int k = 0; k < WAYS; k++) check_way(&w[k], d, lines, length, threads);
        free(line_data);
    }
}

TEST(kernels, a_reduction_depends_on_the_length_of_its_line_alone)
{
    static const int64_t LENGTH[] = {0, 1, 2, 5, 31, 32, 33, 64, 100, 255, 256, 257, 1000, 1023, 1024, 1025, 2048, 3100};
    static const int64_t LINES[] = {1, 2, 6, 9, 16, 34};
    for (size_t n = 0; n < sizeof LENGTH / sizeof *LENGTH; n++)
        for (size_t o = 0; o < sizeof LINES / sizeof *LINES; o++) check_ways(LINES[o], LENGTH[n], 1);
    check_ways(513, 40, 3);
    check_ways(1030, 33, 1);
}

TEST(kernels, long_lines_are_cut_into_whole_subtrees)
{
    static const int64_t LENGTH[] = {16 * BLOCK - 1, 16 * BLOCK, 16 * BLOCK + 1, 47 * BLOCK + 5, 64 * BLOCK};
    for (size_t n = 0; n < sizeof LENGTH / sizeof *LENGTH; n++)
        for (int threads = 1; threads <= 3; threads += 2) check_ways(threads == 1 ? 1 : 12, LENGTH[n], threads);
}

/* No op asks for products and sums of squares yet: the tables are asked. */
static void check_line(const td_kernels *set, int64_t n)
{
    double *square = malloc((size_t)n * sizeof *square);
    draw_lines(1, n, TD_F64, false);
    for (int64_t i = 0; i < n; i++) square[i] = line_data[i] * line_data[i];
    td_partial prod, squares;
    set->reduce[TD_REDUCE_prod][TD_K_F64].line(n, line_data, 0, 0, &prod);
    set->reduce[TD_REDUCE_squares][TD_K_F64].line(n, line_data, 0, 0, &squares);
    CHECK(same_bits(prod.f, plain_line(line_data, n, times, 1)), "%s: product of %lld", set->name, (long long)n);
    CHECK(same_bits(squares.f, plain_line(square, n, plus, 0)), "%s: squares of %lld", set->name, (long long)n);
    free(square);
    free(line_data);
}

TEST(kernels, products_and_sums_of_squares_go_the_same_way)
{
    static const int64_t LENGTH[] = {1, 31, 32, 33, 1023, 1024, 1025, 5 * BLOCK + 77};
    bool                 here;
    const td_kernels    *set;
    for (int i = 0; (set = td_kernels_at(i, &here)); i++)
        for (size_t n = 0; here && n < sizeof LENGTH / sizeof *LENGTH; n++) check_line(set, LENGTH[n]);
}

/* ---- through an index: sums are made in the order of the source ------------------------------------------------------ */

/* x (a, n, b) through an index of count along its middle axis. */
typedef struct pick {
    int64_t a, n, b, count;
} pick;

static int64_t place_of(const pick *p, int64_t j) { return (int64_t)((uint64_t)j * 2654435761u % 4294967291u) % p->n; }

static td_tensor *drawn_tensor(td_context *c, td_dtype d, int64_t a, int64_t n, int64_t b)
{
    double *x = malloc((size_t)(a * n * b) * sizeof *x + 1);
    for (int64_t i = 0; x && i < a * n * b; i++) x[i] = drawn(i);
    td_tensor *t = td_to(td_array(c, TD_F64, 3, SIZES(a, n, b), x), d);
    td_data(t);
    free(x);
    return t;
}

static td_tensor *drawn_index(td_context *c, const pick *p)
{
    int64_t *index = malloc((size_t)p->count * sizeof *index + 1);
    for (int64_t j = 0; index && j < p->count; j++) index[j] = place_of(p, j);
    td_tensor *t = td_array(c, TD_I64, 1, &p->count, index);
    free(index);
    return t;
}

static double rounded(td_dtype d, double x) { return d == TD_F32 ? (double)(float)x : x; }

/* x with the source added to it, one number at a time. */
static void plain_add(const pick *p, td_dtype d, double *sum)
{
    for (int64_t i = 0; i < p->a * p->n * p->b; i++) sum[i] = rounded(d, drawn(i));
    for (int64_t i = 0; i < p->a; i++)
        for (int64_t j = 0; j < p->count; j++)
            for (int64_t k = 0; k < p->b; k++) {
                double *y = &sum[(i * p->n + place_of(p, j)) * p->b + k];
                *y = rounded(d, *y + rounded(d, drawn((i * p->count + j) * p->b + k)));
            }
}

static double element(td_tensor *t, int64_t i)
{
    const void *x = td_data(t);
    return td_dtype_of(t) == TD_F32 ? (double)((const float *)x)[i] : ((const double *)x)[i];
}

static void check_pick(const pick *p, td_dtype d, int threads, const double *sum)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = threads});
    td_tensor  *x = drawn_tensor(c, d, p->a, p->n, p->b), *index = drawn_index(c, p);
    td_tensor  *added = td_index_add(x, 1, index, drawn_tensor(c, d, p->a, p->count, p->b));
    td_tensor  *picked = td_index_select(added, 1, index);
    int64_t     wrong = 0;
    CHECK(td_data(picked), "%s", td_message(c));
    for (int64_t i = 0; !td_error(c) && i < p->a * p->n * p->b; i++) wrong += !same_bits(element(added, i), sum[i]);
    for (int64_t i = 0; !td_error(c) && i < p->a * p->count * p->b; i++) {
        int64_t row = i / (p->count * p->b) * p->n + place_of(p, i / p->b % p->count);
        wrong += !same_bits(element(picked, i), sum[row * p->b + i % p->b]);
    }
    CHECK(wrong == 0, "(%lld,%lld,%lld), %lld indices, %s, %d threads: %lld numbers differ", (long long)p->a, (long long)p->n,
          (long long)p->b, (long long)p->count, td_dtype_name(d), threads, (long long)wrong);
    td_close(c);
}

TEST(kernels, through_an_index_sums_keep_the_order_of_the_source)
{
    static const pick some[] = {
        {1, 1000, 1, 70000}, {1, 70000, 1, 140000}, {1, 3000, 24, 5000}, {3, 500, 7, 4000}, {40, 100, 1, 2000}, {2, 9, 300, 150},
    };
    for (size_t k = 0; k < sizeof some / sizeof *some; k++)
        for (int d = TD_F32; d <= TD_F64; d++) {
            double *sum = malloc((size_t)(some[k].a * some[k].n * some[k].b) * sizeof *sum);
            if (sum) plain_add(&some[k], (td_dtype)d, sum);
            for (int threads = 1; sum && threads <= 3; threads++) check_pick(&some[k], (td_dtype)d, threads, sum);
            free(sum);
        }
}

TEST(kernels, the_first_index_that_leads_nowhere_is_named)
{
    enum { N = 200000 };
    static int64_t index[N];
    index[150001] = 7, index[150000] = -1, index[199999] = 9;
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = 3});
    td_data(td_index_select(td_zeros(c, TD_F64, 1, SIZES(7)), 0, td_array(c, TD_I64, 1, SIZES(N), index)));
    CHECK(strstr(td_message(c), "index -1 at position 150000 is out of range 0..6"), "%s", td_message(c));
    td_close(c);
}

/* ---- sorted lines, beside a plain sort ---------------------------------------------------------------------------- */

static const double *sort_key;
static bool          sort_down;

static bool stands_before(double a, double b) { return isnan(a) ? false : isnan(b) || a < b; }

static int by_key(const void *p, const void *q)
{
    int64_t i = *(const int64_t *)p, j = *(const int64_t *)q;
    double  a = sort_key[i], b = sort_key[j];
    if (stands_before(a, b)) return sort_down ? 1 : -1;
    if (stands_before(b, a)) return sort_down ? -1 : 1;
    return i < j ? -1 : i > j;
}

/* Numbers of a kind: spread, few different, with NaN and both zeros, of all exponents, alike but for their last digits, these
 * beside one that is far away, sorted. */
enum { KINDS = 7 };
static double of_kind(int kind, int64_t i)
{
    double u = drawn(i * 7 + kind);
    switch (kind) {
    case 0: return u;
    case 1: return floor(u / 4);
    case 2: return i % 9 == 0 ? NAN : i % 3 == 0 ? -0.0 : i % 3 == 1 ? 0.0 : u;
    case 3: return ldexp(u, (int)((uint64_t)i * 2654435761u % 2000) - 1000);
    case 6: return (double)i;
    default: return kind == 5 && i % 50 == 0 ? -1e300 : 1 + ldexp(floor(u * 1000), -52);
    }
}

/* All places, and the parts that topk and kthvalue ask for. */
static void check_sorted(td_dtype d, int64_t n, int kind, bool down)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine()});
    double     *x = malloc((size_t)n * sizeof *x);
    int64_t    *at = malloc((size_t)n * sizeof *at), k = n / 3, few = n / 8 < 21 ? n / 8 : 21;
    for (int64_t i = 0; i < n; i++) x[i] = of_kind(kind, i), at[i] = i;
    td_tensor *t = td_to(td_array(c, TD_F64, 1, &n, x), d), *some, *one, *fewest, *line = td_argsort(t, 0, down);
    td_read(t, x);
    sort_key = x;
    sort_down = down;
    qsort(at, (size_t)n, sizeof *at, by_key);
    const int64_t *all = td_data(line);
    td_data(td_topk(t, k, 0, down, &some));
    td_data(td_topk(t, few, 0, down, &fewest));
    const int64_t *first = td_data(some), *picked = td_data(fewest), *kth;
    td_data(td_kthvalue(t, k + 1, 0, true, &one));
    kth = td_data(one);
    CHECK(!td_error(c), "%s", td_message(c));
    for (int64_t i = 0; i < n && !td_error(c); i++)
        if (all[i] != at[i] || (i < k && first[i] != at[i]) || (i < few && picked[i] != at[i]) ||
            (i == k && !down && *kth != at[i])) {
            CHECK(0, "%s, %lld of kind %d%s: place %lld", td_dtype_name(d), (long long)n, kind, down ? ", down" : "", (long long)i);
            break;
        }
    free(x), free(at);
    td_close(c);
}

TEST(kernels, sorted_lines_stand_as_a_plain_sort_puts_them)
{
    static const int64_t sizes[] = {1, 2, 47, 48, 49, 255, 257, 1000, 4095, 4097, 30000};
    for (int s = 0; s < 11; s++)
        for (int kind = 0; kind < KINDS; kind++)
            for (int d = TD_BOOL; d <= TD_F64; d++)
                for (int down = 0; down < 2; down++) check_sorted((td_dtype)d, sizes[s], kind, down);
}
