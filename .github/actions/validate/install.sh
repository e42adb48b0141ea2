#!/usr/bin/env bash
# Builds the program that this action is a part of.
set -euo pipefail

source=$(cd "${GITHUB_ACTION_PATH:?}/../../.." && pwd)
cargo install --locked --path "$source" --root "${RUNNER_TEMP:?}/exquota"
