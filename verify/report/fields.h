/* fields.h: what JSON says of each structure, as tables, by which json.c writes and json_report.c reads it again.
 *
 * A report that is read is the one that was written, to the last bit: merged parts show in every view what one run would
 * have shown. */
#ifndef TD_FIELDS_H
#define TD_FIELDS_H

#include "report.h"

typedef enum td_field_kind {
    TD_FIELD_TEXT,                 /* char array of `room` bytes; left out where empty */
    TD_FIELD_WORD,                 /* const char *; left out where NULL or empty */
    TD_FIELD_COUNT,                /* int64_t */
    TD_FIELD_PLACE,                /* int64_t; left out, and -1, where negative */
    TD_FIELD_INT,                  /* int */
    TD_FIELD_SET,                  /* int; left out where 0 */
    TD_FIELD_FLAG,                 /* bool; left out where false */
    TD_FIELD_NUMBER,               /* double */
    TD_FIELD_NUMBERS,              /* double array */
    TD_FIELD_COUNTS,               /* int64_t array */
    TD_FIELD_ANSWER,               /* td_answer */
    TD_FIELD_NAME                  /* an enum, by its name */
} td_field_kind;

typedef struct td_field {
    const char   *name;            /* NULL ends a table */
    td_field_kind kind;
    size_t        at, room;        /* offset and size in the structure */
    const char *(*name_of)(int v); /* of TD_FIELD_NAME; NULL beyond the last */
} td_field;

extern const td_field td_fields_row[], td_fields_finding[], td_fields_blame[];

/* "agree", ...; NULL: there is no such verdict. */
const char *td_field_verdict(int v);

#endif
