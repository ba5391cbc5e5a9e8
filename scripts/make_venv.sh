#!/usr/bin/env bash
# Make the virtual environment $1 and install inboxbot with its test tools into it.
# In: PYTHON (default python3). What is missing is installed (Debian, as root) or named.
set -euo pipefail
venv=$1
python=${PYTHON:-python3}

command -v "$python" >/dev/null || { echo "inboxbot needs Python 3.11 or newer: install python3 and call make again" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "inboxbot needs Python 3.11 or newer, $python is $("$python" -V 2>&1): call make PYTHON=python3.12 (or another)" >&2
    exit 1
}
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing python3-venv"
        apt-get update -q >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends python3-venv >/dev/null
    else
        echo "Python's venv module is missing: install it (Debian: sudo apt-get install python3-venv) and call make again" >&2
        exit 1
    fi
fi
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
