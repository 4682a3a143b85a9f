#!/usr/bin/env bash
# Build the wheel and run it where there is no checkout: usage `tests/wheel_smoke.sh VENV`. With
# OTHER_PYTHONS, as `make test-long` has it, also what costs more than it tells in the gate.
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
# What this Python has compiled for the checkout is found here too, by the hash of its source; the
# other Pythons and the locked-down run below compile for themselves.
(cd "$checkout" && find corridors -name '*.code' | tar -cf - -T -) | tar -xf - -C "$site"

# The ten minutes of a new user, as docs/start.md has them: their files, then their commands. In the
# gate those that write: the others ask the same and print it.
mkdir "$empty/ten" "$empty/work"
"$python" -m tests.docs.page_blocks docs/start.md "$empty/ten" > "$empty/commands"
test "$(wc -l < "$empty/commands")" = 4
unset PYTHONPATH
cd "$empty/ten"
while read -r command; do
    if [ -n "${OTHER_PYTHONS:-}" ] || [[ $command == *" --out "* ]]; then
        "$checkout/.venv-wheel/bin/"$command
    fi
done < "$empty/commands"
test -s my-map/map.html
test "$(wc -l < my-batch/summary.csv)" = 13  # twelve months below the head

cd "$empty/work"
"$wheel_python" -c "
import pathlib, corridors
assert pathlib.Path(corridors.__file__).is_relative_to('$checkout/.venv-wheel'), corridors.__file__
from corridors.data.geodata import fitting_sea_labels
from corridors.studies.validate.cases import load_cases
assert fitting_sea_labels().row, 'no labels in the wheel'
# They are measured by the unit tests.
assert load_cases(), 'no published figures in the wheel'"
"$checkout/.venv-wheel/bin/corridors" check
# By canal, by ice and by rail.
asked=(compare shanghai-europe --set "corridors=[suez, northern-sea-route, kazakhstan-dostyk]")
"$checkout/.venv-wheel/bin/corridors" "${asked[@]}" --out open --format csv > open.csv

# A project on the installed package runs, and the package says that it is typed. `make lint` holds
# the types of both under mypy --strict; the long tests, those of the wheel.
cp "$checkout/tests/typed_example/february.py" .
test -e "$site/corridors/py.typed"
if [ -n "${OTHER_PYTHONS:-}" ]; then
    "$python" -m mypy --strict --python-executable "$wheel_python" \
        --cache-dir "$checkout/.mypy_cache/wheel" february.py
fi
"$wheel_python" february.py
test -s february.html

# The same wheel in the newest Python, or in those that OTHER_PYTHONS names, where they are on this
# machine: the same bytes. Each gets the pinned libraries once, beside which its compiled code is
# kept; they are made anew when a pin changes. Python compiles what is imported, a small part. In
# the gate it checks what is shipped and writes a page of tables: searches take half a minute to
# compile.
mapfile -t libraries < <("$python" -c "
import pathlib, tomllib
project = tomllib.loads(pathlib.Path('$checkout/pyproject.toml').read_text())['project']
print(*project['dependencies'], sep='\n')")
pins=$(cat "$checkout/constraints.txt" "$checkout/pyproject.toml" | sha256sum)
tried=""
pages="report.html map.html options.csv emissions.csv"
declare -A running
for version in ${OTHER_PYTHONS:-3.13}; do
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
        if ! { "$other" -m venv --clear --without-pip "$venv" && "$python" -m uv pip install --quiet \
            --python "$venv" --only-binary :all: -c "$checkout/constraints.txt" \
            "${libraries[@]}"; }; then
            tried="$tried; $version has no libraries here"
            continue
        fi
        echo "$pins" > "$venv/pins"
    fi
    tried="$tried; $version"
    corridors=(env PYTHONPATH="$site" "$venv/bin/python" -c "from corridors.cli.main import run; run()")
    if [ -z "${OTHER_PYTHONS:-}" ]; then
        season=(season northern-sea-route --out season)
        "$checkout/.venv-wheel/bin/corridors" "${season[@]}" > season.txt
        mkdir "$version"
        (cd "$version" && "${corridors[@]}" check > checked && "${corridors[@]}" "${season[@]}" > season.txt)
        cmp season.txt "$version/season.txt"
        cmp season/season.html "$version/season/season.html"
        continue
    fi
    NUMBA_CACHE_DIR=$venv/code "${corridors[@]}" "${asked[@]}" --out "$version" --format csv \
        > "$version.csv" 2> "$version.told" &
    running[$version]=$!
done
for version in "${!running[@]}"; do
    wait "${running[$version]}" || { cat "$version.told"; exit 1; }
    cmp open.csv "$version.csv"
    for page in $pages; do
        cmp "open/$page" "$version/$page"
    done
done
echo "Pythons tried: $("$python" -c 'import platform; print(platform.python_version())')$tried"

test -n "${OTHER_PYTHONS:-}" || exit 0

# Locked down: no HOME, libraries and package that may not be written to, no cache that may be. numba
# then compiles into a temporary folder, says so in one line, and the results are the same.
chmod -R a-w "$site"
trap 'chmod -R u+w "$site"; rm -rf "$empty"' EXIT
mkdir "$empty/tmp"
locked=(env -i PATH=/usr/bin:/bin XDG_CACHE_HOME=/dev/null/none TMPDIR="$empty/tmp")
if [ "$(id -u)" = 0 ]; then  # root may write anywhere until it gives that up
    locked=(setpriv --bounding-set -dac_override,-dac_read_search "${locked[@]}")
fi
"${locked[@]}" "$checkout/.venv-wheel/bin/corridors" "${asked[@]}" --out locked --format csv > locked.csv 2> told
cmp open.csv locked.csv
for page in $pages; do
    cmp "open/$page" "locked/$page"
done
diff <(ls -R open | tail -n +2) <(ls -R locked | tail -n +2)
test "$(wc -l < told)" = 1
grep -q "compiled for this run only" told
test -z "$(ls -A "$empty/tmp")"
