#!/bin/sh
# report.sh: parts of a report make the whole, byte for byte; pages are valid; every form is there whole.
. "$top_srcdir/tests/lib/tap.sh"

gives()    # gives STATUS ARGUMENT...
{
    wanted=$1
    shift
    "$TRIAD" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    status=$?
    [ $status = "$wanted" ] || { echo "triad $*: exit status $status, not $wanted"; cat "$scratch/out" "$scratch/err"; }
}

views()    # views NAME: options that write all forms
{
    echo "--json $scratch/$1.json --html $scratch/$1.html --junit $scratch/$1.xml --tap $scratch/$1.tap"
}

what="abs softmax logsumexp std rosenbrock where"

parts_make_the_whole()
{
    gives 0 check $what --cases 4 $(views whole)
    for i in 1 2 3; do gives 0 check $what --cases 4 --shard $i/3 --json "$scratch/part$i.json"; done
    gives 0 merge "$scratch/part3.json" "$scratch/part1.json" "$scratch/part2.json" -o "$scratch/merged.json" \
        --html "$scratch/merged.html" --junit "$scratch/merged.xml" --tap "$scratch/merged.tap"
    for form in json html xml tap; do cmp "$scratch/whole.$form" "$scratch/merged.$form"; done
    for jobs in 1 2 5 100; do
        gives 0 check $what --cases 4 --jobs $jobs $(views shared)
        for form in json html xml tap; do cmp "$scratch/whole.$form" "$scratch/shared.$form"; done
    done
    gives 0 merge "$scratch/whole.json"
    cmp "$scratch/whole.json" "$scratch/out"
}

refused()    # refused WORDS ARGUMENT...: triad merge gives 2, and says all the words
{
    words=$1
    shift
    gives 2 merge "$@" -o "$scratch/none.json"
    for word in $words; do grep -q -e "$word" "$scratch/err" || { echo "no '$word'"; cat "$scratch/err"; }; done
    [ ! -e "$scratch/none.json" ] || echo "and yet it was written"
}

parts_that_do_not_fit()
{
    gives 0 check $what --cases 4 --seed 1 --shard 2/3 --json "$scratch/other.json"
    gives 0 check add --cases 4 --shard 1/2 --json "$scratch/half.json"
    sed '/"agreed"/d' "$scratch/part2.json" >"$scratch/poor.json"
    head -c 2000 "$scratch/part2.json" >"$scratch/cut.json"
    sed 's/"numerics": .*/"numerics": 1000,/' "$scratch/part2.json" >"$scratch/later.json"
    refused "missing 2/3" "$scratch/part1.json" "$scratch/part3.json"
    refused "twice" "$scratch/part1.json" "$scratch/part1.json"
    refused "seed" "$scratch/part1.json" "$scratch/other.json"
    refused "shards" "$scratch/part1.json" "$scratch/half.json"
    refused "agreed missing" "$scratch/poor.json"
    refused "line column" "$scratch/cut.json"
    refused "version" "$scratch/later.json"
    refused "could.not.read" "$scratch/nowhere.json"
    refused "JSON"
}

shards_are_said_right()
{
    for shard in 0/2 3/2 1 1/ /2 1/0 a/2 1/2x -1/2; do gives 2 check add --cases 1 --shard "$shard"; done
    gives 0 check add --cases 1 --shard 2/2
}

figures_are_drawn()
{
    for caption in 'Who said what' Steps Taylor Map 'Last places'; do
        grep -q "<figcaption><b>$caption\.</b>" "$scratch/whole.html" || echo "no figure: $caption"
    done
    grep -q '<b>Threads' "$scratch/whole.html" && echo "threads, though no seconds were asked for"
    gives 0 check rosenbrock --timings --html "$scratch/timed.html"
    grep -q '<b>Threads' "$scratch/timed.html" || echo "no figure: Threads"
}

pages_are_valid()
{
    tidy -q -e "$scratch/whole.html" 2>&1
}

check "parts make the whole, byte for byte" parts_make_the_whole
check "parts that do not fit are refused" parts_that_do_not_fit
check "a shard is I/N" shards_are_said_right
check "figures are drawn" figures_are_drawn
if command -v tidy >/dev/null; then check "the page is valid HTML" pages_are_valid
else skip "the page is valid HTML" "no tidy(1)"
fi
finish
