#!/bin/sh
# symbols.sh: the shared libraries export what their headers declare with TD_API, and nothing else.
. "$top_srcdir/tests/lib/tap.sh"
cd "$top_srcdir" || exit 99

declared()    # declared HEADER...: the names of its TD_API functions, a prototype may take several lines
{
    cat "$@" | sed 's,/\*.*\*/,,' | tr '\n' ' ' | sed 's/TD_API/\
TD_API/g' | sed -n 's/^TD_API \([^;{(]*[ *]\)\(td_[a-z0-9_]*\)(.*/\2/p' | sort -u
}

exported()    # exported LIBRARY: names beginning with _ are the compiler's
{
    $NM -D --defined-only "$1" | awk '{ print $3 }' | sed 's/@.*//' | grep -v '^_' | sort -u
}

same()    # same LIBRARY HEADER...
{
    library=$1
    shift
    exported "$library" >"$scratch/exported"
    declared "$@" >"$scratch/declared"
    [ -s "$scratch/declared" ] || echo "no TD_API in $*"
    comm -13 "$scratch/exported" "$scratch/declared" | sed 's/$/ is declared and not exported/'
    comm -23 "$scratch/exported" "$scratch/declared" | sed 's/$/ is exported and not declared/'
}

try()    # try LIBRARY HEADER...
{
    library=$1
    shift
    if [ -e "$top_builddir/.libs/$library.so" ]; then
        check "$library exports its interface" same "$top_builddir/.libs/$library.so" "$@"
    else
        skip "$library exports its interface" "no ELF shared library in this build"
    fi
}

try libtriad src/triad.h src/triad_engine.h
try libtriad-verify verify/triad_verify.h verify/triad_gsl.h
finish
