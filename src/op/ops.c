/* ops.c: the list of ops.def as a table. */
#include "op.h"

#include <string.h>

static const td_op *const table[TD_ID_COUNT] = {
#define TD_OP(name) [TD_ID_##name] = &td_op_##name,
#include "ops.def"
#undef TD_OP
};

const td_op *td_op_by_id(int id) { return id > 0 && id < TD_ID_COUNT ? table[id] : NULL; }

const td_op *td_op_by_name(const char *name)
{
    for (int id = 1; id < TD_ID_COUNT; id++)
        if (strcmp(table[id]->name, name) == 0) return table[id];
    return NULL;
}
