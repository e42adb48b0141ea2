#!/usr/bin/env bash
# Names the build of this source by this compiler on this system, so that only such a build is taken from the cache.
set -euo pipefail

cd "${GITHUB_ACTION_PATH:?}/../../.."
key=$({
    rustc --version --verbose
    find Cargo.toml Cargo.lock src policies -type f | LC_ALL=C sort | while IFS= read -r file; do
        printf '%s\n' "$file"
        cat "$file"
    done
} | git hash-object --stdin)
echo "key=exquota-$key" >>"${GITHUB_OUTPUT:?}"
