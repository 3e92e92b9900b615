#!/bin/sh
# expressions.sh: the commands in docs/expressions.md print what stands below them.
#
# A block between ``` that begins with "$ triad" is a command and what it prints; "..." stands for any lines.
. "$top_srcdir/tests/lib/tap.sh"

blocks()    # blocks FILE: its blocks as $scratch/block.1 and so on
{
    awk -v path="$scratch/block." '
        /^```/ { inside = !inside; if (inside) first = 1; next }
        inside && first { keep = /^\$ triad/; if (keep) n++ }
        inside { first = 0; if (keep) print > (path n) }' "$1"
}

# Each part between two lines of "..." stands in what was said, in order, and the first and last at its ends.
stands()    # stands WANTED SAID
{
    awk 'NR == FNR { wanted[++n] = $0; next } { said[++m] = $0 }
        END {
            j = 1
            for (i = 1; i <= n; i++) {
                if (wanted[i] == "...") { skipping = 1; continue }
                while (skipping && j <= m && said[j] != wanted[i]) j++
                if (said[j] != wanted[i]) { print "line " j " is: " said[j]; print "and not: " wanted[i]; exit }
                j++
                skipping = 0
            }
            if (!skipping && j <= m) print "and more: " said[j]
        }' "$1" "$2"
}

runs()    # runs BLOCK
{
    head -n 1 "$1" | sed "s,^\\$ triad,\"\$TRIAD\"," >"$scratch/command"
    tail -n +2 "$1" >"$scratch/wanted"
    (cd "$scratch" && sh ./command >said 2>&1 </dev/null)
    stands "$scratch/wanted" "$scratch/said"
}

blocks "$top_srcdir/docs/expressions.md"
for block in "$scratch"/block.*; do
    check "$(head -n 1 "$block" | cut -c 3-60)" runs "$block"
done
finish
