#!/usr/bin/env bash
# Builds the program from the repository that holds this action.
set -euo pipefail

source=$(cd "${GITHUB_ACTION_PATH:?}/../../.." && pwd)
cargo install --locked --path "$source" --root "${RUNNER_TEMP:?}/exquota"
