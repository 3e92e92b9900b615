/* json.h: a small reader of JSON (RFC 8259), from memory, with limits; what json.c writes, and anything else.
 *
 * The text is copied once, strings are unescaped where they stand, and all values lie in one array before it: a document is
 * one allocation, of a size that follows from the text's. */
#ifndef TD_JSON_H
#define TD_JSON_H

#include "triad_verify.h"

enum { TD_JSON_DEPTH = 64, TD_JSON_SIZE = 1 << 28 };       /* nested deeper, or longer in bytes, it is refused */

typedef enum td_json_kind { TD_JSON_NULL, TD_JSON_FALSE, TD_JSON_TRUE, TD_JSON_NUMBER, TD_JSON_STRING, TD_JSON_ARRAY,
                            TD_JSON_OBJECT } td_json_kind;

typedef struct td_json {
    td_json_kind          kind;
    bool                  whole;   /* of a number: written without fraction or exponent, and integer holds it */
    int64_t               integer;
    double                number;
    const char           *key;     /* of a member of an object; else NULL */
    const char           *text;    /* of a string: UTF-8, if the text was; an escaped NUL is U+FFFD */
    const struct td_json *first, *next;    /* first of an array or object; next beside this one; NULL: none */
} td_json;

/* The value that text of n bytes is; owned by the caller.  NULL: why (TD_REASON bytes) says what is wrong, and where. */
td_json *td_json_parse(const char *text, size_t n, char *why);
void     td_json_free(td_json *v);

/* Of an object; the first of that name, NULL if there is none, or v is none. */
const td_json *td_json_member(const td_json *v, const char *name);
/* False: v (which may be NULL) is no such thing, and *out stays.  A number may be a string: NaN, Infinity, 0x1.8p+1. */
bool           td_json_integer(const td_json *v, int64_t *out);
bool           td_json_number(const td_json *v, double *out);
const char    *td_json_text(const td_json *v);     /* NULL: no string */

#endif
