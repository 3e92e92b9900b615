#!/bin/sh
# fuzz.sh: random programs agree; a fault planted in one is convicted and named; the same seed gives the same programs.
. "$top_srcdir/tests/lib/tap.sh"

gives()    # gives STATUS ARGUMENT...: runs triad fuzz; what it printed lies in $scratch/out and $scratch/err
{
    wanted=$1
    shift
    "$TRIAD" fuzz "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    status=$?
    [ $status = "$wanted" ] || { echo "triad fuzz $*: exit status $status, not $wanted"; cat "$scratch/out" "$scratch/err"; }
}

programs_agree()
{
    gives 0 --programs 2000 --seed 20
    grep -q '^2000 programs' "$scratch/out" || cat "$scratch/out"
}

every_op_is_used()
{
    n=$(grep -c '^TD_OP(' "$top_srcdir/src/ops.def")
    grep -q "^ops: $n of $n used" "$scratch/out" || cat "$scratch/out"
}

faults_are_named()
{
    gives 0 --faults --programs 300 --seed 21
    grep -q '^all .* 0$' "$scratch/out" || cat "$scratch/out"
}

one_program_again()
{
    gives 0 --only 17 --seed 20 --dtype f32
    mv "$scratch/out" "$scratch/before"
    gives 0 --only 17 --seed 20 --dtype f32
    diff "$scratch/before" "$scratch/out"
}

printed_program_compiles()
{
    sed -n '/^\/\*/,$p' "$scratch/out" >"$scratch/program.c"
    $CC -std=c11 -fsyntax-only -I"$top_srcdir/src" -I"$top_srcdir/verify" "$scratch/program.c" 2>&1
}

trouble()
{
    gives 2 "$@"
    [ -s "$scratch/err" ] || echo "nothing on standard error"
}

check "2000 random programs agree" programs_agree
check "they use every op" every_op_is_used
check "of 300 planted faults none is missed" faults_are_named
check "a program can be run again by its number" one_program_again
check "a program printed as C compiles" printed_program_compiles
check "no programs is trouble" trouble --programs 0
check "a name is trouble" trouble softmax
finish
