/* test_io.c: .npy files, good and bad, and what is printed. */
#include <sys/stat.h>
#include <unistd.h>

#include "testing.h"

/* ---- files made by hand ------------------------------------------------------------------------------------------- */

typedef struct bytes {
    unsigned char at[4096];
    size_t        n;
} bytes;

static char folder[64], path[128];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/triad-io.XXXXXX");
    CHECK(mkdtemp(folder) != NULL, "no folder in /tmp");
    snprintf(path, sizeof path, "%s/x.npy", folder);
}

static void remove_folder(void)
{
    unlink(path);
    CHECK(rmdir(folder) == 0, "something is left in %s", folder);
}

static void write_file(const bytes *b)
{
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(b->at, 1, b->n, file) == b->n, "can't write %s", path);
    if (file) fclose(file);
}

static void append(bytes *b, const void *what, size_t n)
{
    memcpy(b->at + b->n, what, n);
    b->n += n;
}

/* Magic, version, length and a header padded to 64 bytes, as in NumPy's format.py. */
static bytes npy_header(int version, const char *text)
{
    bytes    b = {.n = 0};
    size_t   prefix = version == 1 ? 10 : 12, length = (prefix + strlen(text) + 1 + 63) / 64 * 64 - prefix;
    uint8_t  size[4] = {(uint8_t)length, (uint8_t)(length >> 8), 0, 0}, v[2] = {(uint8_t)version, 0};
    append(&b, "\x93NUMPY", 6);
    append(&b, v, 2);
    append(&b, size, version == 1 ? 2 : 4);
    append(&b, text, strlen(text));
    while (b.n < prefix + length - 1) append(&b, " ", 1);
    append(&b, "\n", 1);
    return b;
}

static bytes npy_described(int version, const char *descr, bool fortran, const char *shape)
{
    char text[256];
    snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", descr, fortran ? "True" : "False",
             shape);
    return npy_header(version, text);
}

/* Numbers of this kind in this byte order. */
static void append_number(bytes *b, const char *descr, double v)
{
    unsigned char raw[8] = {0}, turned[8];
    float         f = (float)v;
    int32_t       i4 = (int32_t)v;
    int64_t       i8 = (int64_t)v;
    size_t        n = (size_t)(descr[2] - '0');
    if (descr[1] == 'f') memcpy(raw, n == 4 ? (void *)&f : (void *)&v, n);
    else if (descr[1] == 'i') memcpy(raw, n == 4 ? (void *)&i4 : (void *)&i8, n);
    else raw[0] = v != 0;
    for (size_t i = 0; i < n; i++) turned[i] = raw[descr[0] == '>' ? n - 1 - i : i];
    append(b, turned, n);
}

/* ---- reading ------------------------------------------------------------------------------------------------------ */

TEST(io, npy_of_every_dtype_order_and_version)
{
    const struct { const char *descr; td_dtype dtype; double value[6]; } kind[] = {
        {"<f8", TD_F64, {0.1, -2, 3e300, 4, 5, 6}}, {">f8", TD_F64, {0.1, -2, 3e300, 4, 5, 6}},
        {"<f4", TD_F32, {0.5, -2, 3e30f, 4, 5, 6}}, {">f4", TD_F32, {0.5, -2, 3e30f, 4, 5, 6}},
        {"<i8", TD_I64, {1, -2, 1e15, 4, 5, 6}},    {">i8", TD_I64, {1, -2, 1e15, 4, 5, 6}},
        {"<i4", TD_I64, {1, -2, 2e9, 4, 5, 6}},     {">i4", TD_I64, {1, -2, 2e9, 4, 5, 6}},
        {"|b1", TD_BOOL, {1, 0, 0, 1, 1, 0}},
    };
    td_context *c = td_open(NULL);
    make_folder();
    for (size_t k = 0; k < sizeof kind / sizeof *kind; k++)
        for (int version = 1; version <= 3; version++)
            for (int fortran = 0; fortran <= 1; fortran++) {
                const double *v = kind[k].value, turned[6] = {v[0], v[2], v[4], v[1], v[3], v[5]};
                bytes         b = npy_described(version, kind[k].descr, fortran, "(2, 3)");
                for (int i = 0; i < 6; i++) append_number(&b, kind[k].descr, v[i]);
                write_file(&b);
                td_tensor *x = td_load_npy(c, path);
                CHECK(td_dtype_of(x) == kind[k].dtype, "%s is %s", kind[k].descr, td_dtype_name(td_dtype_of(x)));
                CHECK_SHAPE(kind[k].descr, x, 2, 3);
                check_values(kind[k].descr, x, 6, fortran ? turned : v);
            }
    remove_folder();
    close_clean(c);
}

TEST(io, npy_of_every_shape)
{
    const struct { const char *text; int rank; int64_t size[8], numel; } shape[] = {
        {"()", 0, {0}, 1}, {"(3,)", 1, {3}, 3}, {"(0, 3)", 2, {0, 3}, 0}, {"(3, 0)", 2, {3, 0}, 0},
        {"(1, 1, 1, 1, 1, 1, 1, 2)", 8, {1, 1, 1, 1, 1, 1, 1, 2}, 2},
    };
    td_context *c = td_open(NULL);
    make_folder();
    for (size_t k = 0; k < sizeof shape / sizeof *shape; k++)
        for (int fortran = 0; fortran <= 1; fortran++) {
            bytes b = npy_described(1, "<f8", fortran, shape[k].text);
            for (int64_t i = 0; i < shape[k].numel; i++) append_number(&b, "<f8", (double)i);
            write_file(&b);
            td_tensor *x = td_load_npy(c, path);
            check_shape(shape[k].text, x, shape[k].rank, shape[k].size);
            check_values(shape[k].text, x, shape[k].numel, VALUES(0, 1, 2));
        }
    remove_folder();
    close_clean(c);
}

TEST(io, npy_written_is_npy_read)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_reshape(td_arange(c, TD_F64, -3, 3, 1), 2, SIZES(2, 3));
    make_folder();
    for (int d = TD_BOOL; d <= TD_F64; d++) {
        td_tensor *made = td_transpose(td_to(x, (td_dtype)d), 0, 1);
        CHECK(td_save_npy(made, path) == TD_OK, "%s", td_message(c));
        td_tensor *read = td_load_npy(c, path);
        CHECK(td_dtype_of(read) == (td_dtype)d && td_item(td_sum(td_ne(read, made))) == 0, "%s", td_dtype_name((td_dtype)d));
        CHECK_SHAPE("transposed", read, 3, 2);
    }
    CHECK(td_save_npy(td_scalar(c, NAN), path) == TD_OK && isnan(td_item(td_load_npy(c, path))), "a 0-d NaN: %s",
          td_message(c));
    CHECK(td_save_npy(td_zeros(c, TD_F32, 2, SIZES(0, 3)), path) == TD_OK, "%s", td_message(c));
    CHECK_SHAPE("empty", td_load_npy(c, path), 0, 3);

    unsigned char head[10];
    FILE         *file = fopen(path, "rb");
    size_t        n = fread(head, 1, sizeof head, file);
    fclose(file);
    CHECK(n == 10 && !memcmp(head, "\x93NUMPY\x01", 7) && (10 + head[8] + 256 * head[9]) % 64 == 0,
          "the header is not NumPy's");
    remove_folder();
    close_clean(c);
}

/* ---- refusing ----------------------------------------------------------------------------------------------------- */

/* An error with a message, or a tensor: nothing else, and no memory to speak of. */
static void try_file(const char *what, const bytes *b, bool must_fail)
{
    counter     k = {0};
    td_context *c = open_counted(&k, NULL);
    write_file(b);
    td_tensor *x = td_load_npy(c, path);
    if (td_error(c)) CHECK(strstr(td_message(c), "x.npy") != NULL, "%s: \"%s\" does not name the file", what, td_message(c));
    else td_data(x);
    CHECK(!must_fail || td_error(c) == TD_EIO || td_error(c) == TD_ESHAPE, "%s: status %d \"%s\"", what, (int)td_error(c),
          td_message(c));
    td_close(c);
    CHECK(k.live == 0 && k.most < 1 << 20, "%s: %zu bytes at most, %zu left", what, k.most, k.live);
}

TEST(io, npy_that_is_none_is_refused)
{
    const char *described[][2] = {
        {"<c16", "(1,)"},
        {"|O", "(1,)"},
        {"<f2", "(1,)"},
        {"<u8", "(1,)"},
        {"<f8", "(-1,)"},
        {"<f8", "(8589934592, 8589934592)"},
        {"<f8", "(1099511627776,)"},
        {"<f8", "(2,)"},
        {"<f8", "(9223372036854775808,)"},
        {"<f8", "(1.0,)"},
        {"<f8", "1"},
        {"<f8", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"},
        {"<f8", "(1"},
        {"", "(1,)"},
        {"<f8", "(0, 9223372036854775807, 9)"},
    };
    const char *text[] = {
        "",
        "{}",
        "{'descr': '<f8', 'shape': (1,), }",
        "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f8', 'fortran_order': 1, 'shape': (1,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)",
        "{'descr': '<f8, 'fortran_order': False, 'shape': (1,), }",
        "__import__('os')",
        "{'descr': '<f8', 'fortran_order': False}",
    };
    const double one = 1;
    make_folder();
    for (size_t k = 0; k < sizeof described / sizeof *described; k++) {
        bytes b = npy_described(1, described[k][0], false, described[k][1]);
        append(&b, &one, sizeof one);
        try_file(described[k][1], &b, true);
    }
    for (size_t k = 0; k < sizeof text / sizeof *text; k++) {
        bytes b = npy_header(1, text[k]);
        append(&b, &one, sizeof one);
        try_file(text[k], &b, true);
    }
    bytes long_header = {.at = "\x93NUMPY\x02", .n = 12};
    memset(long_header.at + 8, 0xff, 4);
    try_file("a header of 4 GiB", &long_header, true);
    bytes version = npy_described(1, "<f8", false, "()");
    append(&version, &one, sizeof one);
    version.at[6] = 4;
    try_file("version 4", &version, true);
    remove_folder();
}

TEST(io, npy_cut_or_damaged_anywhere_does_no_harm)
{
    bytes b = npy_described(1, "<f8", false, "(2, 2)"), damaged;
    for (int i = 0; i < 4; i++) append_number(&b, "<f8", i);
    make_folder();
    for (size_t n = 0; n < b.n; n++) {
        char what[64];
        snprintf(what, sizeof what, "the first %zu of %zu bytes", n, b.n);
        damaged = b;
        damaged.n = n;
        try_file(what, &damaged, true);
    }
    for (size_t i = 0; i < b.n - 32; i++)
        for (int bit = 0; bit < 8; bit++) {
            char what[64];
            snprintf(what, sizeof what, "byte %zu, bit %d", i, bit);
            damaged = b;
            damaged.at[i] ^= (unsigned char)(1 << bit);
            try_file(what, &damaged, i < 6);
        }
    remove_folder();
}

TEST(io, paths_that_can_not_be_read_or_written_are_named)
{
    td_context *c = td_open(NULL);
    td_load_npy(c, "/nonexistent/x.npy"), check_refused("missing", c, TD_EIO, "/nonexistent/x.npy");
    td_load_npy(c, "/tmp"), check_refused("a folder", c, TD_EIO, "/tmp");
    td_save_npy(td_scalar(c, 1), "/nonexistent/x.npy"), check_refused("no such folder", c, TD_EIO, "/nonexistent/x.npy");
    FILE *full = fopen("/dev/full", "w");
    if (full) {
        setvbuf(full, NULL, _IONBF, 0);
        CHECK(td_print(td_scalar(c, 1), full) == TD_EIO, "printed to a full disk");
        td_clear_error(c);
        fclose(full);
    }
    close_clean(c);
}

/* A failed write leaves the old file as it was, and no other file beside it. */
TEST(io, npy_is_written_whole_or_not_at_all)
{
    td_context *c = td_open(NULL);
    make_folder();
    CHECK(td_save_npy(td_scalar(c, 1), path) == TD_OK, "%s", td_message(c));
    CHECK(chmod(folder, 0500) == 0, "chmod");
    if (access(folder, W_OK)) {    /* root may write anywhere: nothing to see */
        CHECK(td_save_npy(td_scalar(c, 2), path) == TD_EIO, "written into a folder that can't be written to");
        td_clear_error(c);
    }
    chmod(folder, 0700);
    td_tensor *bad = td_index_select(td_ones(c, TD_F64, 1, SIZES(1)), 0, td_full(c, TD_I64, 1, SIZES(1), 5));
    CHECK(td_save_npy(bad, path) == TD_EVALUE, "values that don't exist were written: %s", td_message(c));
    td_clear_error(c);
    double kept = td_item(td_load_npy(c, path));
    CHECK(kept == 1 || (kept == 2 && geteuid() == 0), "the old file holds %g", kept);
    remove_folder();
    close_clean(c);
}

/* ---- printing ----------------------------------------------------------------------------------------------------- */

static void check_printed(td_tensor *x, const char *expected)
{
    char text[4096];
    CHECK(!strcmp(printed(x, text, sizeof text), expected), "printed\n%sexpected\n%s", text, expected);
}

/* The layout is PyTorch's. */
TEST(io, tensors_are_printed_as_pytorch_prints_them)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(td_scalar(c, 5));
    check_printed(x, "tensor(5., requires_grad)\n");
    check_printed(td_pow_scalar(x, 2), "tensor(25., op=pow)\n");
    check_printed(td_scalar(c, 3.14159265), "tensor(3.1416)\n");
    check_printed(VECTOR(c, 1, 2, 3), "tensor([1., 2., 3.])\n");
    check_printed(td_array(c, TD_F64, 2, SIZES(2, 2), VALUES(1, -2.5, 3, 10)),
                  "tensor([[ 1.0000, -2.5000],\n        [ 3.0000, 10.0000]])\n");
    check_printed(VECTOR(c, 1e-5, 1), "tensor([1.0000e-05, 1.0000e+00])\n");
    check_printed(VECTOR(c, NAN, -INFINITY, 1), "tensor([nan, -inf, 1.])\n");
    check_printed(VECTOR(c, -0.0, 0), "tensor([-0., 0.])\n");
    check_printed(td_full(c, TD_F32, 1, SIZES(2), 0.5), "tensor([0.5000, 0.5000], dtype=f32)\n");
    check_printed(td_array(c, TD_I64, 1, SIZES(3), SIZES(1, -20, 3)), "tensor([  1, -20,   3])\n");
    check_printed(td_gt(VECTOR(c, 1, 2), td_scalar(c, 1)), "tensor([False,  True])\n");
    check_printed(td_zeros(c, TD_F64, 1, SIZES(0)), "tensor([])\n");
    check_printed(td_zeros(c, TD_F64, 2, SIZES(0, 3)), "tensor([], size=(0, 3))\n");
    check_printed(td_transpose(td_reshape(td_arange(c, TD_F64, 0, 4, 1), 3, SIZES(2, 1, 2)), 1, 2),
                  "tensor([[[0.],\n         [1.]],\n\n        [[2.],\n         [3.]]])\n");
    check_printed(td_arange(c, TD_F64, 0, 1001, 1), "tensor([   0.,    1.,    2.,  ...,  998.,  999., 1000.])\n");
    close_clean(c);
}

TEST(io, a_graph_is_dumped_as_dot)
{
    char        text[4096] = "";
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(VECTOR(c, 1, 2)), *y = td_sum(td_mul(td_exp(x), x));
    FILE       *file = fmemopen(text, sizeof text, "w");
    CHECK(file && td_dump(y, file) == TD_OK, "%s", td_message(c));
    if (file) fclose(file);
    const char *word[] = {"digraph", "exp", "mul", "sum", "->", "}"};
    for (int k = 0; k < 6; k++) CHECK(strstr(text, word[k]) != NULL, "no %s in\n%s", word[k], text);
    close_clean(c);
}
