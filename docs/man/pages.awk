# pages.awk: a header's own comments as manual pages, one for its head and one for each section.
#
#     awk -v out=DIR -v main=libtriad -v prefix=triad -v date='November 23, 2026' -f pages.awk triad.h
#
# writes DIR/libtriad.3 from the comment at the top, DIR/triad-contexts.3 from the section "contexts", and for each function
# of the section a page that is a link to it.  A comment above declarations becomes paragraphs, its indented lines an example; a
# declaration becomes an entry of a list, with the comment beside it; types stand as they are.

function plain(s)          # text without what roff would read as its own
{
    gsub(/\\/, "\\e", s)
    gsub(/"/, "\\(dq", s)
    if (s ~ /^[.']/) s = "\\&" s
    return s
}

function put(s) { body = body s "\n" }

function end_list() { if (listing) put(".El"); listing = 0 }

function end_literal() { if (literal) put(".Ed"); literal = 0 }

function begin_literal()
{
    end_list()
    if (!literal) put(".Bd -literal -offset indent")
    literal = 1
}

# A line of a comment: an example where it is indented after an empty one, a paragraph after an empty one.
function prose(s,    n, part, i)
{
    sub(/[ \t]+$/, "", s)
    if (s ~ /^    / && (broken || literal)) {
        begin_literal()
        put(plain(substr(s, 5)))
        return
    }
    end_literal()
    end_list()
    if (s == "") { broken = 1; return }
    if (s ~ /^[A-Z][a-z]+\.?   /) broken = 1
    if ((broken || fresh) && body != "") put(".Pp")
    broken = fresh = 0
    gsub(/^ +/, "", s)
    gsub(/[.!?] +/, "&\n", s)
    n = split(s, part, "\n")
    for (i = 1; i <= n; i++) {
        sub(/ +$/, "", part[i])
        if (part[i] != "") put(plain(part[i]))
    }
}

function slug(s)
{
    s = tolower(s)
    gsub(/[^a-z0-9]+/, "-", s)
    sub(/-+$/, "", s)
    return s
}

function write_page(    file, i, n, name, list)
{
    end_list()
    end_literal()
    if (page == "" || body == "") return
    file = out "/" page ".3"
    n = split(names, name, " ")
    list = page
    for (i = 1; i <= n; i++) list = list " ,\n.Nm " name[i]
    printf ".Dd %s\n.Dt %s 3\n.Os\n.Sh NAME\n.Nm %s\n.Nd %s\n.Sh SYNOPSIS\n.In %s\n.Sh DESCRIPTION\n%s", date,
        toupper(page), list, title, header, body >file
    if (page != main) printf ".Sh SEE ALSO\n.Xr triad 1 ,\n.Xr %s 3\n", main >file
    else pages_of_main = file
    close(file)
    for (i = 1; i <= n; i++) {
        printf ".so man3/%s.3\n", page >(out "/" name[i] ".3")
        close(out "/" name[i] ".3")
    }
    if (page != main) others[++n_others] = page
}

function begin_page(name, words)
{
    write_page()
    page = name
    title = words
    body = names = ""
    fresh = broken = 0
}

# "TD_API td_tensor *td_sum(td_tensor *x);   /* all of it */"
function declaration(s,    comment, type, name, rest, n, arg, i, line)
{
    comment = ""
    if (match(s, /\/\*.*\*\//)) {
        comment = substr(s, RSTART + 2, RLENGTH - 4)
        s = substr(s, 1, RSTART - 1)
        gsub(/^ +| +$/, "", comment)
    }
    gsub(/[ \t\n]+/, " ", s)
    sub(/^TD_API /, "", s)
    sub(/ *\) *(TD_PRINTF\([^)]*\))?; *$/, "", s)
    match(s, /[a-z_0-9]+\(/)
    type = substr(s, 1, RSTART - 1)
    name = substr(s, RSTART, RLENGTH - 1)
    rest = substr(s, RSTART + RLENGTH)
    gsub(/^ +| +$/, "", type)
    n = split(rest, arg, /, */)
    line = ".It Ft " type " Fn " name
    for (i = 1; i <= n; i++) line = line " \"" arg[i] "\""
    end_literal()
    if (!listing) put(".Bl -tag -width 4n")
    listing = 1
    put(line)
    gsub(/[ \n]+/, " ", comment)
    gsub(/[.!?] /, "&\n", comment)
    n = split(comment, arg, "\n")
    for (i = 1; i <= n; i++) if (arg[i] != "") put(plain(arg[i]))
    names = names (names == "" ? "" : " ") name
}

BEGIN { fresh = 1 }

FNR == 1 {
    header = FILENAME
    sub(/.*\//, "", header)
    begin_page(main, "")
    in_head = 1
}

# A comment that begins a section.
/^\/\* ---- / {
    words = $0
    sub(/^\/\* -+ /, "", words)
    sub(/ *-+ *(\*\/)?$/, "", words)
    ended = $0 ~ /\*\/$/
    begin_page(prefix "-" slug(words), words)
    comment = !ended
    next
}

/^\/\*/ && !comment {
    line = $0
    ended = line ~ /\*\/ *$/
    sub(/^\/\* ?/, "", line)
    sub(/ *\*\/ *$/, "", line)
    if (in_head) {
        title = line
        sub(/^[a-z_.]+: */, "", title)
        sub(/[.:].*$/, "", title)
        in_head = 0
    }
    fresh = 1
    prose(line)
    comment = !ended
    next
}

comment {
    line = $0
    ended = line ~ /\*\/ *$/
    sub(/^ \* ?/, "", line)
    sub(/ *\*\/ *$/, "", line)
    prose(line)
    comment = !ended
    next
}

# A declaration may take several lines, and its comment too.
/^TD_API / || whole != "" {
    whole = whole (whole == "" ? "" : "\n") $0
    text = whole
    opened = gsub(/\/\*/, "", text)
    closed = gsub(/\*\//, "", text)
    if (whole ~ /;/ && opened == closed) {
        declaration(whole)
        whole = ""
    }
    next
}

/^#ifndef TD_NO_LOCATION/ { skipping = 1 }
/^(#|extern|}$)/ && !/^#define TD_MAX/ { next }
skipping { next }
/^$/ { end_literal(); next }
{
    begin_literal()
    put(plain($0))
}

END {
    write_page()
    for (i = 2; i <= n_others; i++) {
        for (k = i; k > 1 && others[k] < others[k - 1]; k--) {
            page = others[k]
            others[k] = others[k - 1]
            others[k - 1] = page
        }
    }
    if (pages_of_main == "") exit
    printf ".Sh SEE ALSO\n.Xr triad 1" >>pages_of_main
    for (i = 1; i <= n_others; i++) printf " ,\n.Xr %s 3", others[i] >>pages_of_main
    print "" >>pages_of_main
}
