/* spawn.c: a worker, from its start to its end, whatever that is.
 *
 * It is this program executed again, in a group of its own, its output caught; it may take as long as it likes while its
 * calls return.  Only the end of what it prints is kept. */
#include "foreign/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { TICK = 20, GIVEN = 8 };     /* milliseconds; words before those of the command */

/* ---- starting ---------------------------------------------------------------------------------------------------- */

static char **environment_with(const char *threads)
{
    static const char name[] = "OMP_NUM_THREADS=";
    size_t n = 0, k = 0;
    while (environ[n]) n++;
    char **e = malloc((n + 2) * sizeof *e);
    for (size_t i = 0; e && i < n; i++) if (strncmp(environ[i], name, sizeof name - 1)) e[k++] = environ[i];
    if (e) e[k] = (char *)(uintptr_t)threads, e[k + 1] = NULL;
    return e;
}

/* The files that the worker is to have: what it prints goes to output, its box and another's have fixed numbers. */
static bool plan_files(posix_spawn_file_actions_t *f, int output, int box, int reference)
{
    bool ok = !posix_spawn_file_actions_init(f);
    ok = ok && !posix_spawn_file_actions_addopen(f, 0, "/dev/null", O_RDONLY, 0);
    ok = ok && !posix_spawn_file_actions_adddup2(f, output, 1) && !posix_spawn_file_actions_adddup2(f, output, 2);
    ok = ok && !posix_spawn_file_actions_adddup2(f, box, box);
    if (ok && reference >= 0) ok = !posix_spawn_file_actions_adddup2(f, reference, reference);
    return ok;
}

/* The words of the worker's command line: the job in numbers, then the words of ours.  number: room for the former. */
static char **words_of(const td_ask *a, const td_job *j, const td_box *box, char number[6][24])
{
    const int64_t given[6] = {box->file, j->work, j->function, j->part, j->number, j->reference};
    char **word = malloc(((size_t)a->n_word + GIVEN + 2) * sizeof *word);
    if (!word) return NULL;
    word[0] = (char *)(uintptr_t)"triad";
    word[1] = (char *)(uintptr_t)"foreign-worker";
    for (int i = 0; i < 6; i++) {
        snprintf(number[i], sizeof number[i], "%lld", (long long)given[i]);
        word[i + 2] = number[i];
    }
    word[GIVEN] = (char *)(uintptr_t)a->library;
    for (int i = 0; i < a->n_word; i++) word[GIVEN + 1 + i] = a->word[i];
    word[GIVEN + 1 + a->n_word] = NULL;
    return word;
}

/* In a process group of its own, so that whom it starts can be ended with it. */
static int launch(char **word, char **env, const posix_spawn_file_actions_t *files, pid_t *child)
{
    const char *self = access("/proc/self/exe", X_OK) ? "triad" : "/proc/self/exe";
    posix_spawnattr_t how;
    int wrong = posix_spawnattr_init(&how);
    if (wrong) return wrong;
    wrong = posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);
    if (!wrong) wrong = posix_spawnattr_setpgroup(&how, 0);
    if (!wrong) wrong = posix_spawnp(child, self, files, &how, word, env);
    posix_spawnattr_destroy(&how);
    return wrong;
}

static bool start(const td_ask *a, const td_job *j, int output, const td_box *box, pid_t *child)
{
    char number[6][24], threads[48];
    snprintf(threads, sizeof threads, "OMP_NUM_THREADS=%d", j->threads > 0 ? j->threads : 1);
    char **word = words_of(a, j, box, number), **env = environment_with(threads);
    posix_spawn_file_actions_t files;
    int wrong = word && env && plan_files(&files, output, box->file, j->reference) ? 0 : ENOMEM;
    if (!wrong) {
        wrong = launch(word, env, &files, child);
        posix_spawn_file_actions_destroy(&files);
    }
    free(word);
    free(env);
    if (wrong) errno = wrong;
    return !wrong;
}

/* ---- what it prints ---------------------------------------------------------------------------------------------- */

typedef struct voice { int file; char last[TD_REASON]; size_t used; int64_t all; } voice;

static void keep(voice *v, const char *text, size_t n)
{
    size_t room = sizeof v->last - 1;
    v->all += (int64_t)n;
    if (n > room) text += n - room, n = room;
    if (v->used + n > room) {
        size_t drop = v->used + n - room;
        memmove(v->last, v->last + drop, v->used - drop);
        v->used -= drop;
    }
    memcpy(v->last + v->used, text, n);
    v->used += n;
}

static void listen(voice *v)
{
    char text[65536];
    for (;;) {
        ssize_t n = read(v->file, text, sizeof text);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0 || v->all > TD_MOST_PRINTED) break;
        keep(v, text, (size_t)n);
    }
}

/* The last line that says something, printable. */
static void last_line(const voice *v, char *text, size_t size)
{
    size_t end = v->used, begin, k = 0;
    while (end > 0 && (unsigned char)v->last[end - 1] <= ' ') end--;
    for (begin = end; begin > 0 && v->last[begin - 1] != '\n'; begin--) {}
    for (size_t i = begin; i < end && k + 1 < size; i++) {
        unsigned char c = (unsigned char)v->last[i];
        text[k++] = c >= ' ' && c < 0x7f ? (char)c : '?';
    }
    text[k] = 0;
}

/* ---- waiting ----------------------------------------------------------------------------------------------------- */

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Something moved: a call returned, or a phase was left. */
static bool is_alive(const td_box *b, int64_t *calls, uint32_t *phase)
{
    bool moved = b->page->calls != *calls || b->page->phase != *phase;
    *calls = b->page->calls, *phase = b->page->phase;
    return moved;
}

static bool is_over(pid_t child, int *status)
{
    pid_t got = waitpid(child, status, WNOHANG);
    return got == child || (got < 0 && errno != EINTR);
}

static void wait_for(const td_ask *a, pid_t child, voice *v, const td_box *b, td_end *end,
                     void (*tell)(void *, const td_box *), void *user)
{
    int64_t calls = 0;
    uint32_t phase = 0;
    double since = seconds_now();
    while (!is_over(child, &end->status)) {
        struct pollfd p = {.fd = v->file, .events = POLLIN};
        bool silent = poll(&p, 1, TICK) > 0 && !(p.revents & POLLIN);      /* closed, and the worker lives */
        if (silent) nanosleep(&(struct timespec){0, 2000000}, NULL);
        listen(v);
        if (is_alive(b, &calls, &phase)) since = seconds_now();
        if (tell) tell(user, b);
        end->late = a->timeout > 0 && seconds_now() - since > a->timeout;
        end->loud = v->all > TD_MOST_PRINTED;
        if (!end->late && !end->loud) continue;
        kill(-child, SIGKILL);
        while (waitpid(child, &end->status, 0) < 0 && errno == EINTR) {}
        break;
    }
    kill(-child, SIGKILL);         /* who it may have started */
    listen(v);
    end->loud = v->all > TD_MOST_PRINTED;
}

bool td_spawn(const td_ask *a, const td_job *j, td_box *box, td_end *end, void (*tell)(void *user, const td_box *b),
              void *user)
{
    int ends[2];
    pid_t child;
    *end = (td_end){0};
    if (!td_box_new(box)) return false;
    if (pipe(ends)) {
        td_box_close(box);
        return false;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    end->started = start(a, j, ends[1], box, &child);
    int wrong = errno;
    close(ends[1]);
    if (end->started) {
        voice v = {.file = ends[0]};
        wait_for(a, child, &v, box, end, tell, user);
        end->printed = v.all;
        last_line(&v, end->said, sizeof end->said);
    } else {
        td_box_close(box);
        errno = wrong;
    }
    close(ends[0]);
    return end->started;
}
