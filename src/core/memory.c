/* memory.c: the allocator of options that name none.
 *
 * Large blocks are laid out for the system's huge pages and ask for them: the first touch of 4 KiB pages costs more than
 * a kernel that runs over them, and their addresses more look-ups.  It is a wish: where there are none, nothing is lost. */
#define _DEFAULT_SOURCE    /* madvise */
#include "core.h"

#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)    /* of x86-64, and of aarch64 with pages of 4 KiB */

static void *allocate_huge(size_t bytes)
{
    void *p;
    if (posix_memalign(&p, HUGE_PAGE, bytes)) return NULL;
#ifdef MADV_HUGEPAGE
    (void)madvise(p, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return p;
}

static void *allocate(void *user, size_t bytes)
{
    (void)user;
    return bytes >= 2 * HUGE_PAGE ? allocate_huge(bytes) : malloc(bytes ? bytes : 1);
}

static void release(void *user, void *memory, size_t bytes)
{
    (void)user, (void)bytes;
    free(memory);
}

const td_allocator td_default_allocator = { allocate, release, NULL };
