/* jobs.c: a survey shared among processes.
 *
 * Every job does its part of the tasks, as a shard does, and hands it over as JSON; put together they are what one process
 * would have said, byte for byte.  Children are made before any thread is: OpenMP's do not come along. */
#include "cli.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DONE, UNASKED, FAILED };

typedef struct job {
    pid_t process;                 /* 0: none could be made */
    FILE *from;                    /* owned: what it hands over */
} job;

/* What OpenMP is told, else how many processors there are. */
int td_jobs_usual(void)
{
    const char *told = getenv("OMP_NUM_THREADS");
    long n = told ? strtol(told, NULL, 10) : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > TD_MOST_JOBS ? TD_MOST_JOBS : (int)n;
}

static bool do_part(td_report *r, const td_share *p, int number, int jobs)
{
    int64_t shard = r->shard, shards = r->shards;
    r->shard = number + 1, r->shards = jobs, r->threads = jobs > 1;
    bool ok = p->run(r, p->of, number, jobs);
    r->shard = shard, r->shards = shards;
    return ok;
}

static int child(td_report *r, const td_share *p, int number, int jobs, FILE *to)
{
    r->progress = NULL;
    if (!to || !do_part(r, p, number, jobs)) return FAILED;
    r->shard = number + 1, r->shards = jobs;
    if (td_report_json(r, to) || fflush(to)) return td_complain("job %d could not hand over what it found", number), FAILED;
    return r->unasked ? UNASKED : DONE;
}

static void start(td_report *r, const td_share *p, int number, int jobs, job *j)
{
    int end[2];
    if (pipe(end)) return;
    pid_t process = (j->from = fdopen(end[0], "rb")) ? fork() : -1;
    if (process == 0) _exit(child(r, p, number, jobs, fdopen(end[1], "wb")));
    close(end[1]);
    if (!j->from) close(end[0]);
    if (process > 0) j->process = process;
}

static bool take_part(td_report *r, const char *text, size_t n)
{
    td_report part = {0};
    char why[TD_REASON] = "out of memory";
    bool ok = text && td_report_read(text, n, &part, why) && td_report_take_in(r, &part);
    if (!ok) td_complain("what a job found could not be read: %s", why);
    td_report_clear(&part);
    return ok;
}

static bool finish(td_report *r, const job *j)
{
    int status;
    size_t n;
    char *text = td_read_all(j->from, &n);
    bool ended = waitpid(j->process, &status, 0) > 0 && WIFEXITED(status);
    if (!ended) td_complain("a job was killed; --jobs 1 does without them");
    bool ok = ended && WEXITSTATUS(status) != FAILED && take_part(r, text, n);
    r->unasked = r->unasked || (ended && WEXITSTATUS(status) == UNASKED);
    free(text);
    return ok;
}

bool td_run_jobs(td_report *r, const td_share *p, int jobs)
{
    job all[TD_MOST_JOBS] = {0};
    for (int i = 1; i < jobs; i++) start(r, p, i, jobs, &all[i]);
    bool ok = do_part(r, p, 0, jobs);
    for (int i = 1; i < jobs; i++) {
        bool right = all[i].process ? finish(r, &all[i]) : do_part(r, p, i, jobs);
        ok = right && ok;
        if (all[i].from) fclose(all[i].from);
    }
    if (ok && !td_report_put_together(r)) ok = td_complain("out of memory") == TD_EXIT_AGREE;
    return ok;
}
