/* html_figures.c: an exhibit drawn: the witnesses on one axis, the V of the steps, Taylor's remainders, the threads; the map
 * and the histogram are in html_map.c.
 *
 * The numbers were collected by the check; here they are placed.  Each figure has axes with units and a caption that can be
 * read alone; who is who is said by a sign and a dash as well as by a colour. */
#include "figure.h"
#include "html.h"

#include <math.h>
#include <string.h>

static const td_axis nothing_yet = {.least = INFINITY, .most = -INFINITY};

void td_html_plot(td_page *p)
{
    fputs("<figure class=\"plot\">\n", p->file);
}

void td_html_caption(td_page *p, const char *title, const char *text)
{
    fprintf(p->file, "<figcaption><b>%s.</b> %s</figcaption>\n</figure>\n", title, text);
}

/* ---- the witnesses ------------------------------------------------------------------------------------------------ */

enum { WITNESSES = 3, ROW = 22 };

typedef struct said { const char *name, *kind; char sign; td_answer a; } said;

/* Deviations span many decades and both signs: logarithmic beyond a threshold, linear within. */
typedef struct bent { double threshold, most; } bent;

static double bend(const bent *b, double v)
{
    double far = log10(1 + b->most / b->threshold);
    return copysign(log10(1 + fabs(v) / b->threshold), v) / far;
}

static double reach(td_answer a)
{
    return isfinite(a.bound) && a.bound > 0 ? a.bound : 0;
}

/* The one with the smallest bound, unless it stands alone: others are seen from it. */
static const said *origin(const said *s, int n, bool first_is_alone)
{
    const said *best = &s[first_is_alone];
    for (int i = 1 + first_is_alone; i < n; i++) {
        bool known = isfinite(best->a.value) && isfinite(best->a.bound);
        if (isfinite(s[i].a.value) && isfinite(s[i].a.bound) && (!known || s[i].a.bound < best->a.bound)) best = &s[i];
    }
    return best;
}

static bent bend_of(const said *s, int n, double zero)
{
    bent b = {INFINITY, 0};
    for (int i = 0; i < n; i++) {
        double off = fabs(s[i].a.value - zero), bar = reach(s[i].a);
        if (!isfinite(off)) continue;
        b.most = fmax(b.most, off + bar);
        if (off > 0) b.threshold = fmin(b.threshold, off);
        if (bar > 0) b.threshold = fmin(b.threshold, bar);
    }
    b.most *= 1.5;
    b.threshold = fmax(b.threshold / 2, b.most * 1e-40);       /* what is smaller looks like 0 */
    return b;
}

static void bent_tick(td_figure *f, const bent *b, double v)
{
    char text[64] = "0";
    double x = f->left + (1 + bend(b, v)) / 2 * (f->right - f->left);
    int k = v ? (int)lround(log10(fabs(v))) : 0;
    if (v) snprintf(text, sizeof text, "%s10<tspan class=\"power\" dy=\"-3\">%s%d</tspan>", v < 0 ? "\xe2\x88\x92" : "+",
                    k < 0 ? "\xe2\x88\x92" : "", k < 0 ? -k : k);
    fprintf(f->file, "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/><text class=\"tick mid\" x=\"%.1f\" "
            "y=\"%.1f\">%s</text>\n",
            x, f->top, f->bottom, x, f->bottom + 11, text);
}

/* 0, and on either side three decades at most. */
static void bent_ticks(td_figure *f, const bent *b)
{
    int high = (int)floor(log10(b->most)), low = (int)ceil(log10(b->threshold)), step = (high - low) / 3 + 1;
    bent_tick(f, b, 0);
    for (int k = high; k >= low && bend(b, pow(10, k)) > 0.22; k -= step) {
        bent_tick(f, b, pow(10, k));
        bent_tick(f, b, -pow(10, k));
    }
}

static void bar(td_figure *f, const bent *b, const said *s, double zero, double y)
{
    double width = (f->right - f->left) / 2, middle = f->left + width, off = s->a.value - zero, r = reach(s->a);
    double low = middle + width * bend(b, off - r), high = middle + width * bend(b, off + r);
    td_figure_text(f, "name", 2, y + 3.5, s->name);
    if (!isfinite(off)) {
        td_figure_text(f, "tick", middle - 20, y + 3.5, "not finite");
        return;
    }
    if (r > 0) {
        td_figure_segment(f, s->kind, low, y, high, y);
        td_figure_segment(f, s->kind, low, y - 4, low, y + 4);
        td_figure_segment(f, s->kind, high, y - 4, high, y + 4);
    }
    td_figure_sign(f, s->kind, s->sign, middle + width * bend(b, off), y);
}

static int who_said(const td_finding *q, said *out)
{
    const char *name[2];
    int n = 0;
    td_finding_names(q, name);
    const said all[] = {{name[0], "tape", 'o', q->tape}, {name[1], "dual", 's', q->dual},
                        {q->quad ? "quad" : "differences", "fd", 't', q->differences}};
    for (int i = 0; i < WITNESSES; i++) if (td_is_there(all[i].a)) out[n++] = all[i];
    return n;
}

static void witnesses(td_page *p, const td_finding *q)
{
    said s[WITNESSES];
    td_figure f;
    char title[80];
    int n = who_said(q, s);
    bool alone = n > 1 && (q->alone == TD_ALONE_TAPE || q->alone == TD_ALONE_CLAIM);
    const said *middle = n ? origin(s, n, alone) : NULL;
    double zero = n ? middle->a.value : NAN;
    bent b = bend_of(s, n, zero);
    if (n < 2 || !isfinite(zero) || !isfinite(b.threshold) || !isfinite(b.most)) return;
    td_html_plot(p);
    td_figure_bare(&f, p->file, "who said what", TD_FIGURE_WIDTH, 42 + n * ROW);
    f.left = 78, f.right -= 8, f.top = 6, f.bottom -= 28;
    bent_ticks(&f, &b);
    fprintf(p->file, "<path class=\"frame\" d=\"M%.1f %.1fH%.1f\"/>\n", f.left, f.bottom, f.right);
    for (int i = 0; i < n; i++) bar(&f, &b, &s[i], zero, f.top + ROW * (i + 0.6));
    snprintf(title, sizeof title, "distance from what %s say%s", middle->name, middle->sign == 't' ? "" : "s");
    td_figure_text(&f, "unit mid", (f.left + f.right) / 2, f.height - 3, title);
    td_figure_close(&f);
    td_html_caption(p, "Who said what", "Answers with their error bars; the axis is logarithmic away from 0. "
            "Bars that do not meet contradict each other.");
}

/* ---- steps -------------------------------------------------------------------------------------------------------- */

static bool same(const double *a, const double *b, int n)
{
    for (int i = 0; i < n; i++) if (a[i] != b[i] && !(isnan(a[i]) && isnan(b[i]))) return false;
    return true;
}

static bool any_number(const double *v, int n)
{
    bool any = false;
    for (int i = 0; i < n; i++) any = any || isfinite(v[i]);
    return any;
}

static td_axis axis_of(const double *const *v, int lines, int n, const char *title)
{
    td_axis a = nothing_yet;
    a.log = true;
    a.title = title;
    for (int k = 0; k < lines; k++) for (int i = 0; i < n; i++) td_axis_take(&a, v[k][i]);
    return a;
}

/* What noise alone does to a difference with step h. */
static void noise_line(td_figure *f, const td_tracing *t)
{
    double noise[TD_TRACE_STEPS];
    for (int i = 0; i < t->n; i++) noise[i] = t->noise / t->step[i] < f->y.least ? NAN : t->noise / t->step[i];
    if (t->noise > 0) td_figure_line(f, "guide", t->n, t->step, noise);
}

static void v_curve(td_page *p, const td_finding *q, const td_tracing *t)
{
    const double *lines[] = {t->off[0], t->off[1]}, *steps[] = {t->step};
    bool both = any_number(t->off[1], t->n) && !same(t->off[0], t->off[1], t->n);
    td_axis x = axis_of(steps, 1, t->n, "step h"), y = axis_of(lines, 2, t->n, "|difference \xe2\x88\x92 slope|");
    const char *name[2];
    char text[400];
    td_figure f;
    td_finding_names(q, name);
    if (!td_axis_settle(&x) || !td_axis_settle(&y)) return;
    td_html_plot(p);
    td_figure_open(&f, p->file, "error of a difference over its step", x, y);
    td_figure_band(&f, "plateau", t->fine, t->coarse);
    noise_line(&f, t);
    if (both) td_figure_line(&f, "dual", t->n, t->step, t->off[1]);
    if (both) td_figure_marks(&f, "dual", 's', t->n, t->step, t->off[1]);
    td_figure_line(&f, "tape", t->n, t->step, t->off[0]);
    td_figure_marks(&f, "tape", 'o', t->n, t->step, t->off[0]);
    if (t->chosen > 0) td_figure_sign(&f, "fd", 't', td_figure_x(&f, t->chosen), f.bottom - 1);
    td_figure_close(&f);
    snprintf(text, sizeof text, "Distance of the central difference with step h from the slope by %s (circles)%s%s%s. "
             "%s%s%s",
             name[0], both ? " and by " : "", both ? name[1] : "", both ? " (squares)" : "",
             t->fine > 0 ? "Tinted: the steps that confirm each other; triangle: the one that was taken. " :
             "No steps confirm each other. ", t->noise > 0 ? "Dots: what noise alone would do. " : "",
             "A right slope makes a V, a wrong one a floor.");
    td_html_caption(p, "Steps", text);
}

/* ---- Taylor ------------------------------------------------------------------------------------------------------- */

static void remainders(td_page *p, const td_finding *q, const td_tracing *t)
{
    static const char *const kinds[] = {"plain", "tape", "curve"};
    static const char signs[] = {'t', 'o', 's'};
    const double *lines[] = {t->remainder[0], t->remainder[1], t->remainder[2]}, *steps[] = {t->step};
    td_axis x = axis_of(steps, 1, t->n, "step h"), y = axis_of(lines, 3, t->n, "remainder");
    const char *name[2];
    char text[512], orders[3][24];
    double floor[TD_TRACE_STEPS];
    td_figure f;
    td_finding_names(q, name);
    if (!td_axis_settle(&x) || !td_axis_settle(&y)) return;
    td_html_plot(p);
    td_figure_open(&f, p->file, "Taylor's remainders over the step", x, y);
    for (int i = 0; i < t->n; i++) floor[i] = t->noise + t->step[i] * t->rounding;
    td_figure_line(&f, "guide", t->n, t->step, floor);
    for (int k = 2; k >= 0; k--) {
        if (!any_number(lines[k], t->n)) continue;
        td_figure_line(&f, kinds[k], t->n, t->step, lines[k]);
        td_figure_marks(&f, kinds[k], signs[k], t->n, t->step, lines[k]);
    }
    td_figure_close(&f);
    for (int k = 0; k < 3; k++) {
        if (isnan(t->order[k])) snprintf(orders[k], sizeof orders[k], "not above noise");
        else snprintf(orders[k], sizeof orders[k], "%.2f", t->order[k]);
    }
    bool second = any_number(lines[2], t->n);
    snprintf(text, sizeof text, "R0 = |f(x+hu) \xe2\x88\x92 f(x)| (triangles), R1 with h times the slope by %s taken off "
             "(circles)%s. "
             "Order in h: R0 %s (1 expected), R1 %s (2)%s%s%s. Dots: noise and rounding.", name[0],
             second ? ", R2 with the second derivative too (squares)" : "", orders[0], orders[1], second ? ", R2 " : "",
             second ? orders[2] : "", second ? " (3)" : "");
    td_html_caption(p, "Taylor", text);
}

/* ---- threads ------------------------------------------------------------------------------------------------------ */

static void threads(td_page *p, const td_exhibit *e)
{
    double n[TD_PACES], gain[TD_PACES], ideal[TD_PACES];
    td_axis x = {0, 0, false, "threads"}, y = {0, 0, false, "times as fast as 1 thread"};
    td_figure f;
    if (!p->r->timings || e->n_pace < 2) return;
    for (int i = 0; i < e->n_pace; i++) {
        if (!(e->pace[i].seconds > 0) || e->pace[i].threads > 1000) return;
        n[i] = ideal[i] = e->pace[i].threads;
        gain[i] = e->pace[0].seconds / e->pace[i].seconds;
        x.most = fmax(x.most, n[i] + 0.3), y.most = fmax(y.most, fmax(1.2, 1.1 * gain[i]));
    }
    for (int i = 0; i < e->n_pace; i++) if (ideal[i] > y.most) ideal[i] = NAN;
    td_html_plot(p);
    td_figure_open(&f, p->file, "speed over threads", x, y);
    td_figure_line(&f, "guide", e->n_pace, n, ideal);
    td_figure_line(&f, "tape", e->n_pace, n, gain);
    td_figure_marks(&f, "tape", 'o', e->n_pace, n, gain);
    td_figure_close(&f);
    char text[200];
    snprintf(text, sizeof text, "Value and gradient, one run each, all overhead included; %.3g ms on 1 thread. Dots: ideal.",
             1000 * e->pace[0].seconds);
    td_html_caption(p, "Threads", text);
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

static const td_row *row_of(const td_report *r, const td_exhibit *e)
{
    for (int64_t i = 0; i < r->n_row; i++) if (td_exhibit_is_of(e, &r->row[i])) return &r->row[i];
    return NULL;
}

void td_html_figures(td_page *p, const td_exhibit *e)
{
    const td_figures *g = e->figures;
    const td_row *row = row_of(p->r, e);
    fputs("<div class=\"plots\">\n", p->file);
    witnesses(p, &g->asked);
    if (g->trace.n) v_curve(p, &g->asked, &g->trace);
    if (g->trace.n) remainders(p, &g->asked, &g->trace);
    td_html_map(p, g);
    if (row) td_html_histogram(p, row);
    threads(p, e);
    fputs("</div>\n", p->file);
}
