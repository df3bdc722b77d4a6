# shellcheck shell=sh disable=SC2154
# Sourced by run.sh: measures, calculates, and keeps the table. Expects $tools and $work.

# measure ROUNDS (-- LABEL [exit=CODE] [NAME=VALUE...] COMMAND...)...: runs them in turn; see measure.cpp.
measure() { "$tools/bench_measure" "$@" >"$work/times"; }

# ns LABEL: the median of what measure() measured last; nothing when it was not measured. kb LABEL: the memory.
ns() { awk -F'\t' -v label="$1" '$1 == label { print $2 }' "$work/times"; }
kb() { awk -F'\t' -v label="$1" '$1 == label { print $3 }' "$work/times"; }

# calc EXPRESSION: of numbers. One that is not there makes it no expression, and the answer nothing.
calc() { awk "BEGIN { printf \"%.6g\", $1 }" 2>/dev/null || true; }
ratio() { [ -z "$1" ] || [ -z "$2" ] || calc "$1 / $2"; }
# per_second COUNT NS
per_second() { [ -z "$2" ] || calc "$1 / $2 * 1e9"; }
median() { sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

# How times and rates are written.
time_text() {
    awk -v ns="$1" 'BEGIN {
        if (ns < 1e4) printf "%.1f ns", ns; else if (ns < 1e6) printf "%.1f us", ns / 1e3
        else if (ns < 1e9) printf "%.2f ms", ns / 1e6; else printf "%.2f s", ns / 1e9
    }'
}
rate_text() {
    awk -v rate="$1" 'BEGIN { if (rate >= 1e6) printf "%.2f M/s", rate / 1e6; else printf "%.1f k/s", rate / 1e3 }'
}

# row WHAT MEDIAN PEERS FLOOR TARGET [VALUE]: a line of the table. PEERS is a list of NAME=RATIO, FLOOR a ratio, or "-"
# where there is none; an empty ratio is one that could not be measured. TARGET is a list of conditions on them by name,
# on `floor`, and on VALUE as `value`: "floor<=2 python>=20".
row() { printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "$5" "${6:-}" >>"$work/rows"; }

# The table: a target that hangs on something that was not measured is neither met nor not.
table() {
    awk -F'\t' '
        function written(ratio) { return ratio == "" ? "missing" : sprintf(ratio < 0.1 ? "%.3fx" : "%.2fx", ratio) }
        function holds(condition,    name, limit, found) {
            name = limit = condition
            sub(/[<>]=.*/, "", name)
            sub(/.*[<>]=/, "", limit)
            found = values[name]
            if (found == "") return "?"
            return (condition ~ /<=/ ? found + 0 <= limit + 0 : found + 0 >= limit + 0) ? "yes" : "NO"
        }
        function cells(what, median, peer, floor, target, met) {
            ++rows
            cell[rows, 1] = what; cell[rows, 2] = median; cell[rows, 3] = peer
            cell[rows, 4] = floor; cell[rows, 5] = target; cell[rows, 6] = met
            for (i = 1; i <= 6; ++i) if (length(cell[rows, i]) > width[i]) width[i] = length(cell[rows, i])
        }
        BEGIN { cells("WHAT", "MEDIAN", "TO THE PEER", "TO THE FLOOR", "TARGET", "MET") }
        {
            split("", values)
            values["value"] = $6
            values["floor"] = $4 == "-" ? "" : $4
            peers = ""
            count = split($3, peer, " ")
            for (i = 1; i <= count; ++i) {
                split(peer[i], part, "=")
                values[part[1]] = part[2]
                peers = peers (peers == "" ? "" : ", ") part[1] " " written(part[2])
            }
            met = target = ""
            count = split($5, condition, " ")
            for (i = 1; i <= count; ++i) {
                one = holds(condition[i])
                if (met == "" || one == "NO" || (one == "?" && met == "yes")) met = one
                text = condition[i]
                if (text !~ /^value/) text = text "x"
                sub(/^value/, "", text)
                sub(/[<>]=/, " & ", text)
                sub(/^ /, "", text)
                target = target (target == "" ? "" : ", ") text
            }
            cells($1, $2, peers, $4 == "-" ? "" : written($4), target, met)
        }
        END {
            for (r = 1; r <= rows; ++r) {
                line = ""
                for (i = 1; i <= 6; ++i) line = line sprintf("%-" width[i] "s  ", cell[r, i])
                sub(/ +$/, "", line)
                print line
            }
        }' "$work/rows"
}
