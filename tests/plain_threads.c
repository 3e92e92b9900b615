/* plain_threads.c: results do not depend on the number of threads, nor on what other contexts do at the same time.
 *
 * A plain main, so that it runs under ThreadSanitizer. */
#include <pthread.h>
#include <stdio.h>

#include "everything.h"

static int check_item(int item)
{
    const int threads[] = {2, 3, 8, 17};
    int       wrong = 0;
    uint64_t  one = everything_hash(item, &(td_options){.threads = 1});
    for (int k = 0; k < 4; k++) {
        uint64_t many = everything_hash(item, &(td_options){.threads = threads[k]});
        if (many == one) continue;
        printf("%s: %016llx with one thread, %016llx with %d\n", everything_name(item), (unsigned long long)one,
               (unsigned long long)many, threads[k]);
        wrong++;
    }
    return wrong;
}

/* ---- contexts side by side ---------------------------------------------------------------------------------------- */

enum { WORKERS = 6 };

typedef struct worker {
    pthread_t thread;
    int       threads;
    uint64_t  hash[EVERYTHING_PROGRAMS];
} worker;

static void *work(void *argument)
{
    worker *w = argument;
    for (int k = 0; k < EVERYTHING_PROGRAMS; k++) w->hash[k] = hash_program(k, &(td_options){.threads = w->threads});
    return NULL;
}

static int check_side_by_side(void)
{
    worker alone = {.threads = 1}, pool[WORKERS];
    int    wrong = 0, started = 0;
    work(&alone);
    for (; started < WORKERS; started++) {
        pool[started].threads = 1 + started % 3;
        if (pthread_create(&pool[started].thread, NULL, work, &pool[started])) break;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(pool[i].thread, NULL);
        for (int k = 0; k < EVERYTHING_PROGRAMS; k++) {
            if (pool[i].hash[k] == alone.hash[k]) continue;
            printf("%s: another result beside other contexts\n", EVERYTHING_PROGRAM[k].name);
            wrong++;
        }
    }
    if (started == 0) printf("no thread could be started\n");
    return wrong + (started == 0);
}

int main(void)
{
    int wrong = 0;
    for (int item = 0; item < everything_count(); item++) wrong += check_item(item);
    wrong += check_side_by_side();
    printf("%d items with 1, 2, 3, 8 and 17 threads, %d contexts side by side: %d differ\n", everything_count(), WORKERS, wrong);
    return wrong != 0;
}
