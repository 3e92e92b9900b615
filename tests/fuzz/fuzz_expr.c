/* fuzz_expr.c: expressions and lists of numbers: parsed, and one in many run with little memory. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"

const char *const fuzz_words[] = {
    "x", "y", "W", "i", "b", "+", "-", "*", "/", "@", "^", "**", "==", "<", ">=", "(", ")", "[", "]", "[[1,2],[3,4]]",
    ",", "=",
    "axis=", "keepdim=1", "dim=-1", "sum(", "mean(", "exp(", "var(", "norm(", "reshape(", "pad(", "slice(", "gather(",
    "stack(",
    "concat(", "where(", "layer_norm(", "cast(", "f32", "i64", "pi", "inf", "nan", "0x1p-4", "1.5e-3", "1e308", "[]", NULL};

static const char *const seeds[] = {
    "mean((W@x - y)^2)", "sum(relu(W@x), axis=0, keepdim=1)", "-x^2 + 3*y/2", "where(x > 1, x, exp(-y))",
    "layer_norm(W, x, y, eps=1e-3)", "cross_entropy(W, cast([1,0],i64))", "reshape(pad(W,[1,0,0,2],0.5),[-1])",
    "gather(x, i)", "sum([[1,2,3],[4,5,6]] @ x) - pi", "softmax(W,dim=1)", "slice(x, 0, -2) ** 0x1p-1", "1,2,4",
    "[[1,2],[3,4]]", "-inf,nan,.5", "concat(x, y, x, axis=0) <= 2", "expand(x,[2,3])", "norm(W, p=inf, axis=[0,1])",
    "permute(stack(x,y,axis=1),[1,0])", "unslice(x,0,0,5,2,6)", "var(W,axis=1,correction=0)", "index_add(W,i,W,axis=0)",
    NULL};

void fuzz_seeds(void (*add)(const void *bytes, size_t n))
{
    for (int k = 0; seeds[k]; k++) add(seeds[k], strlen(seeds[k]));
}

static void run(const td_expr *e)
{
    static td_context *c;
    static td_tensor *in[5];
    static td_marker begin;
    int64_t at;
    if (!c) {
        c = td_open(&(td_options){.engine = td_eval_engine(), .threads = 1, .memory = 1 << 20});
        in[0] = td_array(c, TD_F64, 1, (int64_t[]){3}, (double[]){1, 2, 4});
        in[1] = td_array(c, TD_F64, 1, (int64_t[]){3}, (double[]){0.5, -1, 3});
        in[2] = td_array(c, TD_F64, 2, (int64_t[]){2, 3}, (double[]){1, -2, 3, 0.25, 5, -0.5});
        in[3] = td_array(c, TD_I64, 1, (int64_t[]){2}, (int64_t[]){1, 0});
        in[4] = td_array(c, TD_BOOL, 1, (int64_t[]){3}, (uint8_t[]){1, 0, 1});
        begin = td_mark(c);
    }
    td_tensor *y = td_expr_run(e, c, in, &at);
    if (!td_error(c)) td_data(y);
    td_clear_error(c);
    td_release(c, begin);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const names[] = {"x", "y", "W", "i", "b"};
    td_expr_trouble why;
    td_expr_list list;
    const char *text = (const char *)bytes;
    td_expr *e = td_expr_parse(text ? text : "", (int64_t)n, 5, names, &why);
    if (e) run(e);
    if (!e && (why.at < 0 || why.at > (int64_t)n || !why.why[0])) abort();
    td_expr_free(e);
    if (td_expr_values(text ? text : "", (int64_t)n, &list, &why)) free(list.value);
    return 0;
}
