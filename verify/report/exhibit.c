/* exhibit.c: which checks are looked at closely: the worst of each row, and of those the worst.
 *
 * The order is a total one of what a report holds, so that parts of a report, settled each and put together, settle to what
 * the whole would have. */
#include "report.h"

#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int rank(td_verdict v)
{
    return v == TD_DISAGREE ? 2 : v == TD_INCONCLUSIVE;
}

double td_check_weight(const td_check_result *c)
{
    return c->verdict == TD_DISAGREE ? td_share(&c->worst) : c->verdict == TD_AGREE ? c->strain : 0;
}

bool td_check_is_worse(td_verdict a, double weight, td_verdict b, double than)
{
    return a != b ? rank(a) > rank(b) : weight > than;
}

static int worst_first(const void *one, const void *other)
{
    const td_exhibit *a = one, *b = other;
    if (a->verdict != b->verdict) return rank(b->verdict) - rank(a->verdict);
    if (a->weight != b->weight) return a->weight < b->weight ? 1 : -1;
    if (a->order != b->order) return (a->order > b->order) - (a->order < b->order);
    return (a->number > b->number) - (a->number < b->number);
}

static td_exhibit exhibit_of(const td_row *row, int64_t number, const td_check_result *c)
{
    td_exhibit e = {.program = row->program, .command = row->command, .dtype = row->dtype, .number = number,
                    .order = row->order,
                    .verdict = c->verdict, .weight = td_check_weight(c), .worst = c->worst, .blame = c->blame,
                    .n_pace = c->n_pace};
    for (int i = 0; i < c->n_pace; i++) e.pace[i] = c->pace[i];
    snprintf(e.name, sizeof e.name, "%s", row->name);
    return e;
}

bool td_exhibit_is_of(const td_exhibit *e, const td_row *row)
{
    return e->program == row->program && e->dtype == row->dtype && !strcmp(e->name, row->name);
}

static td_exhibit *exhibit_in(td_report *r, const td_row *row)
{
    for (int64_t i = r->n_exhibit - 1; i >= 0; i--) if (td_exhibit_is_of(&r->exhibit[i], row)) return &r->exhibit[i];
    return NULL;
}

void td_report_show(td_report *r, const td_row *row, int64_t number, td_check_result *c)
{
    td_exhibit e = exhibit_of(row, number, c), *was = exhibit_in(r, row);
    if (was && worst_first(was, &e) <= 0) return;
    if (!was) was = td_report_exhibit_new(r);
    if (!was) return;
    free(was->figures);
    *was = e;
    was->figures = c->figures;
    c->figures = NULL;
}

void td_report_settle(td_report *r)
{
    int64_t kept = 0, agreeing = 0;
    if (r->n_exhibit) qsort(r->exhibit, (size_t)r->n_exhibit, sizeof *r->exhibit, worst_first);
    for (int64_t i = 0; i < r->n_exhibit; i++) {
        td_exhibit *e = &r->exhibit[i];
        bool agrees = e->verdict == TD_AGREE;
        if (kept < TD_MOST_EXHIBITS && (!agrees || agreeing < TD_MOST_AGREEING)) agreeing += agrees, r->exhibit[kept++] = *e;
        else free(e->figures);
    }
    r->n_exhibit = kept;
}
