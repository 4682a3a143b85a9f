#!/usr/bin/env bash
# Build the wheel and run it where there is no checkout: usage `tests/wheel_smoke.sh VENV`.
# The libraries are those of VENV, read through a path file; the package is the wheel's own.
set -euo pipefail
cd "$(dirname "$0")/.."
checkout=$PWD
python=$checkout/$1/bin/python
wheel_python=$checkout/.venv-wheel/bin/python
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT

"$python" -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$empty/dist" .
"$python" -m venv --clear --without-pip .venv-wheel
site=$("$wheel_python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$site/libraries.pth"
"$python" -m pip --python "$wheel_python" install --quiet --no-deps "$empty"/dist/*.whl

mkdir "$empty/work"
cd "$empty/work"
unset PYTHONPATH
"$wheel_python" -c "
import pathlib, corridors
assert pathlib.Path(corridors.__file__).is_relative_to('$checkout/.venv-wheel'), corridors.__file__
from corridors.data.geodata import fitting_sea_labels
assert fitting_sea_labels().row, 'no labels in the wheel'"
"$checkout/.venv-wheel/bin/corridors" compare shanghai-europe
"$checkout/.venv-wheel/bin/corridors" validate
"$checkout/.venv-wheel/bin/corridors" check

# The same wheel in other Pythons that are on this machine: the same bytes. Each gets the pinned
# libraries once, beside which its compiled code is kept; they are made anew when a pin changes.
"$checkout/.venv-wheel/bin/corridors" compare shanghai-europe --out open --format csv > open.csv
pins=$(cat "$checkout/constraints.txt" "$checkout/pyproject.toml" | sha256sum)
tried=""
declare -A running
for version in 3.12 3.13; do
    other=""
    for candidate in "$(command -v python$version || true)" "${HOME:-/root}"/.pyenv/versions/$version.*/bin/python; do
        if [ -x "$candidate" ] && "$candidate" -c "import venv, ensurepip" 2> none; then
            other=$candidate
            break
        fi
    done
    venv=$checkout/.venv-$version
    if [ -z "$other" ]; then
        tried="$tried; $version is not here"
        continue
    fi
    if [ "$(cat "$venv/pins" 2> none)" != "$pins" ]; then
        echo "Installing the libraries for Python $version, once"
        if ! { "$other" -m venv --clear "$venv" && "$venv/bin/python" -m pip install --quiet \
            --only-binary :all: -c "$checkout/constraints.txt" "$empty"/dist/*.whl \
            && "$venv/bin/python" -m pip uninstall --quiet --yes corridors; }; then
            tried="$tried; $version has no libraries here"
            continue
        fi
        echo "$pins" > "$venv/pins"
    fi
    PYTHONPATH=$site NUMBA_CACHE_DIR=$venv/code "$venv/bin/python" -c \
        "from corridors.cli.main import run; run()" compare shanghai-europe --out "$version" \
        --format csv > "$version.csv" 2> "$version.told" &
    running[$version]=$!
    tried="$tried; $version"
done
for version in "${!running[@]}"; do
    wait "${running[$version]}" || { cat "$version.told"; exit 1; }
    cmp open.csv "$version.csv"
    for page in report.html map.html options.csv emissions.csv; do
        cmp "open/$page" "$version/$page"
    done
done
echo "Pythons tried: $("$python" -c 'import platform; print(platform.python_version())')$tried"

# Locked down: no HOME, libraries and package that may not be written to, no cache that may be. numba
# then compiles into a temporary folder, says so in one line, and the results are the same.
chmod -R a-w "$site"
trap 'chmod -R u+w "$site"; rm -rf "$empty"' EXIT
mkdir "$empty/tmp"
locked=(env -i PATH=/usr/bin:/bin XDG_CACHE_HOME=/dev/null/none TMPDIR="$empty/tmp")
if [ "$(id -u)" = 0 ]; then  # root may write anywhere until it gives that up
    locked=(setpriv --bounding-set -dac_override,-dac_read_search "${locked[@]}")
fi
"${locked[@]}" "$checkout/.venv-wheel/bin/corridors" compare shanghai-europe --out locked \
    --format csv > locked.csv 2> told
cmp open.csv locked.csv
diff -r open locked
test "$(wc -l < told)" = 1
grep -q "compiled for this run only" told
test -z "$(ls -A "$empty/tmp")"
