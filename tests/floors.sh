#!/bin/sh
# floors.sh: who may use whom.
#
# The dual engine and the verifier are worth something as witnesses because they share nothing with the tape: no kernel,
# no VJP.  That shows in two places: what the compiler reads for each source (its dependencies, so what headers include is
# seen too), and which names an object file leaves to the linker.
. "$top_srcdir/tests/lib/tap.sh"
cd "$top_srcdir" || exit 99

public="src/triad.h src/triad_engine.h src/ops.def"

reads()    # reads SOURCE: the project's files that the compiler reads for it
{
    $CC -MM -Isrc -Iverify $GSL_CFLAGS "$1" | tr -s ' \\' '\n\n' | grep -v ':$' | sed '
        s,^\./,,
        :up
        s,[^/.][^/]*/\.\./,,
        t up' | grep .
}

room()    # room FOLDER ALLOWED...: lists what its sources read and may not
{
    folder=$1
    shift
    for source in $(find "$folder/" -name '*.c' | sort); do
        reads "$source" >"$scratch/reads" || echo "$source does not compile"
        while read -r file; do
            for pattern do
                case $file in $pattern) continue 2 ;; esac
            done
            echo "$source reads $file"
        done <"$scratch/reads"
    done
}

objects()    # objects FOLDER: its object files in this build
{
    find "$top_builddir/$1/" -name '*.o'
}

names()    # names NM-OPTION OBJECT...: sorted
{
    option=$1
    shift
    $NM -g "$option" "$@" | awk '$NF ~ /^_?td_/ { print $NF }' | sort -u
}

# The dual engine: nothing but itself and what the two public headers declare.
strangers()
{
    api=$(cat src/triad.h src/triad_engine.h)
    names --defined-only $(objects src/dual) >"$scratch/own"
    names --undefined-only $(objects src/dual) | comm -13 "$scratch/own" - | while read -r name; do
        echo "$api" | grep -qw "$name" || echo "src/dual uses $name"
    done
}

openmp()
{
    grep -rnE '#[[:space:]]*pragma[[:space:]]+omp|[<"]omp\.h|\<omp_[a-z]' src verify | grep -v '^src/core/parallel\.c:'
    true
}

# Elementary functions of a C library differ from library to library in their last bits: the tape's side has its own.  (A
# square root, a fused multiply-add and roundings are exact everywhere.)
elementary()
{
    $NM -u $(objects src/kernel) $(objects src/core) $(objects src/op) $(objects src/tape) $(objects src/optim) | awk '{ print $NF }' |
        grep -xE '(a?(sin|cos|tan)h?|exp(2|m1|10)?|log(2|10|1p)?|pow|erfc?|cbrt|hypot|[lt]gamma|fmod)[fl]?(@.*)?' | sort -u |
        sed 's/$/ of the C library is used/'
    true
}

gsl()
{
    grep -rnE '[<"]gsl/|\<gsl_[a-z]' src
    true
}

check "kernel reads itself" room src/kernel 'src/kernel/*'
check "core reads itself and the kernel table" room src/core 'src/core/*' src/kernel/kernel.h 'src/kernel/*.def' $public
check "op reads core and kernel" room src/op 'src/op/*' 'src/core/*.h' 'src/kernel/*.h' 'src/kernel/*.def' $public
check "tape reads op, core and the table of kernel" room src/tape 'src/tape/*' 'src/op/*.h' 'src/core/*.h' \
    src/kernel/kernel.h 'src/kernel/*.def' src/kernel/tree.h $public
check "optim reads itself, the public headers and the table of kernel" room src/optim 'src/optim/*' src/kernel/kernel.h \
    'src/kernel/*.def' $public
check "io reads core" room src/io 'src/io/*' 'src/core/*.h' $public
check "dual reads itself and the public headers" room src/dual 'src/dual/*' $public
check "verify reads itself and the public headers" room verify 'verify/*' $public
check "dual links with itself and the public interface" strangers
check "OpenMP stays in core/parallel.c" openmp
check "the tape's side has its own elementary functions" elementary
check "GSL stays out of libtriad" gsl
finish
