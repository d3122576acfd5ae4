#!/bin/sh
# Starts one engine of those in engines.json: serve.sh NAME [options of `vllm serve` 0.32]
set -eu
cd "$(dirname "$0")"
name=$1
shift
if [ -f "$name.lmcache.yaml" ]; then
  export LMCACHE_CONFIG_FILE="$PWD/$name.lmcache.yaml"
  # Engines that share a cache have to agree on the hashes of its keys.
  export PYTHONHASHSEED=0
fi
exec vllm serve --config "$name.yaml" "$@"
