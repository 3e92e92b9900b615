/* load.c: a shared object, and what it declares or is said to hold. */
#include "foreign/ask.h"
#include "foreign/flags.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Always false. */
static bool say(char trouble[TD_REASON], const char *format, ...) TD_PRINTF(2, 3);

static bool say(char trouble[TD_REASON], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(trouble, TD_REASON, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- symbols ----------------------------------------------------------------------------------------------------- */

/* Fortran's compilers add an underscore. */
static void *find(const td_library *l, const char *name)
{
    char fortran[256];
    void *at = dlsym(l->handle, name);
    if (at || snprintf(fortran, sizeof fortran, "%s_", name) >= (int)sizeof fortran) return at;
    return dlsym(l->handle, fortran);
}

/* POSIX lets a function's address be an object's; C has no cast for it. */
static td_address routine(void *at)
{
    td_address f;
    memcpy(&f, &at, sizeof f);
    return f;
}

static bool set_symbol(const td_library *l, td_foreign_function *d, td_symbol which, const char *name, char *trouble)
{
    td_address *const members[TD_SYMBOLS] = {
        [TD_SYMBOL_VALUE] = &d->value, [TD_SYMBOL_GRADIENT] = &d->gradient, [TD_SYMBOL_JACOBIAN] = &d->jacobian,
        [TD_SYMBOL_VJP] = &d->vjp, [TD_SYMBOL_JVP] = &d->jvp, [TD_SYMBOL_HESSIAN] = &d->hessian, [TD_SYMBOL_HVP] = &d->hvp,
        [TD_SYMBOL_COMPLEX] = &d->complex_value, [TD_SYMBOL_CONSTRAINTS] = &d->constraints};
    void *at = find(l, name);
    if (!at) return say(trouble, "it has no symbol '%.60s' (nor '%.60s_'); nm -D lists what it has", name, name);
    if (which == TD_SYMBOL_OBJECT) d->object = at;
    else *members[which] = routine(at);
    return true;
}

static bool is_said(const td_ask *a)
{
    for (int i = 0; i < TD_SYMBOLS; i++) if (a->symbol[i]) return true;
    return false;
}

static bool read_words(td_library *l, const td_ask *a, char *trouble)
{
    l->function = malloc(sizeof *l->function);
    if (!l->function) return say(trouble, "out of memory");
    *l->function = a->d;
    l->n = 1;
    for (int i = 0; i < TD_SYMBOLS; i++) {
        if (a->symbol[i] && !set_symbol(l, l->function, (td_symbol)i, a->symbol[i], trouble)) return false;
    }
    const char *value = a->symbol[TD_SYMBOL_VALUE];
    if (!l->function->name) l->function->name = value ? value : a->symbol[TD_SYMBOL_OBJECT];
    return true;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static bool check_list(const td_foreign *f, char *trouble)
{
    if (!f) return say(trouble, "its triad_foreign_list() returns no list");
    if (f->magic != TD_FOREIGN_MAGIC) {
        return say(trouble, "its list does not begin as triad_foreign.h says (magic 0x%x)", f->magic);
    }
    if (f->version != TD_FOREIGN_VERSION || f->size != sizeof *f || f->function_size != sizeof *f->functions) {
        return say(trouble, "its list is of version %u (sizes %u, %u) of triad_foreign.h, and this triad reads version %u "
                   "(%zu, %zu): compile it again with this triad's header", f->version, f->size, f->function_size,
                   TD_FOREIGN_VERSION, sizeof *f, sizeof *f->functions);
    }
    if (f->count < 1 || f->count > TD_MOST_ENTRIES || !f->functions) {
        return say(trouble, "its list has %lld functions; 1 to %d can be read", (long long)f->count, TD_MOST_ENTRIES);
    }
    return true;
}

static const td_foreign *list_of(const td_library *l, char *trouble)
{
    const td_foreign *list = dlsym(l->handle, "triad_foreign");
    void *maker = dlsym(l->handle, "triad_foreign_list");
    if (list || maker) return list ? list : ((const td_foreign *(*)(void))routine(maker))();
    say(trouble, "it declares nothing: no symbol triad_foreign, nor triad_foreign_list; or say what to judge, as --value f "
        "--gradient g --n 12 --signature plain");
    return NULL;
}

static bool read_list(td_library *l, char *trouble)
{
    const td_foreign *list = list_of(l, trouble);
    if ((!list && trouble[0]) || !check_list(list, trouble)) return false;
    l->n = list->count;
    l->function = malloc((size_t)l->n * sizeof *l->function);
    if (!l->function) return say(trouble, "out of memory");
    memcpy(l->function, list->functions, (size_t)l->n * sizeof *l->function);
    return true;
}

/* ---- the point of a file ----------------------------------------------------------------------------------------- */

static bool read_point(td_library *l, const td_ask *a, char *trouble)
{
    if (!a->at) return true;
    td_context *c = td_open(&(td_options){.engine = td_eval_engine()});
    td_tensor *x = td_load_npy(c, a->at);
    l->n_at = td_numel(x);
    l->at = malloc((size_t)(l->n_at > 0 ? l->n_at : 1) * sizeof *l->at);
    bool ok = l->at && !td_error(c) && td_read(x, l->at) == TD_OK;
    if (!ok) say(trouble, "%s", c && td_error(c) ? td_message(c) : "out of memory");
    td_close(c);
    for (int64_t i = 0; ok && i < l->n; i++) {
        if (l->function[i].n == 0) l->function[i].n = l->n_at;
        l->function[i].at = l->at;
    }
    return ok;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

bool td_library_open(td_library *l, const td_ask *a, td_box *b, char trouble[TD_REASON])
{
    *l = (td_library){0};
    trouble[0] = 0;
    td_flags before = td_flags_now();
    b->page->phase = TD_PHASE_LOADING;
    l->handle = dlopen(a->library, RTLD_NOW | RTLD_LOCAL);
    l->law = td_flags_change(before, td_flags_now());
    td_flags_set(before);
    if (!l->handle) return say(trouble, "it can't be loaded: %.160s", dlerror());
    b->page->phase = TD_PHASE_READING;
    bool ok = is_said(a) ? read_words(l, a, trouble) : read_list(l, trouble);
    td_flags_set(before);
    return ok && read_point(l, a, trouble);
}

/* The library stays: threads of its own may still run. */
void td_library_close(td_library *l)
{
    free(l->function);
    free(l->at);
}
