/* merge.c: parts of a report put together: rows in the order of one run, the failures that it would have kept, the exhibits
 * that it would have chosen. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

static int by_order(const void *one, const void *other)
{
    const td_row *a = one, *b = other;
    return (a->order > b->order) - (a->order < b->order);
}

/* Where f's row stands. */
static int64_t place_of(const td_report *r, const td_failure *f)
{
    int64_t i = 0;
    while (i < r->n_row && !td_failure_is_of(f, &r->row[i])) i++;
    return i;
}

/* Failures go by their rows; within a row all are of one part, and in order. */
static bool sort_failures(td_report *r)
{
    td_failure *sorted = malloc((size_t)(r->n_failure + 1) * sizeof *sorted);
    int64_t n = 0;
    if (!sorted) return false;
    for (int64_t k = 0; k <= r->n_row; k++) {
        for (int64_t i = 0; i < r->n_failure; i++) if (place_of(r, &r->failure[i]) == k) sorted[n++] = r->failure[i];
    }
    memcpy(r->failure, sorted, (size_t)n * sizeof *sorted);
    free(sorted);
    while (r->n_failure > TD_MOST_FAILURES) td_check_free(r->failure[--r->n_failure].result);
    return true;
}

bool td_report_take_in(td_report *all, td_report *part)
{
    for (int64_t i = 0; i < part->n_row; i++) {
        td_row *row = td_report_row(all, part->row[i].name, part->row[i].program, part->row[i].dtype);
        if (!row) return false;
        *row = part->row[i];
    }
    for (int64_t i = 0; i < part->n_failure; i++) {
        td_failure *f = td_report_failure_new(all);
        if (!f) return false;
        *f = part->failure[i];
        part->failure[i].result = NULL;
    }
    for (int64_t i = 0; i < part->n_exhibit; i++) {
        td_exhibit *e = td_report_exhibit_new(all);
        if (!e) return false;
        *e = part->exhibit[i];
        part->exhibit[i].figures = NULL;
    }
    for (int64_t i = 0; i < part->n_word; i++) {
        if (!td_report_word_keep(all, part->word[i])) return false;
        part->word[i] = NULL;
    }
    all->timings = all->timings || part->timings;
    if (!all->again) all->again = part->again;
    all->unasked = all->unasked || part->unasked;
    all->starved = all->starved || part->starved;
    return true;
}

bool td_report_put_together(td_report *all)
{
    if (all->n_row) qsort(all->row, (size_t)all->n_row, sizeof *all->row, by_order);
    if (all->n_failure && !sort_failures(all)) return false;
    td_report_settle(all);
    return true;
}
