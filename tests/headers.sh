#!/bin/sh
# headers.sh: each header can be included alone, and the installed ones in C++ too.
#
# Left out are texts with parameters, included by those who set them: *.tmpl.h, and in dual/ the definitions over `num` and
# the parts a number system is put together from.
. "$top_srcdir/tests/lib/tap.sh"
cd "$top_srcdir" || exit 99

texts='.*\.tmpl\.h|src/dual/definitions/.*|src/dual/(ball|bound|bound_run|lanes|value)\.h'
[ -n "$QUAD_CPPFLAGS" ] || texts="$texts|src/dual/quad\.h"      # the compiler may have no such type
public="src/triad.h src/triad_engine.h verify/triad_foreign.h verify/triad_verify.h verify/triad_gsl.h"
warnings="-Wall -Wextra -Wshadow -Werror -fsyntax-only"

compiles()    # compiles HEADER COMPILER...
{
    header=$1
    shift
    printf '#include "%s"\ntypedef int td_not_empty;\n' "$PWD/$header" >"$scratch/alone"
    "$@" -D_POSIX_C_SOURCE=200809L -Isrc -Iverify $GSL_CFLAGS "$scratch/alone"
}

# In triad.h, "each function above that makes a tensor is also a macro"; these are given one, and give it back.
unlocated()
{
    sed -n 's/^TD_API td_tensor \*\(td_[a-z0-9_]*\)(.*/\1/p' src/triad.h | grep -vx 'td_at\|td_require_grad\|td_grad' |
        sort >"$scratch/functions"
    sed -n 's/^#define \(td_[a-z0-9_]*\)(\.\.\.).*/\1/p' src/triad.h | sort >"$scratch/macros"
    diff "$scratch/functions" "$scratch/macros"
}

for header in $(find src/ verify/ -name '*.h' | grep -vxE "$texts" | sort); do
    check "$header alone" compiles "$header" $CC -std=c11 -Wstrict-prototypes $warnings -x c
done
for header in $public; do
    if echo 'int x;' | $CXX -fsyntax-only -x c++ - 2>/dev/null; then
        check "$header in C++" compiles "$header" $CXX -std=c++11 $warnings -x c++
    else
        skip "$header in C++" "no C++ compiler"
    fi
done
check "functions that make tensors note where they were called" unlocated
finish
