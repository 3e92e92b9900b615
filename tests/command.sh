#!/bin/sh
# command.sh: the command `triad` from outside: what it prints, and its exit status (0 agree, 1 disagree, 2 trouble).
. "$top_srcdir/tests/lib/tap.sh"

gives()    # gives STATUS ARGUMENT...: runs triad; what it printed lies in $scratch/out and $scratch/err
{
    wanted=$1
    shift
    "$TRIAD" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    status=$?
    [ $status = "$wanted" ] || { echo "triad $*: exit status $status, not $wanted"; cat "$scratch/out" "$scratch/err"; }
}

every_op_is_listed()
{
    gives 0 ops
    sed -n 's/^TD_OP(\([a-z0-9_]*\)).*/\1/p' "$top_srcdir/src/ops.def" >"$scratch/names"
    awk 'NR == FNR { wanted[$1]; n++; next } $1 in wanted { print $1 }' "$scratch/names" "$scratch/out" |
        diff "$scratch/names" -
}

one_row_again()
{
    gives 0 check softmax --dtype f32 --case 2 --seed 417
    grep -q '^softmax *f32 *agree ' "$scratch/out" || cat "$scratch/out"
    mv "$scratch/out" "$scratch/before"
    gives 0 check softmax --dtype f32 --case 2 --seed 417
    diff "$scratch/before" "$scratch/out"
}

trouble()    # trouble ARGUMENT...: status 2, a word on standard error, nothing on standard output
{
    gives 2 "$@"
    [ -s "$scratch/err" ] || echo "nothing on standard error"
    cat "$scratch/out"
}

# npy NAME BYTES...: a vector of f64, each number its two highest bytes in octal, the lower six 0
npy()
{
    file=$scratch/$1.npy
    shift
    head="{'descr': '<f8', 'fortran_order': False, 'shape': ($#,), }"
    { printf '\223NUMPY\001\000\166\000%-117s\n' "$head"; for n; do printf '\000\000\000\000\000\000'"$n"; done; } >"$file"
}

two_files_are_compared()
{
    npy a '\360\077' '\000\100' '\010\100' '\360\277'      # 1 2 3 -1
    npy negative '\360\277' '\000\300' '\010\300' '\360\077'
    npy shifted '\370\177' '\360\077' '\000\100' '\010\100'    # NaN 1 2 3
    npy short '\360\077'
    gives 0 compare "$scratch/a.npy" "$scratch/a.npy"
    grep -q '^agree: 0 of 4' "$scratch/out" || cat "$scratch/out"
    gives 1 compare "$scratch/negative.npy" "$scratch/a.npy"
    grep -q 'the sign is wrong' "$scratch/out" || cat "$scratch/out"
    gives 1 compare "$scratch/shifted.npy" "$scratch/a.npy"
    { grep -q '^one is not finite  *1 ' "$scratch/out" && grep -q '^  (0)  nan  1$' "$scratch/out"; } || cat "$scratch/out"
    npy one '\360\077' '\000\100' '\010\100' '\000\300'        # the last of a is -1, of this -2
    gives 1 compare "$scratch/one.npy" "$scratch/a.npy"
    { grep -q 'one entry alone differs' "$scratch/out" && grep -q '^the same  *3 *75% *#*$' "$scratch/out" &&
        grep -q '^up to 1  *1 *25% *########$' "$scratch/out" && grep -q '^  (3)  -2  -1  0.5' "$scratch/out"; } || cat "$scratch/out"
    npy lost '\000\000' '\000\000' '\010\100' '\360\277'
    gives 1 compare "$scratch/lost.npy" "$scratch/a.npy"
    grep -q 'A is 0: not written' "$scratch/out" || cat "$scratch/out"
    gives 0 compare --care 0.5 "$scratch/one.npy" "$scratch/a.npy"
    gives 0 compare --care=0.9 "$scratch/a.npy" "$scratch/a.npy"
    trouble compare "$scratch/a.npy" "$scratch/short.npy"
    trouble compare "$scratch/a.npy"
    trouble compare "$scratch/a.npy" "$scratch/none.npy"
}

expressions_are_asked()
{
    npy a '\360\077' '\000\100' '\010\100' '\360\277'
    gives 0 expr 'sum(x*y)^2' "x=$scratch/a.npy" 'y=[1,2,3,4]'
    grep -q '^  () *100 *100 ' "$scratch/out" || cat "$scratch/out"
    { grep -q '^d/dx ' "$scratch/out" && grep -q '^d/dy ' "$scratch/out" && grep -q '^agree$' "$scratch/out"; } || cat "$scratch/out"
    gives 0 expr --json - -- '-x' x=1
    [ "$(head -c 1 "$scratch/out")$(tail -c 2 "$scratch/out")" = '{}' ] || cat "$scratch/out"
    gives 0 expr --dtype f32 'exp(x)' x=1,2
    grep -q 'f32' "$scratch/out" && cat "$scratch/out"
    trouble expr
    trouble expr 'x+' x=1
    printf '  x+\n    ^\n' >"$scratch/caret"
    tail -n 2 "$scratch/err" | diff "$scratch/caret" -
    trouble expr x x=1 y=2
    trouble expr x x=1 x=2
    trouble expr x x=nowhere
    trouble expr x "x=$scratch/none.npy"
    trouble expr x 1=x
    trouble expr 'W@x' W=1,2 x=1,2,3
    trouble expr "$(head -c 70000 /dev/zero | tr '\0' '(')"
}

help_names_commands()
{
    gives 0 --help
    mv "$scratch/out" "$scratch/help"
    for command in check compare expr fuzz ops report version; do
        grep -qw "$command" "$scratch/help" || echo "help does not name $command"
        gives 0 "$command" --help
        grep -q "^usage: triad $command" "$scratch/out" || echo "no usage of $command"
    done
}

version_is_the_packages()
{
    gives 0 version
    grep -qxF "triad $(sed -n 's/^Version: //p' "$top_builddir/src/libtriad.pc")" "$scratch/out" || cat "$scratch/out"
}

json_is_whole()
{
    gives 0 check add mul --cases 2 --json "$scratch/r.json"
    [ "$(head -c 1 "$scratch/r.json")$(tail -c 2 "$scratch/r.json")" = '{}' ] || cat "$scratch/r.json"
}

# Elements nest, attributes are quoted and no & or < stands bare: what every reader of XML asks.
well_formed()    # well_formed FILE
{
    awk '{ text = text $0 "\n" }
    END {
        gsub(/<\?[^>]*\?>|<!DOCTYPE [a-z]*>/, "", text)
        while (match(text, /<[^<>]*>/)) {
            plain = substr(text, 1, RSTART - 1)
            tag = substr(text, RSTART + 1, RLENGTH - 2)
            text = substr(text, RSTART + RLENGTH)
            all = plain tag
            gsub(/&(amp|lt|gt|quot|#[0-9]+);/, "", all)
            if (plain ~ /</ || all ~ /&/) print "bare: " plain "<" tag ">"
            name = tag
            sub(/[ \n\/].*/, "", name)
            if (tag ~ /^\//) {
                if (depth < 1 || open[depth--] != substr(tag, 2)) print "unexpected <" tag ">"
            } else {
                rest = substr(tag, length(name) + 1)
                gsub(/[ \n]+[A-Za-z-]+="[^"]*"/, "", rest)
                if (rest !~ /^\/?$/) print "attributes: <" tag ">"
                if (tag !~ /\/$/) open[++depth] = name
            }
        }
        if (depth) print "not closed: " open[depth]
        if (text ~ /</) print "left: " text
    }' "$1"
    tr -d '\n' <"$1" | grep -q '[[:cntrl:]]' && echo "control characters in $1"
    if command -v xmllint >/dev/null; then xmllint --noout "$1"; fi
}

views_are_well_formed()
{
    gives 0 check add relu rosenbrock --cases 8 --html "$scratch/r.html" --junit "$scratch/r.xml" --tap "$scratch/r.tap"
    well_formed "$scratch/r.html"
    well_formed "$scratch/r.xml"
    [ "$(grep -c '<testcase' "$scratch/r.xml")" = 6 ] || cat "$scratch/r.xml"
    grep -E '(src|href)="[^#]|https?:|<script|url\(' "$scratch/r.html"
    grep -q ' time=\|duration_ms' "$scratch/r.xml" "$scratch/r.tap" && echo "seconds, though not asked for"
    ls "$scratch" | grep '\.part$'
    true
}

plan_is_kept()
{
    gives 0 check add relu --cases 2 --tap -
    grep -qx "1\.\.$(grep -cE '^(not )?ok [0-9]+ - ' "$scratch/out")" "$scratch/out" || cat "$scratch/out"
    [ "$(head -n 1 "$scratch/out")" = 'TAP version 13' ] || cat "$scratch/out"
    grep -q ' verdict ' "$scratch/out" && echo "the table stands on standard output, too"
    trouble check add --cases 1 --tap - --junit -
    trouble check add --cases 1 --tap "$scratch/x" --json "$scratch/x"
}

# Seconds differ from run to run, so they are there only where they are asked for.
seconds_are_asked_for()
{
    gives 0 check add softmax --cases 3 --json "$scratch/a.json"
    gives 0 check add softmax --cases 3 --json "$scratch/b.json"
    cmp "$scratch/a.json" "$scratch/b.json"
    grep -q seconds "$scratch/a.json" "$scratch/out" && echo "seconds, though not asked for"
    gives 0 check add softmax --cases 3 --json "$scratch/c.json" --timings
    grep -q '"seconds": {' "$scratch/c.json" || echo "no seconds in the JSON"
    grep -q '^seconds  *tape ' "$scratch/out" || cat "$scratch/out"
    gives 0 check add --case 3 --timings
    grep -q '^  [0-9.]* s: tape ' "$scratch/out" || cat "$scratch/out"
}

# What is checked now, on a terminal and nowhere else.
progress_is_told()
{
    script -qec "'$TRIAD' check exp softmax logsumexp relu conv2d --jobs 1 --cases 1000 >'$scratch/out'" "$scratch/typed" >/dev/null </dev/null
    tr '\r' '\n' <"$scratch/typed" | grep -q '[0-9]* %  [0-9]* checks, [0-9]*/s  .* f[36][24]' || cat "$scratch/typed"
    grep 'checks, [0-9]*/s' "$scratch/out"
    gives 0 check add --cases 3
    cat "$scratch/err"
}

no_folder()
{
    gives 2 check add --cases 1 --json "$scratch/none/r.json"
    grep -q 'none/r\.json' "$scratch/err" || cat "$scratch/err"
}

# A view whose disk is full is trouble, and no half of it is left.  ulimit counts blocks of 512 bytes, some shells of 1024.
cut_short()
{
    for view in html junit json; do
        rm -f "$scratch"/cut*
        (ulimit -f 1 && trap '' XFSZ &&
            "$TRIAD" check add sub mul div neg exp log sin --cases 1 --$view "$scratch/cut" >/dev/null) 2>"$scratch/err"
        [ $? = 2 ] || echo "$view: status is not 2"
        grep -q "could not write .*/cut" "$scratch/err" || cat "$scratch/err"
        ls "$scratch" | grep cut
    done
    for view in html junit tap; do
        gives 2 check add --cases 1 --$view /dev/full
        gives 2 check add --cases 1 --$view "$scratch/none/r"
        "$TRIAD" check add --cases 1 --$view - >/dev/full 2>"$scratch/err"
        [ $? = 2 ] || echo "$view: a full disk is not noticed"
    done
}

full_disk()
{
    "$TRIAD" check add --cases 1 >/dev/full 2>"$scratch/err"
    [ $? = 2 ] || echo "a full disk is not noticed"
}

check "help names the commands" help_names_commands
check "the version is the package's" version_is_the_packages
check "every op is listed, and all agree" every_op_is_listed
check "one case can be run again" one_row_again
check "two files are compared" two_files_are_compared
check "an expression is asked of every engine" expressions_are_asked
check "JSON is written whole" json_is_whole
check "HTML and JUnit are well-formed, and need nothing else" views_are_well_formed
check "the plan of TAP is the number of its lines" plan_is_kept
check "seconds are written where asked for, and only there" seconds_are_asked_for
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    check "on a terminal a long check says how far it is" progress_is_told
else
    skip "on a terminal a long check says how far it is" "no script(1)"
fi
check "no command is trouble" trouble
check "a wish that is no share is trouble" trouble check add --care 2
check "an unknown command is trouble" trouble nosuch
check "an unknown op is trouble" trouble check nosuch
check "a wrong option is trouble" trouble check add --dtype f16
check "a file that can't be written is trouble" no_folder
if [ -e /dev/full ]; then
    check "a full disk is trouble" full_disk
    check "a view is there whole or not at all" cut_short
else
    skip "a view is there whole or not at all" "no /dev/full"
    skip "a full disk is trouble" "no /dev/full"
fi
finish
