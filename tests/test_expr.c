/* test_expr.c: one-line programs: what a text means, what is refused and where, and that every op can be called. */
#include "testing.h"

#include <locale.h>

#include "expr/expr.h"
#include "triad_verify.h"

/* ---- inputs that the texts below name ----------------------------------------------------------------------------- */

static const char *const names[] = {"x", "y", "W", "i", "b", "s"};
enum { NAMES = sizeof names / sizeof names[0] };

/* x (3), y (3), W (2,3), i indices (2), b bool (3), s 0-d */
static void make_inputs(td_context *c, td_tensor **in)
{
    in[0] = VECTOR(c, 1, 2, 4);
    in[1] = VECTOR(c, 0.5, -1, 3);
    in[2] = td_array(c, TD_F64, 2, SIZES(2, 3), VALUES(1, -2, 3, 0.25, 5, -0.5));
    in[3] = td_array(c, TD_I64, 1, SIZES(2), (const int64_t[]){1, 0});
    in[4] = td_array(c, TD_BOOL, 1, SIZES(3), (const uint8_t[]){1, 0, 1});
    in[5] = td_scalar(c, 3);
}

static td_expr *parsed(const char *text, td_expr_trouble *why)
{
    return td_expr_parse(text, (int64_t)strlen(text), NAMES, names, why);
}

/* ---- meaning ------------------------------------------------------------------------------------------------------ */

static const struct { const char *text; double value; } meanings[] = {
    {"3", 3}, {"-2^2", -4}, {"2^-1", 0.5}, {"2^3^2", 512}, {"2**3", 8}, {"1-2-3", -4}, {"12/3/2", 2}, {"2+3*4", 14},
    {"(2+3)*4", 20}, {"- -2", 2}, {"+2", 2}, {"2*-3", -6}, {"1e3", 1000}, {".5", 0.5}, {"5.", 5}, {"0x1p-4", 0.0625},
    {"0x.8", 0.5}, {"0XAp1", 20}, {"1.5e-3", 1.5e-3}, {"pi", 3.141592653589793}, {"-inf", -INFINITY}, {"nan", NAN},
    {"2.2250738585072011e-308", 2.2250738585072011e-308}, {"4.9e-324", 4.9e-324}, {"9007199254740993", 9007199254740992.0},
    {"s", 3}, {"-s^2", -9}, {"s-1", 2}, {"1-s", -2}, {"s/2", 1.5}, {"6/s", 2}, {"s^2", 9}, {"2^s", 8}, {"s*2", 6},
    {"2*s", 6}, {"2+s", 5}, {"sum(x)", 7}, {"sum(x*y)", 10.5}, {"dot(x,y)", 10.5}, {"sum(W@x)", 17.25}, {"mean(x^2)", 7},
    {"max(x - 1)", 3}, {"sum(x > 1)", 2}, {"sum(x >= 1)", 3}, {"sum(x == 2)", 1}, {"sum(x != 2)", 2}, {"sum(x < 2)", 1},
    {"sum(x <= 2)", 2}, {"sum([1,2,4] * x)", 21}, {"sum([[1,2,3],[4,5,6]] @ x)", 55}, {"sum([[1,2]], 1)", 3},
    {"var([1,3])", 2}, {"var([1,3], correction=0)", 1}, {"var([1,3],0,0)", 1},
    {"norm([3,4])", 5}, {"norm([3,4], 1)", 7}, {"norm([3,4], p=inf)", 4}, {"sum(clamp(x, 1.5, 3))", 6.5},
    {"sum(clamp(x, max=3))", 6}, {"select(x, 0, -1)", 4}, {"sum(slice(x, 0, 1))", 6}, {"sum(slice(x, stop=2))", 3},
    {"sum(where(b, x, y))", 4}, {"sum(where(x>1, x, 0))", 6}, {"sum(max(W, dim=1))", 8}, {"sum(squeeze([[[2]]]))", 2},
    {"sum(cast(x, i64))", 7}, {"sum(leaky_relu(y, negative_slope=0.5))", 3}, {"sum(pad(x, [1,2], value=2))", 13},
    {"sum([])", 0}, {"sum(stack(x,y,axis=1))", 9.5}, {"sum(concat(x,y,x))", 16.5}, {"argmax(x)", 2},
    {"sum(permute(W,[1,0]))", 6.75},
    {"sum ( x , keepdim = False )\n", 7}, {"sum(W * sum(W*0+2, axis=1, keepdim=1))", 40.5},
    {"sum(W - norm(W*0, 2, 1, 1))", 6.75}, {"sum(W - var(W*0, 1, 0, 1))", 6.75}, {"e", 2.718281828459045}, {"True", 1}};
enum { MEANINGS = sizeof meanings / sizeof meanings[0] };

static void check_meaning(const char *text, double wanted)
{
    td_expr_trouble why;
    td_context *c = open_engine(td_eval_engine());
    td_tensor *in[NAMES];
    make_inputs(c, in);
    td_expr *e = parsed(text, &why);
    CHECK(e, "%s: %s at byte %lld", text, why.why, (long long)why.at);
    if (e) {
        td_tensor *y = td_expr_program(c, in, e);
        double v = td_item(y);
        CHECK(same_value(v, wanted), "%s is %.17g, not %.17g %s", text, v, wanted, td_message(c));
    }
    td_expr_free(e);
    td_close(c);
}

TEST(expr, texts_mean_what_mathematics_says)
{
    for (int k = 0; k < MEANINGS; k++) check_meaning(meanings[k].text, meanings[k].value);
}

TEST(expr, numbers_are_read_alike_in_every_locale)
{
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "C.UTF-8"};
    for (int k = 0; k < 4; k++) if (setlocale(LC_ALL, locales[k])) break;
    check_meaning("1.5", 1.5);
    check_meaning("0x1.8p0", 1.5);
    setlocale(LC_ALL, "C");
}

TEST(expr, an_f32_tensor_beside_numbers_stays_f32)
{
    td_expr_trouble why;
    td_context *c = td_open(NULL);
    td_tensor *in[NAMES];
    make_inputs(c, in);
    in[0] = td_to(in[0], TD_F32);
    static const char *const texts[] = {"2*x+1", "x^2/3", "1-x", "2/x", "x-0.1"};
    for (int k = 0; k < 5; k++) {
        td_expr *e = parsed(texts[k], &why);
        CHECK(td_dtype_of(td_expr_program(c, in, e)) == TD_F32, "%s is not f32", texts[k]);
        td_expr_free(e);
    }
    td_expr *e = parsed("sum([1,2,3] * x) + sqrt(2)", &why);
    td_expr_literals(e, TD_F32);
    CHECK(td_dtype_of(td_expr_program(c, in, e)) == TD_F32, "literals are not f32");
    CHECK(td_expr_reads(e, 0) && !td_expr_reads(e, 1), "x is read, y is not");
    td_expr_free(e);
    close_clean(c);
}

/* ---- refusals ----------------------------------------------------------------------------------------------------- */

static const struct { const char *text; int64_t at; const char *words; } refusals[] = {
    {"", 0, "ends too early"}, {"x +", 3, "ends too early"}, {"x + )", 4, "operand is missing"},
    {"x y", 2, "operator is missing"},
    {"(x", 2, "')' is missing"}, {"x)", 1, "operator is missing"}, {"q", 0, "nothing is called 'q'"},
    {"f(x)", 0, "no op 'f'"},
    {"x $ y", 2, "no expression holds"}, {"x\xc3\xa4", 1, "no expression holds"}, {"1.e", 2, "operator is missing"},
    {"0x", 0, "without digits"}, {"0x.p1", 0, "without digits"}, {"1e999", 0, "beyond the range"},
    {"x<y<x", 3, "do not chain"},
    {"sum()", 0, "too few operands"}, {"sum(x,0,1,2)", 10, "too many arguments: sum(x, axis, keepdim=0)"},
    {"exp(x,y)", 6, "too many arguments: exp(x)"}, {"dot(x)", 0, "too few operands: dot(x, y)"},
    {"sum(x,axes=0)", 6, "no such parameter: sum(x, axis, keepdim=0)"}, {"sum(x,axis=0,dim=0)", 17, "given twice"},
    {"softmax(x)", 0, "wants axis=..."}, {"sum(x,axis=1.5)", 11, "axis must be an axis"}, {"sum(x,axis=1e9)", 11, "must be"},
    {"sum(x,keepdim=2)", 14, "0 or 1"}, {"sum(x,axis=y)", 11, "must be"}, {"sum(x,axis=[[0]])", 11, "must be"},
    {"cast(x,2)", 7, "f64, f32, i64 or bool"}, {"x+f32", 1, "dtype is no operand"},
    {"exp(f32)", 4, "dtype is no operand"}, {"-i64", 0, "dtype is no operand"},
    {"f32", 0, "dtype is no expression"}, {"[1,2", 4, "',' or ']' is missing"}, {"[1 2]", 3, "',' or ']' is missing"},
    {"[1,[2]]", 3, "beside each other"},
    {"[[1],2]", 5, "beside each other"}, {"[[1,2],[3]]", 9, "another beside it 2"}, {"[x]", 1, "a number is missing"},
    {"[[[[[[[[[1]]]]]]]]]", 8, "8 deep"}, {"[[],[[]]]", 5, "beside each other"}, {"[[[]],[]]", 6, "empty list"},
    {"sum(x,)", 6, "operand is missing"}, {"sum(,x)", 4, "operand is missing"}, {"-", 1, "ends too early"},
    {"x=1", 1, "operator is missing"}};
enum { REFUSALS = sizeof refusals / sizeof refusals[0] };

static void check_refusal(const char *text, int64_t length, int64_t at, const char *words)
{
    td_expr_trouble why;
    td_expr *e = td_expr_parse(text, length, NAMES, names, &why);
    CHECK(!e, "%.40s is taken", text);
    CHECK(at < 0 || why.at == at, "%.40s: byte %lld, not %lld (%s)", text, (long long)why.at, (long long)at, why.why);
    CHECK(strstr(why.why, words), "%.40s: \"%s\" does not say \"%s\"", text, why.why, words);
    td_expr_free(e);
}

TEST(expr, refusals_tell_the_place)
{
    for (int k = 0; k < REFUSALS; k++)
        check_refusal(refusals[k].text, (int64_t)strlen(refusals[k].text), refusals[k].at, refusals[k].words);
}

/* count times `piece`, then `end` */
static char *repeated(const char *piece, int count, const char *end)
{
    size_t length = strlen(piece);
    char *text = malloc(length * (size_t)count + strlen(end) + 1);
    for (int i = 0; i < count; i++) memcpy(text + length * (size_t)i, piece, length);
    strcpy(text + length * (size_t)count, end);
    return text;
}

TEST(expr, no_text_is_too_deep_too_long_or_too_wide)
{
    static const struct { const char *piece, *end; int count; const char *words; } hostile[] = {
        {"(", "", 1000000, "65536 bytes"}, {"(", "", 60000, "256 deep"}, {"-", "x", 60000, "256 deep"},
        {"x^", "x", 30000, "256 deep"},
        {"exp(", "x", 10000, "256 deep"}, {"sum(x,axis=", "0", 5000, "256 deep"}, {"x+", "x", 30000, "4096 operands"},
        {"concat(x),", "x", 6000, "operator is missing"}, {"x", "", 60000, "a name of more than 63"},
        {"1", "", 60000, "a number of more than 400"}, {"[", "", 60000, "8 deep"}, {"+", "x", 60000, "256 deep"}};
    for (size_t k = 0; k < sizeof hostile / sizeof hostile[0]; k++) {
        char *text = repeated(hostile[k].piece, hostile[k].count, hostile[k].end);
        check_refusal(text, (int64_t)strlen(text), -1, hostile[k].words);
        free(text);
    }
    char *long_sum = repeated("x+", 2000, "x"), *long_list = repeated("0,", 30000, "0]");
    td_expr_trouble why;
    td_expr *e = parsed(long_sum, &why);
    CHECK(e, "2001 terms: %s", why.why);
    td_expr_free(e);
    long_list[0] = '[';
    e = parsed(long_list, &why);
    CHECK(!e, "[,0...: is taken");
    long_list[1] = '1';
    e = parsed(long_list, &why);
    CHECK(e, "30000 numbers: %s", why.why);
    td_expr_free(e);
    free(long_sum);
    free(long_list);
}

TEST(expr, bytes_beyond_the_length_are_not_read)
{
    check_refusal("x+y)))", 2, 2, "ends too early");
    check_refusal("123", 0, 0, "ends too early");
    td_expr_trouble why;
    td_expr *e = td_expr_parse("1.5e10", 4, 0, NULL, &why);
    CHECK(!e && why.at == 3, "\"1.5e\" is 1.5 and something");
    td_expr_free(e);
}

/* ---- lists given as values ---------------------------------------------------------------------------------------- */

TEST(expr, values_are_numbers_vectors_and_nested_lists)
{
    static const struct { const char *text; int rank; int64_t size[3]; int64_t n; } good[] = {
        {"3", 0, {0}, 1}, {"1,2,4", 1, {3}, 3}, {"[1,2,4]", 1, {3}, 3}, {"[[1,2],[3,4],[5,6]]", 2, {3, 2}, 6},
        {"[]", 1, {0}, 0},
        {"[[],[]]", 2, {2, 0}, 0}, {"-1,+2,inf,-inf,nan", 1, {5}, 5}, {" [ [ [0x1p3] ] ] ", 3, {1, 1, 1}, 1}};
    static const char *const bad[] = {
        "", "1,", ",1", "[1,2", "[[1],[2,3]]", "1 2", "x", "1,2]", "[1],[2]", "--1", "1e999", "[1,]"};
    td_expr_list l;
    td_expr_trouble why;
    for (size_t k = 0; k < sizeof good / sizeof good[0]; k++) {
        bool taken = td_expr_values(good[k].text, (int64_t)strlen(good[k].text), &l, &why);
        CHECK(taken && l.rank == good[k].rank && l.n == good[k].n, "%s: rank %d, %lld numbers; %s", good[k].text, l.rank,
              (long long)l.n, why.why);
        for (int i = 0; i < good[k].rank; i++) CHECK(l.size[i] == good[k].size[i], "%s: size %d", good[k].text, i);
        free(l.value);
    }
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        CHECK(!td_expr_values(bad[k], (int64_t)strlen(bad[k]), &l, &why) && why.why[0], "%s is taken", bad[k]);
        CHECK(!l.value, "%s: something is owned", bad[k]);
    }
}

/* ---- ops ---------------------------------------------------------------------------------------------------------- */

/* The example of this op; into text if it says none. */
static const char *call_of(const td_op *op, char text[64])
{
    if (op->signature && op->signature->example) return op->signature->example;
    snprintf(text, 64, op->min_in == 2 ? "%s(x,y)" : "%s(x/8)", op->name);
    return text;
}

/* Values of tape and dual engine agree, so that attributes arrived as they were meant or not at all. */
TEST(expr, every_op_of_the_registry_can_be_called)
{
    td_context *c = open_engine(td_eval_engine());
    td_tensor *in[NAMES];
    make_inputs(c, in);
    for (int id = 1; id < TD_ID_COUNT; id++) {
        char room[64];
        const char *text = call_of(td_op_by_id(id), room);
        td_expr_trouble why;
        td_expr *e = parsed(text, &why);
        CHECK(e, "%s: %s", text, why.why);
        td_check_options quick = {.skip = ~0u};
        td_check_result *r = e ? td_check(td_expr_program, NAMES, in, e, &quick) : NULL;
        CHECK(!e || (r && r->verdict == TD_AGREE), "%s: %s", text, r ? r->worst.reason : "no memory");
        td_check_free(r);
        td_expr_free(e);
    }
    close_clean(c);
}

TEST(expr, an_error_of_a_run_has_its_place)
{
    static const struct { const char *text; int64_t at; const char *words; } wrong[] = {
        {"sum(x) + W@W", 10, "matmul"}, {"exp(x + [1,2])", 6, "broadcast"}, {"sum(pad(W, [1,2]))", 4, "wants 4"},
        {"permute(W, [0])", 0, "permute"}, {"sum(x, 5)", 0, "axis"}, {"reshape(W, [7])", 0, "reshape"},
        {"expand(x, [1e15,3])*1", 0, ""}, {"gather(x, [0,1])", 0, "i64"}};
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        td_expr_trouble why;
        td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .memory = 1 << 20});
        td_tensor *in[NAMES];
        make_inputs(c, in);
        td_expr *e = parsed(wrong[k].text, &why);
        int64_t at = -1;
        CHECK(e, "%s: %s", wrong[k].text, why.why);
        if (e) td_expr_run(e, c, in, &at);
        bool late = strstr(wrong[k].text, "1e15");
        CHECK(late || (td_error(c) && at == wrong[k].at && strstr(td_message(c), wrong[k].words)), "%s: byte %lld, %s",
              wrong[k].text, (long long)at, td_message(c));
        td_expr_free(e);
        td_close(c);
    }
}
