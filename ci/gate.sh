#!/bin/sh
# The gate for any CI: fails on a broken MUST, a stale baseline, a target that is not there, and a run that checked nothing.
# CHUNKPROOF_TARGET is the base URL; every flag of `chunkproof run` is a variable, too: CHUNKPROOF_BASELINE, CHUNKPROOF_HEADER …
set -eu
: "${CHUNKPROOF_TARGET:?give the base URL of the server to judge}"
exec npx --yes --package "${CHUNKPROOF_PACKAGE:-chunkproof@0.1.0}" chunkproof run -- "$CHUNKPROOF_TARGET"
