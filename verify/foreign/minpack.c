/* minpack.c: fcn as MINPACK's lmder and hybrj call it, in cminpack's order of arguments: the functions or their Jacobian,
 * by iflag, the Jacobian column by column. Source: J. J. More, B. S. Garbow, K. E. Hillstrom, "User Guide for MINPACK-1",
 * ANL-80-74, 1980; cminpack.h. */
#include "foreign/foreign.h"

enum { FUNCTIONS = 1, JACOBIAN = 2 };

/* True: no value. */
static int call(const td_subject *s, const double *x, double *fvec, double *fjac, int iflag)
{
    int m = (int)s->f.m, n = (int)s->f.n;
    bool square = td_signature_by_name(s->d->signature) == &td_signature_minpack_square;
    int flag = square ? ((td_minpack_square *)s->d->value)(s->d->user, n, x, fvec, fjac, m, iflag) :
                        ((td_minpack_fcn *)s->d->value)(s->d->user, m, n, x, fvec, fjac, m, iflag);
    return flag < 0;
}

/* What it must leave alone is room of ours. */
static void fill_room(double *room, int64_t n)
{
    for (int64_t i = 0; i < n; i++) room[i] = td_poison_number;
}

static void look_at_room(td_subject *s, const double *room, int64_t n, const char *routine, const char *law)
{
    for (int64_t i = 0; i < n; i++) {
        if (room[i] == td_poison_number) continue;
        td_door_break(s->door, routine, law, i);
        return;
    }
}

static int value(const double *x, double *y, void *user)
{
    td_subject *s = user;
    fill_room(s->room, s->f.m * s->f.n);
    int status = call(s, x, y, s->room, FUNCTIONS);
    look_at_room(s, s->room, s->f.m * s->f.n, "value", "writes fjac, though iflag is 1");
    return status;
}

static int jacobian(const double *x, double *J, void *user)
{
    td_subject *s = user;
    fill_room(s->room, s->f.m);
    int status = call(s, x, s->room, J, JACOBIAN);
    look_at_room(s, s->room, s->f.m, "Jacobian", "writes fvec, though iflag is 2");
    return status;
}

static const char *fill(td_subject *s)
{
    s->f.value = value;
    s->f.jacobian = jacobian;
    s->f.column_major = true;
    return td_subject_room(s, s->f.m * s->f.n) ? NULL : "out of memory";
}

static const char *fill_square(td_subject *s)
{
    s->f.m = s->f.n;
    return fill(s);
}

enum { NEEDS = TD_NEEDS_N | TD_NEEDS_VALUE | TD_SIZES_FIT_INT | TD_ONLY_F64 };

const td_foreign_signature td_signature_minpack = {
    "minpack", "int fcn(void *user, int m, int n, x, fvec, fjac, ldfjac, iflag), by columns", NEEDS,
    (const td_part[]){{"", fill}, {0}}};
const td_foreign_signature td_signature_minpack_square = {
    "minpack-square", "int fcn(void *user, int n, x, fvec, fjac, ldfjac, iflag), by columns", NEEDS,
    (const td_part[]){{"", fill_square}, {0}}};
