/* html_map.c: errors where they are: the map of an input's coordinates, and the histogram of all slopes of a row. */
#include "figure.h"
#include "html.h"

#include <math.h>

/* ---- the map ------------------------------------------------------------------------------------------------------ */

enum { SHADES = 8, MOST_CELLS = 32, PLANE_WIDTH = 150 };

/* 0: exact; then a shade for every two decades from 1e-16 on. */
static int shade_of(double error)
{
    int k = error > 0 ? (int)floor((log10(fmin(error, 1)) + 16) / 2.3) + 1 : 0;
    return k < 0 ? 0 : error > 0 && k < 1 ? 1 : k > SHADES - 1 ? SHADES - 1 : k;
}

/* Where cells stand: rows and columns as drawn.  A vector is written like a text, line by line. */
typedef struct grid { int64_t rows, columns; bool wrapped; double x, y, cell; const td_plane *plane; } grid;

static grid grid_of(const td_plane *p, double x, double y, double width)
{
    enum { LINE = 12 };
    int64_t n = p->rows * p->columns, line = width > PLANE_WIDTH ? 2 * LINE : LINE;
    grid g = {.x = x, .y = y, .plane = p, .wrapped = p->rows == 1 || p->columns == 1};
    g.rows = g.wrapped ? (n + line - 1) / line : p->rows;
    g.columns = !g.wrapped ? p->columns : n < line ? n : line;
    if (g.rows > MOST_CELLS) g.rows = MOST_CELLS;
    if (g.columns > MOST_CELLS) g.columns = MOST_CELLS;
    g.cell = fmin(18, fmin(width / (double)g.columns, 110 / (double)g.rows));
    return g;
}

static void place(const grid *at, int64_t coordinate, double *x, double *y)
{
    const td_plane *p = at->plane;
    int64_t columns = at->wrapped ? at->columns : p->columns;
    int64_t rows = at->wrapped ? (p->rows * p->columns + columns - 1) / columns : p->rows;
    *x = at->x + at->cell * (double)((coordinate % columns) * at->columns / columns);
    *y = at->y + at->cell * (double)((coordinate / columns) * at->rows / rows);
}

static void cells(td_page *p, const td_figures *g, const grid *at, int shade, bool bad)
{
    bool any = false;
    double size = at->cell * 0.9, x, y;
    for (int i = 0; i < g->n_spot; i++) {
        const td_spot *s = &g->spot[i];
        bool wrong = s->verdict == TD_DISAGREE;
        if (s->input != at->plane->input || (bad ? !wrong : shade_of(s->error) != shade)) continue;
        if (!any && bad) fputs("<path class=\"wrong\" d=\"", p->file);
        if (!any && !bad) fprintf(p->file, "<path class=\"e%d\" d=\"", shade);
        any = true;
        place(at, s->coordinate, &x, &y);
        if (bad) fprintf(p->file, "M%.1f %.1fl%.1f %.1fm0 %.1fl%.1f %.1f", x, y, size, size, -size, -size, size);
        else fprintf(p->file, "M%.1f %.1fh%.1fv%.1fh%.1fz", x, y, size, size, -size);
    }
    if (any) fputs("\"/>\n", p->file);
}

static bool is_whole(const td_figures *g, const td_plane *p)
{
    int64_t n = 0;
    for (int i = 0; i < g->n_spot; i++) n += g->spot[i].input == p->input;
    return n == p->rows * p->columns;
}

static void plane(td_page *p, const td_figures *g, const grid *at)
{
    char title[96];
    const td_plane *l = at->plane;
    td_figure f = {.file = p->file};
    double wide = at->cell * (double)at->columns;
    if (at->wrapped) snprintf(title, sizeof title, "input %d: %lld", l->input, (long long)(l->rows * l->columns));
    else snprintf(title, sizeof title, "input %d: %lld \xc3\x97 %lld", l->input, (long long)l->rows, (long long)l->columns);
    td_figure_text(&f, "unit", at->x, at->y - 4, g->asked.by ? "Jacobian" : title);
    if (!is_whole(g, l)) fprintf(p->file, "<path class=\"unasked\" d=\"M%.1f %.1fh%.1fv%.1fh%.1fz\"/>\n", at->x, at->y, wide,
                                 at->cell * (double)at->rows, -wide);
    for (int k = 0; k < SHADES; k++) cells(p, g, at, k, false);
    cells(p, g, at, 0, true);
}

static void scale(td_page *p, double y)
{
    td_figure f = {.file = p->file};
    enum { WIDE = 22 };
    for (int k = 0; k < SHADES; k++) {
        fprintf(p->file, "<path class=\"e%d\" d=\"M%d %.1fh%dv8h-%dz\"/>\n", k, 60 + k * WIDE, y, WIDE, WIDE);
    }
    td_figure_text(&f, "tick end", 56, y + 8, "equal");
    td_figure_text(&f, "tick mid", 60 + WIDE, y + 18, "10<tspan class=\"power\" dy=\"-3\">\xe2\x88\x92" "16</tspan>");
    td_figure_text(&f, "tick mid", 60 + 4.5 * WIDE, y + 18, "10<tspan class=\"power\" dy=\"-3\">\xe2\x88\x92" "8</tspan>");
    td_figure_text(&f, "tick", 60 + SHADES * WIDE + 4, y + 8, "all of it");
}

void td_html_map(td_page *p, const td_figures *g)
{
    grid at[TD_PLANES];
    td_figure f;
    double height = 16, row = 0, width = g->n_plane > 1 ? PLANE_WIDTH : 2 * PLANE_WIDTH;
    if (!g->n_spot) return;
    for (int i = 0; i < g->n_plane; i++) {
        at[i] = grid_of(&g->plane[i], 2 + (i % 2) * (PLANE_WIDTH + 10), height, width);
        row = fmax(row, at[i].cell * (double)at[i].rows);
        if (i % 2 || i == g->n_plane - 1) height += row + 18, row = 0;
    }
    td_html_plot(p);
    td_figure_bare(&f, p->file, "error of each coordinate", TD_FIGURE_WIDTH, height + 18);
    for (int i = 0; i < g->n_plane; i++) plane(p, g, &at[i]);
    scale(p, height - 4);
    td_figure_close(&f);
    td_html_caption(p, "Map", g->asked.by ? "Share of each entry of the Jacobian by which claim and differences differ. Crossed: "
            "disagrees." :
            "Share of the slope along each coordinate by which tape and dual differ. Crossed: disagrees; pale: not asked "
            "alone.");
}

/* ---- units in the last place -------------------------------------------------------------------------------------- */

void td_html_histogram(td_page *p, const td_row *row)
{
    static const char *const names[TD_ULP_BINS] = {"0", "\xc2\xbd", "1", "2", "4", "8", "16", "32", "64", "128", "256",
                                                    "512", "1k", "2k", "4k", "&gt;"};
    td_axis x = {0, TD_ULP_BINS, false, "units in the last place, at most"}, y = {0, 0, false, "slopes"};
    td_figure f;
    char text[200];
    int64_t all = 0;
    for (int i = 0; i < TD_ULP_BINS; i++) all += row->ulps[i], y.most = fmax(y.most, (double)row->ulps[i]);
    if (!all) return;
    td_html_plot(p);
    td_figure_open(&f, p->file, "distance in units in the last place", (td_axis){.title = x.title},
                   (td_axis){0, 1.05 * y.most, false, "slopes"});
    f.x = x;
    fputs("<path class=\"bars\" d=\"", p->file);
    for (int i = 0; i < TD_ULP_BINS; i++) {
        double left = td_figure_x(&f, i + 0.1), wide = td_figure_x(&f, 0.8) - f.left;
        double top = fmin(td_figure_y(&f, (double)row->ulps[i]), f.bottom - 1);
        if (row->ulps[i]) fprintf(p->file, "M%.1f %.1fV%.1fh%.1fV%.1fz", left, f.bottom, top, wide, f.bottom);
    }
    fputs("\"/>\n", p->file);
    for (int i = 0; i < TD_ULP_BINS; i++) {
        bool fits = i < 8 || i % 2 == 0 || i == TD_ULP_BINS - 1;
        if (fits) td_figure_text(&f, "tick mid", td_figure_x(&f, i + 0.5), f.bottom + 13, names[i]);
    }
    td_figure_close(&f);
    snprintf(text, sizeof text, "How far apart the two are, of all %lld slopes asked here; the last bar: more, by "
             "cancellation or by mistake.", (long long)all);
    td_html_caption(p, "Last places", text);
}
