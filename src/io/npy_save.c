/* npy_save.c: writing a .npy file, whole or not at all.
 *
 * The bytes go to another name in the target's folder, to the disk, and then to the target's name: at any time that is the
 * old file or the new one.  What is no regular file (a pipe, a device) is written to as it stands. */
#define _XOPEN_SOURCE 700    /* realpath */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/core.h"

enum { HEADER = 384, ALIGN = 64, TAIL = 48, TRIES = 100 };

typedef struct content {
    char        header[HEADER];
    size_t      header_bytes;
    const void *values;         /* borrowed */
    size_t      value_bytes;
} content;

static bool is_big_endian(void)
{
    const uint16_t one = 1;
    unsigned char  first;
    memcpy(&first, &one, 1);
    return first == 0;
}

static void add(content *f, const char *text)
{
    size_t n = strlen(text);
    memcpy(f->header + f->header_bytes, text, n);
    f->header_bytes += n;
}

/* Version 1.0: magic, length, dict, spaces and a newline up to a multiple of ALIGN.  The longest is 8 sizes of 19 digits. */
static void make_header(content *f, const td_tensor *x)
{
    static const char *const code[] = { [TD_BOOL] = "b1", [TD_I64] = "i8", [TD_F32] = "f4", [TD_F64] = "f8" };
    const td_shape          *s = x->shape;
    char                     size[24];
    memcpy(f->header, "\x93NUMPY\x01\x00\x00\x00", 10);
    f->header_bytes = 10;
    add(f, "{'descr': '");
    add(f, x->dtype == TD_BOOL ? "|" : is_big_endian() ? ">" : "<");
    add(f, code[x->dtype]);
    add(f, "', 'fortran_order': False, 'shape': (");
    for (int k = 0; k < s->rank; k++) {
        snprintf(size, sizeof size, k ? " %lld" : "%lld", (long long)s->size[k]);
        add(f, size);
        if (k == 0 || k + 1 < s->rank) add(f, ",");
    }
    add(f, "), }");
    while ((f->header_bytes + 1) % ALIGN) add(f, " ");
    add(f, "\n");
    f->header[8] = (char)((f->header_bytes - 10) & 255);
    f->header[9] = (char)((f->header_bytes - 10) >> 8);
}

/* false: errno tells why. */
static bool write_bytes(int file, const void *from, size_t n)
{
    for (size_t done = 0; done < n;) {
        size_t  want = n - done < 1 << 30 ? n - done : 1 << 30;
        ssize_t put = write(file, (const char *)from + done, want);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        done += (size_t)put;
    }
    return true;
}

static bool write_content(int file, const content *f)
{
    return write_bytes(file, f->header, f->header_bytes) && write_bytes(file, f->values, f->value_bytes);
}

static bool write_into(const char *path, const content *f)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return false;
    bool good = write_content(file, f);
    return close(file) == 0 && good;
}

/* A new file beside path, its name in `name`; -1 on failure. */
static int open_beside(const char *path, char *name, size_t size, mode_t mode)
{
    int file = -1;
    for (int k = 0; k < TRIES && file < 0; k++) {
        snprintf(name, size, "%s.%ld-%d.tmp", path, (long)getpid(), k);
        file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (file < 0 && errno != EEXIST) break;
    }
    return file;
}

static bool replace(const char *path, char *name, size_t size, mode_t mode, const content *f)
{
    int file = open_beside(path, name, size, mode);
    if (file < 0) return false;
    bool good = write_content(file, f) && fsync(file) == 0;
    int  why = errno;
    if (close(file) && good) good = false, why = errno;
    if (good && rename(name, path) == 0) return true;
    if (good) why = errno;
    unlink(name);
    errno = why;
    return false;
}

/* Through symbolic links to the file they lead to. */
static td_status save(td_context *c, const char *path, const content *f)
{
    struct stat old;
    bool        there = stat(path, &old) == 0, good;
    char       *real = there ? realpath(path, NULL) : NULL;
    const char *target = real ? real : path;
    size_t      size = strlen(target) + TAIL;
    char       *name = td_allocate(c, size);
    if (!name) {
        free(real);
        return TD_ENOMEM;
    }
    if (there && !S_ISREG(old.st_mode)) good = write_into(path, f);
    else good = replace(target, name, size, there ? old.st_mode & 0777 : 0666, f);
    if (!good) td_fail(c, TD_EIO, "%s: can't be written: %s", path, strerror(errno));
    td_deallocate(c, name, size);
    free(real);
    return td_error(c);
}

td_status td_save_npy(td_tensor *x, const char *path)
{
    content f = { .values = td_data(x) };
    if (!f.values) return x ? td_error(x->context) : TD_ENOMEM;
    make_header(&f, x);
    f.value_bytes = (size_t)x->shape->numel * td_dtype_size(td_dtype_of(x));
    return save(x->context, path, &f);
}
