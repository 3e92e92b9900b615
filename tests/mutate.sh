#!/bin/sh
# mutate.sh: the check convicts what is broken on purpose: some ops of every family, every mutation.  `make mutate`: all ops.
. "$top_srcdir/tests/lib/tap.sh"

convicted()    # convicted OP...: nothing but what is listed as equivalent survives, and the controls do
{
    "$TRIAD" mutate --dtype f64 "$@" >"$scratch/said" 2>&1 || sed -n '/^[a-z].* \(survived\|mislisted\|unasked\)/p' "$scratch/said"
    grep -q '^[0-9]* mutants: [1-9][0-9]* killed' "$scratch/said" || cat "$scratch/said"
}

one_weak_case()    # a mutant that one case can't convict is not passed over
{
    "$TRIAD" mutate --dtype f64 --cases 1 clamp >"$scratch/said" 2>&1
    [ $? = 1 ] || cat "$scratch/said"
    grep -q '^clamp f64 .* survived' "$scratch/said" || cat "$scratch/said"
}

json_is_whole()
{
    "$TRIAD" mutate --dtype f64 --cases 2 neg --json "$scratch/m.json" >/dev/null 2>&1
    [ "$(head -c 1 "$scratch/m.json")$(tail -c 3 "$scratch/m.json")" = '{]}' ] || cat "$scratch/m.json"
}

check "elementwise mutants are convicted" convicted mul tanh relu maximum where
check "and those of reductions" convicted sum logsumexp
check "of shapes and indices" convicted expand slice gather
check "of products and layers" convicted mm softmax
check "a survivor is told" one_weak_case
check "JSON is written whole" json_is_whole
finish
