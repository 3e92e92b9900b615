/* fate.c: why a worker said nothing, in words: a signal, an exit, no end, too much output.
 *
 * Once a routine was called its end is a verdict on that routine; before, the library could not be asked. */
#include "foreign/ask.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static const struct { int number; const char *words; } signals[] = {
    {SIGSEGV, "a segmentation fault"}, {SIGBUS, "a bus error"}, {SIGABRT, "abort"}, {SIGFPE, "a floating-point trap"},
    {SIGILL, "an illegal instruction"}, {SIGKILL, "killed from outside, perhaps for want of memory"},
    {SIGTERM, "terminated from outside"}, {SIGXCPU, "the limit of processor time"}, {0, "a signal"}};

static const char *signal_words(int number)
{
    int i = 0;
    while (signals[i].number && signals[i].number != number) i++;
    return signals[i].words;
}

/* ---- an address that it must not touch ---------------------------------------------------------------------------- */

static const char *touches(const td_box_page *p)
{
    return p->writes > 0 ? "writes" : p->writes == 0 ? "reads" : "reads or writes";
}

static const char *outside_law(const td_box_page *p)
{
    return p->writes > 0 ? "writes outside of what it was given" : "reads outside of what it was given";
}

static void outside_text(const td_box_page *p, char *text)
{
    char buffer[TD_BOX_BUFFER];
    memcpy(buffer, p->buffer, sizeof buffer);
    buffer[sizeof buffer - 1] = 0;
    snprintf(text, TD_REASON, "it %s number %lld of %s, which has %lld: 0 to %lld", touches(p), (long long)p->entry, buffer,
             (long long)p->numbers, (long long)p->numbers - 1);
}

static const char *segv_law(const td_ask *a, const td_box_page *p, char *text)
{
    if (p->fault == TD_FAULT_BEYOND || p->fault == TD_FAULT_BEFORE) {
        outside_text(p, text);
        return outside_law(p);
    }
    if (p->fault == TD_FAULT_NULL && p->starved) {
        snprintf(text, TD_REASON, "it asked for more memory than there is, or than --max-memory allows (%lld MiB), did not "
                 "look whether it got it, and %s there", (long long)(a->memory >> 20), touches(p));
        return "uses memory that it was refused";
    }
    if (p->fault == TD_FAULT_NULL) {
        snprintf(text, TD_REASON, "it %s through a null pointer: an argument that is NULL here, or another order of "
                 "arguments?", touches(p));
        return "uses a null pointer";
    }
    snprintf(text, TD_REASON, "it %s where there is nothing of its own: an index far outside, a stale pointer, another "
             "order of arguments, or an instruction that wants aligned arrays (--align)", touches(p));
    return "crashes";
}

/* ---- an end ------------------------------------------------------------------------------------------------------ */

static const char *signal_law(const td_ask *a, const td_box *b, const td_end *e, char *text)
{
    int number = WTERMSIG(e->status);
    if ((number == SIGSEGV || number == SIGBUS) && b->page->signal == number) return segv_law(a, b->page, text);
    if (number == SIGFPE) {
        snprintf(text, TD_REASON, "an integer was divided by 0, or a floating-point trap is on");
        return "is stopped by a trap";
    }
    snprintf(text, TD_REASON, "signal %d, %s", number, signal_words(number));
    return number == SIGABRT ? "aborts the process" : "ends the process by a signal";
}

static const char *law_of(const td_ask *a, const td_box *b, const td_end *e, char *text)
{
    if (e->late) {
        snprintf(text, TD_REASON, "it had not come back after %g s: an endless loop, a lock, or more work than that "
                 "(--timeout)", a->timeout);
        return "does not return";
    }
    if (e->loud) {
        snprintf(text, TD_REASON, "it printed more than %d KiB, and was stopped", TD_MOST_PRINTED >> 10);
        return "prints without end";
    }
    if (WIFSIGNALED(e->status)) return signal_law(a, b, e, text);
    int status = WIFEXITED(e->status) ? WEXITSTATUS(e->status) : -1;
    snprintf(text, TD_REASON, "exit status %d: exit() in C, STOP in Fortran", status);
    return "ends the process";
}

static void add_said(const td_end *e, char *text)
{
    size_t used = strlen(text);
    if (e->said[0]) snprintf(text + used, TD_REASON - used, ".  Last it printed: %.80s", e->said);
}

void td_fate_text(const td_ask *a, const td_box *b, const td_end *e, char text[TD_REASON])
{
    static const char *const when[] = {
        [TD_PHASE_START] = "the worker did not start", [TD_PHASE_LOADING] = "while it was loaded, it",
        [TD_PHASE_READING] = "while its list was read, it", [TD_PHASE_ASKING] = "between calls, it",
        [TD_PHASE_CALLING] = "it", [TD_PHASE_DONE] = "it"};
    char why[TD_REASON] = "";
    uint32_t phase = b->page->phase;
    const char *law = law_of(a, b, e, why);
    add_said(e, why);
    snprintf(text, TD_REASON, "%s %s: ", when[phase <= TD_PHASE_DONE ? phase : TD_PHASE_START], law);
    strncat(text, why, TD_REASON - 1 - strlen(text));
}

static const char *while_words(const td_job *j)
{
    return j->work == TD_WORK_TOGETHER ? "; 4 threads called it at once" : j->work == TD_WORK_THREADS && j->threads > 1 ?
        "; it might use several threads" : "";
}

td_check_result *td_fate_result(const td_ask *a, const td_job *j, const td_box *b, const td_end *e, const td_entry *f)
{
    char why[TD_REASON] = "", routine[TD_BOX_ROUTINE];
    td_function shape = {.name = f->name, .n = f->n > 0 ? f->n : 1, .m = f->m};
    td_check_result *r = td_function_result(&shape, a->seed), *copy = NULL;
    if (!r) return NULL;
    memcpy(routine, b->page->routine, sizeof routine);
    routine[sizeof routine - 1] = 0;
    td_door d = {.routine = routine[0] ? routine : "library", .law = law_of(a, b, e, why), .entry = -1};
    add_said(e, why);
    td_function_convict(r, &shape, &d);
    snprintf(r->worst.reason, sizeof r->worst.reason, "the %s %s%s: %.150s", d.routine, d.law, while_words(j), why);
    r->calls = b->page->calls;
    copy = td_result_copy(r);
    td_check_free(r);
    return copy;
}
