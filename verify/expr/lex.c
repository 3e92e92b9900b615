/* lex.c: tokens: names, numbers, signs.
 *
 * A number is what this file's grammar says, decimal or hexadecimal, in any locale; the C library only rounds it. */
#include "lex.h"

#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool td_lex_refuse(td_lexer *x, int64_t at, const char *format, ...)
{
    if (x->failed) return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(x->trouble->why, sizeof x->trouble->why, format, arguments);
    va_end(arguments);
    x->trouble->at = at;
    x->failed = true;
    x->now.kind = TD_TOKEN_BAD;
    return false;
}

/* ---- classes of bytes, whatever the locale ------------------------------------------------------------------------ */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* The byte at `at`, 0 beyond the end. */
static char byte(const td_lexer *x, int64_t at) { return at < x->length ? x->text[at] : 0; }

/* ---- numbers ------------------------------------------------------------------------------------------------------ */

static int64_t past_digits(const td_lexer *x, int64_t at, bool (*digit)(char))
{
    while (digit(byte(x, at))) at++;
    return at;
}

/* digits [. digits], at least one of them; -1: there is none */
static int64_t past_mantissa(const td_lexer *x, int64_t at, bool (*digit)(char))
{
    int64_t point = past_digits(x, at, digit), end = point;
    if (byte(x, point) == '.') end = past_digits(x, point + 1, digit);
    return end - at - (end > point) > 0 ? end : -1;
}

/* An exponent, if there is a whole one. */
static int64_t past_exponent(const td_lexer *x, int64_t at, char low, char high)
{
    if (byte(x, at) != low && byte(x, at) != high) return at;
    int64_t sign = at + 1 + (byte(x, at + 1) == '+' || byte(x, at + 1) == '-');
    return is_digit(byte(x, sign)) ? past_digits(x, sign, is_digit) : at;
}

static int64_t past_number(const td_lexer *x, int64_t at)
{
    bool hex = byte(x, at) == '0' && (byte(x, at + 1) == 'x' || byte(x, at + 1) == 'X');
    int64_t end = hex ? past_mantissa(x, at + 2, is_hex) : past_mantissa(x, at, is_digit);
    if (end < 0) return -1;
    return hex ? past_exponent(x, end, 'p', 'P') : past_exponent(x, end, 'e', 'E');
}

/* strtod with the point that is meant; a locale is the thread's, and put back. */
static bool round_to_double(const char *text, double *out)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!plain) return false;
    locale_t before = uselocale(plain);
    *out = strtod(text, NULL);
    uselocale(before);
    freelocale(plain);
    return true;
}

static bool number(td_lexer *x, int64_t at)
{
    char text[TD_EXPR_DIGITS + 1];
    int64_t end = past_number(x, at), length = end - at;
    if (end < 0) return td_lex_refuse(x, at, "a number without digits");
    if (length > TD_EXPR_DIGITS) return td_lex_refuse(x, at, "a number of more than %d bytes", TD_EXPR_DIGITS);
    memcpy(text, x->text + at, (size_t)length);
    text[length] = 0;
    x->now = (td_token){.kind = TD_TOKEN_NUMBER, .at = at, .length = length};
    if (!round_to_double(text, &x->now.number)) return td_lex_refuse(x, at, "out of memory");
    if (isinf(x->now.number)) return td_lex_refuse(x, at, "a number beyond the range of f64; write inf for infinity");
    x->next = end;
    return true;
}

/* ---- tokens ------------------------------------------------------------------------------------------------------- */

/* Longer ones before what they begin with. */
static const char *const signs[] = {"**", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "@", "^", "(", ")", "[", "]",
                                    ",", "="};
enum { SIGNS = sizeof signs / sizeof signs[0] };

static bool sign(td_lexer *x, int64_t at)
{
    for (int k = 0; k < SIGNS; k++) {
        int64_t length = (int64_t)strlen(signs[k]);
        if (length > x->length - at || memcmp(x->text + at, signs[k], (size_t)length)) continue;
        x->now = (td_token){.kind = TD_TOKEN_SIGN, .at = at, .length = length, .sign = signs[k]};
        x->next = at + length;
        return true;
    }
    return td_lex_refuse(x, at, "no expression holds this character");
}

static bool name(td_lexer *x, int64_t at)
{
    int64_t end = at;
    while (is_letter(byte(x, end)) || is_digit(byte(x, end))) end++;
    if (end - at > TD_EXPR_NAME) return td_lex_refuse(x, at, "a name of more than %d bytes", TD_EXPR_NAME);
    x->now = (td_token){.kind = TD_TOKEN_NAME, .at = at, .length = end - at};
    x->next = end;
    return true;
}

void td_lex_next(td_lexer *x)
{
    if (x->failed) return;
    int64_t at = x->next;
    while (at < x->length && is_space(x->text[at])) at++;
    char c = byte(x, at);
    if (at == x->length) x->now = (td_token){.kind = TD_TOKEN_END, .at = at};
    else if (is_digit(c) || (c == '.' && is_digit(byte(x, at + 1)))) number(x, at);
    else if (is_letter(c)) name(x, at);
    else sign(x, at);
}

void td_lex_open(td_lexer *x, const char *text, int64_t length, td_expr_trouble *trouble)
{
    *x = (td_lexer){.text = text, .length = length, .trouble = trouble};
    td_lex_next(x);
}

bool td_lex_is(const td_lexer *x, const char *s) { return x->now.kind == TD_TOKEN_SIGN && !strcmp(x->now.sign, s); }

bool td_lex_accept(td_lexer *x, const char *s)
{
    if (!td_lex_is(x, s)) return false;
    td_lex_next(x);
    return true;
}

bool td_lex_expect(td_lexer *x, const char *s)
{
    return td_lex_accept(x, s) || td_lex_refuse(x, x->now.at, "'%s' is missing", s);
}

bool td_lex_named(const td_lexer *x, const char *text)
{
    return x->now.kind == TD_TOKEN_NAME && (int64_t)strlen(text) == x->now.length &&
           !memcmp(x->text + x->now.at, text, (size_t)x->now.length);
}
