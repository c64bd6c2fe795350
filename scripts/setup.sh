#!/usr/bin/env bash
# Make .venv with the first Python >= 3.11 that is found and install spicegen into it,
# editable, with the tools of `make test`. Called by `make setup` when .venv is missing,
# pyproject.toml has changed or the checkout has moved. PYTHON=... chooses another Python,
# SPICEGEN_EXTRAS=... other extras than `test`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# Asking it, because a name on PATH may be a shim of a version manager with nothing behind.
is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
makes_venvs() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
    local name first=""
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if is_recent "$name"; then
            if makes_venvs "$name"; then say "$name"; return; fi
            first=${first:-$name}
        fi
    done
    say "$first"
}

# Debian and Ubuntu ship Python without the part that makes environments.
install_venv_module() {
    local package sudo=()
    package=$("$1" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')
    local remedy="$1 cannot make environments; install its venv module (on Debian and Ubuntu: sudo apt-get install $package)"
    command -v apt-get >/dev/null || fail "$remedy"
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true >/dev/null 2>&1 || fail "$remedy"
        sudo=(sudo -n)
    fi
    say "Installing $package with apt (log: build/setup-apt.log) ..."
    mkdir -p build
    local apt=(${sudo[@]+"${sudo[@]}"} env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120)
    # A failed update may be another archive's; the installation tells.
    "${apt[@]}" update </dev/null >>build/setup-apt.log 2>&1 || true
    if ! "${apt[@]}" install -y --no-install-recommends "$package" </dev/null >>build/setup-apt.log 2>&1
    then
        tail -n 5 build/setup-apt.log >&2
        fail "$remedy"
    fi
}

here=$(pwd -P)
if [ "$(cat .venv/.spicegen-setup 2>/dev/null)" != "$here" ] ||
    ! is_recent .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1
then
    python=$(find_python)
    [ -n "$python" ] || fail "no Python >= 3.11 found; install one (on Ubuntu 22.04: sudo apt-get install python3.11 python3.11-venv) or name it: make PYTHON=/path/to/python"
    makes_venvs "$python" || install_venv_module "$python"
    say "Making .venv with $("$python" --version) ..."
    "$python" -m venv --clear .venv
fi
say "Installing spicegen and its Python packages into .venv (once) ..."
.venv/bin/python -m pip install -qq --disable-pip-version-check --editable ".[${SPICEGEN_EXTRAS:-test}]"
printf '%s\n' "$here" >.venv/.spicegen-setup
