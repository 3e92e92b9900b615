/* mask.h: elements chosen by truth values; x and the mask broadcast.  How many are true was read when the op was applied; if
 * that is in doubt, so is all that is counted. */

/* Is it true?  sure: for all that is known. */
static bool is_true(num x, bool *sure)
{
    *sure = *sure && num_order(x, num_of(0)) != UNSURE;
    return num_value(x) != 0;
}

static num masked_filled(const td_application *f, const int64_t *at, int64_t i)
{
    bool sure = true;
    num x = operand(f, 0)[broadcast_position(f->in[0].shape, at, f->shape->rank)];
    num value = fill_value(f);
    bool is = is_true(operand(f, 1)[broadcast_position(f->in[1].shape, at, f->shape->rank)], &sure);
    (void)i;
    num y = is ? num_choose(value, x) : x;
    return sure ? y : num_either(y, is ? x : value);
}

/* The next y for each true one.  Where a truth is in doubt so is how many there are, and what sums and shapes make of that. */
static void masked_selected(const td_application *f, int64_t piece)
{
    td_shape s = common_shape(f->in[0].shape, f->in[1].shape);
    int64_t at[TD_MAX_RANK], count = 0, n = f->in[0].shape->numel;
    const num *x = operand(f, 0);
    bool sure = true;
    (void)piece;
    for (int64_t i = 0; i < s.numel; i++) {
        unravel(s.rank, s.size, i, at);
        bool is = is_true(operand(f, 1)[broadcast_position(f->in[1].shape, at, s.rank)], &sure);
        if (is && count < f->shape->numel) result(f)[count++] = x[broadcast_position(f->in[0].shape, at, s.rank)];
    }
    sure = sure && count == f->shape->numel;
    for (; count < f->shape->numel; count++) result(f)[count] = num_of(0);
    for (int64_t k = 0; k < f->shape->numel && !sure; k++) result(f)[k] = guessed_from(num_value(result(f)[k]), x, n);
}

/* The next of the source for each true one, x for the others. */
static void masked_scattered(const td_application *f, int64_t piece)
{
    const td_shape *s = f->shape;
    int64_t at[TD_MAX_RANK], next = 0, n = f->in[2].shape->numel;
    const num *source = operand(f, 2);
    bool sure = true;
    (void)piece;
    for (int64_t i = 0; i < s->numel; i++) {
        unravel(s->rank, s->size, i, at);
        num x = operand(f, 0)[broadcast_position(f->in[0].shape, at, s->rank)];
        bool is = is_true(operand(f, 1)[broadcast_position(f->in[1].shape, at, s->rank)], &sure) && next < n;
        num y = is ? num_choose(source[next++], x) : x;
        result(f)[i] = or_any(sure ? y : num_either(y, x), sure, source, n, 1);
    }
}

/* The indices of what is not 0, a row for each. */
static void nonzero_found(const td_application *f, int64_t piece)
{
    const td_shape *s = f->in[0].shape;
    int64_t at[TD_MAX_RANK], count = 0;
    bool sure = true;
    (void)piece;
    for (int64_t i = 0; i < s->numel; i++) {
        unravel(s->rank, s->size, i, at);
        if (!is_true(operand(f, 0)[i], &sure) || count == f->shape->size[0]) continue;
        for (int j = 0; j < s->rank; j++) {
            num k = num_of((double)at[j]);
            result(f)[count * s->rank + j] = sure ? k : num_either(num_either(k, num_of(0)), num_of((double)s->size[j] - 1));
        }
        count++;
    }
    num anything = num_either(num_of(0), num_of((double)s->numel));
    for (int64_t i = count * s->rank; i < f->shape->numel; i++) result(f)[i] = anything;
}

static const definition
    define_nonzero = {.piece = nonzero_found, .direct = true},
    define_masked_fill = {.element = masked_filled, .direct = true},
    define_masked_select = {.piece = masked_selected, .direct = true},
    define_masked_scatter = {.piece = masked_scattered, .direct = true};
