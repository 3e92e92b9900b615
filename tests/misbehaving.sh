#!/bin/sh
# misbehaving.sh: whatever a plugin does to its process is a verdict in words, within seconds, and what stands beside it on
# the command line is judged all the same.
. "$top_srcdir/tests/lib/tap.sh"
tab=$(printf '\t')

plugin()    # plugin LIBRARY CASE OPTION...
{
    library=$1 case=$2
    shift 2
    $CC -std=c11 -shared -fPIC -I"$top_srcdir/verify" "-DCASE=\"$case\"" "$@" "$top_srcdir/tests/misbehaving.c" \
        -o "$scratch/$library" -lm
}

flat() { tr -s ' \n' ' ' <"$1"; }

is_said()    # is_said STATUS WORDS ARGUMENT...
{
    wanted=$1 words=$2
    shift 2
    "$TRIAD" check "$@" --timeout 2 --max-memory 1000 --cases 1 >"$scratch/said" 2>&1 </dev/null
    status=$?
    [ $status = "$wanted" ] || { echo "exit status $status, not $wanted"; cat "$scratch/said"; }
    flat "$scratch/said" | grep -q -e "$words" || { echo "not said: $words"; cat "$scratch/said"; }
}

case_of()    # case_of CASE OPTION STATUS WORDS
{
    plugin bad.so "$1" ${2:+"$2"} || return 1
    is_said "$3" "$4" "$scratch/bad.so"
}

words()    # words STATUS WORDS ARGUMENT...: of the good library, asked by options
{
    status_=$1 said_=$2
    shift 2
    is_said "$status_" "$said_" "$scratch/good.so" "$@"
}

rest_goes_on()
{
    plugin bad.so abort || return 1
    is_said 1 "good f64 DISAGREE 2 .*1 checks agree, 1 disagree" "$scratch/bad.so" "$scratch/good.so"
    is_said 2 "4 checks agree, 0 disagree" "$scratch/none.so" "$scratch/good.so" rosenbrock --case 0 --dtype f64
}

# What a Fortran program does to end itself ends the worker alone.
fortran_stop()
{
    printf '%s\n' 'subroutine f(n, x, y)' 'integer :: n' 'double precision :: x(n), y' \
        'if (x(1) < 1d9) stop "no convergence"' 'y = 0' 'end subroutine' >"$scratch/stop.f90"
    gfortran -shared -fPIC "$scratch/stop.f90" -o "$scratch/stop.so" || return 1
    is_said 1 "the value ends the process: exit status 0: .* STOP in Fortran. Last it printed: STOP no convergence" \
        "$scratch/stop.so" --signature fortran-scalar --value f --gradient f --n 3
}

in_process()
{
    "$TRIAD" check "$scratch/good.so" --in-process >"$scratch/said" 2>&1 || cat "$scratch/said"
}

grep -v '^#' "$top_srcdir/tests/misbehaving.txt" >"$scratch/cases"
while IFS= read -r line; do
    case=$(echo "$line" | cut -f 1) option=$(echo "$line" | cut -f 2) wanted=$(echo "$line" | cut -f 3)
    words=$(echo "$line" | cut -f 4)
    check "$case: $words" case_of "$case" "$option" "$wanted" "$words"
done <"$scratch/cases"
plugin good.so nothing
check "the rest goes on" rest_goes_on
check "a file that is no library" is_said 2 "it can't be loaded" "$top_srcdir/README.md"/
check "text that is no library" is_said 2 "it can't be loaded" "$top_srcdir/README.md" --signature plain
check "no such file" is_said 2 "it can't be loaded" "$scratch/none.so"
check "no such symbol" words 2 "it has no symbol 'nosuch'" --value nosuch --signature plain --n 3
check "no size" words 2 "n, how many numbers x has, is not given" --value triad_foreign --signature plain
check "no such signature" words 2 "no such signature" --value triad_foreign --signature nosuch --n 3
check "data called as a function" words 1 "the value crashes" --value triad_foreign --gradient triad_foreign \
    --signature plain --n 3
check "in one process" in_process
if command -v gfortran >/dev/null; then check "STOP in Fortran" fortran_stop
else skip "STOP in Fortran" "no gfortran"
fi
finish
