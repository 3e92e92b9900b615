#!/bin/sh
# install.sh: what `make install` puts in place is enough to build and run a program, and `make uninstall` takes all of it
# away again.
. "$top_srcdir/tests/lib/tap.sh"

dest=$scratch/dest
unset MAKEFLAGS MFLAGS MAKELEVEL

quietly()    # prints only if it fails
{
    "$@" >"$scratch/log" 2>&1 || { cat "$scratch/log"; return 1; }
}

flags()    # flags PACKAGE OPTION...: what pkg-config says of the copy under dest
{
    PKG_CONFIG_PATH=$(dirname "$(find "$dest" -name libtriad.pc)")
    export PKG_CONFIG_PATH
    $PKG_CONFIG --define-variable=prefix="$dest$prefix" "$@" | sed "s,\([LI]\)$prefix/,\1$dest$prefix/,g"
}

present()
{
    for file in "$prefix/bin/triad" "$prefix/include/triad/triad.h" "$docdir/LICENSE" "$docdir/examples/autograd-tour.c" \
        "$prefix/share/man/man1/triad.1" "$prefix/share/man/man3/libtriad.3" "$prefix/share/man/man3/td_softmax.3" \
        "$prefix/share/man/man5/triad-report.5" "$prefix/share/bash-completion/completions/triad"; do
        [ -e "$dest$file" ] || echo "no $file"
    done
}

lib()    # where the libraries were put
{
    dirname "$(find "$dest" -name 'libtriad.la')"
}

program()    # program PACKAGE SOURCE FLAG...: build against dest, and run
{
    package=$1 source=$2
    shift 2
    more=$*
    set --
    [ -n "$(find "$dest" -name 'libtriad.so' -o -name 'libtriad.dylib')" ] || set -- --static
    compile_flags=$(flags --cflags --libs "$@" "$package") || return 1
    $CC $CFLAGS -std=c11 "$source" $compile_flags $more -lm -o "$scratch/program" || return 1
    LD_LIBRARY_PATH=$(lib) quietly "$scratch/program"
}

cat >"$scratch/user.c" <<'END'
#include <triad.h>

int main(void)
{
    td_context *c = td_open(NULL);
    td_tensor *x = td_require_grad(td_scalar(c, 3));
    td_backward(td_mul(x, x));
    int wrong = td_error(c) != TD_OK || td_item(td_grad(x)) != 6;
    td_close(c);
    return wrong;
}
END

command_runs()
{
    LD_LIBRARY_PATH=$(lib) quietly "$dest$prefix/bin/triad" version
}

nothing_left()
{
    find "$dest" -type f -o -type l
}

check "make install" quietly $MAKE -C "$top_builddir" install DESTDIR="$dest"
check "the command, header, licence and example are there" present
check "the command runs" command_runs
if [ -n "$PKG_CONFIG" ]; then
    check "a program builds with libtriad" program libtriad "$scratch/user.c"
    check "a program builds with libtriad-verify" program libtriad-verify "$scratch/user.c"
    for example in "$top_srcdir"/docs/examples/*.c; do
        check "${example##*/} builds as installed" program libtriad-verify "$example" $GSL_CFLAGS $GSL_LIBS
    done
else
    skip "programs build" "no pkg-config"
fi
check "make uninstall" quietly $MAKE -C "$top_builddir" uninstall DESTDIR="$dest"
check "uninstall leaves no file" nothing_left
finish
