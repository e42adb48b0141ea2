#!/usr/bin/env bash
# Prints as Markdown what came since a revision to each ledger that changed: summary.sh PROGRAM REVISION LEDGER|PATTERN...
# It judges nothing: a ledger that does not continue the older one fails in validate.sh.
set -euo pipefail

program=$1 revision=$2
shift 2
shopt -s nullglob
# Bash 3 has no `**`, and the summary then lacks ledgers in folders of folders.
shopt -s globstar 2>/dev/null || true

commit=$(git rev-parse --verify --end-of-options "$revision^{commit}")
older=$(mktemp "${RUNNER_TEMP:?}/older.XXXXXX")
trap 'rm -f "$older"' EXIT
IFS=
for pattern in "$@"; do
    # A file of this very name is no pattern. Without word splitting, only the pattern is expanded.
    files=("$pattern")
    [[ -e $pattern ]] || files=($pattern)
    for ledger in ${files[@]+"${files[@]}"}; do
        if ! git cat-file blob "$commit:./$ledger" >"$older" 2>/dev/null; then
            printf '### `%s`\n\nA new ledger: `%s` does not have it.\n\n' "$ledger" "$revision"
            continue
        fi
        cmp -s "$older" "$ledger" && continue
        printf '### `%s`\n\n' "$ledger"
        if came=$("$program" diff --format markdown -- "$older" "$ledger" 2>/dev/null); then
            printf '%s\n\n' "${came//"$older"/"$revision"}"
        else
            printf 'It does not continue the ledger of `%s`: see the annotations.\n\n' "$revision"
        fi
    done
done
