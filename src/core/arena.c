/* arena.c: memory that is given back in the order of marks.
 *
 * Chunks are used from the first to the last; a mark is (chunk, bytes used).  Release goes back to a mark and keeps the
 * chunks, so a training step that is released allocates nothing the second time.  A request larger than a chunk gets a
 * chunk of its own size. */
#include "core.h"

#include <string.h>

#define FIRST_CHUNK ((size_t)16 << 10)
#define LAST_CHUNK  ((size_t)4 << 20)
#define LINE        64

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

/* A chunk of at least `bytes` after the current one.  A kept chunk that is too small is passed over for good measure:
 * it is freed and its place taken, so that sizes settle after the first step of a loop. */
static bool next_chunk(td_context *c, size_t bytes)
{
    td_arena_state *a = &c->arena;
    size_t          place = a->count ? a->now + 1 : 0;
    if (place < a->count && a->chunk[place].size >= bytes) {
        a->now = place;
        a->used = 0;
        return true;
    }
    size_t size = a->count ? 2 * a->chunk[a->now].size : FIRST_CHUNK;
    if (size > LAST_CHUNK) size = LAST_CHUNK;
    if (size < bytes) size = bytes;
    td_slab *table = td_grown(c, a->chunk, a->count, &a->capacity, sizeof *table);
    if (!table) return false;
    a->chunk = table;
    char *memory = td_allocate(c, size);
    if (!memory) return false;
    if (place < a->count) td_deallocate(c, a->chunk[place].memory, a->chunk[place].size);
    else a->count++;
    a->chunk[place] = (td_slab){ memory, size };
    a->now = place;
    a->used = 0;
    return true;
}

static size_t padding(const td_arena_state *a, size_t alignment)
{
    uintptr_t at = (uintptr_t)a->chunk[a->now].memory + a->used;
    return (size_t)(-at & (alignment - 1));
}

void *td_arena_raw(td_context *c, size_t bytes)
{
    td_arena_state *a = &c->arena;
    size_t          alignment = bytes >= LINE ? LINE : 16;
    if (bytes > SIZE_MAX / 2) {
        td_fail(c, TD_ENOMEM, "out of memory: %zu bytes wanted", bytes);
        return NULL;
    }
    size_t pad = a->count ? padding(a, alignment) : 0;
    if (!a->count || bytes > a->chunk[a->now].size || a->used + pad > a->chunk[a->now].size - bytes) {
        if (!next_chunk(c, bytes + LINE)) return NULL;
        pad = padding(a, alignment);
    }
    void *p = a->chunk[a->now].memory + a->used + pad;
    a->used += pad + bytes;
    return p;
}

void *td_arena(td_context *c, size_t bytes)
{
    void *p = td_arena_raw(c, bytes);
    return p ? memset(p, 0, bytes) : NULL;
}
