/* plain_kernels.c: every kernel of every instruction set of this machine gives the bits of the plainest one.
 *
 * Without an argument the sets are compared.  With the name of a set, prints a line for each of its kernels: a hash of what
 * it makes of the same numbers, to compare builds, compilers and machines by (tests/kernels.txt).
 *
 * Numbers: special values in all pairs, every exponent, and ordinary ones; in chunks of many lengths, each in memory of
 * exactly its size, so that AddressSanitizer sees a read or write one past it ("past": plants one).  NaNs count as one
 * value: their sign and payload are the compiler's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/conv.h"
#include "kernel/drop.h"
#include "kernel/factor.h"
#include "kernel/gates.h"
#include "kernel/index.h"
#include "kernel/kernel.h"
#include "kernel/norm.h"
#include "kernel/scan.h"
#include "kernel/softmax.h"
#include "kernel/window.h"
#include "kernel_numbers.h"

static const char *const MAP[TD_MAP_COUNT] = {
#define TD_MAP(name) [TD_MAP_##name] = #name,
#include "kernel/map.def"
#undef TD_MAP
};
static const char *const REDUCE[TD_REDUCE_COUNT] = {
    [TD_REDUCE_sum] = "sum", [TD_REDUCE_prod] = "prod", [TD_REDUCE_squares] = "squares", [TD_REDUCE_max] = "max",
    [TD_REDUCE_min] = "min", [TD_REDUCE_argmax] = "argmax", [TD_REDUCE_sumexp] = "sumexp", [TD_REDUCE_ties] = "ties",
};
static const char *const WALK[TD_WALK_COUNT] = {"move", "gather", "scatter", "put", "times", "most", "least"};

/* ---- maps ---------------------------------------------------------------------------------------------------------- */

typedef struct map {
    td_map_fn *kernel;
    int        in[3], out;      /* dtypes */
    int        every;           /* of the chunks one in so many: special functions are slow, and compiled once */
} map;

static uint64_t hash_chunk(uint64_t h, const map *m, int64_t first, int64_t n, const double *scalar)
{
    void *x[3], *y = exact(n * BYTES[m->out]);
    for (int k = 0; k < 3; k++) x[k] = copy_of(numbers[k], first, n, m->in[k]);
    m->kernel(n, y, (const void *const *)x, scalar[0], scalar[1]);
    h = hash(h, y, m->out, n);
    for (int k = 0; k < 3; k++) {    /* the result may take an operand's place */
        if (m->in[k] != m->out) continue;
        void       *place = copy_of(numbers[k], first, n, m->in[k]);
        const void *operand[3] = {x[0], x[1], x[2]};
        operand[k] = place;
        m->kernel(n, place, operand, scalar[0], scalar[1]);
        h = hash(h, place, m->out, n);
        free(place);
    }
    for (int k = 0; k < 3; k++) free(x[k]);
    free(y);
    return h;
}

static uint64_t hash_map(const map *m)
{
    uint64_t h = START;
    for (int k = 0; k < 3; k++) fill(numbers[k], m->in[k], k);
    for (int s = 0; s < SCALARS; s++)
        for (int64_t first = 0, c = s; first < COUNT; first += CHUNK[c % SIZES], c++) {
            int64_t n = CHUNK[c % SIZES];
            if (c % m->every) continue;
            h = hash_chunk(h, m, first, n < COUNT - first ? n : COUNT - first, SCALAR[s]);
        }
    return h;
}

static bool compares(int k) { return k >= TD_MAP_eq && k <= TD_MAP_logical_xor; }

static bool is_special(int k)
{
    static const bool special_map[TD_MAP_COUNT] = {
#define TD_MAP(name) [TD_MAP_##name] = true,
#include "kernel/special.def"
#undef TD_MAP
    };
    return special_map[k];
}

static uint64_t map_item(const td_kernels *set, int k, int d)
{
    map m = { set->map[d][k], {k == TD_MAP_where ? TD_K_BOOL : d, d, d}, compares(k) ? TD_K_BOOL : d, is_special(k) ? 11 : 1 };
    return m.kernel ? hash_map(&m) : 0;
}

static uint64_t cast_item(const td_kernels *set, int from, int to)
{
    map m = { set->cast[from][to], {from, from, from}, to, 1 };
    return m.kernel ? hash_map(&m) : 0;
}

/* ---- lines, reductions, columns, rows ------------------------------------------------------------------------------ */

static uint64_t line_item(const td_kernels *set, int unused, int d)
{
    uint64_t h = START;
    (void)unused;
    fill(numbers[0], d, 0);
    for (int c = 0; c < SIZES; c++)
        for (int64_t stride = -3; stride <= 5; stride++) {
            int64_t n = CHUNK[c], reach = (n - 1) * llabs(stride) + 1;
            char   *x = copy_of(numbers[0], 0, reach, d), *y = exact(n * BYTES[d]);
            set->line[d](n, y, stride < 0 ? x + (reach - 1) * BYTES[d] : x, stride);
            h = hash(h, y, d, n);
            free(x), free(y);
        }
    return h;
}

static uint64_t hash_partial(uint64_t h, const td_partial *p, int kind, int d)
{
    h = d >= TD_K_F32 ? hash_number(h, &p->f, TD_K_F64) : hash_number(h, &p->i, TD_K_I64);
    return kind == TD_REDUCE_argmax ? hash_number(h, &p->at, TD_K_I64) : h;
}

/* Lines from `first` on: special values, or ordinary ones alone; each merged to those before. */
static uint64_t hash_lines(uint64_t h, const td_reduce *how, int kind, int d, int64_t first)
{
    td_partial all = {0};
    for (int64_t at = first, c = 0; at + TD_BLOCK < COUNT; at += CHUNK[c % SIZES], c++) {
        td_partial one = {0};
        void      *x = copy_of(numbers[0], at, CHUNK[c % SIZES], d);
        how->line(CHUNK[c % SIZES], x, at, 0.5, &one);
        h = hash_partial(h, &one, kind, d);
        if (at == first) all = one;
        else how->merge(&all, &one);
        free(x);
    }
    return hash_partial(h, &all, kind, d);
}

/* The same numbers as rows of every width, each row in memory of its own, or all in one. */
static uint64_t hash_panels(uint64_t h, const td_reduce *how, int kind, int d, int64_t first)
{
    static double shift[TD_PANEL];
    for (int64_t c = 0; c < SIZES; c++) {
        int64_t     width = CHUNK[c] < TD_PANEL ? CHUNK[c] : TD_PANEL, n = (COUNT - first) / width;
        const void *row[TD_BLOCK];
        td_partial  out[TD_PANEL] = {0};
        if (n > TD_BLOCK) n = TD_BLOCK;
        char *all = copy_of(numbers[0], first, n * width, d);
        for (int64_t r = 0; r < n; r++) row[r] = c % 2 ? all + r * width * BYTES[d] : copy_of(all, r * width, width, d);
        how->panel(&(td_panel){.n = n, .width = width, .dense = c % 2, .row = row, .shift = shift}, out);
        for (int64_t w = 0; w < width; w++) h = hash_partial(h, &out[w], kind, d);
        for (int64_t r = 0; r < n && c % 2 == 0; r++) free((void *)row[r]);
        free(all);
    }
    return h;
}

static uint64_t reduce_item(const td_kernels *set, int kind, int d)
{
    const td_reduce *how = &set->reduce[kind][d];
    if (!how->line) return 0;
    fill(numbers[0], d, 0);
    uint64_t h = hash_lines(hash_lines(START, how, kind, d, 0), how, kind, d, PAIRS + WILD);
    return hash_panels(hash_panels(h, how, kind, d, 0), how, kind, d, PAIRS + WILD);
}

static uint64_t softmax_item(const td_kernels *set, int logs, int d)
{
    uint64_t h = START;
    if (!set->softmax[d]) return 0;
    fill(numbers[0], d, 0);
    for (int s = 0; s < SIZES; s++)
        for (int64_t inner = 1; inner < 50; inner += 12) {
            int64_t    outer = 2, n = CHUNK[s] * outer * inner;
            void      *x = some(0, n, d), *y = exact(n * BYTES[d]);
            td_columns c = { .x = x, .y = y, .n = CHUNK[s], .inner = inner, .log = logs };
            set->softmax[d](&c, 0, outer * inner);
            h = hash(h, y, d, n);
            free(x), free(y);
        }
    return h;
}

static uint64_t entropy_item(const td_kernels *set, int what, int d)
{
    uint64_t h = START;
    if (!set->entropy[what][d]) return 0;
    fill(numbers[0], d, 0);
    for (int s = 0; s < SIZES; s++)
        for (int64_t rows = 1; rows < 200 && rows * CHUNK[s] < COUNT; rows = 3 * rows + 2) {
            int64_t    n = rows * CHUNK[s], *target = exact(rows * 8);
            void      *x = some(0, n, d), *y = exact(n * BYTES[d]);
            double    *loss = exact(rows * 8);
            td_entropy e = { .x = x, .target = target, .loss = loss, .y = y, .n = CHUNK[s], .scale = 0.3 };
            for (int64_t i = 0; i < rows; i++) target[i] = i * 7 % CHUNK[s];
            set->entropy[what][d](&e, 0, rows);
            h = what == TD_ENTROPY_loss ? hash(h, loss, TD_K_F64, rows) : hash(h, y, d, n);
            free(x), free(y), free(loss), free(target);
        }
    return h;
}

static uint64_t norm_item(const td_kernels *set, int what, int d)
{
    uint64_t h = START;
    if (!set->norm[what][d]) return 0;
    for (int k = 0; k < 3; k++) fill(numbers[k], d, k);
    for (int s = 0; s < SIZES; s++)
        for (int weights = 0; weights < 3; weights++) {
            int64_t rows = 3, n = rows * CHUNK[s];
            void   *x = some(0, n, d), *g = some(1, n, d), *w = some(2, CHUNK[s], d), *b = some(1, CHUNK[s], d);
            bool    sums = what == TD_NORM_weights;
            void   *y = exact(sums ? 2 * CHUNK[s] * 8 : n * BYTES[d]);
            td_rows r = { .x = x, .g = g, .weight = weights ? w : NULL, .bias = weights > 1 ? b : NULL, .y = y,
                          .n = CHUNK[s], .eps = 1e-5 };
            set->norm[what][d](&r, 0, rows);
            h = sums ? hash(h, y, TD_K_F64, 2 * CHUNK[s]) : hash(h, y, d, n);
            free(x), free(g), free(w), free(b), free(y);
        }
    return h;
}

/* p of numbers, c and its adjoints too; backward's results one after the other */
static uint64_t gates_item(const td_kernels *set, int way, int d)
{
    uint64_t h = START;
    if (!set->gates[way][d]) return 0;
    for (int k = 0; k < 3; k++) fill(numbers[k], d, k);
    for (int s = 0; s < SIZES; s++) {
        int64_t n = CHUNK[s], bytes = n * BYTES[d];
        void   *p = some(0, 4 * n, d), *before = some(1, n, d), *of = some(2, 6 * n, d), *c = some(1, n, d);
        char   *out = exact(4 * bytes), *carried = some(0, n, d), *state = exact(bytes);
        td_gates g = { .n = n, .p = p, .before = before, .c = c, .h = state, .of_h = of, .of_c = (char *)of + bytes,
                       .of_p = (char *)of + 2 * bytes, .through = before, .slope = out, .carried = carried };
        set->gates[way][d](&g);
        h = way == TD_GATES_forward ? hash(hash(h, c, d, n), state, d, n) : hash(hash(h, out, d, 4 * n), carried, d, n);
        free(p), free(before), free(of), free(c), free(out), free(carried), free(state);
    }
    return h;
}

static uint64_t drop_item(const td_kernels *set, int unused, int d)
{
    static const double P[] = {0, 0.1, 0.5, 1};
    uint64_t h = START;
    (void)unused;
    if (!set->drop[d]) return 0;
    fill(numbers[0], d, 0);
    for (int s = 0; s < SIZES; s++)
        for (int p = 0; p < 4; p++) {
            void   *x = some(0, CHUNK[s], d), *y = exact(CHUNK[s] * BYTES[d]);
            td_drop drop = { .seed = UINT64_C(0x123456789abcdef) * (uint64_t)(s + 1), .p = P[p], .x = x, .y = y };
            set->drop[d](&drop, 0, CHUNK[s]);
            h = hash(h, y, d, CHUNK[s]);
            free(x), free(y);
        }
    return h;
}

static uint64_t scan_item(const td_kernels *set, int kind, int d)
{
    uint64_t h = START;
    if (!set->scan[kind][d]) return 0;
    for (int k = 0; k < 2; k++) fill(numbers[k], d, k);
    for (int s = 0; s < SIZES; s++)
        for (int64_t inner = 1; inner < 600 && 3 * inner * CHUNK[s] < COUNT; inner = 4 * inner + 1) {
            int64_t outer = 3 + 4 * (inner == 1), n = outer * inner * CHUNK[s];
            if (n > COUNT) continue;
            int     out = kind == TD_SCAN_argmax ? TD_K_I64 : d;
            void   *x = some(0, n, d), *b = some(1, n, d), *y = exact(n * BYTES[out]);
            td_scan lines = { .x = x, .b = b, .y = y, .n = CHUNK[s], .inner = inner, .backwards = s % 2 };
            set->scan[kind][d](&lines, 0, outer * inner);
            h = hash(h, y, out, n);
            free(x), free(b), free(y);
        }
    return h;
}

enum { ELIMINATE, COMBINE, ROTATE, DOT };

static uint64_t factor_item(const td_kernels *set, int what, int d)
{
    enum { ROWS = 3 };
    uint64_t h = START;
    if (d != TD_K_F64) return 0;
    for (int k = 0; k < 3; k++) fill(numbers[k], d, k);
    for (int s = 0; s < SIZES; s++) {
        int64_t n = CHUNK[s];
        if (ROWS * n > COUNT) continue;
        double *a = some(0, ROWS * n, d), *x = some(1, n > ROWS ? n : ROWS, d), *y = some(2, n, d);
        if (what == ELIMINATE) set->factor->eliminate(ROWS, n, a, n, x, 1, y);
        if (what == COMBINE) set->factor->combine(ROWS, n, a, n, x, 1, y);
        if (what == ROTATE) set->factor->rotate(n, x, y, 0.8, 0.6);
        if (what == DOT && n > 0) *a = set->factor->dot(n, x, y);
        h = hash(hash(hash(h, a, d, ROWS * n), x, d, n), y, d, n);
        free(a), free(x), free(y);
    }
    return h;
}

static uint64_t walk_item(const td_kernels *set, int kind, int d)
{
    uint64_t h = START;
    for (int s = 0; s < SIZES; s++) {
        int64_t  n = CHUNK[s], *index = exact(n * 8);
        uint64_t state = 5;
        fill(numbers[0], d, 0);
        fill(numbers[1], d, 1);
        char   *to = copy_of(numbers[1], 0, n, d), *from = copy_of(numbers[0], 0, n, d);
        td_walk w = { .rank = 2, .size = {1, n}, .to = to, .from = from, .index = (const char *)index, .axis_stride = BYTES[d],
                      .to_stride = {0, BYTES[d]}, .from_stride = {0, BYTES[d]}, .index_stride = {0, 8} };
        for (int64_t i = 0; i < n; i++) index[i] = (int64_t)(draw(&state) % (uint64_t)n);
        if (kind == TD_WALK_GATHER) w.from_stride[1] = 0;
        if (kind >= TD_WALK_SCATTER) w.to_stride[1] = 0;
        td_walk_rows(&w, kind, set->walk[kind][d]);
        h = hash(h, to, d, n);
        free(to), free(from), free(index);
    }
    return h;
}

/* from is stored transposed, with a gap between its rows. */
static uint64_t turn_item(const td_kernels *set, int unused, int d)
{
    uint64_t h = START;
    (void)unused;
    fill(numbers[0], d, 0);
    for (int i = 0; i < SIZES * SIZES; i++) {
        int64_t m = CHUNK[i / SIZES], n = CHUNK[i % SIZES], row = m + 1;
        if (n * row > COUNT) continue;
        char   *from = copy_of(numbers[0], 0, n * row - 1, d), *to = exact(m * n * BYTES[d]);
        td_walk w = { .rank = 2, .size = {m, n}, .to = to, .from = from, .to_stride = {n * BYTES[d], BYTES[d]},
                      .from_stride = {BYTES[d], row * BYTES[d]} };
        td_walk_rows(&w, TD_WALK_TURN, set->walk[TD_WALK_TURN][d]);
        h = hash(h, to, d, m * n);
        free(to), free(from);
    }
    return h;
}

/* ---- products ------------------------------------------------------------------------------------------------------- */

enum { SIDES = 6 };
static const int64_t SIDE[SIDES] = {1, 5, 16, 33, 65, 100};

static uint64_t hash_product(uint64_t h, const td_gemm_kernel *kernel, int d, td_gemm g)
{
    int64_t wide = (g.n + kernel->lanes - 1) / kernel->lanes * kernel->lanes;
    void   *a = copy_of(numbers[0], PAIRS + WILD, g.m * g.k, d), *b = copy_of(numbers[1], PAIRS + WILD, g.k * g.n, d);
    void   *c = exact(g.m * g.n * BYTES[d]), *packed = exact(g.k * wide * BYTES[d]);
    g.a = a, g.b = b, g.c = c;
    kernel->multiply(&g);
    h = hash(h, c, d, g.m * g.n);
    kernel->pack(&g, packed);
    g.packed = packed;
    kernel->multiply(&g);
    h = hash(h, c, d, g.m * g.n);
    free(a), free(b), free(c), free(packed);
    return h;
}

/* layout: 1 if A is transposed, plus 2 if B is. */
static uint64_t gemm_item(const td_kernels *set, int layout, int d)
{
    uint64_t h = START;
    if (!set->gemm[d]) return 0;
    fill(numbers[0], d, 0);
    fill(numbers[1], d, 1);
    for (int i = 0; i < SIDES * SIDES * SIDES; i++) {
        int64_t m = SIDE[i / SIDES / SIDES], n = SIDE[i / SIDES % SIDES], k = SIDE[i % SIDES];
        td_gemm g = { .m = m, .n = n, .k = k, .a_row = layout & 1 ? 1 : k, .a_col = layout & 1 ? m : 1,
                      .b_row = layout & 2 ? 1 : n, .b_col = layout & 2 ? k : 1, .c_row = n, .c_col = 1 };
        h = hash_product(h, set->gemm[d], d, g);
    }
    return h;
}

/* ---- convolutions --------------------------------------------------------------------------------------------------- */

/* A kernel of 1 x 2 x 3 over an image of 2 x 5 x width, beyond its borders; 3 channels, strides 1 and 2.  A plane has one
 * channel and no depth. */
static uint64_t hash_conv(uint64_t h, td_conv_fn *kernel, bool along, int d, int64_t rows, int64_t width, int64_t step, bool plane)
{
    enum { TAPS = 6 };
    int64_t tap[TAPS][3], channels = plane ? 1 : 3, deep = plane ? 1 : 2, k = channels * TAPS, apart = plane ? step : 2;
    int64_t pixels = 5 * deep * width, along_x = plane ? 1 : step, across = (width - 1) / along_x + 1, positions = 5 * deep * across;
    for (int t = 0; t < TAPS; t++) tap[t][0] = 0, tap[t][1] = t / 3 - 1, tap[t][2] = apart * (t % 3 - 1);
    int64_t of_matrix = rows * (along ? k : positions), of_c = rows * (along ? positions : k);
    void   *image = copy_of(numbers[0], PAIRS + WILD, channels * pixels, d), *c = exact(of_c * BYTES[d]);
    void   *matrix = copy_of(numbers[1], PAIRS + WILD, of_matrix, d), *bias = copy_of(numbers[2], PAIRS + WILD, rows, d);
    td_conv v = { .positions = positions, .rows = rows, .k = k, .matrix = matrix, .bias = bias, .c = c };
    v.image = (td_image){ .data = image, .channels = channels, .pixels = pixels, .size = {deep, 5, width},
                          .grid = {deep, 5, across}, .step = {1, 1, along_x}, .tap = (const int64_t (*)[3])tap };
    kernel(&v, 0, along ? positions : k);
    h = hash(h, c, d, of_c);
    free(image), free(c), free(matrix), free(bias);
    return h;
}

static uint64_t hash_convs(const td_kernels *set, int way, int d, bool plane)
{
    uint64_t h = START;
    if (!set->conv[way][d]) return 0;
    for (int k = 0; k < 3; k++) fill(numbers[k], d, k);
    for (int i = 0; i < SIDES * SIDES * 2; i++)
        h = hash_conv(h, set->conv[way][d], way == TD_CONV_along, d, SIDE[i / SIDES % SIDES], SIDE[i % SIDES],
                      1 + i / SIDES / SIDES, plane);
    return h;
}

static uint64_t conv_item(const td_kernels *set, int way, int d) { return hash_convs(set, way, d, false); }
static uint64_t plane_item(const td_kernels *set, int way, int d) { return hash_convs(set, way, d, true); }

/* ---- windows --------------------------------------------------------------------------------------------------------- */

/* Three numbers in a row, whose weights are random, for each result. */
static uint64_t hash_band(uint64_t h, td_band_fn *kernel, int d, int64_t n, int64_t inner)
{
    enum { OUTER = 2, EACH = 3 };
    int64_t m = n < EACH ? 1 : n - EACH + 1, each = n < EACH ? n : EACH, *start = exact((m + 1) * 8), *index = exact(m * each * 8);
    double *weight = copy_of(numbers[1], PAIRS + WILD, m * each, TD_K_F64), *divisor = exact(m * 8);
    void   *x = copy_of(numbers[0], PAIRS + WILD, OUTER * n * inner, d), *y = exact(OUTER * m * inner * BYTES[d]);
    for (int64_t j = 0; j <= m; j++) start[j] = j * each;
    for (int64_t e = 0; e < m * each; e++) index[e] = e / each + e % each, divisor[e / each] = 3;
    td_band b = { x, y, n, m, inner, start, index, weight, divisor };
    kernel(&b, 0, OUTER * m);
    h = hash(h, y, d, OUTER * m * inner);
    free(start), free(index), free(weight), free(divisor), free(x), free(y);
    return h;
}

static uint64_t band_item(const td_kernels *set, int unused, int d)
{
    uint64_t h = START;
    (void)unused;
    if (!set->band[d]) return 0;
    fill(numbers[0], d, 0);
    fill(numbers[1], TD_K_F64, 1);
    for (int i = 0; i < SIDES * SIDES; i++) h = hash_band(h, set->band[d], d, SIDE[i / SIDES], SIDE[i % SIDES]);
    return h;
}

/* Windows of 1 x 2 x 3 numbers, all there are, among special values too. */
static uint64_t extreme_item(const td_kernels *set, int unused, int d)
{
    static const int64_t first[] = {0, 1, 2, 3, 4, 5}, row_last[] = {1, 2, 3, 4}, last[] = {2, 3, 4, 5}, plane[] = {0, 1};
    enum { CHANNELS = 40, PIXELS = 2 * 5 * 6 };
    uint64_t h = START;
    (void)unused;
    if (!set->extreme[d]) return 0;
    fill(numbers[0], d, 0);
    int64_t   *y = exact(CHANNELS * 32 * 8);
    void      *x = copy_of(numbers[0], 0, CHANNELS * PIXELS, d);
    td_extreme w = { .x = x, .y = y, .size = {2, 5, 6}, .grid = {2, 4, 4}, .step = {1, 1, 2}, .first = {plane, first, first},
                     .last = {plane, row_last, last} };
    set->extreme[d](&w, 0, CHANNELS);
    h = hash(h, y, TD_K_I64, CHANNELS * 32);
    free(x), free(y);
    return h;
}

/* ---- all kernels ---------------------------------------------------------------------------------------------------- */

typedef struct family {
    const char        *name;
    int                count;
    const char *const *names;    /* NULL: numbers */
    uint64_t (*item)(const td_kernels *set, int k, int dtype);
} family;

static const char *const LINE[] = {"line"}, *const SOFTMAX[] = {"softmax", "log_softmax"};
static const char *const ENTROPY[] = {"loss", "slope"}, *const NORM[] = {"layer", "adjoint", "weights"};
static const char *const SCAN[] = {"sum", "prod", "recurrence", "max", "min", "argmax", "logsumexp"};
static const char *const FACTOR[] = {"eliminate", "combine", "rotate", "dot"};
static const char *const TURN[] = {"turn"}, *const GEMM[] = {"NN", "TN", "NT", "TT"};
static const char *const CONV[] = {"along", "across"}, *const BAND[] = {"band"}, *const EXTREME[] = {"extreme"};
static const char *const GATES[] = {"forward", "backward"}, *const DROP[] = {"drop"};

static const family FAMILY[] = {
    {"map", TD_MAP_COUNT, MAP, map_item},          {"cast", TD_K_DTYPES, DTYPE, cast_item},
    {"line", 1, LINE, line_item},                  {"reduce", TD_REDUCE_COUNT, REDUCE, reduce_item},
    {"softmax", 2, SOFTMAX, softmax_item},         {"walk", TD_WALK_TURN, WALK, walk_item},
    {"turn", 1, TURN, turn_item},                  {"gemm", 4, GEMM, gemm_item},
    {"entropy", TD_ENTROPY_COUNT, ENTROPY, entropy_item}, {"norm", TD_NORM_COUNT, NORM, norm_item},
    {"factor", 4, FACTOR, factor_item},
    {"scan", TD_SCAN_COUNT, SCAN, scan_item},      {"conv", TD_CONV_COUNT, CONV, conv_item},
    {"band", 1, BAND, band_item},                  {"extreme", 1, EXTREME, extreme_item},
    {"gates", TD_GATES_COUNT, GATES, gates_item},  {"drop", 1, DROP, drop_item},
    {"plane", TD_CONV_COUNT, CONV, plane_item},
};
enum { FAMILIES = sizeof FAMILY / sizeof FAMILY[0] };

typedef void visit(const family *f, int k, int d, void *argument);

static void each(visit *what, void *argument)
{
    for (int f = 0; f < FAMILIES; f++)
        for (int k = 0; k < FAMILY[f].count; k++)
            for (int d = 0; d < TD_K_DTYPES; d++) what(&FAMILY[f], k, d, argument);
}

static void print_item(const family *f, int k, int d, void *argument)
{
    uint64_t h = f->item(argument, k, d);
    if (h) printf("%016llx  %s %s %s\n", (unsigned long long)h, f->name, f->names[k], DTYPE[d]);
}

typedef struct tally {
    int items, wrong;
} tally;

static void compare_item(const family *f, int k, int d, void *argument)
{
    tally            *t = argument;
    bool              here;
    const td_kernels *set = td_kernels_at(0, &here);
    uint64_t          plain = f->item(set, k, d);
    t->items += plain != 0;
    for (int i = 1; (set = td_kernels_at(i, &here)); i++) {
        if (!here || f->item(set, k, d) == plain) continue;
        printf("%s %s %s: %s gives other bits than base\n", f->name, f->names[k], DTYPE[d], set->name);
        t->wrong++;
    }
}

static int compare_sets(void)
{
    tally t = {0};
    each(compare_item, &t);
    printf("%d kernels, every instruction set against base: %d differ\n", t.items, t.wrong);
    return t.wrong || !t.items;
}

/* One past an operand: for the sanitizer to find. */
static int read_past(const td_kernels *set)
{
    char *x = exact(7 * 8), *y = exact(8 * 8);
    memset(x, 0, 7 * 8);
    set->map[TD_K_F64][TD_MAP_neg](8, y, (const void *const[]){x}, 0, 0);
    printf("read one past: %g\n", ((double *)y)[7]);
    free(x), free(y);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) return compare_sets();
    if (!strcmp(argv[1], "past")) return read_past(td_kernels_get());
    const td_kernels *set = td_kernels_named(argv[1]);
    if (!set) return 2;
    each(print_item, (void *)set);
    return 0;
}
