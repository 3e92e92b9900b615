/* figures.h: what a report draws, collected from a check of a program (figures.c) or of a C function
 * (function/figures.c). */
#ifndef TD_FIGURES_H
#define TD_FIGURES_H

#include "witness.h"

/* Rounded to the 4 digits that a figure keeps. */
double td_digits_kept(double v);
/* The bin of td_check_result.ulps for these two. */
int    td_ulp_bin(td_answer a, td_answer b, bool single);
/* The share of the larger by which they differ; infinite where one is not finite. */
double td_error_share(td_answer a, td_answer b);
/* A figure with nothing in it yet.  NULL: no memory. */
td_figures *td_figures_new(void);
/* What the views rely on: of figures that came from elsewhere. */
bool   td_figures_are_sound(const td_figures *g);
/* Spot k of n: of a stretch that shares a place the worst is kept. */
void   td_spot_add(td_figures *g, int64_t k, int64_t n, td_spot s);
/* What was measured, into a finding. */
void   td_figure_slope(td_finding *f, const td_slope *s);

#endif
