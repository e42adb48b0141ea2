#!/usr/bin/env bash
# Validates LEDGERS, one path a line. Inputs come by the environment: none of them is ever a part of a script.
# Exit codes are the program's; with several ledgers, the highest wins.
set -euo pipefail

usage() {
    echo "::error title=exquota::$1"
    exit 2
}

program="${RUNNER_TEMP:?}/exquota/bin/exquota"
options=(--format github)
[[ -z ${POLICY:-} ]] || options+=(--policy "$POLICY")
case ${STRICT:-false} in
true) options+=(--strict) ;;
false | "") ;;
*) usage "strict is true or false" ;;
esac
[[ -z ${BASE:-} || -z ${EXTENDS:-} ]] || usage "base and extends are two ways to say the same: give one of them"

ledgers=()
while IFS= read -r ledger; do
    [[ -z $ledger ]] || ledgers+=("$ledger")
done <<<"${LEDGERS:-}"
((${#ledgers[@]})) || usage "no ledger is given"
[[ -z ${EXTENDS:-} || ${#ledgers[@]} == 1 ]] || usage "extends is for one ledger: use base"

if [[ -z ${BASE:-} ]]; then
    [[ -z ${EXTENDS:-} ]] || options+=(--extends "$EXTENDS")
    exec "$program" validate "${options[@]}" -- "${ledgers[@]}"
fi

# A revision that is not here (a shallow checkout) must not pass for one without ledgers.
commit=$(git rev-parse --quiet --verify --end-of-options "$BASE^{commit}") ||
    usage "the base revision is not in this checkout: give actions/checkout a larger fetch-depth"
older=$(mktemp "$RUNNER_TEMP/older.XXXXXX")
trap 'rm -f "$older"' EXIT
worst=0
for ledger in "${ledgers[@]}"; do
    extends=()
    # A ledger that the revision does not have is a new one.
    if [[ -n $(git ls-tree --name-only "$commit" -- "$ledger") ]]; then
        git cat-file blob "$commit:./$ledger" >"$older"
        extends=(--extends "$older")
    fi
    code=0
    "$program" validate "${options[@]}" ${extends[@]+"${extends[@]}"} -- "$ledger" || code=$?
    ((code <= worst)) || worst=$code
done
exit "$worst"
