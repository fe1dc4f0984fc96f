#!/bin/sh
# Unpacks the kit beside this script into a temporary folder and runs it: golden files, kernels and training steps on this
# machine's GPU, and beside it on its processor. Prints one JSON object a line and ends within five minutes.
# SECONDS_LIMIT=N gives it another limit, KEEP=1 leaves the folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
[ -n "${KEEP:-}" ] || trap 'rm -rf "$folder"' EXIT
if command -v xz >/dev/null 2>&1; then
  xz -dc "$here/kit.tar.xz" | tar -xf - -C "$folder"
elif command -v python3 >/dev/null 2>&1; then
  python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' "$here/kit.tar.xz" "$folder"
else
  echo 'Neither xz nor python3 is here to unpack the kit: install xz.' >&2
  exit 1
fi
# Dawn loads libvulkan.so.1: the machine's own where it has one, else the kit's.
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder/fallback"
if command -v ldconfig >/dev/null 2>&1 && ldconfig -p | grep -q 'libvulkan\.so\.1'; then rm -rf "$folder/fallback"; fi
"$folder/node" "$folder/run.mjs" --seconds="${SECONDS_LIMIT:-290}"
