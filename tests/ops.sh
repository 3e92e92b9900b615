#!/bin/sh
# ops.sh: triad ops: every op in every engine, and docs/ops.md as the registry and the tests' data have it.
. "$top_srcdir/tests/lib/tap.sh"

list()
{
    "$TRIAD" ops --table >"$scratch/table" || echo "ops --table: $?"
    awk -f "$top_srcdir/docs/ops.awk" "$scratch/table" "$top_srcdir/src/ops.def" "$top_srcdir/docs/ulp.md" \
        "$top_srcdir/tests/kinks.txt" "$top_srcdir"/tests/reference/*.txt >"$scratch/ops.md"
    cmp -s "$scratch/ops.md" "$top_srcdir/docs/ops.md" || { echo "make ops writes it anew"; diff "$scratch/ops.md" "$top_srcdir/docs/ops.md"; }
}

engines()
{
    "$TRIAD" ops --cases 6 >"$scratch/ops" || echo "ops: $?"
    tail -1 "$scratch/ops" | grep -q ', 0 unsupported$' || cat "$scratch/ops"
}

# An op that has cases beside PyTorch has at least 30.
cases()
{
    awk '/^# op / { op = $3; next } !/^#/ { n[op]++ } END { for (op in n) if (n[op] < 30) print op, n[op] }' \
        "$top_srcdir"/tests/reference/*.txt
}

check "docs/ops.md is what make ops writes" list
check "every op runs in every engine" engines
check "at least 30 cases beside PyTorch" cases
finish
