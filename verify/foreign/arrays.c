/* arrays.c: a small language: "x[4,8] w[8] -> y[4,8] | mean[4]" and "dx dw dy x w 4 8".
 *
 * Names are letters, digits and _, the first one no digit; sizes are positive, and their products fit.  An order names
 * arrays, d before a name for its derivative, integers, and `user`.  One pass each, no recursion. */
#include "foreign/arrays.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define TD_MOST_NUMBERS (INT64_C(1) << 40)

static const char *skip(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\n') p++;
    return p;
}

static size_t word(const char *p)
{
    size_t n = 0;
    if (isdigit((unsigned char)p[0])) return 0;
    while (isalnum((unsigned char)p[n]) || p[n] == '_') n++;
    return n;
}

static const char *integer(const char *p, int64_t *out)
{
    int64_t v = 0;
    if (!isdigit((unsigned char)*p)) return NULL;
    for (; isdigit((unsigned char)*p); p++) {
        if (v > TD_MOST_NUMBERS) return NULL;
        v = 10 * v + (*p - '0');
    }
    *out = v;
    return p;
}

static int find(const td_kernel *k, const char *name, size_t length)
{
    for (int i = 0; i < k->n; i++) {
        if (strlen(k->array[i].name) == length && !memcmp(k->array[i].name, name, length)) return i;
    }
    return -1;
}

/* ---- arrays ------------------------------------------------------------------------------------------------------ */

/* "[4,8]"; nothing is a scalar, one number. */
static const char *read_sizes(const char *p, td_kernel_array *a, const char **wrong)
{
    a->n = 1;
    if (*p != '[') return p;
    do {
        int64_t size = 0;
        p = integer(skip(p + 1), &size);
        *wrong = !p || size < 1 ? "a size of an array is no positive integer" : a->rank == TD_ARRAY_RANK ?
            "an array has more than 6 sizes" : size > TD_MOST_NUMBERS / a->n ? "an array is too large" : NULL;
        if (*wrong) return p;
        a->size[a->rank++] = size;
        a->n *= size;
        p = skip(p);
    } while (*p == ',');
    if (*p != ']') *wrong = "the sizes of an array end with ]";
    return p + (*p == ']');
}

static const char *read_array(td_kernel *k, td_array_kind kind, const char **at)
{
    const char *p = *at, *wrong = NULL;
    size_t length = word(p);
    td_kernel_array a = {.kind = kind};
    if (!length) return "arrays are written as x[4,8] w[8] -> y[4,8]";
    if (length >= TD_ARRAY_NAME) return "the name of an array is longer than 23 characters";
    if (k->n == TD_MOST_ARRAYS) return "there are more than 16 arrays";
    if (find(k, p, length) >= 0) return "two arrays have one name";
    memcpy(a.name, p, length);
    p = read_sizes(p + length, &a, &wrong);
    if (wrong) return wrong;
    k->array[k->n++] = a;
    *at = p;
    return NULL;
}

static const char *read_arrays(td_kernel *k, const char *p)
{
    static const struct { const char *mark; td_array_kind kind; } next[] = {
        [TD_ARRAY_IN] = {"->", TD_ARRAY_OUT}, [TD_ARRAY_OUT] = {"|", TD_ARRAY_SAVED},
        [TD_ARRAY_SAVED] = {"", TD_ARRAY_SAVED}};
    td_array_kind kind = TD_ARRAY_IN;
    for (p = skip(p); *p; p = skip(p)) {
        const char *mark = next[kind].mark, *wrong = NULL;
        bool on = mark[0] && !strncmp(p, mark, strlen(mark));
        if (on) p += strlen(mark), kind = next[kind].kind;
        else wrong = read_array(k, kind, &p);
        if (wrong) return wrong;
    }
    return NULL;
}

/* ---- orders ------------------------------------------------------------------------------------------------------ */

static bool name_argument(const td_kernel *k, const char *p, size_t length, td_order_item *a)
{
    int whole = find(k, p, length), of = length > 1 && p[0] == 'd' ? find(k, p + 1, length - 1) : -1;
    if (whole >= 0) *a = (td_order_item){.kind = TD_ARGUMENT_VALUE, .array = whole};
    else if (of >= 0 && k->array[of].kind != TD_ARRAY_SAVED) *a = (td_order_item){.kind = TD_ARGUMENT_DERIVATIVE, .array = of};
    else if (length == 4 && !memcmp(p, "user", 4)) *a = (td_order_item){.kind = TD_ARGUMENT_USER};
    else return false;
    return true;
}

static const char *read_order(const td_kernel *k, const char *p, td_order *o)
{
    for (p = skip(p); *p; p = skip(p)) {
        td_order_item a = {.kind = TD_ARGUMENT_INTEGER};
        size_t length = word(p);
        if (o->n == TD_MOST_ARGUMENTS) return "a routine has more than 24 arguments";
        if (length && !name_argument(k, p, length, &a)) return "an order names what is no array";
        const char *end = length ? p + length : integer(p, &a.integer);
        if (!end || a.integer > INT_MAX) return "an order is names of arrays, d before them, integers and user";
        p = end;
        if (*p == ',') p++;
        o->at[o->n++] = a;
    }
    return o->n ? NULL : "an order is empty";
}

static void add(td_order *o, const td_kernel *k, td_array_kind kind, bool derivative)
{
    for (int i = 0; i < k->n && o->n < TD_MOST_ARGUMENTS; i++) {
        if (k->array[i].kind != kind) continue;
        o->at[o->n++] = (td_order_item){.kind = derivative ? TD_ARGUMENT_DERIVATIVE : TD_ARGUMENT_VALUE, .array = i};
    }
}

/* forward(out, in...), backward(din..., dout, in...); what is saved comes last. */
static void usual_orders(td_kernel *k, bool forward, bool backward)
{
    if (forward) add(&k->forward, k, TD_ARRAY_OUT, false), add(&k->forward, k, TD_ARRAY_IN, false);
    if (forward) add(&k->forward, k, TD_ARRAY_SAVED, false);
    if (backward) add(&k->backward, k, TD_ARRAY_IN, true), add(&k->backward, k, TD_ARRAY_OUT, true);
    if (backward) add(&k->backward, k, TD_ARRAY_IN, false), add(&k->backward, k, TD_ARRAY_SAVED, false);
}

static bool names(const td_order *o, int array, bool derivative)
{
    for (int i = 0; i < o->n; i++) {
        bool kind = o->at[i].kind == (derivative ? TD_ARGUMENT_DERIVATIVE : TD_ARGUMENT_VALUE);
        if (kind && o->at[i].array == array) return true;
    }
    return false;
}

static const char *check_orders(td_kernel *k)
{
    bool any = false;
    for (int i = 0; i < k->n; i++) {
        td_kernel_array *a = &k->array[i];
        if (names(&k->forward, i, true)) return "forward takes no derivatives";
        if (a->kind == TD_ARRAY_OUT && !names(&k->forward, i, false)) return "forward does not name all of its results";
        a->constant = a->kind == TD_ARRAY_IN && !names(&k->backward, i, true);
        any |= a->kind == TD_ARRAY_IN && !a->constant;
    }
    return any ? NULL : "backward names the derivative of no input";
}

int64_t td_arrays_count(const td_kernel *k, td_array_kind kind)
{
    int64_t n = 0;
    for (int i = 0; i < k->n; i++) if (k->array[i].kind == kind && !k->array[i].constant) n += k->array[i].n;
    return n;
}

const char *td_arrays_read(td_kernel *k, const char *arrays, const char *forward, const char *backward)
{
    *k = (td_kernel){0};
    const char *wrong = read_arrays(k, arrays);
    if (wrong) return wrong;
    usual_orders(k, !forward, !backward);
    if (forward) wrong = read_order(k, forward, &k->forward);
    if (!wrong && backward) wrong = read_order(k, backward, &k->backward);
    if (!wrong) wrong = check_orders(k);
    if (wrong) return wrong;
    bool some = td_arrays_count(k, TD_ARRAY_IN) > 0 && td_arrays_count(k, TD_ARRAY_OUT) > 0;
    return some ? NULL : "a kernel has an input and, behind ->, a result";
}
