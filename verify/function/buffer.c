/* buffer.c: numbers between fences, or between pages that nobody may touch.
 *
 * In a guarded buffer the numbers end where the last page ends, or as little before as their alignment needs; what is left
 * at either end is fence.  Results begin as poison: a NaN with a mark of ours, or an odd number. */
#define _DEFAULT_SOURCE    /* MAP_ANONYMOUS */
#include "function/buffer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FENCE = 0xA5, FENCE_BYTES = 64 };

static const uint64_t marked_nan = UINT64_C(0x7ff8dead7ab1e5ed);
static const uint32_t marked_nan_f32 = UINT32_C(0x7fcdead5);
const double td_poison_number = 1048573.625;

size_t td_buffer_width(const td_buffer *b) { return b->f32 ? sizeof(float) : sizeof(double); }

static size_t page(void)
{
    long size = sysconf(_SC_PAGESIZE);
    return size > 0 ? (size_t)size : 4096;
}

static size_t bytes(const td_buffer *b) { return (size_t)b->n * td_buffer_width(b); }

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static unsigned char *map_guarded(size_t inner)
{
    size_t edge = page();
    unsigned char *at = mmap(NULL, inner + 2 * edge, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) return NULL;
    if (mprotect(at + edge, inner, PROT_READ | PROT_WRITE) == 0) return at;
    munmap(at, inner + 2 * edge);
    return NULL;
}

static bool make(td_buffer *b, size_t align)
{
    if (align < td_buffer_width(b)) align = td_buffer_width(b);
    size_t edge = page(), need = bytes(b) + FENCE_BYTES + align;
    if (!b->guarded) {
        b->room = bytes(b) + 2 * FENCE_BYTES + align;
        b->block = malloc(b->room);
        if (b->block) b->body = b->block + FENCE_BYTES + (align - ((uintptr_t)b->block + FENCE_BYTES) % align) % align;
        return b->block != NULL;
    }
    size_t inner = (need + edge - 1) / edge * edge;
    b->room = inner + 2 * edge;
    b->block = map_guarded(inner);
    if (b->block) b->body = b->block + edge + (inner - bytes(b)) / align * align;
    return b->block != NULL;
}

static void erase(td_buffer *b)
{
    if (b->guarded && b->block) munmap(b->block, b->room);
    else free(b->block);
    b->block = NULL;
}

static void forget(td_buffers *all, const td_buffer *b)
{
    td_buffer **at = &all->first;
    while (*at && *at != b) at = &(*at)->next;
    if (*at) *at = b->next;
}

void td_buffer_close(td_buffers *all, td_buffer *b)
{
    forget(all, b);
    erase(b);
}

static unsigned char *inner_begin(const td_buffer *b) { return b->block + (b->guarded ? page() : 0); }
static unsigned char *inner_end(const td_buffer *b) { return b->block + b->room - (b->guarded ? page() : 0); }

/* Only the fences next to the numbers are read again: the rest of a page may be large. */
static void lay_fences(td_buffer *b)
{
    unsigned char *body = b->body, *after = body + bytes(b);
    memset(body - FENCE_BYTES, FENCE, FENCE_BYTES);
    memset(after, FENCE, (size_t)(inner_end(b) - after));
}

bool td_buffer_open(td_buffers *all, td_buffer *b, const char *name, int64_t n, bool f32)
{
    bool fits = b->block && b->n == n && b->f32 == f32 && b->guarded == all->guarded;
    b->name = name;
    if (!fits) {
        td_buffer_close(all, b);
        *b = (td_buffer){.name = name, .n = n, .f32 = f32, .guarded = all->guarded, .next = all->first};
        if (!make(b, all->align)) return false;
        all->first = b;
    }
    lay_fences(b);
    return true;
}

bool td_buffer_fenced(const td_buffer *b)
{
    const unsigned char *body = b->body, *after = body + bytes(b), *end = inner_end(b), *begin = inner_begin(b);
    for (const unsigned char *p = body - FENCE_BYTES; p < body; p++) if (p >= begin && *p != FENCE) return false;
    for (const unsigned char *p = after; p < end; p++) if (*p != FENCE) return false;
    return true;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

void td_buffer_set(td_buffer *b, int64_t i, double v)
{
    if (b->f32) ((float *)b->body)[i] = (float)v;
    else ((double *)b->body)[i] = v;
}

double td_buffer_get(const td_buffer *b, int64_t i)
{
    return b->f32 ? (double)((const float *)b->body)[i] : ((const double *)b->body)[i];
}

void td_buffer_put(td_buffer *b, const double *values)
{
    if (!b->f32 && b->n) memcpy(b->body, values, bytes(b));
    else for (int64_t i = 0; i < b->n; i++) ((float *)b->body)[i] = (float)values[i];
}

void td_buffer_take(const td_buffer *b, double *values)
{
    if (!b->f32 && b->n) memcpy(values, b->body, bytes(b));
    else for (int64_t i = 0; i < b->n; i++) values[i] = ((const float *)b->body)[i];
}

/* Bits, for a NaN is not equal to itself; and in a loop for each width, since results may be large. */
void td_buffer_poison(td_buffer *b, td_poison p)
{
    bool number = p == TD_POISON_NUMBER;
    for (int64_t i = 0; i < b->n && number; i++) td_buffer_set(b, i, td_poison_number);
    if (number) return;
    uint32_t *narrow = b->body;
    uint64_t *wide = b->body;
    if (b->f32) for (int64_t i = 0; i < b->n; i++) memcpy(narrow + i, &marked_nan_f32, sizeof *narrow);
    else for (int64_t i = 0; i < b->n; i++) memcpy(wide + i, &marked_nan, sizeof *wide);
}

static bool is_marked(const td_buffer *b, int64_t i)
{
    uint32_t narrow;
    uint64_t wide;
    if (b->f32) return memcpy(&narrow, (const float *)b->body + i, sizeof narrow), narrow == marked_nan_f32;
    return memcpy(&wide, (const double *)b->body + i, sizeof wide), wide == marked_nan;
}

int64_t td_buffer_first_poisoned(const td_buffer *b)
{
    for (int64_t i = 0; i < b->n; i++) if (is_marked(b, i)) return i;
    return -1;
}

int64_t td_buffer_first_changed(const td_buffer *b, const double *values)
{
    for (int64_t i = 0; i < b->n; i++) {
        double v = b->f32 ? (double)(float)values[i] : values[i], now = td_buffer_get(b, i);
        if (v != now && !(isnan(v) && isnan(now))) return i;
    }
    return -1;
}
