#!/usr/bin/env bash
# The wheel with the lowest and with the newest versions of every library that pyproject.toml admits:
# usage `tests/versions_smoke.sh VENV`. Each Python of PYTHONS that is on this machine takes both. A
# lowest version without a wheel for a Python gives way to the next one that has.
set -euo pipefail
cd "$(dirname "$0")/.."
checkout=$PWD
python=$checkout/$1/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$work/dist" .
wheel=("$work"/dist/*.whl)
failed=0
tried=0
for version in ${PYTHONS:-3.11 3.13}; do
    for resolution in lowest-direct highest; do
        venv=$work/$version-$resolution
        name="Python $version, $resolution"
        if ! "$python" -m uv venv --quiet --python "$version" "$venv" 2> "$work/log"; then
            echo "$name: no such Python here"
            continue
        fi
        tried=$((tried + 1))
        # `serve` too: its libraries have floors of their own.
        "$python" -m uv pip install --quiet --python "$venv" --resolution "$resolution" \
            --only-binary :all: "${wheel[0]}[batch,serve]"
        if (
            set -e
            mkdir "$venv/run"
            cd "$venv/run"
            export PYTHONWARNINGS=error::DeprecationWarning:corridors NUMBA_CACHE_DIR="$venv/code"
            "$venv/bin/corridors" --help > help
            "$venv/bin/corridors" compare --help > compare-help
            "$venv/bin/corridors" check
            "$venv/bin/corridors" compare shanghai-europe --out out --format csv > rows.csv
            "$venv/bin/corridors" simulate shanghai-europe --draws 64 > simulate
            "$venv/bin/corridors" design design-arctic-loop --out plan > plan.txt
            "$venv/bin/python" -c "import corridors.server.app"
            test -s out/map.html && test -s out/legs.gpkg
        ) > "$work/log" 2>&1; then
            echo "$name: $(cut -d, -f1-2 "$venv/run/rows.csv" | sed -n 2p)"
            sha256sum < "$venv/run/rows.csv" >> "$work/rows"
        else
            echo "$name: failed"
            tail -n 30 "$work/log"
            failed=1
        fi
    done
done
test "$tried" -gt 0
# One question, one answer, whatever the libraries.
test "$(sort -u "$work/rows" | wc -l)" = 1 || { echo "The rows differ"; exit 1; }
exit "$failed"
