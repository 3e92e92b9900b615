/* survey.c: many cases of one op, each a check of its own, side by side.
 *
 * Cases are drawn by number and kept until their batch is through, then added in order: what the report says does not depend
 * on the number of threads.  A case that is run with several numbers of threads has them to itself. */
#include "report/report.h"

#include <stdlib.h>

enum { BATCH = 64, GRAIN = 2 };

typedef struct batch {
    const td_report  *r;
    const td_op      *op;
    td_dtype          dtype;
    int64_t           first;
    int64_t           second;      /* of cases k second: second derivatives, laws and repeats, too; 0: of none */
    td_check_result **result;      /* owned; and each, until the report takes it */
} batch;

static td_check_result *check_case(td_case *c, bool second, bool figures, double care)
{
    td_problem p = td_case_problem(c);
    unsigned first = TD_SKIP_SECOND | TD_SKIP_LAWS | TD_SKIP_REPEATS;
    td_check_options o = {.seed = c->seed, .differences = 3, .threads = 1, .care = care, .figures = figures,
                          .skip = TD_SKIP_VARIANTS | TD_SKIP_OPS | (second ? 0 : first)};
    return td_check_problem(&p, &o);
}

static bool is_thorough(const batch *b, int64_t i)
{
    return b->second && (b->first + i) % b->second == 0;
}

static void check_one(batch *b, int64_t i)
{
    td_case c;
    b->result[i] = NULL;
    if (!td_case_draw(b->op, b->dtype, b->first + i, b->r->seed, &c)) return;
    b->result[i] = check_case(&c, is_thorough(b, i), false, b->r->care);
    td_case_clear(&c);
}

static void check_some(int64_t begin, int64_t end, void *argument)
{
    for (int64_t i = begin; i < end; i++) if (!is_thorough(argument, i)) check_one(argument, i);
}

static void tell(const td_report *r, const td_op *op, td_dtype dtype, double share)
{
    char what[64];
    snprintf(what, sizeof what, "%s %s", op->name, td_dtype_name(dtype));
    if (r->progress) r->progress(r->progress_user, what, share);
}

/* The worst case once more, for what is drawn of it; the counts have it already. */
static void look_closely(td_report *r, const td_op *op, const td_row *row)
{
    td_case c;
    if (row->grim < 0 || !td_case_draw(op, row->dtype, row->grim, r->seed, &c)) return;
    td_check_result *k = check_case(&c, false, true, r->care);
    if (k && k->figures && k->figures->n_spot) td_report_show(r, row, row->grim, k);
    td_check_free(k);
    td_case_clear(&c);
}

void td_survey_op(td_report *r, const td_op *op, td_dtype dtype, int64_t first, int64_t cases, int64_t second)
{
    td_row *row = td_report_row(r, op->name, false, dtype);
    td_check_result *result[BATCH];
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = r->threads});
    r->starved = r->starved || !c;
    for (int64_t done = 0; c && done < cases; done += BATCH) {
        batch b = {r, op, dtype, first + done, second, result};
        int64_t n = cases - done < BATCH ? cases - done : BATCH;
        tell(r, op, dtype, (double)done / (double)cases);
        td_parallel(c, n, GRAIN, check_some, &b);
        for (int64_t i = 0; i < n; i++) if (is_thorough(&b, i)) check_one(&b, i);
        for (int64_t i = 0; i < n; i++) td_report_add(r, row, b.first + i, result[i]);
    }
    if (c && row && r->figures) look_closely(r, op, row);
    td_close(c);
}
