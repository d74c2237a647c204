#!/usr/bin/env bash
# Make .venv with everything that demo, tests and checks need.
#
# Looks for Python 3.12 or 3.11 first, since durable-rules cannot be imported on later
# ones; there the chainer serves alone. What the system lacks (a C compiler, Python's
# headers, Pango, fonts) is installed where this is Debian and we are root; else one line
# says what to install.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=.venv
stamp="$venv/.complete"

say() { printf 'regengine: %s\n' "$*" >&2; }

runs() { "$1" -c "import sys; sys.exit(not sys.version_info >= (3, 11))" >/dev/null 2>&1; }

# pyenv keeps versions beside the one that answers to "python3".
candidates() {
  local version
  for version in 3.12 3.11; do
    command -v "python$version" || true
    ls -d "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python 2>/dev/null || true
  done
  command -v python3 || true
}

find_python() {
  local each
  while read -r each; do
    if [ -n "$each" ] && runs "$each"; then printf '%s\n' "$each"; return; fi
  done < <(candidates)
}

# Whole outputs are read before they are searched: a search that stops early would end the
# writer with a signal, and that would look like a miss.
has_library() { grep -q "$1" <<<"$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null)"; }
has_font() { command -v fc-list >/dev/null && grep -q "$1" <<<"$(fc-list)"; }

missing() {
  command -v cc >/dev/null || command -v gcc >/dev/null || printf 'gcc libc6-dev '
  has_library 'libpango-1\.0' || printf 'libpango-1.0-0 '
  has_library 'libpangoft2-1\.0' || printf 'libpangoft2-1.0-0 '
  has_library 'libharfbuzz-subset' || printf 'libharfbuzz-subset0 '
  has_font NotoSans-Regular || printf 'fonts-noto-core fontconfig '
  if [ -z "$(find_python)" ]; then
    printf 'python3 python3-venv python3-dev '
  else
    local python; python=$(find_python)
    "$python" -c 'import ensurepip' 2>/dev/null || printf 'python3-venv '
    "$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")))' \
      || printf 'python3-dev '
  fi
}

install() {
  local packages=$1
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing $packages"
    apt-get update -qq >/dev/null
    # shellcheck disable=SC2086  # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages >/dev/null
  else
    say "please install: $packages (Debian's names), then run this again"
    exit 1
  fi
}

packages=$(missing)
[ -z "$packages" ] || install "$packages"

python=$(find_python)
if [ -z "$python" ]; then
  say "no Python 3.11 or later here; please install python3.12 (with venv and headers)"
  exit 1
fi

sum=$(cat pyproject.toml requirements.lock scripts/setup.sh | sha256sum | cut -d' ' -f1)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ]; then exit 0; fi

say "setting up $venv with $("$python" --version)"
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  --constraint requirements.lock --group dev --editable '.[documents,casefile,postgresql]'
printf '%s' "$sum" > "$stamp"
