/* fields.c: the tables. */
#include "fields.h"

#include <stddef.h>

#define FIELD(type, kind, name, member) {name, TD_FIELD_##kind, offsetof(type, member), sizeof ((type *)0)->member, NULL}
#define NAMED(type, name, member, names) {name, TD_FIELD_NAME, offsetof(type, member), sizeof ((type *)0)->member, names}

const char *td_field_verdict(int v) { return v <= TD_KINK ? td_verdict_name((td_verdict)v) : NULL; }
static const char *alone(int v) { return v <= TD_ALONE_CLAIM ? td_alone_name((td_alone)v) : NULL; }
static const char *asked(int v) { return v <= TD_ASKED_LAW ? td_asked_name((td_asked)v) : NULL; }
static const char *grade(int v) { return v <= TD_WRONG ? td_grade_name((td_grade)v) : NULL; }

#define ROW(kind, name, member) FIELD(td_row, kind, name, member)
const td_field td_fields_row[] = {
    ROW(TEXT, "note", note), ROW(WORD, "command", command),
    ROW(COUNT, "checks", checks), ROW(COUNT, "agreed", agreed), ROW(COUNT, "disagreed", disagreed),
    ROW(COUNT, "inconclusive", inconclusive), ROW(COUNT, "refused_by_all", refused), ROW(COUNT, "notes", notes),
    ROW(COUNT, "values_agreed", values_agreed), ROW(COUNT, "values_undecided", values_undecided),
    ROW(COUNT, "coordinates", coordinates), ROW(COUNT, "coordinates_asked", asked),
    ROW(COUNT, "directions_asked", directions), ROW(COUNT, "slopes_agreed", slopes_agreed),
    ROW(COUNT, "slopes_undecided", slopes_undecided), ROW(COUNT, "differences_agreed", fd_agreed),
    ROW(COUNT, "differences_kinks", fd_kinks), ROW(COUNT, "differences_kinks_outside", fd_outside),
    ROW(COUNT, "differences_disagreed", fd_disagreed), ROW(COUNT, "differences_undecided", fd_undecided),
    ROW(COUNT, "quad_agreed", quad_agreed), ROW(COUNT, "quad_kinks", quad_kinks),
    ROW(COUNT, "quad_disagreed", quad_disagreed), ROW(COUNT, "quad_undecided", quad_undecided),
    ROW(COUNT, "second_agreed", second_agreed), ROW(COUNT, "second_undecided", second_undecided),
    ROW(COUNT, "laws_agreed", laws.agreed), ROW(COUNT, "laws_undecided", laws.undecided),
    ROW(COUNT, "repeats_agreed", repeats.agreed), ROW(COUNT, "operands_agreed", operands.agreed),
    ROW(COUNT, "ops_agreed", ops.agreed), ROW(COUNT, "ops_undecided", ops.undecided),
    ROW(COUNT, "variants_agreed", variants.agreed), ROW(COUNT, "variants_undecided", variants.undecided),
    ROW(NUMBER, "strain", strain), ROW(NUMBER, "resolution", resolution), ROW(NUMBER, "resolution_one", resolution_one),
    ROW(COUNTS, "ulps", ulps),
    ROW(TEXT, "slopes_undecided_because", open), ROW(TEXT, "differences_undecided_because", fd_open),
    ROW(TEXT, "quad_undecided_because", quad_open), ROW(TEXT, "second_undecided_because", second_open), {0}};

#define FINDING(kind, name, member) FIELD(td_finding, kind, name, member)
const td_field td_fields_finding[] = {
    NAMED(td_finding, "verdict", verdict, td_field_verdict), NAMED(td_finding, "alone", alone, alone),
    NAMED(td_finding, "asked", asked, asked), NAMED(td_finding, "grade", grade, grade),
    FINDING(WORD, "law", law), FINDING(WORD, "variant", variant), FINDING(WORD, "by", by),
    FINDING(WORD, "against", against), FINDING(INT, "input", input), FINDING(COUNT, "coordinate", coordinate),
    FINDING(INT, "cotangent", cotangent), FINDING(PLACE, "output", output), FINDING(ANSWER, "tape", tape),
    FINDING(ANSWER, "dual", dual), FINDING(ANSWER, "differences", differences), FINDING(FLAG, "quad", quad),
    FINDING(NUMBER, "left", left), FINDING(NUMBER, "right", right), FINDING(TEXT, "reason", reason), {0}};

#define BLAME(kind, name, member) FIELD(td_blame, kind, name, member)
const td_field td_fields_blame[] = {
    BLAME(FLAG, "found", found), BLAME(WORD, "op", op), BLAME(WORD, "inside", inside),
    NAMED(td_blame, "asked", asked, asked), BLAME(INT, "operand", operand), BLAME(COUNT, "coordinate", coordinate),
    BLAME(PLACE, "output", output), BLAME(FLAG, "twice", twice), BLAME(ANSWER, "tape", tape),
    BLAME(ANSWER, "dual", dual), BLAME(TEXT, "shapes", shapes), BLAME(WORD, "file", file), BLAME(SET, "line", line),
    BLAME(TEXT, "hint", hint), {0}};
