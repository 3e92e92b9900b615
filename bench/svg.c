/* svg.c: figures that stand alone: title, axes with units, caption, in the colours of a light or a dark page.
 *
 * Series differ in colour and in mark, so that no figure needs colours to be read.  Everything is laid out in a fixed
 * plane; browsers scale it. */
#include "output.h"

#include <math.h>
#include <string.h>

enum { LEFT = 64, TOP = 58, WIDE = 600, HIGH = 300, ASIDE = 130, LINE = 16, ROW = 17, LABELS = 190, WRAP = 112 };

/* Okabe and Ito's colours, which people of any colour vision tell apart; brighter on a dark page. */
static const char style[] =
    "<style>\n"
    "  svg { color-scheme: light dark; --page: #fff; --ink: #1d1d1b; --soft: #5d5d58; --line: #deded9; }\n"
    "  .s0 { color: #0072b2; } .s1 { color: #d55e00; } .s2 { color: #00805e; } .s3 { color: #b0568c; }\n"
    "  .s4 { color: #8a6d00; } .s5 { color: #3f87b5; } .s6 { color: #5d5d58; } .s7 { color: #7a4fbf; }\n"
    "  .s8 { color: #a33; } .s9 { color: #383; }\n"
    "  @media (prefers-color-scheme: dark) {\n"
    "    svg { --page: #171816; --ink: #e7e7e2; --soft: #a6a69f; --line: #373835; }\n"
    "    .s0 { color: #56b4e9; } .s1 { color: #f08a4b; } .s2 { color: #3fc49b; } .s3 { color: #e29cc4; }\n"
    "    .s4 { color: #e6c54a; } .s5 { color: #8fc7ec; } .s6 { color: #a6a69f; } .s7 { color: #b79cf0; }\n"
    "    .s8 { color: #f99; } .s9 { color: #9d9; }\n"
    "  }\n"
    "  text { font: 12px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: var(--ink); }\n"
    "  .title { font-size: 15px; font-weight: 600; } .soft, .soft text { fill: var(--soft); } .own { fill: currentColor; }\n"
    "  .grid { stroke: var(--line); } .axis { stroke: var(--soft); } .end { text-anchor: end; }\n"
    "  .middle { text-anchor: middle; } .curve { fill: none; stroke: currentColor; stroke-width: 1.8; }\n"
    "  .limit { stroke: var(--soft); stroke-dasharray: 6 4; stroke-width: 1.3; }\n"
    "</style>\n";

/* Around 0, 0. */
static const char *const mark[BENCH_SERIES] = {
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", "M-3.5-3.5h7v7h-7z", "M0-4.5L4.5 3.5h-9z", "M0-5L5 0L0 5L-5 0z",
    "M0 4.5L4.5-3.5h-9z", "M-4-1.3h2.7v-2.7h2.6v2.7h2.7v2.6h-2.7v2.7h-2.6v-2.7h-2.7z", "M-5-1.3h10v2.6h-10z",
    "M-1.3-5h2.6v10h-2.6z", "M-5 0L0-2.5L5 0L0 2.5z", "M-2.5 0L0-5L2.5 0L0 5z",
};

typedef struct scale {
    double low, high, from, to;      /* values, and where they stand in the plane */
    bool   log;
} scale;

static double place(const scale *s, double x)
{
    double part = s->log ? log(x / s->low) / log(s->high / s->low) : (x - s->low) / (s->high - s->low);
    return s->from + part * (s->to - s->from);
}

static void write_text(FILE *f, double x, double y, const char *class, const char *text)
{
    fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
    for (; *text; text++) {
        if (*text == '&') fputs("&amp;", f);
        else if (*text == '<') fputs("&lt;", f);
        else fputc(*text, f);
    }
    fputs("</text>\n", f);
}

/* Words, broken into lines; how many. */
static int write_lines(FILE *f, double x, double y, const char *class, const char *text)
{
    char line[WRAP + 1];
    int  lines = 0;
    while (*text) {
        size_t n = strlen(text);
        if (n > WRAP) for (n = WRAP; n > 1 && text[n] != ' '; n--) { }
        snprintf(line, sizeof line, "%.*s", (int)n, text);
        write_text(f, x, y + LINE * lines++, class, line);
        text += n + (text[n] == ' ');
    }
    return lines;
}

static void write_line(FILE *f, const char *class, double x0, double y0, double x1, double y1)
{
    fprintf(f, "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", class, x0, y0, x1, y1);
}

static void write_mark(FILE *f, int series, double x, double y)
{
    fprintf(f, "<path class=\"s%d own\" transform=\"translate(%.1f %.1f)\" d=\"%s\"/>\n", series, x, y, mark[series]);
}

/* ---- axes ----------------------------------------------------------------------------------------------------------- */

/* The largest of 1, 2, 5 times a power of ten that cuts `range` in four or more. */
static double tick_step(double range)
{
    double power = pow(10, floor(log10(range / 4)));
    double left = range / 4 / power;
    return power * (left >= 5 ? 5 : left >= 2 ? 2 : 1);
}

static void find_range(const bench_figure *f, scale *x, scale *y)
{
    *x = (scale){ .low = INFINITY, .high = -INFINITY, .log = f->log_x };
    *y = (scale){ .high = -INFINITY };
    for (int s = 0; s < f->n; s++)
        for (int i = 0; i < f->series[s].n; i++) {
            x->low = fmin(x->low, f->series[s].x[i]);
            x->high = fmax(x->high, f->series[s].x[i]);
            y->high = fmax(y->high, f->series[s].y[i]);
        }
}

/* 4096 -> 4096, 65536 -> 64 Ki, 1048576 -> 1 Mi */
static void name_number(char text[24], double x, bool powers)
{
    static const char *const unit[] = { "", " Ki", " Mi", " Gi" };
    int u = 0;
    for (; powers && x >= (u ? 1024 : 8193) && u < 3; u++) x /= 1024;
    snprintf(text, 24, "%.4g%s", x, unit[u]);
}

static void x_tick(FILE *f, const scale *x, double at, double top, double bottom)
{
    char text[24];
    name_number(text, at, x->log);
    write_line(f, "grid", place(x, at), top, place(x, at), bottom);
    write_text(f, place(x, at), bottom + LINE, "soft middle", text);
}

static void x_axis(FILE *f, const bench_figure *g, const scale *x, double top, double bottom)
{
    double step = x->log ? 0 : tick_step(x->high - x->low);
    double factor = x->log && x->high / x->low > 4096 ? 8 : 2;
    if (x->log) for (double at = x->low; at <= x->high * 1.001; at *= factor) x_tick(f, x, at, top, bottom);
    else for (double at = ceil(x->low / step) * step; at <= x->high + step / 100; at += step) x_tick(f, x, at, top, bottom);
    write_text(f, (x->from + x->to) / 2, bottom + 2.3 * LINE, "middle", g->x_label);
}

static void y_axis(FILE *f, const bench_figure *g, const scale *y, const scale *x)
{
    char   text[24];
    double step = tick_step(y->high);
    for (double at = 0; at <= y->high + step / 100; at += step) {
        snprintf(text, sizeof text, "%.4g", at);
        write_line(f, at > 0 ? "grid" : "axis", x->from, place(y, at), x->to, place(y, at));
        write_text(f, x->from - 6, place(y, at) + 4, "soft end", text);
    }
    write_text(f, 8, TOP - 12, "", g->y_label);
}

/* ---- frame ---------------------------------------------------------------------------------------------------------- */

static FILE *begin(bench *b, const bench_figure *g, const char *part, double height)
{
    int   width = LEFT + WIDE + ASIDE;
    FILE *f = bench_file(b, part, "svg");
    if (!f) return NULL;
    fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" ");
    fprintf(f, "viewBox=\"0 0 %d %.0f\" width=\"%d\">\n", width, height, width);
    fputs(style, f);
    fprintf(f, "<rect width=\"100%%\" height=\"100%%\" fill=\"var(--page)\"/>\n");
    write_text(f, 8, 22, "title", g->title);
    return f;
}

static void end(FILE *f)
{
    fputs("</svg>\n", f);
    fclose(f);
}

/* ---- y over x ------------------------------------------------------------------------------------------------------- */

static void write_series(FILE *f, const bench_series *s, int number, const scale *x, const scale *y)
{
    fprintf(f, "<path class=\"s%d curve%s\" d=\"", number, s->limit ? " limit" : "");
    for (int i = 0; i < s->n; i++) fprintf(f, "%c%.1f %.1f", i ? 'L' : 'M', place(x, s->x[i]), place(y, s->y[i]));
    fputs("\"/>\n", f);
    for (int i = 0; i < s->n && !s->limit; i++) write_mark(f, number, place(x, s->x[i]), place(y, s->y[i]));
}

/* Names at the right ends, from the highest down, pushed apart where they would overlap. */
static void name_series(FILE *f, const bench_figure *g, const scale *x, const scale *y)
{
    bool   named[BENCH_SERIES] = { false };
    double last = -INFINITY;
    for (int k = 0; k < g->n; k++) {
        int top = -1;
        for (int s = 0; s < g->n; s++) {
            const bench_series *c = &g->series[s];
            if (!named[s] && c->n && (top < 0 || c->y[c->n - 1] > g->series[top].y[g->series[top].n - 1])) top = s;
        }
        if (top < 0) return;
        const bench_series *c = &g->series[top];
        char                class[16];
        named[top] = true;
        last = fmax(place(y, c->y[c->n - 1]), last + LINE - 2);
        snprintf(class, sizeof class, "s%d own", top);
        if (!c->limit) write_mark(f, top, x->to + 12, last);
        write_text(f, x->to + 20, last + 4, c->limit ? "soft" : class, c->name);
    }
}

void bench_lines(bench *b, const bench_figure *g, const char *part)
{
    scale x, y;
    FILE *f = begin(b, g, part, TOP + HIGH + 3 * LINE + LINE * (2 + (double)strlen(g->caption) / WRAP));
    if (!f) return;
    find_range(g, &x, &y);
    x.from = LEFT, x.to = LEFT + WIDE;
    y.from = TOP + HIGH, y.to = TOP + 4;
    x_axis(f, g, &x, TOP, TOP + HIGH);
    y_axis(f, g, &y, &x);
    for (int s = g->n - 1; s >= 0; s--) write_series(f, &g->series[s], s, &x, &y);
    name_series(f, g, &x, &y);
    write_lines(f, 8, TOP + HIGH + 3.7 * LINE, "soft", g->caption);
    end(f);
}

/* ---- rows with marks ------------------------------------------------------------------------------------------------ */

static void write_legend(FILE *f, const bench_figure *g)
{
    double x = 12;
    for (int s = 0; s < g->n; s++) {
        write_mark(f, s, x, TOP - 18);
        write_text(f, x + 9, TOP - 14, "", g->series[s].name);
        x += 30 + 6.8 * (double)strlen(g->series[s].name);
    }
}

void bench_dots(bench *b, const bench_figure *g, const char *part)
{
    double bottom = TOP + ROW * g->rows;
    scale  x, y;
    FILE  *f = begin(b, g, part, bottom + 3 * LINE + LINE * (2 + (double)strlen(g->caption) / WRAP));
    if (!f) return;
    find_range(g, &x, &y);
    x.low = g->log_x ? x.low : 0;
    x.high = fmax(x.high, g->line);
    x.from = LABELS, x.to = LEFT + WIDE + ASIDE - 20;
    write_legend(f, g);
    x_axis(f, g, &x, TOP, bottom);
    if (g->line > 0) write_line(f, "axis", place(&x, g->line), TOP, place(&x, g->line), bottom);
    for (int r = 0; r < g->rows; r++) write_text(f, LABELS - 10, TOP + ROW * (r + 0.5) + 4, "end", g->row[r]);
    for (int s = g->n - 1; s >= 0; s--)
        for (int i = 0; i < g->series[s].n; i++)
            write_mark(f, s, place(&x, g->series[s].x[i]), TOP + ROW * (g->series[s].y[i] + 0.5));
    write_lines(f, 8, bottom + 3.7 * LINE, "soft", g->caption);
    end(f);
}

/* ---- filling -------------------------------------------------------------------------------------------------------- */

bench_series *bench_series_of(bench_figure *f, const char *name)
{
    for (int s = 0; s < f->n; s++)
        if (!strcmp(f->series[s].name, name)) return &f->series[s];
    bench_series *s = &f->series[f->n < BENCH_SERIES ? f->n++ : BENCH_SERIES - 1];
    snprintf(s->name, sizeof s->name, "%s", name);
    return s;
}

void bench_point(bench_series *s, double x, double y)
{
    if (s->n == BENCH_POINTS) return;
    s->x[s->n] = x;
    s->y[s->n++] = y;
}
