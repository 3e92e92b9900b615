/* map_order.tmpl.h: what every dtype has: comparisons, logic, choice, copies.
 * Parameters: T the element, F(name) the name of a loop for T. */

MAP1(copy, X)
MAP2(eq, uint8_t, X == Y)
MAP2(ne, uint8_t, X != Y)
MAP2(lt, uint8_t, X < Y)
MAP2(le, uint8_t, X <= Y)
MAP2(gt, uint8_t, X > Y)
MAP2(ge, uint8_t, X >= Y)
MAP1TO(logical_not, uint8_t, X == 0)
MAP2(logical_and, uint8_t, (X != 0) & (Y != 0))
MAP2(logical_or, uint8_t, (X != 0) | (Y != 0))
MAP2(logical_xor, uint8_t, (X != 0) ^ (Y != 0))

/* (condition, x, y): condition ? x : y */
static void F(where)(int64_t n, void *y, const void *const *x, double a, double b)
{
    const uint8_t *condition = x[0];
    const T       *yes = x[1], *no = x[2];
    T             *out = y;
    (void)a, (void)b;
    EACH for (int64_t i = 0; i < n; i++) out[i] = condition[i] ? yes[i] : no[i];
}

static void F(line)(int64_t n, void *y, const void *x, int64_t stride)
{
    const T *from = x;
    T       *out = y;
    EACH for (int64_t i = 0; i < n; i++) out[i] = from[i * stride];
}

#define ORDER_ROWS                                                                                              \
    [TD_MAP_copy] = F(copy), [TD_MAP_eq] = F(eq), [TD_MAP_ne] = F(ne), [TD_MAP_lt] = F(lt), [TD_MAP_le] = F(le), \
    [TD_MAP_gt] = F(gt), [TD_MAP_ge] = F(ge), [TD_MAP_where] = F(where), [TD_MAP_logical_not] = F(logical_not),  \
    [TD_MAP_logical_and] = F(logical_and), [TD_MAP_logical_or] = F(logical_or), [TD_MAP_logical_xor] = F(logical_xor)
