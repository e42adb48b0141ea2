#!/usr/bin/env bash
# Validates LEDGERS, one path a line. Inputs come from the environment, so that none becomes part of a script.
# Exit codes are the program's. With several ledgers, the highest code wins.
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
*) usage "strict must be true or false" ;;
esac
[[ -z ${BASE:-} || -z ${EXTENDS:-} ]] || usage "base and extends exclude each other: give one of them"

ledgers=()
while IFS= read -r ledger; do
    [[ -z $ledger ]] || ledgers+=("$ledger")
done <<<"${LEDGERS:-}"
((${#ledgers[@]})) || usage "give at least one ledger"
[[ -z ${EXTENDS:-} || ${#ledgers[@]} == 1 ]] || usage "extends takes only one ledger: use base for several"

if [[ -z ${BASE:-} ]]; then
    [[ -z ${EXTENDS:-} ]] || options+=(--extends "$EXTENDS")
    exec "$program" validate "${options[@]}" -- "${ledgers[@]}"
fi

# A revision that is missing from a shallow checkout must not count as one without ledgers.
commit=$(git rev-parse --quiet --verify --end-of-options "$BASE^{commit}") ||
    usage "the base revision is not in this checkout: give actions/checkout a larger fetch-depth"
older=$(mktemp "$RUNNER_TEMP/older.XXXXXX")
trap 'rm -f "$older"' EXIT
worst=0
for ledger in "${ledgers[@]}"; do
    extends=()
    # A ledger that the revision does not have is new.
    if [[ -n $(git ls-tree --name-only "$commit" -- "$ledger") ]]; then
        git cat-file blob "$commit:./$ledger" >"$older"
        extends=(--extends "$older")
    fi
    code=0
    "$program" validate "${options[@]}" ${extends[@]+"${extends[@]}"} -- "$ledger" || code=$?
    ((code <= worst)) || worst=$code
done
exit "$worst"
