/* arena.c: memory that is given back in the order of marks.
 *
 * Chunks are used from the first to the last; a mark is (chunk, bytes used).  Release goes back to a mark and keeps the
 * chunks, so a training step that is released allocates nothing the second time.  A large request gets a chunk of its own
 * size, for what is left over of a chunk is lost; chunks for small ones double, from anew after a large one. */
#include "core.h"

#include <assert.h>
#include <string.h>

#define FIRST_CHUNK ((size_t)16 << 10)
#define LAST_CHUNK  ((size_t)4 << 20)
#define LARGE       ((size_t)64 << 10)    /* gets a chunk of its own */

void *td_allocate(td_context *c, size_t bytes)
{
    if (c->options.memory && bytes > c->options.memory - c->arena.held) {
        td_fail(c, TD_ENOMEM, "out of memory: %zu bytes held, %zu more wanted, the limit is %zu",
                c->arena.held, bytes, c->options.memory);
        return NULL;
    }
    void *p = c->options.allocator.allocate(c->options.allocator.user, bytes);
    if (!p) {
        td_fail(c, TD_ENOMEM, "out of memory: %zu bytes held, %zu more wanted", c->arena.held, bytes);
        return NULL;
    }
    c->arena.held += bytes;
    if (c->stats.peak < c->arena.held) c->stats.peak = c->arena.held;
    return p;
}

void td_deallocate(td_context *c, void *memory, size_t bytes)
{
    if (!memory) return;
    c->options.allocator.release(c->options.allocator.user, memory, bytes);
    c->arena.held -= bytes;
}

void *td_grown(td_context *c, void *table, size_t count, size_t *capacity, size_t item)
{
    if (count < *capacity) return table;
    size_t room = *capacity ? 2 * *capacity : 16;
    void  *larger = td_allocate(c, room * item);
    if (!larger) return NULL;
    if (count) memcpy(larger, table, count * item);
    td_deallocate(c, table, *capacity * item);
    *capacity = room;
    return larger;
}

static void go_to(td_arena_state *a, size_t chunk, size_t used)
{
    a->now = chunk;
    a->next = a->chunk[chunk].memory + used;
    a->end = a->chunk[chunk].memory + a->chunk[chunk].size;
}

/* A chunk of at least `bytes` after the current one.  A kept chunk that is too small is passed over for good measure:
 * it is freed and its place taken, so that sizes settle after the first step of a loop. */
static bool next_chunk(td_context *c, size_t bytes)
{
    td_arena_state *a = &c->arena;
    size_t          place = a->count ? a->now + 1 : 0;
    if (place < a->count && a->chunk[place].size >= bytes) {
        go_to(a, place, 0);
        return true;
    }
    size_t size = a->count ? 2 * a->chunk[a->now].size : FIRST_CHUNK;
    if (size % FIRST_CHUNK) size = FIRST_CHUNK;
    if (size > LAST_CHUNK) size = LAST_CHUNK;
    if (size < bytes || bytes > LARGE) size = bytes;
    td_slab *table = td_grown(c, a->chunk, a->count, &a->capacity, sizeof *table);
    if (!table) return false;
    a->chunk = table;
    char *memory = td_allocate(c, size);
    if (!memory) return false;
    if (place < a->count) td_deallocate(c, a->chunk[place].memory, a->chunk[place].size);
    else a->count++;
    a->chunk[place] = (td_slab){ memory, size };
    go_to(a, place, 0);
    return true;
}

void *td_arena_more(td_context *c, size_t bytes, size_t alignment)
{
    if (bytes > SIZE_MAX / 2) {
        td_fail(c, TD_ENOMEM, "out of memory: %zu bytes wanted", bytes);
        return NULL;
    }
    return next_chunk(c, bytes + alignment) ? td_arena_aligned(c, bytes, alignment) : NULL;
}

td_arena_mark td_arena_here(const td_context *c)
{
    const td_arena_state *a = &c->arena;
    return (td_arena_mark){ a->now, a->count ? (size_t)(a->next - a->chunk[a->now].memory) : 0 };
}

void td_arena_reach_later(td_context *c, char *end)
{
    td_arena_state *a = &c->arena;
    size_t          chunk = a->now + 1;
    while (chunk < a->count && (end < a->chunk[chunk].memory || end > a->chunk[chunk].memory + a->chunk[chunk].size)) chunk++;
    assert(chunk < a->count);
    go_to(a, chunk, (size_t)(end - a->chunk[chunk].memory));
}

void td_arena_back(td_context *c, td_arena_mark mark)
{
    if (c->arena.count) go_to(&c->arena, mark.chunk, mark.used);
}

void *td_arena(td_context *c, size_t bytes)
{
    void *p = td_arena_raw(c, bytes);
    return p ? memset(p, 0, bytes) : NULL;
}
