#!/bin/sh
# examples.sh: the examples of the documentation print what they are said to print.
. "$top_srcdir/tests/lib/tap.sh"

expected()    # expected EXAMPLE: its text, but for what a build without quad precision does not ask
{
    if [ -n "$QUAD_CPPFLAGS" ]; then cat "$top_srcdir/docs/examples/$1.txt"
    else grep -v 'differences in quad: ' "$top_srcdir/docs/examples/$1.txt"
    fi
}

prints()    # prints EXAMPLE: its output is EXAMPLE.txt
{
    "$top_builddir/docs/examples/$1" >"$scratch/said" 2>&1 || echo "exit status $?"
    expected "$1" | diff - "$scratch/said"
}

for text in "$top_srcdir"/docs/examples/*.txt; do
    name=$(basename "$text" .txt)
    check "$name prints what its text says" prints "$name"
done
finish
