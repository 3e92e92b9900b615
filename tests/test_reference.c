/* test_reference.c: values and gradients beside PyTorch's, for every line of the .txt files in tests/reference/ (reference.py there).
 *
 * How far two right answers may lie apart is not chosen: the tape is replayed in running-error arithmetic, which bounds what
 * rounding can have done to each number of it, whatever the order of sums.  PyTorch's rounding, of functions that are not
 * rounded as well as ours, is granted SLACK times as much, and so many ulp; and where a line says that its formula
 * cancels, the absolute error that it says. */
#include "expected.h"

#include <dirent.h>

enum { SLACK = 8, ULPS = 8 };

/* PyTorch's number t against the tape's v, which would be `exact` but for rounding of at most `bound`. */
static bool close_enough(const line *l, double t, double v, double exact, double bound)
{
    const char *cancels = field_of(l, "~ ");
    if (same_value(t, v)) return true;
    return fabs(t - exact) <= SLACK * bound + ULPS * 0x1p-52 * fabs(t) + ULPS * 0x1p-1074 + (cancels ? strtod(cancels, NULL) : 0);
}

static void compare(const line *l, const asked *a, const char *what, td_tensor *x, int64_t n, const double *wanted)
{
    static double value[MOST], exact[MOST], bound[MOST];
    CHECK(td_numel(x) == n, "%s:%d: %s: %s has %lld numbers, PyTorch's %lld: %s", l->file, l->number, l->field[0], what,
          (long long)td_numel(x), (long long)n, td_message(a->c));
    if (td_numel(x) != n || td_read(x, value) || td_replay_read(a->replay, x, exact, bound)) return;
    for (int64_t i = 0; i < n; i++)
        CHECK(close_enough(l, wanted[i], value[i], exact[i], bound[i]),
              "%s:%d: %s: %s, number %lld: %.17g, PyTorch's %.17g (bound %.1e)", l->file, l->number, l->field[0], what,
              (long long)i, value[i], wanted[i], bound[i]);
}

static void compare_shape(const line *l, const asked *a, const array *wanted)
{
    bool same = td_rank(a->y) == wanted->rank && td_dtype_of(a->y) == wanted->dtype;
    for (int i = 0; same && i < wanted->rank; i++) same = td_size(a->y, i) == wanted->size[i];
    CHECK(same, "%s:%d: %s: shape or dtype is not PyTorch's, %s", l->file, l->number, l->field[0], field_of(l, "="));
}

static void compare_gradients(const line *l, const asked *a)
{
    static double wanted[MOST];
    for (int k = 0; k < a->n; k++) {
        char start[40];
        snprintf(start, sizeof start, "%s' ", a->name[k]);
        const char *text = field_of(l, start);
        if (text) compare(l, a, start, a->grad[k], read_numbers(text, wanted), wanted);
    }
}

static void check_line(const line *l)
{
    static array wanted;
    asked a = {.c = td_open(NULL)};
    bool read = read_operands(l, &a) && field_of(l, "=") && read_array(field_of(l, "="), &wanted);
    CHECK(read, "%s:%d: an operand or the result can't be read", l->file, l->number);
    if (read && ask(l, &a)) {
        compare_shape(l, &a, &wanted);
        compare(l, &a, "value", a.y, wanted.n, wanted.value);
        if (a.swept) compare_gradients(l, &a);
    }
    forget(&a);
}

/* ---- all files ---------------------------------------------------------------------------------------------------- */

TEST(reference, values_and_gradients_are_pytorchs)
{
    char path[1024], folder[512];
    int cases = 0;
    snprintf(folder, sizeof folder, "%s/tests/reference", tests_folder());
    DIR *d = opendir(folder);
    CHECK(d, "can't open %s", folder);
    for (struct dirent *f = d ? readdir(d) : NULL; f; f = readdir(d)) {
        size_t n = strlen(f->d_name);
        if (n < 4 || strcmp(f->d_name + n - 4, ".txt")) continue;
        snprintf(path, sizeof path, "%s/%.255s", folder, f->d_name);
        cases += each_case(path, check_line);
    }
    if (d) closedir(d);
    CHECK(cases >= 1000, "only %d cases were read", cases);
}
