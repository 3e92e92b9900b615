# ops.awk: docs/ops.md, from what the library and its tests hold.  Input, in this order: `triad ops --table`, src/ops.def,
# docs/ulp.md, tests/kinks.txt, and the .txt files of tests/reference/.  Called by `make ops` and tests/ops.sh.
BEGIN { FS = "\t" }
FNR == 1 { file++ }

file == 1 { call[$1] = $2; value[$1] = $3; rule[$1] = $4; also[$1] = $5; example[$1] = $6; next }

# ops.def: headings, names, contracts, which may go on to a second line
FILENAME ~ /ops\.def$/ && /^\/\* ---- / { heading = $0; gsub(/^\/\* -+ | -+ *\*\/$/, "", heading); next }
FILENAME ~ /ops\.def$/ && /^TD_OP\(/ {
    name = $0; sub(/^TD_OP\(/, "", name); sub(/\).*/, "", name)
    if (heading != "") { section[++sections] = heading; heading = "" }
    order[++ops] = name; of[ops] = sections
    open = index($0, "/*") > 0; add($0); next
}
FILENAME ~ /ops\.def$/ && open { add($0); next }

FILENAME ~ /ulp\.md$/ { n = split($0, part, / *\| */); if (n > 6 && part[3] ~ /^[0-9]/) ulp[part[2]] = part[3] ", " part[6]; next }

FILENAME ~ /kinks\.txt$/ {
    if ($0 ~ /^#/ || split($0, part, / *\| */) < 5) next
    sub(/ +$/, "", part[5])
    kinks[part[1]]++; convention[++conventions] = "| `" part[1] "` | " part[2] " | " part[3] " | " part[4] " | " part[5] " |"; next
}

/^# op / { counted = substr($0, 6); next }
!/^#/ { cases[counted]++; all++ }

function add(text)
{
    sub(/.*\/\* */, "", text); sub(/^TD_OP\([a-z0-9_]*\) */, "", text)
    if (text ~ /\*\//) open = 0
    sub(/ *\*\/.*/, "", text); gsub(/^ +| +$/, "", text)
    meaning[name] = meaning[name] (meaning[name] != "" && text != "" ? " " : "") text
}

function cell(text) { gsub(/\|/, "\\|", text); gsub(/\*/, "\\*", text); gsub(/_/, "\\_", text); return text }

END {
    print "# All ops\n"
    print "Made by `make ops` from the library and its tests; `make check` compares it. `triad ops` asks the engines about each.\n"
    print "* **value**: a kernel of its own, composed of other ops (parts), or a view. **rule**: VJP, its parts', flat (derivative 0 on"
    print "  purpose), cut (taken for a constant). All have a definition in the dual engine, f64 and f32."
    print "* **also**: takes i64 (i) and bool (b) operands as well."
    print "* **ulp**: largest error of a value in units of the last place, f64 and f32, as measured (docs/ulp.md); elsewhere the bound is"
    print "  derived for each result, from running errors (docs/verification.md)."
    print "* **cases**: how many are held to PyTorch's values and gradients, or to mpmath's of what it lacks (tests/reference/).\n"
    print ops " ops, " all " cases beside PyTorch."
    for (k = 1; k <= ops; k++) {
        o = order[k]
        if (of[k] != of[k - 1]) {
            print "\n## " section[of[k]] "\n"
            print "| op | meaning | value | rule | also | ulp | cases | example |"
            print "|---|---|---|---|---|---|---|---|"
        }
        print "| `" call[o] "` | " cell(meaning[o]) " | " value[o] " | " rule[o] " | " (also[o] == "-" ? "" : also[o]) " | " ulp[o] " | " \
              cases[o] " | " (example[o] != "" ? "`" example[o] "`" : "") " |"
    }
    print "\n## Conventions at kinks, ends and ties\n"
    print "Every engine is held to this table (tests/kinks.txt). Gradients are of the sum of the result's elements, by each operand.\n"
    print "| op | attributes | operands | value | gradient |"
    print "|---|---|---|---|---|"
    for (k = 1; k <= conventions; k++) print convention[k]
}
