/* test_linalg.c: what linear algebra refuses, and in which words. */
#include "testing.h"

/* Each refusal, asked of operands of these shapes, zeros all; rank -1 ends a row. */
typedef struct shape { int rank; int64_t size[3]; } shape;

static void expect_message(td_context *c, const char *wanted)
{
    cr_expect(td_error(c), "not refused; wanted: %s", wanted);
    cr_expect(strstr(td_message(c), wanted), "\"%s\" has no \"%s\"", td_message(c), wanted);
}

static td_tensor *zeros(td_context *c, shape s)
{
    static const double none[256];
    return td_array(c, TD_F64, s.rank, s.size, none);
}

Test(linalg, einsum_says_what_is_wrong_and_where)
{
    static const struct { const char *text; int n; shape in[2]; const char *message; } refused[] = {
        {"ij,jk->iz", 2, {{2, {2, 3}}, {2, {3, 2}}}, "\"ij,jk->iz\", position 8: 'z' is in the result and in no operand"},
        {"ij,jk->ii", 2, {{2, {2, 3}}, {2, {3, 2}}}, "position 8: 'i' is twice in the result"},
        {"ij,jk", 2, {{2, {2, 3}}, {2, {4, 2}}}, "'j' has size 4 in operand 1 and 3 before"},
        {"ii", 1, {{2, {2, 3}}}, "'i' is repeated in operand 0, with sizes 2 and 3"},
        {"ijk", 1, {{2, {2, 3}}}, "operand 0 is (2,3), with 3 labels"},
        {"i", 1, {{2, {2, 3}}}, "operand 0 is (2,3), with 1 labels"},
        {"i1", 1, {{2, {2, 3}}}, "position 1: '1' is no label"},
        {"i..", 1, {{2, {2, 3}}}, "position 1: a dot that is no ellipsis"},
        {"......", 1, {{2, {2, 3}}}, "position 3: a second ellipsis"},
        {"ij,ij", 1, {{2, {2, 3}}}, "position 2: more than the 1 operands given"},
        {"ij", 2, {{2, {2, 3}}, {1, {3}}}, "position 2: 2 operands, of which 1 are here"},
        {"ij-i", 1, {{2, {2, 3}}}, "position 2: a '-' that begins no arrow"},
        {"ij->i,j", 1, {{2, {2, 3}}}, "position 5: ',' behind the result"}};
    for (size_t k = 0; k < sizeof refused / sizeof refused[0]; k++) {
        td_context *c = td_open(NULL);
        td_tensor *in[2] = {zeros(c, refused[k].in[0]), zeros(c, refused[k].in[1])};
        td_einsum(refused[k].text, refused[k].n, in);
        expect_message(c, refused[k].message);
        td_close(c);
    }
}

Test(linalg, einsum_refuses_an_equation_that_is_too_long)
{
    td_context *c = td_open(NULL);
    char text[200];
    memset(text, ' ', sizeof text);
    text[sizeof text - 1] = 0;
    td_tensor *x = td_scalar(c, 1);
    td_einsum(text, 1, &x);
    expect_message(c, "199 characters, at most 127");
    td_close(c);
}

typedef td_tensor *two_operands(td_tensor *x, td_tensor *y);

static td_tensor *cross_last(td_tensor *x, td_tensor *y) { return td_cross(x, y, -1); }
static td_tensor *vecdot_last(td_tensor *x, td_tensor *y) { return td_vecdot(x, y, -1); }
static td_tensor *added(td_tensor *x, td_tensor *y) { return td_addmm(zeros(td_context_of(x), (shape){1, {4}}), x, y, 1, 1); }
static td_tensor *chained(td_tensor *x, td_tensor *y) { return td_multi_dot(3, (td_tensor *[]){x, y, x}); }
static td_tensor *tensordot_last(td_tensor *x, td_tensor *y) { return td_tensordot(x, y, 1, (int[]){-1}, (int[]){0}); }

Test(linalg, products_say_which_sizes_differ)
{
    static const struct { two_operands *f; shape x, y; const char *message; } refused[] = {
        {td_bmm, {3, {2, 2, 3}}, {3, {3, 3, 2}}, "bmm: (2,2,3) by (3,3,2): takes 3 axes by 3"},
        {td_bmm, {3, {2, 2, 3}}, {3, {2, 2, 2}}, "bmm: (2,2,3) by (2,2,2): inner sizes 3 and 2 differ"},
        {td_mv, {2, {2, 3}}, {1, {2}}, "mv: (2,3) by (2,): inner sizes 3 and 2 differ"},
        {td_inner, {2, {2, 3}}, {1, {2}}, "inner: (2,3) by (2,): inner sizes 3 and 2 differ"},
        {cross_last, {1, {2}}, {1, {2}}, "cross: (2,) by (2,): both must have size 3 along the axis"},
        {vecdot_last, {1, {2}}, {1, {3}}, "vecdot: (2,) by (3,): they do not broadcast"},
        {added, {2, {2, 3}}, {2, {3, 3}}, "addmm: the input, (4,), does not broadcast to (2,3)"},
        {chained, {2, {2, 3}}, {2, {3, 3}}, "multi_dot: operand 2 of 3, (2,3): has not as many rows"},
        {tensordot_last, {2, {2, 3}}, {1, {2}}, "tensordot: (2,3) by (2,): inner sizes 3 and 2 differ"}};
    for (size_t k = 0; k < sizeof refused / sizeof refused[0]; k++) {
        td_context *c = td_open(NULL);
        refused[k].f(zeros(c, refused[k].x), zeros(c, refused[k].y));
        expect_message(c, refused[k].message);
        td_close(c);
    }
}
