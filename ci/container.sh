#!/bin/sh
# The gate as a container: the machine needs Docker, and no Node. `docker build -t chunkproof .` makes the image, or
# CHUNKPROOF_IMAGE names it. Settings are variables, as in gate.sh; the files that they name, and the report, lie in the
# working directory, which is all that the container sees of the machine.
set -eu
: "${CHUNKPROOF_TARGET:?give the base URL of the server to judge}"
names=$(env | sed -n 's/^\(CHUNKPROOF_[A-Z_]*\)=.*/--env \1/p')
# shellcheck disable=SC2086 # names of variables hold no spaces
exec docker run --rm --network host --user "$(id -u):$(id -g)" --volume "$PWD:/work" --workdir /work $names \
  "${CHUNKPROOF_IMAGE:-chunkproof}" run -- "$CHUNKPROOF_TARGET"
