/* dual.c: the engines that run definitions instead of kernels, with derivatives carried along.
 *
 * Computed when applied, nothing kept pending.  Computes in double whatever the dtype; the dtype only says how values are
 * read back, and that integers have no derivatives.
 *
 * Invariant: data of a tensor is a `block`, its numbers behind the head, its plain values behind those.  Both are made with
 * the node: memory asked for later would live as long as a younger node. */
#include <math.h>
#include <string.h>

#include "system.h"

typedef struct block {
    void *numbers, *values;
} block;

enum { HEAD = 64 };                    /* bytes before the numbers, which keeps the arena's alignment */

static const td_engine dual, dual2, quad, bounding;

static const td_numbers *numbers_of(const td_tensor *x)
{
    const td_engine *e = td_engine_of(x->context);
    if (e == &bounding) return x->dtype == TD_F32 ? &td_numbers_bound32 : &td_numbers_bound64;
    return e == &dual ? &td_numbers_dual : e == &dual2 ? &td_numbers_dual2 : e == &quad ? &td_numbers_quad : NULL;
}

static block *block_of(const td_tensor *x) { return x->data; }

/* Memory for n numbers and, unless the caller has them, n values; NULL after td_fail. */
static block *block_new(const td_tensor *x, const td_numbers *system, void *values)
{
    size_t n = (size_t)x->shape->numel, numbers = n * system->size, plain = values ? 0 : n * td_dtype_size(x->dtype);
    char *memory = td_arena(x->context, HEAD + numbers + plain);
    if (!memory) return NULL;
    block *b = (block *)memory;
    *b = (block){memory + HEAD, values ? values : memory + HEAD + numbers};
    return b;
}

/* ---- values back to their dtype ---------------------------------------------------------------------------------- */

static int64_t to_i64(double v) { return v >= 0x1p63 ? INT64_MAX : v > -0x1p63 ? (int64_t)v : INT64_MIN; }

static void store(void *values, td_dtype dtype, int64_t i, double v)
{
    switch (dtype) {
    case TD_F64: ((double *)values)[i] = v; break;
    case TD_F32: ((float *)values)[i] = (float)v; break;
    case TD_I64: ((int64_t *)values)[i] = isnan(v) ? 0 : to_i64(v); break;
    case TD_BOOL: ((uint8_t *)values)[i] = v != 0; break;
    }
}

static void store_all(const td_tensor *y, const td_numbers *system)
{
    block *b = block_of(y);
    for (int64_t i = 0; i < y->shape->numel; i++) store(b->values, y->dtype, i, system->read(b->numbers, i, -1, NULL));
}

/* ---- the engine -------------------------------------------------------------------------------------------------- */

static td_status leaf(td_tensor *x, void *values)
{
    const td_numbers *system = numbers_of(x);
    block *b = block_new(x, system, values);
    if (!b) return TD_ENOMEM;
    system->load(b->numbers, x->shape->numel, x->dtype, values);
    x->data = b;
    return TD_OK;
}

static bool same_sizes(const td_shape *a, const td_shape *b)
{
    bool same = a->rank == b->rank;
    for (int i = 0; same && i < a->rank; i++) same = a->size[i] == b->size[i];
    return same;
}

/* A user's op is what its definition, a composition, comes to. */
static td_status apply_users_definition(td_tensor *y)
{
    td_context *c = y->context;
    const char *name = y->op->name;
    if (!y->op->define)
        return td_fail(c, TD_ESTATE, "%s has no definition: the %s engine can't tell", name, td_engine_of(c)->name);
    td_tensor *r = y->op->define(y->n_in, y->in, y->attr);
    y->file = NULL;                    /* the definition's calls stand in another place than this one */
    if (td_error(c)) return td_error(c);
    if (!r || r->context != c) return td_fail(c, TD_ESTATE, "%s: its definition returned no tensor of this context", name);
    if (r->dtype != y->dtype || !same_sizes(r->shape, y->shape)) {
        char got[TD_SHAPE_TEXT], expected[TD_SHAPE_TEXT];
        return td_fail(c, TD_ESHAPE, "%s: its definition gave %s %s instead of %s %s", name, td_dtype_name(r->dtype),
                       td_shape_text(r->shape, got), td_dtype_name(y->dtype), td_shape_text(y->shape, expected));
    }
    y->data = r->data;
    return TD_OK;
}

enum { FEW = 8 };                      /* operands kept on the stack */

static td_status apply(td_tensor *y)
{
    static const td_attr none;
    td_context *c = y->context;
    const td_numbers *system = numbers_of(y);
    if (y->op->id == TD_ID_user) return apply_users_definition(y);
    td_operand few[FEW], *in = y->n_in <= FEW ? few : td_arena(c, y->n_in * sizeof *in);
    block *b = in ? block_new(y, system, NULL) : NULL;
    if (!b) return TD_ENOMEM;
    for (int i = 0; i < y->n_in; i++)
        in[i] = (td_operand){y->in[i]->shape, (td_dtype)y->in[i]->dtype, block_of(y->in[i])->numbers};
    td_application f = {.context = c, .op = y->op, .attr = y->attr ? y->attr : &none, .n_in = y->n_in, .in = in,
                        .shape = y->shape, .dtype = (td_dtype)y->dtype, .out = b->numbers};
    td_status status = system->define(&f);
    if (status) return status;
    if (td_no_grad(c) && system->make_constant) system->make_constant(b->numbers, y->shape->numel);
    y->data = b;
    store_all(y, system);
    return TD_OK;
}

static const void *read(td_tensor *x) { return block_of(x)->values; }

static const td_engine dual = {.name = "dual", .whole = true, .leaf = leaf, .apply = apply, .read = read};
static const td_engine dual2 = {.name = "dual2", .whole = true, .leaf = leaf, .apply = apply, .read = read};
static const td_engine quad = {.name = "quad", .whole = true, .leaf = leaf, .apply = apply, .read = read};
static const td_engine bounding = {.name = "bound", .whole = true, .leaf = leaf, .apply = apply, .read = read};

const td_engine *td_dual_engine(void) { return &dual; }
const td_engine *td_dual2_engine(void) { return &dual2; }
const td_engine *td_quad_engine(void) { return td_numbers_quad.size ? &quad : NULL; }

/* ---- a user's op in replay ---------------------------------------------------------------------------------------- */

/* x's value in another context, with the numbers it has in the replay. */
static td_tensor *carried_over(td_context *c, td_tensor *x, const void *numbers)
{
    const void *values = td_data(x);
    if (!values) return NULL;
    td_tensor *leaf_of_c = td_array(c, td_dtype_of(x), x->shape->rank, x->shape->size, values);
    if (td_error(c)) return NULL;
    memcpy(block_of(leaf_of_c)->numbers, numbers, (size_t)x->shape->numel * numbers_of(leaf_of_c)->size);
    return leaf_of_c;
}

static td_tensor *apply_in(td_context *c, td_tensor *y, void *const *operands)
{
    td_tensor **in = td_arena(c, (y->n_in + 1u) * sizeof *in);
    for (int i = 0; in && i < y->n_in; i++)
        if (!(in[i] = carried_over(c, y->in[i], operands[i]))) return NULL;
    return in ? td_apply(y->op, y->n_in, in, y->attr) : NULL;
}

td_status td_bound_users(td_tensor *y, void *const *operands, void *out)
{
    td_context *c = td_open(&(td_options){.engine = &bounding});
    td_tensor *r = c ? apply_in(c, y, operands) : NULL;
    if (r && !td_error(c)) memcpy(out, block_of(r)->numbers, (size_t)r->shape->numel * numbers_of(r)->size);
    else td_fail(y->context, td_error(c), "replay: %s", td_message(c));
    td_close(c);
    return td_error(y->context);
}

/* ---- derivatives in and out -------------------------------------------------------------------------------------- */

/* The number system of x, if it has this lane; NULL after td_fail. */
static const td_numbers *system_with(const td_tensor *x, const char *who, int lane, int lowest)
{
    td_context *c = x->context;
    if (td_error(c)) return NULL;
    const td_numbers *system = numbers_of(x);
    if (!system) td_fail(c, TD_ESTATE, "%s: not a dual context", who);
    else if (lane < lowest || lane >= system->lanes)
        td_fail(c, TD_EVALUE, "%s: lane %d out of range %d..%d", who, lane, lowest, system->lanes - 1), system = NULL;
    return system;
}

td_status td_set_tangent(td_tensor *x, int lane, const double *v)
{
    const td_numbers *system = system_with(x, "td_set_tangent", lane, 0);
    if (!system) return td_error(x->context);
    if (x->op) return td_fail(x->context, TD_ESTATE, "td_set_tangent: the result of %s, not a leaf", x->op->name);
    if (x->dtype != TD_F64 && x->dtype != TD_F32)
        return td_fail(x->context, TD_EDTYPE, "td_set_tangent: %s has no derivatives", td_dtype_name(x->dtype));
    for (int64_t i = 0; i < x->shape->numel; i++) system->set(block_of(x)->numbers, i, lane, v[i]);
    return TD_OK;
}

td_status td_read_lane(td_tensor *y, int lane, double *value, double *bound)
{
    const td_numbers *system = system_with(y, "td_read_lane", lane, -1);
    if (!system) return td_error(y->context);
    for (int64_t i = 0; i < y->shape->numel; i++)
        value[i] = system->read(block_of(y)->numbers, i, lane, bound ? &bound[i] : NULL);
    return TD_OK;
}
