/* worker.c: the process in which somebody else's code runs.
 *
 * It limits itself first, then loads, then works, and says in the box what it does; a fatal signal is looked at once,
 * while the address that was touched is known, and then takes its course.  That handler is why one pointer here is global.
 * */
#define _GNU_SOURCE    /* REG_ERR of a signal's context */
#include "foreign/ask.h"
#include "foreign/flags.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#if defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TD_SHADOWED 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || defined TD_SHADOWED
enum { SHADOWED = 1 };             /* a sanitizer's shadow is larger than any limit */
#else
enum { SHADOWED = 0 };
#endif

/* ---- fatal signals ----------------------------------------------------------------------------------------------- */

static struct { td_box_page *page; const td_bench *bench; } here;

static void copy_text(char *to, const char *from, size_t size)
{
    size_t i = 0;
    for (; from && from[i] && i + 1 < size; i++) to[i] = from[i];
    to[i] = 0;
}

/* Did this address hit the edge of something lent? */
static bool is_beside(const td_buffer *b, uintptr_t at)
{
    uintptr_t begin = (uintptr_t)b->block, body = (uintptr_t)b->body, end = begin + b->room;
    uintptr_t width = td_buffer_width(b), after = body + (uintptr_t)b->n * width;
    if (!b->guarded || at < begin || at >= end) return false;
    here.page->fault = at >= after ? TD_FAULT_BEYOND : TD_FAULT_BEFORE;
    here.page->entry = at >= after ? (int64_t)((at - body) / width) : -(int64_t)((body - at + width - 1) / width);
    here.page->numbers = b->n;
    copy_text(here.page->buffer, b->name, sizeof here.page->buffer);
    return true;
}

static void find_fault(uintptr_t at)
{
    const td_door *d = here.bench ? here.bench->door : NULL;
    here.page->fault = at < 65536 ? TD_FAULT_NULL : TD_FAULT_WILD;
    for (const td_buffer *b = d ? d->buffers.first : NULL; b; b = b->next) if (is_beside(b, at)) return;
}

static int was_write(const void *context)
{
#if defined __x86_64__ && defined REG_ERR
    enum { WRITE = 2 };            /* of the page-fault error code: Intel SDM 3A, 4.7 */
    return (((const ucontext_t *)context)->uc_mcontext.gregs[REG_ERR] & WRITE) != 0;
#else
    (void)context;
    return -1;
#endif
}

static void on_fatal(int number, siginfo_t *info, void *context)
{
    here.page->starved = errno == ENOMEM;
    here.page->signal = number;
    if (number == SIGSEGV || number == SIGBUS) {
        here.page->writes = was_write(context);
        find_fault((uintptr_t)info->si_addr);
    }
    signal(number, SIG_DFL);
    raise(number);
}

static void watch_signals(void)
{
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    enum { STACK = 1 << 16 };
    stack_t stack = {.ss_sp = malloc(STACK), .ss_size = STACK};
    struct sigaction a = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    if (stack.ss_sp) sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) sigaction(fatal[i], &a, NULL);
}

/* ---- each call ---------------------------------------------------------------------------------------------------- */

static _Thread_local td_flags flags_before;

static void before(void *user, const char *routine)
{
    td_box_page *p = user;
    copy_text(p->routine, routine, sizeof p->routine);
    p->phase = TD_PHASE_CALLING;
    flags_before = td_flags_now();
    errno = 0;
}

static const char *after(void *user)
{
    td_box_page *p = user;
    const char *law = td_flags_change(flags_before, td_flags_now());
    if (law) td_flags_set(flags_before);
    p->phase = TD_PHASE_ASKING;
    p->calls++;
    return law;
}

/* ---- limits ------------------------------------------------------------------------------------------------------ */

static void limit(const td_ask *a)
{
    struct rlimit none = {0, 0}, memory = {(rlim_t)a->memory, (rlim_t)a->memory};
    setrlimit(RLIMIT_CORE, &none);
    if (a->memory > 0 && !SHADOWED) setrlimit(RLIMIT_AS, &memory);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

/* ---- the work ---------------------------------------------------------------------------------------------------- */

static void put(td_box *b, void *bytes, size_t n)
{
    if (bytes) td_box_put(b, bytes, n);
    free(bytes);
}

static void say(td_box *b, td_said kind, const char *text)
{
    size_t n = 0;
    void *bytes = td_wire_text(kind, text, &n);
    put(b, bytes, n);
}

/* A kernel's sizes are those of its arrays. */
static const char *measure(const td_foreign_function *d, td_entry *e)
{
    td_kernel *k = malloc(sizeof *k);
    const char *why = k ? td_arrays_read(k, d->arrays, d->forward, d->backward) : "out of memory";
    if (!why) e->n = td_arrays_count(k, TD_ARRAY_IN), e->m = td_arrays_count(k, TD_ARRAY_OUT);
    free(k);
    return why;
}

static void describe(const td_library *l, int64_t i, td_entry *e)
{
    const td_foreign_function *d = &l->function[i];
    const td_foreign_signature *g = td_signature_by_name(d->signature);
    const char *why = td_foreign_refusal(d);
    *e = (td_entry){.n = d->n, .m = d->m, .f32 = (d->flags & TD_FOREIGN_F32) != 0, .sampled = !d->at,
                    .alone = (d->flags & TD_FOREIGN_ALONE) != 0};
    if (!why && g == &td_signature_kernel) why = measure(d, e);
    if (d->name && d->name[0]) snprintf(e->name, sizeof e->name, "%s", d->name);
    else snprintf(e->name, sizeof e->name, "function %lld", (long long)i);
    snprintf(e->signature, sizeof e->signature, "%s", d->signature ? d->signature : "");
    snprintf(e->reason, sizeof e->reason, "%s", why ? why : "");
    while (g && g->part[e->parts].suffix) e->parts++;
}

static void list(const td_library *l, td_box *b)
{
    td_list out = {.n = l->n, .entry = calloc((size_t)l->n + 1, sizeof *out.entry)};
    size_t n = 0;
    if (!out.entry) {
        say(b, TD_SAID_TROUBLE, "out of memory");
        return;
    }
    for (int64_t i = 0; i < l->n; i++) describe(l, i, &out.entry[i]);
    if (l->law) snprintf(out.load, sizeof out.load, "%s", l->law);
    void *bytes = td_wire_list(&out, &n);
    put(b, bytes, n);
    free(out.entry);
}

static void judge(const td_ask *a, const td_job *j, const td_library *l, td_box *b)
{
    static td_check_result *(*const works[TD_WORKS])(td_bench *, char *) = {
        [TD_WORK_JUDGE] = td_judge_part, [TD_WORK_THREADS] = td_judge_threads, [TD_WORK_TOGETHER] = td_judge_together};
    char trouble[TD_REASON] = "";
    td_watch watch = {b->page, before, after};
    td_bench w = {.ask = a, .d = &l->function[j->function], .job = j, .box = b, .watch = &watch,
                  .n_at = l->at ? l->n_at : -1};
    size_t n = 0;
    here.bench = &w;
    td_check_result *r = works[j->work](&w, trouble);
    here.bench = NULL;
    bool first = j->work == TD_WORK_THREADS && j->reference < 0;       /* it has put its answers there instead */
    void *bytes = r && !first ? td_wire_result(r, &n) : NULL;
    if (bytes) put(b, bytes, n);
    else if (!r) say(b, trouble[0] ? TD_SAID_TROUBLE : TD_SAID_NOTHING, trouble);
    td_check_free(r);
}

void td_worker_work(const td_ask *a, const td_job *j, td_box *b)
{
    td_library l;
    char trouble[TD_REASON];
    here.page = b->page;
    if (!td_library_open(&l, a, b, trouble)) say(b, TD_SAID_TROUBLE, trouble);
    else if (j->work == TD_WORK_LIST) list(&l, b);
    else if (j->function < 0 || j->function >= l.n) say(b, TD_SAID_TROUBLE, "its list has become shorter");
    else {
        b->page->phase = TD_PHASE_ASKING;
        judge(a, j, &l, b);
    }
    td_library_close(&l);
    b->page->phase = TD_PHASE_DONE;
}

/* What the library registered to run at the end is not waited for. */
int td_worker_run(const td_ask *a, const td_job *j, int file)
{
    td_box b;
    if (!td_box_join(&b, file)) return 2;
    limit(a);
    here.page = b.page;
    watch_signals();
    td_worker_work(a, j, &b);
    fflush(NULL);
    _exit(0);
}
