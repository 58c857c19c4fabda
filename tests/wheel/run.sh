#!/usr/bin/env bash
# The package as people install it: a wheel for this kind of processor in dist/, which a new environment without a
# compiler installs and walks every serving path with.
set -euo pipefail
cd "$(dirname "$0")/../.."
room=build/wheel

rm -rf "$room" build/lib* build/bdist*
"${PYTHON:-python3}" -m venv "$room"
"$room/bin/pip" wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$room/dist" .
mkdir -p dist && cp "$room"/dist/*.whl dist/
"$room/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
PATH="$PWD/$room/bin" "$room/bin/pip" install --quiet --disable-pip-version-check --no-deps "$room"/dist/*.whl

export VALENCE_DATA_FOLDER="$PWD/$room/kept" # not where the user's own server keeps its data
unset DATABASE_URL VALENCE_DATABASE_URL REDIS_URL VALENCE_REDIS_URL
echo "== Serving from the wheel"
(cd "$room" && bin/python ../../tests/serving/routine.py \
  "$(bin/python -c 'from valence.model.bundled import bundled_folder; print(bundled_folder())')")
(cd dist && ls -l ./*.whl)
