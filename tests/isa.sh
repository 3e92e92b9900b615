#!/bin/sh
# isa.sh: every instruction set of this machine gives the same bits, over all ops and programs; others are refused.
. "$top_srcdir/tests/lib/tap.sh"

sets()    # those of this machine
{
    "$TRIAD" isa | awk '$2 != "not" { print $1 }'
}

best_is_in_use()
{
    [ "$("$TRIAD" isa | awk '/in use$/ { print $1 }')" = "$(sets | tail -1)" ] || "$TRIAD" isa
}

named_is_in_use()
{
    for set in $(sets); do TD_ISA=$set "$TRIAD" isa | grep -q "^$set *in use$" || echo "$set is not in use"; done
}

same_bits()
{
    TD_ISA=base ./tests/plain_bits all >"$scratch/base"
    [ -s "$scratch/base" ] || echo "no bits"
    for set in $(sets | grep -vx base); do TD_ISA=$set ./tests/plain_bits all | diff "$scratch/base" - | head -5; done
    for way in plain fused; do TD_SCHEDULE=$way ./tests/plain_bits all | diff "$scratch/base" - | head -5; done
}

# tests/kernels.txt: a hash of what each kernel makes of the same numbers.  Where one changes, so does the numerics version.
# The other sets are held to this one by tests/plain_kernels.
kept_bits()
{
    ./tests/plain_kernels base | diff "$top_srcdir/tests/kernels.txt" - | head -5
}

unknown_is_refused()
{
    TD_ISA=vax "$TRIAD" check add >"$scratch/out" 2>"$scratch/err"
    [ $? = 2 ] || echo "exit status is not 2"
    grep -q 'TD_ISA=vax' "$scratch/err" || cat "$scratch/err"
    cat "$scratch/out"
}

check "the best of this machine is in use" best_is_in_use
check "the one that is named is in use" named_is_in_use
check "the bits are the same with each" same_bits
check "each kernel has the bits that are kept" kept_bits
check "an unknown one is refused" unknown_is_refused
finish
