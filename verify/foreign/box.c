/* box.c: a nameless file, and its first page in memory. */
#include "foreign/box.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0x74646278u
enum { PAGE = 4096 };
#define TD_MOST_SAID (INT64_C(1) << 33)

static bool map(td_box *b)
{
    void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, b->file, 0);
    b->page = at == MAP_FAILED ? NULL : at;
    return b->page != NULL;
}

/* Of tmpfile, which takes the name away at once, only the descriptor is kept. */
bool td_box_new(td_box *b)
{
    FILE *file = tmpfile();
    *b = (td_box){file ? dup(fileno(file)) : -1, NULL};
    if (file) fclose(file);
    if (b->file < 0 || ftruncate(b->file, PAGE) || !map(b)) {
        int kept = errno;
        td_box_close(b);
        errno = kept;
        return false;
    }
    b->page->magic = MAGIC;
    b->page->version = TD_BOX_VERSION;
    b->page->size = sizeof *b->page;
    return true;
}

bool td_box_join(td_box *b, int file)
{
    struct stat s;
    *b = (td_box){file, NULL};
    if (fstat(file, &s) || s.st_size < PAGE || !map(b)) return false;
    const td_box_page *p = b->page;
    return p->magic == MAGIC && p->version == TD_BOX_VERSION && p->size == sizeof *p;
}

void td_box_close(td_box *b)
{
    if (b->page) munmap(b->page, PAGE);
    if (b->file >= 0) close(b->file);
    *b = (td_box){-1, NULL};
}

bool td_box_put(td_box *b, const void *bytes, size_t n)
{
    const char *from = bytes;
    while (n) {
        ssize_t k = pwrite(b->file, from, n, (off_t)(PAGE + b->page->payload));
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return false;
        from += k, n -= (size_t)k;
        b->page->payload += k;
    }
    return true;
}

void *td_box_take(const td_box *b, size_t *n)
{
    struct stat s;
    int64_t all = b->page->payload;
    if (all <= 0 || all > TD_MOST_SAID || fstat(b->file, &s) || s.st_size < PAGE + all) return NULL;
    char *bytes = malloc((size_t)all);
    int64_t at = 0;
    while (bytes && at < all) {
        ssize_t k = pread(b->file, bytes + at, (size_t)(all - at), (off_t)(PAGE + at));
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) break;
        at += k;
    }
    *n = (size_t)all;
    if (at == all) return bytes;
    free(bytes);
    return NULL;
}
