#!/bin/sh
# ops.sh: triad ops: every op in every engine, and docs/ops.md and docs/differences.md as the registry and the tests' data have them.
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

# Every op has at least 30 cases beside PyTorch or mpmath, and if it has a derivative, 30 with gradients.
cases()
{
    "$TRIAD" ops --table >"$scratch/table"
    awk -F'\t' 'FILENAME ~ /table$/ { smooth[$1] = $4 !~ /^(flat|cut)$/; next }
        /^# op / { op = substr($0, 6); next }
        !/^#/ { cases[op]++; if (/\|[A-Za-z_]+'"'"'/) gradients[op]++ }
        END {
            for (op in smooth) if (cases[op] < 30) print op ": " cases[op] + 0 " cases"
            for (op in smooth) if (smooth[op] && gradients[op] < 30) print op ": " gradients[op] + 0 " cases with gradients"
            for (op in cases) if (!(op in smooth)) print op ": no such op"
        }' "$scratch/table" "$top_srcdir"/tests/reference/*.txt
}

# Rows of docs/differences.md and what shows them, each with the other.
shown()
{
    awk -F ' [|] ' '/^[|]/ && !/^[|]( where | function |---)/ { print substr($1, 3) }' "$top_srcdir/docs/differences.md" | sort >"$scratch/rows"
    awk '/^## / { entry = substr($0, 4); next } !/^#/ && entry != "" { print entry; entry = "" }' "$top_srcdir/tests/differences.txt" | sort >"$scratch/cases"
    comm -23 "$scratch/rows" "$scratch/cases" | sed 's/^/no case: /'
    comm -13 "$scratch/rows" "$scratch/cases" | sed 's/^/no row: /'
}

check "docs/ops.md is what make ops writes" list
check "every op runs in every engine" engines
check "at least 30 cases an op, with gradients where there are" cases
check "every row of docs/differences.md has a case that shows it, and every case a row" shown
finish
