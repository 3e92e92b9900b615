#!/bin/sh
# examples.sh: the examples of the documentation print what they are said to print.
. "$top_srcdir/tests/lib/tap.sh"

prints()    # prints EXAMPLE: its output is EXAMPLE.txt
{
    "$top_builddir/docs/examples/$1" >"$scratch/said" 2>&1 || echo "exit status $?"
    diff "$top_srcdir/docs/examples/$1.txt" "$scratch/said"
}

for text in "$top_srcdir"/docs/examples/*.txt; do
    name=$(basename "$text" .txt)
    check "$name prints what its text says" prints "$name"
done
finish
