#!/bin/sh
# Writes the locked requirements: one list per service, one for all services in one process, one for the tests.
# Versions that still fit are kept; `UPGRADE=1 deploy/lock.sh` takes the newest. No registry is named in the files.
set -eu
cd "$(dirname "$0")/.."
uv=${VENV:-.venv}/bin/uv
export UV_CUSTOM_COMPILE_COMMAND="make lock"
lock() { # lock EXTRA FILE [OPTION...]
  extra=$1 file=$2; shift 2
  "$uv" pip compile --quiet --universal --no-emit-index-url --no-emit-find-links --generate-hashes --python-version 3.11 \
    --no-annotate --extra "$extra" "$@" pyproject.toml -o "$file"
  echo "$file: $(grep -c '==' "$file") packages"
}
lock tests tests/requirements.txt ${UPGRADE:+--upgrade}
# the tests' list is the widest: with it as constraint every list names the same version of a package
lock embedded services/requirements.txt --constraint tests/requirements.txt
for service in enrollment courses certificates finance portal; do
  # an image can send traces without being built anew
  lock "$service" "services/$service/requirements.txt" --extra traces --constraint tests/requirements.txt
done
