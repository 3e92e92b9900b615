#!/bin/sh
# lists.sh: nothing is forgotten.  Every source has its line in Makefile.am, every test runs.
. "$top_srcdir/tests/lib/tap.sh"
cd "$top_srcdir" || exit 99

unlisted()    # unlisted SUFFIX FOLDER...: files of the folders that Makefile.am does not name, whole or without suffix
{
    suffix=$1
    shift
    find "$@" -type f -name "*$suffix" | sort | while read -r file; do
        grep -qE "(^|[[:space:]])(${file%"$suffix"}|$file)(\$|[[:space:]])" Makefile.am && continue
        echo "$file"
    done
}

check "every C source is built" unlisted .c src/ verify/ tests/ docs/examples/ bench/
check "every header is distributed" unlisted .h src/ verify/ tests/ docs/examples/ bench/
check "every shell test runs" unlisted .sh tests/
finish
