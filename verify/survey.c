/* survey.c: many cases of one op, each a check of its own. */
#include "report/report.h"

static td_check_result *check_case(td_case *c, bool second, double care)
{
    td_problem p = td_case_problem(c);
    unsigned first = TD_SKIP_SECOND | TD_SKIP_LAWS | TD_SKIP_REPEATS;
    td_check_options o = {.seed = c->seed, .differences = 3, .threads = 1, .care = care,
                          .skip = TD_SKIP_VARIANTS | TD_SKIP_OPS | (second ? 0 : first)};
    return td_check_problem(&p, &o);
}

static void tell(const td_report *r, const td_op *op, td_dtype dtype, double share)
{
    char what[64];
    snprintf(what, sizeof what, "%s %s", op->name, td_dtype_name(dtype));
    if (r->progress) r->progress(r->progress_user, what, share);
}

void td_survey_op(td_report *r, const td_op *op, td_dtype dtype, int64_t first, int64_t cases, int64_t second)
{
    td_row *row = td_report_row(r, op->name, false, dtype);
    for (int64_t k = first; k < first + cases; k++) {
        td_case c;
        tell(r, op, dtype, (double)(k - first) / (double)cases);
        bool drawn = td_case_draw(op, dtype, k, r->seed, &c);
        td_report_add(r, row, k, drawn ? check_case(&c, second && k % second == 0, r->care) : NULL);
        if (drawn) td_case_clear(&c);
    }
}
