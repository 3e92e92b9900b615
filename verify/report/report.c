/* report.c: adding up. */
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void td_report_clear(td_report *r)
{
    for (int64_t i = 0; i < r->n_failure; i++) td_check_free(r->failure[i].result);
    for (int64_t i = 0; i < r->n_exhibit; i++) free(r->exhibit[i].figures);
    for (int64_t i = 0; i < r->n_word; i++) free(r->word[i]);
    free(r->failure);
    free(r->exhibit);
    free(r->word);
    free(r->row);
    memset(r, 0, sizeof *r);
}

/* A library is one task of many rows. */
enum { ROWS_OF_A_TASK = 1 << 20 };

/* The list with room for one more, perhaps elsewhere; NULL (and starved) without memory. */
static void *with_room(td_report *r, void *list, int64_t n, int64_t *room, size_t size)
{
    if (n < *room) return list;
    int64_t more = *room ? 2 * *room : 64;
    void *grown = realloc(list, (size_t)more * size);
    r->starved = r->starved || !grown;
    if (grown) *room = more;
    return grown;
}

td_exhibit *td_report_exhibit_new(td_report *r)
{
    td_exhibit *list = with_room(r, r->exhibit, r->n_exhibit, &r->exhibit_room, sizeof *list);
    if (!list) return NULL;
    r->exhibit = list;
    list[r->n_exhibit] = (td_exhibit){0};
    return &list[r->n_exhibit++];
}

td_failure *td_report_failure_new(td_report *r)
{
    td_failure *list = with_room(r, r->failure, r->n_failure, &r->failure_room, sizeof *list);
    if (!list) return NULL;
    r->failure = list;
    list[r->n_failure] = (td_failure){0};
    return &list[r->n_failure++];
}

bool td_report_word_keep(td_report *r, char *word)
{
    char **list = with_room(r, r->word, r->n_word, &r->word_room, sizeof *list);
    if (!list) return false;
    r->word = list;
    list[r->n_word++] = word;
    return true;
}

const char *td_report_word(td_report *r, const char *text)
{
    char *word = malloc(strlen(text) + 1);
    if (word && td_report_word_keep(r, strcpy(word, text))) return word;
    r->starved = true;
    free(word);
    return NULL;
}

bool td_failure_is_of(const td_failure *f, const td_row *row)
{
    return f->program == row->program && f->dtype == row->dtype && !strcmp(f->name, row->name);
}

td_row *td_report_row(td_report *r, const char *name, bool program, td_dtype dtype)
{
    for (int64_t i = r->n_row - 1; i >= 0; i--) {
        td_row *row = &r->row[i];
        if (row->program == program && row->dtype == dtype && !strcmp(row->name, name)) return row;
    }
    td_row *list = with_room(r, r->row, r->n_row, &r->row_room, sizeof *list), *row;
    if (!list) return NULL;
    r->row = list;
    row = &list[r->n_row];
    *row = (td_row){.program = program, .dtype = dtype, .order = r->shards ? r->task * ROWS_OF_A_TASK + r->n_row : r->n_row,
                    .grim = -1};
    r->n_row++;
    snprintf(row->name, sizeof row->name, "%s", name);
    return row;
}

static void keep_first(char *to, const char *from)
{
    if (!to[0]) snprintf(to, TD_REASON, "%s", from);
}

static void add_input(td_row *row, const td_check_input *in)
{
    row->coordinates += in->coordinates;
    row->asked += in->asked;
    row->directions += in->directions;
    row->slopes_agreed += in->agreed;
    row->slopes_undecided += in->undecided;
    row->fd_agreed += in->fd_agreed;
    row->fd_kinks += in->fd_kinks;
    row->fd_outside += in->fd_outside;
    row->fd_disagreed += in->fd_disagreed;
    row->fd_undecided += in->fd_undecided;
    row->quad_agreed += in->quad_agreed;
    row->quad_kinks += in->quad_kinks;
    row->quad_disagreed += in->quad_disagreed;
    row->quad_undecided += in->quad_undecided;
    row->resolution = fmax(row->resolution, in->resolution);
    row->resolution_one = fmax(row->resolution_one, in->resolution_one);
    if (in->undecided) keep_first(row->open, in->worst.reason);
    keep_first(row->fd_open, in->fd_reason);
    keep_first(row->quad_open, in->quad_reason);
}

static void add_count(td_count *to, td_count from)
{
    to->agreed += from.agreed;
    to->disagreed += from.disagreed;
    to->undecided += from.undecided;
}

static void add_result(td_row *row, const td_check_result *c)
{
    row->checks++;
    row->agreed += c->verdict == TD_AGREE;
    row->disagreed += c->verdict == TD_DISAGREE;
    row->notes += c->verdict == TD_DISAGREE && c->worst.grade == TD_NOTE;
    row->inconclusive += c->verdict == TD_INCONCLUSIVE;
    row->refused += c->refused;
    row->values_agreed += c->values_agreed;
    row->values_undecided += c->values_undecided;
    row->second_agreed += c->second_agreed;
    row->second_undecided += c->second_undecided;
    add_count(&row->laws, c->laws);
    add_count(&row->repeats, c->repeats);
    add_count(&row->operands, c->operands);
    add_count(&row->ops, c->ops);
    add_count(&row->variants, c->variants);
    for (int s = 0; s < TD_STAGES; s++) row->seconds[s] += c->seconds[s];
    for (int i = 0; i < TD_ULP_BINS; i++) row->ulps[i] += c->ulps[i];
    row->strain = fmax(row->strain, c->strain);
    for (int i = 0; i < c->n; i++) add_input(row, &c->input[i]);
    if (c->values_undecided || c->verdict == TD_INCONCLUSIVE) keep_first(row->open, c->worst.reason);
    keep_first(row->second_open, c->second_reason);
}

static void note_grim(td_row *row, int64_t number, const td_check_result *c)
{
    double weight = td_check_weight(c);
    if (row->grim >= 0 && !td_check_is_worse(c->verdict, weight, row->grim_verdict, row->grim_weight)) return;
    row->grim = number;
    row->grim_verdict = c->verdict;
    row->grim_weight = weight;
}

static bool keep_failure(td_report *r, const td_row *row, int64_t number, td_check_result *c)
{
    if (c->verdict != TD_DISAGREE || r->n_failure >= TD_MOST_FAILURES) return false;
    td_failure *f = td_report_failure_new(r);
    if (!f) return false;
    *f = (td_failure){.program = row->program, .command = row->command, .dtype = row->dtype, .number = number, .result = c};
    snprintf(f->name, sizeof f->name, "%s", row->name);
    return true;
}

void td_report_add(td_report *r, td_row *row, int64_t number, td_check_result *c)
{
    if (!row || !c) {
        r->starved = true;
        td_check_free(c);
        return;
    }
    add_result(row, c);
    note_grim(row, number, c);
    r->checks++;
    if (r->detail) {
        fprintf(r->detail, "%s %s %lld: ", row->name, td_dtype_name(row->dtype), (long long)number);
        td_check_print(c, r->detail);
        if (r->timings) td_check_print_timings(c, r->detail);
    }
    if (c->figures) td_report_show(r, row, number, c);
    if (!keep_failure(r, row, number, c)) td_check_free(c);
}

td_verdict td_row_verdict(const td_row *row)
{
    return row->disagreed ? TD_DISAGREE : row->agreed ? TD_AGREE : TD_INCONCLUSIVE;
}

/* Agreement needs something that was asked and agreed. */
td_verdict td_report_verdict(const td_report *r)
{
    int64_t agreed = 0, disagreed = 0;
    for (int64_t i = 0; i < r->n_row; i++) agreed += r->row[i].agreed, disagreed += r->row[i].disagreed;
    return disagreed ? TD_DISAGREE : agreed && !r->starved ? TD_AGREE : TD_INCONCLUSIVE;
}

td_row td_report_sum(const td_report *r)
{
    td_row s = {0};
    for (int64_t i = 0; i < r->n_row; i++) {
        const td_row *row = &r->row[i];
        s.checks += row->checks, s.agreed += row->agreed, s.disagreed += row->disagreed, s.inconclusive += row->inconclusive;
        s.notes += row->notes, s.refused += row->refused;
        s.coordinates += row->coordinates, s.asked += row->asked, s.directions += row->directions;
        s.slopes_agreed += row->slopes_agreed, s.slopes_undecided += row->slopes_undecided;
        s.fd_agreed += row->fd_agreed + row->fd_kinks, s.fd_undecided += row->fd_undecided;
        s.fd_disagreed += row->fd_disagreed, s.quad_disagreed += row->quad_disagreed;
        s.quad_agreed += row->quad_agreed + row->quad_kinks, s.quad_undecided += row->quad_undecided;
        s.second_agreed += row->second_agreed;
        s.strain = fmax(s.strain, row->strain);
        s.resolution_one = fmax(s.resolution_one, row->resolution_one < 1 ? row->resolution_one : 0);
    }
    return s;
}

/* By counting: a report has some hundred rows. */
double td_report_typical(const td_report *r)
{
    for (int64_t i = 0; i < r->n_row; i++) {
        int64_t below = 0, above = 0, all = 0;
        double v = r->row[i].resolution_one;
        for (int64_t k = 0; k < r->n_row; k++) {
            double w = r->row[k].resolution_one;
            all += w > 0, below += w > 0 && w < v, above += w > v;
        }
        if (v > 0 && below <= all / 2 && above < all - all / 2) return v;
    }
    return 0;
}
