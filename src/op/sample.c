/* sample.c: random applications.  A sample is a function of its state alone, so a case can be named by a number.
 *
 * Numbers are SplitMix64's (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014, figure 19). */
#include "op.h"

#include <math.h>

static uint64_t next(td_sample *s)
{
    uint64_t z = s->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

int64_t td_sample_below(td_sample *s, int64_t n) { return n > 0 ? (int64_t)(next(s) % (uint64_t)n) : 0; }

double td_sample_real(td_sample *s, double low, double high)
{
    return low + (high - low) * ((double)(next(s) >> 11) * 0x1p-53);
}

double td_sample_choice(td_sample *s, int n, const double *values) { return values[td_sample_below(s, n)]; }

/* Sizes that meet the edges: none, one, less than a vector, a vector and one to either side, two tiles and one; now
 * and then two axes of one size, or all of them small, so that several are more than one.  The product, sizes of 0
 * counted as 1, stays below 64: a check asks every coordinate. */
void td_sample_few(td_sample *s, int operand, int min_rank, int max_rank, int64_t room)
{
    static const int64_t sizes[] = { 0, 1, 2, 3, 5, 7, 8, 9, 17, 33 };
    td_sample_in        *in = &s->in[operand];
    in->rank = min_rank + (int)td_sample_below(s, max_rank - min_rank + 1);
    bool small = td_sample_below(s, 3) == 0;
    for (int i = 0; i < in->rank; i++) {
        int64_t most = small ? 4 : (int64_t)(sizeof sizes / sizeof *sizes);
        while (sizes[most - 1] > room) most--;
        bool    empty = td_sample_below(s, 16) == 0;
        int64_t size = sizes[empty ? 0 : 1 + td_sample_below(s, most - 1)];
        bool    square = i > 0 && td_sample_below(s, 4) == 0 && in->size[i - 1] <= room;
        if (square) size = in->size[i - 1];
        in->size[i] = size;
        room /= size > 0 ? size : 1;
    }
}

double td_sample_added(const td_sample_in *in, int64_t i)
{
    if (in->diagonal == 0 || in->rank < 2) return 0;
    int64_t n = in->size[in->rank - 1], m = in->size[in->rank - 2], row = i / n % m, column = i % n;
    return row < n && column == (row + in->shift) % n ? in->diagonal + (double)row * in->step : 0;
}

void td_sample_shape(td_sample *s, int operand, int min_rank, int max_rank)
{
    td_sample_few(s, operand, min_rank, max_rank, 63);
}

void td_sample_floats(td_sample *s, int operand, double low, double high)
{
    s->in[operand].what = TD_SAMPLE_FLOAT;
    s->in[operand].low = low;
    s->in[operand].high = high;
}

void td_sample_also(td_sample *s, int operand, int n, const double *values)
{
    s->in[operand].n_also = n;
    s->in[operand].also = values;
}

void td_sample_endless(td_sample *s, int operand)
{
    static const double values[] = { NAN, (double)INFINITY, -(double)INFINITY };
    td_sample_also(s, operand, 3, values);
}

void td_sample_broadcast(td_sample *s, int operand)
{
    const td_sample_in *whole = &s->in[0];
    td_sample_in       *in = &s->in[operand];
    int                 dropped = td_sample_below(s, 3) ? 0 : (int)td_sample_below(s, whole->rank + 1);
    in->rank = whole->rank - dropped;
    for (int i = 0; i < in->rank; i++) {
        int64_t size = whole->size[i + dropped];
        in->size[i] = td_sample_below(s, 4) ? size : 1;
    }
}
