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
assert pathlib.Path(corridors.__file__).is_relative_to('$checkout/.venv-wheel'), corridors.__file__"
"$checkout/.venv-wheel/bin/corridors" compare shanghai-europe
"$checkout/.venv-wheel/bin/corridors" validate
"$checkout/.venv-wheel/bin/corridors" check
