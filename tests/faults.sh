#!/bin/sh
# faults.sh: every fault of faults.txt is convicted.  A checker that finds no fault in a right library has shown nothing.
#
# For each fault one file of a copy of the sources is changed, what depends on it compiled again, and the command linked of
# that and of the objects of this build; `triad check OP` must exit with 1 and blame OP.  A definition knows of no other, so
# all faults of definitions are there at once: each of the number systems they run in is compiled a single time.
. "$top_srcdir/tests/lib/tap.sh"
cd "$top_srcdir" || exit 99
faults=$PWD/tests/faults.txt
cp -r src verify "$scratch"
cd "$scratch" || exit 99
for room in verify triad; do
    cp "$top_builddir/.libs/lib$room-all.a" "lib$room.a" && strip -g "lib$room.a" || exit 99
done
TD_ISA=base
export TD_ISA

compile()    # compile SOURCE: kernels for the base set
{
    $CC $TD_CFLAGS $CFLAGS -D_POSIX_C_SOURCE=200809L -DTD_NO_LOCATION $SETS_CPPFLAGS $QUAD_CPPFLAGS -O0 -g0 -w \
        -Isrc -Iverify ${GSL_CFLAGS-} -c "$1" -o "$(echo "$1" | tr / +).o"
}

dependents()    # dependents FILE: the sources that must be compiled again when it changes
{
    grep -lF "/$1" "$top_builddir"/src/*/.deps/*.Plo | grep -v 'libset_avx' | sed "s,^$top_builddir/,,; s,\.deps/[^-]*-,,; s,\.Plo$,.c,"
}

# An object stands before the library, so the library's of that name is not taken.
link()
{
    $CC $CFLAGS "$top_builddir"/verify/cli/triad-*.o "$@" libverify.a libtriad.a ${GSL_LIBS:--lgsl -lgslcblas} $LAPACK_LIBS \
        $QUAD_LIBS -ldl -lm $OPENMP_CFLAGS -o triad
}

convicted()    # convicted OP: triad objects and names it, after few cases or many
{
    for cases in 20 200; do
        ./triad check --cases $cases "$1" >said 2>&1
        status=$?
        [ $status = 0 ] || break
    done
    [ $status = 1 ] || echo "exit status $status"
    grep -q "at fault: $1 " said || grep -q "in $1 *$" said || { echo "$1 is not blamed"; grep 'at fault' said | sort | uniq -c; }
}

sound()
{
    link && ./triad check --cases 3 --data "$top_srcdir/docs/data" >said 2>&1 || tail -20 said
}

planted()    # planted FILE EXPRESSION
{
    cp "$1" before
    sed -i "$2" "$1"
    ! cmp -s "$1" before || echo "the fault has no place in $1 any more"
}

built()    # built FILE...: the command, with what depends on them
{
    rm -f ./*.o
    for source in $(for file; do dependents "$file"; done | sort -u); do
        compile "$source" || echo "$source does not compile"
    done
    link ./*.o
}

seeded()    # seeded FILE OP EXPRESSION
{
    planted "$1" "$3"
    built "$1" && convicted "$2"
    cp before "$1"
}

read_faults()    # read_faults COMMAND: COMMAND FILE OP EXPRESSION for each
{
    while IFS='|' read -r file op expression; do
        case $file in '' | '#'*) continue ;; esac
        file=${file% } op=${op# } op=${op% }
        "$1" "$file" "$op" "${expression# }"
    done <"$faults"
}

alone()
{
    case $1 in src/dual/definitions/*) ;; *) check "$2: $3" seeded "$@" ;; esac
}

together()
{
    case $1 in src/dual/definitions/*) planted "$1" "$3"; definitions="$definitions $1" ;; esac
}

all_definitions()
{
    definitions=
    read_faults together
    built $definitions
}

among_others()
{
    case $1 in src/dual/definitions/*) check "$2: $3" convicted "$2" ;; esac
}

# A wish acquits nobody: the verdict stays, graded a note, and only the exit status follows.
forgiven()
{
    planted src/op/linalg.c \
        's@td_mm(p->g, td_transpose(p->in\[1\], -2, -1))@td_mm(p->g, td_transpose(td_mul_scalar(p->in[1], 1 + 1e-9), -2, -1))@'
    built src/op/linalg.c || return 1
    ./triad check --cases 20 --care 1e-3 mm >said 2>&1 || echo "cared for 1e-3: exit status $?"
    grep -q 'disagree (a note, off by 1e-09)' said || cat said
    ./triad check --cases 20 --care 1e-12 mm >said 2>&1 && echo "cared for 1e-12: forgiven"
    cp before src/op/linalg.c
}

check "a copy without faults objects to nothing" sound
[ -x triad ] || exit 99
read_faults alone
check "an error of 1e-9 is a note to whom 1e-3 matters" forgiven
check "faults of definitions find their places" all_definitions
read_faults among_others
finish
