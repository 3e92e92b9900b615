/* lex.h: a text as tokens, one at a time. */
#ifndef TD_EXPR_LEX_H
#define TD_EXPR_LEX_H

#include "expr.h"

typedef enum td_token_kind { TD_TOKEN_END, TD_TOKEN_NUMBER, TD_TOKEN_NAME, TD_TOKEN_SIGN, TD_TOKEN_BAD } td_token_kind;

/* at, length: bytes of the text; sign: of TD_TOKEN_SIGN, "(" or "**"; number: of TD_TOKEN_NUMBER */
typedef struct td_token {
    td_token_kind kind;
    int64_t       at, length;
    const char   *sign;
    double        number;
} td_token;

typedef struct td_lexer {
    const char      *text;         /* borrowed; need not end with 0 */
    int64_t          length, next;
    td_token         now;
    td_expr_trouble *trouble;      /* borrowed; the first stays */
    bool             failed;
} td_lexer;

void td_lex_open(td_lexer *x, const char *text, int64_t length, td_expr_trouble *trouble);    /* and reads the first token */
void td_lex_next(td_lexer *x);
bool td_lex_is(const td_lexer *x, const char *sign);
bool td_lex_accept(td_lexer *x, const char *sign);       /* and goes on */
bool td_lex_expect(td_lexer *x, const char *sign);
/* The present token's text is this name. */
bool td_lex_named(const td_lexer *x, const char *name);
/* The first refusal stays.  Returns false. */
bool td_lex_refuse(td_lexer *x, int64_t at, const char *format, ...) TD_PRINTF(3, 4);

/* values.c: a list whose '[' is the present token; goes past its ']'. */
bool td_lex_list(td_lexer *x, td_expr_list *out);

#endif
