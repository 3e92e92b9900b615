/* figure.h: figures as inline SVG: a frame with axes and units, and what is put into it.
 *
 * Colours, widths and dashes are classes of the page's style sheet, so a figure is right in both themes and on paper.
 * Whatever cannot be placed leaves a gap: NaN, and on a logarithmic axis what is negative; 0 stands at its
 * beginning. */
#ifndef TD_FIGURE_H
#define TD_FIGURE_H

#include <stdbool.h>
#include <stdio.h>

typedef struct td_axis {
    double      least, most;
    bool        log;
    const char *title;
} td_axis;

typedef struct td_figure {
    FILE  *file;                   /* borrowed */
    double width, height;          /* of the whole, in units of the view box; fonts are 10 high */
    double left, right, top, bottom;       /* of the frame */
    td_axis x, y;
} td_figure;

enum { TD_FIGURE_WIDTH = 320, TD_FIGURE_HEIGHT = 200 };

/* Widens an axis by what is to be shown on it; begin with least = INFINITY, most = -INFINITY. */
void td_axis_take(td_axis *a, double v);
/* Rounds it to whole decades, or to a margin; false: there is nothing on it to be shown. */
bool td_axis_settle(td_axis *a);

/* A figure of the usual size with its frame, ticks and titles; label: for those who do not see it. */
void td_figure_open(td_figure *f, FILE *file, const char *label, td_axis x, td_axis y);
/* Nothing but a view box of this size. */
void td_figure_bare(td_figure *f, FILE *file, const char *label, double width, double height);
void td_figure_close(td_figure *f);

double td_figure_x(const td_figure *f, double x);
double td_figure_y(const td_figure *f, double y);
void   td_figure_line(td_figure *f, const char *kind, int n, const double *x, const double *y);
/* The part of the frame from x = a to b. */
void   td_figure_band(td_figure *f, const char *kind, double a, double b);
void   td_figure_segment(td_figure *f, const char *kind, double x0, double y0, double x1, double y1);
/* The n points as small signs: 'o', 's' square, 't' triangle. */
void   td_figure_marks(td_figure *f, const char *kind, char sign, int n, const double *x, const double *y);
/* In units of the view box. */
void   td_figure_sign(td_figure *f, const char *kind, char sign, double x, double y);
void   td_figure_text(td_figure *f, const char *kind, double x, double y, const char *text);

#endif
