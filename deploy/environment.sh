#!/bin/sh
# Makes or refreshes the virtual environment from a locked list: deploy/environment.sh services|tests
# The environment remembers the checksum of the list it was made from and is left alone while that is the same.
set -eu
cd "$(dirname "$0")/.."
what=$1 venv=${VENV:-.venv} python=${PYTHON:-python3}
list=$what/requirements.txt
stamp=$venv/.made-from-$what
sum=$(sha256sum "$list" | cut -d' ' -f1)
[ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && exit 0

say() { printf '%s\n' "$*" >&2; }
if ! command -v "$python" >/dev/null; then
  say "Linghang needs Python 3.11 or newer. On Debian: sudo apt-get install python3 python3-venv"; exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  say "Linghang needs Python 3.11 or newer; $python is $("$python" -V 2>&1). Name another one: make PYTHON=python3.12 …"; exit 1
fi
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    say "The module venv is missing. On Debian: sudo apt-get install python3-venv"; exit 1
  fi
  say "Making the environment $venv …"
  "$python" -m venv --clear "$venv"
fi
say "Installing the packages of $list …"
if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$list"; then
  say "The packages could not be installed. Behind a proxy or in a closed network, pip reads PIP_INDEX_URL and PIP_CERT."; exit 1
fi
echo "$sum" >"$stamp"
# the tests' list holds the services' list, with the same versions
[ "$what" != tests ] || sha256sum services/requirements.txt | cut -d' ' -f1 >"$venv/.made-from-services"
