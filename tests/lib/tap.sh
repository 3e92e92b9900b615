# tap.sh: what the shell tests share.  Source it; then one `check` a test, and `finish` at the end.
#
#     check NAME COMMAND...     passes if the command exits with 0 and, being a search for faults, prints nothing
#     skip NAME WHY
#     finish                    the plan; a script that dies before it has none, which is an error
#
# $top_srcdir, $top_builddir, $CC and so on come from Makefile.am (AM_TESTS_ENVIRONMENT).
set -u
LC_ALL=C
export LC_ALL
count=0
scratch=$(mktemp -d "${TMPDIR-/tmp}/triad-test.XXXXXX") || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM

check()
{
    title=$1
    shift
    count=$((count + 1))
    if "$@" >"$scratch/output" 2>&1 && ! [ -s "$scratch/output" ]; then
        echo "ok $count - $title"
    else
        echo "not ok $count - $title"
        sed 's/^/# /' "$scratch/output"
    fi
}

skip()
{
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}

finish()
{
    echo "1..$count"
}
