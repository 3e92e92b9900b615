#!/bin/sh
# options.sh: what configure refuses, and that it says what to do.
#
# It is run here as it was for this build, in a folder of its own, with one thing wrong.
. "$top_srcdir/tests/lib/tap.sh"

refuses()    # refuses WORDS ARGUMENT...: configure fails, and says all the words
{
    words=$1
    shift
    mkdir -p "$scratch/build"
    (cd "$scratch/build" && "$top_srcdir/configure" "$@") >"$scratch/said" 2>&1 && echo "configure $* succeeds"
    for word in $words; do
        grep -qF -e "$word" "$scratch/said" || { echo "configure $* does not say $word:"; tail -8 "$scratch/said"; }
    done
}

no_gsl="PKG_CONFIG=false GSL_CONFIG=/bin/false"
no_criterion="PKG_CONFIG=false ac_cv_header_criterion_criterion_h=no"

if [ "$top_srcdir" = "$top_builddir" ]; then
    skip "configure refuses" "a source tree that is configured can't be configured elsewhere"
else
    check "-ffast-math is refused" refuses "-ffast-math bounds" CC="$CC" CFLAGS="-O2 -ffast-math"
    check "-Ofast is refused" refuses "-Ofast bounds" CC="$CC" CFLAGS=-Ofast
    check "a missing GSL is named for each system" refuses "GSL libgsl-dev gsl-devel install" CC="$CC" $no_gsl
    check "a missing Criterion is, with the way around" \
        refuses "Criterion libcriterion-dev --disable-tests install" \
        CC="$CC" GSL_CFLAGS=-I. GSL_LIBS="$GSL_LIBS" $no_criterion
fi
finish
