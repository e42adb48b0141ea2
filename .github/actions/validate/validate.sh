#!/usr/bin/env bash
# Validates LEDGERS, one path or pattern a line, and writes into the step summary what came to each since BASE. Inputs come
# from the environment, so that none becomes part of a script. The exit code is the program's.
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
[[ -z ${BASE:-} ]] || options+=("--extends-git=$BASE")
[[ -z ${EXTENDS:-} ]] || options+=(--extends "$EXTENDS")

ledgers=()
while IFS= read -r ledger; do
    [[ -z $ledger ]] || ledgers+=("$ledger")
done <<<"${LEDGERS:-}"
((${#ledgers[@]})) || usage "give at least one ledger"

code=0
"$program" validate "${options[@]}" -- "${ledgers[@]}" || code=$?
# Without a base, and where the base can't be read, there is nothing to compare with.
if [[ -n ${BASE:-} && -n ${GITHUB_STEP_SUMMARY:-} && $code != 4 ]]; then
    "${BASH_SOURCE[0]%/*}/summary.sh" "$program" "$BASE" "${ledgers[@]}" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$code"
