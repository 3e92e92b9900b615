#!/bin/sh
# foreign.sh: triad check of shared objects: each example of docs/examples/foreign is judged right, and with each mistake of
# tests/foreign.txt planted in it convicted, in the words that stand there.  The documentation's commands are run, too.
. "$top_srcdir/tests/lib/tap.sh"
examples=$top_srcdir/docs/examples/foreign
OMP_NUM_THREADS=2
export OMP_NUM_THREADS
tab=$(printf '\t')

# How each one is built: nothing of triad is linked.
build()    # build SOURCE LIBRARY
{
    case $1 in
    *.cc) $CXX -shared -fPIC -I"$top_srcdir/verify" "$1" -o "$2" ;;
    *.f90) gfortran -shared -fPIC -J"$scratch" "$1" -o "$2" ;;
    *gsl_*) $CC -std=c11 -shared -fPIC $GSL_CFLAGS "$1" -o "$2" $GSL_LIBS ;;
    *threads.c) $CC -std=c11 -fopenmp -shared -fPIC "$1" -o "$2" -lm ;;
    *) $CC -std=c11 -shared -fPIC -I"$top_srcdir/verify" "$1" -o "$2" -lm ;;
    esac
}

# What is asked of it: the command that stands in its head; of one point, for what is right or wrong here is so everywhere.
ask()    # ask NAME LIBRARY
{
    name=$1 library=$2
    sed -n 's,^.*triad check \./[^ ]*\(.*\)$,\1,p' "$examples/$name" | sed 's, \*/$,,' >"$scratch/commands"
    worst=0
    : >"$scratch/said"
    while read -r words; do
        eval "set -- $words"
        "$TRIAD" check "$library" "$@" --cases 1 --timeout 20 >>"$scratch/said" 2>&1 </dev/null
        status=$?
        [ $status -gt $worst ] && worst=$status
    done <"$scratch/commands"
    [ -s "$scratch/commands" ] || { echo "no command in the head of $name"; worst=99; }
}

# Python calls the library itself, and needs no command.
run_python()    # run_python SCRIPT
{
    (cd "$scratch" && TRIAD_VERIFY=$top_builddir/.libs/libtriad-verify.so LD_LIBRARY_PATH=$top_builddir/.libs python3 "$1") \
        >"$scratch/said" 2>&1
    worst=$?
}

python_is_right()
{
    run_python "$examples/python.py"
    [ $worst = 0 ] && grep -q '^agree' "$scratch/said" || { echo "exit status $worst"; cat "$scratch/said"; }
    build "$examples/plain.c" "$scratch/plain.so" || return 1
    "$TRIAD" check "$scratch/plain.so" --signature plain --value value --gradient gradient --at "$scratch/gradient.npy" \
        >"$scratch/said" 2>&1 || cat "$scratch/said"
    "$TRIAD" check "$scratch/plain.so" --signature plain --value value --gradient gradient --n 6 \
        --at "$scratch/gradient.npy" >"$scratch/said" 2>&1
    grep -q 'the point has 5 numbers, and x has 6' "$scratch/said" || cat "$scratch/said"
}

judged_right()    # judged_right NAME
{
    build "$examples/$1" "$scratch/${1%.*}.so" || return 1
    ask "$1" "$scratch/${1%.*}.so"
    [ $worst = 0 ] && grep -q '^agree: [1-9]' "$scratch/said" || { echo "exit status $worst"; cat "$scratch/said"; }
}

flat() { tr -s ' \n' ' ' <"$1"; }

convicted()    # convicted NAME SED WORDS
{
    sed "$2" "$examples/$1" >"$scratch/$1"
    cmp -s "$examples/$1" "$scratch/$1" && echo "the mistake is not in the text: $2"
    if [ "$1" = python.py ]; then run_python "$scratch/$1"
    else build "$scratch/$1" "$scratch/wrong.so" && ask "$1" "$scratch/wrong.so" || return 1
    fi
    [ $worst = 1 ] || echo "exit status $worst"
    flat "$scratch/said" | grep -qF -e "$3" || { echo "not said: $3"; cat "$scratch/said"; }
}

# The commands of docs/checking-your-code.md, one after the other, as somebody would type them beside the examples.
command_()    # command_ NAME TEXT: a command of that name in ./bin, which finds none of them itself
{
    mkdir -p bin && printf "#!/bin/sh\nPATH='%s'\n%s\n" "$PATH" "$2" >"bin/$1" && chmod +x "bin/$1"
}

documented()
{
    mkdir "$scratch/docs" && cp "$examples"/* "$scratch/docs" && cd "$scratch/docs" || return 1
    awk '/^```/ { on = $0 == "```sh"; next } on' "$top_srcdir/docs/checking-your-code.md" >commands
    [ "$(grep -c '^triad check' commands)" -gt 7 ] || echo "commands are missing"
    command_ triad "'$TRIAD' \"\$@\" --cases 1 || echo \"exit status \$?\""
    command_ pkg-config "echo '-I$top_srcdir/verify'"
    command_ cc "exec $CC \"\$@\""
    command_ c++ "exec $CXX \"\$@\""
    PATH=$PWD/bin:$PATH TRIAD_VERIFY=$top_builddir/.libs/libtriad-verify.so LD_LIBRARY_PATH=$top_builddir/.libs \
        sh -e ./commands >said 2>&1 || cat said
    grep 'exit status' said
    [ "$(grep -c '^agree: [1-9]' said)" -gt 7 ] || cat said
}

possible()    # possible NAME: "" or what is missing
{
    case $1 in
    *.cc) $CXX --version >/dev/null 2>&1 || echo "no C++ compiler" ;;
    *.py) command -v python3 >/dev/null && [ -e "$top_builddir/.libs/libtriad-verify.so" ] ||
            echo "no python3, or no shared library" ;;
    *.f90) command -v gfortran >/dev/null || echo "no gfortran" ;;
    threads.c) printf 'int main(void) { return 0; }\n' >"$scratch/omp.c"
        $CC -fopenmp "$scratch/omp.c" -o "$scratch/omp" 2>/dev/null || echo "no OpenMP" ;;
    esac
}

for example in "$examples"/*.c "$examples"/*.cc "$examples"/*.f90; do
    name=${example##*/}
    missing=$(possible "$name")
    if [ -n "$missing" ]; then skip "$name is judged right" "$missing"
    else check "$name is judged right" judged_right "$name"
    fi
done
missing=$(possible python.py)
if [ -n "$missing" ]; then skip "python.py is judged right" "$missing"
else check "python.py is judged right" python_is_right
fi
missing=$(possible template.cc; possible fortran.f90; possible python.py)
if [ -n "$missing" ]; then skip "what docs/checking-your-code.md says to type" "$missing"
else check "what docs/checking-your-code.md says to type" documented
fi
grep -v '^#' "$top_srcdir/tests/foreign.txt" >"$scratch/mistakes"
while IFS=$tab read -r name mistake how words; do
    missing=$(possible "$name")
    if [ -n "$missing" ]; then skip "$name, $mistake: $words" "$missing"
    else check "$name, $mistake: $words" convicted "$name" "$how" "$words"
    fi
done <"$scratch/mistakes"
finish
