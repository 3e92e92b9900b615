/* figure.c: a frame, ticks, lines, signs. */
#include "figure.h"

#include <math.h>

/* ---- axes --------------------------------------------------------------------------------------------------------- */

static bool is_placed(const td_axis *a, double v)
{
    return isfinite(v) && (!a->log || v >= 0);
}

void td_axis_take(td_axis *a, double v)
{
    if (!is_placed(a, v) || (a->log && v == 0)) return;
    a->least = fmin(a->least, v);
    a->most = fmax(a->most, v);
}

/* Powers of 10 beyond are not drawn: doubles end soon after. */
enum { FAR = 300 };

bool td_axis_settle(td_axis *a)
{
    if (!(a->least <= a->most)) return false;
    if (a->log) {
        double low = fmin(fmax(floor(log10(a->least)), -FAR), FAR - 2), high = fmin(ceil(log10(a->most)), FAR);
        if (high - low < 2) high = low + 2;
        a->least = pow(10, low);
        a->most = pow(10, high);
        return true;
    }
    double margin = a->most > a->least ? 0.05 * (a->most - a->least) : 1;
    a->least -= a->least == 0 ? 0 : margin;
    a->most += margin;
    return true;
}

/* On a logarithmic axis 0 stands at the beginning. */
static double share(const td_axis *a, double v)
{
    if (a->log && v == 0) return 0;
    if (a->log) return (log10(v) - log10(a->least)) / (log10(a->most) - log10(a->least));
    return (v - a->least) / (a->most - a->least);
}

double td_figure_x(const td_figure *f, double x) { return f->left + share(&f->x, x) * (f->right - f->left); }
double td_figure_y(const td_figure *f, double y) { return f->bottom - share(&f->y, y) * (f->bottom - f->top); }

/* ---- the frame ---------------------------------------------------------------------------------------------------- */

void td_figure_bare(td_figure *f, FILE *file, const char *label, double width, double height)
{
    *f = (td_figure){.file = file, .width = width, .height = height, .right = width, .bottom = height};
    fprintf(file, "<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"%s\">\n", width, height, label);
}

static void tick_x(td_figure *f, double v, const char *text)
{
    double x = td_figure_x(f, v);
    fprintf(f->file, "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/><text class=\"tick mid\" x=\"%.1f\" "
            "y=\"%.1f\">%s</text>\n",
            x, f->top, f->bottom, x, f->bottom + 13, text);
}

static void tick_y(td_figure *f, double v, const char *text)
{
    double y = td_figure_y(f, v);
    fprintf(f->file, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/><text class=\"tick end\" x=\"%.1f\" "
            "y=\"%.1f\">%s</text>\n",
            f->left, y, f->right, f->left - 3, y + (v > f->y.least ? 3 : 0), text);
}

typedef void tick(td_figure *f, double v, const char *text);

/* Every decade, or every second, third, sixth ...: not more than most of them. */
static void decades(td_figure *f, const td_axis *a, int most, tick *put)
{
    int low = (int)lround(log10(a->least)), high = (int)lround(log10(a->most)), step = 1;
    while ((high - low) / step > most) step++;
    for (int k = low; k <= high; k++) {
        char text[64];
        if (k % step) continue;
        if (k >= 0 && k < 3) snprintf(text, sizeof text, "%.0f", pow(10, k));
        else snprintf(text, sizeof text, "10<tspan class=\"power\" dy=\"-3\">%s%d</tspan>", k < 0 ? "\xe2\x88\x92" : "",
                      k < 0 ? -k : k);
        put(f, pow(10, k), text);
    }
}

/* 1, 2 or 5 times a power of 10. */
static void steps(td_figure *f, const td_axis *a, int most, tick *put)
{
    double rough = (a->most - a->least) / most, ten = pow(10, floor(log10(rough))), part = rough / ten;
    double step = ten * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
    for (double v = ceil(a->least / step) * step; v <= a->most * (1 + 1e-12); v += step) {
        char text[32];
        snprintf(text, sizeof text, "%g", fabs(v) < step / 2 ? 0 : v);
        put(f, v, text);
    }
}

static void ticks(td_figure *f, const td_axis *a, int most, tick *put)
{
    if (a->log) decades(f, a, most, put);
    else if (a->most > a->least) steps(f, a, most, put);
}

void td_figure_open(td_figure *f, FILE *file, const char *label, td_axis x, td_axis y)
{
    td_figure_bare(f, file, label, TD_FIGURE_WIDTH, TD_FIGURE_HEIGHT);
    f->left = 34, f->right -= 8, f->top = 18, f->bottom -= 30;
    f->x = x, f->y = y;
    ticks(f, &x, 8, tick_x);
    ticks(f, &y, 6, tick_y);
    fprintf(file, "<path class=\"frame\" d=\"M%.1f %.1fV%.1fH%.1f\"/>\n", f->left, f->top, f->bottom, f->right);
    td_figure_text(f, "unit mid", (f->left + f->right) / 2, f->height - 4, x.title);
    td_figure_text(f, "unit", 2, 9, y.title);
}

void td_figure_close(td_figure *f)
{
    fputs("</svg>\n", f->file);
}

/* ---- what is put into it ------------------------------------------------------------------------------------------ */

/* Ends at the frame. */
static double held(double v, double least, double most)
{
    return fmin(fmax(v, least), most);
}

static bool place(const td_figure *f, double x, double y, double out[2])
{
    if (!is_placed(&f->x, x) || !is_placed(&f->y, y)) return false;
    out[0] = held(td_figure_x(f, x), f->left, f->right);
    out[1] = held(td_figure_y(f, y), f->top, f->bottom);
    return true;
}

void td_figure_line(td_figure *f, const char *kind, int n, const double *x, const double *y)
{
    bool down = false;
    double at[2];
    fprintf(f->file, "<path class=\"line %s\" d=\"", kind);
    for (int i = 0; i < n; i++) {
        bool placed = place(f, x[i], y[i], at);
        if (placed) fprintf(f->file, "%c%.1f %.1f", down ? 'L' : 'M', at[0], at[1]);
        down = placed;
    }
    fputs("\"/>\n", f->file);
}

void td_figure_band(td_figure *f, const char *kind, double a, double b)
{
    if (!is_placed(&f->x, a) || !is_placed(&f->x, b)) return;
    double left = held(td_figure_x(f, a), f->left, f->right), right = held(td_figure_x(f, b), f->left, f->right);
    fprintf(f->file, "<path class=\"%s\" d=\"M%.1f %.1fH%.1fV%.1fH%.1fz\"/>\n", kind, left - 1, f->top, right + 1, f->bottom,
            left - 1);
}

void td_figure_segment(td_figure *f, const char *kind, double x0, double y0, double x1, double y1)
{
    fprintf(f->file, "<path class=\"line %s\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", kind, x0, y0, x1, y1);
}

void td_figure_sign(td_figure *f, const char *kind, char sign, double x, double y)
{
    const char *shape = sign == 's' ? "m-2.7 -2.7h5.4v5.4h-5.4z" : sign == 't' ? "m0 -3.4l3.4 6h-6.8z" :
                        "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z";
    fprintf(f->file, "<path class=\"sign %s\" d=\"M%.1f %.1f%s\"/>\n", kind, x, y, shape);
}

void td_figure_marks(td_figure *f, const char *kind, char sign, int n, const double *x, const double *y)
{
    double at[2];
    for (int i = 0; i < n; i++) if (place(f, x[i], y[i], at)) td_figure_sign(f, kind, sign, at[0], at[1]);
}

void td_figure_text(td_figure *f, const char *kind, double x, double y, const char *text)
{
    fprintf(f->file, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", kind, x, y, text);
}
