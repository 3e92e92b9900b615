/* npy.c: reading NumPy's .npy files (numpy/lib/format.py): magic, version, a Python dict literal that describes the
 * array, the numbers.
 *
 * A file is not believed: the header is at most HEADER_MOST bytes and goes through a parser of its own, and the bytes it
 * declares must be those the file has before memory is asked for them.  Writing is npy_save.c. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/core.h"
#include "npy.h"

enum { HEADER_MOST = 64 << 10, CHUNK = 4096 };

/* ---- the numbers of a file ---------------------------------------------------------------------------------------- */

/* One number, its bytes gathered into an integer, to place i. */
static void put_f4(void *to, int64_t i, uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    memcpy((float *)to + i, &low, sizeof low);
}
static void put_8(void *to, int64_t i, uint64_t bits) { ((uint64_t *)to)[i] = bits; }
static void put_i4(void *to, int64_t i, uint64_t bits) { ((int64_t *)to)[i] = (int64_t)(bits ^ 0x80000000u) - 0x80000000; }
static void put_b1(void *to, int64_t i, uint64_t bits) { ((uint8_t *)to)[i] = bits != 0; }

/* What we read; u1 is read as i64. */
static const struct kind {
    char     code[3];
    int      bytes;
    td_dtype dtype;
    void   (*put)(void *to, int64_t i, uint64_t bits);
} kinds[] = {
    { "f4", 4, TD_F32, put_f4 }, { "f8", 8, TD_F64, put_8 },  { "i4", 4, TD_I64, put_i4 },
    { "i8", 8, TD_I64, put_8 },  { "u1", 1, TD_I64, put_8 },  { "b1", 1, TD_BOOL, put_b1 },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

typedef struct array {
    const struct kind *kind;
    bool     big_endian, fortran;
    int      rank;
    int64_t  size[TD_MAX_RANK], numel;
    unsigned seen;             /* bit k: the dict had key k */
} array;

static uint64_t gathered(const unsigned char *at, int bytes, bool big_endian)
{
    uint64_t bits = 0;
    for (int i = 0; i < bytes; i++) bits = bits << 8 | at[big_endian ? i : bytes - 1 - i];
    return bits;
}

/* ---- the header: a Python dict of three keys ---------------------------------------------------------------------- */

typedef struct parser {
    const char *at, *end;
    char        why[96];      /* "" while all is well */
} parser;

static bool refuse(parser *p, const char *why)
{
    if (!p->why[0]) snprintf(p->why, sizeof p->why, "%s", why);
    return false;
}

static void skip_spaces(parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t')) p->at++;
}

static bool accept(parser *p, char c)
{
    skip_spaces(p);
    if (p->at == p->end || *p->at != c) return false;
    p->at++;
    return true;
}

static bool expect(parser *p, char c)
{
    char why[] = "'?' is missing";
    why[1] = c;
    return accept(p, c) || refuse(p, why);
}

/* A string without escapes into text. */
static bool parse_string(parser *p, char *text, size_t size)
{
    size_t n = 0;
    char   quote = '\'';
    if (!accept(p, quote) && !accept(p, quote = '"')) return refuse(p, "a string is missing");
    for (; p->at < p->end && *p->at != quote; p->at++) {
        if (*p->at == '\\' || *p->at < ' ' || *p->at > '~' || n + 1 == size) return refuse(p, "a string is strange");
        text[n++] = *p->at;
    }
    text[n] = 0;
    return expect(p, quote);
}

static bool parse_descr(parser *p, array *a)
{
    char text[24];
    skip_spaces(p);
    if (p->at < p->end && *p->at == '[') return refuse(p, "structured dtypes are not read");
    if (!parse_string(p, text, sizeof text)) return false;
    for (int k = 0; k < KINDS; k++) {
        const char *orders = kinds[k].bytes == 1 ? "|" : "<>";
        if (!text[0] || !strchr(orders, text[0]) || strcmp(text + 1, kinds[k].code)) continue;
        a->kind = &kinds[k];
        a->big_endian = text[0] == '>';
        return true;
    }
    snprintf(p->why, sizeof p->why, "dtype '%s' is not read", text);
    return false;
}

static bool parse_bool(parser *p, array *a)
{
    skip_spaces(p);
    size_t left = (size_t)(p->end - p->at);
    a->fortran = left >= 4 && memcmp(p->at, "True", 4) == 0;
    if (!a->fortran && (left < 5 || memcmp(p->at, "False", 5) != 0))
        return refuse(p, "'fortran_order' is neither True nor False");
    p->at += a->fortran ? 4 : 5;
    return true;
}

static bool parse_size(parser *p, int64_t *n)
{
    const char *start = p->at;
    for (*n = 0; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++)
        if (__builtin_mul_overflow(*n, 10, n) || __builtin_add_overflow(*n, *p->at - '0', n))
            return refuse(p, "a size does not fit in 64 bits");
    return p->at > start || refuse(p, "a size is no whole number");
}

/* (), (3,), (2, 3) or (2, 3,) */
static bool parse_shape(parser *p, array *a)
{
    bool comma = true;
    if (!expect(p, '(')) return false;
    for (a->rank = 0; !accept(p, ')'); a->rank++) {
        skip_spaces(p);
        if (!comma) return refuse(p, "',' is missing");
        if (a->rank == TD_MAX_RANK) return refuse(p, "more axes than triad has");
        if (!parse_size(p, &a->size[a->rank])) return false;
        comma = accept(p, ',');
    }
    return a->rank != 1 || comma || refuse(p, "'shape' is no tuple");
}

static bool parse_item(parser *p, array *a)
{
    static const struct { const char *key; bool (*parse)(parser *, array *); } item[] = {
        { "descr", parse_descr }, { "fortran_order", parse_bool }, { "shape", parse_shape },
    };
    char key[24];
    if (!parse_string(p, key, sizeof key) || !expect(p, ':')) return false;
    for (unsigned k = 0; k < 3; k++) {
        if (strcmp(key, item[k].key)) continue;
        if (a->seen & 1u << k) return refuse(p, "a key stands twice");
        a->seen |= 1u << k;
        return item[k].parse(p, a);
    }
    return refuse(p, "a key is unknown");
}

static bool parse_header(parser *p, array *a)
{
    bool comma = true;
    if (!expect(p, '{')) return false;
    while (!accept(p, '}')) {
        if (!comma) return refuse(p, "',' is missing");
        if (!parse_item(p, a)) return false;
        comma = accept(p, ',');
    }
    skip_spaces(p);
    if (p->at < p->end) return refuse(p, "something follows the dict");
    return a->seen == 7 || refuse(p, "a key is missing");
}

/* Number of elements; false if their bytes can't be counted. */
static bool count_elements(array *a)
{
    int64_t n = 1, bytes;
    bool    empty = false;
    for (int k = 0; k < a->rank; k++) {
        if (a->size[k] == 0) empty = true;
        else if (__builtin_mul_overflow(n, a->size[k], &n)) return false;
    }
    a->numel = empty ? 0 : n;
    return !__builtin_mul_overflow(n, (int64_t)sizeof(double), &bytes);
}

/* ---- loading ------------------------------------------------------------------------------------------------------ */

typedef struct source {
    td_context          *context;
    const char          *path;
    int                  file;
    const unsigned char *bytes;    /* all of it, if it is in memory; else NULL */
    int64_t              length, at;
} source;

static td_status bad_file(const source *s, const char *what)
{
    return td_fail(s->context, TD_EIO, "%s: %s", s->path, what);
}

static td_status open_source(source *s)
{
    struct stat info;
    s->file = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);    /* a pipe must not keep us waiting: it is refused */
    if (s->file < 0 || fstat(s->file, &info)) return bad_file(s, strerror(errno));
    if (!S_ISREG(info.st_mode)) return bad_file(s, "not a regular file");
    s->length = info.st_size;
    return TD_OK;
}

static td_status read_bytes(source *s, void *to, int64_t n)
{
    if (n > s->length - s->at)
        return td_fail(s->context, TD_EIO, "%s: ends after %lld bytes, %lld are needed", s->path, (long long)s->length,
                       (long long)(s->at + n));
    if (s->bytes && n) memcpy(to, s->bytes + s->at, (size_t)n);
    for (int64_t done = s->bytes ? n : 0; done < n;) {
        ssize_t got = read(s->file, (char *)to + done, (size_t)(n - done < 1 << 30 ? n - done : 1 << 30));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return bad_file(s, got < 0 ? strerror(errno) : "became shorter while it was read");
        done += got;
    }
    s->at += n;
    return TD_OK;
}

/* How long the header is; it follows. */
static td_status read_prefix(source *s, int64_t *length)
{
    unsigned char b[12];
    if (read_bytes(s, b, 10)) return TD_EIO;
    if (memcmp(b, "\x93NUMPY", 6)) return bad_file(s, "no .npy file: it does not begin with \\x93NUMPY");
    if (b[6] < 1 || b[6] > 3 || b[7] != 0)
        return td_fail(s->context, TD_EIO, "%s: version %d.%d; 1.0, 2.0 and 3.0 are read", s->path, b[6], b[7]);
    if (b[6] > 1 && read_bytes(s, b + 10, 2)) return TD_EIO;
    *length = (int64_t)gathered(b + 8, b[6] > 1 ? 4 : 2, false);
    if (*length <= HEADER_MOST) return TD_OK;
    return td_fail(s->context, TD_EIO, "%s: a header of %lld bytes, at most %d are read", s->path, (long long)*length,
                   HEADER_MOST);
}

static td_status read_header(source *s, array *a)
{
    int64_t length = 0;
    if (read_prefix(s, &length)) return TD_EIO;
    char *text = td_allocate(s->context, (size_t)length + 1);
    if (!text) return TD_ENOMEM;
    parser p = { .at = text, .end = text + length };
    if (!read_bytes(s, text, length) && !parse_header(&p, a))
        td_fail(s->context, TD_EIO, "%s: header, byte %lld: %s", s->path, (long long)(p.at - text), p.why);
    td_deallocate(s->context, text, (size_t)length + 1);
    if (td_error(s->context)) return td_error(s->context);
    if (!count_elements(a)) return bad_file(s, "more elements than 64 bits can count");
    if (a->numel * a->kind->bytes == s->length - s->at) return TD_OK;
    return td_fail(s->context, TD_EIO, "%s: the header declares %lld elements of %d bytes, %lld bytes follow it", s->path,
                   (long long)a->numel, a->kind->bytes, (long long)(s->length - s->at));
}

/* The numbers in the order of the file. */
static td_status read_values(source *s, const array *a, void *values)
{
    unsigned char raw[CHUNK * 8];
    for (int64_t i = 0; i < a->numel; i += CHUNK) {
        int64_t n = a->numel - i < CHUNK ? a->numel - i : CHUNK;
        if (read_bytes(s, raw, n * a->kind->bytes)) return TD_EIO;
        for (int64_t k = 0; k < n; k++)
            a->kind->put(values, i + k, gathered(raw + k * a->kind->bytes, a->kind->bytes, a->big_endian));
    }
    return TD_OK;
}

/* Column-major is row-major with the axes reversed. */
static void turn(const array *a, void *values, void *turned)
{
    td_shape shape = { .rank = a->rank, .numel = a->numel };
    int64_t  step = 1;
    for (int k = 0; k < a->rank; k++) {
        shape.size[k] = a->size[k];
        shape.stride[k] = step;
        step *= a->size[k];
    }
    td_pack(&(td_window){ values, &shape, a->kind->dtype }, turned);
}

static td_tensor *load(source *s)
{
    array a = { 0 };
    if (read_header(s, &a)) return NULL;
    size_t     bytes = (size_t)a.numel * td_dtype_size(a.kind->dtype) + 1;
    td_tensor *x = NULL;
    void      *values = td_allocate(s->context, bytes), *turned = NULL;
    if (!values || read_values(s, &a, values)) goto done;
    if (a.fortran) {
        turned = td_allocate(s->context, bytes);
        if (!turned) goto done;
        turn(&a, values, turned);
    }
    x = td_array(s->context, a.kind->dtype, a.rank, a.size, turned ? turned : values);
done:
    td_deallocate(s->context, turned, bytes);
    td_deallocate(s->context, values, bytes);
    return x;
}

td_tensor *td_load_npy(td_context *c, const char *path)
{
    if (!c || td_error(c)) return c ? c->bad : NULL;
    source     s = { .context = c, .path = path, .file = -1 };
    td_tensor *x = open_source(&s) ? NULL : load(&s);
    if (s.file >= 0) close(s.file);
    return x ? x : td_bad(c);
}

td_tensor *td_parse_npy(td_context *c, const char *name, const void *bytes, int64_t length)
{
    source     s = { .context = c, .path = name, .file = -1, .bytes = bytes, .length = length };
    td_tensor *x = load(&s);
    return x ? x : td_bad(c);
}
