#!/bin/sh
# cli.sh: all subcommands alike: help, options that mean one thing, exit statuses, errors that say what to do; and the manual
# and the completion know them all.
. "$top_srcdir/tests/lib/tap.sh"

commands=$("$TRIAD" help | sed -n 's/^  \([a-z]*\)  *[^ ].*/\1/p')
man=$top_srcdir/docs/man

options_of()    # options_of COMMAND
{
    "$TRIAD" "$1" --help | sed -n 's/^  \(--*[a-z-]*\) .*/\1/p'
}

trouble()    # trouble ARGUMENT...: 2, words on standard error that say what to do, nothing on standard output
{
    "$TRIAD" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    status=$?
    [ $status = 2 ] || echo "triad $*: exit status $status"
    [ ! -s "$scratch/out" ] || { echo "triad $* writes to standard output:"; head -3 "$scratch/out"; }
    grep -q '^triad: ' "$scratch/err" || { echo "triad $*: no error on standard error"; cat "$scratch/err"; }
}

each_has_help()
{
    for command in $commands; do
        [ "$command" = help ] && continue
        "$TRIAD" "$command" --help >"$scratch/out" 2>"$scratch/err" || echo "$command --help: exit status $?"
        [ -s "$scratch/err" ] && cat "$scratch/err"
        [ "$(head -n 1 "$scratch/out" | cut -d ' ' -f 1-3)" = "usage: triad $command" ] || head -n 1 "$scratch/out"
        awk -v c="$command" 'length > 100 { print c " --help: a line of " length " columns" }' "$scratch/out"
        grep '^  --*[a-z-]* [^ ]*  *$' "$scratch/out" && echo "$command: an option without a word of help"
    done
    true
}

wrong_words_are_trouble()
{
    for command in $commands; do
        [ "$command" = help ] && continue
        trouble "$command" --nosuch
        grep -q "triad $command --help" "$scratch/err" || { echo "$command: help is not pointed to"; cat "$scratch/err"; }
    done
    "$TRIAD" >"$scratch/out" 2>"$scratch/err"
    [ $? = 2 ] && [ ! -s "$scratch/out" ] && grep -q '^usage: ' "$scratch/err" || echo "triad alone does not say how it is used"
    trouble nosuch
    grep -q 'triad help' "$scratch/err" || cat "$scratch/err"
    trouble check --seed
    trouble check --cases 0
    trouble check --cases 3x
    trouble check --programs=yes
    trouble report add
    trouble version now
    trouble check nosuch
    trouble compare one.npy
    trouble merge
    trouble expr
    trouble expr 'x +' x=1
    trouble check ./nosuch.so --value f
}

# One name, one help, wherever it is taken; but for the words after a semicolon, which are a command's own.
options_mean_one_thing()
{
    for command in $commands; do
        [ "$command" = help ] && continue
        "$TRIAD" "$command" --help | sed -n 's/^  \(--*[a-z-]* [A-Z|a-z0-9\/,]*\)  *\([^ ].*\)$/\1 \2/p' |
            grep -E '^--(html|junit|tap|shard|data|timings|care) ' | grep -v '^--care X entries'
    done | sort -u | awk '{ if ($1 == last) print "two helps: " $0; last = $1 }'
}

statuses_are_told_apart()
{
    "$TRIAD" check add --cases 1 >"$scratch/out" 2>&1 || echo "agreement: $?"
    "$TRIAD" expr 'sum(x * x)' x=1,2 >"$scratch/out" 2>&1 || echo "an expression: $?"
    "$TRIAD" isa >"$scratch/out" || echo "isa: $?"
    "$TRIAD" explain 'sum(tanh(x*w))' x=5000 w=- >"$scratch/out" || echo "explain: $?"
    grep -q ' ops over 5000 elements' "$scratch/out" || { echo "explain tells of no loop"; cat "$scratch/out"; }
    trouble explain 'sum(x)' x=three
    "$TRIAD" ops --names >"$scratch/out" || echo "ops --names: $?"
    grep -qx softmax "$scratch/out" || echo "no softmax among the names"
}

manual_knows_all()
{
    for command in $commands; do
        grep -qE "^\.(Cm|It Cm) $command( |\$)" "$man/triad.1" || echo "triad(1) does not know $command"
        [ "$command" = help ] && continue
        for option in $(options_of "$command"); do
            grep -qE "F[l] $(echo "$option" | sed 's/^-//')( |\$)" "$man/triad.1" || echo "triad(1) does not know $option of $command"
        done
    done
}

colour_is_for_terminals()
{
    "$TRIAD" check add --cases 1 >"$scratch/out"
    grep "$(printf '\033')" "$scratch/out" && echo "colour in a file"
    TERM=xterm NO_COLOR= script -qec "'$TRIAD' check add --cases 1" /dev/null </dev/null | grep -q "$(printf '\033')" ||
        echo "no colour on a terminal"
    TERM=xterm NO_COLOR=1 script -qec "'$TRIAD' check add --cases 1" /dev/null </dev/null | grep "$(printf '\033')" &&
        echo "colour despite NO_COLOR"
    true
}

lines_fit()
{
    "$TRIAD" check add std rosenbrock --cases 8 | awk 'length > 80 { print length ": " $0 }'
}

pages_are_sound()
{
    grep -nE '^(<<<<<<<|=======$|>>>>>>>)' "$man"/*.[15]
    for page in "$man"/*.[15] "$top_builddir"/man3/*triad*.3; do mandoc -Tlint -Wwarning "$page"; done
}

completes()    # completes WANTED WORD...: what bash would offer for the last word has it
{
    wanted=$1
    shift
    PATH=$(dirname "$TRIAD"):$PATH bash -c '. "$1"; shift; COMP_WORDS=(triad "$@"); COMP_CWORD=$#; _triad
        printf "%s\n" "${COMPREPLY[@]}"' bash "$top_srcdir/docs/completions/triad.bash" "$@" 2>"$scratch/err" >"$scratch/out"
    grep -qxF -e "$wanted" "$scratch/out" || { echo "$*: no $wanted"; head -5 "$scratch/out" "$scratch/err"; }
}

completion_works()
{
    for command in $commands; do completes "$command" "$command"; done
    for command in check report merge; do
        for option in $(options_of "$command"); do completes "$option" "$command" "$option"; done
    done
    completes softmax check softm
    completes f32 check --dtype f
    completes nlopt check --signature nlo
}

check "every command has help" each_has_help
check "wrong words are trouble, and say what to do" wrong_words_are_trouble
check "an option means one thing" options_mean_one_thing
check "exit statuses are told apart" statuses_are_told_apart
check "the manual knows commands and options" manual_knows_all
check "the report fits 80 columns" lines_fit
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then check "colour is for terminals" colour_is_for_terminals
else skip "colour is for terminals" "no script(1)"
fi
if command -v mandoc >/dev/null; then check "manual pages are sound" pages_are_sound
else skip "manual pages are sound" "no mandoc(1)"
fi
if command -v bash >/dev/null; then check "bash completes" completion_works
else skip "bash completes" "no bash(1)"
fi
finish
