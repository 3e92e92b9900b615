/* dtype.c: the four kinds of numbers. */
#include "core.h"

static const struct { const char *name; size_t size; } kind[] = {
    [TD_BOOL] = { "bool", 1 }, [TD_I64] = { "i64", 8 }, [TD_F32] = { "f32", 4 }, [TD_F64] = { "f64", 8 },
};

const char *td_dtype_name(td_dtype d) { return (unsigned)d <= TD_F64 ? kind[d].name : "?"; }
size_t      td_dtype_size(td_dtype d) { return (unsigned)d <= TD_F64 ? kind[d].size : 0; }
bool        td_is_float(td_dtype d) { return d >= TD_F32; }

/* NumPy's table: the larger of the two in the order of the enum, but f32 can't hold every i64. */
td_dtype td_promote(td_dtype a, td_dtype b)
{
    td_dtype high = a > b ? a : b, low = a > b ? b : a;
    return high == TD_F32 && low == TD_I64 ? TD_F64 : high;
}

double td_load(const void *data, td_dtype d, int64_t i)
{
    switch (d) {
    case TD_BOOL: return ((const uint8_t *)data)[i];
    case TD_I64:  return (double)((const int64_t *)data)[i];
    case TD_F32:  return ((const float *)data)[i];
    default:      return ((const double *)data)[i];
    }
}

/* NaN becomes 0, and what no int64_t holds the nearest that one does. */
static int64_t to_integer(double v)
{
    if (v >= 0x1p63) return INT64_MAX;
    if (v < -0x1p63) return INT64_MIN;
    return v == v ? (int64_t)v : 0;
}

void td_store(void *data, td_dtype d, int64_t i, double v)
{
    switch (d) {
    case TD_BOOL: ((uint8_t *)data)[i] = v != 0; break;
    case TD_I64:  ((int64_t *)data)[i] = to_integer(v); break;
    case TD_F32:  ((float *)data)[i] = (float)v; break;
    default:      ((double *)data)[i] = v; break;
    }
}
